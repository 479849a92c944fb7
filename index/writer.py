"""Changes of a saved index, each of them one transaction by the one process that writes."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.database import (
    FILE,
    TABLES,
    Facts,
    Row,
    connected,
    content_digest,
    contents_digest,
    damaged,
    faults_named,
    fields_of,
    read_facts,
    spans_digest,
    transaction,
    write_facts,
)
from index.errors import InputError, StoreError
from index.folder import FIRST_FORMAT, FRESH, JOURNALS, database_of, is_free, is_stored_index
from index.lexical import add_words, create_words, remove_words, words_digest
from index.nearest import Vectors
from index.records import Document
from index.rows import checked_rows, read_document, read_passages
from index.sentences import Span
from index.vector_cache import FILE as CACHE
from index.writer_lock import WAIT_S, writing


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


def create_index(
    folder: Path, facts: Facts, prepared: Sequence[Prepared] = (), *, wait_s: float = WAIT_S
) -> None:
    """Make a saved index: the new one appears whole, or what was there stays.

    Args:
        folder: where to; an index that is there is replaced.
        facts: embedder, dimension and options.
        prepared: the first documents.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: the folder holds something else, cannot be written, or another writes.
    """
    try:
        if folder.exists() and not is_stored_index(folder) and not is_free(folder):
            raise StoreError(
                f"{folder} exists and is not an index.", "Name a new or an empty folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder, wait_s=wait_s):
            replace_database(folder, facts, prepared)
            for name in FIRST_FORMAT:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError.cannot_write(folder, error.strerror) from error


def replace_database(folder: Path, facts: Facts, prepared: Iterable[Prepared]) -> None:
    """Make a database beside that of a folder, then put it in its place; for its one writer."""
    fresh, file = folder / FRESH, folder / FILE
    _forget(fresh)
    try:
        fresh.touch()
        with faults_named(fresh), connected(fresh) as connection:
            connection.execute("PRAGMA journal_mode=MEMORY")  # a torn one is thrown away
            with transaction(connection):
                for table in TABLES:
                    connection.execute(table)
                create_words(connection)
                _settle(connection, facts, [])
            writer = Writer(connection, fresh)
            writer.put(list(prepared))
        if file.exists():
            _finish(file)
        (folder / CACHE).unlink(missing_ok=True)  # of what goes
        fresh.replace(file)
    except (OSError, StoreError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.problem
        raise StoreError.cannot_write(folder, reason) from error
    finally:
        _forget(fresh)


@contextmanager
def changing(folder: Path, *, wait_s: float = WAIT_S) -> Iterator["Writer"]:
    """Be the only writer of a saved index inside the block.

    Args:
        folder: where it is.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: another still writes, the folder cannot be written, or as for ``read``.
    """
    file = database_of(folder)
    with writing(folder, wait_s=wait_s), ExitStack() as stack:
        with faults_named(file):
            writer = Writer(stack.enter_context(connected(file)), file)
        yield writer  # what is raised in the block, by an embedder for one, is no fault of the file


class Writer:
    """What changes a saved index; each change is one transaction.

    Args:
        connection: to the database.
        file: of the database.

    Raises:
        DamagedIndexError: what is there is not what was written.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self.facts = read_facts(connection, file)
        self._rows = {row.id: row for row in checked_rows(connection, self.facts, file)}

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def has(self, document: Document) -> bool:
        """Whether the document is there as it is."""
        row = self._rows.get(document.id)
        return row is not None and row.content == _content(document)

    def has_text_of(self, document: Document) -> bool:
        """Whether a document with this id and text is there, whatever its title."""
        row = self._rows.get(document.id)
        return row is not None and self._read(row).text == document.text

    def put(self, prepared: Sequence[Prepared]) -> None:
        """Store documents, each in place of one with the same id."""
        rows = dict(self._rows)
        facts = self.facts
        with faults_named(self._file), transaction(self._connection):
            for one in prepared:
                if one.document.id in rows:
                    self._drop(rows.pop(one.document.id))
                row = self._insert(one, facts)
                rows[row.id] = row
                facts = replace(
                    facts,
                    next_document=row.number + 1,
                    next_passage=row.first + row.passages,
                )
            facts = _settle(self._connection, facts, list(rows.values()))
        self.facts, self._rows = facts, rows

    def rename(self, documents: Sequence[Document]) -> None:
        """Give documents whose text is there another title and other fields."""
        rows = dict(self._rows)
        with faults_named(self._file), transaction(self._connection):
            for document in documents:
                row = replace(rows[document.id], content=_content(document))
                self._connection.execute(
                    "UPDATE documents SET title = ?, fields = ?, content = ? WHERE number = ?",
                    (document.title, fields_of(document), row.content, row.number),
                )
                rows[document.id] = row
            facts = _settle(self._connection, self.facts, list(rows.values()))
        self.facts, self._rows = facts, rows

    def remove(self, ids: Sequence[str]) -> None:
        """Remove documents: all of them, or none.

        Raises:
            InputError: there is no such document.
        """
        rows = dict(self._rows)
        for name in ids:
            if name not in rows:
                raise InputError(f"There is no article {name}.", "Choose one of the index.")
        with faults_named(self._file), transaction(self._connection):
            for name in dict.fromkeys(ids):
                self._drop(rows.pop(name))
            facts = _settle(self._connection, self.facts, list(rows.values()))
        self.facts, self._rows = facts, rows

    def optimise(self) -> None:
        """Put the words in order and give free pages back; the contents stay."""
        with faults_named(self._file):
            with transaction(self._connection):
                self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")
                facts = replace(self.facts, words=words_digest(self._connection).hex())
                write_facts(self._connection, facts)
            self._connection.execute("VACUUM")
        self.facts = facts

    def _read(self, row: Row) -> Document:
        with faults_named(self._file):
            document = read_document(self._connection, row, self._file)
        if document is None:
            raise damaged(self._file, f"the document {row.id}")
        return document

    def _insert(self, one: Prepared, facts: Facts) -> Row:
        document, spans = one.document, list(one.spans)
        vectors = np.ascontiguousarray(one.vectors, dtype=np.float32)
        row = Row(
            number=facts.next_document,
            id=document.id,
            first=facts.next_passage,
            passages=len(spans),
            content=_content(document),
            spans=spans_digest(spans),
            vectors=hashlib.sha256(vectors.tobytes()).digest(),
        )
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.number,
                row.id,
                row.first,
                row.passages,
                row.content,
                row.spans,
                row.vectors,
                document.title,
                fields_of(document),
                document.text,
            ),
        )
        numbered = list(zip(row.numbers, spans, vectors, strict=True))
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?)",
            ((number, start, end) for number, (start, end), _ in numbered),
        )
        self._connection.executemany(
            "INSERT INTO vectors VALUES (?, ?)",
            ((number, vector.tobytes()) for number, _, vector in numbered),
        )
        add_words(
            self._connection,
            ((number, document.text[start:end]) for number, (start, end), _ in numbered),
        )
        return row

    def _drop(self, row: Row) -> None:
        document = self._read(row)
        (passages,) = read_passages(self._connection, [row], [document])
        if passages is None:
            raise damaged(self._file, f"the passages of the document {row.id}")
        remove_words(
            self._connection,
            zip(row.numbers, (passage.text for passage in passages), strict=True),
        )
        span = (row.first, row.first + row.passages)
        for table in ("passages", "vectors"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE number >= ? AND number < ?",  # noqa: S608 - our own names
                span,
            )
        self._connection.execute("DELETE FROM documents WHERE number = ?", (row.number,))


def _settle(connection: sqlite3.Connection, facts: Facts, rows: list[Row]) -> Facts:
    """Keep what the index says of itself after a change."""
    facts = replace(
        facts,
        version=facts.version + 1,
        documents=len(rows),
        passages=sum(row.passages for row in rows),
        contents=contents_digest(facts, rows),
        words=words_digest(connection).hex(),
    )
    write_facts(connection, facts)
    return facts


def _content(document: Document) -> bytes:
    return content_digest(document.id, document.title, document.text, fields_of(document))


def _finish(file: Path) -> None:
    """End what a killed writer left half done, so that no journal outlives its database."""
    with suppress(sqlite3.Error), connected(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    for ending in JOURNALS:
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _forget(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
        for ending in JOURNALS:
            Path(f"{file}{ending}").unlink(missing_ok=True)
