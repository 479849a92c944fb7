"""Read a passage once more, close up: the sentences around the best span, by themselves.

What else a passage says draws a reader away, and lends a sentence words that it does not have.
"""

from collections.abc import Sequence

from index.sentences import sentence_spans
from qa.mean_reading import mean_of
from qa.reader import Reader, Reading, ReadSpan

# Less is no answer close up either: most passages of a search are not read a second time.
LEAST_LOG_ODDS = -4.0
SENTENCES_AROUND = 1  # before and behind; names and pronouns of these are needed


def read_closer(
    reader: Reader,
    pairs: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
    *,
    batch_size: int,
) -> list[Reading]:
    """The readings, each the mean of itself and of its close-up.

    What stands outside a close-up has no odds there, so half of its own is left.

    Args:
        reader: what reads.
        pairs: a question and the text of a passage each.
        readings: what it found in each.
        batch_size: windows in one pass through the model.
    """
    read = list(readings)
    places = {
        number: place
        for number, ((_, text), reading) in enumerate(zip(pairs, readings, strict=True))
        if (place := _place(text, reading)) is not None
    }
    close = [
        (pairs[number][0], pairs[number][1][slice(*place)]) for number, place in places.items()
    ]
    again = reader.read(close, batch_size=batch_size)
    for (number, (start, _)), reading in zip(places.items(), again, strict=True):
        moved = [
            ReadSpan(span.start + start, span.end + start, span.log_odds) for span in reading.spans
        ]
        read[number] = mean_of(read[number], Reading(tuple(moved), reading.rest))
    return read


def _place(text: str, reading: Reading) -> tuple[int, int] | None:
    """Where the sentences around the best span begin and end; None where they are not read."""
    if not reading.spans or reading.spans[0].log_odds < LEAST_LOG_ODDS:
        return None
    best = reading.spans[0]
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
