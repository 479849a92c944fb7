"""The passage index: articles cut, embedded, stored and searched."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from index import store
from index.adding import Changes, add_documents, check_ids
from index.beside import beside
from index.counts import check_count
from index.embed import BATCH_SIZE, Embedder, checked_vectors
from index.embedder import shipped_embedder
from index.errors import InputError, StoreError
from index.facts import Facts
from index.filters import Filter, check_filter
from index.folder import is_stored_index
from index.fusion import fuse
from index.in_memory import STEP_PASSAGES, Embedded, embed_in_steps, held_contents, part_of
from index.info import Info, info_of
from index.making import create_index
from index.prepare import (
    BUDGET_TOKENS,
    OVERLAP_SENTENCES,
    check_embedder,
    cut_for,
    new_facts,
)
from index.records import Document, Hit, Passage
from index.remaking import Current, Remaking
from index.store import Contents
from index.storing import Prepared
from index.vector_kind import CANDIDATES
from index.writer import changing
from index.writer_lock import WAIT_S, writing


class PassageIndex:
    """Passages of documents, found by the meaning of a text and by its words.

    Make one with ``from_documents``, in memory, or ``open``, in a folder. What is searched is
    one version of a folder: that which was there when it was opened, changed or refreshed.
    """

    def __init__(
        self,
        contents: Contents,
        *,
        embedder: Embedder,
        folder: Path | None = None,
        remaking: Remaking | None = None,
    ) -> None:
        self._current = Current(contents)
        self._embedder = embedder
        self._folder = folder
        self._remaking = remaking or Remaking()
        self._remake()

    @property
    def _contents(self) -> Contents:
        return self._current.contents

    @property
    def documents(self) -> Sequence[Document]:
        """The articles, in the order in which they were added; in a folder, read when used."""
        return self._contents.documents

    @property
    def passages(self) -> Sequence[Passage]:
        """Their passages, in the order of the articles; in a folder, read when used."""
        return self._contents.passages

    def document(self, id: str) -> Document | None:
        """The article with this id, or None if there is none.

        Raises:
            StoreError: it is damaged, or its room was taken back.
        """
        place = self._contents.place_of(id)
        return None if place is None else self._contents.documents[place]

    def has_any(self, where: Filter | None = None) -> bool:
        """Whether there is an article, or one for which a filter holds.

        Args:
            where: the filter; without it, any article will do.

        Raises:
            InputError: where is no filter, or an article or a collection that it names not there.
            StoreError: as for ``search``.
        """
        check_filter(where)
        contents = self._contents
        if where is None or where.is_open:
            return len(contents.documents) > 0
        return len(contents.choices.choice(where)) > 0

    def collections(self) -> Mapping[str, int]:
        """How many articles are in each collection, by name; ``""`` for those that are in none.

        Raises:
            StoreError: as for ``search``.
        """
        return self._contents.choices.labels.collections

    @property
    def version(self) -> int:
        """Counts the changes of the folder; 0 for an index in memory."""
        return self._contents.facts.version

    @property
    def state(self) -> tuple[int, str]:
        """What is searched now: as long as it is the same, so is all that is found."""
        facts = self._contents.facts
        return facts.version, facts.contents

    @property
    def embedder(self) -> Embedder:
        """The model that made the vectors."""
        return self._embedder

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        embedder: Embedder,
        budget_tokens: int = BUDGET_TOKENS,
        overlap_sentences: int = OVERLAP_SENTENCES,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
    ) -> Self:
        """Cut documents into passages and embed them.

        Args:
            documents: the articles, each with an id of its own.
            embedder: the model that makes the vectors.
            budget_tokens: most tokens a passage holds; less if the embedder reads fewer.
            overlap_sentences: sentences that neighbouring passages share.
            batch_size: passages in one pass through the embedder.
            progress: show a progress bar on standard error.

        Raises:
            InputError: no documents, two with the same id, or an option out of range.
            ModelError: the embedder gives other vectors than it promises.
        """
        _check_documents(documents)
        batch_size = check_count("batch_size", batch_size)
        facts = new_facts(
            embedder, budget_tokens=budget_tokens, overlap_sentences=overlap_sentences
        )
        passages = _cut(documents, facts, embedder)
        texts = [passage.text for passage in passages]
        vectors = checked_vectors(embedder, texts, batch_size=batch_size, progress=progress)
        contents = held_contents(facts, tuple(documents), passages, vectors)
        return cls(contents, embedder=embedder)

    @classmethod
    def in_steps(
        cls,
        documents: Sequence[Document],
        *,
        embedder: Embedder,
        step_passages: int = STEP_PASSAGES,
    ) -> Generator[Embedded, None, Self]:
        """As ``from_documents``, told how far it has come, and stopped by closing it.

        Args:
            documents: the articles, each with an id of its own.
            embedder: the model that makes the vectors.
            step_passages: passages embedded from one telling to the next.

        Yields:
            How many passages are embedded.

        Returns:
            The index.

        Raises:
            InputError: no documents, or two with the same id.
            ModelError: the embedder gives other vectors than it promises.
        """
        _check_documents(documents)
        facts = new_facts(embedder)
        passages = _cut(documents, facts, embedder)
        texts = [passage.text for passage in passages]
        vectors = yield from embed_in_steps(texts, embedder, step_passages=step_passages)
        contents = held_contents(facts, tuple(documents), passages, vectors)
        return cls(contents, embedder=embedder)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        embedder: Embedder | None = None,
        create: bool = False,
        budget_tokens: int = BUDGET_TOKENS,
        overlap_sentences: int = OVERLAP_SENTENCES,
        kind: str | None = None,
        remaking: Remaking | None = None,
    ) -> Self:
        """Open an index in a folder, to search it and to change it.

        When its FAISS index has outgrown its kind, it is searched as it is while a thread makes
        another.

        Args:
            folder: where it is.
            embedder: the model it was made with; without one, the model we ship.
            create: make an empty one where there is none; only then the options below count.
            budget_tokens: most tokens a passage holds; less if the embedder reads fewer.
            overlap_sentences: sentences that neighbouring passages share.
            kind: a FAISS factory string, such as ``HNSW32``; without one, what fits the size.
                A kind that compresses vectors may miss a passage; what it finds is compared
                exactly.
            remaking: what makes such a FAISS index anew; of this index alone.

        Raises:
            StoreError: there is no index, or it is damaged or of another version.
            IncompatibleIndexError: it was made with another model than the embedder.
            InputError: an option is out of range.
        """
        folder = Path(folder)
        if create and not is_stored_index(folder):
            embedder = embedder or shipped_embedder()
            facts = new_facts(
                embedder,
                budget_tokens=budget_tokens,
                overlap_sentences=overlap_sentences,
                kind=kind,
            )
            create_index(folder, facts, replacing=False)
        facts = store.read_facts_of(folder)
        embedder = embedder or shipped_embedder()
        check_embedder(folder, facts, embedder)
        contents = _read(folder, embedder)
        if not contents.is_cached:
            # The FAISS index that was made is kept, unless somebody is writing, or nobody may.
            with suppress(StoreError), writing(folder, wait_s=0):
                contents = store.keep_cache(folder, contents)
        return cls(contents, embedder=embedder, folder=folder, remaking=remaking)

    @classmethod
    def load(cls, folder: str | Path, *, embedder: Embedder | None = None) -> Self:
        """Open an index that ``save`` wrote.

        Args:
            folder: where it is.
            embedder: the model it was made with; without one, the model we ship.

        Raises:
            StoreError: there is no index, or it is damaged or of another version.
            IncompatibleIndexError: it was made with another model than the embedder.
        """
        return cls.open(folder, embedder=embedder)

    def add(
        self,
        documents: Sequence[Document],
        *,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
        wait_s: float = WAIT_S,
    ) -> Changes:
        """Add documents to the folder; one whose id is there takes its place, at the end.

        They are stored a batch at a time. Stopped, it has stored whole documents, and goes on
        from there when it is called again: what is there as it is costs no embedding.

        Args:
            documents: the articles, each with an id of its own.
            batch_size: passages in one pass through the embedder.
            progress: show a progress bar on standard error.
            wait_s: seconds to wait for another writer.

        Raises:
            StoreError: the folder cannot be written, is damaged, or another process writes.
            InputError: two documents have the same id, batch_size is below 1, or the index is in
                memory.
            ModelError: the embedder gives other vectors than it promises.
        """
        batch_size = check_count("batch_size", batch_size)
        folder = self._written()
        check_ids(documents)
        with changing(folder, wait_s=wait_s) as writer:
            check_embedder(folder, writer.facts, self._embedder)
            changes = add_documents(
                writer, documents, self._embedder, batch_size=batch_size, progress=progress
            )
            writer.tidy()
            self._see(folder)
        return changes

    def remove(self, ids: Sequence[str], *, wait_s: float = WAIT_S) -> None:
        """Remove documents from the folder: all of them, or none if one is not there.

        Args:
            ids: of the documents.
            wait_s: seconds to wait for another writer.

        Raises:
            StoreError: as for ``add``.
            InputError: there is no such document, the ids are one text, or the index is in memory.
        """
        _check_several("ids", ids)
        folder = self._written()
        if not ids:
            return
        with changing(folder, wait_s=wait_s) as writer:
            check_embedder(folder, writer.facts, self._embedder)
            writer.remove(ids)
            self._see(folder)

    def rename_collection(self, old: str, new: str, *, wait_s: float = WAIT_S) -> int:
        """Give a collection of the folder another name; nothing is embedded for it.

        Args:
            old: its name; empty for the articles that are in none.
            new: what it is called then; empty for none.
            wait_s: seconds to wait for another writer.

        Returns:
            How many articles are in it.

        Raises:
            StoreError: as for ``add``.
            InputError: there is no such collection or already one of the new name, or the index
                is in memory.
        """
        folder = self._written()
        with changing(folder, wait_s=wait_s) as writer:
            check_embedder(folder, writer.facts, self._embedder)
            count = writer.rename_collection(old, new)
            self._see(folder)
        return count

    def refresh(self) -> bool:
        """Search the folder as it is now.

        Returns:
            Whether it has changed.

        Raises:
            StoreError: it is gone or damaged.
            IncompatibleIndexError: it has another embedder by now.
            InputError: the index is in memory.
        """
        folder, facts = self._written(), self._contents.facts
        now = store.read_facts_of(folder)
        if (now.version, now.contents) == (facts.version, facts.contents):
            return False
        check_embedder(folder, now, self._embedder)
        self._current.change(lambda seen: _read(folder, self._embedder, previous=seen))
        self._remake()
        return True

    def settle(self) -> None:
        """Wait until the FAISS index that is being made is made, if one is."""
        self._remaking.join()

    def close(self) -> None:
        """Let no FAISS index go on being made; the index is searched and changed as before."""
        self._remaking.stop()
        self._remaking.join()

    def only(self, document_id: str) -> "PassageIndex":
        """The part of the index that belongs to one document.

        Raises:
            InputError: there is no such document.
        """
        contents = self._contents
        place = contents.place_of(document_id)
        if place is None:
            raise InputError(f"There is no article {document_id}.", "Choose one of the index.")
        part = part_of(contents, [place])
        return PassageIndex(part, embedder=self._embedder)

    def beside(self, others: "Sequence[PassageIndex]") -> "PassageIndex":
        """The same index with others beside it, searched as one; nothing is embedded again.

        Args:
            others: indexes in memory, made by the same embedder. Of a document whose id is
                there already nothing is added.

        Returns:
            An index of no folder, which sees this one as it is now.
        """
        contents = [other._contents for other in others]  # noqa: SLF001 - of this class
        return PassageIndex(beside(self._contents, contents), embedder=self._embedder)

    def save(self, folder: str | Path, *, kind: str | None = None) -> None:
        """Write the index to a folder; an index that is there is replaced.

        Args:
            folder: where to.
            kind: a FAISS factory string; without one, what was asked for when the index was
                made, or else what fits the size.

        Raises:
            StoreError: the folder holds something else, or cannot be written.
            InputError: FAISS knows no such kind.
        """
        contents = self._contents
        facts = contents.facts
        create_index(
            Path(folder),
            new_facts(
                self._embedder,
                budget_tokens=facts.budget_tokens,
                overlap_sentences=facts.overlap_sentences,
                kind=kind or facts.kind,
            ),
            _prepared(contents),
        )

    def search(
        self,
        queries: Sequence[str],
        *,
        top_k: int = 10,
        batch_size: int = BATCH_SIZE,
        where: Filter | None = None,
    ) -> list[list[Hit]]:
        """Find the passages nearest to each query.

        A passage's score is the cosine of its vector and the query's, and its BM25 on top,
        weighted. Neither depends on what else is found.

        Args:
            queries: any texts.
            top_k: most hits a query gets.
            batch_size: queries in one pass through the embedder.
            where: which articles are searched, all of them without it: what is found then is
                what is found of these, each passage with the score that it has without.

        Returns:
            For each query its hits, best first; none where no article is as asked for.

        Raises:
            InputError: top_k or batch_size is below 1, the queries are one text, where is no
                filter, or an article or a collection that it names is not there.
            StoreError: what was found cannot be read from the folder, is damaged, or went since.
            ModelError: the embedder gives other vectors than it promises.
        """
        _check_several("queries", queries)
        top_k = check_count("top_k", top_k)
        batch_size = check_count("batch_size", batch_size)
        check_filter(where)
        if not queries:
            return []
        contents = self._contents
        among = None if where is None or where.is_open else contents.choices.choice(where)
        vectors = checked_vectors(self._embedder, queries, batch_size=batch_size)
        candidates = min(max(top_k, CANDIDATES), len(contents.passages))
        found = contents.vectors.search(vectors, top_k=candidates, among=among)
        return [
            fuse(
                contents,
                query,
                vector,
                similarities,
                top_k=top_k,
                candidates=candidates,
                among=among,
            )
            for query, vector, similarities in zip(queries, vectors, found, strict=True)
        ]

    def info(self) -> Info:
        """What the folder holds now, and how large it is.

        Raises:
            StoreError: it is gone or damaged.
            InputError: the index is in memory.
        """
        return info_of(self._written())

    def _written(self) -> Path:
        if self._folder is None:
            raise InputError("This index is in memory only.", "Save it and open the folder.")
        return self._folder

    def _see(self, folder: Path) -> None:
        """Read what was written, and keep its FAISS index."""
        self._current.change(
            lambda seen: store.keep_cache(folder, store.read(folder, previous=seen))
        )
        self._remake()

    def _remake(self) -> None:
        """Have the FAISS index made anew, if it is in a folder and has outgrown its kind."""
        if self._folder is not None:
            self._remaking.start_if_outgrown(self._folder, self._current)

    def __str__(self) -> str:
        return (
            f"{len(self.passages):,} passages of {len(self.documents):,} documents,"
            f" embedded by {self._embedder.identity}"
        )


def _read(folder: Path, embedder: Embedder, *, previous: Contents | None = None) -> Contents:
    """What a folder holds, if the embedder is the one that it was made with.

    That is asked of what was read: another process may have embedded the index anew since its
    facts were looked at.
    """
    contents = store.read(folder, previous=previous)
    check_embedder(folder, contents.facts, embedder)
    return contents


def _prepared(contents: Contents) -> Iterator[Prepared]:
    """Every document of an index, ready to be stored in another."""
    for place, document in enumerate(contents.documents):
        rows = contents.rows_of(place)
        spans = [(one.start, one.end) for one in contents.passages[rows.start : rows.stop]]
        numbers = contents.vectors.numbers[rows.start : rows.stop]
        yield Prepared(document, spans, contents.exact.vectors_of(numbers))


def _check_several(name: str, given: object) -> None:
    if isinstance(given, str):  # it would be taken letter by letter
        raise InputError(f"The {name} are one text.", "Give a list of texts.")


def _check_documents(documents: Sequence[Document]) -> None:
    if not documents:
        raise InputError("There are no documents to index.", "Give at least one.")
    check_ids(documents)


def _cut(documents: Sequence[Document], facts: Facts, embedder: Embedder) -> tuple[Passage, ...]:
    return tuple(
        passage for document in documents for passage in cut_for(document, facts, embedder)
    )
