"""What an index holds in memory: documents, their passages and vectors, embedded in steps."""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from index.choices import Choices
from index.embed import Embedder, checked_vectors
from index.facts import Facts
from index.labels import Label, Labels
from index.lexical import LexicalIndex
from index.nearest import NearestVectors
from index.numbers import Vectors
from index.on_demand import HeldVectors
from index.records import Document, Passage
from index.store import Contents, place_among

STEP_PASSAGES = 32  # a second of work or so: so long whoever watches or stops it waits


@dataclass(frozen=True, slots=True)
class Embedded:
    """How far the embedding of passages has come.

    Args:
        passages: how many are embedded.
        total: how many there are.
    """

    passages: int
    total: int

    def __str__(self) -> str:
        return f"{self.passages:,} of {self.total:,} passages"


def held_contents(
    facts: Facts, documents: tuple[Document, ...], passages: tuple[Passage, ...], vectors: Vectors
) -> Contents:
    """The contents of an index of no folder.

    Args:
        facts: how it was made.
        documents: the articles.
        passages: theirs, in their order.
        vectors: of the passages.
    """
    sizes = Counter(passage.document.id for passage in passages)
    starts = np.cumsum([0, *(sizes[document.id] for document in documents)])
    numbers = np.arange(len(passages))
    return Contents(
        facts=replace(facts, documents=len(documents), passages=len(passages)),
        documents=documents,
        passages=passages,
        starts=starts,
        vectors=NearestVectors.from_vectors(numbers, vectors),
        words=LexicalIndex(passage.text for passage in passages),
        exact=HeldVectors(vectors),
        choices=Choices(
            lambda: Labels(map(Label.of, documents)),
            place_of=partial(place_among, documents),
            starts=starts,
            numbers=numbers,
        ),
    )


def part_of(contents: Contents, places: Sequence[int]) -> Contents:
    """The contents of some documents alone, without those of the others.

    Args:
        contents: of an index.
        places: of the documents, ascending.

    Raises:
        StoreError: as for ``Contents.passage``.
    """
    rows = np.array([row for place in places for row in contents.rows_of(place)], dtype=np.int64)
    return held_contents(
        replace(contents.facts, version=0),
        tuple(contents.documents[place] for place in places),
        tuple(contents.passages[row] for row in rows.tolist()),
        contents.vectors_of(contents.vectors.numbers[rows]),
    )


def embed_in_steps(
    texts: Sequence[str], embedder: Embedder, *, step_passages: int = STEP_PASSAGES
) -> Generator[Embedded, None, Vectors]:
    """Embed texts, telling before each step how far it has come.

    Args:
        texts: of the passages.
        embedder: the model that makes the vectors.
        step_passages: how many are embedded in a step.

    Yields:
        How many are embedded.

    Returns:
        Their vectors.

    Raises:
        ModelError: the embedder gives other vectors than it promises.
    """
    parts = [np.zeros((0, embedder.dimension), np.float32)]
    for start in range(0, len(texts), step_passages):
        yield Embedded(start, len(texts))
        parts.append(checked_vectors(embedder, texts[start : start + step_passages]))
    return np.concatenate(parts)
