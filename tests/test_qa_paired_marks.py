"""Quotation marks and brackets of a quote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import trim
from qa.paired_marks import MARK, paired_marks, with_both_marks


def mended(text: str, start: int, end: int) -> tuple[int, int]:
    return with_both_marks(text, start, end, partners=paired_marks(text))


@pytest.mark.parametrize(
    ("text", "span", "quote"),
    [
        ("lift “illegal sanctions” on", "“illegal sanctions", "illegal sanctions"),
        ("lift “illegal sanctions” on", "illegal sanctions”", "illegal sanctions"),
        ("lift “illegal sanctions” on", "“illegal sanctions”", "“illegal sanctions”"),
        ("lift “illegal sanctions” on", "illegal sanctions", "illegal sanctions"),
        (
            "the Ministry of Defence (MoD) said",
            "Ministry of Defence (MoD",
            "Ministry of Defence (MoD)",
        ),
        ("the Ministry (the MoD) said", "(the MoD", "the MoD"),
        ("the function f(x) is", "f(x)", "f(x)"),
        ('he said ("all is well") so', '("all is well"', '"all is well"'),
        ('the song "Hello" is', 'song "Hello', 'song "Hello"'),
        ('the song "Hello" is', '"Hello', "Hello"),
        ('the song "Hello" is', 'Hello"', "Hello"),
        ('the "Hello" song', 'Hello" song', '"Hello" song'),
        ("the “Hello” song", "Hello” song", "“Hello” song"),
        ("the «Hello» song", "«Hello", "Hello"),
        ("a ‘big’ one", "‘big", "big"),
        ("a ‘big’ one", "‘big’", "‘big’"),
        ("a ‘big’ one", "big’", "big"),
        ("the “Hello,” song", "the “Hello", "the “Hello,”"),
        ("songs: ‘Hello, Goodbye’, ‘Girl’.", "Hello, Goodbye’, ‘Girl’", "‘Hello, Goodbye’, ‘Girl’"),
        ("das „Haus der Musik“ hier", "„Haus der Musik“", "„Haus der Musik“"),
        ("das „Haus der Musik“ hier", "„Haus der", "Haus der"),
        ("»Sol« her", "»Sol«", "»Sol«"),
        ("en film, ”Solen” her", "”Solen”", "”Solen”"),
        ("he, O‘Hara’s man", "O‘Hara", "O‘Hara"),
        ("don’t ‘rock ’n’ roll’ it", "don’t", "don’t"),
        ("at St. Fillans [near Perth] it", "St. Fillans [near", "St. Fillans"),
        ("went “on and on” there", "went “on", "went “on"),
        ("A (by Ann) was Ben (a baker) then", "Ann) was Ben (a baker", "Ann) was Ben (a baker)"),
        ("A (by Ann) was sold “as is”", "Ann) was sold “", "Ann) was sold"),
        ("the workers’ union", "workers’", "workers’"),
        ("he is 5'10\" tall", "5'10\"", "5'10\""),
        ('the film "1990" is', '"1990"', '"1990"'),
        ("first a) salt", "a)", "a"),
        ("two ( three", "( three", "three"),
        ("only (“) here", "(“", "(“"),
        ("he said: “So it was.\n\n“Then", "“So it was", "So it was"),
    ],
)
def test_a_mark_is_quoted_with_its_other_one_or_not_at_all(text: str, span: str, quote: str):
    start = text.index(span)

    first, past = mended(text, start, start + len(span))

    assert text[first:past] == quote


TEXTS = st.text('ab 5,()“”„"’', max_size=20)


@given(text=TEXTS, drawn=st.data())
def test_edges_move_over_marks_and_what_stands_beside_them(text: str, drawn: st.DataObject):
    start = drawn.draw(st.integers(0, len(text)))
    end = drawn.draw(st.integers(start, len(text)))

    first, past = mended(text, start, end)

    assert 0 <= first <= past <= len(text)
    assert (first < past) is (start < end)
    added = text[first:start] + text[end:past]
    assert not any(map(str.isalnum, added))
    assert not any(map(str.isalnum, text[start:first]))
    assert mended(text, first, past) == (first, past)


@given(text=TEXTS)
def test_partners_are_each_others_and_none_is_lost(text: str):
    partners = paired_marks(text)
    for place, other in partners.items():
        assert MARK.match(text, place)
        assert other is None or (other != place and partners[other] == place)
    assert {place for place, sign in enumerate(text) if sign in "()“”„"} <= set(partners)


@pytest.mark.parametrize("unit", ["(", ")", "“", "”", '"', ' "a', "‘ ’", "()", "(“"])
def test_many_marks_take_no_long_time(unit: str):
    text = unit * 100_000
    assert len(paired_marks(text)) <= len(text)


@given(text=st.text("ab ()", max_size=20), drawn=st.data())
def test_no_bracket_at_an_edge_lacks_its_other_one(text: str, drawn: st.DataObject):
    start = drawn.draw(st.integers(0, len(text)))
    end = drawn.draw(st.integers(start, len(text)))

    first, past = mended(text, *(trim(text, start, end) or (0, 0)))

    quote = text[first:past]
    has_words = any(map(str.isalpha, quote))
    while (rest := re.sub(r"\([^()]*\)", "x", quote)) != quote:
        quote = rest
    if has_words:
        assert not {quote[0], quote[-1]} & {"(", ")"}
