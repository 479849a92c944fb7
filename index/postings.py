"""Which terms stand in which passages, and how often: a part of an index that never changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.numbers import Numbers, is_among
from index.terms import Keys, Terms

Rows = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.uint8]

MOST_TIMES = 255  # a term is counted in a passage; beyond it BM25 hardly grows
# Of the arrays, in the order in which they are stored.
TYPES = (np.int64, np.uint64, np.int64, np.uint32, np.uint32, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The terms of some passages.

    Args:
        numbers: those of the passages, ascending.
        keys: those of the terms, ascending.
        ends: one past the last posting of each term.
        lengths: how many terms each passage has, counted as often as they stand there.
        rows: of each posting, the passage: its place among the numbers; ascending for a term.
        counts: how often the term stands in it.
    """

    numbers: Numbers
    keys: Keys
    ends: Numbers
    lengths: Rows
    rows: Rows
    counts: Counts

    @classmethod
    def from_texts(cls, numbers: Sequence[int], texts: Sequence[str], *, terms: Terms) -> Self:
        """The terms of texts.

        Args:
            numbers: those of the passages, ascending.
            texts: of the passages.
            terms: cuts texts into terms.
        """
        keys, places = terms.of_texts(texts)
        order = np.lexsort((places, keys))
        keys, places = keys[order], places[order]
        new_term = np.append(True, keys[1:] != keys[:-1]) if len(keys) else np.zeros(0, bool)
        new_posting = new_term.copy()
        new_posting[1:] |= places[1:] != places[:-1]
        starts = np.flatnonzero(new_posting)
        times = np.diff(np.append(starts, len(keys)))
        first_postings = np.flatnonzero(new_term[starts])
        return cls(
            numbers=np.array(numbers, dtype=np.int64),
            keys=keys[new_term],
            ends=_ends(first_postings, len(starts)),
            lengths=np.bincount(places, minlength=len(texts)).astype(np.uint32),
            rows=places[starts].astype(np.uint32),
            counts=np.minimum(times, MOST_TIMES).astype(np.uint8),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What ``to_bytes`` gave.

        Raises:
            ValueError: it is something else.
        """
        width = np.dtype(np.int64).itemsize
        passages, keys, postings = np.frombuffer(data[: 3 * width], dtype=np.int64).tolist()
        arrays, at = [], 3 * width
        for kind, size in zip(TYPES, _sizes(passages, keys, postings), strict=True):
            arrays.append(np.frombuffer(data, dtype=kind, count=size, offset=at))
            at += arrays[-1].nbytes
        if at != len(data):
            raise ValueError("postings of another length")
        return cls(*arrays)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Postings) and all(
            np.array_equal(one, another)
            for one, another in zip(self._arrays(), other._arrays(), strict=True)
        )

    __hash__: Any = None  # like its arrays

    def to_bytes(self) -> bytes:
        """All of it."""
        sizes = np.array([len(self.numbers), len(self.keys), len(self.rows)], dtype=np.int64)
        return b"".join(array.tobytes() for array in (sizes, *self._arrays()))

    def _arrays(self) -> tuple[npt.NDArray[Any], ...]:
        return (self.numbers, self.keys, self.ends, self.lengths, self.rows, self.counts)

    def of(self, key: int) -> tuple[Rows, Counts]:
        """The postings of a term."""
        place = int(np.searchsorted(self.keys, np.uint64(key)))
        if place == len(self.keys) or self.keys[place] != key:
            return self.rows[:0], self.counts[:0]
        start = int(self.ends[place - 1]) if place else 0
        end = int(self.ends[place])
        return self.rows[start:end], self.counts[start:end]

    def above(self, by: int) -> "Postings":
        """The same under numbers that are higher by so much."""
        return replace(self, numbers=self.numbers + by)

    def only(self, numbers: Numbers) -> "Postings":
        """Those of some passages.

        Args:
            numbers: which, ascending; others than those it has count for nothing.
        """
        kept = is_among(self.numbers, numbers)
        if kept.all():
            return self
        stays = kept[self.rows]
        sizes = np.diff(self.ends, prepend=0)
        term_of = np.repeat(np.arange(len(self.keys)), sizes)[stays]
        left = np.bincount(term_of, minlength=len(self.keys))
        moved = (np.cumsum(kept) - 1).astype(np.uint32)
        return Postings(
            numbers=self.numbers[kept],
            keys=self.keys[left > 0],
            ends=np.cumsum(left[left > 0]),
            lengths=self.lengths[kept],
            rows=moved[self.rows[stays]],
            counts=self.counts[stays],
        )


def merged(parts: Sequence[Postings]) -> Postings:
    """Several as one.

    Args:
        parts: each with numbers above those of the one before.
    """
    if len(parts) == 1:
        return parts[0]
    keys = np.unique(np.concatenate([part.keys for part in parts]))
    places = [np.searchsorted(keys, part.keys) for part in parts]
    totals = np.zeros(len(keys), dtype=np.int64)
    for part, place in zip(parts, places, strict=True):
        totals[place] += np.diff(part.ends, prepend=0)
    ends = np.cumsum(totals)
    free = ends - totals  # where the next posting of each term goes
    rows = np.empty(int(totals.sum()), dtype=np.uint32)
    counts = np.empty(len(rows), dtype=np.uint8)
    first_row = 0
    for part, place in zip(parts, places, strict=True):
        sizes = np.diff(part.ends, prepend=0)
        to = np.arange(len(part.rows)) + np.repeat(free[place] - (part.ends - sizes), sizes)
        rows[to] = part.rows + np.uint32(first_row)
        counts[to] = part.counts
        free[place] += sizes
        first_row += len(part.numbers)
    return Postings(
        numbers=np.concatenate([part.numbers for part in parts]),
        keys=keys,
        ends=ends,
        lengths=np.concatenate([part.lengths for part in parts]),
        rows=rows,
        counts=counts,
    )


def _ends(starts: Numbers, count: int) -> Numbers:
    return np.append(starts[1:], count).astype(np.int64) if len(starts) else starts


def _sizes(passages: int, keys: int, postings: int) -> tuple[int, ...]:
    return (passages, keys, keys, passages, postings, postings)
