"""Follow-ups read in both forms, against sums of odds worked out by hand."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.asked_kind import NAME_LOG_ODDS
from qa.hearing import ToRead, read_all
from qa.mean_reading import mean_of
from qa.reader import Reading, ReadSpan
from qa.settings import ReaderSettings

LOG_ODDS = st.floats(-12, 12)
PLACES = st.tuples(st.integers(0, 4), st.integers(5, 9))
READINGS = st.builds(
    lambda spans, rest: Reading(
        tuple(ReadSpan(*place, odds) for place, odds in spans.items()), rest
    ),
    st.dictionaries(PLACES, LOG_ODDS, max_size=4),
    st.one_of(st.just(-math.inf), LOG_ODDS),
)


MOST_CHARS = 40  # of a question


class Scripted:
    """Reads "a" or "b" of a passage, by whether it hears anything before the question."""

    def __init__(self, *, reads_history):
        self.settings = ReaderSettings(reads_history=reads_history)
        self.pairs = []

    def takes(self, question):
        return len(question) < MOST_CHARS

    def read(self, pairs, *, batch_size=32, max_answer_tokens=30):  # noqa: ARG002
        self.pairs += pairs
        return [
            Reading((ReadSpan(0, 1, 2.0 if question.startswith("told") else 1.0),), -math.inf)
            for question, _ in pairs
        ]


ASKED = [ToRead("who?", None, "x"), ToRead("what for?", "told what for?", "y")]


def test_only_follow_ups_are_read_twice():
    reader = Scripted(reads_history=True)
    alone, heard = read_all(reader, ASKED, batch_size=2)
    assert reader.pairs == [("who?", "x"), ("what for?", "y"), ("told what for?", "y")]
    assert alone.spans[0].log_odds == 1.0
    mean = math.log((math.exp(1.0) + math.exp(2.0)) / 2)
    assert heard.spans[0].log_odds == pytest.approx(mean)


def test_a_follow_up_too_long_to_be_heard_is_read_alone():
    reader = Scripted(reads_history=True)
    told = ToRead("what for?", f"told {'and told ' * 9} what for?", "y")
    assert len(told.told) >= MOST_CHARS
    read_all(reader, [told], batch_size=2)
    assert reader.pairs == [("what for?", "y")]


def test_what_is_of_another_kind_than_the_question_asks_for_loses_odds():
    asked = [ToRead("how old?", None, "X"), ToRead("how old?", None, "7"), ASKED[0]]
    read = read_all(Scripted(reads_history=True), asked, batch_size=3)
    assert [one.spans[0].log_odds for one in read] == [1.0 - NAME_LOG_ODDS, 1.0, 1.0]


def test_both_forms_are_read_as_the_passage_writes_them():
    reader = Scripted(reads_history=True)
    told = ToRead("why did lukashenko?", "told minsk why did lukashenko?", "Lukashenko, Minsk")
    read_all(reader, [told], batch_size=2)
    assert [question for question, _ in reader.pairs] == [
        "why did Lukashenko?",
        "told Minsk why did Lukashenko?",
    ]


def test_a_question_that_would_be_too_long_as_the_passage_writes_it_is_read_as_it_was_asked():
    asked = "zurich " * 5 + "?"
    assert len(asked) < MOST_CHARS <= len(asked) + 5
    reader = Scripted(reads_history=False)
    decomposed = unicodedata.normalize("NFD", "Zürich")
    read_all(reader, [ToRead(asked, None, decomposed)], batch_size=2)
    assert reader.pairs == [(asked, decomposed)]


def test_a_reader_that_was_not_trained_with_history_hears_none():
    reader = Scripted(reads_history=False)
    assert [one.spans[0].log_odds for one in read_all(reader, ASKED, batch_size=2)] == [1.0, 1.0]
    assert len(reader.pairs) == 2


def test_nothing_to_read():
    assert read_all(Scripted(reads_history=True), [], batch_size=2) == []


def odds_of(reading):
    return {(span.start, span.end): math.exp(span.log_odds) for span in reading.spans}


def total(reading):
    return math.fsum(odds_of(reading).values()) + math.exp(reading.rest)


@given(READINGS, READINGS)
def test_odds_are_the_means_and_none_are_lost(one, other):
    mean = mean_of(one, other)
    left, right = odds_of(one), odds_of(other)
    assert odds_of(mean) == pytest.approx(
        {place: (left.get(place, 0) + right.get(place, 0)) / 2 for place in left | right}
    )
    assert total(mean) == pytest.approx((total(one) + total(other)) / 2)
    given = [span.log_odds for span in mean.spans]
    assert given == sorted(given, reverse=True)


@given(READINGS)
def test_the_mean_of_two_that_are_the_same_is_the_same(reading):
    assert odds_of(mean_of(reading, reading)) == pytest.approx(odds_of(reading))
