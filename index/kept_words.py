"""The words of a saved index: parts that never change, and few of them."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.database import damaged
from index.facts import Facts
from index.numbers import Numbers
from index.postings import Postings, merged

PIECE_BYTES = 4_000_000  # of a part, which may be larger than SQLite likes a value to be
PIECES_MOST = 2**20
FEW_PARTS = 4  # of one size, which are then made one
SMALL_POSTINGS = 50_000  # parts below are of one size
# Merged along with a change, some tenths of a second of work. Whoever adds more may merge more,
# in proportion: so each posting is merged a few times however large the index.
MERGED_AT_ONCE = 1_000_000
MERGED_PER_ADDED = 16


@dataclass(frozen=True, slots=True)
class Part:
    """What the table of words says of a part.

    Args:
        number: its own.
        first: number of its first passage; parts are in this order.
        postings: how many it has.
        digest: SHA-256 of it.
    """

    number: int
    first: int
    postings: int
    digest: bytes


def read_parts(connection: sqlite3.Connection) -> list[Part]:
    """The parts in their order."""
    found = connection.execute("SELECT number, first, postings, digest FROM words ORDER BY first")
    return [Part(*row) for row in found]


def checked_parts(connection: sqlite3.Connection, facts: Facts, file: Path) -> list[Part]:
    """The parts, if they are those that were written.

    Raises:
        DamagedIndexError: they are not.
    """
    parts = read_parts(connection)
    if parts_digest(parts) != facts.words:
        raise damaged(file, "its words")
    return parts


def read_postings(
    connection: sqlite3.Connection,
    parts: Sequence[Part],
    file: Path,
    *,
    known: Mapping[Part, Postings],
) -> dict[Part, Postings]:
    """What the parts hold.

    Args:
        connection: to the database.
        parts: which.
        file: the database.
        known: those that were read before.

    Raises:
        DamagedIndexError: it is not what was written.
    """
    return {part: known.get(part) or _read(connection, part, file) for part in parts}


def _read(connection: sqlite3.Connection, part: Part, file: Path) -> Postings:
    pieces = connection.execute(
        "SELECT data FROM pieces WHERE number >= ? AND number < ? ORDER BY number",
        (part.number * PIECES_MOST, (part.number + 1) * PIECES_MOST),
    )
    data = b"".join(piece for (piece,) in pieces)
    if hashlib.sha256(data).digest() != part.digest:
        raise damaged(file, "its words")
    return Postings.from_bytes(data)


def insert_part(connection: sqlite3.Connection, postings: Postings, *, number: int) -> Part:
    """Keep a part.

    Args:
        connection: to the database.
        postings: of at least one passage.
        number: one that no part had.
    """
    data = postings.to_bytes()
    part = Part(number, int(postings.numbers[0]), len(postings.rows), hashlib.sha256(data).digest())
    connection.execute(
        "INSERT INTO words VALUES (?, ?, ?, ?)",
        (part.number, part.first, part.postings, part.digest),
    )
    connection.executemany(
        "INSERT INTO pieces VALUES (?, ?)",
        (
            (number * PIECES_MOST + place, data[start : start + PIECE_BYTES])
            for place, start in enumerate(range(0, len(data), PIECE_BYTES))
        ),
    )
    return part


def merge_parts(
    connection: sqlite3.Connection,
    parts: Sequence[Part],
    file: Path,
    *,
    living: Numbers,
    number: int,
) -> None:
    """Put one part in the place of several neighbours, without the passages that went.

    Args:
        connection: to the database.
        parts: the neighbours.
        file: the database.
        living: numbers of the passages that there are, ascending, at least of these parts.
        number: one that no part had.

    Raises:
        DamagedIndexError: one is not what was written.
    """
    held = read_postings(connection, parts, file, known={})
    whole = merged([postings.only(living) for postings in held.values()])
    for part in parts:
        connection.execute("DELETE FROM words WHERE number = ?", (part.number,))
        connection.execute(
            "DELETE FROM pieces WHERE number >= ? AND number < ?",
            (part.number * PIECES_MOST, (part.number + 1) * PIECES_MOST),
        )
    if len(whole.numbers):
        insert_part(connection, whole, number=number)


def parts_to_merge(parts: Sequence[Part], *, added: int) -> Sequence[Part]:
    """The last parts, if they are many of about one size.

    Args:
        parts: all, in their order.
        added: postings that whoever writes has added so far.
    """
    most = max(MERGED_AT_ONCE, MERGED_PER_ADDED * added)
    held = taken = 0
    for part in reversed(parts):
        small = part.postings <= max(SMALL_POSTINGS, held)
        if taken and (not small or held + part.postings > most):
            break
        held += part.postings
        taken += 1
    return parts[len(parts) - taken :] if taken >= FEW_PARTS else []


def all_to_merge(parts: Sequence[Part], *, added: int) -> Sequence[Part]:
    """All parts, if whoever wrote added a good share of them: the fewer, the faster a search.

    Args:
        parts: all, in their order.
        added: postings that whoever writes has added.
    """
    total = sum(part.postings for part in parts)
    worth = len(parts) > 1 and total <= MERGED_PER_ADDED * added
    return parts if worth and total > SMALL_POSTINGS else []


def parts_digest(parts: Sequence[Part]) -> str:
    """The checksum of the list of parts, in hexadecimal."""
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()
