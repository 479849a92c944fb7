"""A damaged index made anew of all that is sound in it; and one that gives back its room."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from index.database import FILE, REBUILD, connected, faults_named
from index.document_table import Row, read_row
from index.embed import Embedder
from index.errors import DamagedIndexError, StoreError
from index.facts import Facts, read_facts
from index.folder import database_of
from index.making import replace_database
from index.prepare import check_embedder, new_facts, prepare
from index.records import Document
from index.rows import read_document, read_passages
from index.store import keep_cache, read, read_facts_of
from index.storing import Prepared
from index.vector_cache import FILE as CACHE
from index.verify import Fault, sound_vectors, verify
from index.writer import changing
from index.writer_lock import writing

# Kept where not everything could be mended; with a number where there is one already.
DAMAGED_COPY = f"{FILE}.damaged"


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of mending a saved index.

    Args:
        faults: what was wrong.
        kept: documents that are there.
        embedded: how many of them were cut and embedded anew.
        lost: ids of documents whose text is not what was stored, as far as they can be read.
        lost_count: how many there are.
    """

    faults: tuple[Fault, ...]
    kept: int
    embedded: int
    lost: tuple[str, ...]
    lost_count: int

    def __str__(self) -> str:
        if not self.faults:
            return "nothing to repair"
        text = f"{self.kept} documents, {self.embedded} of them embedded anew"
        if self.lost_count:
            named = f": {', '.join(self.lost)}" if self.lost else ""
            text += f"; {self.lost_count} lost{named}"
        return text


def repair(folder: Path, *, embedder: Callable[[], Embedder], progress: bool = False) -> Repair:
    """Make a saved index anew of all that is sound in it, if something is not.

    Words and FAISS index are made of the texts and vectors. Passages and vectors that are not
    what was stored are cut and embedded anew. A text that is not what was stored is lost: the
    damaged database is then kept beside the new one.

    Args:
        folder: where it is.
        embedder: gives the model it was made with; called only if something is embedded.
        progress: show a progress bar while that is done.

    Raises:
        StoreError: it is not there, cannot be written, or another process writes.
        DamagedIndexError: nothing in it is sound.
        IncompatibleIndexError: the embedder is another.
    """
    file = database_of(folder)
    with writing(folder):
        faults = verify(folder)
        if not faults:
            return Repair((), read_facts_of(folder).documents, 0, (), 0)
        if all(fault.part == "cache" for fault in faults):
            (folder / CACHE).unlink(missing_ok=True)
            contents = read(folder)
            keep_cache(folder, contents)
            return Repair(tuple(faults), len(contents.documents), 0, (), 0)
        facts, found, lost = _salvaged(file)
        if not found and (facts is None or facts.documents):
            raise DamagedIndexError(f"{file} is damaged, and nothing in it is sound.", REBUILD)
        whole = facts is not None and len(found) == facts.documents
        missing = [one for one in found if isinstance(one, Document)]
        if missing or facts is None:
            model = embedder()
            facts = facts or new_facts(model)
            check_embedder(folder, facts, model)
            batches = prepare(missing, facts, model, progress=progress)
            anew = {one.document.id: one for batch in batches for one in batch}
        else:
            anew = {}
        prepared = [one if isinstance(one, Prepared) else anew[one.id] for one in found]
        lost_count = max(len(lost), facts.documents - len(prepared))
        if not whole:
            _keep_damaged(folder)
        replace_database(folder, facts, prepared)
        keep_cache(folder, read(folder))
        return Repair(tuple(faults), len(prepared), len(missing), tuple(lost), lost_count)


def compact(folder: Path) -> int:
    """Give back the room that removed documents took; make an outgrown FAISS index anew.

    Args:
        folder: where the index is.

    Returns:
        How many bytes the database is smaller.

    Raises:
        StoreError: it is not there, damaged, cannot be written, or another process writes.
    """
    file = database_of(folder)
    before = file.stat().st_size
    with changing(folder) as writer:
        writer.optimise()
        keep_cache(folder, read(folder, in_its_kind=True))
    return before - file.stat().st_size


def _salvaged(file: Path) -> tuple[Facts | None, list[Prepared | Document], list[str]]:
    """Whatever of a database is what was stored, in its order, and the ids of what is lost.

    A document whose passages or vectors are not is there without them.
    """
    found: list[tuple[int, Prepared | Document]] = []
    lost: list[str] = []
    facts: Facts | None = None
    with suppress(DamagedIndexError), faults_named(file), connected(file) as connection:
        with suppress(DamagedIndexError), faults_named(file):
            facts = read_facts(connection, file)
        last = facts.next_document if facts else _last_number(connection)
        taken: set[str] = set()
        for number in range(last):  # one by one, so that a bad page costs what is on it
            document, row = None, None
            with suppress(DamagedIndexError), faults_named(file):
                row = read_row(connection, number)
                document = read_document(connection, row, file) if row else None
            if row is None or _went(row):
                continue
            if document is None or document.id in taken:
                lost.append(str(row.id))
                continue
            taken.add(document.id)
            sound = _prepared(connection, row, document, facts, file) or document
            found.append((row.first, sound))
    in_order = sorted(found, key=lambda one: one[0])
    return facts, [document for _, document in in_order], lost


def _went(row: Row) -> bool:
    """Whether a document had gone, even where the row is damaged just there."""
    return row.gone is not None and not replace(row, gone=None).is_sound


def _prepared(
    connection: sqlite3.Connection, row: Row, document: Document, facts: Facts | None, file: Path
) -> Prepared | None:
    if facts is None:  # who knows which model made the vectors
        return None
    passages, vectors = None, None
    with suppress(DamagedIndexError), faults_named(file):
        passages = read_passages(connection, row, document)
        vectors = sound_vectors(connection, row, facts)
    if passages is None or vectors is None:
        return None
    return Prepared(document, [(one.start, one.end) for one in passages], vectors)


def _last_number(connection: sqlite3.Connection) -> int:
    ((last,),) = connection.execute("SELECT max(number) + 1 FROM documents")
    return int(last or 0)


def _keep_damaged(folder: Path) -> None:
    names = (f"{DAMAGED_COPY}.{number}" if number else DAMAGED_COPY for number in count())
    copy = next(folder / name for name in names if not (folder / name).exists())
    try:
        shutil.copyfile(folder / FILE, copy)
    except OSError as error:
        with suppress(OSError):  # half of one helps nobody, and the next would be kept beside it
            copy.unlink(missing_ok=True)
        raise StoreError.cannot_write(folder, error.strerror) from error
