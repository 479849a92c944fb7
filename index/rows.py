"""What a saved index keeps of its documents, each part held to its checksum."""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.database import damaged
from index.document_table import Row
from index.errors import InputError
from index.facts import Facts
from index.numbers import Numbers, Vectors
from index.records import Document, Passage
from index.sentences import Span
from index.stored_document import content_digest, document_of, spans_digest, vector_digest

SPAN_TYPE = np.dtype("<i8")
VECTOR_TYPE = np.dtype("<f4")
# Of SplitMix64 (Steele, Lea and Flood 2014), which spreads a number over all its bits.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, eq=False)
class Listing:
    """The documents of one version, as little of them as tells where passages are.

    Args:
        numbers: of the documents, in their order.
        firsts: numbers of their first passages, ascending.
        sizes: how many passages each has.
    """

    numbers: Numbers
    firsts: Numbers
    sizes: Numbers

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> "Listing":
        """That of some documents."""
        return cls.of_table([(row.number, row.first, row.passages) for row in rows])

    @classmethod
    def of_table(cls, rows: Sequence[tuple[int, int, int]]) -> "Listing":
        """That of documents' numbers, first passages and sizes, in any order."""
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
        table = table[np.lexsort((table[:, 0], table[:, 1]))]
        return cls(*(np.ascontiguousarray(column) for column in table.T))

    @cached_property
    def starts(self) -> Numbers:
        """How many passages stand before each document, and before the end."""
        return np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)

    @cached_property
    def passages(self) -> Numbers:
        """The numbers of all passages, ascending."""
        return np.repeat(self.firsts - self.starts[:-1], self.sizes) + np.arange(self.starts[-1])

    @property
    def digest(self) -> str:
        """A sum over the documents, in hexadecimal, so that a change costs what it changes."""
        mixed = np.zeros(len(self.numbers), dtype=np.uint64)
        for column in (self.numbers, self.firsts, self.sizes):
            mixed = _mixed(mixed ^ column.astype(np.uint64))
        return f"{int(mixed.sum(dtype=np.uint64)):016x}"


def changed_digest(digest: str, *, come: Iterable[Row] = (), gone: Iterable[Row] = ()) -> str:
    """The digest of a listing to which some documents came and of which others went."""
    more = int(Listing.from_rows(come).digest, 16) - int(Listing.from_rows(gone).digest, 16)
    return f"{(int(digest, 16) + more) % 2**64:016x}"


def read_listing(connection: sqlite3.Connection, facts: Facts, file: Path) -> Listing:
    """The documents that there are, if they are those that were written.

    Raises:
        DamagedIndexError: they are not.
    """
    found = connection.execute("SELECT number, first, passages FROM documents WHERE gone IS NULL")
    listing = Listing.of_table(found.fetchall())
    if (
        listing.digest != facts.listed
        or len(listing.numbers) != facts.documents
        or listing.starts[-1] != facts.passages
    ):
        raise damaged(file, "its list of documents")
    return listing


def read_document(connection: sqlite3.Connection, row: Row, file: Path) -> Document | None:
    """A document, or None if it is not what was stored."""
    held = connection.execute(
        "SELECT title, text, fields FROM texts WHERE number = ?", (row.number,)
    ).fetchone()
    if held is None or content_digest(row.id, *held) != row.content:
        return None
    return document_of(row.id, *held, file=file)


def read_spans(connection: sqlite3.Connection, row: Row) -> list[Span] | None:
    """The spans of a document's passages, or None if they are not what was stored."""
    held = connection.execute("SELECT spans FROM texts WHERE number = ?", (row.number,)).fetchone()
    if held is None or spans_digest(held[0]) != row.spans:
        return None
    spans = spans_of(held[0])
    return spans if len(spans) == row.passages else None


def read_passages(
    connection: sqlite3.Connection, row: Row, document: Document
) -> list[Passage] | None:
    """The passages of a document, or None if they are not what was stored."""
    spans = read_spans(connection, row)
    if spans is None:
        return None
    try:
        return [Passage(document, start, end) for start, end in spans]
    except InputError:  # out of the document's range
        return None


def read_vectors(connection: sqlite3.Connection, row: Row, *, dimension: int) -> Vectors | None:
    """The vectors of a document's passages, or None if they are not what was stored."""
    found = connection.execute(
        "SELECT digest, vector FROM vectors WHERE number >= ? AND number < ? ORDER BY number",
        (row.first, row.first + row.passages),
    ).fetchall()
    if vectors_digest(digest for digest, _ in found) != row.vectors:
        return None
    if any(not is_vector(vector, digest, dimension=dimension) for digest, vector in found):
        return None
    return joined_vectors([vector for _, vector in found], dimension=dimension)


def is_vector(vector: bytes, digest: bytes, *, dimension: int) -> bool:
    """Whether a vector is what was stored."""
    return len(vector) == dimension * VECTOR_TYPE.itemsize and vector_digest(vector) == digest


def joined_vectors(vectors: Sequence[bytes], *, dimension: int) -> Vectors:
    """Vectors as they are stored, as a matrix."""
    whole = np.frombuffer(b"".join(vectors), dtype=VECTOR_TYPE)
    return whole.reshape(len(vectors), dimension).astype(np.float32, copy=False)


def vectors_digest(digests: Iterable[bytes]) -> bytes:
    """The checksum of a document's vectors: of their checksums."""
    return hashlib.sha256(b"".join(digests)).digest()


def spans_to_bytes(spans: Sequence[Span]) -> bytes:
    """Spans as they are stored."""
    return np.array(spans, dtype=SPAN_TYPE).tobytes()


def spans_of(data: bytes) -> list[Span]:
    """Spans as they were stored."""
    table: npt.NDArray[np.int64] = np.frombuffer(data, dtype=SPAN_TYPE).reshape(-1, 2)
    return [(start, end) for start, end in table.tolist()]


def was_version(connection: sqlite3.Connection, version: int, contents: str) -> bool:
    """Whether the index had these contents in that version."""
    held = connection.execute("SELECT contents FROM history WHERE version = ?", (version,))
    return [row for (row,) in held] == [bytes.fromhex(contents)]


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    numbers = numbers + GOLDEN
    numbers = (numbers ^ (numbers >> np.uint64(30))) * FIRST_FACTOR
    numbers = (numbers ^ (numbers >> np.uint64(27))) * SECOND_FACTOR
    return numbers ^ (numbers >> np.uint64(31))
