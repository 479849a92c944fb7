"""Documents made ready to be stored: cut into passages and embedded, a batch at a time."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from index.chunk import cut
from index.counts import check_count
from index.embed import BATCH_SIZE, Embedder, checked_vectors
from index.errors import IncompatibleIndexError
from index.facts import Facts
from index.records import Document, Passage
from index.storing import Prepared
from index.vector_kind import check_kind

# Some 120 English words: long enough for a name and what is said of it later,
# short enough that one vector still means something.
BUDGET_TOKENS = 160
OVERLAP_SENTENCES = 1
# Passages that are embedded, then stored in one transaction: some ten seconds of work, which is
# what stopping costs.
BATCH_PASSAGES = 256


def new_facts(
    embedder: Embedder,
    *,
    budget_tokens: int = BUDGET_TOKENS,
    overlap_sentences: int = OVERLAP_SENTENCES,
    kind: str | None = None,
) -> Facts:
    """The facts of an index that has no documents yet.

    Args:
        embedder: the model that will make the vectors.
        budget_tokens: most tokens of a passage.
        overlap_sentences: sentences that neighbouring passages share.
        kind: FAISS factory string, or None for what fits the size.

    Raises:
        InputError: an option is out of range.
    """
    if kind is not None:
        check_kind(kind, dimension=embedder.dimension)
    return Facts(
        embedder=embedder.identity,
        dimension=embedder.dimension,
        budget_tokens=check_count("budget_tokens", budget_tokens),
        overlap_sentences=check_count("overlap_sentences", overlap_sentences, least=0),
        kind=kind,
    )


def check_embedder(folder: Path, facts: Facts, embedder: Embedder) -> None:
    """Compare an embedder with that of an index.

    Raises:
        IncompatibleIndexError: it is another.
    """
    if facts.embedder != embedder.identity:
        raise IncompatibleIndexError(
            f"The index {folder} was made with the embedder {facts.embedder},"
            f" not with {embedder.identity}.",
            "Give the embedder it was made with, or build it again.",
        )


def cut_for(document: Document, facts: Facts, embedder: Embedder) -> list[Passage]:
    """A document's passages, as the facts of an index say."""
    return cut(
        document,
        token_spans=embedder.token_spans,
        budget_tokens=min(facts.budget_tokens, embedder.max_tokens),
        overlap_sentences=facts.overlap_sentences,
    )


def prepare(
    documents: Sequence[Document],
    facts: Facts,
    embedder: Embedder,
    *,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
) -> Iterator[list[Prepared]]:
    """Documents cut and embedded, in batches.

    Args:
        documents: the articles.
        facts: of the index they are for.
        embedder: the model that makes the vectors.
        batch_size: passages in one pass through the embedder.
        progress: show a progress bar on standard error.

    Raises:
        ModelError: the embedder gives other vectors than it promises.
    """
    bar = tqdm(documents, unit=" articles", disable=not progress, file=sys.stderr)
    batch: list[tuple[Document, list[Passage]]] = []
    held = 0
    for document in bar:
        passages = cut_for(document, facts, embedder)
        batch.append((document, passages))
        held += len(passages)
        if held >= BATCH_PASSAGES:
            yield _embedded(batch, embedder, batch_size)
            batch, held = [], 0
    if batch:
        yield _embedded(batch, embedder, batch_size)


def _embedded(
    batch: Sequence[tuple[Document, list[Passage]]], embedder: Embedder, batch_size: int
) -> list[Prepared]:
    texts = [passage.text for _, passages in batch for passage in passages]
    vectors = checked_vectors(embedder, texts, batch_size=batch_size)
    ends = np.cumsum([len(passages) for _, passages in batch]).tolist()
    return [
        Prepared(
            document,
            [(passage.start, passage.end) for passage in passages],
            vectors[end - len(passages) : end],
        )
        for (document, passages), end in zip(batch, ends, strict=True)
    ]
