"""A saved index as it is read: one version of it.

The database holds the truth, vectors included. The list of documents, the words and the FAISS
index are copied into memory; texts and vectors are read when they are asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.choices import Choices
from index.database import connected, damaged, faults_named
from index.errors import DamagedIndexError
from index.facts import Facts, read_facts
from index.folder import database_of
from index.held_file import HeldFile
from index.kept_labels import read_labels
from index.kept_words import Part, checked_parts, read_postings
from index.labels import Label, Labels
from index.lexical import LexicalIndex
from index.nearest import PART, NearestVectors
from index.numbers import Numbers, Vectors
from index.on_demand import Articles, ArticleSource, OnDemand, VectorSource
from index.postings import Postings
from index.records import Document, Passage
from index.rows import read_listing, was_version
from index.vector_cache import CachedVectors, read_cache, write_cache


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of an index.

    Args:
        facts: what the index says of itself.
        documents: the articles, in the order in which they were added.
        passages: their passages, in the order of the documents.
        starts: how many passages stand before each document, and before the end.
        vectors: those of the passages, under numbers in the same order.
        words: those of the passages, under the same numbers.
        exact: gives the vectors as they were made.
        choices: what filters leave of the passages.
        articles: finds what is not all in memory; None where everything is.
        parts: what was read of its words.
        is_cached: whether the folder keeps the FAISS index.
    """

    facts: Facts
    documents: Sequence[Document]
    passages: Sequence[Passage]
    starts: Numbers
    vectors: NearestVectors
    words: LexicalIndex
    exact: VectorSource
    choices: Choices
    articles: ArticleSource | None = None
    parts: Mapping[Part, Postings] = field(default_factory=dict, repr=False)
    is_cached: bool = False

    def passage(self, number: int) -> Passage:
        """The passage with a number.

        Raises:
            DamagedIndexError: it is not what was written.
            StoreError: it went, and its room was taken back.
        """
        if self.articles is not None:
            return self.articles.passage_numbered(number)
        return self.passages[number]

    def place_of(self, id: str) -> int | None:
        """The place of the document with this id, or None if there is none."""
        if self.articles is not None:
            return self.articles.place_of(id)
        return place_among(self.documents, id)

    def rows_of(self, place: int) -> range:
        """The places of the passages of the document at a place."""
        start, end = self.starts[place : place + 2].tolist()
        return range(start, end)

    def vectors_of(self, numbers: Numbers) -> Vectors:
        """The vectors of passages, as they were made.

        Raises:
            StoreError: as for ``passage``.
        """
        if self.vectors.gives_back:
            return self.vectors.vectors_of(numbers)
        return self.exact.vectors_of(numbers)


def place_among(documents: Sequence[Document], id: str) -> int | None:
    """The place of the document with an id among some, or None if there is none."""
    return next((place for place, one in enumerate(documents) if one.id == id), None)


def read(folder: Path, *, previous: Contents | None = None, in_its_kind: bool = False) -> Contents:
    """Open a saved index.

    Args:
        folder: where it is.
        previous: what was read from there before; what is still the same is not read again.
        in_its_kind: make a FAISS index that has outgrown its kind anew, however long it takes;
            else it is brought up.

    Raises:
        StoreError: there is no index.
        DamagedIndexError: what is there is not what was written.
        IncompatibleIndexError: it has another format version.
    """
    held = HeldFile(database_of(folder))
    with held.one_version() as connection:
        facts = read_facts(connection, held.file)
        listing = read_listing(connection, facts, held.file)
        parts = read_postings(
            connection,
            checked_parts(connection, facts, held.file),
            held.file,
            known=previous.parts if previous else {},
        )
    # From here on what is read under a number is the same in every version.
    articles = Articles(held, facts, listing)
    with faults_named(held.file):
        words = LexicalIndex.of_parts(list(parts.values()), living=listing.passages)
        if words.count != facts.passages:
            raise damaged(held.file, "its words")
    base = _base(held, facts, folder, previous)
    vectors = _nearest(facts, articles, base.vectors if base else None, in_its_kind=in_its_kind)
    documents = OnDemand(facts.documents, articles.document)

    def labels() -> Labels:
        if facts.labels is None:
            return Labels(map(Label.of, documents))
        return read_labels(held, facts, listing.numbers)

    return Contents(
        facts=facts,
        documents=documents,
        passages=OnDemand(facts.passages, articles.passage),
        starts=listing.starts,
        vectors=vectors,
        words=words,
        exact=articles,
        choices=Choices(
            labels, place_of=articles.place_of, starts=listing.starts, numbers=listing.passages
        ),
        articles=articles,
        parts=parts,
        is_cached=base is not None and base.is_cached and vectors.held is base.vectors.held,
    )


def open_articles(folder: Path) -> tuple[Facts, Articles]:
    """One version of a saved index, without what is searched: its documents, read when asked for.

    Raises:
        StoreError: as for ``read``.
    """
    held = HeldFile(database_of(folder))
    with held.one_version() as connection:
        facts = read_facts(connection, held.file)
        listing = read_listing(connection, facts, held.file)
    return facts, Articles(held, facts, listing)


def made_anew(
    facts: Facts, articles: Articles, *, before_part: Callable[[], None] | None = None
) -> NearestVectors:
    """A FAISS index of all vectors of a saved index, of the kind that was asked for or fits.

    Args:
        facts: of its version.
        articles: of that version.
        before_part: called before each part of the vectors is read.

    Raises:
        StoreError: the vectors cannot be read, are damaged, or went since.
    """
    numbers = articles.listing.passages

    def parts() -> Iterator[Vectors]:
        for start in range(0, len(numbers), PART):
            if before_part is not None:
                before_part()
            yield articles.vectors_of(numbers[start : start + PART])

    return NearestVectors.from_parts(numbers, parts, dimension=facts.dimension, kind=facts.kind)


def read_facts_of(folder: Path) -> Facts:
    """What a saved index says of itself.

    Raises:
        StoreError: as for ``read``.
    """
    file = database_of(folder)
    with faults_named(file), connected(file) as connection:
        return read_facts(connection, file)


def keep_cache(folder: Path, contents: Contents) -> Contents:
    """Keep the FAISS index of what was read, unless it is kept; for the one writer.

    Where it cannot be written, opening is slower the next time.
    """
    facts = contents.facts
    if contents.is_cached or not contents.vectors.is_whole or read_facts_of(folder) != facts:
        return contents
    with suppress(OSError):
        write_cache(folder, CachedVectors(facts.version, facts.contents, contents.vectors))
        return replace(contents, is_cached=True)
    return contents


@dataclass(frozen=True, slots=True)
class _Base:
    """Vectors to go on from, and whether the folder keeps their FAISS index."""

    vectors: NearestVectors
    is_cached: bool


def _base(held: HeldFile, facts: Facts, folder: Path, previous: Contents | None) -> _Base | None:
    """Vectors of an earlier version, or of this one, that were read or kept."""
    if previous is not None and previous.articles is not None:
        with held.one_version() as connection:
            if was_version(connection, previous.facts.version, previous.facts.contents):
                return _Base(previous.vectors, previous.is_cached)
    try:
        kept = read_cache(folder)
    except DamagedIndexError:  # all that is in it is in the database too
        return None
    if kept is None or kept.version > facts.version:
        return None
    with held.one_version() as connection:
        if was_version(connection, kept.version, kept.contents):
            return _Base(kept.vectors, is_cached=True)
    return None


def _nearest(
    facts: Facts, articles: Articles, base: NearestVectors | None, *, in_its_kind: bool
) -> NearestVectors:
    numbers = articles.listing.passages
    if base is None or base.is_overtaken(numbers, kind=facts.kind):
        return made_anew(facts, articles)
    brought_up = base.brought_up(numbers, articles.vectors_of)
    if in_its_kind and brought_up.has_outgrown(kind=facts.kind):
        return made_anew(facts, articles)
    return brought_up
