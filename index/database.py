"""The one file that holds a saved index: its tables, how it is opened, what its faults are called.

A change is a transaction of SQLite, in the mode with a rollback journal: whoever opens the
file after a crash finds it as before the change or after it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.errors import DamagedIndexError, PullquoteError, StoreError

FILE = "index.sqlite"
BUSY_S = 60.0  # to wait until others have read or written, which takes seconds at most
REBUILD = "Build it again with: pullquote index build SOURCE --output DIR"
MEND = f"Repair it with: pullquote index repair DIR. {REBUILD.replace('Build', 'Or build', 1)}"
# What may be wrong with a disk; everything else that SQLite finds is wrong with the file.
DISK_FAULTS = (
    "SQLITE_BUSY",
    "SQLITE_CANTOPEN",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_LOCKED",
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


def damaged(file: Path, what: str) -> DamagedIndexError:
    """The error for a file whose checksums or rows are wrong."""
    return DamagedIndexError(f"{file} is damaged ({what}).", MEND)


def error_name(error: sqlite3.Error) -> str:
    """What SQLite calls an error; empty where Python raised it."""
    return getattr(error, "sqlite_errorname", "") or ""


@contextmanager
def faults_named(file: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the block, or what senseless rows cause, into our errors.

    Raises:
        DamagedIndexError: the file is no good.
        StoreError: the disk, or another process, is in the way, or memory is short.
    """
    try:
        yield
    except PullquoteError:
        raise
    except sqlite3.Error as error:
        if error_name(error).startswith(DISK_FAULTS):
            raise StoreError(
                f"{file} cannot be read or cannot be written ({error}).",
                "Check the folder's permissions and the free space, and who else uses it.",
            ) from error
        raise damaged(file, str(error)) from error
    except MemoryError as error:  # SQLite's too; nothing is wrong with the file, nor to be mended
        raise StoreError(
            f"There is not enough memory to read {file}.", "Free some memory, and try again."
        ) from error
    except (
        AttributeError,  # of a None or a number where a text was
        KeyError,
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
