"""Documents put into the database of a saved index, noted as gone, and their room taken back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.document_table import Row
from index.kept_labels import insert_label
from index.numbers import Numbers, Vectors
from index.records import Document
from index.rows import VECTOR_TYPE, Listing, spans_to_bytes, vectors_digest
from index.sentences import Span
from index.stored_document import digest_of, fields_of, spans_digest, vector_digest


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be stored.

    Args:
        document: the article.
        spans: those of its passages.
        vectors: one for each passage, of length 1.
    """

    document: Document
    spans: Sequence[Span]
    vectors: Vectors


def insert_document(
    connection: sqlite3.Connection, one: Prepared, *, number: int, first: int
) -> Row:
    """Keep a document, its passages and their vectors.

    Args:
        connection: to the database.
        one: the document.
        number: one that no document had.
        first: number of its first passage; no passage had this one or one above.
    """
    spans = spans_to_bytes(one.spans)
    vectors = [vector.astype(VECTOR_TYPE).tobytes() for vector in one.vectors]
    digests = [vector_digest(vector) for vector in vectors]
    row = Row(
        number=number,
        id=one.document.id,
        first=first,
        passages=len(one.spans),
        content=digest_of(one.document),
        spans=spans_digest(spans),
        vectors=vectors_digest(digests),
    )
    _write(connection, row, one.document, spans)
    connection.executemany(
        "INSERT INTO vectors VALUES (?, ?, ?)",
        zip(row.numbers, digests, vectors, strict=True),
    )
    return row


def insert_renamed(
    connection: sqlite3.Connection, row: Row, document: Document, *, number: int
) -> Row:
    """Keep a document with the passages and vectors that another of the same text has.

    Args:
        connection: to the database.
        row: of the other.
        document: the one.
        number: one that no document had.
    """
    anew = replace(row, number=number, content=digest_of(document))
    ((spans,),) = connection.execute("SELECT spans FROM texts WHERE number = ?", (row.number,))
    _write(connection, anew, document, spans)
    return anew


def mark_gone(connection: sqlite3.Connection, row: Row, *, version: int) -> None:
    """Note that a document goes with a version; its room is not taken back."""
    went = replace(row, gone=version)
    connection.execute(
        "UPDATE documents SET gone = ?, digest = ? WHERE number = ?",
        (went.gone, went.digest, row.number),
    )


def delete_gone(connection: sqlite3.Connection) -> None:
    """Delete what went; passages that another title's document has stay."""
    run = connection.execute
    went = run("SELECT number, first, passages FROM documents WHERE gone IS NOT NULL")
    for number, first, passages in went.fetchall():
        run("DELETE FROM documents WHERE number = ?", (number,))
        run("DELETE FROM texts WHERE number = ?", (number,))
        run("DELETE FROM labels WHERE number = ?", (number,))
        if run("SELECT 1 FROM documents WHERE first = ?", (first,)).fetchone() is None:
            run("DELETE FROM vectors WHERE number >= ? AND number < ?", (first, first + passages))


def living_passages(connection: sqlite3.Connection, first: int) -> Numbers:
    """The numbers of the passages that there are, ascending.

    Args:
        connection: to the database.
        first: from this one on, which is the first of a document.
    """
    found = connection.execute(
        "SELECT number, first, passages FROM documents WHERE first >= ? AND gone IS NULL", (first,)
    )
    return Listing.of_table(found.fetchall()).passages


def _write(connection: sqlite3.Connection, row: Row, document: Document, spans: bytes) -> None:
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        (
            row.number,
            row.id,
            row.first,
            row.passages,
            row.content,
            row.spans,
            row.vectors,
            row.digest,
        ),
    )
    connection.execute(
        "INSERT INTO texts VALUES (?, ?, ?, ?, ?)",
        (row.number, document.title, fields_of(document), spans, document.text),
    )
    insert_label(connection, row.number, document)
