"""Where a text's sentences begin and end."""

import re

from sentencex import get_sentence_boundaries

Span = tuple[int, int]

ABBREVIATIONS = "en"  # those of English end no sentence
# Between a single capital and a full stop the splitter steps back by one byte, and brings down the
# call where the white space there has more.
ODD_SPACE = re.compile(r"[^\S \n\r\t]")


def sentence_spans(text: str) -> list[Span]:
    """Split a text into sentences.

    Args:
        text: any text.

    Returns:
        Half-open spans in order, without the white space around each sentence; every
        character that is not white space is in one of them.
    """
    spans = []
    plain = ODD_SPACE.sub(" ", text)  # as long, so that offsets hold for both
    for boundary in get_sentence_boundaries(ABBREVIATIONS, plain):
        trimmed = trim(text, boundary["start_index"], boundary["end_index"])
        if trimmed is not None:
            spans.append(trimmed)
    return spans


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without the white space at its ends, or None if nothing else is in it."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None
