"""The vectors nearest to a vector: a FAISS index whose kind fits its size, and what it misses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import InputError

Numbers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]

FLAT = "Flat"
FLAT_UP_TO = 50_000  # vectors that are all compared within some ten milliseconds
# Lists of an inverted file, in square roots of the vectors: FAISS's guide gives 4 to 16.
LISTS_PER_ROOT = 4
LEAST_PER_LIST = 39  # vectors to learn a list from; FAISS warns of fewer
GROWTH = 4  # from so many times the vectors it was made of, lists have become too long
RECALL_AT = 10
RECALL_WANTED = 0.98  # lists are searched until so many of the true ten are found
RECALL_SAMPLE = 200  # vectors asked for; the error of a recall of 0.98 is then 0.003
FIRST_LISTS = 8
DIRECT_BY_NUMBER = 2  # faiss.DirectMap.Hashtable, of which mypy does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a FAISS index was made.

    Args:
        kind: FAISS's factory string, such as ``Flat`` or ``IVF1264,Flat``.
        made_of: vectors there were when it was made.
        recall_at_10: share of the ten truly nearest that it found for a sample of its vectors.
    """

    kind: str
    made_of: int
    recall_at_10: float


class NearestVectors:
    """Numbered vectors of length 1, found by their inner product; never changed once made.

    Make one with ``from_vectors``.

    Args:
        faiss_index: it searches.
        numbers: those of the vectors, ascending.
        making: how the FAISS index was made.
    """

    def __init__(self, faiss_index: Any, *, numbers: Numbers, making: Making) -> None:
        self._faiss = faiss_index
        self.numbers = numbers
        self.making = making

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
        count, dimension = vectors.shape
        wanted = kind or kind_for(count)
        check_kind(wanted, dimension=dimension)
        made = _filled(wanted, numbers, vectors)
        if made is None:  # too few vectors to learn this kind from: for now all are compared
            wanted = FLAT
            made = _filled(wanted, numbers, vectors)
        making = Making(kind=wanted, made_of=count, recall_at_10=1.0)
        if wanted != FLAT and count > RECALL_AT:
            making = replace(making, recall_at_10=_tuned(made, numbers, vectors))
        return cls(made, numbers=numbers, making=making)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, *, numbers: Numbers, making: Making) -> Self:
        """What ``to_bytes`` gave; FAISS trusts the bytes, so their checksum must be right."""
        held = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        if held.ntotal != len(numbers):
            raise ValueError(f"{held.ntotal} vectors, {len(numbers)} numbers")
        return cls(held, numbers=numbers, making=making)

    @property
    def is_exact(self) -> bool:
        """Whether vectors come back as they were given: whether the kind compresses none."""
        parts = self.making.kind.split(",")
        return parts[-1] == FLAT or (len(parts) == 1 and parts[0].startswith("HNSW"))

    def to_bytes(self) -> memoryview:
        """The FAISS index, without numbers and making."""
        held: memoryview = faiss.serialize_index(self._faiss).data
        return held

    def search(self, queries: Vectors, *, top_k: int) -> list[dict[int, float]]:
        """The numbers nearest to each query, best first, with their inner products.

        Args:
            queries: shape (queries, dimension).
            top_k: most numbers for each.
        """
        top_k = min(top_k, len(self.numbers))
        if top_k == 0:
            return [{} for _ in queries]
        similarities, rows = self._faiss.search(queries, top_k)
        return [
            {
                number: similarity
                for number, similarity in zip(found.tolist(), similar.tolist(), strict=True)
                if number >= 0  # FAISS fills up with -1 where it found no more
            }
            for found, similar in zip(rows, similarities, strict=True)
        ]

    def vectors_of(self, numbers: Sequence[int] | Numbers) -> Vectors:
        """The vectors with these numbers; approximately, where the kind compresses them."""
        vectors: Vectors = self._faiss.reconstruct_batch(np.asarray(numbers, dtype=np.int64))
        return vectors

    def changed(
        self, *, without: Numbers, numbers: Numbers, vectors: Vectors, kind: str | None = None
    ) -> "NearestVectors | None":
        """Another index: less some vectors, and with others.

        Args:
            without: numbers that it has and that go.
            numbers: of the new vectors, ascending and above those there are.
            vectors: the new ones.
            kind: as for ``from_vectors``.

        Returns:
            The index, or None where it has to be made anew of all vectors: the kind no longer
            fits, or cannot forget.
        """
        every = np.concatenate([np.setdiff1d(self.numbers, without), numbers])
        if self._outgrown(len(every), kind):
            return None
        fresh = faiss.clone_index(self._faiss)  # others may be searching this one
        if len(without):
            try:
                fresh.remove_ids(faiss.IDSelectorArray(without))
            except RuntimeError:  # HNSW, for one
                return None
        if len(numbers):
            fresh.add_with_ids(vectors, numbers)
        return NearestVectors(fresh, numbers=every, making=self.making)

    def _outgrown(self, count: int, kind: str | None) -> bool:
        if kind is not None:
            return kind != self.making.kind and count > self.making.made_of
        if self.making.kind == FLAT:
            return count > FLAT_UP_TO
        return count > GROWTH * self.making.made_of or count <= FLAT_UP_TO // 2


def kind_for(count: int) -> str:
    """The kind of FAISS index that so many vectors get: a factory string."""
    return FLAT if count <= FLAT_UP_TO else f"IVF{round(LISTS_PER_ROOT * math.sqrt(count))},Flat"


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


def _filled(kind: str, numbers: Numbers, vectors: Vectors) -> Any:
    """A FAISS index of this kind, or None if there are too few vectors to learn it from."""
    made = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    lists = faiss.try_extract_index_ivf(made)
    if lists is None:
        made = faiss.IndexIDMap2(made)  # keeps what it wraps alive
    elif len(vectors) < LEAST_PER_LIST * lists.nlist:
        return None
    if not made.is_trained:
        try:
            made.train(vectors)
        except RuntimeError:
            return None
    if len(numbers):
        made.add_with_ids(vectors, numbers)
    if lists is not None:  # so that vectors are found, and removed, by their numbers
        lists.set_direct_map_type(DIRECT_BY_NUMBER)
    return made


def _tuned(made: Any, numbers: Numbers, vectors: Vectors) -> float:
    """The recall of a sample, after as many lists are searched as it takes."""
    rows = np.random.default_rng(0).choice(
        len(vectors), min(RECALL_SAMPLE, len(vectors)), replace=False
    )
    sample = np.ascontiguousarray(vectors[rows])
    # One more than asked for: a vector is its own nearest, which finds nothing.
    _, true = faiss.knn(sample, vectors, RECALL_AT + 1, faiss.METRIC_INNER_PRODUCT)
    lists = faiss.try_extract_index_ivf(made)
    searched = FIRST_LISTS
    while True:
        if lists is not None:
            lists.nprobe = min(searched, lists.nlist)
        _, found = made.search(sample, RECALL_AT + 1)
        recall = _recall(numbers[rows], found, numbers[true])
        if lists is None or recall >= RECALL_WANTED or searched >= lists.nlist:
            return recall
        searched *= 2


def _recall(own: Numbers, found: Numbers, true: Numbers) -> float:
    shares = [
        len((set(got) & set(wanted)) - {number}) / max(len(set(wanted) - {number}), 1)
        for number, got, wanted in zip(own.tolist(), found.tolist(), true.tolist(), strict=True)
    ]
    return min(1.0, float(np.mean(shares)))
