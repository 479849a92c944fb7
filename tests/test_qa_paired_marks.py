"""Quotation marks and brackets of a quote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.paired_marks import PAIRS, with_both_marks

MARKS = frozenset('"’') | set(PAIRS) | set(PAIRS.values())


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
        ("the workers’ union", "workers’", "workers’"),
        ("he is 5'10\" tall", "5'10\"", "5'10\""),
        ('the film "1990" is', '"1990"', '"1990"'),
        ("first a) salt", "a)", "a"),
        ("two ( three", "( three", "three"),
        ("only (“ here", "(“", "(“"),
    ],
)
def test_a_mark_is_quoted_with_its_other_one_or_not_at_all(text: str, span: str, quote: str):
    start = text.index(span)

    first, past = with_both_marks(text, start, start + len(span))

    assert text[first:past] == quote


@given(text=st.text('ab 5()“”"’', max_size=20), drawn=st.data())
def test_only_marks_and_white_space_beside_them_come_or_go(text: str, drawn: st.DataObject):
    start = drawn.draw(st.integers(0, len(text)))
    end = drawn.draw(st.integers(start, len(text)))

    first, past = with_both_marks(text, start, end)

    assert 0 <= first <= past <= len(text)
    assert start - 1 <= first
    assert past <= end + 1
    changed = text[min(start, first) : max(start, first)] + text[min(end, past) : max(end, past)]
    assert set(changed) <= MARKS | {" "}
    assert (first < past) is (start < end)
    assert with_both_marks(text, first, past) == (first, past)


@given(text=st.text("ab ()", max_size=20), drawn=st.data())
def test_no_bracket_at_an_edge_lacks_its_other_one(text: str, drawn: st.DataObject):
    start = drawn.draw(st.integers(0, len(text)))
    end = drawn.draw(st.integers(start, len(text)))

    first, past = with_both_marks(text, start, end)

    quote = text[first:past]
    while (rest := re.sub(r"\([^()]*\)", "x", quote)) != quote:
        quote = rest
    if any(map(str.isalpha, quote)):
        assert not {quote[0], quote[-1]} & {"(", ")"}
