"""What the file of conversations holds, as values: each held to the checksum beside it."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from index.records import Document
from index.stored_document import content_digest, fields_from
from qa.feedback import Feedback
from qa.records import Answer

# The turns as ``turn_of`` takes them.
TURNS = (
    "SELECT t.number, t.digest, t.json, f.verdict, f.note FROM turns AS t"
    " LEFT JOIN feedback AS f ON f.conversation = t.conversation AND f.turn = t.number"
)


class SpoiledRowError(Exception):
    """A row says what was never written into it.

    Args:
        what: which row, for the sentence that names the file.
    """


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """What a list says of a conversation.

    Args:
        id: names it among those of its visitor.
        name: what the visitor sees it under.
        articles: ids of the articles that it is about.
    """

    id: str
    name: str
    articles: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question of a conversation that is kept.

    Args:
        number: its own; it stays when earlier ones go.
        answer: what the article said.
        feedback: what the visitor says of it; None where nothing.
    """

    number: int
    answer: Answer
    feedback: Feedback | None = None

    def __str__(self) -> str:
        return f"{self.number}. {self.answer}"


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """What a list says of an article that a visitor brought.

    Args:
        id: names it among those of its visitor: its document's, of several their ``brought_name``.
        title: of its document, of several their ``brought_title``.
    """

    id: str
    title: str

    def __str__(self) -> str:
        return self.title


def conversation_of(row: tuple[Any, ...]) -> KeptConversation:
    """A conversation of its row: id, name, and articles as JSON.

    Raises:
        SpoiledRowError: it is none.
    """
    named, name, articles = row
    try:
        about = tuple(map(str, json.loads(articles)))
    except (ValueError, TypeError) as error:
        raise SpoiledRowError(f"the conversation {named}") from error
    if not isinstance(name, str):
        raise SpoiledRowError(f"the conversation {named}")
    return KeptConversation(named, name, about)


def turn_of(row: tuple[Any, ...]) -> KeptTurn:
    """A turn of its row: number, digest, JSON, and the feedback's verdict and note.

    Raises:
        SpoiledRowError: it is not what was written.
    """
    number, digest, said, verdict, note = row
    try:
        whole = text_digest(said) == digest
        feedback = None if verdict is None else Feedback.from_words(verdict, note)
        turn = KeptTurn(number, Answer.from_dict(json.loads(said)), feedback)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SpoiledRowError(f"the turn {number}") from error
    if not whole:
        raise SpoiledRowError(f"the turn {number}")
    return turn


def document_of(digest: bytes, id: str, title: str, others: str, text: str) -> Document:
    """A document of its row; fields that this version does not know are left out.

    Raises:
        SpoiledRowError: it is not what was written.
    """
    try:
        whole = content_digest(id, title, text, others) == digest
        document = Document(id=id, title=title, text=text, **fields_from(others))
    except (ValueError, TypeError, AttributeError) as error:
        raise SpoiledRowError(f"the article {id}") from error
    if not whole:
        raise SpoiledRowError(f"the article {id}")
    return document


def text_digest(text: str) -> bytes:
    """The checksum of a text."""
    return hashlib.sha256(text.encode()).digest()
