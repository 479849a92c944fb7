"""Texts kept as tokens, read without the spaces about their punctuation, placed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader import ExtractiveReader
from qa.spacing import closed_up

TOKENS = (
    "Trump 's envoy ( John Cole ) left Minsk , `` relieved '' ."
    " It did n't cost $ 5 , or 3 % of it ."
)
PROSE = "Trump's envoy (John Cole) left Minsk, \"relieved\". It didn't cost $5, or 3% of it."


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (TOKENS, PROSE),
        ("He left ...", "He left..."),
        ("( a ) , b", "(a), b"),
        ("Why ?\nBecause .", "Why?\nBecause."),
        ("they 've and you ’re", "they've and you’re"),
        ("rock 'n' roll, the '90s", "rock 'n' roll, the '90s"),
        ("about .5 and -3 , or :) and ;-)", "about .5 and -3, or :) and ;-)"),
        ("a - b / c", "a - b / c"),  # a dash may be meant
        ("- item\n- other", "- item\n- other"),
        ("two  , spaces", "two  , spaces"),  # a table may be
        (" , first", " , first"),
        ("'' ''", '""'),
        ("print('') and '''Bold''' of 5'' ``x``", "print('') and '''Bold''' of 5'' ``x``"),
        ("```python\n$ pip install", "```python\n$ pip install"),
        ("", ""),
    ],
)
def test_spaces_about_punctuation_are_not_read(text, read):
    assert str(closed_up(text)) == read


def test_prose_is_read_as_it_is():
    assert closed_up(PROSE).starts is None
    assert closed_up(PROSE).place(3, 9) == (3, 9)


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("Trump's", "Trump 's"),
        ("(John Cole)", "( John Cole )"),
        ('"relieved".', "`` relieved '' ."),
        ("didn't", "did n't"),
        ("$5", "$ 5"),
        ("Minsk", "Minsk"),
    ],
)
def test_a_span_of_what_is_read_has_its_place_in_the_text(quote, place):
    read = closed_up(TOKENS)
    start = read.text.index(quote)
    first, past = read.place(start, start + len(quote))
    assert TOKENS[first:past] == place


def test_an_empty_span_has_a_place_too():
    read = closed_up("a , b ''")
    assert read.place(0, 0) == (0, 0)
    assert read.place(len(read.text), len(read.text)) == (len("a , b ''"),) * 2


PIECES = st.lists(
    st.sampled_from(
        [*TOKENS.split(), " ", "  ", "\n", "``", "''", "''''", "( ", " )", "é", "\u200b"]
    )
).map(" ".join)


@given(st.one_of(PIECES, st.text(max_size=40)))
def test_every_character_is_where_it_is_said_to_be(text):
    read = closed_up(text)
    places = [read.place(at, at + 1) for at in range(len(read.text))]
    for letter, (start, end) in zip(read.text, places, strict=True):
        assert letter == text[start:end] or (letter == '"' and text[start:end] in ("``", "''"))
    left_out = set(range(len(text))) - {at for start, end in places for at in range(start, end)}
    assert all(text[at] == " " for at in left_out)
    assert places == sorted(places)


def test_a_text_kept_as_tokens_is_answered_as_prose_is(reader: ExtractiveReader):
    for question, expected in (
        ("Who left Minsk?", "Trump 's envoy"),
        ("How much did it not cost?", "$ 5"),
    ):
        told, as_prose = reader.read([(question, TOKENS), (question, PROSE)])
        best, other = told.spans[0], as_prose.spans[0]
        assert best.log_odds == pytest.approx(other.log_odds, abs=0.05)
        assert TOKENS[best.start : best.end] == expected
        read = closed_up(TOKENS)
        assert read.text == PROSE
        assert read.place(other.start, other.end) == (best.start, best.end)
