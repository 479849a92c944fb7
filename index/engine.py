"""The passage index: articles cut, embedded and searched."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import faiss
import numpy as np

from index import store
from index.chunk import cut
from index.embed import Embedder, Vectors
from index.embedder import shipped_embedder
from index.errors import IncompatibleIndexError, InputError
from index.lexical import LexicalIndex
from index.records import Document, Hit, Passage

# Between 100 and 150 English words: long enough for a name and what is said of it later,
# short enough that one vector still means something.
BUDGET_TOKENS = 192
OVERLAP_SENTENCES = 1
# What a point of BM25 is worth in cosine. Names and numbers, which vectors blur, are found by
# their words: `python benchmarks/retrieval.py` prints what other weights give.
BM25_WEIGHT = 0.05
CANDIDATES = 50  # of either kind, which the other then scores; what is further down is far behind


class PassageIndex:
    """Passages of documents, found by the meaning of a text and by its words.

    Make one with ``from_documents`` or ``load``.
    """

    def __init__(
        self,
        *,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        vectors: faiss.Index,
        embedder: Embedder,
    ) -> None:
        self.documents = tuple(documents)
        self.passages = tuple(passages)
        self._vectors = vectors
        self._embedder = embedder
        self._words = LexicalIndex(passage.text for passage in self.passages)

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
        batch_size: int = 32,
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
        """
        if not documents:
            raise InputError("There are no documents to index.", "Give at least one.")
        if len({document.id for document in documents}) < len(documents):
            raise InputError("Two documents have the same id.", "Give each its own.")
        passages = [
            passage
            for document in documents
            for passage in cut(
                document,
                token_spans=embedder.token_spans,
                budget_tokens=min(budget_tokens, embedder.max_tokens),
                overlap_sentences=overlap_sentences,
            )
        ]
        texts = [passage.text for passage in passages]
        vectors = faiss.IndexFlatIP(embedder.dimension)
        vectors.add(embedder.embed(texts, batch_size=batch_size, progress=progress))
        return cls(documents=documents, passages=passages, vectors=vectors, embedder=embedder)

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
        stored = store.read(Path(folder))
        embedder = embedder or shipped_embedder()
        if stored.embedder != embedder.identity:
            raise IncompatibleIndexError(
                f"The index {folder} was made with the embedder {stored.embedder},"
                f" not with {embedder.identity}.",
                "Give the embedder it was made with, or build it again.",
            )
        return cls(
            documents=stored.documents,
            passages=stored.passages,
            vectors=stored.vectors,
            embedder=embedder,
        )

    def only(self, document_id: str) -> "PassageIndex":
        """The part of the index that belongs to one document.

        Raises:
            InputError: there is no such document.
        """
        rows = [
            row for row, passage in enumerate(self.passages) if passage.document.id == document_id
        ]
        if not rows:
            raise InputError(f"There is no article {document_id}.", "Choose one of the index.")
        vectors = faiss.IndexFlatIP(self._vectors.d)
        vectors.add(self._vectors.reconstruct_batch(np.array(rows)))
        passages = [self.passages[row] for row in rows]
        return PassageIndex(
            documents=[passages[0].document],
            passages=passages,
            vectors=vectors,
            embedder=self._embedder,
        )

    def save(self, folder: str | Path) -> None:
        """Write the index to a folder; an index that is there is replaced.

        Raises:
            StoreError: the folder holds something else, or cannot be written.
        """
        store.write(
            Path(folder),
            store.StoredIndex(
                self._embedder.identity, self.documents, self.passages, self._vectors
            ),
        )

    def search(
        self, queries: Sequence[str], *, top_k: int = 10, batch_size: int = 32
    ) -> list[list[Hit]]:
        """Find the passages nearest to each query.

        A passage's score is the cosine of its vector and the query's, and its BM25 on top,
        weighted. Neither depends on what else is found.

        Args:
            queries: any texts.
            top_k: most hits a query gets.
            batch_size: queries in one pass through the embedder.

        Returns:
            For each query its hits, best first.

        Raises:
            InputError: top_k is below 1.
        """
        if top_k < 1:
            raise InputError(f"top_k is {top_k}.", "Ask for 1 or more.")
        if not queries:
            return []
        vectors = self._embedder.embed(queries, batch_size=batch_size)
        candidates = min(max(top_k, CANDIDATES), len(self.passages))
        similarities, rows = self._vectors.search(vectors, candidates)
        return [
            self._fused(query, vector, dict(zip(found.tolist(), similar.tolist(), strict=True)))[
                :top_k
            ]
            for query, vector, found, similar in zip(
                queries, vectors, rows, similarities, strict=True
            )
        ]

    def _fused(self, query: str, vector: Vectors, similarities: dict[int, float]) -> list[Hit]:
        """The candidates by vector and those by words, together and best first."""
        words = self._words.search(query, top_k=len(similarities))
        lacking = [row for row in words if row not in similarities]
        if lacking:
            similar = self._vectors.reconstruct_batch(np.array(lacking)) @ vector
            similarities |= zip(lacking, similar.tolist(), strict=True)
        words |= self._words.scores(query, [row for row in similarities if row not in words])
        hits = [
            Hit(self.passages[row], similarity + BM25_WEIGHT * words.get(row, 0.0), similarity)
            for row, similarity in sorted(similarities.items())  # so that equals keep their order
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def __str__(self) -> str:
        return (
            f"{len(self.passages):,} passages of {len(self.documents):,} documents,"
            f" embedded by {self._embedder.identity}"
        )
