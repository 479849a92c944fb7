"""The one file that holds a saved index: its tables, its checksums, and what its faults are called.

A change is a transaction of SQLite, in the mode with a rollback journal: whoever opens the
file after a crash finds it as before the change or after it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from index.errors import (
    DamagedIndexError,
    IncompatibleIndexError,
    InputError,
    PullquoteError,
    StoreError,
)
from index.records import Document

FILE = "index.sqlite"
FORMAT = "pullquote-index"
FORMAT_VERSION = 2
BUSY_S = 60.0  # to wait until others have read or written, which takes seconds at most
REBUILD = "Build it again with: pullquote index build SOURCE --output DIR"
MEND = f"Mend it with: pullquote index repair DIR. {REBUILD.replace('Build', 'Or build', 1)}"
# What may be wrong with a disk; everything else that SQLite finds is wrong with the file.
DISK_FAULTS = (
    "SQLITE_BUSY",
    "SQLITE_CANTOPEN",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_LOCKED",
    "SQLITE_NOMEM",
    "SQLITE_PERM",
    "SQLITE_READONLY",
)
# Numbers are never given twice, so that a number always means the same text and vector. The
# passages of a document have numbers in a row. Texts stand last: their pages are skipped by
# whoever does not read them.
TABLES = (
    "CREATE TABLE facts (number INTEGER PRIMARY KEY, json TEXT NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE history (version INTEGER PRIMARY KEY, contents BLOB NOT NULL)",
    """CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first INTEGER NOT NULL,
        passages INTEGER NOT NULL, content BLOB NOT NULL, spans BLOB NOT NULL,
        vectors BLOB NOT NULL, title TEXT NOT NULL, fields TEXT NOT NULL, text TEXT NOT NULL)""",
    """CREATE TABLE passages (
        number INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL)""",
    "CREATE TABLE vectors (number INTEGER PRIMARY KEY, vector BLOB NOT NULL)",
)

ROWS = "SELECT number, id, first, passages, content, spans, vectors FROM documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a saved index says of itself.

    Args:
        embedder: identity of the model that made the vectors.
        dimension: how many numbers a vector has.
        budget_tokens: most tokens of a passage.
        overlap_sentences: sentences that neighbouring passages share.
        kind: FAISS factory string that was asked for, or None for what fits the size.
        version: counts the changes.
        documents: how many there are.
        passages: how many there are.
        next_document: number that the next document gets.
        next_passage: number that the next passage gets.
        contents: SHA-256 of documents, passages and vectors, in hexadecimal.
        words: SHA-256 of the table of words, in hexadecimal.
    """

    embedder: str
    dimension: int
    budget_tokens: int
    overlap_sentences: int
    kind: str | None
    version: int = 0
    documents: int = 0
    passages: int = 0
    next_document: int = 0
    next_passage: int = 0
    contents: str = ""
    words: str = ""

    def to_json(self) -> str:
        """The facts as they are stored."""
        return json.dumps({"format": FORMAT, "format_version": FORMAT_VERSION} | asdict(self))

    @classmethod
    def from_json(cls, text: str, *, file: Path) -> Self:
        """What ``to_json`` gave.

        Raises:
            IncompatibleIndexError: it is of another format or version.
            DamagedIndexError: it makes no sense.
        """
        try:
            held = dict(json.loads(text))
            named, version = held.pop("format"), held.pop("format_version")
            if named != FORMAT:
                raise IncompatibleIndexError(f"{file} is not an index of Pullquote.", REBUILD)
            if version != FORMAT_VERSION:
                raise another_version(file, version)
            facts = cls(**held)
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(file, "its facts") from error
        counted = (
            facts.dimension,
            facts.budget_tokens,
            facts.overlap_sentences,
            facts.version,
            facts.documents,
            facts.passages,
            facts.next_document,
            facts.next_passage,
        )
        if not all(isinstance(number, int) and number >= 0 for number in counted) or not all(
            isinstance(text, str) for text in (facts.embedder, facts.contents, facts.words)
        ):
            raise damaged(file, "its facts")
        return facts


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
        vectors: SHA-256 of their vectors.
    """

    number: int
    id: str
    first: int
    passages: int
    content: bytes
    spans: bytes
    vectors: bytes

    @property
    def numbers(self) -> range:
        """Those of its passages."""
        return range(self.first, self.first + self.passages)


def damaged(file: Path, what: str) -> DamagedIndexError:
    """The error for a file whose checksums or rows are wrong."""
    return DamagedIndexError(f"{file} is damaged ({what}).", MEND)


def another_version(place: Path, version: object) -> IncompatibleIndexError:
    """The error for an index of another format version."""
    return IncompatibleIndexError(
        f"{place} has format version {version}; this Pullquote reads version {FORMAT_VERSION}.",
        REBUILD,
    )


@contextmanager
def faults_named(file: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the block, or what senseless rows cause, into our errors.

    Raises:
        DamagedIndexError: the file is no good.
        StoreError: the disk, or another process, is in the way.
    """
    try:
        yield
    except PullquoteError:
        raise
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(DISK_FAULTS):
            raise StoreError(
                f"{file} cannot be read or cannot be written ({error}).",
                "Check the folder's permissions and the free space, and who else uses it.",
            ) from error
        raise damaged(file, str(error)) from error
    except (
        AttributeError,  # of a None or a number where a text was
        KeyError,
        MemoryError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:
        raise damaged(file, type(error).__name__) from error


@contextmanager
def connected(file: Path) -> Iterator[sqlite3.Connection]:
    """The file opened inside the block, a transaction being begun and ended by hand."""
    uri = f"{file.resolve().as_uri()}?mode=rw"  # which falls back to reading only
    with closing(
        sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
    ) as connection:
        yield connection


@contextmanager
def transaction(connection: sqlite3.Connection, *, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Everything inside the block happens, or nothing does."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read_facts(connection: sqlite3.Connection, file: Path) -> Facts:
    """What the index says of itself.

    Raises:
        DamagedIndexError: that is not what was written.
        IncompatibleIndexError: it is of another format version.
    """
    rows = connection.execute("SELECT json, digest FROM facts").fetchall()
    if len(rows) != 1 or hashlib.sha256(rows[0][0].encode()).digest() != rows[0][1]:
        raise damaged(file, "its facts")
    return Facts.from_json(rows[0][0], file=file)


def write_facts(connection: sqlite3.Connection, facts: Facts) -> None:
    """Keep what the index says of itself, and that it was so."""
    text = facts.to_json()
    connection.execute(
        "INSERT OR REPLACE INTO facts VALUES (1, ?, ?)",
        (text, hashlib.sha256(text.encode()).digest()),
    )
    connection.execute(
        "INSERT OR REPLACE INTO history VALUES (?, ?)",
        (facts.version, bytes.fromhex(facts.contents)),
    )


def read_rows(connection: sqlite3.Connection) -> list[Row]:
    """The documents in their order, without their texts."""
    return [Row(*row) for row in connection.execute(f"{ROWS} ORDER BY number")]


def read_row(connection: sqlite3.Connection, number: int) -> Row | None:
    """One document without its text, or None if there is none with this number."""
    held = connection.execute(f"{ROWS} WHERE number = ?", (number,)).fetchone()
    return Row(*held) if held else None


def contents_digest(facts: Facts, rows: list[Row]) -> str:
    """The checksum of documents, passages and vectors: of their checksums."""
    digest = hashlib.sha256(f"{facts.embedder}\n{facts.dimension}\n".encode())
    for row in rows:
        digest.update(repr((row.number, row.id, row.first, row.passages)).encode())
        digest.update(row.content + row.spans + row.vectors)
    return digest.hexdigest()


def content_digest(id: str, title: str, text: str, fields_json: str) -> bytes:
    """The checksum of a document: of all that it says."""
    digest = hashlib.sha256()
    for part in (id, title, text, fields_json):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def spans_digest(spans: list[tuple[int, int]]) -> bytes:
    """The checksum of the spans of a document's passages."""
    return hashlib.sha256(repr(spans).encode()).digest()


def fields_of(document: Document) -> str:
    """Whatever else a document has than id, title and text, as JSON.

    What is at its default is left out, so that a field that is added later changes no checksum.

    Raises:
        InputError: a field holds something that JSON does not know.
    """
    others = {
        field.name: getattr(document, field.name)
        for field in fields(document)
        if field.name not in ("id", "title", "text")
        and (field.default is MISSING or getattr(document, field.name) != field.default)
    }
    try:
        return json.dumps(others, ensure_ascii=False, sort_keys=True)
    except TypeError as error:
        raise InputError(
            f"The document {document.id} cannot be stored ({error}).",
            "Give its fields as texts, numbers or tuples of them.",
        ) from None


def document_of(id: str, title: str, text: str, fields_json: str, *, file: Path) -> Document:
    """The document that was stored; fields that this version does not know are left out.

    Raises:
        DamagedIndexError: it is none.
    """
    known = {field.name for field in fields(Document)}
    held = dict(json.loads(fields_json)).items()
    others: dict[str, Any] = {name: _frozen(value) for name, value in held if name in known}
    try:
        return Document(id=id, title=title, text=text, **others)
    except InputError as error:
        raise damaged(file, f"the document {id}") from error


def _frozen(value: Any) -> Any:
    """JSON's lists as the tuples that they were."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
