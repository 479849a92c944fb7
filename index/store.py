"""A saved index as it is read: one version of it, copied into memory.

The database holds the truth, vectors included. Readers hold no lock after they have read.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from index.database import (
    Facts,
    Row,
    connected,
    damaged,
    faults_named,
    read_facts,
    transaction,
)
from index.errors import DamagedIndexError, StoreError
from index.folder import database_of
from index.lexical import LexicalIndex, copy_words
from index.nearest import NearestVectors, Vectors
from index.records import Document, Passage
from index.rows import (
    checked_rows,
    numbers_of,
    read_document,
    read_passages,
    read_vectors,
    was_version,
)
from index.vector_cache import CachedVectors, read_cache, write_cache


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
        return _vectors(connection, facts, contents.read_from, file)


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


def _documents(
    connection: sqlite3.Connection, rows: Sequence[Row], previous: Contents | None, file: Path
) -> list[Document]:
    known: Mapping[Row, Document] = (
        dict(zip(previous.read_from, previous.documents, strict=True)) if previous else {}
    )
    documents = []
    for row in rows:
        document = known.get(row) or read_document(connection, row, file)
        if document is None:
            raise damaged(file, f"the document {row.id}")
        documents.append(document)
    return documents


def _passages(
    connection: sqlite3.Connection, rows: Sequence[Row], documents: Sequence[Document], file: Path
) -> list[Passage]:
    passages: list[Passage] = []
    for row, held in zip(rows, read_passages(connection, rows, documents), strict=True):
        if held is None:
            raise damaged(file, f"the passages of the document {row.id}")
        passages += held
    return passages


def _vectors(
    connection: sqlite3.Connection, facts: Facts, rows: Iterable[Row], file: Path
) -> Vectors:
    parts = [np.zeros((0, facts.dimension), dtype=np.float32)]
    for row in rows:
        vectors = read_vectors(connection, row, dimension=facts.dimension)
        if vectors is None:
            raise damaged(file, f"the vectors of the document {row.id}")
        parts.append(vectors)
    return np.concatenate(parts)


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
        if was_version(connection, *then):
            return _Base(previous.vectors, previous.is_cached and then == now)
    try:
        kept = read_cache(folder)
    except DamagedIndexError:  # all that is in it is in the database too
        return None
    if kept is not None and was_version(connection, kept.version, kept.contents):
        return _Base(kept.vectors, (kept.version, kept.contents) == now)
    return None


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
            vectors=_vectors(connection, facts, more, file),
            kind=facts.kind,
        )
        if changed is not None and np.array_equal(changed.numbers, numbers):
            return changed
    vectors = _vectors(connection, facts, rows, file)
    return NearestVectors.from_vectors(numbers, vectors, kind=facts.kind)
