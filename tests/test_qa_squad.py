"""Reading SQuAD files, and drawing questions from them."""

import gzip
import json

import pytest
from squad_files import EASY, HARBOUR, KETTLE, MARSH, row, squad, write

from index.errors import InputError, SourceError
from qa.squad import SquadQuestion, SquadSet


@pytest.mark.parametrize("name", ["dev.json", "dev.json.gz", "dev.JSON"])
def test_file(tmp_path, name):
    read = SquadSet.from_file(write(tmp_path, name, EASY))
    assert [paragraph.text for paragraph in read.paragraphs] == [HARBOUR, KETTLE, MARSH]
    assert {paragraph.title for paragraph in read.paragraphs} == {"Things"}
    assert len({paragraph.id for paragraph in read.paragraphs}) == 3
    assert [question.paragraph for question in read.questions] == [0, 0, 1, 1, 2]
    assert read.questions[0] == SquadQuestion(
        "When was the lighthouse of Port Ellen built?", 0, ("1832", "in 1832")
    )
    assert read.questions[3] == SquadQuestion("Who designed the kettle?", 1, (), conversation=1)


def test_impossible_questions_have_no_answers_whatever_is_listed(tmp_path):
    data = squad(
        (
            MARSH,
            [
                row("one?", "42", impossible=True),
                row("two?", "42", impossible=False),
                row("three?", "42"),
                row("four?"),
                {"question": "five?", "is_impossible": True},  # no list of answers at all
                row("  six?\n", "42", "spring", "42"),
            ],
        )
    )
    read = SquadSet.from_file(write(tmp_path, "v2.json", data))
    assert [question.answers for question in read.questions] == [
        (),
        ("42",),
        ("42",),
        (),
        (),
        ("42", "spring", "42"),
    ]
    assert read.questions[5].question == "six?"


def test_paragraph_that_comes_twice_is_kept_once(tmp_path):
    data = squad(
        (MARSH, [row("one?", "42")]), (KETTLE, [row("two?", "steel")]), (MARSH, [row("three?")])
    )
    more = squad((KETTLE, [row("four?", "1.7")]), (HARBOUR, []), title="More")
    data["data"] += more["data"]
    read = SquadSet.from_file(write(tmp_path, "twice.json", data))
    assert [paragraph.text for paragraph in read.paragraphs] == [MARSH, KETTLE, HARBOUR]
    assert [paragraph.title for paragraph in read.paragraphs] == ["Things", "Things", "More"]
    assert [(question.question, question.paragraph) for question in read.questions] == [
        ("one?", 0),
        ("two?", 1),
        ("three?", 0),
        ("four?", 1),
    ]
    assert [question.conversation for question in read.questions] == [0, 1, 2, 3], "each its own"


def test_article_without_a_title(tmp_path):
    data = squad((MARSH, [row("one?", "42")]))
    del data["data"][0]["title"]
    read = SquadSet.from_file(write(tmp_path, "untitled.json", data))
    assert read.paragraphs[0].title == "Untitled"


def broken_row(**fields):
    return squad((MARSH, [row("one?", "42") | fields]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b'{"data": [',
        {},
        [],
        [EASY],
        "data",
        None,
        {"data": None},
        {"data": 5},
        {"data": []},
        {"data": ["article"]},
        {"data": [None]},
        {"data": [{"title": "x"}]},
        {"data": [{"paragraphs": None}]},
        {"data": [{"paragraphs": ["x"]}]},
        {"data": [{"paragraphs": [{"context": MARSH}]}]},
        {"data": [{"paragraphs": [{"qas": []}]}]},
        squad((MARSH, [])),
        squad((5, [row("one?", "42")])),
        squad((None, [row("one?", "42")])),
        squad((["x"], [row("one?", "42")])),
        squad(("  ", [row("one?", "42")])),
        squad((MARSH, ["one?"])),
        squad((MARSH, [["one?"]])),
        broken_row(question=5),
        broken_row(question=None),
        broken_row(answers=None),
        broken_row(answers={"answer_start": [3]}),
        broken_row(answers={"text": "42"} | {"text": [5]}),
        broken_row(answers=[{"start": 3}]),
        broken_row(answers=[{"text": 5}]),
        broken_row(answers=[{"text": None}]),
    ],
    ids=lambda data: repr(data)[:40],
)
def test_file_that_is_no_squad(tmp_path, data):
    file = write(tmp_path, "broken.json", data)
    with pytest.raises(SourceError, match="cannot be read as SQuAD") as caught:
        SquadSet.from_file(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


ROWS = [
    {"context": MARSH, "question": "one?", "answers": {"text": ["42"], "answer_start": [20]}},
    {"context": MARSH, "question": "two?", "answers": {"text": [], "answer_start": []}},
    {"context": KETTLE, "question": "three?", "answers": ["steel"], "title": 1999},
]


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.jsonl.gz", "data.json"])
def test_rows_with_a_context_each(tmp_path, name):
    lines = "\n".join(map(json.dumps, ROWS)).encode() + b"\n\n"
    data = {"rows.json": ROWS, "data.json": {"data": ROWS}}.get(name, lines)
    read = SquadSet.from_file(write(tmp_path, name, data))
    assert [question.answers for question in read.questions] == [("42",), (), ("steel",)]
    assert [question.paragraph for question in read.questions] == [0, 0, 1]
    assert [question.conversation for question in read.questions] == [0, 1, 2]
    assert [paragraph.title for paragraph in read.paragraphs] == ["Untitled", "1999"]


@pytest.mark.parametrize("name", ["mrqa.jsonl", "lines.json", "lines.json.gz", "one.jsonl"])
def test_objects_a_line_whatever_the_file_is_called(tmp_path, name):
    lines = [{"context": MARSH, "qas": [{"question": "one?", "answers": ["42"]}]}, ROWS[2]]
    if name == "mrqa.jsonl":
        lines = [{"header": {"dataset": "marshes"}}, *lines]
    answers = [("42",), ("steel",)]
    if name == "one.jsonl":
        lines, answers = lines[:1], answers[:1]
    data = "\n".join(map(json.dumps, lines)).encode()
    read = SquadSet.from_file(write(tmp_path, name, data))
    assert [question.answers for question in read.questions] == answers


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"data": [\n {"title": "A",\n  "paragraphs" []}]}', "line 3 column 16"),
        (b'{"context": "A b.", "qas": []}\n{"context": \n', "line 2: Expecting value"),
        (b'{"version": "1", "articles": []}', "'data'"),
    ],
)
def test_what_is_broken_is_told_by_its_place(tmp_path, data, problem):
    with pytest.raises(SourceError, match=problem):
        SquadSet.from_file(write(tmp_path, "broken.json", data))


def test_a_line_may_have_data_of_its_own(tmp_path):
    line = ROWS[2] | {"data": {"id": 3}, "turn": None, "turn_id": "9" * 5_000}
    read = SquadSet.from_file(write(tmp_path, "one.jsonl", json.dumps(line).encode()))
    assert [question.answers for question in read.questions] == [("steel",)]


def test_turns_are_put_in_order_and_together(tmp_path):
    def turn(number, text=MARSH):
        return (text, [row(f"{number}?", "42") | {"turn": number}])

    shuffled = (MARSH, [turn(3)[1][0], turn(1)[1][0], turn(2)[1][0]])
    data = squad(shuffled, turn(1), turn(2), turn(1), turn(1, KETTLE), turn(2, MARSH))
    read = SquadSet.from_file(write(tmp_path, "turns.json", data))
    asked = [[turn.question for turn in turns] for turns in read.conversations]
    assert asked == [["1?", "2?", "3?"], ["1?", "2?"], ["1?"], ["1?"], ["2?"]]


@pytest.mark.parametrize(("key", "kind"), [("turn", str), ("turn_id", int), ("turn_id", str)])
def test_turns_as_other_files_number_them(tmp_path, key, kind):
    rows = [
        {"context": MARSH, "question": f"{number}?", "answers": ["42"], key: kind(number)}
        for number in (9, 10, 9, 10)
    ]
    read = SquadSet.from_file(write(tmp_path, "turns.jsonl", rows))
    asked = [[turn.question for turn in turns] for turns in read.conversations]
    assert asked == [["9?", "10?"], ["9?", "10?"]]


@pytest.mark.usefixtures("no_collection")
def test_file_nested_deeper_than_the_parser_goes(tmp_path):
    file = write(tmp_path, "broken.json", b"[" * 100_000)
    with pytest.raises(SourceError, match="cannot be read as SQuAD"):
        SquadSet.from_file(file)


def test_archive_that_is_broken(tmp_path):
    packed = gzip.compress(json.dumps(EASY).encode())
    spoiled = packed[:20] + bytes(byte ^ 0x5A for byte in packed[20:60]) + packed[60:]
    for number, content in enumerate([b"plain", packed[: len(packed) // 2], spoiled, packed[:-4]]):
        file = tmp_path / f"broken{number}.json.gz"
        file.write_bytes(content)
        with pytest.raises(SourceError, match="cannot be read as SQuAD"):
            SquadSet.from_file(file)


def test_file_that_is_missing(tmp_path):
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SourceError, match="cannot be read as SQuAD"):
            SquadSet.from_file(missing)


# Samples


def test_sample_is_drawn_by_the_seed(tmp_path):
    rows = [row(f"question {number}?", "42") for number in range(200)]
    read = SquadSet.from_file(write(tmp_path, "many.json", squad((MARSH, rows))))
    drawn = read.sample(20, seed=1)
    assert len(drawn.questions) == 20
    assert drawn == read.sample(20, seed=1)
    assert drawn.questions != read.sample(20, seed=2).questions
    assert drawn.paragraphs == read.paragraphs, "all paragraphs stay, to be searched"
    numbers = [read.questions.index(question) for question in drawn.questions]
    assert numbers == sorted(set(numbers)), "each once, in the file's order"


def test_sample_is_bounded_by_the_file(easy):
    assert easy.sample(None, seed=0) == easy.sample(5, seed=0) == easy.sample(99, seed=0) == easy
    assert len(easy.sample(1, seed=0).questions) == 1
    for limit in (0, -1):
        with pytest.raises(InputError, match=f"The limit is {limit}"):
            easy.sample(limit, seed=0)


@pytest.mark.parametrize(("unanswerable", "drawn"), [(1, 1), (40, 4), (200, 20), (0, 0)])
def test_sample_keeps_the_share_of_the_unanswerable(tmp_path, unanswerable, drawn):
    rows = [row(f"none {number}?", impossible=True) for number in range(unanswerable)]
    rows += [row(f"question {number}?", "42") for number in range(200 - unanswerable)]
    read = SquadSet.from_file(write(tmp_path, "some.json", squad((MARSH, rows))))
    for seed in range(5):
        questions = read.sample(20, seed=seed).questions
        assert len(questions) == len(set(questions)) == 20
        assert sum(not question.answers for question in questions) == drawn


def test_conversations_are_the_questions_of_a_paragraph(easy):
    assert [[turn.question[:3] for turn in turns] for turns in easy.conversations] == [
        ["Whe", "How"],
        ["How", "Who"],
        ["How"],
    ]


def test_conversations_are_drawn_whole(easy):
    assert easy.sample_conversations(None, seed=0) == easy
    for seed in range(5):
        drawn = easy.sample_conversations(2, seed=seed)
        assert 2 <= len(drawn.questions) <= 3
        for turns in drawn.conversations:
            assert turns in easy.conversations
        assert drawn == easy.sample_conversations(2, seed=seed)
    assert len(easy.sample_conversations(99, seed=0).questions) == 5
    with pytest.raises(InputError, match="The limit is 0"):
        easy.sample_conversations(0, seed=0)


def test_a_draw_of_conversations_has_an_unanswerable_question_where_there_are_any(tmp_path):
    asked = [(f"{MARSH} {n}.", [row("Who?", "42"), row("When?", "42")]) for n in range(9)]
    last = (f"{MARSH} 9.", [row("Who?", "42"), row("Why?", impossible=True)])
    some = SquadSet.from_file(write(tmp_path, "some.json", squad(*asked, last)))
    for seed in range(8):
        drawn = some.sample_conversations(6, seed=seed)
        assert len(drawn.questions) == 6
        assert not all(one.answers for one in drawn.questions)
        assert len(drawn.conversations) == 3
