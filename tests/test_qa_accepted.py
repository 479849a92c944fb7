"""The answers that files accept: alone, in lists, as items, and the words for none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from squad_files import KETTLE, MARSH, row, squad, write

from index.errors import SourceError
from qa.accepted import answers_of, paragraph_of
from qa.squad import SquadSet


@pytest.mark.parametrize("answers", ["steel", {"text": "steel", "answer_start": 27}, ["steel"]])
def test_an_answer_that_stands_by_itself(tmp_path, answers):
    rows = [
        {"context": KETTLE, "question": "one?", "answers": answers, "is_impossible": "false"},
        {"context": KETTLE, "question": "two?", "all_spans": answers},
        {"context": KETTLE, "question": "three?", "answers": answers, "is_impossible": "true"},
    ]
    read = SquadSet.from_file(write(tmp_path, "alone.json", rows))
    assert [question.answers for question in read.questions] == [("steel",), ("steel",), ()]


@pytest.mark.parametrize(
    "said",
    [
        ["red", "blue"],
        [["red"], ["blue"]],
        [["red", 3], ["blue", 4]],
        [{"text": ["red", "blue"]}],
        {"text": ["red", "blue"], "answer_start": [3, 4]},
        {"text": [["red"], ["blue"]], "answer_start": [[3], [4]]},
        [{"text": "red", "answer_start": 3}, ["blue"]],
        [[["red", 3], ["blue", 4]]],
        [{"text": ["red"], "answer_start": 3}, "blue", "  ", []],
    ],
)
def test_answers_in_lists_within_lists(tmp_path, said):
    rows = [
        {"context": MARSH, "question": "one?", "answers": said},
        {"context": MARSH, "question": "two?", "all_spans": said},
        {"context": MARSH, "question": "three?", "answers": ["red"], "all_spans": said},
    ]
    read = SquadSet.from_file(write(tmp_path, "nested.json", rows))
    both = ("red", "blue")
    assert [question.answers for question in read.questions] == [both, both, ("red",)]
    assert [question.items for question in read.questions] == [None, both, both]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "q7", "answers": ["red", 5]}, None),
        ({"id": "q7", "answers": [["red", 5, 6]]}, "question 'q7': TypeError: 5 is no answer"),
        ({"id": "q7", "all_spans": [None]}, "question 'q7': TypeError: None is no answer"),
        ({"id": 12, "answers": [{"start": 3}]}, "question 12: KeyError: 'text'"),
        ({"answers": True}, r"question 'Who\?': TypeError: True is no answer"),
        ({"question": "Why? " * 99, "answers": 5}, r"question 'Why\? .*…: TypeError"),
        ({"id": "q7"}, "question 'q7': KeyError: 'answers'"),
        ({"id": "q7", "question": 5, "answers": ["red"]}, "question 'q7': AttributeError"),
    ],
)
def test_a_question_that_cannot_be_read_is_named(tmp_path, fields, told):
    rows = [row("one?", "42") | {"context": MARSH}, {"question": "Who?", "context": MARSH} | fields]
    file = write(tmp_path, "odd.json", rows)
    if told is None:  # a text and its place
        assert SquadSet.from_file(file).questions[1].answers == ("red",)
        return
    with pytest.raises(SourceError, match=told) as caught:
        SquadSet.from_file(file)
    assert len(str(caught.value)) < len(str(file)) + 300


def test_a_blank_answer_is_none(tmp_path):
    rows = [row("one?", ""), row("two?", " ", "42"), row("three?", "A")]
    read = SquadSet.from_file(write(tmp_path, "blank.json", squad((MARSH, rows))))
    assert [question.answers for question in read.questions] == [(), ("42",), ("A",)]


def official_quac(references):
    """What QuAC's official script makes of the references of a question."""
    refusals = sum(one == "CANNOTANSWER" for one in references)
    if refusals >= len(references) - refusals:
        return ()
    return tuple(one for one in references if one != "CANNOTANSWER")


@given(st.lists(st.sampled_from(["CANNOTANSWER", "42", "42 herons"]), min_size=1, max_size=6))
def test_cannotanswer_is_no_answer_as_quac_counts(references):
    marked = [{"text": text, "answer_start": 0} for text in references]
    for fields in ({"answers": marked}, {"answers": {"text": references}}, {"answers": references}):
        golds, items = answers_of({"question": "Who?"} | fields)
        assert tuple(one.text for one in golds) == official_quac(references)
        assert items is None


def test_a_published_conversation_of_quac(tmp_path):
    context = f"{MARSH} CANNOTANSWER"
    refused = {"text": "CANNOTANSWER", "answer_start": len(MARSH) + 1}
    rows = [row("one?", "42"), row("two?") | {"answers": [refused]}]
    rows += [row("three?") | {"answers": [refused], "all_spans": [refused]}]
    rows += [row("four?") | {"answers": [refused], "all_spans": ["42", "herons"]}]
    rows += [{"question": "five?", "all_spans": ["CANNOTANSWER"]}]
    read = SquadSet.from_file(write(tmp_path, "quac.json", squad((context, rows), (MARSH, []))))
    assert [paragraph.text for paragraph in read.paragraphs] == [MARSH]
    assert [question.answers for question in read.questions] == [("42",), (), (), (), ()]
    assert [question.items for question in read.questions] == [None, None, (), (), ()]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("It rained. CANNOTANSWER", "It rained."),
        ("It rained.\nCANNOTANSWER \n", "It rained."),
        ("CANNOTANSWER", ""),
        ("It rained. ", "It rained. "),
        ("CANNOTANSWER is a word.", "CANNOTANSWER is a word."),
        ("They wrote “CANNOTANSWER", "They wrote “CANNOTANSWER"),
        ("CANNOTANSWER, then CANNOTANSWER", "CANNOTANSWER, then"),
    ],
)
def test_the_word_for_no_answer_is_not_part_of_a_paragraph(context, expected):
    assert paragraph_of(context) == expected


def test_all_spans_are_items(tmp_path):
    asked = row("What colours?", "red") | {
        "all_spans": [{"text": "red", "answer_start": 3}, {"text": "blue", "answer_start": 9}]
    }
    none = row("What shapes?") | {"all_spans": []}
    impossible = row("Which shapes?", impossible=True)
    rows = [asked, row("one?", "42"), none, impossible, impossible | {"all_spans": None}]
    rows += [impossible | {"all_spans": []}, asked | {"is_impossible": True}]
    rows += [row("What size?", "42") | {"all_spans": []}]
    rows += [row("What rows?") | {"all_spans": ["Ann", "Ben"]}]
    rows += [{"question": "What rooms?", "all_spans": [""]}]
    rows += [{"question": "What halls?", "all_spans": []}]
    rows += [row("What rows?") | {"answers": {"text": []}, "all_spans": ["Ann", "Ben"]}]
    rows += [{"question": "What seats?", "all_spans": [{"text": "Ann"}, {"text": "Ben"}]}]
    read = SquadSet.from_file(write(tmp_path, "several.json", squad((MARSH, rows))))
    found = [question.items for question in read.questions]
    both = ("Ann", "Ben")
    assert found == [("red", "blue"), None, (), None, None, (), (), None, both, (), (), both, both]
    assert [question.answers for question in read.questions[-2:]] == [both, both]
    write(tmp_path, "none.json", squad((MARSH, [{"question": "What seats?"}])))
    with pytest.raises(SourceError, match="answers"):
        SquadSet.from_file(tmp_path / "none.json")
