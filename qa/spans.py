"""Find the best spans of many windows at once, and the mass of all the others."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from qa.scorer import Floats, Ints

Bools = npt.NDArray[np.bool_]

# In log-odds. A span across the end of a sentence is nearly always two answers run together;
# but a name with an initial may be taken for an end, so that it is not forbidden.
CROSSING_COST = np.float32(3.0)


class BestSpans(NamedTuple):
    """The best spans of each window; W windows, N spans each.

    Args:
        log_odds: (W, N) float32, best first; -inf where a window has fewer spans.
        starts: (W, N) int64, index of the first token.
        ends: (W, N) int64, index of the last token, inclusive.
        rest: (W,) float32, log of the summed odds of all other allowed spans.
    """

    log_odds: Floats
    starts: Ints
    ends: Ints
    rest: Floats


def best_spans(
    start_logits: Floats,
    end_logits: Floats,
    null_logits: Floats,
    *,
    start_allowed: Bools,
    end_allowed: Bools,
    max_answer_tokens: int,
    top_n: int,
    temperature: float = 1.0,
    sentences: Ints | None = None,
) -> BestSpans:
    """Search all spans up to a length, scored by start plus end logit (BERT, Devlin et al. 2019).

    Start and end are chosen together, so an answer never ends before it starts. Memory
    is W x L x max_answer_tokens numbers, not W x L x L.

    Args:
        start_logits: (W, L) float32.
        end_logits: (W, L) float32.
        null_logits: (W,) float32, the score of "not in this window"; spans are measured
            against it, which makes them comparable between windows.
        start_allowed: (W, L) bool, tokens that may start an answer.
        end_allowed: (W, L) bool, tokens that may end one.
        max_answer_tokens: longest span.
        top_n: how many spans of a window to return, at most.
        temperature: divides the log-odds (Guo et al. 2017, On Calibration of Modern
            Neural Networks).
        sentences: (W, L) int64, the sentence that each token is in; a span from one into
            another loses ``CROSSING_COST``. Without it none does.
    """
    width, length = start_logits.shape
    reach = min(max_answer_tokens, length)
    behind = ((0, 0), (0, reach - 1))
    starts = np.where(start_allowed, start_logits - null_logits[:, None], -np.inf)
    ends = np.pad(np.where(end_allowed, end_logits, -np.inf), behind, constant_values=-np.inf)
    # (W, L, reach): the span that starts at token i and has j more tokens
    spans = starts[:, :, None] + sliding_window_view(ends, reach, axis=1)
    if sentences is not None:
        last = sliding_window_view(np.pad(sentences, behind), reach, axis=1)
        spans -= CROSSING_COST * (last != sentences[:, :, None])
    log_odds = spans.reshape(width, -1) / np.float32(temperature)
    count = min(top_n, log_odds.shape[1])
    best = np.argpartition(-log_odds, count - 1, axis=1)[:, :count]
    best.sort(axis=1)  # spans of like odds in the order of the text
    order = np.argsort(-np.take_along_axis(log_odds, best, axis=1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    values = np.take_along_axis(log_odds, best, axis=1)
    np.put_along_axis(log_odds, best, -np.inf, axis=1)
    first = best // reach
    return BestSpans(values, first, first + best % reach, log_sum(log_odds))


def log_sum(logs: Floats) -> Floats:
    """The log of the sum of numbers given by their logs, along the last axis.

    Args:
        logs: (…, N) float32; -inf for 0.

    Returns:
        (…) float32; -inf where every number is 0.
    """
    highest = logs.max(axis=-1, initial=-np.inf, keepdims=True)
    highest[~np.isfinite(highest)] = 0.0
    with np.errstate(divide="ignore"):  # the log of 0 is meant
        # In float64, so that how many zeros pad a batch does not show in the last digits.
        shares = np.exp(logs - highest).sum(axis=-1, dtype=np.float64)
        total = np.log(shares) + highest[..., 0]
    return np.asarray(total, np.float32)
