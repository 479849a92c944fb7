"""How much of a question stands in a passage, counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.overlap import Overlap, overlap

PASSAGE = "Anna Lind won the prize in 1998, and three countries pardoned prisoners."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who won the prize?", Overlap(1.0, 1.0)),
        ("Who won the Prize in 1998?", Overlap(1.0, 1.0)),
        ("Who won the prize in 1999?", Overlap(2 / 3, 0.0)),
        ("When did Anna Berg win?", Overlap(1 / 3, 0.5)),  # won is no stem of win
        ("Which country pardons a prisoner?", Overlap(1.0, 1.0)),
        ("Lind?", Overlap(1.0, 1.0)),
        ("Berg?", Overlap(0.0, 1.0)),  # its capital says nothing
        ("What was it about?", Overlap(1.0, 1.0)),  # it names nothing
        ("", Overlap(1.0, 1.0)),
    ],
)
def test_what_stands_there_is_counted(question, expected):
    assert overlap(question, PASSAGE) == pytest.approx(expected)


def test_the_title_counts_as_well():
    assert overlap("Who led Belarus?", PASSAGE).names == 0.0
    assert overlap("Who led Belarus?", PASSAGE, title="Pardons in Belarus").names == 1.0


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_more_text_never_lacks_more(question, text, more):
    less, both = overlap(question, text), overlap(question, f"{text} {more}")
    assert 0 <= less.words <= both.words <= 1
    assert 0 <= less.names <= both.names <= 1


@given(st.text(max_size=80))
def test_a_question_stands_in_itself(question):
    assert overlap(question, question) == Overlap(1.0, 1.0)
