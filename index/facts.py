"""What a saved index says of itself, and in which format."""

import hashlib
import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, get_type_hints

from index.database import REBUILD, damaged
from index.errors import IncompatibleIndexError

FORMAT = "pullquote-index"
FORMAT_VERSION = 4
BEFORE_LABELS = 3  # the version whose labels are only in its texts; whoever writes it makes it 4
# Of the facts, those that passages and vectors depend on.
MADE_BY = ("embedder", "dimension", "budget_tokens", "overlap_sentences")
CONTENTS_BYTES = 32  # of a SHA-256, and of a sum of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a saved index says of itself.

    Args:
        embedder: identity of the model that made the vectors.
        dimension: how many numbers a vector has.
        budget_tokens: most tokens of a passage.
        overlap_sentences: sentences that neighbouring passages share.
        kind: FAISS factory string that was asked for, or None for what fits the size.
        version: counts the changes.
        documents: how many there are.
        passages: how many there are.
        next_document: number that the next document gets.
        next_passage: number that the next passage gets.
        next_words: number that the next part of the words gets.
        gone: passages of documents that went and whose room is not taken back yet.
        contents: checksum of documents, passages and vectors: the sum of those of the documents,
            in hexadecimal, so that a change costs what it changes.
        listed: the same of what is read of every document when the index is opened.
        words: SHA-256 of the list of the words' parts, in hexadecimal.
        labels: the checksum of the documents' labels, a sum like ``listed``; None in an index of
            format version 3, which keeps none apart.
    """

    embedder: str
    dimension: int
    budget_tokens: int
    overlap_sentences: int
    kind: str | None
    version: int = 0
    documents: int = 0
    passages: int = 0
    next_document: int = 0
    next_passage: int = 0
    next_words: int = 0
    gone: int = 0
    contents: str = ""
    listed: str = ""
    words: str = ""
    labels: str | None = None

    def to_json(self) -> str:
        """The facts as they are stored."""
        return json.dumps({"format": FORMAT, "format_version": FORMAT_VERSION} | asdict(self))

    @classmethod
    def from_json(cls, text: str, *, file: Path) -> Self:
        """What ``to_json`` gave.

        Raises:
            IncompatibleIndexError: it is of another format or version.
            DamagedIndexError: it makes no sense.
        """
        try:
            held = dict(json.loads(text))
            named, version = held.pop("format"), held.pop("format_version")
            if named != FORMAT:
                raise IncompatibleIndexError(f"{file} is not an index of Pullquote.", REBUILD)
            if version not in (BEFORE_LABELS, FORMAT_VERSION):
                raise another_version(file, version)
            facts = cls(**held)
            are_sound = (
                all(_fits(getattr(facts, name), kind) for name, kind in get_type_hints(cls).items())
                and (facts.labels is None) == (version == BEFORE_LABELS)
                and len(bytes.fromhex(facts.contents)) == CONTENTS_BYTES
            )
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(file, "its facts") from error
        if not are_sound:
            raise damaged(file, "its facts")
        return facts


def are_made_alike(one: object, other: object) -> bool:
    """Whether two that say how passages and vectors are made say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in MADE_BY)


def another_version(place: Path, version: object) -> IncompatibleIndexError:
    """The error for an index of another format version."""
    return IncompatibleIndexError(
        f"{place} has format version {version};"
        f" this Pullquote reads versions {BEFORE_LABELS} and {FORMAT_VERSION}.",
        REBUILD,
    )


def read_facts(connection: sqlite3.Connection, file: Path) -> Facts:
    """What the index says of itself.

    Raises:
        DamagedIndexError: that is not what was written.
        IncompatibleIndexError: it is of another format version.
    """
    rows = connection.execute("SELECT json, digest FROM facts").fetchall()
    if len(rows) != 1 or hashlib.sha256(rows[0][0].encode()).digest() != rows[0][1]:
        raise damaged(file, "its facts")
    return Facts.from_json(rows[0][0], file=file)


def write_facts(connection: sqlite3.Connection, facts: Facts) -> None:
    """Keep what the index says of itself, and that it was so."""
    text = facts.to_json()
    connection.execute(
        "INSERT OR REPLACE INTO facts VALUES (1, ?, ?)",
        (text, hashlib.sha256(text.encode()).digest()),
    )
    connection.execute(
        "INSERT OR REPLACE INTO history VALUES (?, ?)",
        (facts.version, bytes.fromhex(facts.contents)),
    )


def _fits(value: object, kind: Any) -> bool:
    """Whether a fact is of its kind; a number counts something."""
    return type(value) is int and value >= 0 if kind is int else isinstance(value, kind)
