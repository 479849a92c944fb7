"""Whether a saved index is sound: everything in it held to its checksums, and made anew."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.database import connected, faults_named, transaction
from index.document_table import Row, no_contents, read_rows, with_rows
from index.errors import DamagedIndexError
from index.facts import Facts, read_facts
from index.folder import database_of
from index.kept_labels import changed_digest, labels_digest
from index.kept_words import checked_parts, read_postings
from index.labels import Label
from index.nearest import NearestVectors
from index.numbers import Vectors, are_unit, is_among
from index.postings import Postings, merged
from index.records import Passage
from index.rows import Listing, read_document, read_passages, read_vectors, was_version
from index.terms import Terms
from index.vector_cache import FILE as CACHE
from index.vector_cache import read_cache

WORDS_OF_PASSAGES = 5_000  # made anew at a time


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a saved index.

    Args:
        part: what of it: ``database``, ``facts``, ``documents``, ``labels``, ``passages``,
            ``vectors``, ``words`` or ``cache``.
        problem: what is wrong; a full sentence.
    """

    part: str
    problem: str

    def __str__(self) -> str:
        return f"{self.part}: {self.problem}"


def verify(folder: Path) -> list[Fault]:
    """Look for everything that may be wrong with a saved index; it is only read.

    Args:
        folder: where it is.

    Returns:
        What is wrong; nothing if it is sound.

    Raises:
        StoreError: it is not there, or cannot be read.
        IncompatibleIndexError: it is of another format version.
    """
    file = database_of(folder)
    faults: list[Fault] = []
    with (
        _noted(faults, "database", file),
        connected(file) as connection,
        transaction(connection, kind="DEFERRED"),
    ):
        found = [text for (text,) in connection.execute("PRAGMA main.integrity_check")]
        faults += [Fault("database", f"{file}: {text}.") for text in found if text != "ok"]
        try:
            with faults_named(file):
                facts = read_facts(connection, file)
        except DamagedIndexError as error:
            faults.append(Fault("facts", error.problem))
            return faults
        of_cache: list[Fault] = []
        cached = _sound_cache(folder, facts, connection, of_cache)
        before = len(faults)
        anew, labels, is_other = _verify_documents(connection, facts, file, faults, cached)
        if len(faults) > before:  # what the cache and the words are held to is not sound
            with _noted(faults, "words", file):
                read_postings(connection, checked_parts(connection, facts, file), file, known={})
            return faults
        if is_other:
            problem = f"{folder / CACHE} has other vectors than the database."
            of_cache.append(Fault("cache", problem))
        faults += of_cache
        _verify_labels(connection, facts, labels, file, faults)
        _verify_words(connection, facts, anew, file, faults)
    return faults


@contextmanager
def _noted(faults: list[Fault], part: str, file: Path) -> Iterator[None]:
    """Damage that is met inside the block is a fault, and the block ends."""
    try:
        with faults_named(file):
            yield
    except DamagedIndexError as error:
        faults.append(Fault(part, error.problem))


def _verify_documents(
    connection: sqlite3.Connection,
    facts: Facts,
    file: Path,
    faults: list[Fault],
    cached: NearestVectors | None,
) -> "tuple[_Words, dict[int, Label], bool]":
    """Look at documents, passages and vectors, one document after another.

    Returns:
        The words of the passages that are sound, made anew; the labels of their documents, by
        the documents' numbers; and whether the FAISS index that is kept has other vectors.
    """
    words = _Words()
    labels: dict[int, Label] = {}
    contents = no_contents(facts)
    there: list[Row] = []
    rows = vectors = 0
    of_vectors: set[int] = set()  # passages that two titles share are counted once
    is_other = cached is not None and facts.passages != len(cached.held)
    with _noted(faults, "documents", file):
        for row in list(read_rows(connection)):
            rows += 1
            with _noted(faults, "documents", file):
                if not row.is_sound:
                    faults.append(_unsound("documents", f"The document {row.id}", file))
                    continue
                if row.first not in of_vectors:
                    of_vectors.add(row.first)
                    vectors += row.passages
                if row.gone is None:
                    there.append(row)
                    contents = with_rows(contents, come=[row])
                held = _verify_document(connection, row, facts, file, faults)
                if held is None or row.gone is not None:
                    continue
                passages, matrix = held
                words.add(row, passages)
                labels[row.number] = Label.of(passages[0].document)
                if cached is not None and cached.gives_back and not is_other:
                    numbers = np.array(row.numbers, dtype=np.int64)
                    is_other = not is_among(numbers, cached.held).all() or not np.array_equal(
                        cached.vectors_of(numbers), matrix
                    )
        if contents != facts.contents or Listing.from_rows(there).digest != facts.listed:
            faults.append(Fault("documents", f"{file} is damaged (its list of documents)."))
    for counted, part, count in (
        ("SELECT 'texts', count(*) FROM texts", "documents", rows),
        ("SELECT 'vectors', count(*) FROM vectors", "vectors", vectors),
    ):
        with _noted(faults, part, file):
            ((table, held_there),) = connection.execute(counted)
            if held_there != count:
                faults.append(Fault(part, f"{file} has {held_there} {table} instead of {count}."))
    return words, labels, is_other


def _verify_document(
    connection: sqlite3.Connection, row: Row, facts: Facts, file: Path, faults: list[Fault]
) -> tuple[list[Passage], Vectors] | None:
    """A document's passages and vectors, if all of it is sound."""
    document = read_document(connection, row, file)
    if document is None:
        faults.append(_unsound("documents", f"The document {row.id}", file))
        return None
    passages = vectors = None
    with _noted(faults, "passages", file):
        passages = read_passages(connection, row, document)
        if passages is None:
            faults.append(_unsound("passages", f"What {row.id} says of its passages", file))
    with _noted(faults, "vectors", file):
        vectors = sound_vectors(connection, row, facts)
        if vectors is None:
            faults.append(_unsound("vectors", f"What {row.id} has for vectors", file))
    return None if passages is None or vectors is None else (passages, vectors)


def _unsound(part: str, what: str, file: Path) -> Fault:
    return Fault(part, f"{what} is not what was stored in {file}.")


class _Words:
    """The words of passages, made anew a good many at a time."""

    def __init__(self) -> None:
        self._terms = Terms()
        self._parts: list[Postings] = []
        self._numbers: list[int] = []
        self._texts: list[str] = []

    def add(self, row: Row, passages: Sequence[Passage]) -> None:
        """Those of a document that comes after the others."""
        self._numbers += row.numbers
        self._texts += [passage.text for passage in passages]
        if len(self._texts) >= WORDS_OF_PASSAGES:
            self._cut()

    def made(self) -> Postings:
        """All of them."""
        self._cut()
        return merged(self._parts)

    def _cut(self) -> None:
        self._parts.append(Postings.from_texts(self._numbers, self._texts, terms=self._terms))
        self._numbers, self._texts = [], []


def _verify_labels(
    connection: sqlite3.Connection,
    facts: Facts,
    labels: Mapping[int, Label],
    file: Path,
    faults: list[Fault],
) -> None:
    if facts.labels is None:  # kept in the texts only
        return
    with _noted(faults, "labels", file):
        kept = changed_digest(connection, "0", come=labels)
        if not kept == facts.labels == labels_digest(labels.items()):
            faults.append(Fault("labels", f"The labels in {file} are not those of its documents."))


def _verify_words(
    connection: sqlite3.Connection, facts: Facts, anew: _Words, file: Path, faults: list[Fault]
) -> None:
    with _noted(faults, "words", file):
        parts = read_postings(connection, checked_parts(connection, facts, file), file, known={})
        made = anew.made()
        living = [held.only(made.numbers) for held in parts.values()]
        held = merged(living) if living else Postings.from_texts([], [], terms=Terms())
        if held != made:
            faults.append(Fault("words", f"The words in {file} are not those of its passages."))


def _sound_cache(
    folder: Path, facts: Facts, connection: sqlite3.Connection, faults: list[Fault]
) -> NearestVectors | None:
    """The FAISS index that is kept, if it is whole and of this version."""
    file = folder / CACHE
    with _noted(faults, "cache", file):
        kept = read_cache(folder)
        if kept is None:
            return None
        if not was_version(connection, kept.version, kept.contents):
            faults.append(Fault("cache", f"{file} is of another index."))
        elif kept.contents == facts.contents:  # else it is brought up to date when it is opened
            return kept.vectors
    return None


def sound_vectors(connection: sqlite3.Connection, row: Row, facts: Facts) -> Vectors | None:
    """The vectors of a document's passages, or None if they are not what was stored."""
    vectors = read_vectors(connection, row, dimension=facts.dimension)
    return None if vectors is None or not are_unit(vectors) else vectors
