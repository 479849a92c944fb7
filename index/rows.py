"""What a saved index keeps of its documents, each part held to its checksum."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from index.database import (
    Facts,
    Row,
    content_digest,
    contents_digest,
    damaged,
    document_of,
    read_rows,
    spans_digest,
)
from index.errors import InputError
from index.nearest import Numbers, Vectors
from index.records import Document, Passage


def checked_rows(connection: sqlite3.Connection, facts: Facts, file: Path) -> list[Row]:
    """The documents, without their texts, if they are what was written.

    Raises:
        DamagedIndexError: they are not.
    """
    rows = read_rows(connection)
    if contents_digest(facts, rows) != facts.contents:
        raise damaged(file, "its list of documents")
    return rows


def read_document(connection: sqlite3.Connection, row: Row, file: Path) -> Document | None:
    """A document, or None if it is not what was stored."""
    held = connection.execute(
        "SELECT id, title, text, fields FROM documents WHERE number = ?", (row.number,)
    ).fetchone()
    if held is None or content_digest(*held) != row.content:
        return None
    return document_of(*held, file=file)


def read_passages(
    connection: sqlite3.Connection, rows: Sequence[Row], documents: Sequence[Document]
) -> Iterator[list[Passage] | None]:
    """The passages of each document, or None where they are not what was stored.

    Args:
        connection: to the database.
        rows: of documents in their order; a sequence that leaves none out costs one query.
        documents: the same documents.
    """
    if not rows:
        return
    # In one go: the passages of documents in their order are in order too.
    numbered = connection.execute(
        "SELECT number, start, end FROM passages WHERE number >= ? AND number < ? ORDER BY number",
        (rows[0].first, rows[-1].first + rows[-1].passages),
    )
    for row, document in zip(rows, documents, strict=True):
        held = list(islice(numbered, row.passages))
        spans = [(start, end) for _, start, end in held]
        in_order = [number for number, _, _ in held] == list(row.numbers)
        if not in_order or spans_digest(spans) != row.spans:
            yield None
            continue
        try:
            yield [Passage(document, start, end) for start, end in spans]
        except InputError:  # out of the document's range
            yield None


def read_vectors(connection: sqlite3.Connection, row: Row, *, dimension: int) -> Vectors | None:
    """The vectors of a document's passages, or None if they are not what was stored."""
    found = connection.execute(
        "SELECT vector FROM vectors WHERE number >= ? AND number < ? ORDER BY number",
        (row.first, row.first + row.passages),
    )
    data = b"".join(vector for (vector,) in found)
    size = row.passages * dimension * np.dtype(np.float32).itemsize
    if len(data) != size or hashlib.sha256(data).digest() != row.vectors:
        return None
    return np.frombuffer(data, dtype=np.float32).reshape(row.passages, dimension)


def numbers_of(rows: Iterable[Row]) -> Numbers:
    """The numbers of documents' passages."""
    return np.array([number for row in rows for number in row.numbers], dtype=np.int64)


def was_version(connection: sqlite3.Connection, version: int, contents: str) -> bool:
    """Whether the index had these contents in that version."""
    held = connection.execute("SELECT contents FROM history WHERE version = ?", (version,))
    return [row for (row,) in held] == [bytes.fromhex(contents)]
