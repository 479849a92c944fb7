"""Find passages by their words: BM25."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt

from index.numbers import Choice, Numbers, is_among
from index.postings import Counts, Postings, Rows
from index.terms import Places, Terms

K1, B = 1.2, 0.75  # the usual ones
LEAST_WEIGHT = 1e-6  # of a term that most passages have: they share something, if next to nothing
QUERY_WORDS = 64  # different ones; a longer query is a text, which its vector finds
# Postings that are read to find candidates, the rarest terms first: some milliseconds of work.
# What only shares more frequent words with a query is then not looked for, but such words count
# in full for what is found.
MOST_POSTINGS = 20_000
CANDIDATES = 200  # by the rare terms, whose frequent ones are counted too

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Postings, and what of their passages there still is.

    Args:
        postings: the terms.
        first: place of its first passage among those of all parts.
        living: which passages there are, or None for all of them.
        norms: what BM25 adds to the count of a term, by the length of each passage.
    """

    postings: Postings
    first: int
    living: npt.NDArray[np.bool_] | None
    norms: Scores


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """A term of a query where it occurs: in every part, its places and scores there."""

    lists: Sequence[tuple[_Part, Rows, Counts]]
    having: int

    @classmethod
    def of_lists(cls, lists: Sequence[tuple[_Part, Rows, Counts]]) -> Self:
        """The term of the lists that are not empty."""
        filled = [one for one in lists if len(one[1])]
        return cls(filled, sum(len(rows) for _, rows, _ in filled))

    def among(self, choice: Choice) -> "_Term":
        """The term as it occurs in some passages."""
        kept = [choice.has(part.postings.numbers[rows]) for part, rows, _ in self.lists]
        return self.of_lists(
            [
                (part, rows[own], counts[own])
                for (part, rows, counts), own in zip(self.lists, kept, strict=True)
            ]
        )


class LexicalIndex:
    """The words of passages; safe to share between threads.

    Args:
        texts: of the passages; a passage's number is the place of its text.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        terms, held = Terms(), list(texts)
        postings = Postings.from_texts(range(len(held)), held, terms=terms)
        self._become([postings], postings.numbers, terms)

    @classmethod
    def of_parts(cls, parts: Sequence[Postings], *, living: Numbers) -> Self:
        """The words of passages whose postings are there.

        Args:
            parts: of the passages, and of others that are gone.
            living: the numbers of the passages, ascending.
        """
        index = cls([])
        index._become(parts, living, Terms())
        return index

    def _become(self, parts: Sequence[Postings], living: Numbers, terms: Terms) -> None:
        self._terms = terms
        self._lock = Lock()
        self._last: tuple[str, list[tuple[float, _Term]]] = ("", [])
        there = [is_among(part.numbers, living) for part in parts]
        self.count = sum(int(kept.sum()) for kept in there)
        total = sum(int(part.lengths[kept].sum()) for part, kept in zip(parts, there, strict=True))
        mean = total / self.count if total else 1.0
        self._parts: list[_Part] = []
        first = 0
        for part, kept in zip(parts, there, strict=True):
            norms: Scores = K1 * (1 - B + B * part.lengths.astype(np.float64) / mean)
            self._parts.append(_Part(part, first, None if kept.all() else kept, norms))
            first += len(part.numbers)
        self._numbers = np.concatenate([np.zeros(0, np.int64), *(p.numbers for p in parts)])
        # For sums over the postings of a query; all zeros but while it is answered.
        self._sums = np.zeros(first)

    @property
    def postings(self) -> list[Postings]:
        """The terms of the passages, in parts; some may have passages that are gone."""
        return [part.postings for part in self._parts]

    def search(self, query: str, *, top_k: int, among: Choice | None = None) -> dict[int, float]:
        """The BM25 scores of the passages that share most with a query, best first.

        How rare a term is, and how long a passage usually is, is taken from all passages, so
        that a score depends on no choice.

        Args:
            query: any text.
            top_k: most passages.
            among: which are looked at, of those that there are; None for all of them.
        """
        if top_k < 1:
            return {}
        if among is not None and len(among) <= MOST_POSTINGS:
            places = np.searchsorted(self._numbers, among.numbers)
            scores = self._scored(places, self._rarest_first(query))
            return self._first(places[scores > 0], scores[scores > 0], top_k)
        terms = self._rarest_first(query)
        read: list[tuple[float, _Term]] = []
        held = 0
        for weight, term in terms:
            own = term if among is None else term.among(among)
            if held and held + own.having > MOST_POSTINGS:
                break
            read.append((weight, own))
            held += own.having
        if not held:
            return {}
        common = terms[len(read) :]
        with self._lock:
            places = self._sum(read)
            most = max(top_k, CANDIDATES) if common else top_k
            found, scores = _best(places, self._sums[places], most=most, times=len(read))
            self._sums[places] = 0.0
        if common:
            scores = scores + self._scored(found, common)
        return self._first(found, scores, top_k)

    def _first(self, places: Places, scores: Scores, top_k: int) -> dict[int, float]:
        """The numbers of the best places and their scores, equals by their order."""
        order = np.lexsort((places, -scores))[:top_k]
        numbers = self._numbers[places[order]]
        return dict(zip(numbers.tolist(), scores[order].tolist(), strict=True))

    def scores(self, query: str, numbers: Sequence[int]) -> Mapping[int, float]:
        """The BM25 scores of given passages (Robertson and Zaragoza 2009).

        Args:
            query: any text.
            numbers: of the passages; those that share no word with the query are left out.
        """
        wanted = np.unique(np.array(numbers, dtype=np.int64))
        wanted = wanted[is_among(wanted, self._numbers)]
        scores = self._scored(np.searchsorted(self._numbers, wanted), self._rarest_first(query))
        return {
            number: score
            for number, score in zip(wanted.tolist(), scores.tolist(), strict=True)
            if score
        }

    def _rarest_first(self, query: str) -> list[tuple[float, _Term]]:
        """The terms of a query that occur, each with its weight."""
        asked, known = self._last  # whoever searches asks for scores next
        if asked == query:
            return known
        counted = self._terms.of_query(query, most=QUERY_WORDS)
        terms = []
        for key, times in counted.items():
            term = self._term(key)
            if term.having:
                rarity = np.log((self.count - term.having + 0.5) / (term.having + 0.5))
                weight = times * max(float(rarity), LEAST_WEIGHT)
                terms.append((weight, key, term))
        terms.sort(key=lambda one: (one[2].having, one[1]))
        found = [(weight, term) for weight, _, term in terms]
        self._last = (query, found)
        return found

    def _term(self, key: int) -> _Term:
        lists = []
        for part in self._parts:
            rows, counts = part.postings.of(key)
            if len(rows) and part.living is not None:
                kept = part.living[rows]
                rows, counts = rows[kept], counts[kept]
            lists.append((part, rows, counts))
        return _Term.of_lists(lists)

    def _sum(self, terms: Sequence[tuple[float, _Term]]) -> Places:
        """Add up the scores of terms; the places where there are any, one for each term."""
        every = []
        left = MOST_POSTINGS  # fewer than there are only where a single term has more
        for weight, term in terms:
            for part, rows, counts in term.lists:
                rows, counts = rows[:left], counts[:left]
                left -= len(rows)
                places = rows + np.int64(part.first)
                self._sums[places] += _scores(weight, counts, part.norms[rows])
                every.append(places)
        return np.concatenate(every)

    def _scored(self, places: Places, terms: Sequence[tuple[float, _Term]]) -> Scores:
        """The scores of terms at given places."""
        sums = np.zeros(len(places))
        for weight, term in terms:
            for part, rows, counts in term.lists:
                own = places - part.first
                at = np.minimum(np.searchsorted(rows, own.astype(np.uint32)), len(rows) - 1)
                hit = rows[at] == own
                sums[hit] += _scores(weight, counts[at[hit]], part.norms[own[hit]])
        return sums


def _scores(weight: float, counts: Counts, norms: Scores) -> Scores:
    scores: Scores = weight * (K1 + 1) * counts / (counts + norms)
    return scores


def _best(places: Places, sums: Scores, *, most: int, times: int) -> tuple[Places, Scores]:
    """The places with the highest sums, best first, equals by their order.

    Args:
        places: some of them several times.
        sums: of each.
        most: places.
        times: that a place is there at most.
    """
    if len(places) > most * times:
        least = np.partition(sums, -most * times)[-most * times]
        places, sums = places[sums >= least], sums[sums >= least]
    places, firsts = np.unique(places, return_index=True)
    sums = sums[firsts]
    order = np.lexsort((places, -sums))[:most]
    return places[order], sums[order]
