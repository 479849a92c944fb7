"""No caller gets more than their share, and each is told honestly when to come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from qa.faults import BusyError
from qa.rates import BURST_QUESTIONS, CALLERS_REMEMBERED, CHARS_PER_QUESTION, Rate, worth_of


class Clock:
    """Seconds that go forward when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def refusal(rate: Rate, caller: str, questions: int) -> BusyError | None:
    try:
        rate.take(caller, questions)
    except BusyError as error:
        return error
    return None


def taken(rate: Rate, caller: str, questions: int) -> bool:
    return refusal(rate, caller, questions) is None


@given(
    calls=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), max_size=40),
    per_minute=st.integers(1, 120),
    burst=st.integers(1, 20),
)
def test_no_while_grants_more_than_the_burst_and_what_flows_in_but_for_a_list(
    calls, per_minute, burst
):
    clock = Clock()
    rate = Rate(per_minute=per_minute, burst=burst, clock=clock)
    granted: list[tuple[float, int]] = []
    for pause_s, questions in calls:
        clock.now_s += pause_s
        if taken(rate, "a", questions):
            granted.append((clock.now_s, questions))
    for first, (start_s, _) in enumerate(granted):
        for last in range(first, len(granted)):
            while_s = granted[last][0] - start_s
            before = sum(questions for _, questions in granted[first:last])
            needed = min(granted[last][1], burst)
            assert before + needed <= burst + while_s * per_minute / 60 + 1e-6


@given(
    calls=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30)), min_size=1, max_size=20),
    per_minute=st.integers(1, 120),
    burst=st.integers(1, 20),
)
def test_after_the_wait_that_was_told_it_is_granted_and_not_long_before(calls, per_minute, burst):
    clock = Clock()
    rate = Rate(per_minute=per_minute, burst=burst, clock=clock)
    for pause_s, questions in calls:
        clock.now_s += pause_s
        error = refusal(rate, "a", questions)
        if error is not None:
            assert error.code == "busy"
            assert f"Try again in {error.wait_s} s." in str(error)
            clock.now_s += error.wait_s - 1 - 1e-3
            assert not taken(rate, "a", questions)
            clock.now_s += 1 + 2e-3
            assert taken(rate, "a", questions)


def test_what_a_long_list_asks_beyond_a_bucket_is_owed():
    clock = Clock()
    rate = Rate(per_minute=120, burst=60, clock=clock)
    assert taken(rate, "a", 1_000)
    assert refusal(rate, "a", 1).wait_s == (1_000 - 60 + 1) / 2 + 0.5
    assert rate.spare("a") == 0
    clock.now_s += 470
    assert refusal(rate, "a", 1_000).wait_s == 30
    clock.now_s += 30
    assert rate.spare("a") == 30
    assert taken(rate, "a", 1_000)


def test_callers_do_not_take_from_each_other():
    rate = Rate(per_minute=1, burst=1, clock=Clock())
    assert taken(rate, "a", 1)
    assert not taken(rate, "a", 1)
    assert taken(rate, "b", 1)


def test_the_longest_unseen_callers_are_forgotten():
    rate = Rate(per_minute=1, burst=1, clock=Clock())
    for number in range(CALLERS_REMEMBERED + 1):
        assert taken(rate, str(number), 1)
    assert not taken(rate, "1", 1)
    assert taken(rate, "0", 1)


def test_an_article_is_worth_questions():
    assert worth_of("") == 1
    assert worth_of("x" * (CHARS_PER_QUESTION - 1)) == 1
    assert worth_of("x" * 3 * CHARS_PER_QUESTION, questions=5) == 8
    assert worth_of("x" * 1_000_000) == BURST_QUESTIONS  # all that may be asked at once


@pytest.mark.parametrize(("per_minute", "burst"), [(0, 1), (1, 0), (-1, 1)])
def test_a_rate_of_nothing_is_refused(per_minute, burst):
    with pytest.raises(InputError, match="Allow 1 or more"):
        Rate(per_minute=per_minute, burst=burst)


def test_half_of_a_bucket_is_left_for_questions_that_are_typed():
    clock = Clock()
    rate = Rate(per_minute=60, burst=10, clock=clock)
    assert rate.spare("a") == 5
    rate.take("a", 3)
    assert (rate.spare("a"), rate.spare("b")) == (2, 5)
    rate.take("a", 5)
    assert rate.spare("a") == 0
    clock.now_s += 5
    assert rate.spare("a") == 2
    clock.now_s += 1_000
    assert rate.spare("a") == 5
    assert Rate(per_minute=1, burst=1).spare("a") == 0
