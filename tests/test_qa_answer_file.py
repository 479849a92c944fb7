"""Going on in a file of answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from qa.answer_file import answered_before
from qa.question_file import AskedQuestion

ASKED = [AskedQuestion(number, number, f"who is no. {number}?\u2028") for number in range(1, 6)]
LINES = [
    json.dumps({"id": one.id, "question": one.question, "text": "Zoë"}, ensure_ascii=False) + "\n"
    for one in ASKED
]
WHOLE = "".join(LINES).encode()


def test_no_file_answers_nothing(tmp_path):
    assert answered_before(tmp_path / "none.jsonl", ASKED) == 0
    assert not (tmp_path / "none.jsonl").exists()


@given(cut=st.integers(0, len(WHOLE)))
def test_wherever_it_was_cut_whole_lines_are_kept(tmp_path_factory, cut):
    file = tmp_path_factory.mktemp("cut") / "answers.jsonl"
    file.write_bytes(WHOLE[:cut])
    answered = answered_before(file, ASKED)
    assert answered == WHOLE[:cut].count(b"\n")
    assert file.read_bytes() == "".join(LINES[:answered]).encode()


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        ([LINES[1]], 1),
        ([LINES[0], "no JSON\n"], 2),
        ([LINES[0], "[]\n"], 2),
        ([LINES[0], '{"id": 2}\n'], 2),
        ([LINES[0], LINES[1].replace('"text"', '"answer"')], 2),
        ([json.dumps({"id": 1, "question": ASKED[0].question}) + "\n"], 1),
        ([*LINES, LINES[0]], 6),
    ],
)
def test_other_answers_are_left_alone(tmp_path, lines, at):
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(lines) + "torn", "utf-8")
    with pytest.raises(InputError, match=f"Line {at} of"):
        answered_before(file, ASKED)
    assert file.read_text("utf-8") == "".join(lines) + "torn"
