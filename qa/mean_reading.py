"""The mean of two readings of one passage."""

import math

import numpy as np

from qa.reader import Reading, ReadSpan, best_first

HALF = math.log(0.5)


def mean_of(one: Reading, other: Reading) -> Reading:
    """The reading whose odds are the means of two others' of the same passage.

    A span that only one of them lists is in the rest of the other, and counted there.
    """
    odds: dict[tuple[int, int], float] = {}
    for span in (*one.spans, *other.spans):
        place = (span.start, span.end)
        odds[place] = float(np.logaddexp(odds.get(place, -math.inf), span.log_odds + HALF))
    spans = [ReadSpan(start, end, log_odds) for (start, end), log_odds in odds.items()]
    return Reading(best_first(spans), float(np.logaddexp(one.rest, other.rest)) + HALF)
