"""Questions about what a passage names and does not tell."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from other_kinds import ask_otherwise
from strategies import few
from training_data import ASKED

PAINTED = "In 1911 Ada Fenn painted the bridge green. Her brother Tom had the ladder."
TALKS = "Today the talks ended in Oldmere, where Ada Fenn opened the hall. They spoke of it."


def others(question: str, context: str) -> set[str | None]:
    return {ask_otherwise(question, context, random.Random(seed)) for seed in range(300)}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("How old is Ada Fenn?", "At 30 years, Ada Fenn opened it."),
        ("When was Ada Fenn born?", "It was Ada Fenn (1881–1951) who opened it."),
        ("How tall is Ada Fenn?", "The tall Ada Fenn opened it."),
        ("Who is Ada Fenn married to?", "There she, Ada Fenn, had a husband."),
        ("How much does Ada Fenn earn?", "So Ada Fenn had £ 9 a day."),
        ("What does Ada Fenn think of it?", "Yes, Ada Fenn said so."),
    ],
)
def test_of_a_name_what_is_not_told(asked: str, told: str) -> None:
    assert asked in others("Who?", "Then it was Ada Fenn who opened it.")
    assert asked not in others("Who?", told)


def test_how_long_something_lasted_where_no_time_is_told() -> None:
    asked = "How long did the talks last?"
    assert asked in others("Who?", TALKS)
    for time in ("for two hours", "until midnight", "all week", "from noon"):
        assert asked not in others("Who?", TALKS.replace("ended", f"went on {time}"))


def test_of_many_some_that_are_not_counted() -> None:
    context = "Of those in jail 123 prisoners were freed."
    found = others("How many prisoners were freed?", context)
    assert "How many German prisoners were freed?" in found
    counted = f"{context} They were from Germany."
    assert "How many German prisoners were freed?" not in others(
        "How many prisoners were freed?", counted
    )
    for question in (
        "How many of them were freed?",
        "How much is it?",
        "how many times?",
        "How many years?",
    ):
        assert others(question, context) == {None}


def test_nothing_is_asked_of_days_peoples_or_numbers() -> None:
    for context in ("On Monday was rain.", "Then the English opened it.", "By 1854 was rain.", ""):
        assert others("Who?", context) == {None}


@few
@given(st.integers(), st.sampled_from([*ASKED]))
def test_another_question_is_a_question_about_the_paragraph(seed: int, question: str) -> None:
    asked = ask_otherwise(question, PAINTED, random.Random(seed))
    assert asked is not None
    assert asked[-1] == "?"
    assert any(name in asked for name in ("Fenn", "Tom"))
