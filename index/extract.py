"""What comes of a file: an article's text, and what the file says of it."""

import re
from dataclasses import dataclass

from index.errors import SourceError
from index.limits import ReadLimits

# They end up in files by mistake, show as nothing, and break a terminal or a page.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
HALF_PAIR = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of one article in a file, with what the file says of it.

    Args:
        text: the text, as it will be quoted.
        title: its title; None where the file names none.
        author: who wrote it.
        date: when, as the file writes it.
        language: its language, as the file writes it.
        source: where it was published; None where the file does not say.
        id: its id; None where the file gives none.
        collection: of which articles it is one; None where the file does not say.
        page_starts: of a PDF, the character that each page begins at.
    """

    text: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    source: str | None = None
    id: str | None = None
    collection: str | None = None
    page_starts: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.title or 'Untitled'} ({len(self.text):,} characters)"


def checked(extract: Extract, *, name: str, limits: ReadLimits) -> Extract:
    """An extract, if it is an article.

    Args:
        extract: what was read.
        name: what to call the file in an error.
        limits: how long a text may be.

    Raises:
        SourceError: the text is empty or too long.
    """
    if not extract.text.strip():
        raise SourceError(f"{name} is empty.", "Give a file with an article in it.")
    if len(extract.text) > limits.text_chars:
        raise SourceError(
            f"{name} has {len(extract.text):,} characters of text;"
            f" an article may have {limits.text_chars:,}.",
            "Split it into several files.",
        )
    return extract


def cleaned(text: str) -> str:
    """A text without control characters, a question mark in a box for half a surrogate pair."""
    return HALF_PAIR.sub("\ufffd", UNPRINTABLE.sub("", text))


def one_line(text: str | None) -> str | None:
    """A title or a name on one line, or None where there is nothing of it."""
    return " ".join(cleaned(text).split()) or None if text else None
