"""The values that answering gives: answers, the excerpts they point to, and timings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from index.errors import InputError
from index.records import Document, Passage

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a document, in the document's own coordinates.

    Args:
        document_id: which document.
        document_title: its title.
        start: first character in the document.
        end: one past the last.
        text: ``document.text[start:end]``.
        page: the page it begins on, from 1; None if the document has no pages.
    """

    document_id: str
    document_title: str
    start: int
    end: int
    text: str
    page: int | None = None

    @classmethod
    def from_span(cls, document: Document, start: int, end: int) -> "Excerpt":
        """Quote a document between two offsets."""
        text, page = document.text[start:end], document.page_of(start)
        return cls(document.id, document.title, start, end, text, page)

    @classmethod
    def from_passage(cls, passage: Passage) -> "Excerpt":
        """Quote a whole passage."""
        return cls.from_span(passage.document, passage.start, passage.end)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Excerpt":
        """What ``to_dict`` gave.

        Raises:
            InputError: it is something else.
        """
        return cls(
            _taken(values, "document_id", str),
            _taken(values, "document_title", str),
            _taken(values, "start", int),
            _taken(values, "end", int),
            _taken(values, "text", str),
            _taken(values, "page", int, None),
        )

    def to_dict(self) -> dict[str, Any]:
        """The excerpt as plain JSON values."""
        return {
            "document_id": self.document_id,
            "document_title": self.document_title,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "page": self.page,
        }

    def __str__(self) -> str:
        page = f"page {self.page}, " if self.page is not None else ""
        return f"“{self.text}” ({self.document_title}, {page}{self.start}–{self.end})"


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search found.

    Args:
        passage: the passage, in its document's coordinates.
        score: how well it fits the query, in meaning and words; higher is nearer.
    """

    passage: Excerpt
    score: float

    def to_dict(self) -> dict[str, Any]:
        """The passage and its score as plain JSON values: the same on every surface."""
        return {**self.passage.to_dict(), "score": self.score}

    def __str__(self) -> str:
        return f"{self.score:.3f} {self.passage}"


@dataclass(frozen=True, slots=True)
class Timings:
    """How long an answer took; in a batch, an even share of the batch's time.

    Args:
        retrieve_ms: finding the passages, in milliseconds.
        read_ms: reading them.
        total_ms: the two and everything between.
    """

    retrieve_ms: float
    read_ms: float
    total_ms: float

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Timings":
        """What ``to_dict`` gave: the timings to the microsecond.

        Raises:
            InputError: it is something else.
        """
        return cls(
            _taken(values, "retrieve_ms", float, int),
            _taken(values, "read_ms", float, int),
            _taken(values, "total_ms", float, int),
        )

    def to_dict(self) -> dict[str, float]:
        """The timings as plain JSON values, to the microsecond."""
        return {
            "retrieve_ms": round(self.retrieve_ms, 3),
            "read_ms": round(self.read_ms, 3),
            "total_ms": round(self.total_ms, 3),
        }

    def __str__(self) -> str:
        return f"{self.total_ms:.0f} ms"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation.

    Args:
        question: what was asked.
        answer: what was quoted, or None where the article did not say.
    """

    question: str
    answer: str | None = None

    def __str__(self) -> str:
        return f"{self.question} – {self.answer or 'not in the article'}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the conversation it continues.

    Args:
        text: what is asked.
        history: earlier turns, oldest first.
    """

    text: str
    history: tuple[Turn, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What the article says to a question, verbatim, or that it does not say.

    Args:
        question: what was asked.
        text: the quote, or None where the article does not say.
        score: probability that this answer is right; of "not in the article" where text
            is None.
        null_score: probability of "not in the article".
        start: the quote's first character in the document; None without a quote.
        end: one past its last character; None without a quote.
        document_id: the document quoted; None without a quote.
        document_title: its title; None without a quote.
        page: the page that the quote begins on, from 1; None without a quote, or if the
            document has no pages.
        passage: the passage that was read; None without a quote.
        sentence: the whole sentence or sentences around the quote; None without a quote.
        alternatives: other quotes, best first; they overlap neither this one nor each other,
            and have no alternatives of their own. Without a quote they are the likeliest
            of those that were not likely enough.
        items: where the question asks for several things, each of them at its place, in the
            order of the documents; the quote itself is one of them, or several of them in
            one piece. Empty where one quote answers it.
        resolved: the question behind the earlier turns it leans on; None where it stands
            alone.
        nearest: without a quote, the passages nearest to the question, best first.
        timings: how long it took; None in an alternative.
    """

    question: str
    text: str | None
    score: float
    null_score: float
    start: int | None = None
    end: int | None = None
    document_id: str | None = None
    document_title: str | None = None
    passage: Excerpt | None = None
    sentence: Excerpt | None = None
    alternatives: tuple["Answer", ...] = ()
    items: tuple["Answer", ...] = ()
    resolved: str | None = None
    nearest: tuple[Excerpt, ...] = ()
    timings: Timings | None = None
    page: int | None = field(default=None, kw_only=True)

    @property
    def count(self) -> int:
        """How many things the answer names: 0 where the article does not say."""
        return len(self.items) or int(self.text is not None)

    @property
    def said(self) -> str | None:
        """What a follow-up hears of it: the items, or the quote; None without one."""
        return ", ".join(item.text or "" for item in self.items) or self.text

    @property
    def quotes(self) -> tuple["Answer", ...]:
        """Every quote given: the items, or the one answer, then the alternatives."""
        if self.text is None:
            return ()
        return (*(self.items or (self,)), *self.alternatives)

    @property
    def quote(self) -> Excerpt | None:
        """The quote with its place in the document, or None where the article does not say."""
        if self.text is None or self.start is None or self.end is None:
            return None
        return Excerpt(
            self.document_id or "",
            self.document_title or "",
            self.start,
            self.end,
            self.text,
            self.page,
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Answer":
        """What ``to_dict`` gave: the same answer, but for digits beyond its timings' last.

        Args:
            values: the answer's JSON; what else is in it is passed over.

        Raises:
            InputError: it is something else.
        """
        return cls(
            question=_taken(values, "question", str),
            text=_taken(values, "text", str, None),
            score=_taken(values, "score", float, int),
            null_score=_taken(values, "null_score", float, int),
            start=_taken(values, "start", int, None),
            end=_taken(values, "end", int, None),
            document_id=_taken(values, "document_id", str, None),
            document_title=_taken(values, "document_title", str, None),
            passage=_made(values, "passage", Excerpt.from_dict),
            sentence=_made(values, "sentence", Excerpt.from_dict),
            alternatives=_all_made(values, "alternatives", cls.from_dict),
            items=_all_made(values, "items", cls.from_dict),
            resolved=_taken(values, "resolved", str, None),
            nearest=_all_made(values, "nearest", Excerpt.from_dict),
            timings=_made(values, "timings", Timings.from_dict),
            page=_taken(values, "page", int, None),
        )

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values: the same on every surface (``qa.answer_schema``)."""
        return {
            "question": self.question,
            "text": self.text,
            "score": self.score,
            "null_score": self.null_score,
            "start": self.start,
            "end": self.end,
            "document_id": self.document_id,
            "document_title": self.document_title,
            "page": self.page,
            "passage": self.passage.to_dict() if self.passage else None,
            "sentence": self.sentence.to_dict() if self.sentence else None,
            "count": self.count,
            "items": [item.to_dict() for item in self.items],
            "alternatives": [other.to_dict() for other in self.alternatives],
            "resolved": self.resolved,
            "nearest": [excerpt.to_dict() for excerpt in self.nearest],
            "timings": self.timings.to_dict() if self.timings else None,
        }

    def __str__(self) -> str:
        if self.text is None:
            return f"The article does not say. ({self.score:.0%})"
        if self.items:
            listed = "".join(f"\n  {item}" for item in self.items)
            return f"{self.count} answers:{listed}"
        page = f"page {self.page}, " if self.page is not None else ""
        return (
            f"“{self.text}” ({self.document_title}, {page}characters {self.start}–{self.end},"
            f" {self.score:.0%})"
        )


# Reading JSON back


def _taken(values: Mapping[str, Any], name: str, *kinds: type | None) -> Any:
    """A value by its name, if it is of one of these kinds; None is the kind of null."""
    if not isinstance(values, Mapping):
        raise InputError(f"An answer's JSON has {values!r:.50} in it.", "Give what to_dict gave.")
    value = values.get(name, ...)
    if (None if value is None else type(value)) not in kinds:
        given = "nothing" if value is ... else f"{value!r:.50}"
        raise InputError(f"An answer's JSON has {given} as “{name}”.", "Give what to_dict gave.")
    return value


def _made(
    values: Mapping[str, Any], name: str, make: Callable[[Mapping[str, Any]], Made]
) -> Made | None:
    value = _taken(values, name, dict, None)
    return None if value is None else make(value)


def _all_made(
    values: Mapping[str, Any], name: str, make: Callable[[Mapping[str, Any]], Made]
) -> tuple[Made, ...]:
    return tuple(map(make, _taken(values, name, list)))
