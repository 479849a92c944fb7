"""Questions and histories are checked, in whatever form they come."""

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from index.errors import InputError
from qa.questions import MAX_QUESTION_CHARS, check_question, parse_history
from qa.records import Answer, Turn

# check_question


@pytest.mark.parametrize("given_text", ["who?", "  who?\n", "\twho?\u00a0", "\u2028who?"])
def test_white_space_around_a_question_goes(given_text):
    assert check_question(given_text) == "who?"


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u3000"])
def test_blank_question(blank):
    with pytest.raises(InputError, match="empty"):
        check_question(blank)


@pytest.mark.parametrize("value", [None, 5, ["who?"], b"who?", {"question": "who?"}])
def test_question_that_is_no_text(value):
    with pytest.raises(InputError, match=f"is a {type(value).__name__}, not text"):
        check_question(value)


def test_longest_question():
    longest = "x" * MAX_QUESTION_CHARS
    assert check_question(f"  {longest}  ") == longest, "white space around it does not count"
    with pytest.raises(InputError, match="1,001 characters; at most 1,000"):
        check_question(longest + "x")


def test_question_with_half_a_surrogate_pair():
    with pytest.raises(InputError, match="surrogate"):
        check_question("who\ud83d?")
    assert check_question("who 🙂?") == "who 🙂?"


# parse_history


def test_no_history():
    assert parse_history(None) == parse_history([]) == parse_history(iter(())) == ()


@pytest.mark.parametrize(
    "turn",
    [
        Turn("who?", "Anna"),
        ("who?", "Anna"),
        ["who?", "Anna"],
        [" who? ", "Anna"],
        {"question": "who?", "answer": "Anna"},
        MappingProxyType({"question": "who?", "answer": "Anna"}),
        {"question": "who?", "text": "Anna"},
        {"question": "who?", "answer": "Anna", "text": "Boris", "score": 0.5},
        Answer(question="who?", text="Anna", score=0.9, null_score=0.1, start=0, end=4),
        Turn(" who? ", "Anna"),
    ],
)
def test_forms_of_a_turn(turn):
    assert parse_history([turn]) == (Turn("who?", "Anna"),)


@pytest.mark.parametrize(
    "turn",
    [
        Turn("who?"),
        ("who?", None),
        {"question": "who?"},
        {"question": "who?", "answer": None},
        {"question": "who?", "text": None},
        Answer(question="who?", text=None, score=0.9, null_score=0.9),
    ],
)
def test_forms_of_a_turn_without_an_answer(turn):
    assert parse_history([turn]) == (Turn("who?", None),)


ITEMS = [{"text": "Anna"}, {"text": "Ben"}]


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        ({"question": "who?", "text": "Ben", "items": ITEMS}, "Anna, Ben"),
        ({"question": "who?", "answer": "Ben", "items": ITEMS}, "Ben"),
        ({"question": "who?", "text": "Ben", "items": []}, "Ben"),
        ({"question": "who?", "text": "Ben", "items": [{"text": None}]}, "Ben"),
        ({"question": "who?", "text": "Ben", "items": ["Anna"]}, "Ben"),
        ({"question": "who?", "text": "Ben", "items": 5}, "Ben"),
    ],
)
def test_a_list_is_heard_whole(turn, said):
    assert parse_history([turn]) == (Turn("who?", said),)


def test_a_list_is_heard_whole_from_an_answer_and_its_json():
    items = tuple(Answer("who?", name, score=0.5, null_score=0.2) for name in ("Anna", "Ben"))
    answer = replace(items[1], items=items)
    assert answer.said == "Anna, Ben"
    assert parse_history([answer]) == (Turn("who?", "Anna, Ben"),)
    assert parse_history([answer.to_dict()]) == (Turn("who?", "Anna, Ben"),)


def test_history_keeps_its_order_and_may_come_in_any_iterable():
    turns = [("one?", "1"), Turn("two?", "2"), {"question": "three?", "answer": "3"}]
    expected = (Turn("one?", "1"), Turn("two?", "2"), Turn("three?", "3"))
    assert parse_history(turns) == parse_history(tuple(turns)) == expected
    assert parse_history(turn for turn in turns) == expected


def test_answer_s_json_is_a_turn():
    answer = Answer(question="who?", text="Anna", score=0.9, null_score=0.1, start=0, end=4)
    assert parse_history([json.loads(json.dumps(answer.to_dict()))]) == (Turn("who?", "Anna"),)


@pytest.mark.parametrize(
    "history", ["who?", {"question": "who?"}, MappingProxyType({"question": "who?"}), 5, 0.5, True]
)
def test_history_that_is_no_list(history):
    with pytest.raises(InputError, match="not a list of turns"):
        parse_history(history)


@pytest.mark.parametrize(
    "turn",
    [
        "who?",
        None,
        5,
        (),
        ("who?",),
        ("who?", "Anna", "more"),
        (5, "Anna"),
        (None, "Anna"),
        ("who?", 5),
        {"answer": "Anna"},
        {"question": None, "answer": "Anna"},
        {"question": "who?", "answer": ["Anna"]},
        Turn(None, "Anna"),
        Turn("who?", 5),
    ],
)
def test_bad_turn(turn):
    with pytest.raises(InputError, match="not a question and an answer"):
        parse_history([("fine?", "yes"), turn])


@pytest.mark.parametrize("question", ["", "  ", "x" * 1001, "\ud800"])
def test_turn_with_a_bad_question(question):
    with pytest.raises(InputError, match="question"):
        parse_history([(question, "Anna")])


def test_turn_with_half_a_surrogate_pair_in_its_answer():
    with pytest.raises(InputError, match="surrogate"):
        parse_history([("who?", "Anna \ud83d")])
