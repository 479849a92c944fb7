"""Whether a saved index is sound, what it holds, and how it is mended."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from index.database import (
    FILE,
    REBUILD,
    Facts,
    Row,
    cannot_write,
    connected,
    content_digest,
    contents_digest,
    document_of,
    faults_named,
    read_facts,
    read_rows,
    spans_digest,
    transaction,
)
from index.embed import Embedder, Vectors
from index.errors import DamagedIndexError, InputError
from index.lexical import LexicalIndex, copy_words
from index.nearest import Making
from index.prepare import check_embedder, new_facts, prepare
from index.records import Document, Passage
from index.store import (
    Prepared,
    changing,
    database_of,
    keep_cache,
    numbers_of,
    read,
    read_facts_of,
    replace_database,
)
from index.vector_cache import FILE as CACHE
from index.vector_cache import read_cache
from index.writer_lock import WAIT_S, writing

UNIT_WITHIN = 1e-3  # of a vector's length: float32 rounds at 1e-7, eight-bit forms divide exactly
DAMAGED_COPY = f"{FILE}.damaged"  # kept where not everything could be mended


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a saved index.

    Args:
        part: what of it: ``database``, ``facts``, ``documents``, ``passages``, ``vectors``,
            ``words`` or ``cache``.
        problem: what is wrong; a full sentence.
    """

    part: str
    problem: str

    def __str__(self) -> str:
        return f"{self.part}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Info:
    """What a saved index holds.

    Args:
        facts: what it says of itself.
        making: how its FAISS index was made, or None where none is kept for this version.
        bytes_on_disk: of all its files.
    """

    facts: Facts
    making: Making | None
    bytes_on_disk: int

    def to_dict(self) -> dict[str, object]:
        """The same as JSON has it."""
        facts = asdict(self.facts)
        for internal in ("next_document", "next_passage", "words", "kind"):
            del facts[internal]
        return facts | {
            "kind": self.making.kind if self.making else None,
            "kind_asked_for": self.facts.kind,
            "recall_at_10": self.making.recall_at_10 if self.making else None,
            "bytes_on_disk": self.bytes_on_disk,
        }

    def __str__(self) -> str:
        return "\n".join(
            f"{name.replace('_', ' '):>18}  {'–' if value is None else value}"
            for name, value in self.to_dict().items()
        )


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


def info_of(folder: Path) -> Info:
    """What a saved index holds.

    Args:
        folder: where it is.

    Raises:
        StoreError: it is not there, or damaged.
    """
    facts = read_facts_of(folder)
    making = None
    with suppress(DamagedIndexError):
        kept = read_cache(folder)
        if kept is not None and (kept.version, kept.contents) == (facts.version, facts.contents):
            making = kept.vectors.making
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return Info(facts, making, size)


def verify(folder: Path) -> list[Fault]:
    """Look for everything that may be wrong with a saved index; it is only read.

    Args:
        folder: where it is.

    Returns:
        What is wrong; nothing if it is sound.

    Raises:
        StoreError: it is not there, or cannot be read.
        IncompatibleIndexError: it is of another format version.
    """
    file = database_of(folder)
    faults: list[Fault] = []
    with _noted(faults, "database", file), connected(file) as connection:
        connection.execute("ATTACH ':memory:' AS held")
        with transaction(connection, kind="DEFERRED"):
            found = [text for (text,) in connection.execute("PRAGMA main.integrity_check")]
            faults += [Fault("database", f"{file}: {text}.") for text in found if text != "ok"]
            facts = _sound_facts(connection, file, faults)
            if facts is None:
                return faults
            contents = _verify_documents(connection, facts, file, faults)
            if contents is not None:
                _verify_cache(folder, contents, connection, faults)
            with _noted(faults, "words", file):
                copy_words(connection)
        if contents is not None:
            with _noted(faults, "words", file):
                _verify_words(LexicalIndex.of_copy(connection), contents, file, faults)
    return faults


def repair(
    folder: Path,
    *,
    embedder: Callable[[], Embedder],
    progress: bool = False,
    wait_s: float = WAIT_S,
) -> Repair:
    """Make a saved index anew of all that is sound in it, if something is not.

    Words and FAISS index are made of the texts and vectors. Passages and vectors that are not
    what was stored are cut and embedded anew. A text that is not what was stored is lost: the
    damaged database is then kept beside the new one.

    Args:
        folder: where it is.
        embedder: gives the model it was made with; called only if something is embedded.
        progress: show a progress bar while that is done.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: it is not there, cannot be written, or another process writes.
        IncompatibleIndexError: the embedder is another.
    """
    file = database_of(folder)
    with writing(folder, wait_s=wait_s):
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


def compact(folder: Path, *, wait_s: float = WAIT_S) -> int:
    """Give back the room that removed documents took.

    Args:
        folder: where the index is.
        wait_s: seconds to wait for another writer.

    Returns:
        How many bytes the database is smaller.

    Raises:
        StoreError: it is not there, damaged, cannot be written, or another process writes.
    """
    file = database_of(folder)
    before = file.stat().st_size
    with changing(folder, wait_s=wait_s) as writer:
        writer.optimise()
    return before - file.stat().st_size


@contextmanager
def _noted(faults: list[Fault], part: str, file: Path) -> Iterator[None]:
    """Damage that is met inside the block is a fault, and the block ends."""
    try:
        with faults_named(file):
            yield
    except DamagedIndexError as error:
        faults.append(Fault(part, error.problem))


def _sound_facts(connection: sqlite3.Connection, file: Path, faults: list[Fault]) -> Facts | None:
    try:
        with faults_named(file):
            return read_facts(connection, file)
    except DamagedIndexError as error:
        faults.append(Fault("facts", error.problem))
    return None


def _verify_documents(
    connection: sqlite3.Connection, facts: Facts, file: Path, faults: list[Fault]
) -> "_Sound | None":
    """Documents, passages and vectors, if all of them are sound."""
    before = len(faults)
    rows: list[Row] = []
    with _noted(faults, "documents", file):
        rows = read_rows(connection)
        if contents_digest(facts, rows) != facts.contents:
            faults.append(Fault("documents", f"{file} is damaged (its list of documents)."))
    documents: list[Document] = []
    passages: list[Passage] = []
    vectors: list[Vectors] = []
    for row in rows:
        with _noted(faults, "documents", file):
            document = _document(connection, row, file)
            if document is None:
                faults.append(
                    Fault("documents", f"The document {row.id} is not what was stored in {file}.")
                )
                continue
            documents.append(document)
            passages += _sound_passages(connection, row, document, file, faults)
            vectors.append(_sound_vectors(connection, row, facts, file, faults))
    for table, count in (
        ("documents", facts.documents),
        ("passages", facts.passages),
        ("vectors", facts.passages),
    ):
        with _noted(faults, table, file):
            ((there,),) = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            if there != count:
                faults.append(Fault(table, f"{file} has {there} {table} instead of {count}."))
    if len(faults) > before:
        return None
    whole = np.concatenate(vectors) if vectors else np.zeros((0, facts.dimension), dtype=np.float32)
    return _Sound(facts, rows, passages, whole)


@dataclass(frozen=True, slots=True)
class _Sound:
    facts: Facts
    rows: Sequence[Row]
    passages: Sequence[Passage]
    vectors: Vectors


def _sound_passages(
    connection: sqlite3.Connection, row: Row, document: Document, file: Path, faults: list[Fault]
) -> list[Passage]:
    with _noted(faults, "passages", file):
        passages = _passages(connection, row, document)
        if passages is not None:
            return passages
        faults.append(
            Fault("passages", f"The passages of {row.id} are not what was stored in {file}.")
        )
    return []


def _sound_vectors(
    connection: sqlite3.Connection, row: Row, facts: Facts, file: Path, faults: list[Fault]
) -> Vectors:
    with _noted(faults, "vectors", file):
        vectors = _vectors(connection, row, facts)
        if vectors is not None:
            return vectors
        faults.append(
            Fault("vectors", f"The vectors of {row.id} are not what was stored in {file}.")
        )
    return np.zeros((0, facts.dimension), dtype=np.float32)


def _verify_words(held: LexicalIndex, sound: _Sound, file: Path, faults: list[Fault]) -> None:
    if held.digest.hex() != sound.facts.words:
        faults.append(Fault("words", f"The words in {file} are not what was stored."))
        return
    anew = LexicalIndex.of_numbered(
        zip(
            numbers_of(sound.rows).tolist(),
            (passage.text for passage in sound.passages),
            strict=True,
        )
    )
    if any(one != other for one, other in zip_longest(held.places(), anew.places())):
        faults.append(Fault("words", f"The words in {file} are not those of its passages."))


def _verify_cache(
    folder: Path, sound: _Sound, connection: sqlite3.Connection, faults: list[Fault]
) -> None:
    file = folder / CACHE
    with _noted(faults, "cache", file):
        kept = read_cache(folder)
        if kept is None:
            return
        known = connection.execute(
            "SELECT 1 FROM history WHERE version = ? AND contents = ?",
            (kept.version, bytes.fromhex(kept.contents)),
        ).fetchone()
        if known is None:
            faults.append(Fault("cache", f"{file} is of another index."))
            return
        if kept.contents != sound.facts.contents:
            return  # of an earlier version: it is brought up to date when the index is opened
        held = kept.vectors
        if not np.array_equal(held.numbers, numbers_of(sound.rows)) or (
            held.is_exact and not np.array_equal(held.vectors_of(held.numbers), sound.vectors)
        ):
            faults.append(Fault("cache", f"{file} has other vectors than the database."))


def _document(connection: sqlite3.Connection, row: Row, file: Path) -> Document | None:
    held = connection.execute(
        "SELECT id, title, text, fields FROM documents WHERE number = ?", (row.number,)
    ).fetchone()
    if held is None or content_digest(*held) != row.content:
        return None
    return document_of(*held, file=file)


def _passages(connection: sqlite3.Connection, row: Row, document: Document) -> list[Passage] | None:
    spans = connection.execute(
        "SELECT start, end FROM passages WHERE number >= ? AND number < ? ORDER BY number",
        (row.first, row.first + row.passages),
    ).fetchall()
    if len(spans) != row.passages or spans_digest(spans) != row.spans:
        return None
    try:
        return [Passage(document, start, end) for start, end in spans]
    except InputError:  # out of the document's range
        return None


def _vectors(connection: sqlite3.Connection, row: Row, facts: Facts) -> Vectors | None:
    held = connection.execute(
        "SELECT vector FROM vectors WHERE number >= ? AND number < ? ORDER BY number",
        (row.first, row.first + row.passages),
    ).fetchall()
    data = b"".join(vector for (vector,) in held)
    size = row.passages * facts.dimension * np.dtype(np.float32).itemsize
    if len(data) != size or hashlib.sha256(data).digest() != row.vectors:
        return None
    vectors = np.frombuffer(data, dtype=np.float32).reshape(row.passages, facts.dimension)
    lengths = np.linalg.norm(vectors, axis=1)
    return vectors if np.all(np.abs(lengths - 1) <= UNIT_WITHIN) else None


def _salvaged(file: Path) -> tuple[Facts | None, list[Prepared | Document], list[str]]:
    """Whatever of a database is what was stored, in its order, and the ids of what is lost.

    A document whose passages or vectors are not is there without them.
    """
    found: list[Prepared | Document] = []
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
                row = _row(connection, number)
                document = _document(connection, row, file) if row else None
            if row is None:
                continue
            if document is None or document.id in taken:
                lost.append(str(row.id))
                continue
            taken.add(document.id)
            found.append(_prepared(connection, row, document, facts, file) or document)
    return facts, found, lost


def _prepared(
    connection: sqlite3.Connection, row: Row, document: Document, facts: Facts | None, file: Path
) -> Prepared | None:
    if facts is None:  # who knows which model made the vectors
        return None
    passages, vectors = None, None
    with suppress(DamagedIndexError), faults_named(file):
        passages = _passages(connection, row, document)
        vectors = _vectors(connection, row, facts)
    if passages is None or vectors is None:
        return None
    return Prepared(document, [(one.start, one.end) for one in passages], vectors)


def _row(connection: sqlite3.Connection, number: int) -> Row | None:
    held = connection.execute(
        "SELECT number, id, first, passages, content, spans, vectors FROM documents"
        " WHERE number = ?",
        (number,),
    ).fetchone()
    return Row(*held) if held else None


def _last_number(connection: sqlite3.Connection) -> int:
    ((last,),) = connection.execute("SELECT max(number) + 1 FROM documents")
    return int(last or 0)


def _keep_damaged(folder: Path) -> None:
    try:
        (folder / DAMAGED_COPY).write_bytes((folder / FILE).read_bytes())
    except OSError as error:
        raise cannot_write(folder, error.strerror) from error
