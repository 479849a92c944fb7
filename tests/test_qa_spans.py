"""``best_spans`` against loops over every span."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa.spans import CROSSING_COST, BestSpans, best_spans

TOLERANCE = 1e-4


def logsumexp(values):
    if not values:
        return -math.inf
    highest = max(values)
    return highest + math.log(math.fsum(math.exp(value - highest) for value in values))


def every_span(case, row):
    """The log-odds of each allowed span of a window, by (start, end)."""
    found = {}
    length = case["start_logits"].shape[1]
    for start in range(length):
        for end in range(start, min(start + case["max_answer_tokens"], length)):
            if case["start_allowed"][row, start] and case["end_allowed"][row, end]:
                score = float(case["start_logits"][row, start]) + float(
                    case["end_logits"][row, end]
                )
                found[start, end] = (score - float(case["null_logits"][row])) / case["temperature"]
    return found


def run(case) -> BestSpans:
    return best_spans(**case)


def assert_same_as_loops(case):
    best = run(case)
    width, length = case["start_logits"].shape
    assert best.log_odds.shape == best.starts.shape == best.ends.shape
    assert best.log_odds.shape[0] == width
    assert best.log_odds.shape[1] <= case["top_n"]
    assert best.rest.shape == (width,)
    for row in range(width):
        spans = every_span(case, row)
        ranked = sorted(spans.values(), reverse=True)
        values = best.log_odds[row].tolist()
        given_values = [value for value in values if value != -math.inf]
        assert len(given_values) == min(case["top_n"], len(spans))
        assert values[: len(given_values)] == given_values, "a missing span is not last"
        assert given_values == sorted(given_values, reverse=True)
        assert given_values == pytest.approx(ranked[: len(given_values)], abs=TOLERANCE)
        places = list(zip(best.starts[row].tolist(), best.ends[row].tolist(), strict=True))
        places = places[: len(given_values)]
        assert len(set(places)) == len(places), "a span is given twice"
        # Equal scores may be given in any order, so each place is looked up by itself.
        for place, value in zip(places, given_values, strict=True):
            assert value == pytest.approx(spans[place], abs=TOLERANCE)
            start, end = place
            assert 0 <= start <= end < length
            assert end - start + 1 <= case["max_answer_tokens"]
            assert case["start_allowed"][row, start]
            assert case["end_allowed"][row, end]
        others = [value for place, value in spans.items() if place not in set(places)]
        assert best.rest[row].item() == pytest.approx(logsumexp(others), abs=TOLERANCE)


@st.composite
def cases(draw):
    width, length = draw(st.integers(1, 3)), draw(st.integers(1, 9))
    # Whole numbers make many spans equal; fractions make none.
    numbers = draw(
        st.sampled_from([st.integers(-3, 3).map(float), st.floats(-12, 12, width=32)]),
    )
    return {
        "start_logits": draw(arrays(np.float32, (width, length), elements=numbers)),
        "end_logits": draw(arrays(np.float32, (width, length), elements=numbers)),
        "null_logits": draw(arrays(np.float32, (width,), elements=numbers)),
        "start_allowed": draw(arrays(np.bool_, (width, length))),
        "end_allowed": draw(arrays(np.bool_, (width, length))),
        "max_answer_tokens": draw(st.integers(1, 12)),
        "top_n": draw(st.sampled_from([1, 2, 5, 1000])),
        "temperature": draw(st.floats(0.25, 4)),
    }


def seeded_case(seed, *, width, length, **options):
    generator = np.random.default_rng(seed)
    return {
        "start_logits": generator.normal(scale=5, size=(width, length)).astype(np.float32),
        "end_logits": generator.normal(scale=5, size=(width, length)).astype(np.float32),
        "null_logits": generator.normal(scale=5, size=width).astype(np.float32),
        "start_allowed": generator.random((width, length)) < 0.8,
        "end_allowed": generator.random((width, length)) < 0.8,
        "temperature": 1.0,
        **options,
    }


@settings(max_examples=100)
@given(cases())
@example(seeded_case(0, width=2, length=1, max_answer_tokens=1, top_n=20))
def test_agrees_with_loops(case):
    assert_same_as_loops(case)


@pytest.mark.parametrize("max_answer_tokens", [1, 7, 30, 300])
def test_agrees_with_loops_on_windows_of_a_reader_s_length(max_answer_tokens):
    case = seeded_case(
        max_answer_tokens,
        width=2,
        length=120,
        max_answer_tokens=max_answer_tokens,
        top_n=20,
        temperature=1.7,
    )
    assert_same_as_loops(case)


def test_window_in_which_nothing_is_allowed():
    case = seeded_case(1, width=3, length=6, max_answer_tokens=3, top_n=4)
    case["start_allowed"][0] = False
    case["end_allowed"][1] = False
    best = run(case)
    for row in (0, 1):
        assert best.log_odds[row].tolist() == [-math.inf] * 4
        assert best.rest[row].item() == -math.inf
    assert np.isfinite(best.log_odds[2]).any(), "the other window is not touched"
    assert_same_as_loops(case)


def test_end_allowed_only_before_start_gives_nothing():
    case = seeded_case(2, width=1, length=5, max_answer_tokens=5, top_n=3)
    case["start_allowed"][:] = [[False, False, False, True, True]]
    case["end_allowed"][:] = [[True, True, True, False, False]]
    best = run(case)
    assert best.log_odds.tolist() == [[-math.inf] * 3]
    assert best.rest.tolist() == [-math.inf]


def test_asking_for_more_spans_than_there_are_leaves_no_rest():
    case = seeded_case(3, width=2, length=4, max_answer_tokens=2, top_n=10_000)
    case["start_allowed"][:] = case["end_allowed"][:] = True
    best = run(case)
    assert np.isfinite(best.log_odds).sum(axis=1).tolist() == [7, 7]  # 4 of one token, 3 of two
    assert best.rest.tolist() == [-math.inf, -math.inf]


def test_best_pair_is_chosen_together():
    # The best start (2) lies behind the best end (0): neither can be had with the other.
    case = {
        "start_logits": np.array([[1, 0, 9]], dtype=np.float32),
        "end_logits": np.array([[8, 0, 1]], dtype=np.float32),
        "null_logits": np.array([4], dtype=np.float32),
        "start_allowed": np.ones((1, 3), dtype=bool),
        "end_allowed": np.ones((1, 3), dtype=bool),
        "max_answer_tokens": 3,
        "top_n": 2,
        "temperature": 2.0,
    }
    best = run(case)
    assert list(zip(best.starts[0].tolist(), best.ends[0].tolist(), strict=True)) == [
        (2, 2),
        (0, 0),
    ]
    assert best.log_odds[0].tolist() == [3.0, 2.5]  # (9 + 1 - 4) / 2 and (1 + 8 - 4) / 2


def test_memory_grows_with_the_longest_answer_not_with_the_window_squared():
    width, length, longest = 2, 4096, 30
    case = seeded_case(4, width=width, length=length, max_answer_tokens=longest, top_n=20)
    tracemalloc.start()  # numpy tells it of every array
    best = run(case)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert best.log_odds.shape == (width, 20)
    assert np.isfinite(best.log_odds).all()
    assert ((best.ends - best.starts) < longest).all()
    float_bytes = 4
    assert width * length * longest * float_bytes <= peak_bytes
    assert peak_bytes < width * length * length * float_bytes / 10


def test_span_across_the_end_of_a_sentence_pays_for_it():
    case = {
        "start_logits": np.array([[0, 5, 1, 1]], np.float32),
        "end_logits": np.array([[0, 1, 4, 5]], np.float32),
        "null_logits": np.zeros(1, np.float32),
        "start_allowed": np.array([[False, True, True, True]]),
        "end_allowed": np.array([[False, True, True, True]]),
        "max_answer_tokens": 3,
        "top_n": 3,
    }
    free = best_spans(**case)
    assert (free.starts[0, 0], free.ends[0, 0], free.log_odds[0, 0]) == (1, 3, 10.0)
    parted = best_spans(**case, sentences=np.array([[0, 0, 0, 1]]))
    assert (parted.starts[0, 0], parted.ends[0, 0], parted.log_odds[0, 0]) == (1, 2, 9.0)
    assert (parted.starts[0, 1], parted.ends[0, 1]) == (1, 3)
    assert parted.log_odds[0, 1] == 10.0 - CROSSING_COST


@given(st.integers(0, 2**32 - 1), st.integers(1, 200))
def test_what_pads_a_batch_shows_nowhere(seed, padding):
    chance = np.random.default_rng(seed)
    logits = chance.normal(0, 4, (2, 1, 60)).astype(np.float32)
    allowed = np.ones((1, 60), np.bool_)
    behind = ((0, 0), (0, padding))

    def run_on(start, end, allowed):
        return best_spans(
            start,
            end,
            np.zeros(1, np.float32),
            start_allowed=allowed,
            end_allowed=allowed,
            max_answer_tokens=20,
            top_n=5,
            temperature=1.0,
        )

    alone = run_on(*logits, allowed)
    padded = run_on(*(np.pad(one, behind) for one in logits), np.pad(allowed, behind))
    for field in ("log_odds", "starts", "ends", "rest"):
        assert getattr(alone, field).tolist() == getattr(padded, field).tolist()
