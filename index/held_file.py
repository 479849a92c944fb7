"""A saved index's file held open, to read from it what is asked for."""

import os
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from index.database import connect, connected, error_name, faults_named, transaction
from index.errors import StoreError
from index.facts import read_facts

CACHE_KB = 16_000  # of pages; the system keeps the others
NEEDS_WRITER = "SQLITE_READONLY"  # what a reader is told that finds a killed writer's journal


class HeldFile:
    """One connection that only reads; safe to share between threads, which take turns.

    It holds no lock between reads, so that nobody who writes has to wait. A file that was
    replaced is still read, where the system lets a file be replaced that is open. A process that
    was forked opens the file anew.

    Args:
        file: the database.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._turn = RLock()
        self._left: list[sqlite3.Connection] = []  # a parent's, which are not ours to close
        self._open()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query finds.

        Raises:
            DamagedIndexError: the file is no good.
            StoreError: it cannot be read.
        """
        with self._taken() as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                self._settle(error)
                return connection.execute(query, values).fetchall()

    @contextmanager
    def one_version(self) -> Iterator[sqlite3.Connection]:
        """What is read inside the block is of one version.

        Raises:
            DamagedIndexError: the file is no good.
            StoreError: it cannot be read.
        """
        self.rows("SELECT number FROM facts")
        with self._taken() as connection, transaction(connection, kind="DEFERRED"):
            yield connection

    def changed_since(self, version: int) -> StoreError | None:
        """The error for what is missing because it went since, or None if nothing did."""
        with self._taken() as connection:
            if self._is_replaced() or read_facts(connection, self.file).version != version:
                return StoreError(
                    f"{self.file} has changed since it was read.", "Refresh the index first."
                )
        return None

    @contextmanager
    def _taken(self) -> Iterator[sqlite3.Connection]:
        with self._turn, faults_named(self.file):
            if self._process != os.getpid():
                self._left.append(self._connection)
                self._open()
            yield self._connection

    def _settle(self, error: sqlite3.Error) -> None:
        """End what a killed writer left half done, which only a writer may."""
        if not error_name(error).startswith(NEEDS_WRITER) or self._is_replaced():
            raise error
        with connected(self.file) as writer, transaction(writer):
            pass

    def _open(self) -> None:
        with faults_named(self.file):
            self._process = os.getpid()
            self._connection = connect(self.file, mode="ro")
            weakref.finalize(self, self._connection.close).atexit = False
            self._connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            self._identity = _identity(self.file)

    def _is_replaced(self) -> bool:
        try:
            return _identity(self.file) != self._identity
        except OSError:
            return True


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino
