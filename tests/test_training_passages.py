"""Edges of answers that are mended, and passages cut around an answer, without it, and near it."""

import random

import pytest
from boundaries import mend
from hypothesis import assume, given
from hypothesis import strategies as st
from passages import around, nearest, says, without
from strategies import articles, many, spans_in


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("it was 3.5.", "3.5.", "3.5"),
        ("in the U.S. today", "U.S.", "U.S."),
        ("Tom's hat", "Tom", "Tom"),
        ("of geography now", "eograph", "geography"),
        ('said "wow" to', '"wow', "wow"),
        ('said "wow" to', '"wow"', '"wow"'),
        ("(see fig) now", "fig)", "fig"),
        ("f(x) is", "f(x)", "f(x)"),
        ("So. It rained. Then", " It rained.", "It rained"),
        ("a , b", ",", None),
    ],
)
def test_edges_are_mended(text: str, marked: str, expected: str | None) -> None:
    start = text.index(marked)
    span = mend(text, start, start + len(marked))
    assert (span and text[slice(*span)]) == expected


@many
@given(st.data())
def test_mending_keeps_or_drops_edges_and_is_done_once(drawn: st.DataObject) -> None:
    text = drawn.draw(articles())
    start, end = drawn.draw(spans_in(text))
    span = mend(text, start, end)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)
        assert text[slice(*span)] == text[slice(*span)].strip()
        assert mend(text, *span) == span


@many
@given(st.data(), st.integers(1, 400))
def test_a_passage_around_an_answer_holds_it(drawn: st.DataObject, size_chars: int) -> None:
    text = drawn.draw(articles())
    span = mend(text, *drawn.draw(spans_in(text)))
    assume(span is not None)
    assert span is not None
    piece = around(text, [span], size_chars, random.Random(0))
    assert piece.text in text
    assert [piece.text[slice(*one)] for one in piece.spans] == [text[slice(*span)]]


@many
@given(st.data(), st.integers(1, 400))
def test_a_passage_without_an_answer_lacks_it(drawn: st.DataObject, size_chars: int) -> None:
    text = drawn.draw(articles())
    span = drawn.draw(spans_in(text))
    answer = text[slice(*span)]
    piece = without(text, [span], [answer], size_chars, random.Random(0))
    assert piece is None or (piece.spans == () and not says(piece.text, [answer]))


def test_of_what_is_not_answered_the_sentence_that_looks_like_an_answer_is_kept() -> None:
    seeming = "In 1911 she painted the iron bridge green."
    filling = [f"{name} slept long that day." for name in ("Ada", "Bo", "Cy", "Dan", "Eve", "Flo")]
    text = " ".join([*filling, seeming, *filling])
    for seed in range(10):
        piece = nearest(text, "Who paints iron bridges red?", 90, random.Random(seed))
        assert seeming in piece.text
        assert piece.text in text
        assert len(piece.text) <= 90
        assert piece.spans == ()


def test_a_passage_lacks_an_answer_that_is_marked_within_a_word_or_a_line() -> None:
    text = "Ada came. It opened in the 1990s,\nand closed. Bo left. Cy slept. Dan sang."
    cut, broken = text.index("1990"), text.index("1990s,")
    for span in ((cut, cut + 4), (broken, broken + len("1990s,\nand closed"))):
        piece = without(text, [span], ["1990", "1990s, and closed"], 200, random.Random(0))
        assert piece is not None
        assert piece.text == "Ada came. Bo left. Cy slept. Dan sang."
