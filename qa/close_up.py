"""Read a passage once more, close up: the sentences around the best span, by themselves.

What else a passage says draws a reader away, and lends a sentence words that it does not have.
"""

from collections.abc import Sequence

from index.sentences import sentence_spans
from qa.mean_reading import mean_of
from qa.reader import Reader, Reading, ReadSpan, best_first

# Less is no answer close up either: most passages of a search are not read a second time.
LEAST_LOG_ODDS = -4.0
SENTENCES_AROUND = 1  # before and behind; names and pronouns of these are needed


def read_closer(
    reader: Reader,
    pairs: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
    bests: Sequence[ReadSpan | None],
    *,
    batch_size: int,
) -> list[Reading]:
    """The readings; where a passage is read once more, the mean of both.

    Spans that stand outside a close-up keep their odds: it says nothing of them. Of those that a
    reading does not list nothing is known but their sum: its mean is taken.

    Args:
        reader: what reads.
        pairs: a question and the text of a passage each.
        readings: what it found in each.
        bests: the span of each to read around; None where there is none.
        batch_size: windows in one pass through the model.
    """
    read = list(readings)
    places = {
        number: place
        for number, ((_, text), best) in enumerate(zip(pairs, bests, strict=True))
        if best is not None and (place := _place(text, best)) is not None
    }
    close = [
        (pairs[number][0], pairs[number][1][slice(*place)]) for number, place in places.items()
    ]
    again = reader.read(close, batch_size=batch_size)
    for (number, place), reading in zip(places.items(), again, strict=True):
        read[number] = _joined(read[number], reading, place)
    return read


def _place(text: str, best: ReadSpan) -> tuple[int, int] | None:
    """Where the sentences around a span begin and end; None where they are not read."""
    if best.log_odds < LEAST_LOG_ODDS:
        return None
    sentences = sentence_spans(text)
    touched = [
        number
        for number, (start, end) in enumerate(sentences)
        if start < best.end and best.start < end
    ]
    if not touched:
        return None
    first = max(touched[0] - SENTENCES_AROUND, 0)
    last = min(touched[-1] + SENTENCES_AROUND, len(sentences) - 1)
    if (first, last) == (0, len(sentences) - 1):
        return None
    return sentences[first][0], sentences[last][1]


def _joined(whole: Reading, close: Reading, place: tuple[int, int]) -> Reading:
    """A passage's reading and its close-up's as one."""
    start, end = place
    moved = [ReadSpan(one.start + start, one.end + start, one.log_odds) for one in close.spans]
    inside = [one for one in whole.spans if start <= one.start and one.end <= end]
    outside = [one for one in whole.spans if one.start < start or end < one.end]
    both = mean_of(Reading(tuple(inside), whole.rest), Reading(tuple(moved), close.rest))
    return Reading(best_first([*both.spans, *outside]), both.rest)
