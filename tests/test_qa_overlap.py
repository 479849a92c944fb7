"""How much of a question stands in a passage, counted by hand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.overlap import missing_words, words_lacking

PASSAGE = "Anna Lind won the prize in 1998, and three countries pardoned prisoners."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who won the prize?", 0),
        ("Who won the Prize in 1998?", 0),
        ("Who won the prize in 1999?", 1 / 3),
        ("When did Anna Berg win?", 2 / 3),  # won is no stem of win
        ("Which country pardons a prisoner?", 0),
        ("What's Lind's prize?", 0),
        ("Why didn’t Anna win?", 1 / 2),
        ("Who can't, won't and isn't Anna?", 0),
        ("Berg?", 1),
        ("What was it about?", 0),  # it names nothing
        ("", 0),
    ],
)
def test_what_is_lacking_is_counted(question, expected):
    assert words_lacking(question, PASSAGE) == pytest.approx(expected)


def test_the_title_counts_as_well():
    assert words_lacking("Who led Belarus?", PASSAGE) == 1
    assert words_lacking("Who led Belarus?", PASSAGE, title="Pardons in Belarus") == 1 / 2


def test_accents_are_the_same_in_both_of_their_spellings():
    asked, said = "Where did Beyoncé sing?", "Beyoncé sang at a café; they sing."
    for form in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            text = unicodedata.normalize(other, said)
            assert words_lacking(unicodedata.normalize(form, asked), text) == 0


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("Where did Beyonce sing?", "Beyoncé sang; they sing.", 0),
        ("Did Beyoncé sing?", "Beyonce may sing.", 0),
        ("Чей?", "Чеи.", 1),  # in other scripts such a mark makes another letter
    ],
)
def test_accents_may_be_left_out(question, text, lacking):
    assert words_lacking(question, text) == lacking


def test_missing_words_are_words_of_the_question():
    assert missing_words("What's the Berg's toll?", PASSAGE) == ["Berg", "toll"]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_more_text_never_lacks_more(question, text, more):
    less, both = words_lacking(question, text), words_lacking(question, f"{text} . {more}")
    assert 1 >= less >= both >= 0


@given(st.text(max_size=80))
def test_a_question_stands_in_itself(question):
    assert words_lacking(question, question) == 0
