"""The address of a place: what comes back is what went in, whatever an address may say."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import HOSTILE, STORY, excerpt
from strategies import any_text, documents, spans_in

from qa.place_link import MAX_ARTICLE_ID_CHARS, PARAMETERS, PlaceLink
from qa.questions import MAX_QUESTION_CHARS
from qa.records import Excerpt


def read(address):
    assert address.startswith("?")
    return PlaceLink.from_query(dict(parse_qsl(address[1:])))


@given(st.data())
def test_a_place_comes_back(data):
    document = data.draw(documents())
    start, end = data.draw(spans_in(document.text))
    place = Excerpt.from_span(document, start, end)
    question = data.draw(any_text(min_size=1).map(str.strip))
    link = read(PlaceLink.from_place(place, question).to_query())
    assert link == PlaceLink(document.id, question, start, end)
    assert link.place_in(document) == place
    beside = replace(link, document=data.draw(st.integers(0, 999)))
    assert read(beside.to_query()) == beside


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_address_holds_no_sign_that_html_knows(hostile):
    query = PlaceLink(hostile, hostile, 1, 2).to_query()
    assert not set(query) & set("<>\"'` ")
    assert read(query) == PlaceLink(hostile, hostile, 1, 2)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        *(("", ""), ("1", ""), ("", "1"), ("2", "2"), ("3", "2"), ("-1", "4"), ("+1", "4")),
        *((" 1", "4"), ("1.0", "4"), ("1e2", "400"), ("٣", "٤"), ("0x1", "0x4"), ("²", "³")),
        *(("1", "9" * 5_000), ("one", "two"), ("1_0", "2_0")),
    ],
)
def test_what_is_no_place_is_none(start, end):
    link = PlaceLink.from_query({"article": "a", "q": "who?", "start": start, "end": end})
    assert link == PlaceLink("a", "who?")


def test_a_place_beyond_the_article_is_none():
    length = len(STORY.text)
    assert PlaceLink("story", "", length - 1, length + 1).place_in(STORY) is None
    assert PlaceLink("story", "", 999_999_998, 999_999_999).place_in(STORY) is None
    assert PlaceLink("story").place_in(STORY) is None
    whole = PlaceLink("story", "", 0, length).place_in(STORY)
    assert whole == excerpt(STORY, STORY.text)


def test_an_address_without_an_article_is_no_link():
    for query in ({}, {"q": "who?"}, {"article": ""}, {"__theme": "dark"}):
        assert PlaceLink.from_query(query) is None
    assert PlaceLink.from_query({"article": "a" * (MAX_ARTICLE_ID_CHARS + 1)}) is None


def test_a_question_too_long_is_not_cut_to_another():
    link = PlaceLink.from_query({"article": "a", "q": "x" * (MAX_QUESTION_CHARS + 1)})
    assert link == PlaceLink("a")


# With numbers among them: of texts alone hardly one is a number.
offsets = st.text() | st.integers(0, 10**10).map(str)
parameters = dict.fromkeys(PARAMETERS, st.text()) | dict.fromkeys(
    ("document", "start", "end"), offsets
)


@given(st.fixed_dictionaries({}, optional=parameters) | st.fixed_dictionaries(parameters))
def test_whatever_the_address_says_a_link_is_sound(query):
    link = PlaceLink.from_query(query)
    if link is not None:
        assert (link.start is None) == (link.end is None)
        assert link.start is None or 0 <= link.start < link.end
