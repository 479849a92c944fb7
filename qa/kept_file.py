"""The one file that conversations are kept in: its tables, its transactions, its faults.

A change is a transaction of SQLite with a rollback journal, which works on every file system
that a folder may lie on. Each call opens the file anew, so that threads and processes share
nothing but the file.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.database import DISK_FAULTS, error_name, transaction
from index.errors import InputError, PullquoteError, StoreError
from qa.kept_folder import PRIVATE_FILE, cannot_keep, made_folder
from qa.kept_rows import SpoiledRowError

FILE = "kept.sqlite"
ASK_THE_OWNER = "Whoever runs the server finds the reason in its log."
APPLICATION = 0x50714B70  # "PqKp": tells the file from every other that SQLite writes
FORMAT_VERSION = 1
BUSY_S = 10.0  # to wait for others, whose changes take milliseconds
# What is searched stands before the JSON, whose pages are then passed over. Whatever belongs to a
# conversation or a visitor goes with it.
TABLES = (
    """CREATE TABLE visitors (
        number INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE)""",
    """CREATE TABLE conversations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        visitor INTEGER NOT NULL REFERENCES visitors ON DELETE CASCADE,
        id TEXT NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL, articles TEXT NOT NULL,
        created_s REAL NOT NULL, updated_s REAL NOT NULL, next_turn INTEGER NOT NULL,
        chars INTEGER NOT NULL, UNIQUE (visitor, id))""",
    """CREATE TABLE turns (
        conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
        number INTEGER NOT NULL, words TEXT NOT NULL, digest BLOB NOT NULL, json TEXT NOT NULL,
        PRIMARY KEY (conversation, number))""",
    """CREATE TABLE feedback (
        conversation INTEGER NOT NULL, turn INTEGER NOT NULL, verdict TEXT NOT NULL,
        note TEXT NOT NULL, given_s REAL NOT NULL, PRIMARY KEY (conversation, turn),
        FOREIGN KEY (conversation, turn) REFERENCES turns ON DELETE CASCADE)""",
    """CREATE TABLE brought (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        visitor INTEGER NOT NULL REFERENCES visitors ON DELETE CASCADE,
        id TEXT NOT NULL, used_s REAL NOT NULL, chars INTEGER NOT NULL, UNIQUE (visitor, id))""",
    """CREATE TABLE documents (
        brought INTEGER NOT NULL REFERENCES brought ON DELETE CASCADE, place INTEGER NOT NULL,
        digest BLOB NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, fields TEXT NOT NULL,
        text TEXT NOT NULL, PRIMARY KEY (brought, place))""",
    "CREATE INDEX conversations_by_use ON conversations (updated_s)",
    "CREATE INDEX brought_by_use ON brought (used_s)",
)

logger = logging.getLogger(__name__)


class KeptFile:
    """The file, for reading and changing; safe to share between threads and processes.

    Args:
        folder: where it lies; both are made if they are not there.

    Raises:
        StoreError: it cannot be made or read, is damaged, of a newer Pullquote, or
            something else.
    """

    def __init__(self, folder: Path) -> None:
        self.file = made_folder(folder) / FILE
        self._is_open = False
        with self._faults_named():
            # Its owner's alone from the first moment; SQLite gives its journal the same rights.
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
            with self._connected() as connection, transaction(connection):
                if not self._is_made(connection):
                    for table in TABLES:
                        connection.execute(table)
                    connection.execute(f"PRAGMA application_id = {APPLICATION}")
                    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            with self.reading() as connection:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise self._damaged(found)
        self._is_open = True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, whatever others change meanwhile.

        Raises:
            StoreError: it cannot be read, or is damaged.
        """
        with self._opened("DEFERRED") as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A change, of which all happens or nothing does.

        Raises:
            StoreError: it cannot be written, the disk is full, or the file is damaged.
        """
        with self._opened("IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _opened(self, kind: str) -> Iterator[sqlite3.Connection]:
        with (
            self._faults_named(),
            self._connected() as connection,
            transaction(connection, kind=kind),
        ):
            if not self._is_made(connection):
                raise self._damaged("it is empty")
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self.file.resolve().as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
            yield connection

    def _is_made(self, connection: sqlite3.Connection) -> bool:
        """Whether the file has its tables; one that is new has nothing.

        Raises:
            StoreError: it is something else, or of a newer Pullquote.
        """
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if (application, version, tables) == (0, 0, 0):
            return False
        if application != APPLICATION:
            raise self._error(
                "is not a file of Pullquote's conversations", "Name another folder with --keep."
            )
        if version != FORMAT_VERSION:
            raise self._error(
                f"has format version {version}; this Pullquote reads version {FORMAT_VERSION}",
                "Update Pullquote, or name another folder with --keep.",
            )
        return True

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Turn what is wrong inside the block into our errors.

        Whoever opens the file is told where it is. After that errors come before visitors,
        whom it does not concern, and the log has the rest.
        """
        try:
            yield
        except PullquoteError:
            raise
        except UnicodeEncodeError:
            raise InputError(
                "A text has half a surrogate pair in it.", "Decode it again."
            ) from None
        except OSError as error:
            raise self._cannot_keep(error.strerror) from error
        except sqlite3.Error as error:
            if error_name(error).startswith(DISK_FAULTS):
                raise self._cannot_keep(error) from error
            raise self._damaged(error) from error
        # Of spoiled bytes:
        except SpoiledRowError as error:
            raise self._damaged(error) from error
        except (UnicodeDecodeError, MemoryError, OverflowError) as error:
            raise self._damaged(type(error).__name__) from error

    def _cannot_keep(self, reason: object) -> StoreError:
        """The error for a disk, or another process, that is in the way."""
        if not self._is_open:
            return cannot_keep(self.file, reason)
        logger.error("%s cannot be read or cannot be written (%s).", self.file, reason)
        return StoreError("The server cannot read or write what it keeps.", ASK_THE_OWNER)

    def _damaged(self, what: object) -> StoreError:
        """The error for a file that says what was never written into it."""
        return self._error(
            f"is damaged ({what})",
            "Move it away, and Pullquote begins a new one; or put back a copy of it.",
        )

    def _error(self, what: str, remedy: str) -> StoreError:
        """The error for a file that is no good."""
        if not self._is_open:
            return StoreError(f"{self.file} {what}.", remedy)
        logger.error("%s %s.", self.file, what)
        return StoreError("What the server keeps is damaged.", ASK_THE_OWNER)
