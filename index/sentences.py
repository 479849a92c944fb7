"""Where a text's sentences begin and end."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from sentencex import get_sentence_boundaries

Span = tuple[int, int]
Splitter = Callable[[str, str], list[Mapping[str, Any]]]

ABBREVIATIONS = "en"  # those of English end no sentence
# Between a single capital and a full stop the splitter steps back by one byte, and brings down the
# call where the white space there has more.
ODD_SPACE = re.compile(r"[^\S \n\r\t]")
# It knows a blank line only by two line ends that nothing stands between.
BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r)")
# It takes a heading and the text on the next line for one sentence.
HEADING = re.compile(r"(?:^|(?<=[\r\n]))#{1,6}[ \t][^\r\n]*")
# A line that is longer than any that is wrapped is a paragraph, and what stands on the lines beside
# it are others: a heading without a mark, an item, what somebody else says.
LONGEST_WRAPPED_CHARS = 160
PARAGRAPH_LINE = re.compile(rf"(?:^|(?<=[\r\n]))[^\r\n]{{{LONGEST_WRAPPED_CHARS + 1},}}")
BLANK_CHARS = 20  # more do not stand about a line end
# Full stops of abbreviations that it does not know: of titles before a name, and of what comes
# before a number. Those that often end a sentence too, such as Ph.D. and ft., are left to it.
SHORTENED = re.compile(
    r"(?<!\w)(?:(?:M[sx]|Ft)\.(?=\s+[^\W\d_])|[Aa]pprox\.(?=\s)"
    r"|(?:[Tt]el|[Vv]ols?|[Cc]hs?|[Ee]qs?|[Ff]igs|[Pp]aras?|[Ee]st|[Rr]efs)\."
    r"(?=\s+(?:[+(]?\d|[IVX]+\b)))"
)
# Markdown's marks of emphasis behind a full stop begin the next sentence to it; so does the mark of
# a note that has a name and no number. The sign before a picture ends a sentence.
EMPHASIS = re.compile(r"(?<![.!?…])([.!?…]++[\"”’)]?)([*_]{1,3})(?=[\"”’)]?(?:\s|\Z))")
NOTE = re.compile(r"\[\^[^\]\s]{1,50}\]")
PICTURE = re.compile(r"!(?=\[[^\]\r\n]{0,300}\]\()")
# The splitter looks back to the paragraph's beginning at each full stop, and lets no other thread
# run meanwhile. Few paragraphs are as long, and as many characters take it some milliseconds.
WINDOW_CHARS = 10_000
# What follows a sentence may join it, and a quote that is cut off no longer holds its sentences
# together: so no window is trusted up to its end.
UNSURE_SHARE = 0.1


def sentence_spans(
    text: str,
    *,
    window_chars: int = WINDOW_CHARS,
    splitter: Splitter = get_sentence_boundaries,
) -> list[Span]:
    """Split a text into sentences.

    Args:
        text: any text.
        window_chars: how many characters are split at a time. A sentence of more is cut.
        splitter: gives the boundaries in a text, by a language's abbreviations.

    Returns:
        Half-open spans in order, without the white space around each sentence; every
        character that is not white space is in one of them. A heading in Markdown is one
        by itself, and so is what stands on one line beside others that are too long to be wrapped.
    """
    plain = plainly_written(text)
    edges = {edge for heading in HEADING.finditer(plain) for edge in heading.span()}
    lines = PARAGRAPH_LINE.finditer(plain)
    edges |= {edge for line in lines for edge in line.span() if not _goes_on(plain, edge)}
    places = sorted(edges)
    spans = []
    for start, end in _in_windows(plain, window_chars, splitter):
        inside = places[bisect_right(places, start) : bisect_left(places, end)]
        spans += [trim(text, *part) for part in pairwise((start, *inside, end))]
    return [span for span in spans if span is not None]


def plainly_written(text: str) -> str:
    """A text written as the splitter knows it; as long, so that offsets hold for both."""
    text = BLANK_LINE.sub(lambda blank: "\n" * len(blank[0]), ODD_SPACE.sub(" ", text))
    text = SHORTENED.sub(lambda word: f"{word[0][:-1]},", text)
    text = NOTE.sub(lambda note: f"[{'1' * (len(note[0]) - 2)}]", text)
    return EMPHASIS.sub(r"\2\1", PICTURE.sub("x", text))


def _goes_on(text: str, edge: int) -> bool:
    """Whether a sentence goes on behind the end of a line, as it does from page to page."""
    before = text[max(edge - BLANK_CHARS, 0) : edge].rstrip()[-1:]
    return before == "," or text[edge : edge + BLANK_CHARS].lstrip()[:1].islower()


def _in_windows(text: str, window_chars: int, splitter: Splitter) -> Iterator[Span]:
    start = 0
    while start < len(text):
        window = text[start : start + window_chars]
        boundaries = splitter(ABBREVIATIONS, window)
        is_last = start + window_chars >= len(text)
        past = len(window) if is_last else _sure_end(window, boundaries)
        for boundary in boundaries:
            if boundary["start_index"] < past:
                yield start + boundary["start_index"], start + min(boundary["end_index"], past)
        start += past


def _sure_end(window: str, boundaries: list[Mapping[str, Any]]) -> int:
    """Where the next window begins: what lies before is split as if there were no windows."""
    paragraphs = [found["end_index"] for found in boundaries if found["is_paragraph_break"]]
    if paragraphs:  # nothing is looked for beyond them
        return int(paragraphs[-1])
    sentences = [found["start_index"] for found in boundaries if found["start_index"] > 0]
    sure_chars = len(window) * (1 - UNSURE_SHARE)
    sure = [begin for begin in sentences if begin <= sure_chars]
    if sentences:
        return int(sure[-1] if sure else sentences[-1])
    # One sentence only: it goes on, and is cut between words where there are any.
    spaces = (at for at in range(len(window), 0, -1) if window[at - 1].isspace())
    return next(spaces, len(window))


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without the white space at its ends, or None if nothing else is in it."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None
