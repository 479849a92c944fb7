"""A saved index made as a whole, which appears or takes the place of another at once."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index.database import FILE, PAGE_BYTES, TABLES, connected, faults_named, transaction
from index.document_table import no_contents
from index.errors import StoreError
from index.facts import Facts, write_facts
from index.folder import FIRST_FORMAT, FRESH, JOURNALS, is_free, is_stored_index
from index.kept_labels import changed_digest as changed_labels
from index.kept_words import parts_digest
from index.rows import changed_digest
from index.storing import Prepared
from index.vector_cache import FILE as CACHE
from index.writer import Writer
from index.writer_lock import WAIT_S, writing

PUT_PASSAGES = 256  # in one transaction, when an index is written whole


def create_index(
    folder: Path,
    facts: Facts,
    prepared: Iterable[Prepared] = (),
    *,
    replacing: bool = True,
    wait_s: float = WAIT_S,
) -> None:
    """Make a saved index: the new one appears whole, or what was there stays.

    Args:
        folder: where to.
        facts: embedder, dimension and options.
        prepared: the first documents.
        replacing: put it in the place of an index that is there; else that one stays as it is,
            even if another process made it a moment ago.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: the folder holds something else, cannot be written, or another writes.
    """
    try:
        # In this order: what was free a moment ago may be an index by now, but never the reverse.
        if folder.exists() and not is_free(folder) and not is_stored_index(folder):
            raise StoreError(
                f"{folder} exists and is not an index.", "Name a new or an empty folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder, wait_s=wait_s):
            if not replacing and is_stored_index(folder):
                return
            replace_database(folder, facts, prepared)
            for name in FIRST_FORMAT:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError.cannot_write(folder, error.strerror) from error


def replace_database(folder: Path, facts: Facts, prepared: Iterable[Prepared]) -> None:
    """Make a database beside that of a folder, then put it in its place; for its one writer."""
    fresh, file = folder / FRESH, folder / FILE
    _forget(fresh)
    try:
        fresh.touch()
        with faults_named(fresh), connected(fresh) as connection:
            connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode=MEMORY")  # a torn one is thrown away
            with transaction(connection):
                for table in TABLES:
                    connection.execute(table)
                _create(connection, facts)
            writer = Writer(connection, fresh)
            for batch in _batches(prepared):
                writer.put(batch)
        _take_place(fresh, file)
    except (OSError, StoreError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.problem
        raise StoreError.cannot_write(folder, reason) from error
    finally:
        _forget(fresh)


def put_in_place(made: Path, folder: Path) -> None:
    """Put the database of one saved index in the place of another's; for the one writer of both.

    Args:
        made: the folder of the one, which has none any more then.
        folder: that of the other.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        _finish(made / FILE)
        _take_place(made / FILE, folder / FILE)
    except OSError as error:
        raise StoreError.cannot_write(folder, error.strerror) from error


def _take_place(fresh: Path, file: Path) -> None:
    if file.exists():
        _finish(file)
    file.with_name(CACHE).unlink(missing_ok=True)  # of what goes
    fresh.replace(file)


def _create(connection: sqlite3.Connection, facts: Facts) -> None:
    empty = replace(
        facts,
        version=facts.version + 1,
        documents=0,
        passages=0,
        gone=0,
        contents=no_contents(facts),
        listed=changed_digest("0"),
        words=parts_digest([]),
        labels=changed_labels(connection, "0"),
    )
    write_facts(connection, empty)


def _batches(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    batch: list[Prepared] = []
    held = 0
    for one in prepared:
        batch.append(one)
        held += len(one.spans)
        if held >= PUT_PASSAGES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _finish(file: Path) -> None:
    """End what a killed writer left half done, so that no journal outlives its database."""
    with suppress(sqlite3.Error), connected(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    for ending in JOURNALS:
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _forget(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
        for ending in JOURNALS:
            Path(f"{file}{ending}").unlink(missing_ok=True)
