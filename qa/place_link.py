"""The address of a place in an article: which question, which article, from where to where."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from index.records import Document
from qa.questions import MAX_QUESTION_CHARS
from qa.records import Excerpt

PARAMETERS = ("article", "document", "q", "start", "end")
MAX_ARTICLE_ID_CHARS = 1_000  # an id may be a path; no longer one is looked up
MAX_OFFSET_DIGITS = 9  # no article has a thousand million characters


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """What the page's address asks for; nothing in it has been looked up.

    Args:
        article: id of the article, or the name of one that a visitor brought.
        question: what to ask of it, or empty.
        start: first character of the place; None without a place.
        end: one past its last.
        document: which of several documents that were brought together, from 0.
    """

    article: str
    question: str = ""
    start: int | None = None
    end: int | None = None
    document: int = 0

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PlaceLink | None":
        """Read what came with an address, which anyone may have written; None if it is no link.

        Args:
            query: the address's parameters.
        """
        article = query.get("article", "")
        if not article or len(article) > MAX_ARTICLE_ID_CHARS:
            return None
        question = query.get("q", "").strip()
        start, end = _offset(query.get("start", "")), _offset(query.get("end", ""))
        if start is None or end is None or start >= end:
            start = end = None
        # Longer than any question: cut, it would be another one.
        asked = question if len(question) <= MAX_QUESTION_CHARS else ""
        return cls(article, asked, start, end, _offset(query.get("document", "")) or 0)

    @classmethod
    def from_place(cls, place: Excerpt, question: str | None) -> "PlaceLink":
        """Link to a quote and what was asked for it."""
        return cls(place.document_id, question or "", place.start, place.end)

    def to_query(self) -> str:
        """The link as an address relative to the page."""
        given = {"article": self.article}
        given |= {"document": str(self.document)} if self.document else {}
        given |= {"q": self.question} if self.question else {}
        if self.start is not None:
            given |= {"start": str(self.start), "end": str(self.end)}
        return "?" + urlencode(given)

    def place_in(self, document: Document) -> Excerpt | None:
        """The place in its article, or None where that has no such place."""
        if self.start is None or self.end is None or self.end > len(document.text):
            return None
        return Excerpt.from_span(document, self.start, self.end)

    def __str__(self) -> str:
        return self.to_query()


def _offset(text: str) -> int | None:
    """A number of plain digits; ``int`` would take signs, spaces and other scripts' digits too."""
    if not text.isascii() or not text.isdigit() or len(text) > MAX_OFFSET_DIGITS:
        return None
    return int(text)
