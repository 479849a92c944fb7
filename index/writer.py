"""Changes of a saved index, each of them one transaction by the one process that writes."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from index.database import LABELS, connected, damaged, faults_named, transaction
from index.document_table import Row, read_row, read_row_of, read_rows, with_rows
from index.errors import InputError
from index.facts import Facts, read_facts, write_facts
from index.filters import check_name
from index.folder import database_of
from index.growing_words import GrowingWords
from index.kept_labels import changed_digest as changed_labels
from index.kept_labels import insert_label
from index.kept_words import checked_parts
from index.records import Document
from index.rows import changed_digest, read_document
from index.stored_document import digest_of
from index.storing import Prepared, delete_gone, insert_document, insert_renamed, mark_gone
from index.writer_lock import WAIT_S, writing

CACHE_KB = 64_000  # of pages: a change that fits does not keep readers waiting until it ends
# The room of documents that went is taken back when they are so many passages, and a share of
# all; until then whoever has an earlier version open reads them.
GONE_PASSAGES = 1_000
GONE_SHARE = 4


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
        self._words = GrowingWords(connection, file)
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
        return row is not None and row.content == digest_of(document)

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
                row = insert_document(
                    self._connection, one, number=facts.next_document, first=facts.next_passage
                )
                come.append(row)
                facts = replace(
                    facts, next_document=row.number + 1, next_passage=row.first + row.passages
                )
            numbers = [number for row in come for number in row.numbers]
            texts = [one.document.text[start:end] for one in prepared for start, end in one.spans]
            facts = self._words.put(numbers, texts, facts)
            facts = self._settle(facts, come=come, gone=gone)
        self.facts = facts

    def rename(self, documents: Iterable[Document]) -> None:
        """Give documents whose text is there another title and other fields.

        Their places and passages stay.

        Args:
            documents: as they are to be; taken one at a time.

        Raises:
            InputError: one of them is not there.
        """
        facts = self.facts
        with faults_named(self._file), transaction(self._connection):
            come, gone = [], []
            for document in documents:
                row = self._row(document.id)
                if row is None:
                    raise InputError(f"There is no article {document.id}.", "Add it first.")
                gone.append(self._drop(row))
                anew = insert_renamed(self._connection, row, document, number=facts.next_document)
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
            worth = self._words.worth_merging()
            if worth:
                with transaction(self._connection):
                    facts = self._words.settled(self._words.merge(worth, self.facts))
                    write_facts(self._connection, facts)
                self.facts = facts

    def optimise(self) -> None:
        """Make the words one part and give free room back; the contents stay.

        What went is gone then for those too who have an earlier version open.
        """
        with faults_named(self._file):
            with transaction(self._connection):
                facts = self._take_back(self.facts)
                facts = self._words.settled(self._words.merge_all(facts))
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
        facts = self._words.settled(facts)
        write_facts(self._connection, facts)
        return facts

    def _drop(self, row: Row) -> Row:
        """Note that a document goes with this change; as it was."""
        mark_gone(self._connection, row, version=self.facts.version + 1)
        return row

    def _take_back(self, facts: Facts) -> Facts:
        delete_gone(self._connection)
        return replace(facts, gone=0)
