"""Whether a saved index is sound, and what it holds."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from index.database import (
    Facts,
    Row,
    connected,
    contents_digest,
    faults_named,
    read_facts,
    read_rows,
    transaction,
)
from index.embed import Vectors
from index.errors import DamagedIndexError
from index.folder import database_of
from index.lexical import LexicalIndex, copy_words
from index.nearest import Making
from index.records import Document, Passage
from index.rows import numbers_of, read_document, read_passages, read_vectors, was_version
from index.store import read_facts_of
from index.vector_cache import FILE as CACHE
from index.vector_cache import read_cache

UNIT_WITHIN = 1e-3  # of a vector's length: float32 rounds at 1e-7, eight-bit forms divide exactly


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a saved index.

    Args:
        part: what of it: ``database``, ``facts``, ``documents``, ``passages``, ``vectors``,
            ``words`` or ``cache``.
        problem: what is wrong; a full sentence.
    """

    part: str
    problem: str

    def __str__(self) -> str:
        return f"{self.part}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Info:
    """What a saved index holds.

    Args:
        facts: what it says of itself.
        making: how its FAISS index was made, or None where none is kept for this version.
        bytes_on_disk: of all its files.
    """

    facts: Facts
    making: Making | None
    bytes_on_disk: int

    def to_dict(self) -> dict[str, object]:
        """The same as JSON has it."""
        facts = asdict(self.facts)
        for internal in ("next_document", "next_passage", "words", "kind"):
            del facts[internal]
        return facts | {
            "kind": self.making.kind if self.making else None,
            "kind_asked_for": self.facts.kind,
            "recall_at_10": self.making.recall_at_10 if self.making else None,
            "bytes_on_disk": self.bytes_on_disk,
        }

    def __str__(self) -> str:
        return "\n".join(
            f"{name.replace('_', ' '):>18}  {'–' if value is None else value}"
            for name, value in self.to_dict().items()
        )


def info_of(folder: Path) -> Info:
    """What a saved index holds.

    Args:
        folder: where it is.

    Raises:
        StoreError: it is not there, or damaged.
    """
    facts = read_facts_of(folder)
    making = None
    with suppress(DamagedIndexError):
        kept = read_cache(folder)
        if kept is not None and (kept.version, kept.contents) == (facts.version, facts.contents):
            making = kept.vectors.making
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return Info(facts, making, size)


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
    with _noted(faults, "database", file), connected(file) as connection:
        connection.execute("ATTACH ':memory:' AS held")
        with transaction(connection, kind="DEFERRED"):
            found = [text for (text,) in connection.execute("PRAGMA main.integrity_check")]
            faults += [Fault("database", f"{file}: {text}.") for text in found if text != "ok"]
            facts = _sound_facts(connection, file, faults)
            if facts is None:
                return faults
            contents = _verify_documents(connection, facts, file, faults)
            if contents is not None:
                _verify_cache(folder, contents, connection, faults)
            with _noted(faults, "words", file):
                copy_words(connection)
        if contents is not None:
            with _noted(faults, "words", file):
                _verify_words(LexicalIndex.of_copy(connection), contents, file, faults)
    return faults


@contextmanager
def _noted(faults: list[Fault], part: str, file: Path) -> Iterator[None]:
    """Damage that is met inside the block is a fault, and the block ends."""
    try:
        with faults_named(file):
            yield
    except DamagedIndexError as error:
        faults.append(Fault(part, error.problem))


def _sound_facts(connection: sqlite3.Connection, file: Path, faults: list[Fault]) -> Facts | None:
    try:
        with faults_named(file):
            return read_facts(connection, file)
    except DamagedIndexError as error:
        faults.append(Fault("facts", error.problem))
    return None


def _verify_documents(
    connection: sqlite3.Connection, facts: Facts, file: Path, faults: list[Fault]
) -> "_Sound | None":
    """Documents, passages and vectors, if all of them are sound."""
    before = len(faults)
    rows: list[Row] = []
    with _noted(faults, "documents", file):
        rows = read_rows(connection)
        if contents_digest(facts, rows) != facts.contents:
            faults.append(Fault("documents", f"{file} is damaged (its list of documents)."))
    documents: list[Document] = []
    passages: list[Passage] = []
    vectors: list[Vectors] = []
    for row in rows:
        with _noted(faults, "documents", file):
            document = read_document(connection, row, file)
            if document is None:
                faults.append(
                    Fault("documents", f"The document {row.id} is not what was stored in {file}.")
                )
                continue
            documents.append(document)
            passages += _sound_passages(connection, row, document, file, faults)
            vectors.append(_sound_vectors(connection, row, facts, file, faults))
    for table, count in (
        ("documents", facts.documents),
        ("passages", facts.passages),
        ("vectors", facts.passages),
    ):
        with _noted(faults, table, file):
            ((there,),) = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            if there != count:
                faults.append(Fault(table, f"{file} has {there} {table} instead of {count}."))
    if len(faults) > before:
        return None
    whole = np.concatenate(vectors) if vectors else np.zeros((0, facts.dimension), dtype=np.float32)
    return _Sound(facts, rows, passages, whole)


@dataclass(frozen=True, slots=True)
class _Sound:
    facts: Facts
    rows: Sequence[Row]
    passages: Sequence[Passage]
    vectors: Vectors


def _sound_passages(
    connection: sqlite3.Connection, row: Row, document: Document, file: Path, faults: list[Fault]
) -> list[Passage]:
    with _noted(faults, "passages", file):
        (passages,) = read_passages(connection, [row], [document])
        if passages is not None:
            return passages
        faults.append(
            Fault("passages", f"The passages of {row.id} are not what was stored in {file}.")
        )
    return []


def _sound_vectors(
    connection: sqlite3.Connection, row: Row, facts: Facts, file: Path, faults: list[Fault]
) -> Vectors:
    with _noted(faults, "vectors", file):
        vectors = sound_vectors(connection, row, facts)
        if vectors is not None:
            return vectors
        faults.append(
            Fault("vectors", f"The vectors of {row.id} are not what was stored in {file}.")
        )
    return np.zeros((0, facts.dimension), dtype=np.float32)


def _verify_words(held: LexicalIndex, sound: _Sound, file: Path, faults: list[Fault]) -> None:
    if held.digest.hex() != sound.facts.words:
        faults.append(Fault("words", f"The words in {file} are not what was stored."))
        return
    anew = LexicalIndex.of_numbered(
        zip(
            numbers_of(sound.rows).tolist(),
            (passage.text for passage in sound.passages),
            strict=True,
        )
    )
    if any(one != other for one, other in zip_longest(held.places(), anew.places())):
        faults.append(Fault("words", f"The words in {file} are not those of its passages."))


def _verify_cache(
    folder: Path, sound: _Sound, connection: sqlite3.Connection, faults: list[Fault]
) -> None:
    file = folder / CACHE
    with _noted(faults, "cache", file):
        kept = read_cache(folder)
        if kept is None:
            return
        if not was_version(connection, kept.version, kept.contents):
            faults.append(Fault("cache", f"{file} is of another index."))
            return
        if kept.contents != sound.facts.contents:
            return  # of an earlier version: it is brought up to date when the index is opened
        held = kept.vectors
        if not np.array_equal(held.numbers, numbers_of(sound.rows)) or (
            held.is_exact and not np.array_equal(held.vectors_of(held.numbers), sound.vectors)
        ):
            faults.append(Fault("cache", f"{file} has other vectors than the database."))


def sound_vectors(connection: sqlite3.Connection, row: Row, facts: Facts) -> Vectors | None:
    """The vectors of a document's passages, or None if they are not what was stored."""
    vectors = read_vectors(connection, row, dimension=facts.dimension)
    if vectors is None or np.any(np.abs(np.linalg.norm(vectors, axis=1) - 1) > UNIT_WITHIN):
        return None
    return vectors
