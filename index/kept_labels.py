"""The labels of a saved index: what its documents say of collection, language and date.

All of it is in the texts' rows too, from which it is never read at once: they are long.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence

from index.database import damaged
from index.facts import Facts
from index.held_file import HeldFile
from index.labels import Label, Labels
from index.numbers import Numbers
from index.records import Document

NONE = Label()  # is not stored
DIGEST_BYTES = 8


def insert_label(connection: sqlite3.Connection, number: int, document: Document) -> None:
    """Keep the label of a document, by the document's number."""
    label = Label.of(document)
    if label != NONE:
        connection.execute(
            "INSERT INTO labels VALUES (?, ?, ?, ?)",
            (number, label.collection, label.language, label.date),
        )


def changed_digest(
    connection: sqlite3.Connection,
    digest: str,
    *,
    come: Iterable[int] = (),
    gone: Iterable[int] = (),
) -> str:
    """The checksum of labels after a change: a sum over the documents, in hexadecimal.

    Args:
        connection: to the database.
        digest: the checksum before; ``0`` where there are none.
        come: numbers of the documents that came, whose labels are kept.
        gone: those of the documents that went, whose labels still are.
    """
    total = int(digest, 16)
    for sign, numbers in ((1, come), (-1, gone)):
        found = connection.execute(
            "SELECT number, collection, language, date FROM labels"
            " WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        total += sign * sum(_digest(number, Label(*label)) for number, *label in found)
    return _told(total)


def labels_digest(labels: Iterable[tuple[int, Label]]) -> str:
    """The checksum of documents' labels, by the documents' numbers."""
    return _told(sum(_digest(number, label) for number, label in labels if label != NONE))


def read_labels(held: HeldFile, facts: Facts, numbers: Numbers) -> Labels:
    """The labels of the documents with these numbers, in their order.

    Args:
        held: the database.
        facts: of the version that the documents are of.
        numbers: of all its documents.

    Raises:
        DamagedIndexError: they are not what was stored.
        StoreError: the room of some was taken back.
    """
    rows = held.rows("SELECT number, collection, language, date FROM labels")
    stored = {number: Label(*label) for number, *label in rows}
    there: Sequence[tuple[int, Label]] = [(n, stored.get(n, NONE)) for n in numbers.tolist()]
    if labels_digest(there) != facts.labels:
        raise held.changed_since(facts.version) or damaged(held.file, "its labels")
    return Labels(label for _, label in there)


def _digest(number: int, label: Label) -> int:
    told = repr((number, label.collection, label.language, label.date))
    # Not every text of a damaged file can be encoded.
    digest = hashlib.sha256(told.encode(errors="replace")).digest()
    return int.from_bytes(digest[:DIGEST_BYTES], "big")


def _told(total: int) -> str:
    return f"{total % 2 ** (8 * DIGEST_BYTES):0{2 * DIGEST_BYTES}x}"
