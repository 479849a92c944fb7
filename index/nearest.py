"""The vectors nearest to a vector, found by a FAISS index and brought up to what changed."""

import math
import os
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from functools import cache
from typing import Any, Self

import faiss
import numpy as np

from index.numbers import Choice, Numbers, Vectors, is_among, products
from index.vector_kind import CANDIDATES, FLAT_UP_TO, is_exact
from index.vector_making import Making, Parts, make, outgrown

# What changed since is kept apart and compared one by one, up to a share of the vectors: a large
# FAISS index is made anew, or written, for many changes only.
SMALL = 20_000  # vectors, up to which that costs next to nothing
APART_SHARE = 20
BY_LISTS = 1  # of FAISS's ways to share work among cores: the lists of one query, not only queries
PART = 20_000  # vectors taken at a time, some 30 MB


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
        made, making = make(numbers, parts, dimension=dimension, kind=kind)
        return cls(made, held=numbers, making=making)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, *, numbers: Numbers, making: Making) -> Self:
        """What ``to_bytes`` gave; FAISS trusts the bytes, so their checksum must be right.

        Raises:
            ValueError: it holds more vectors than there are numbers, or fewer.
        """
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
        return is_exact(self.making.kind)

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
        near = products(queries, vectors)
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
            similar = products(queries, self._faiss.reconstruct_batch(part))
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

    def has_outgrown(self, *, kind: str | None = None) -> bool:
        """Whether it is time to make it anew of all vectors: its kind no longer fits, or is behind.

        Args:
            kind: as for ``from_vectors``.
        """
        changes = len(self._apart) + len(self._gone)
        # Only of a kind that cannot forget so many are kept apart.
        is_behind = changes > len(self.numbers) // APART_SHARE
        return is_behind or self._outgrown_by(len(self.numbers), kind)

    def is_overtaken(self, numbers: Numbers, *, kind: str | None = None) -> bool:
        """Whether these numbers outgrow it, and it knows less than half of them.

        To bring it up to them would take as long as to make another, and more memory.

        Args:
            numbers: those that there are now, ascending.
            kind: as for ``from_vectors``.
        """
        known = np.count_nonzero(is_among(numbers, self.numbers))
        return bool(2 * known < len(numbers)) and self._outgrown_by(len(numbers), kind)

    def _outgrown_by(self, count: int, kind: str | None) -> bool:
        return outgrown(self.making, count, dimension=self._faiss.d, kind=kind)

    def brought_up(
        self, numbers: Numbers, vectors_of: Callable[[Numbers], Vectors]
    ) -> "NearestVectors":
        """The same for other numbers: less some vectors, and with others.

        Args:
            numbers: those that there are now, ascending; new ones above those there were.
            vectors_of: gives the vectors of the new ones.

        Returns:
            The index, of the same kind whether that still fits or not.
        """
        apart = numbers[~is_among(numbers, self.held)]
        gone = self.held[~is_among(self.held, numbers)]
        known = is_among(apart, self._apart)
        new = apart[~known]
        vectors = np.empty((len(apart), self._faiss.d), dtype=np.float32)
        vectors[known] = self._apart_vectors[np.searchsorted(self._apart, apart[known])]
        if len(new):
            vectors[~known] = vectors_of(new)
        changes = len(apart) + len(gone)
        if not changes:
            return NearestVectors(self._faiss, held=self.held, making=self.making)
        beside = NearestVectors(
            self._faiss,
            held=self.held,
            making=self.making,
            numbers=numbers,
            apart=apart,
            apart_vectors=vectors,
        )
        if len(numbers) > SMALL and changes <= len(numbers) // APART_SHARE:
            return beside
        fresh = faiss.clone_index(self._faiss)  # others may be searching this one
        if len(gone):
            try:
                fresh.remove_ids(faiss.IDSelectorBatch(gone))
            except RuntimeError:  # HNSW, for one, cannot forget
                return beside
        if len(apart):
            fresh.add_with_ids(vectors, apart)
        return NearestVectors(fresh, held=numbers, making=self.making)


@cache  # so that it is asked for once
def _search_alone_when_forked() -> None:
    """Let a forked process search in one thread.

    FAISS's other threads stay behind in the process that it was forked from, and it would wait
    for them for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: faiss.omp_set_num_threads(1))


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
