"""Quotes of another kind than a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.asked_kind import NO_NUMBER_LOG_ODDS, NO_TIME_LOG_ODDS, against_other_kinds
from qa.reader import Reading, ReadSpan

MANY = "How many were there?"
OLD = "How old is she?"
LONG = "How long did it last?"
WHEN = "When was it built?"
LOST = {MANY: NO_NUMBER_LOG_ODDS, OLD: NO_NUMBER_LOG_ODDS} | dict.fromkeys(
    (LONG, WHEN), NO_TIME_LOG_ODDS
)


def lost(question: str, quote: str) -> float:
    """What a quote of a text that is nothing else loses."""
    reading = Reading((ReadSpan(0, len(quote), 5.0),), rest=-2.0)
    (span,) = against_other_kinds(question, quote, reading).spans
    return 5.0 - span.log_odds


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (MANY, "123 prisoners"),
        (MANY, "Twenty-five"),
        (MANY, "none of them"),
        (MANY, "a dozen"),
        (MANY, "the third"),
        (MANY, "٣"),
        (MANY, "三人"),
        (OLD, "in her thirties"),
        (OLD, "elderly"),
        (OLD, "74"),
        (LONG, "two days"),
        (LONG, "briefly"),
        (LONG, "my entire life"),
        (LONG, "6,650 km"),
        (LONG, "until Tuesday"),
        (LONG, "overnight"),
        (WHEN, "1889"),
        (WHEN, "in the 1920s"),
        (WHEN, "in 476"),
        (WHEN, "Monday"),
        (WHEN, "on 4 May"),
        (WHEN, "after his father died"),
        (WHEN, "at 10:30"),
        (WHEN, "the nineteenth century"),
    ],
)
def test_what_may_be_of_the_kind_loses_nothing(question: str, quote: str) -> None:
    assert lost(question, quote) == 0


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (MANY, "Maria Kolesnikova"),
        (OLD, "Alexander"),
        (LONG, "closed-door"),
        (WHEN, "Belarusian"),
        (WHEN, "the president has pardoned 123 prisoners"),
        ("In what century was it built?", "by the Normans"),
        ("Of these, how many came back?", "to Minsk"),
        ("how  many?", "to Minsk"),
        ("And when?", "to Minsk"),
        ("Which year did it open?", "to Minsk"),
    ],
)
def test_what_is_of_another_kind_loses(question: str, quote: str) -> None:
    many = "many" in question
    assert lost(question, quote) == LOST.get(
        question, NO_NUMBER_LOG_ODDS if many else NO_TIME_LOG_ODDS
    )


@pytest.mark.parametrize(
    "question",
    [
        "Who decides how many seats there are?",
        "When alone, what does she do?",
        "What happened when it was sold?",
        "Which yearbook was it?",
        "How is it made?",
        "Tell me of the talks",
        "",
    ],
)
def test_other_questions_may_have_any_answer(question: str) -> None:
    assert lost(question, "the commission") == 0


@given(
    st.sampled_from([MANY, OLD, LONG, WHEN, "Who was it?"]),
    st.text(min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 40), st.floats(-10, 10)), max_size=8),
)
def test_no_span_is_lost_or_moved_and_the_best_is_first(
    question: str, text: str, edges: list[tuple[int, int, float]]
) -> None:
    spans = [
        ReadSpan(min(start, len(text) - 1), min(max(start + 1, end), len(text)), odds)
        for start, end, odds in edges
    ]
    spans.sort(key=lambda span: -span.log_odds)
    read = against_other_kinds(question, text, Reading(tuple(spans), rest=-1.0))
    assert read.rest == -1.0
    assert sorted((one.start, one.end) for one in read.spans) == sorted(
        (one.start, one.end) for one in spans
    )
    odds = [one.log_odds for one in read.spans]
    assert odds == sorted(odds, reverse=True)
    assert sum(odds) <= sum(one.log_odds for one in spans)


def test_the_pipelines_answers_are_of_the_kind() -> None:
    extracted = qa.extract(
        question="How old is Alexander Lukashenko?",
        context="Alexander Lukashenko met the envoy in Minsk.",
        handle_impossible_answer=True,
    )
    assert extracted["answer"] == ""
