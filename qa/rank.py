"""Rank the spans of all passages of a question together with "not in the article"."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from index.records import Passage
from qa.paired_marks import Partners, paired_marks, with_both_marks
from qa.reader import Reading


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a document that may answer.

    Args:
        passages: those it was read in, the likeliest first.
        start: first character in the document.
        end: one past the last.
        log_odds: log of its probability over that of "not in the article".
        score: its probability, that of every span overlapping it included.
        mass: log of that probability over that of "not in the article"; passages
            that have none of these spans do not change it.
    """

    passages: tuple[Passage, ...]
    start: int
    end: int
    log_odds: float
    score: float
    mass: float

    @property
    def passage(self) -> Passage:
        """The passage it was read in; where it was read in several, the likeliest."""
        return self.passages[0]

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.document.text[self.start : self.end]

    def overlaps(self, other: "Candidate") -> bool:
        """Whether both have a character of one document in common."""
        same = self.passage.document.id == other.passage.document.id
        return same and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of a question.

    Args:
        candidates: the best score first; no two overlap.
        null_score: probability of "not in the article".
    """

    candidates: tuple[Candidate, ...]
    null_score: float


def rank(readings: Sequence[tuple[Passage, Reading]], *, top_k: int) -> Ranking:
    """Normalise over all spans of all passages at once, with one null, and keep the best.

    The null has odds 1; a span has those its reader gave it against the null of its own
    passage (shared normalisation: Clark and Gardner 2018). A span read in two overlapping
    passages counts once, at its best. What overlaps a better span is the same answer with
    other edges: its probability goes to the better one. A quotation mark or bracket at an edge is
    quoted with its other one or not at all.

    Args:
        readings: each passage of the question and what was found in it.
        top_k: most candidates to return.
    """
    best: dict[tuple[str, int, int], tuple[float, list[Passage]]] = {}
    logs = [0.0]  # the null's
    for passage, reading in readings:
        logs.append(reading.rest)
        for span in reading.spans:
            key = (passage.document.id, passage.start + span.start, passage.start + span.end)
            log_odds, passages = best.get(key, (-math.inf, []))
            if log_odds < span.log_odds:
                best[key] = (span.log_odds, [passage, *passages])
            else:
                passages.append(passage)
    logs.extend(log_odds for log_odds, _ in best.values())
    log_total = float(np.logaddexp.reduce(logs))

    # What overlaps, the best first.
    groups: list[list[tuple[str, int, int, float, list[Passage]]]] = []
    # Where the first of each group of a document begins and ends, and which group it is, in the
    # order of the document: none overlaps another, so those that a span touches are neighbours.
    firsts: dict[str, tuple[list[int], list[int], list[int]]] = {}
    marks = cache(paired_marks)  # of a passage once, however many spans are from it
    # Equal odds keep the order of the article.
    for key, (log_odds, passages) in sorted(best.items(), key=lambda item: (-item[1][0], item[0])):
        document_id, start, end = _whole(key, passages[0], marks)
        starts, ends, numbers = firsts.setdefault(document_id, ([], [], []))
        place = bisect_right(ends, start)
        touched = numbers[place : bisect_left(starts, end)]
        if touched:
            groups[min(touched)].append((document_id, start, end, log_odds, passages))
            continue
        starts.insert(place, start)
        ends.insert(place, end)
        numbers.insert(place, len(groups))
        groups.append([(document_id, start, end, log_odds, passages)])
    kept = [_candidate(group, log_total) for group in groups]
    ordered = sorted(kept, key=lambda candidate: -candidate.score)
    return Ranking(tuple(ordered[:top_k]), math.exp(-log_total))


def _whole(
    key: tuple[str, int, int], passage: Passage, marks: Callable[[str], Partners]
) -> tuple[str, int, int]:
    """A span of a document, of which no quotation mark or bracket is cut from its other one."""
    document_id, start, end = key
    text = passage.text
    first, past = with_both_marks(
        text, start - passage.start, end - passage.start, partners=marks(text)
    )
    return document_id, passage.start + first, passage.start + past


def gathered(ranking: Ranking, items: Sequence[Candidate]) -> Ranking:
    """The same candidates, the best with the probability of all that answer together with it.

    Where a question asks for several things, its probability is spread over them: each alone
    looks less likely than "not in the article".

    Args:
        ranking: the candidates of a question.
        items: candidates, or parts of them, that together are the answer.
    """
    best, *others = ranking.candidates
    joined = [one for one in others if any(one.overlaps(item) for item in items)]
    mass = float(np.logaddexp.reduce([best.mass, *(one.mass for one in joined)]))
    score = min(best.score + math.fsum(one.score for one in joined), 1.0)
    best = replace(best, mass=mass, score=score)
    return Ranking((best, *others), ranking.null_score)


def _candidate(
    group: Sequence[tuple[str, int, int, float, Sequence[Passage]]], log_total: float
) -> Candidate:
    """The first of a group, with the probability of all."""
    _, start, end, log_odds, _ = group[0]
    passages: list[Passage] = []
    for *_, read_in in group:
        passages += [passage for passage in read_in if passage not in passages]
    mass = float(np.logaddexp.reduce([odds for _, _, _, odds, _ in group]))
    score = min(math.exp(mass - log_total), 1.0)
    return Candidate(tuple(passages), start, end, log_odds, score, mass)
