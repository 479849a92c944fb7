"""The values that the index works with: documents, their passages, and hits."""

import hashlib
import operator
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

from index.errors import InputError
from index.title import title_of

TEXTS = ("id", "title", "text", "collection")  # of a document's fields
TEXTS_OR_NONE = ("source", "author", "date", "language")
TEXT_ID_CHARS = 12  # of a SHA-256 in hexadecimal: 48 bits, ample for a shelf of articles
PAGE_STARTS = "Give the character that each begins at, the first at 0."


@dataclass(frozen=True, slots=True)
class Document:
    """An article: the text that every offset of Pullquote refers to.

    Args:
        id: names the document among those of one index.
        title: what a reader would call it.
        text: the whole article, unchanged; offsets count its Unicode characters.
        source: where it was read from, or None for text given directly.
        author: who wrote it, as the source says; None where it does not.
        date: when, as the source writes it.
        language: its language, as the source writes it.
        page_starts: of a document with pages, the character that each begins at, the first at
            0; a page without text begins where the next one does. Empty where it has no pages.
        collection: of which articles of an index it is one, by a name; empty for none.

    Raises:
        InputError: the id or the text is empty, a field is no text or not valid Unicode, or the
            pages do not begin one after the other within the text.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    author: str | None = field(default=None, kw_only=True)
    date: str | None = field(default=None, kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    page_starts: tuple[int, ...] = field(default=(), kw_only=True)
    collection: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for name in (*TEXTS, *TEXTS_OR_NONE):
            given = getattr(self, name)
            if given is not None or name in TEXTS:
                _check_text(name, given)
        if not self.id:
            raise InputError("A document has an empty id.", "Give it a name.")
        if not self.text.strip():
            raise InputError(f"The article “{self.title}” is empty.", "Give it some text.")
        try:
            starts = tuple(map(operator.index, self.page_starts))  # JSON has lists for tuples
        except TypeError:
            raise InputError(
                f"The pages of “{self.title}” do not begin at whole numbers.", PAGE_STARTS
            ) from None
        object.__setattr__(self, "page_starts", starts)
        edges = (0, *starts, len(self.text) - 1)
        if starts[:1] not in ((), (0,)) or any(a > b for a, b in pairwise(edges)):
            raise InputError(
                f"The pages of “{self.title}” do not begin within its text, one after the other.",
                PAGE_STARTS,
            )

    @classmethod
    def from_text(cls, text: str, *, title: str | None = None, id: str | None = None) -> Self:
        """Make a document of a text that comes from no file.

        Args:
            text: the article.
            title: its title; without one, what the text is headed, or its first words.
            id: its id; without one, a digest of the text, so the same text has the same id.

        Raises:
            InputError: the text is none, empty or not valid Unicode.
        """
        _check_text("text", text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(
            id=id or f"text-{digest[:TEXT_ID_CHARS]}",
            title=title or title_of(text),
            text=text,
        )

    def page_of(self, offset: int) -> int | None:
        """The page that a character stands on, counted from 1; None if there are no pages.

        Args:
            offset: the character, from 0; one past the last counts to the last page.

        Raises:
            InputError: it is not within the text.
        """
        if not 0 <= offset <= len(self.text):
            raise InputError(
                f"The character {offset} is not within “{self.title}”,"
                f" which has {len(self.text)} characters.",
                "Characters count from 0.",
            )
        return bisect_right(self.page_starts, offset) or None

    def __str__(self) -> str:
        return f"{self.title} ({self.id}, {len(self.text):,} characters)"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document; its text is ``document.text[start:end]``.

    Args:
        document: the document it is a part of.
        start: its first character in the document.
        end: one past its last character.

    Raises:
        InputError: the span is empty or reaches out of the document.
    """

    document: Document
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.document.text):
            raise InputError(
                f"The span {self.start}–{self.end} is not within “{self.document.title}”,"
                f" which has {len(self.document.text)} characters.",
                "Spans are half-open and count from 0.",
            )

    @property
    def text(self) -> str:
        """The passage's words, verbatim."""
        return self.document.text[self.start : self.end]

    def __str__(self) -> str:
        return f"{self.document.title} {self.start}–{self.end}: {self.text!r}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found.

    Args:
        passage: the passage.
        score: how well it fits the query, in meaning and words; higher is nearer.
        similarity: cosine of its vector and the query's, from -1 to 1.
    """

    passage: Passage
    score: float
    similarity: float

    def __str__(self) -> str:
        return f"{self.score:.3f} {self.passage}"


def _check_text(name: str, given: Any) -> None:
    if not isinstance(given, str):
        raise InputError(
            f"An article's {name} is a {type(given).__name__}, not text.", "Write it as text."
        )
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"An article's {name} has half a surrogate pair at character {error.start}.",
            "Decode it again, for example with errors='replace'.",
        ) from None
