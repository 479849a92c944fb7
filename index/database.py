"""The one file that holds a saved index: its tables, its checksums, and what its faults are called.

A change is a transaction of SQLite, in the mode with a rollback journal: whoever opens the
file after a crash finds it as before the change or after it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
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
FORMAT_VERSION = 4
BEFORE_LABELS = 3  # the version whose labels are only in its texts; whoever writes it makes it 4
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
# Numbers are never given twice, so that a number always means the same text and vector: a row is
# written once, and once more when its document goes. What went stays until the room is taken back,
# for whoever reads an earlier version. The passages of a document have numbers in a row.
LABELS = """CREATE TABLE labels (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, language TEXT, date TEXT)"""
TABLES = (
    "CREATE TABLE facts (number INTEGER PRIMARY KEY, json TEXT NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE history (version INTEGER PRIMARY KEY, contents BLOB NOT NULL)",
    LABELS,
    """CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL, first INTEGER NOT NULL,
        passages INTEGER NOT NULL, content BLOB NOT NULL, spans BLOB NOT NULL,
        vectors BLOB NOT NULL, gone INTEGER, digest BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX documents_by_id ON documents (id) WHERE gone IS NULL",
    "CREATE INDEX documents_by_first ON documents (first)",
    """CREATE TABLE texts (
        number INTEGER PRIMARY KEY, title TEXT NOT NULL, fields TEXT NOT NULL,
        spans BLOB NOT NULL, text TEXT NOT NULL)""",
    "CREATE TABLE vectors (number INTEGER PRIMARY KEY, digest BLOB NOT NULL, vector BLOB NOT NULL)",
    """CREATE TABLE words (
        number INTEGER PRIMARY KEY, first INTEGER NOT NULL, postings INTEGER NOT NULL,
        digest BLOB NOT NULL)""",
    "CREATE TABLE pieces (number INTEGER PRIMARY KEY, data BLOB NOT NULL)",
)
PAGE_BYTES = 8192  # five vectors; of the usual 4,096 a quarter would be left empty
VECTOR_DIGEST_BYTES = 16  # of a SHA-256: enough to notice, and there are many

# Of the facts, those that passages and vectors depend on.
MADE_BY = ("embedder", "dimension", "budget_tokens", "overlap_sentences")
ROWS = "SELECT number, id, first, passages, content, spans, vectors, gone, digest FROM documents"
CONTENTS_BYTES = 32


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
        next_words: number that the next part of the words gets.
        gone: passages of documents that went and whose room is not taken back yet.
        contents: checksum of documents, passages and vectors: the sum of those of the documents,
            in hexadecimal, so that a change costs what it changes.
        listed: the same of what is read of every document when the index is opened.
        words: SHA-256 of the list of the words' parts, in hexadecimal.
        labels: the checksum of the documents' labels, a sum like ``listed``; None in an index of
            format version 3, which keeps none apart.
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
    next_words: int = 0
    gone: int = 0
    contents: str = ""
    listed: str = ""
    words: str = ""
    labels: str | None = None

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
            if version not in (BEFORE_LABELS, FORMAT_VERSION):
                raise another_version(file, version)
            facts = cls(**held)
            if (facts.labels is None) != (version == BEFORE_LABELS):
                raise damaged(file, "its facts")
            contents_bytes = len(bytes.fromhex(facts.contents))
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
            facts.next_words,
            facts.gone,
        )
        if contents_bytes != CONTENTS_BYTES:
            raise damaged(file, "its facts")
        texts = (facts.embedder, facts.contents, facts.listed, facts.words, facts.labels or "")
        if not all(isinstance(number, int) and number >= 0 for number in counted) or not all(
            isinstance(text, str) for text in texts
        ):
            raise damaged(file, "its facts")
        return facts


def are_made_alike(one: object, other: object) -> bool:
    """Whether two that say how passages and vectors are made say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in MADE_BY)


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


def damaged(file: Path, what: str) -> DamagedIndexError:
    """The error for a file whose checksums or rows are wrong."""
    return DamagedIndexError(f"{file} is damaged ({what}).", MEND)


def another_version(place: Path, version: object) -> IncompatibleIndexError:
    """The error for an index of another format version."""
    return IncompatibleIndexError(
        f"{place} has format version {version};"
        f" this Pullquote reads versions {BEFORE_LABELS} and {FORMAT_VERSION}.",
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
    with closing(connect(file, mode="rw")) as connection:  # which falls back to reading only
        yield connection


def connect(file: Path, *, mode: str) -> sqlite3.Connection:
    """Open the file for whichever thread, ``rw`` or ``ro``."""
    return sqlite3.connect(
        f"{file.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )


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


def content_digest(id: str, title: str, text: str, fields_json: str) -> bytes:
    """The checksum of a document: of all that it says."""
    digest = hashlib.sha256()
    for part in (id, title, text, fields_json):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def spans_digest(spans: bytes) -> bytes:
    """The checksum of the spans of a document's passages."""
    return hashlib.sha256(spans).digest()


def vector_digest(vector: bytes) -> bytes:
    """The checksum of a vector."""
    return hashlib.sha256(vector).digest()[:VECTOR_DIGEST_BYTES]


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
