"""Read questions as their passages write names, follow-ups also behind what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.asked_kind import against_other_kinds
from qa.casing import cased_as
from qa.close_up import read_closer
from qa.mean_reading import mean_of
from qa.reader import Reader, Reading, ReadSpan


@dataclass(frozen=True, slots=True)
class ToRead:
    """A question and a passage for it.

    Args:
        question: as it was asked.
        told: the same behind the earlier turns it leans on; None where it stands alone.
        text: of the passage.
    """

    question: str
    told: str | None
    text: str


def read_all(reader: Reader, asked: Sequence[ToRead], *, batch_size: int) -> list[Reading]:
    """One reading for each, in order.

    A reader that was trained with history reads a follow-up in both forms, and the odds of
    a span are the mean of both: what was said before helps where the question has left
    something out, and does little harm where it has not. Where both together are longer than
    it takes, it reads the question alone. Either is read with the capital letters of its passage.
    A span of another kind than the question asks for loses odds; one that reads closer reads the
    sentences around the span that is the best then once more.

    Args:
        reader: what reads.
        asked: questions and passages.
        batch_size: windows in one pass through the model.
    """
    pairs = [(as_written(reader, one.question, one.text), one.text) for one in asked]
    hears = reader.settings.reads_history
    again = [
        (number, one.told)
        for number, one in enumerate(asked)
        if hears and one.told is not None and reader.takes(one.told)
    ]
    pairs += [
        (as_written(reader, told, asked[number].text), asked[number].text) for number, told in again
    ]
    readings = reader.read(pairs, batch_size=batch_size)
    if reader.settings.reads_closer:
        questions = [one.question for one in asked] + [
            asked[number].question for number, _ in again
        ]
        bests = [
            _best_of_kind(question, text, reading)
            for question, (_, text), reading in zip(questions, pairs, readings, strict=True)
        ]
        readings = read_closer(reader, pairs, readings, bests, batch_size=batch_size)
    for (number, _), heard in zip(again, readings[len(asked) :], strict=True):
        readings[number] = mean_of(readings[number], heard)
    return [
        against_other_kinds(one.question, one.text, reading)
        for one, reading in zip(asked, readings[: len(asked)], strict=True)
    ]


def _best_of_kind(question: str, text: str, reading: Reading) -> ReadSpan | None:
    spans = against_other_kinds(question, text, reading).spans
    return spans[0] if spans else None


def as_written(reader: Reader, question: str, text: str) -> str:
    """A question as a passage writes its words, unless that makes it too long for the reader."""
    cased = cased_as(question, text)
    return cased if cased == question or reader.takes(cased) else question
