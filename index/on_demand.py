"""Documents, passages and vectors of a saved index, read when they are asked for."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar, overload

import numpy as np

from index.database import damaged
from index.document_table import Row
from index.errors import DamagedIndexError, InputError, StoreError
from index.facts import Facts
from index.held_file import HeldFile
from index.numbers import Numbers, Vectors
from index.records import Document, Passage
from index.rows import Listing, is_vector, joined_vectors, spans_of, was_version
from index.sentences import Span
from index.stored_document import content_digest, document_of, spans_digest

# A ``Row`` as ``document_table.ROWS`` gives it, and what there is to it.
ARTICLE = (
    "SELECT documents.number, id, first, passages, content, documents.spans, vectors, gone, digest,"
    " title, text, fields, texts.spans"
    " FROM documents JOIN texts ON texts.number = documents.number WHERE documents.number = ?"
)
KEPT_CHARS = 8_000_000  # of documents that were read, for whoever reads them again
NEAR = 4  # of numbers so many times apart, all that lie between are read in one go

Item = TypeVar("Item")


class VectorSource(Protocol):
    """Gives vectors as they were made."""

    def vectors_of(self, numbers: Numbers) -> Vectors:
        """The vectors with these numbers.

        Args:
            numbers: of vectors that are there.
        """
        ...


class ArticleSource(Protocol):
    """Finds documents and passages."""

    def passage_numbered(self, number: int) -> Passage:
        """A passage, by its number."""
        ...

    def place_of(self, id: str) -> int | None:
        """The place of the document with this id, or None if there is none."""
        ...


class HeldVectors:
    """Vectors in memory, under numbers from 0."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def vectors_of(self, numbers: Numbers) -> Vectors:
        """The vectors with these numbers."""
        return self._vectors[numbers]


class Articles:
    """The documents of one version of a saved index; safe to share between threads.

    What is read is held to its checksum then.

    Args:
        held: the database.
        facts: of the version.
        listing: its documents.
    """

    def __init__(self, held: HeldFile, facts: Facts, listing: Listing) -> None:
        self.listing = listing
        self._held = held
        self._facts = facts
        self._lock = Lock()
        self._kept: OrderedDict[int, tuple[Document, Sequence[Span]]] = OrderedDict()
        self._kept_chars = 0

    def document(self, place: int) -> Document:
        """A document, by its place.

        Raises:
            DamagedIndexError: it is not what was written.
            StoreError: it went, and its room was taken back.
        """
        return self._article(place)[0]

    def article(self, place: int) -> tuple[Document, Sequence[Span]]:
        """A document and the spans of its passages, by its place.

        Raises:
            StoreError: as for ``document``.
        """
        return self._article(place)

    def passage(self, place: int) -> Passage:
        """A passage, by its place among all.

        Raises:
            StoreError: as for ``document``.
        """
        starts = self.listing.starts
        article = int(np.searchsorted(starts, place, side="right")) - 1
        document, spans = self._article(article)
        try:
            return Passage(document, *spans[place - int(starts[article])])
        except InputError as error:
            raise self._damaged(f"the passages of the document {document.id}") from error

    def passage_numbered(self, number: int) -> Passage:
        """A passage, by its number.

        Raises:
            StoreError: as for ``document``.
        """
        article = int(np.searchsorted(self.listing.firsts, number, side="right")) - 1
        offset = number - int(self.listing.firsts[article])
        return self.passage(int(self.listing.starts[article]) + offset)

    def place_of(self, id: str) -> int | None:
        """The place of the document with this id, or None if there is none."""
        for (number,) in self._held.rows("SELECT number FROM documents WHERE id = ?", (id,)):
            places = np.flatnonzero(self.listing.numbers == number)
            if len(places) and self.document(int(places[0])).id == id:
                return int(places[0])
        return None

    def vectors_of(self, numbers: Numbers) -> Vectors:
        """The vectors with these numbers.

        Raises:
            DamagedIndexError: they are not what was stored.
            StoreError: they went, and their room was taken back.
        """
        wanted = np.asarray(numbers, dtype=np.int64)
        found: dict[int, bytes] = {}
        dimension = self._facts.dimension
        for number, digest, vector in self._vector_rows(wanted):
            if not is_vector(vector, digest, dimension=dimension):
                raise self._damaged(f"the vectors of {self._told(number)}")
            found[number] = vector
        try:
            return joined_vectors([found[n] for n in wanted.tolist()], dimension=dimension)
        except KeyError as error:
            raise self._missing(f"the vectors of {self._told(error.args[0])}") from None

    def had_version(self, version: int, contents: str) -> bool:
        """Whether the file that they are read from had these contents in that version.

        Args:
            version: of a saved index, this one or another.
            contents: the checksum of its contents.

        Raises:
            StoreError: as for ``document``.
        """
        with self._held.one_version() as connection:
            return was_version(connection, version, contents)

    def _vector_rows(self, wanted: Numbers) -> Iterator[tuple[int, bytes, bytes]]:
        if len(wanted) and int(wanted.max() - wanted.min()) < NEAR * len(wanted):
            yield from self._held.rows(
                "SELECT number, digest, vector FROM vectors WHERE number BETWEEN ? AND ?",
                (int(wanted.min()), int(wanted.max())),
            )
            return
        yield from self._held.rows(
            "SELECT number, digest, vector FROM vectors"
            " WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(wanted.tolist()),),
        )

    def _article(self, place: int) -> tuple[Document, Sequence[Span]]:
        number = int(self.listing.numbers[place])
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        read = self._read(number, place)
        with self._lock:
            if number not in self._kept:
                self._kept[number] = read
                self._kept_chars += len(read[0].text)
            while self._kept_chars > KEPT_CHARS and len(self._kept) > 1:
                _, (oldest, _) = self._kept.popitem(last=False)
                self._kept_chars -= len(oldest.text)
        return read

    def _read(self, number: int, place: int) -> tuple[Document, Sequence[Span]]:
        found = self._held.rows(ARTICLE, (number,))
        if not found:
            raise self._missing(f"the document {number}")
        *told, title, text, fields_json, spans = found[0]
        row = Row(*told)
        where = (int(self.listing.firsts[place]), int(self.listing.sizes[place]))
        try:
            if not row.is_sound or (row.first, row.passages) != where:
                raise self._damaged(f"the document {row.id}")
            if content_digest(row.id, title, text, fields_json) != row.content:
                raise self._damaged(f"the document {row.id}")
            document = document_of(row.id, title, text, fields_json, file=self._held.file)
            if spans_digest(spans) != row.spans or len(spans_of(spans)) != row.passages:
                raise self._damaged(f"the passages of the document {row.id}")
        except (AttributeError, TypeError, ValueError) as error:  # of a number where a text was
            raise self._damaged(f"the document {row.id}") from error
        return document, spans_of(spans)

    def _told(self, number: int) -> str:
        """The document that a passage is of, as an error calls it."""
        place = int(np.searchsorted(self.listing.firsts, number, side="right")) - 1
        try:
            return f"the document {self.document(place).id}"
        except StoreError:
            return "a document"

    def _damaged(self, what: str) -> DamagedIndexError:
        return damaged(self._held.file, what)

    def _missing(self, what: str) -> StoreError:
        return self._held.changed_since(self._facts.version) or self._damaged(what)


class OnDemand(Sequence[Item], Generic[Item]):
    """Values that are read when they are asked for; equal to any sequence of the same values.

    Args:
        count: how many there are.
        read: gives the one at a place.
    """

    def __init__(self, count: int, read: Callable[[int], Item]) -> None:
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(place, slice):
            return tuple(self._read(one) for one in range(self._count)[place])
        return self._read(range(self._count)[place])

    def __iter__(self) -> Iterator[Item]:
        return map(self._read, range(self._count))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        return len(self) == len(other) and all(
            one == another for one, another in zip(self, other, strict=True)
        )

    __hash__: Any = None  # like a list

    def __repr__(self) -> str:
        return f"<{self._count} read when they are asked for>"
