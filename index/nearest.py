"""The vectors nearest to a vector: a FAISS index whose kind fits its size, and what it misses."""

import math
import os
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import InputError
from index.numbers import Choice, Numbers, is_among

Vectors = npt.NDArray[np.float32]

FLAT = "Flat"
FLAT_UP_TO = 50_000  # vectors that are all compared within some ten milliseconds
# Lists of an inverted file, in square roots of the vectors. FAISS's guide gives 4 to 16, which
# take as many times as long to make; a search then is not faster by much.
LISTS_PER_ROOT = 2
LEAST_PER_LIST = 39  # vectors to learn a list from; FAISS warns of fewer
MOST_PER_LIST = 64  # more make lists hardly better, and take most of the time
TRAINED_TIMES = 10  # through the sample
GROWTH = 4  # from so many times the vectors it was made of, lists have become too long
# What changed since is kept apart and compared one by one, up to a share of the vectors: a large
# FAISS index is made anew, or written, for many changes only.
SMALL = 20_000  # vectors, up to which that costs next to nothing
APART_SHARE = 20
# That a search takes, whose own vectors are compared where the kind compresses them; what is
# further down is far behind.
CANDIDATES = 50
RECALL_AT = 10
RECALL_WANTED = 0.98  # lists are searched until so many of the true ten are among the candidates
RECALL_SAMPLE = 200  # vectors asked for; the error of a recall of 0.98 is then 0.003
FIRST_LISTS = 8
ASKED_FURTHER = 2  # times as many lists: a question lies further from the passages than they do
BY_LISTS = 1  # of FAISS's ways to share work among cores: the lists of one query, not only queries
PART = 20_000  # vectors taken at a time, some 30 MB

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


class NearestVectors:
    """Numbered vectors of length 1, found by their inner product; never changed once made.

    Make one with ``from_vectors`` or ``from_parts``.

    Args:
        faiss_index: it searches.
        held: numbers of the vectors in it, ascending.
        making: how the FAISS index was made.
        numbers: those that there are by now, ascending.
        apart: numbers of those that are not in the FAISS index, ascending.
        apart_vectors: their vectors.
    """

    def __init__(
        self,
        faiss_index: Any,
        *,
        held: Numbers,
        making: Making,
        numbers: Numbers | None = None,
        apart: Numbers | None = None,
        apart_vectors: Vectors | None = None,
    ) -> None:
        _search_alone_when_forked()
        self._faiss = faiss_index
        lists = faiss.try_extract_index_ivf(faiss_index)
        if lists is not None:
            lists.parallel_mode = BY_LISTS
        self.held = held
        self.making = making
        self.numbers = held if numbers is None else numbers
        self._apart = np.zeros(0, np.int64) if apart is None else apart
        self._apart_vectors = (
            np.zeros((0, faiss_index.d), np.float32) if apart_vectors is None else apart_vectors
        )
        self._gone = held[~is_among(held, self.numbers)] if numbers is not None else held[:0]
        self._gone_set = frozenset(self._gone.tolist())

    @classmethod
    def from_vectors(cls, numbers: Numbers, vectors: Vectors, *, kind: str | None = None) -> Self:
        """Make an index.

        Args:
            numbers: one for each vector, ascending.
            vectors: shape (numbers, dimension), each of length 1.
            kind: a FAISS factory string; without one, what fits the size.

        Raises:
            InputError: FAISS knows no such kind.
        """
        return cls.from_parts(
            numbers, lambda: iter([vectors]), dimension=vectors.shape[1], kind=kind
        )

    @classmethod
    def from_parts(
        cls, numbers: Numbers, parts: Parts, *, dimension: int, kind: str | None = None
    ) -> Self:
        """Make an index of vectors that are read part by part, twice.

        Args:
            numbers: one for each vector, ascending.
            parts: gives the vectors, in order.
            dimension: how many numbers a vector has.
            kind: as for ``from_vectors``.

        Raises:
            InputError: FAISS knows no such kind.
        """
        count = len(numbers)
        wanted = kind or kind_for(count)
        check_kind(wanted, dimension=dimension)
        made = None
        if wanted != FLAT:
            lot = np.random.default_rng(0)
            lists = _lists_of(wanted, dimension)
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
        return cls(made, held=numbers, making=making)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, *, numbers: Numbers, making: Making) -> Self:
        """What ``to_bytes`` gave; FAISS trusts the bytes, so their checksum must be right."""
        stream, at = memoryview(data), 0

        def read(size: int) -> bytes:  # a part at a time, so that there is no second copy of it
            nonlocal at
            at += size
            return bytes(stream[at - size : at])

        module: Any = faiss  # whose hints know nothing of such readers
        held = module.read_index(module.PyCallbackIOReader(read))
        if held.ntotal != len(numbers):
            raise ValueError(f"{held.ntotal} vectors, {len(numbers)} numbers")
        return cls(held, held=numbers, making=making)

    @property
    def is_exact(self) -> bool:
        """Whether inner products are those of the vectors themselves: none is compressed."""
        return _is_exact(self.making.kind)

    @property
    def gives_back(self) -> bool:
        """Whether vectors come back as they were given."""
        return self.is_exact and "IVF" not in self.making.kind

    @property
    def is_whole(self) -> bool:
        """Whether the FAISS index has all vectors and no others."""
        return not len(self._apart) and not len(self._gone)

    def to_bytes(self) -> memoryview:
        """The FAISS index, without numbers, making and what is kept apart."""
        held: memoryview = faiss.serialize_index(self._faiss).data
        return held

    def search(
        self, queries: Vectors, *, top_k: int, among: Choice | None = None
    ) -> list[dict[int, float]]:
        """The numbers nearest to each query, best first, with their inner products.

        Args:
            queries: shape (queries, dimension).
            top_k: most numbers for each.
            among: which are looked at, of those that there are; None for all of them.
        """
        top_k = min(top_k, len(self.numbers if among is None else among))
        if top_k == 0:
            return [{} for _ in queries]
        found = (
            self._found(queries, top_k)
            if among is None
            else self._found_among(queries, top_k, among)
        )
        apart, vectors = self._apart, self._apart_vectors
        if among is not None:
            asked = among.has(apart)
            apart, vectors = apart[asked], vectors[asked]
        if not len(apart):
            return found
        near = queries @ vectors.T
        return [
            _first(held | dict(zip(apart.tolist(), similar.tolist(), strict=True)), top_k)
            for held, similar in zip(found, near, strict=True)
        ]

    def _found(self, queries: Vectors, top_k: int) -> list[dict[int, float]]:
        """What the FAISS index finds of that which there still is."""
        wanted = top_k
        while True:
            wanted = min(wanted, len(self.held))
            if not wanted:
                return [{} for _ in queries]
            similarities, rows = self._faiss.search(queries, wanted)
            found = [
                _numbered(numbers, similar, without=self._gone_set)
                for numbers, similar in zip(rows, similarities, strict=True)
            ]
            enough = all(len(one) >= top_k for one in found)
            if enough or not self._gone_set or wanted == len(self.held):
                return [_first(one, top_k) for one in found]
            wanted = 2 * wanted + 1

    def _found_among(self, queries: Vectors, top_k: int, among: Choice) -> list[dict[int, float]]:
        """What the FAISS index finds of a choice, in which nothing is that went."""
        settings = self._settings(among)
        if settings is not None:
            with suppress(RuntimeError):  # of a kind that takes no choice
                similarities, rows = self._faiss.search(queries, top_k, params=settings)
                return [
                    _first(_numbered(numbers, similar), top_k)
                    for numbers, similar in zip(rows, similarities, strict=True)
                ]
        held = among.numbers[is_among(among.numbers, self.held)]
        found: list[dict[int, float]] = [{} for _ in queries]
        for start in range(0, len(held), PART):
            part = held[start : start + PART]
            similar = queries @ self._faiss.reconstruct_batch(part).T
            for place, row in enumerate(similar):
                best = np.argsort(-row, kind="stable")[:top_k]
                found[place] = _first(found[place] | _numbered(part[best], row[best]), top_k)
        return found

    def _settings(self, among: Choice) -> Any:
        """How FAISS searches a choice, or None where its vectors are compared one by one."""
        module: Any = faiss  # whose hints know nothing of choices
        chosen = module.IDSelectorBitmap(among.bits)
        share = len(among) / max(len(self.numbers), 1)
        lists = faiss.try_extract_index_ivf(self._faiss)
        if lists is not None:  # so many lists as hold as many of the choice as else of all
            asked = min(lists.nlist, math.ceil(lists.nprobe / share))
            return module.SearchParametersIVF(sel=chosen, nprobe=asked)
        if "HNSW" not in self.making.kind:
            return module.SearchParameters(sel=chosen)
        if len(among) <= FLAT_UP_TO:  # a graph leads to few of them
            return None
        return module.SearchParametersHNSW(sel=chosen, efSearch=math.ceil(CANDIDATES / share))

    def vectors_of(self, numbers: Sequence[int] | Numbers) -> Vectors:
        """The vectors with these numbers; only of a kind that gives them back."""
        wanted = np.asarray(numbers, dtype=np.int64)
        vectors = np.empty((len(wanted), self._faiss.d), dtype=np.float32)
        apart = is_among(wanted, self._apart)
        if apart.any():
            vectors[apart] = self._apart_vectors[np.searchsorted(self._apart, wanted[apart])]
        if not apart.all():
            vectors[~apart] = self._faiss.reconstruct_batch(wanted[~apart])
        return vectors

    def with_apart(self, numbers: Numbers, vectors: Vectors) -> "NearestVectors":
        """The same with more vectors, which are compared one by one.

        Args:
            numbers: theirs, ascending, above all that there are.
            vectors: shape (numbers, dimension), each of length 1.
        """
        return NearestVectors(
            self._faiss,
            held=self.held,
            making=self.making,
            numbers=np.concatenate([self.numbers, numbers]),
            apart=np.concatenate([self._apart, numbers]),
            apart_vectors=np.concatenate([self._apart_vectors, vectors]),
        )

    def brought_up(
        self, numbers: Numbers, vectors_of: Callable[[Numbers], Vectors], *, kind: str | None = None
    ) -> "NearestVectors | None":
        """The same for other numbers: less some vectors, and with others.

        Args:
            numbers: those that there are now, ascending; new ones above those there were.
            vectors_of: gives the vectors of the new ones.
            kind: as for ``from_vectors``.

        Returns:
            The index, or None where it has to be made anew of all vectors: the kind no longer
            fits, or cannot forget.
        """
        apart = numbers[~is_among(numbers, self.held)]
        gone = self.held[~is_among(self.held, numbers)]
        if self._outgrown(len(numbers), kind):
            return None
        known = is_among(apart, self._apart)
        new = apart[~known]
        vectors = np.empty((len(apart), self._faiss.d), dtype=np.float32)
        vectors[known] = self._apart_vectors[np.searchsorted(self._apart, apart[known])]
        if len(new):
            vectors[~known] = vectors_of(new)
        changes = len(apart) + len(gone)
        if len(numbers) > SMALL and changes <= len(numbers) // APART_SHARE:
            return NearestVectors(
                self._faiss,
                held=self.held,
                making=self.making,
                numbers=numbers,
                apart=apart,
                apart_vectors=vectors,
            )
        if not changes:
            return NearestVectors(self._faiss, held=self.held, making=self.making)
        fresh = faiss.clone_index(self._faiss)  # others may be searching this one
        if len(gone):
            try:
                fresh.remove_ids(faiss.IDSelectorBatch(gone))
            except RuntimeError:  # HNSW, for one
                return None
        if len(apart):
            fresh.add_with_ids(vectors, apart)
        return NearestVectors(fresh, held=numbers, making=self.making)

    def _outgrown(self, count: int, kind: str | None) -> bool:
        if kind is not None:
            return kind != self.making.kind and count > self.making.made_of
        if self.making.kind == FLAT:
            return count > FLAT_UP_TO
        return count > GROWTH * self.making.made_of or count <= FLAT_UP_TO // 2


@cache  # so that it is asked for once
def _search_alone_when_forked() -> None:
    """Let a forked process search in one thread.

    FAISS's other threads stay behind in the process that it was forked from, and it would wait
    for them for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: faiss.omp_set_num_threads(1))


def kind_for(count: int) -> str:
    """The kind of FAISS index that so many vectors get: a factory string."""
    return FLAT if count <= FLAT_UP_TO else f"IVF{round(LISTS_PER_ROOT * math.sqrt(count))},SQ8"


def check_kind(kind: str, *, dimension: int) -> None:
    """Ask FAISS whether it knows a kind.

    Raises:
        InputError: it does not.
    """
    try:
        faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise InputError(
            f"FAISS knows no index “{kind}” for vectors of {dimension} numbers.",
            "Give a factory string such as Flat, IVF1024,Flat or HNSW32.",
        ) from error


def _is_exact(kind: str) -> bool:
    parts = kind.split(",")
    return parts[-1] == FLAT or (len(parts) == 1 and parts[0].startswith("HNSW"))


def _lists_of(kind: str, dimension: int) -> int:
    """How many lists an inverted file of this kind has; 0 if it is none."""
    lists = faiss.try_extract_index_ivf(
        faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    )
    return 0 if lists is None else int(lists.nlist)


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
    most = (RECALL_AT if _is_exact(kind) else CANDIDATES) + 1
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


def _numbered(
    numbers: Numbers, similar: Vectors, *, without: Set[int] = frozenset()
) -> dict[int, float]:
    return {
        number: similarity
        for number, similarity in zip(numbers.tolist(), similar.tolist(), strict=True)
        # FAISS fills up with -1 where it found no more.
        if number >= 0 and number not in without
    }


def _first(found: dict[int, float], count: int) -> dict[int, float]:
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return dict(best[:count])
