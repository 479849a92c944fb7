"""Indexes beside each other, searched as if they were one; nothing is embedded again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from index.choices import Choices
from index.in_memory import part_of
from index.labels import Labels
from index.lexical import LexicalIndex
from index.numbers import Numbers, Vectors
from index.on_demand import OnDemand
from index.records import Document, Passage
from index.store import Contents


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Two indexes, the numbers of the second above those of the first.

    Args:
        first: any.
        second: in memory.
        above: what is added to the second's numbers.
    """

    first: Contents
    second: Contents
    above: int

    def document(self, place: int) -> Document:
        """A document, by its place among those of both."""
        own = place - len(self.first.documents)
        return self.second.documents[own] if own >= 0 else self.first.documents[place]

    def passage(self, place: int) -> Passage:
        """A passage, by its place among those of both."""
        own = place - len(self.first.passages)
        return self.second.passages[own] if own >= 0 else self.first.passages[place]

    def passage_numbered(self, number: int) -> Passage:
        """A passage, by its number."""
        own = number - self.above
        return self.second.passage(own) if own >= 0 else self.first.passage(number)

    def place_of(self, id: str) -> int | None:
        """The place of the document with this id, or None if there is none."""
        place = self.first.place_of(id)
        if place is not None:
            return place
        own = self.second.place_of(id)
        return None if own is None else own + len(self.first.documents)

    def vectors_of(self, numbers: Numbers) -> Vectors:
        """The vectors of passages, as they were made."""
        wanted = np.asarray(numbers, dtype=np.int64)
        own = wanted >= self.above
        vectors = np.empty((len(wanted), self.first.facts.dimension), np.float32)
        if own.any():
            vectors[own] = self.second.vectors_of(wanted[own] - self.above)
        if not own.all():
            vectors[~own] = self.first.vectors_of(wanted[~own])
        return vectors


def beside(first: Contents, others: Sequence[Contents]) -> Contents:
    """An index with others beside it.

    What it finds is what one index of all the documents would find: words are as rare as they
    are in all of them, and the vectors of the others are compared one by one.

    Args:
        first: any index.
        others: indexes in memory, made by the same embedder. A document whose id is there
            already is left out.
    """
    return reduce(_beside, others, first)


def _beside(first: Contents, second: Contents) -> Contents:
    ids = [document.id for document in second.documents]
    new = [place for place, name in enumerate(ids) if first.place_of(name) is None]
    if not new:
        return first
    if len(new) < len(ids):
        second = part_of(second, new)
    numbers = first.vectors.numbers
    # Not above the living alone: the words may still hold passages that are gone, with numbers
    # above theirs, and under those nothing else may stand.
    above = max(first.facts.next_passage, int(numbers[-1]) + 1 if len(numbers) else 0)
    both = _Both(first, second, above)
    added = second.vectors.numbers + above
    documents = len(first.documents) + len(second.documents)
    passages = len(first.passages) + len(second.passages)
    starts = np.concatenate([first.starts, second.starts[1:] + first.starts[-1]])
    living = np.concatenate([numbers, added])
    return Contents(
        facts=replace(first.facts, documents=documents, passages=passages),
        documents=OnDemand(documents, both.document),
        passages=OnDemand(passages, both.passage),
        starts=starts,
        vectors=first.vectors.with_apart(added, second.vectors_of(second.vectors.numbers)),
        words=LexicalIndex.of_parts(
            [*first.words.postings, *(part.above(above) for part in second.words.postings)],
            living=living,
        ),
        exact=both,
        choices=Choices(
            lambda: Labels([*first.choices.labels, *second.choices.labels]),
            place_of=both.place_of,
            starts=starts,
            numbers=living,
        ),
        articles=both,
    )
