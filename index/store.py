"""A saved index: a folder that documents are added to and removed from, and read as a whole.

The database holds the truth, vectors included. Readers take a copy of one version of it and
hold no lock after that. One process writes at a time.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from index.database import (
    FILE,
    REBUILD,
    TABLES,
    Facts,
    Row,
    another_version,
    cannot_write,
    connected,
    content_digest,
    contents_digest,
    damaged,
    document_of,
    faults_named,
    fields_of,
    read_facts,
    read_rows,
    spans_digest,
    transaction,
    write_facts,
)
from index.errors import DamagedIndexError, InputError, StoreError
from index.lexical import (
    LexicalIndex,
    add_words,
    copy_words,
    create_words,
    remove_words,
    words_digest,
)
from index.nearest import NearestVectors, Numbers, Vectors
from index.records import Document, Passage
from index.sentences import Span
from index.vector_cache import FILE as CACHE
from index.vector_cache import CachedVectors, read_cache, write_cache
from index.writer_lock import HOLDER, LOCK, WAIT_S, writing

FRESH = f"{FILE}.new"  # a database that is being made
JOURNALS = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a database
FIRST_FORMAT = ("manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss")


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of an index, in memory.

    Args:
        facts: what the index says of itself.
        documents: the articles, in the order in which they were added.
        passages: their passages, in the order of the documents.
        vectors: those of the passages, under numbers in the same order.
        words: those of the passages, under the same numbers.
        read_from: what the store says of each document; empty for an index of no folder.
        is_cached: whether the folder keeps the FAISS index of this version.
    """

    facts: Facts
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    vectors: NearestVectors
    words: LexicalIndex
    read_from: tuple[Row, ...] = field(default=(), repr=False)
    is_cached: bool = False


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


def is_stored_index(folder: Path) -> bool:
    """Whether a folder looks like a saved index, of whichever format."""
    return (folder / FILE).is_file() or (folder / FIRST_FORMAT[0]).is_file()


def create(
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
        if folder.exists() and not is_stored_index(folder) and not _is_free(folder):
            raise StoreError(
                f"{folder} exists and is not an index.", "Name a new or an empty folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder, wait_s=wait_s):
            replace_database(folder, facts, prepared)
            for name in FIRST_FORMAT:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(folder, error.strerror) from error


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
        raise cannot_write(folder, reason) from error
    finally:
        _forget(fresh)


def read(folder: Path, *, previous: Contents | None = None) -> Contents:
    """Open a saved index.

    Args:
        folder: where it is.
        previous: what was read from there before; what is still the same is not read again.

    Raises:
        StoreError: there is no index.
        DamagedIndexError: what is there is not what was written.
        IncompatibleIndexError: it has another format version.
    """
    file = database_of(folder)
    with faults_named(file), connected(file) as connection:
        connection.execute("ATTACH ':memory:' AS held")
        with transaction(connection, kind="DEFERRED"):
            facts = read_facts(connection, file)
            rows = checked_rows(connection, facts, file)
            documents = _documents(connection, rows, previous, file)
            passages = _passages(connection, rows, documents, file)
            base = _base(connection, facts, folder, previous)
            vectors = _nearest(connection, facts, rows, base.vectors if base else None, file)
            copy_words(connection)
        words = LexicalIndex.of_copy(connection)
        if words.digest.hex() != facts.words:
            raise damaged(file, "its words")
    is_cached = base is not None and base.is_cached and base.vectors is vectors
    return Contents(
        facts, tuple(documents), tuple(passages), vectors, words, tuple(rows), is_cached
    )


def read_facts_of(folder: Path) -> Facts:
    """What a saved index says of itself.

    Raises:
        StoreError: as for ``read``.
    """
    file = database_of(folder)
    with faults_named(file), connected(file) as connection:
        return read_facts(connection, file)


def read_documents(folder: Path) -> list[tuple[Row, Document]]:
    """The documents of a saved index, in the order in which they were added.

    Raises:
        StoreError: as for ``read``.
    """
    file = database_of(folder)
    with (
        faults_named(file),
        connected(file) as connection,
        transaction(connection, kind="DEFERRED"),
    ):
        rows = checked_rows(connection, read_facts(connection, file), file)
        return list(zip(rows, _documents(connection, rows, None, file), strict=True))


def exact_vectors(folder: Path, contents: Contents) -> Vectors:
    """The vectors of what was read, as they were stored, whatever its FAISS index makes of them.

    Raises:
        StoreError: the folder holds another version by now; or as for ``read``.
    """
    file = database_of(folder)
    with (
        faults_named(file),
        connected(file) as connection,
        transaction(connection, kind="DEFERRED"),
    ):
        facts = read_facts(connection, file)
        if (facts.version, facts.contents) != (contents.facts.version, contents.facts.contents):
            raise StoreError(f"{folder} has changed since it was read.", "Refresh the index first.")
        return read_vectors(connection, facts, contents.read_from, file)


def keep_cache(folder: Path, contents: Contents) -> Contents:
    """Keep the FAISS index of what was read, unless it is kept; for the one writer.

    Where it cannot be written, opening is slower the next time.
    """
    facts = contents.facts
    if contents.is_cached or read_facts_of(folder) != facts:  # another version by now
        return contents
    with suppress(OSError):
        write_cache(folder, CachedVectors(facts.version, facts.contents, contents.vectors))
        return replace(contents, is_cached=True)
    return contents


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
            (document,) = _documents(self._connection, [row], None, self._file)
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
        passages = _passages(self._connection, [row], [document], self._file)
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


def database_of(folder: Path) -> Path:
    """The database of a saved index.

    Raises:
        StoreError: there is none.
        IncompatibleIndexError: it is of the first format, which had no database.
    """
    file = folder / FILE
    if file.is_file():
        return file
    if (folder / FIRST_FORMAT[0]).is_file():
        raise another_version(folder, 1)
    raise StoreError(f"There is no index in {folder}.", REBUILD)


def checked_rows(connection: sqlite3.Connection, facts: Facts, file: Path) -> list[Row]:
    """The documents, without their texts, if they are what was written.

    Raises:
        DamagedIndexError: they are not.
    """
    rows = read_rows(connection)
    if contents_digest(facts, rows) != facts.contents:
        raise damaged(file, "its list of documents")
    return rows


def read_vectors(
    connection: sqlite3.Connection, facts: Facts, rows: Sequence[Row], file: Path
) -> Vectors:
    """The vectors of documents' passages.

    Raises:
        DamagedIndexError: they are not what was written.
    """
    parts = []
    for row in rows:
        found = connection.execute(
            "SELECT vector FROM vectors WHERE number >= ? AND number < ? ORDER BY number",
            (row.first, row.first + row.passages),
        )
        data = b"".join(vector for (vector,) in found)
        if hashlib.sha256(data).digest() != row.vectors:
            raise damaged(file, f"the vectors of the document {row.id}")
        parts.append(data)
    flat = np.frombuffer(b"".join(parts), dtype=np.float32)
    return flat.reshape(-1, facts.dimension)


def numbers_of(rows: Iterable[Row]) -> Numbers:
    """The numbers of documents' passages."""
    return np.array([number for row in rows for number in row.numbers], dtype=np.int64)


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


def _documents(
    connection: sqlite3.Connection, rows: Sequence[Row], previous: Contents | None, file: Path
) -> list[Document]:
    known: Mapping[Row, Document] = (
        dict(zip(previous.read_from, previous.documents, strict=True)) if previous else {}
    )
    documents = []
    for row in rows:
        document = known.get(row)
        if document is None:
            held = connection.execute(
                "SELECT id, title, text, fields FROM documents WHERE number = ?", (row.number,)
            ).fetchone()
            if held is None or content_digest(*held) != row.content:
                raise damaged(file, f"the document {row.id}")
            document = document_of(*held, file=file)
        documents.append(document)
    return documents


def _passages(
    connection: sqlite3.Connection, rows: Sequence[Row], documents: Sequence[Document], file: Path
) -> list[Passage]:
    if not rows:
        return []
    # In one go: the passages of documents in their order are in order too.
    numbered = connection.execute(
        "SELECT number, start, end FROM passages WHERE number >= ? AND number < ? ORDER BY number",
        (rows[0].first, rows[-1].first + rows[-1].passages),
    )
    passages = []
    for row, document in zip(rows, documents, strict=True):
        held = list(islice(numbered, row.passages))
        spans = [(start, end) for _, start, end in held]
        if [number for number, _, _ in held] != list(row.numbers) or (
            spans_digest(spans) != row.spans
        ):
            raise damaged(file, f"the passages of the document {row.id}")
        try:
            passages += [Passage(document, start, end) for start, end in spans]
        except InputError as error:
            raise damaged(file, f"the passages of the document {row.id}") from error
    return passages


@dataclass(frozen=True, slots=True)
class _Base:
    """Vectors to go on from, and whether the folder keeps them as those of this version."""

    vectors: NearestVectors
    is_cached: bool


def _base(
    connection: sqlite3.Connection, facts: Facts, folder: Path, previous: Contents | None
) -> _Base | None:
    """Vectors of an earlier version, or of this one, that were read or kept."""
    now = (facts.version, facts.contents)
    if previous is not None and previous.read_from:
        then = (previous.facts.version, previous.facts.contents)
        if _was_version(connection, *then):
            return _Base(previous.vectors, previous.is_cached and then == now)
    try:
        kept = read_cache(folder)
    except DamagedIndexError:  # all that is in it is in the database too
        return None
    if kept is not None and _was_version(connection, kept.version, kept.contents):
        return _Base(kept.vectors, (kept.version, kept.contents) == now)
    return None


def _was_version(connection: sqlite3.Connection, version: int, contents: str) -> bool:
    held = connection.execute("SELECT contents FROM history WHERE version = ?", (version,))
    return [row for (row,) in held] == [bytes.fromhex(contents)]


def _nearest(
    connection: sqlite3.Connection,
    facts: Facts,
    rows: Sequence[Row],
    base: NearestVectors | None,
    file: Path,
) -> NearestVectors:
    numbers = numbers_of(rows)
    if base is not None:
        if np.array_equal(base.numbers, numbers):
            return base
        there = set(base.numbers.tolist())
        more = [row for row in rows if row.passages and row.first not in there]
        changed = base.changed(
            without=np.setdiff1d(base.numbers, numbers),
            numbers=numbers_of(more),
            vectors=read_vectors(connection, facts, more, file),
            kind=facts.kind,
        )
        if changed is not None and np.array_equal(changed.numbers, numbers):
            return changed
    vectors = read_vectors(connection, facts, rows, file)
    return NearestVectors.from_vectors(numbers, vectors, kind=facts.kind)


def _is_free(folder: Path) -> bool:
    """Whether a folder is empty, but for what an index that was not finished left."""
    ours = {LOCK, HOLDER, FRESH, CACHE, *(FRESH + ending for ending in JOURNALS)}
    return all(file.name in ours for file in folder.iterdir())


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
