"""A FAISS index made of vectors: learnt from some, tuned until it finds what it should."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import faiss
import numpy as np

from index.numbers import Numbers, Vectors
from index.vector_kind import CANDIDATES, FLAT, FLAT_UP_TO, check_kind, is_exact, kind_for, lists_of

LEAST_PER_LIST = 39  # vectors to learn a list from; FAISS warns of fewer
MOST_PER_LIST = 64  # more make lists hardly better, and take most of the time
TRAINED_TIMES = 10  # through the sample
RECALL_AT = 10
RECALL_WANTED = 0.98  # lists are searched until so many of the true ten are among the candidates
RECALL_SAMPLE = 200  # vectors asked for; the error of a recall of 0.98 is then 0.003
FIRST_LISTS = 8
GROWTH = 4  # from so many times the vectors it was made of, lists have become too long
TRIED_AGAIN = 2  # times the vectors that a kind could not be learnt from
ASKED_FURTHER = 2  # times as many lists: a question lies further from the passages than they do

Parts = Callable[[], Iterator[Vectors]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a FAISS index was made.

    Args:
        kind: FAISS's factory string, such as ``Flat`` or ``IVF1264,SQ8``.
        made_of: vectors there were when it was made.
        recall_at_10: share of the ten truly nearest that it found for a sample of its vectors;
            where it compresses them, among its candidates.
    """

    kind: str
    made_of: int
    recall_at_10: float


def make(
    numbers: Numbers, parts: Parts, *, dimension: int, kind: str | None = None
) -> tuple[Any, Making]:
    """Make a FAISS index of vectors that are read part by part, twice.

    Args:
        numbers: one for each vector, ascending.
        parts: gives the vectors, in order.
        dimension: how many numbers a vector has.
        kind: a FAISS factory string; without one, what fits the size.

    Returns:
        The index, and how it was made.

    Raises:
        InputError: FAISS knows no such kind.
    """
    count = len(numbers)
    wanted = kind or kind_for(count)
    check_kind(wanted, dimension=dimension)
    made = None
    if wanted != FLAT:
        lot = np.random.default_rng(0)
        lists = lists_of(wanted, dimension)
        sample = min(count, MOST_PER_LIST * lists) if lists else count
        learnt_from = np.sort(lot.choice(count, sample, replace=False))
        asked = np.sort(lot.choice(count, min(RECALL_SAMPLE, count), replace=False))
        every = _rows_of(parts(), np.union1d(learnt_from, asked), dimension)
        there = np.union1d(learnt_from, asked)
        queries = every[np.searchsorted(there, asked)]
        made = _learnt(wanted, every[np.searchsorted(there, learnt_from)])
    if made is None:  # too few vectors to learn this kind from: for now all are compared
        wanted, queries, asked = FLAT, np.zeros((0, dimension), np.float32), numbers[:0]
        made = _learnt(FLAT, queries)
    true = _Truth(queries)
    start = 0
    for part in parts():
        if len(part):
            made.add_with_ids(part, numbers[start : start + len(part)])
            true.look_at(part, start)
            start += len(part)
    making = Making(kind=wanted, made_of=count, recall_at_10=1.0)
    if wanted != FLAT and count > RECALL_AT:
        recall = _tuned(made, numbers[asked], queries, numbers[true.nearest()], kind=wanted)
        making = replace(making, recall_at_10=recall)
    return made, making


def outgrown(making: Making, count: int, *, dimension: int, kind: str | None = None) -> bool:
    """Whether so many vectors ask for another making than this one.

    Args:
        making: how their FAISS index was made.
        count: vectors that there are now.
        dimension: how many numbers a vector has.
        kind: a FAISS factory string; without one, what fits the size.
    """
    if kind is not None:
        if kind == making.kind:
            return False
        # There were too few to learn it from: so many are needed, and more than failed to do.
        least = LEAST_PER_LIST * lists_of(kind, dimension)
        tried = making.made_of if making.made_of >= least else 0
        return count > making.made_of and count >= max(least, TRIED_AGAIN * tried)
    if making.kind == FLAT:
        return count > FLAT_UP_TO
    return count > GROWTH * making.made_of or count <= FLAT_UP_TO // 2


def _learnt(kind: str, vectors: Vectors) -> Any:
    """A FAISS index of this kind, or None if there are too few vectors to learn it from."""
    made = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    lists = faiss.try_extract_index_ivf(made)
    if lists is None:
        made = faiss.IndexIDMap2(made)  # keeps what it wraps alive
    elif len(vectors) < LEAST_PER_LIST * lists.nlist:
        return None
    else:
        lists.cp.max_points_per_centroid = MOST_PER_LIST
        lists.cp.niter = TRAINED_TIMES
    if not made.is_trained:
        try:
            made.train(vectors)
        except RuntimeError:
            return None
    return made


def _rows_of(parts: Iterator[Vectors], rows: Numbers, dimension: int) -> Vectors:
    """Some of the vectors that parts have together, by their places."""
    taken = [np.zeros((0, dimension), np.float32)]
    start = 0
    for part in parts:
        own = rows[(rows >= start) & (rows < start + len(part))] - start
        taken.append(part[own])
        start += len(part)
    return np.concatenate(taken)


class _Truth:
    """The places of the vectors that are truly nearest to some queries, part by part."""

    def __init__(self, queries: Vectors) -> None:
        self._queries = queries
        self._places = np.zeros((len(queries), 0), dtype=np.int64)
        self._similar = np.zeros((len(queries), 0), dtype=np.float32)

    def look_at(self, part: Vectors, start: int) -> None:
        """Compare with vectors whose first has a place."""
        if not len(self._queries):
            return
        # One more than asked for: a vector is its own nearest, which finds nothing.
        most = min(RECALL_AT + 1, len(part))
        similar, places = faiss.knn(self._queries, part, most, faiss.METRIC_INNER_PRODUCT)
        self._similar = np.concatenate([self._similar, similar], axis=1)
        self._places = np.concatenate([self._places, places + start], axis=1)
        best = np.argsort(-self._similar, axis=1, kind="stable")[:, : RECALL_AT + 1]
        self._similar = np.take_along_axis(self._similar, best, axis=1)
        self._places = np.take_along_axis(self._places, best, axis=1)

    def nearest(self) -> Numbers:
        """What was found, a row for each query."""
        return self._places


def _tuned(made: Any, own: Numbers, queries: Vectors, true: Numbers, *, kind: str) -> float:
    """The recall of a sample, after as many lists are searched as it takes."""
    lists = faiss.try_extract_index_ivf(made)
    most = (RECALL_AT if is_exact(kind) else CANDIDATES) + 1
    searched = FIRST_LISTS
    while True:
        if lists is not None:
            lists.nprobe = min(searched, lists.nlist)
        _, found = made.search(queries, most)
        recall = _recall(own, found, true)
        if lists is None or recall >= RECALL_WANTED or searched >= lists.nlist:
            if lists is not None:
                lists.nprobe = min(ASKED_FURTHER * searched, lists.nlist)
            return recall
        searched *= 2


def _recall(own: Numbers, found: Numbers, true: Numbers) -> float:
    shares = [
        len(set(got) & (set(wanted) - {number})) / max(len(set(wanted) - {number}), 1)
        for number, got, wanted in zip(own.tolist(), found.tolist(), true.tolist(), strict=True)
    ]
    return min(1.0, float(np.mean(shares)))
