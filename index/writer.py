"""Changes of a saved index, each of them one transaction by the one process that writes."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.database import (
    FILE,
    LABELS,
    PAGE_BYTES,
    TABLES,
    connected,
    damaged,
    faults_named,
    transaction,
)
from index.document_table import Row, no_contents, read_row, read_row_of, read_rows, with_rows
from index.errors import InputError, StoreError
from index.facts import Facts, read_facts, write_facts
from index.filters import check_name
from index.folder import FIRST_FORMAT, FRESH, JOURNALS, database_of, is_free, is_stored_index
from index.kept_labels import changed_digest as changed_labels
from index.kept_labels import insert_label
from index.kept_words import (
    Part,
    all_to_merge,
    checked_parts,
    insert_part,
    merge_parts,
    parts_digest,
    parts_to_merge,
    read_parts,
)
from index.numbers import Numbers, Vectors
from index.postings import Postings
from index.records import Document
from index.rows import VECTOR_TYPE, changed_digest, read_document, spans_to_bytes, vectors_digest
from index.sentences import Span
from index.stored_document import content_digest, fields_of, spans_digest, vector_digest
from index.terms import Terms
from index.vector_cache import FILE as CACHE
from index.writer_lock import WAIT_S, writing

CACHE_KB = 64_000  # of pages: a change that fits does not keep readers waiting until it ends
PUT_PASSAGES = 256  # in one transaction, when an index is written whole
# The room of documents that went is taken back when they are so many passages, and a share of
# all; until then whoever has an earlier version open reads them.
GONE_PASSAGES = 1_000
GONE_SHARE = 4


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be stored.

    Args:
        document: the article.
        spans: those of its passages.
        vectors: one for each passage, of length 1.
    """

    document: Document
    spans: Sequence[Span]
    vectors: Vectors


def create_index(
    folder: Path, facts: Facts, prepared: Iterable[Prepared] = (), *, wait_s: float = WAIT_S
) -> None:
    """Make a saved index: the new one appears whole, or what was there stays.

    Args:
        folder: where to; an index that is there is replaced.
        facts: embedder, dimension and options.
        prepared: the first documents.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: the folder holds something else, cannot be written, or another writes.
    """
    try:
        if folder.exists() and not is_stored_index(folder) and not is_free(folder):
            raise StoreError(
                f"{folder} exists and is not an index.", "Name a new or an empty folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder, wait_s=wait_s):
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


@contextmanager
def changing(folder: Path, *, wait_s: float = WAIT_S) -> Iterator["Writer"]:
    """Be the only writer of a saved index inside the block.

    Args:
        folder: where it is.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: another still writes, the folder cannot be written, or as for ``read``.
    """
    file = database_of(folder)
    with writing(folder, wait_s=wait_s), ExitStack() as stack:
        with faults_named(file):
            writer = Writer(stack.enter_context(connected(file)), file)
        yield writer  # what is raised in the block, by an embedder for one, is no fault of the file


class Writer:
    """What changes a saved index; each change is one transaction.

    Args:
        connection: to the database.
        file: of the database.

    Raises:
        DamagedIndexError: what is there is not what was written.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self._terms = Terms()
        self._added_postings = 0
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        self.facts = read_facts(connection, file)
        checked_parts(connection, self.facts, file)
        if self.facts.labels is None:
            self._label_all()

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self._row(id) is not None

    def has(self, document: Document) -> bool:
        """Whether the document is there as it is."""
        row = self._row(document.id)
        return row is not None and row.content == _content(document)

    def has_text_of(self, document: Document) -> bool:
        """Whether a document with this id and text is there, whatever its title."""
        row = self._row(document.id)
        return row is not None and self._read(row).text == document.text

    def put(self, prepared: Sequence[Prepared]) -> None:
        """Store documents, each in place of one with the same id."""
        facts = self.facts
        with faults_named(self._file), transaction(self._connection):
            come: list[Row] = []
            gone: list[Row] = []
            for one in prepared:
                there = self._row(one.document.id)
                if there is not None:
                    gone.append(self._drop(there))
                row = self._insert(one, facts)
                come.append(row)
                facts = replace(
                    facts, next_document=row.number + 1, next_passage=row.first + row.passages
                )
            facts = self._put_words(prepared, come, facts)
            facts = self._settle(facts, come=come, gone=gone)
        self.facts = facts

    def rename(self, documents: Iterable[Document]) -> None:
        """Give documents whose text is there another title and other fields.

        Their places and passages stay.

        Args:
            documents: as they are to be; taken one at a time.
        """
        facts = self.facts
        with faults_named(self._file), transaction(self._connection):
            come, gone = [], []
            for document in documents:
                row = self._row(document.id)
                if row is None:
                    raise InputError(f"There is no article {document.id}.", "Add it first.")
                gone.append(self._drop(row))
                anew = replace(row, number=facts.next_document, content=_content(document))
                ((spans,),) = self._connection.execute(
                    "SELECT spans FROM texts WHERE number = ?", (row.number,)
                )
                self._write(anew, document, spans)
                come.append(anew)
                facts = replace(facts, next_document=anew.number + 1)
            facts = self._settle(facts, come=come, gone=gone)
        self.facts = facts

    def rename_collection(self, old: str, new: str) -> int:
        """Give a collection another name.

        Args:
            old: its name; empty for the documents that are in none.
            new: what it is called then; empty for none.

        Returns:
            How many documents are in it.

        Raises:
            InputError: there is no such collection, or already one of the new name, or a name
                is not valid Unicode.
        """
        for name in (old, new):
            check_name(name)
        if new and new != old and self._numbers_in(new):
            raise InputError(
                f"There is a collection {new!r} already.", "Choose a name that is free."
            )
        numbers = self._numbers_in(old)
        if not numbers:
            raise InputError(f"There is no collection {old!r}.", "Choose one of the index.")
        if new != old:
            self.rename(self._read_numbered(number, new) for number in numbers)
        return len(numbers)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove documents: all of them, or none.

        Raises:
            InputError: there is no such document.
        """
        rows = []
        for name in dict.fromkeys(ids):
            row = self._row(name)
            if row is None:
                raise InputError(f"There is no article {name}.", "Choose one of the index.")
            rows.append(row)
        with faults_named(self._file), transaction(self._connection):
            gone = [self._drop(row) for row in rows]
            facts = self._settle(self.facts, gone=gone)
        self.facts = facts

    def tidy(self) -> None:
        """After much was added, make the words one part; the contents stay."""
        with faults_named(self._file):
            parts = read_parts(self._connection)
            worth = all_to_merge(parts, added=self._added_postings)
            if worth:
                with transaction(self._connection):
                    facts = self._merge(worth, self.facts)
                    facts = replace(facts, words=parts_digest(read_parts(self._connection)))
                    write_facts(self._connection, facts)
                self.facts = facts

    def optimise(self) -> None:
        """Make the words one part and give free room back; the contents stay.

        What went is gone then for those too who have an earlier version open.
        """
        with faults_named(self._file):
            with transaction(self._connection):
                facts = self._take_back(self.facts)
                facts = self._merge(read_parts(self._connection), facts)
                facts = replace(facts, words=parts_digest(read_parts(self._connection)))
                write_facts(self._connection, facts)
            self._connection.execute("VACUUM")
        self.facts = facts

    def _label_all(self) -> None:
        """Bring an index of the format before up to ours; the contents stay."""
        with transaction(self._connection):
            self._connection.execute(LABELS)
            numbers = []
            for row in list(read_rows(self._connection)):
                # One that went may be damaged, and nobody asks for it.
                if row.gone is None:
                    insert_label(self._connection, row.number, self._read(row))
                    numbers.append(row.number)
            labels = changed_labels(self._connection, "0", come=numbers)
            facts = replace(self.facts, labels=labels)
            write_facts(self._connection, facts)
        self.facts = facts

    def _row(self, id: str) -> Row | None:
        with faults_named(self._file):
            return read_row_of(self._connection, id, self._file)

    def _numbers_in(self, collection: str) -> list[int]:
        """The numbers of the documents that are in a collection, or in none for an empty name."""
        with faults_named(self._file):
            found = self._connection.execute(
                "SELECT documents.number FROM documents"
                " LEFT JOIN labels ON labels.number = documents.number"
                " WHERE gone IS NULL AND coalesce(collection, '') = ? ORDER BY documents.number",
                (collection,),
            )
            return [number for (number,) in found]

    def _read_numbered(self, number: int, collection: str) -> Document:
        row = read_row(self._connection, number)
        if row is None or not row.is_sound:
            raise damaged(self._file, "a document")
        return replace(self._read(row), collection=collection)

    def _read(self, row: Row) -> Document:
        with faults_named(self._file):
            document = read_document(self._connection, row, self._file)
        if document is None:
            raise damaged(self._file, f"the document {row.id}")
        return document

    def _insert(self, one: Prepared, facts: Facts) -> Row:
        spans = spans_to_bytes(one.spans)
        vectors = [vector.astype(VECTOR_TYPE).tobytes() for vector in one.vectors]
        digests = [vector_digest(vector) for vector in vectors]
        row = Row(
            number=facts.next_document,
            id=one.document.id,
            first=facts.next_passage,
            passages=len(one.spans),
            content=_content(one.document),
            spans=spans_digest(spans),
            vectors=vectors_digest(digests),
        )
        self._write(row, one.document, spans)
        self._connection.executemany(
            "INSERT INTO vectors VALUES (?, ?, ?)",
            zip(row.numbers, digests, vectors, strict=True),
        )
        return row

    def _write(self, row: Row, document: Document, spans: bytes) -> None:
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (
                row.number,
                row.id,
                row.first,
                row.passages,
                row.content,
                row.spans,
                row.vectors,
                row.digest,
            ),
        )
        self._connection.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?)",
            (row.number, document.title, fields_of(document), spans, document.text),
        )
        insert_label(self._connection, row.number, document)

    def _drop(self, row: Row) -> Row:
        """Note that a document goes with this change; as it was."""
        went = replace(row, gone=self.facts.version + 1)
        self._connection.execute(
            "UPDATE documents SET gone = ?, digest = ? WHERE number = ?",
            (went.gone, went.digest, row.number),
        )
        return row

    def _put_words(self, prepared: Sequence[Prepared], rows: Sequence[Row], facts: Facts) -> Facts:
        numbers = [number for row in rows for number in row.numbers]
        if not numbers:
            return facts
        texts = [one.document.text[start:end] for one in prepared for start, end in one.spans]
        postings = Postings.from_texts(numbers, texts, terms=self._terms)
        self._added_postings += len(postings.rows)
        insert_part(self._connection, postings, number=facts.next_words)
        facts = replace(facts, next_words=facts.next_words + 1)
        parts = read_parts(self._connection)
        return self._merge(parts_to_merge(parts, added=self._added_postings), facts)

    def _merge(self, parts: Sequence[Part], facts: Facts) -> Facts:
        if not parts:
            return facts
        merge_parts(
            self._connection,
            parts,
            self._file,
            living=self._living(parts[0].first),
            number=facts.next_words,
        )
        return replace(facts, next_words=facts.next_words + 1)

    def _living(self, first: int) -> Numbers:
        """The numbers of the passages that there are, from one on."""
        found = self._connection.execute(
            "SELECT first, passages FROM documents WHERE first >= ? AND gone IS NULL"
            " ORDER BY first",
            (first,),  # a part begins with a document
        ).fetchall()
        table = np.array(found, dtype=np.int64).reshape(len(found), 2)
        ends = np.cumsum(table[:, 1])
        starts = table[:, 0] - (ends - table[:, 1])
        return np.repeat(starts, table[:, 1]) + np.arange(ends[-1] if len(ends) else 0)

    def _settle(self, facts: Facts, *, come: Sequence[Row] = (), gone: Sequence[Row] = ()) -> Facts:
        """Keep what the index says of itself after a change, which costs what was changed."""
        passages_gone = sum(row.passages for row in gone)
        facts = replace(
            facts,
            version=facts.version + 1,
            documents=facts.documents + len(come) - len(gone),
            passages=facts.passages + sum(row.passages for row in come) - passages_gone,
            gone=facts.gone + passages_gone,
            contents=with_rows(facts.contents, come=come, gone=gone),
            listed=changed_digest(facts.listed, come=come, gone=gone),
            labels=changed_labels(
                self._connection,
                facts.labels or "0",
                come=[row.number for row in come],
                gone=[row.number for row in gone],
            ),
        )
        if facts.gone > max(GONE_PASSAGES, facts.passages // GONE_SHARE):
            facts = self._take_back(facts)
        facts = replace(facts, words=parts_digest(read_parts(self._connection)))
        write_facts(self._connection, facts)
        return facts

    def _take_back(self, facts: Facts) -> Facts:
        """Delete what went; passages that another title's document has stay."""
        run = self._connection.execute
        went = run("SELECT number, first, passages FROM documents WHERE gone IS NOT NULL")
        for number, first, passages in went.fetchall():
            run("DELETE FROM documents WHERE number = ?", (number,))
            run("DELETE FROM texts WHERE number = ?", (number,))
            run("DELETE FROM labels WHERE number = ?", (number,))
            if run("SELECT 1 FROM documents WHERE first = ?", (first,)).fetchone() is None:
                run(
                    "DELETE FROM vectors WHERE number >= ? AND number < ?",
                    (first, first + passages),
                )
        return replace(facts, gone=0)


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


def _content(document: Document) -> bytes:
    return content_digest(document.id, document.title, document.text, fields_of(document))


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
