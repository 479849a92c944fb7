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
    assert skipped == {"answer is not where the file says": 1}


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
