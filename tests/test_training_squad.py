"""Sets as the training reads them: what people marked, in every way that files write it."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from squad import Asked, Layout, read_questions

pytestmark = pytest.mark.usefixtures("one_thread")


def test_sets_are_read_as_people_marked_them(tmp_path: Path) -> None:
    context = "Ann Lee and Bob Roy met “old” Cy."
    rows = [
        {"question": "Who met?", "answers": [{"text": "Ann Lee", "answer_start": 0}],
         "all_spans": [{"text": "Bob Roy", "answer_start": 12},
                       {"text": "Ann Lee", "answer_start": 0}]},
        {"question": "Who was met?", "answers": [
            {"text": "Cy.", "answer_start": 30}, {"text": "Cy", "answer_start": 30},
            {"text": "“old", "answer_start": 24}]},
        {"question": "Where?", "answers": [{"text": "Oslo", "answer_start": 3}]},
        {"question": " ", "answers": [{"text": "Ann", "answer_start": 0}]},
    ]  # fmt: skip
    file = tmp_path / "x.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": [{"context": context, "qas": rows}]}]}))
    skipped: Counter[str] = Counter()
    read = read_questions(file, layout="single", rng=random.Random(0), skipped=skipped)
    assert [[context[slice(*span)] for span in one.spans] for one in read] == [
        ["Ann Lee", "Bob Roy"],
        ["Cy"],
    ]
    assert read[0].wordings == ("Ann Lee", "Bob Roy")
    assert read[1].answers == ("Cy.", "Cy", "“old")
    assert read[1].wordings == read[1].answers
    assert skipped == {"answer is not where the file says": 1, "empty question": 1}


def read_rows(
    folder: Path, paragraphs: Sequence[tuple[str, list[dict[str, Any]]]], layout: Layout = "single"
) -> tuple[list[Asked], Counter[str]]:
    """What is read of these paragraphs, and what is left out."""
    made = [{"context": context, "qas": rows} for context, rows in paragraphs]
    file = folder / "x.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": made}]}), "utf-8")
    skipped: Counter[str] = Counter()
    return read_questions(file, layout=layout, rng=random.Random(0), skipped=skipped), skipped


def spans_of(one: Asked) -> list[str]:
    return [one.context[slice(*span)] for span in one.spans]


@pytest.mark.parametrize(
    ("all_spans", "expected"),
    [
        (None, ["Ann Lee"]),
        ([], ["Ann Lee"]),
        (["Ann Lee"], ["Ann Lee"]),
        (["Bob Roy", "Ann Lee"], ["Ann Lee", "Bob Roy"]),
        ([["Ann Lee", 0], ["Bob Roy", 12]], ["Ann Lee", "Bob Roy"]),
        ([{"text": ["Ann Lee", "Bob Roy"]}], ["Ann Lee", "Bob Roy"]),
        ({"text": ["Ann Lee", "Bob Roy"], "answer_start": [0, 12]}, ["Ann Lee", "Bob Roy"]),
        (["Ann Lee", "Bob Roy", "Cy"], ["Ann Lee", "Bob Roy"]),  # which Cy is not plain
    ],
)
def test_all_spans_are_read_as_files_write_them(
    tmp_path: Path, all_spans: object, expected: list[str]
) -> None:
    row = {
        "question": "Who met?",
        "answers": [{"text": "Ann Lee", "answer_start": 0}],
        "all_spans": all_spans,
    }
    (one,), skipped = read_rows(tmp_path, [("Ann Lee and Bob Roy met Cy and Cy.", [row])])
    assert spans_of(one) == expected
    assert one.answers == ("Ann Lee",)
    assert not skipped


def test_what_has_no_place_is_learned_only_where_it_is_plain(tmp_path: Path) -> None:
    rows = [{"question": "Who?", "answers": ["Ann"]}, {"question": "Whom?", "answers": ["Cy"]}]
    (one,), skipped = read_rows(tmp_path, [("Ann met Cy, Cy and Cy.", rows)])
    assert spans_of(one) == ["Ann"]
    assert skipped == {"answer has no place, and does not stand there once": 1}


def test_what_is_left_out_is_counted_under_its_reason(tmp_path: Path) -> None:
    rows = [
        {"question": "What ends it?", "answers": [{"text": " .", "answer_start": 8}]},
        {
            "question": "Who came?",
            "answers": [{"text": "Ann", "answer_start": 1}],
        },  # not looked for
        {"question": "Who left?", "answers": [{"text": "Bob"}]},
    ]
    nothing = {"question": "Why?", "answers": [], "is_impossible": True}
    read, skipped = read_rows(
        tmp_path, [("Ann came .", rows), (" \n\u00a0", [nothing, nothing]), ("", [])]
    )
    assert read == []
    assert skipped == {
        "answer is only punctuation": 1,
        "answer is not where the file says": 1,
        "answer has no place, and does not stand there once": 1,
        "empty paragraph": 2,
    }


def test_cannotanswer_is_no_answer_and_not_read(tmp_path: Path) -> None:
    refused = {"text": "CANNOTANSWER", "answer_start": 10}
    ann = {"text": "Ann", "answer_start": 0}
    rows = [
        {"question": "Why?", "answers": [refused]},
        {"question": "Whom?", "answers": [refused, ann]},
        {"question": "Who?", "answers": [ann, refused, ann]},
    ]
    read, skipped = read_rows(tmp_path, [("Ann came. CANNOTANSWER", rows)])
    assert {one.context for one in read} == {"Ann came."}
    assert [one.answers for one in read] == [(), (), ("Ann",)]
    assert [spans_of(one) for one in read] == [[], [], ["Ann"]]
    assert not skipped


def test_joined_sentences_move_all_spans_along(tmp_path: Path) -> None:
    first = {"id": "a:1:0-0", "question": "Who came?", "answers": [["Ann", 0]]}
    second = {
        "id": "a:1:1-0",
        "question": "Who met?",
        "answers": [{"text": "Bob", "answer_start": 0}],
        "all_spans": [{"text": "Bob", "answer_start": 0}, {"text": "Ann", "answer_start": 8}],
    }
    paragraphs = [("Bob and Ann met.", [second]), ("Ann came.", [first])]
    read, skipped = read_rows(tmp_path, paragraphs, "sentence")
    assert {one.context for one in read} == {"Ann came. Bob and Ann met."}
    assert [spans_of(one) for one in read] == [["Ann"], ["Bob", "Ann"]]
    assert read[1].spans == ((10, 13), (18, 21))
    assert not skipped


ROW = {"id": "q7", "question": "Who came?", "answers": [{"text": "Ann", "answer_start": 0}]}


@pytest.mark.parametrize("lacking", ["question", "answers"])
@pytest.mark.parametrize("layout", ["single", "sentence"])
def test_a_question_that_cannot_be_read_is_named_with_its_file(
    tmp_path: Path, lacking: str, layout: Layout
) -> None:
    row = {name: value for name, value in ROW.items() if name != lacking} | {"id": "a:1:0-7"}
    with pytest.raises(ValueError, match=rf"x\.train\.json .*question 'a:1:0-7': .*'{lacking}'"):
        read_rows(tmp_path, [("Ann came.", [row])], layout)


def test_sentences_without_places_in_their_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"x\.train\.json .*question 'q7' has no id .* layout single"
    ):
        read_rows(tmp_path, [("Ann came.", [ROW])], "sentence")


def test_files_are_read_in_every_layout_that_is_evaluated(tmp_path: Path) -> None:
    squad = json.dumps({"data": [{"paragraphs": [{"context": "Ann came.", "qas": [ROW]}]}]})
    row = json.dumps({"title": "A", "context": "Ann came.", **ROW})
    story = {
        "story": "Ann came.",
        "questions": [{"input_text": "Who came?", "turn_id": 1}],
        "answers": [{"input_text": "Ann", "turn_id": 1}],
    }
    file = tmp_path / "x.train.json"
    for data in (
        squad.encode(),
        b"\xef\xbb\xbf" + squad.encode(),
        f"{row}\n{row.replace('Ann', 'Bob')}\n".encode(),
        json.dumps({"data": [story]}).encode(),
    ):
        file.write_bytes(data)
        skipped: Counter[str] = Counter()
        read = read_questions(file, layout="single", rng=random.Random(0), skipped=skipped)
        assert spans_of(read[0]) == ["Ann"]
        assert {one.article for one in read} == {0}
        assert not skipped
    for data in (b"{", b"[7]", b'{"data": 7}'):
        file.write_bytes(data)
        with pytest.raises(ValueError, match=r"x\.train\.json cannot be read as SQuAD questions"):
            read_questions(file, layout="single", rng=random.Random(0), skipped=Counter())


def test_turns_that_come_one_a_row_are_one_conversation(tmp_path: Path) -> None:
    rows = [
        {"context": "Ann came.", "question": asked, "turn": turn, "answers": ["Ann"]}
        for turn, asked in enumerate(("Who came?", "Who?"))
    ]
    file = tmp_path / "x.train.json"
    file.write_text("\n".join(map(json.dumps, rows)))
    first, second = read_questions(
        file, layout="conversation", rng=random.Random(0), skipped=Counter()
    )
    assert first.history == ()
    assert [turn.question for turn in second.history] == ["Who came?"]
