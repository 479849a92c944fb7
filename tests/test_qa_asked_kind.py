"""Quotes of another kind than a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.asked_kind import NAME_LOG_ODDS, OTHER_KIND_LOG_ODDS, against_other_kinds
from qa.reader import Reading, ReadSpan

MANY = "How many were there?"
OLD = "How old is she?"
LONG = "How long did it last?"
WHEN = "When was it built?"


def lost(question: str, quote: str) -> float:
    """What a quote of a text that is nothing else loses."""
    return lost_of(question, quote, quote)


def lost_of(question: str, text: str, quote: str) -> float:
    """What a quote loses where it first stands in a text."""
    start = text.index(quote)
    reading = Reading((ReadSpan(start, start + len(quote), 5.0),), rest=-2.0)
    (span,) = against_other_kinds(question, text, reading).spans
    return 5.0 - span.log_odds


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        (
            MANY,
            ["123 prisoners", "Twenty-five", "none of them", "a dozen", "the third", "٣", "三人"],
        ),
        (MANY, ["a cup", "an unknown number", "Lithuania, Latvia and Estonia", "Ann and Bob"]),
        (MANY, ["about a cup", "A cup", "At least a Boeing", "a", "daily", "a fraction"]),
        ("How many years was it?", ["a year", "over a decade", "7"]),
        ("How many times did he call?", ["repeatedly", "once"]),
        (OLD, ["74", "in her thirties", "elderly", "an octogenarian", "five years", "newborn"]),
        (OLD, ["a few hours", "only days", "six weeks", "Late Cretaceous", "Victorian", "Baroque"]),
        ("How many years old was he?", ["an octogenarian"]),
        ("At what age did he die?", ["81"]),
        (LONG, ["two days", "briefly", "my entire life", "6,650 km", "until Tuesday", "overnight"]),
        (LONG, ["a fortnight", "on Sundays", "lifelong", "a min", "a mile", "about a mile"]),
        (WHEN, ["1889", "in the 1920s", "in 476", "c. 870", "Monday", "on 4 May", "in the '80s"]),
        (WHEN, ["after his father died", "at 10:30", "at about 5pm", "the nineteenth century"]),
        (WHEN, ["once he was paid", "If it rains", "on the eve of the vote", "the XIXth", "MCMLX"]),
        (WHEN, ["the Triassic", "the Tang dynasty", "in summertime", "at some point", "not yet"]),
        (WHEN, ["at six o'clock", "half past seven", "Sept.", "as a child", "on Sundays", "一日"]),
    ],
)
def test_what_may_be_of_the_kind_loses_nothing(question: str, quotes: list[str]) -> None:
    assert [quote for quote in quotes if lost(question, quote)] == []


@pytest.mark.parametrize(
    ("question", "quote", "loss"),
    [
        (MANY, "Maria Kolesnikova", NAME_LOG_ODDS),
        (MANY, "the Bank of England", NAME_LOG_ODDS),
        (MANY, "opposition figures", OTHER_KIND_LOG_ODDS),
        (OLD, "Alexander", NAME_LOG_ODDS),
        (OLD, "Theresa May", NAME_LOG_ODDS),
        (OLD, "after the war", OTHER_KIND_LOG_ODDS),
        (OLD, "local authorities", OTHER_KIND_LOG_ODDS),
        ("At what age did he die?", "Paris", NAME_LOG_ODDS),
        (OLD, "Brian", NAME_LOG_ODDS),
        (OLD, "Belarusian Church", NAME_LOG_ODDS),
        ("How many years old is she?", "Alexander", NAME_LOG_ODDS),
        ("How many years was it?", "to Minsk", NAME_LOG_ODDS),
        (LONG, "closed-door", OTHER_KIND_LOG_ODDS),
        (LONG, "Nile", NAME_LOG_ODDS),
        (LONG, "a hotel in Minsk", OTHER_KIND_LOG_ODDS),
        (MANY, "under a tree", OTHER_KIND_LOG_ODDS),
        (MANY, "the", OTHER_KIND_LOG_ODDS),
        (WHEN, "Belarusian", OTHER_KIND_LOG_ODDS),
        (WHEN, "Newsweek", OTHER_KIND_LOG_ODDS),
        (WHEN.upper(), "Newsweek", OTHER_KIND_LOG_ODDS),
        (WHEN, "by Henry VIII", OTHER_KIND_LOG_ODDS),
        (WHEN, "asked if it was sold", OTHER_KIND_LOG_ODDS),
        (WHEN, "the president has pardoned 1,230 prisoners", OTHER_KIND_LOG_ODDS),
        (WHEN, "the president has pardoned 123 prisoners", OTHER_KIND_LOG_ODDS),
        ("In what century was it built?", "by the Normans", OTHER_KIND_LOG_ODDS),
        ("Of these, how many came back?", "to Minsk", NAME_LOG_ODDS),
        ("how  many?", "to Minsk", NAME_LOG_ODDS),
        ("And when?", "to Minsk", OTHER_KIND_LOG_ODDS),
        ("In which years was it open?", "to Minsk", OTHER_KIND_LOG_ODDS),
        ("When didn't it open?", "to Minsk", OTHER_KIND_LOG_ODDS),
    ],
)
def test_what_is_of_another_kind_loses(question: str, quote: str, loss: float) -> None:
    assert lost(question, quote) == loss


BEFORE = (
    "It was late in the year, and few of those who had come to the square knew what was said. " * 2
)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("He was jailed for 14 years.", "14 years"),
        ("He was Jailed for 14 years.", "14"),
        ("He was jailed for more than 14 years.", "more than 14"),
        ("He was jailed for one year.", "one year"),
        ("He was jailed for a year and two months.", "two months"),
        ("He was detained for 2 and a half years.", "2 and a half years"),
        ("A court sentenced him to 14 years.", "14 years"),
        ("He was sentenced to serve 10 to 14 years.", "10 to 14 years"),
        ("He spent 14 years in prison.", "14 years"),
        ("He has spent 14 years behind bars.", "14 years"),
        ("He got a prison sentence of 14 years.", "14 years"),
        ("He got a 14-year sentence.", "14-year"),
        ("He got a 14-year jail term.", "14-year"),
        ("He was given 14 years’ imprisonment.", "14 years"),
        ("Jailed for 3 years, he served 14 months in jail.", "14 months"),
        (
            "A veteran barred in 2020 and in jail for 14 years.",
            "veteran barred in 2020 and in jail for 14 years",
        ),
    ],
)
def test_what_a_sentence_lasts_is_no_age(text: str, quote: str) -> None:
    assert lost_of("How old is he?", text, quote) == OTHER_KIND_LOG_ODDS
    assert lost_of("How old is he?", BEFORE + text + BEFORE, quote) == OTHER_KIND_LOG_ODDS


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("He is 14 years old.", "14 years"),
        ("It was for him, aged 14 years.", "14 years"),
        ("It is for children aged 5 years.", "5 years"),
        ("The Earth has existed for 4.5 billion years.", "4.5 billion years"),
        ("Jailed for 14 years, he is now 81.", "81"),
        ("Jailed for 14 years, he is now 81.", "14 years, he is now 81"),
        ("Seventeen, he was jailed for 14 years.", "Seventeen, he was jailed for 14 years"),
        ("At 81 years of age he was jailed for 14 years.", "81 years"),
        ("She was sentenced at the age of 16 years.", "16 years"),
        ("He died at the age of 81 years in prison.", "81 years"),
        ("They were jailed for killing a girl of nine years.", "nine years"),
        ("They were convicted, for 14 years old is too young.", "14 years"),
        ("A prison for 14-year-olds.", "14-year-olds"),
        ("A prison for 18 years and older.", "18 years"),
        ("He went to jail. She came to 14 years later.", "14 years"),
        ("Sentenced\nShe lived to 81 years.", "81 years"),
        ("The long-term plan goes back to about 200 years.", "200 years"),
    ],
)
def test_but_ages_are(text: str, quote: str) -> None:
    assert lost_of("How old is he?", text, quote) == 0.0
    assert lost_of("How old is he?", BEFORE + text + BEFORE, quote) == 0.0


@pytest.mark.parametrize(
    "question",
    [
        "Who decides how many seats there are?",
        "When alone, what does she do?",
        "When it was sold, who bought it?",
        "When did it open, and who opened it?",
        "How long was it open and when did it close?",
        "How long was it open or when did it close?",
        "In elderly women, what age-related illness is it?",
        "Which century-old building burnt?",
        "What age rating did it get?",
        "How old is he and where does he live?",
        "When is it a good idea?",
        "When Will Smith came, was it over?",
        "How old-fashioned is it?",
        "How often is it done?",
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
    for one in read.spans:
        before = [span.log_odds for span in spans if (span.start, span.end) == (one.start, one.end)]
        assert any(
            one.log_odds == was - loss
            for was in before
            for loss in (0.0, OTHER_KIND_LOG_ODDS, NAME_LOG_ODDS)
        )


def test_the_pipelines_answers_are_of_the_kind() -> None:
    extracted = qa.extract(
        question="How old is Alexander Lukashenko?",
        context="Alexander Lukashenko met the envoy in Minsk.",
        handle_impossible_answer=True,
    )
    assert extracted["answer"] == ""
