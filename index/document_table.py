"""The table of documents: a row of each under its own checksum, and the sum of them all."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.database import damaged
from index.facts import CONTENTS_BYTES, Facts

ROWS = "SELECT number, id, first, passages, content, spans, vectors, gone, digest FROM documents"


@dataclass(frozen=True, slots=True)
class Row:
    """What the table of documents says of one, but for its text.

    Args:
        number: its own; the order of documents.
        id: of the document.
        first: number of its first passage.
        passages: how many it has.
        content: SHA-256 of the document.
        spans: SHA-256 of the spans of its passages.
        vectors: SHA-256 of the checksums of their vectors.
        gone: the version in which it went, or None if it is there.
        stored: the row's own checksum, as it was read; empty for one that was not.
    """

    number: int
    id: str
    first: int
    passages: int
    content: bytes
    spans: bytes
    vectors: bytes
    gone: int | None = None
    stored: bytes = b""

    @property
    def digest(self) -> bytes:
        """The checksum that the row should have."""
        told = repr((self.number, self.id, self.first, self.passages, self.gone))
        parts = (told.encode(), self.content, self.spans, self.vectors)
        return hashlib.sha256(b"".join(parts)).digest()

    @property
    def is_sound(self) -> bool:
        """Whether it is what was written."""
        return self.stored == self.digest

    @property
    def numbers(self) -> range:
        """Those of its passages."""
        return range(self.first, self.first + self.passages)


def read_rows(connection: sqlite3.Connection) -> Iterator[Row]:
    """The documents in their order, those that went among them, sound or not."""
    for row in connection.execute(f"{ROWS} ORDER BY first, number"):
        yield Row(*row)


def read_row(connection: sqlite3.Connection, number: int) -> Row | None:
    """One document, sound or not, or None if there is none with this number."""
    held = connection.execute(f"{ROWS} WHERE number = ?", (number,)).fetchone()
    return Row(*held) if held else None


def read_row_of(connection: sqlite3.Connection, id: str, file: Path) -> Row | None:
    """The document with an id that is there, or None if there is none.

    Raises:
        DamagedIndexError: it is not what was written.
    """
    held = connection.execute(f"{ROWS} WHERE id = ? AND gone IS NULL", (id,)).fetchone()
    if held is None:
        return None
    row = Row(*held)
    if row.id != id or not row.is_sound:
        raise damaged(file, f"the document {id}")
    return row


def no_contents(facts: Facts) -> str:
    """The checksum of an index without documents."""
    return hashlib.sha256(f"{facts.embedder}\n{facts.dimension}\n".encode()).hexdigest()


def with_rows(contents: str, *, come: Iterable[Row] = (), gone: Iterable[Row] = ()) -> str:
    """The checksum of contents to which some documents came and of which others went.

    Args:
        contents: the checksum before.
        come: the one.
        gone: the others, as they were while they were there.
    """
    total = int(contents, 16)
    total += sum(int.from_bytes(row.digest, "big") for row in come)
    total -= sum(int.from_bytes(row.digest, "big") for row in gone)
    return f"{total % 2 ** (8 * CONTENTS_BYTES):0{2 * CONTENTS_BYTES}x}"
