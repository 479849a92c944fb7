"""Cut passages of whole sentences out of a text: around an answer, or without it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from index.sentences import Span, sentence_spans
from qa.overlap import words_lacking

FEWEST_SENTENCES = 2  # of a passage whose answer was taken out: one alone is too easy


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and the answers in it.

    Args:
        text: the stretch.
        spans: half-open spans of the answers in it.
    """

    text: str
    spans: tuple[Span, ...] = ()


def says(text: str, answers: Sequence[str]) -> bool:
    """Whether any of the answers stands in a text, in whole words and any case."""
    return any(
        regex.search(rf"(?<!\w){regex.escape(answer.strip())}(?!\w)", text, regex.IGNORECASE)
        for answer in answers
        if answer.strip()
    )


def around(context: str, spans: Sequence[Span], size_chars: int, rng: random.Random) -> Piece:
    """The sentences of the answers, and as many neighbours as the size allows.

    Where the answers are too far apart for the size, those near one of them are taken.

    Args:
        context: the text.
        spans: the answers, at least one.
        size_chars: how long the piece may be; a long answer's own sentences may exceed it.
        rng: chooses on which side to grow, and one answer where not all fit.
    """
    sentences = sentence_spans(context)
    first, last = _touched(sentences, (spans[0][0], spans[-1][1]))
    if sentences[last][1] - sentences[first][0] > size_chars:
        first, last = _touched(sentences, rng.choice(spans))
    start, end = _grown(sentences, first, last, size_chars, rng)
    inside = [
        (left - start, right - start) for left, right in spans if start <= left and right <= end
    ]
    return Piece(context[start:end], tuple(inside))


def without(
    context: str,
    spans: Sequence[Span],
    answers: Sequence[str],
    size_chars: int,
    rng: random.Random,
) -> Piece | None:
    """A piece of the text without any sentence that says an answer.

    Args:
        context: the text.
        spans: the answers in it; not a part of one is left.
        answers: how they are worded; where else one of these stands it is no answer's place,
            but may answer all the same.
        size_chars: how long the piece may be.
        rng: chooses the piece.

    Returns:
        The piece, or None if little is left.
    """
    kept = [
        context[start:end]
        for start, end in sentence_spans(context)
        if not any(start < right and left < end for left, right in spans)
        and not says(context[start:end], answers)
    ]
    left = " ".join(kept)
    if len(kept) < FEWEST_SENTENCES or says(left, answers):
        return None
    return anywhere(left, size_chars, rng)


def anywhere(context: str, size_chars: int, rng: random.Random) -> Piece:
    """A piece of a text from a place at random."""
    sentences = sentence_spans(context)
    place = rng.randrange(len(sentences))
    start, end = _grown(sentences, place, place, size_chars, rng)
    return Piece(context[start:end])


def nearest(context: str, question: str, size_chars: int, rng: random.Random) -> Piece:
    """The sentence with most of a question's words, and as many neighbours as the size allows.

    People write a question that a paragraph does not answer so that one of its sentences looks
    like an answer: without that sentence it is an easy one.

    Args:
        context: the text.
        question: what is asked.
        size_chars: how long the piece may be.
        rng: chooses between sentences that have as many, and on which side to grow.
    """
    sentences = sentence_spans(context)
    lacking = [words_lacking(question, context[start:end]) for start, end in sentences]
    near = [place for place, share in enumerate(lacking) if share == min(lacking)]
    place = rng.choice(near)
    start, end = _grown(sentences, place, place, size_chars, rng)
    return Piece(context[start:end])


def _touched(sentences: Sequence[Span], span: Span) -> tuple[int, int]:
    touched = [
        number for number, (start, end) in enumerate(sentences) if start < span[1] and span[0] < end
    ]
    return touched[0], touched[-1]


def _grown(
    sentences: Sequence[Span], first: int, last: int, size_chars: int, rng: random.Random
) -> Span:
    while True:
        sides = []
        if first > 0 and sentences[last][1] - sentences[first - 1][0] <= size_chars:
            sides.append("before")
        if last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= size_chars:
            sides.append("behind")
        if not sides:
            return sentences[first][0], sentences[last][1]
        if rng.choice(sides) == "before":
            first -= 1
        else:
            last += 1
