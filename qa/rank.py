"""Rank the spans of all passages of a question together with "not in the article"."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Passage
from qa.reader import Reading


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a document that may answer.

    Args:
        passage: the passage it was read in.
        start: first character in the document.
        end: one past the last.
        log_odds: log of its probability over that of "not in the article".
        score: its probability, that of every span overlapping it included.
        mass: log of that probability over that of "not in the article"; what other
            passages say does not change it.
    """

    passage: Passage
    start: int
    end: int
    log_odds: float
    score: float
    mass: float

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
    other edges: its probability goes to the better one.

    Args:
        readings: each passage of the question and what was found in it.
        top_k: most candidates to return.
    """
    best: dict[tuple[str, int, int], tuple[float, Passage]] = {}
    logs = [0.0]  # the null's
    for passage, reading in readings:
        logs.append(reading.rest)
        for span in reading.spans:
            key = (passage.document.id, passage.start + span.start, passage.start + span.end)
            if key not in best or best[key][0] < span.log_odds:
                best[key] = (span.log_odds, passage)
    logs.extend(log_odds for log_odds, _ in best.values())
    highest = max(logs)
    log_total = highest + math.log(math.fsum(math.exp(log - highest) for log in logs))

    kept: list[tuple[str, int, int, float, Passage]] = []
    scores: list[float] = []
    masses: list[float] = []
    # Equal odds keep the order of the article.
    for (document_id, start, end), (log_odds, passage) in sorted(
        best.items(), key=lambda item: (-item[1][0], item[0])
    ):
        probability = math.exp(log_odds - log_total)
        for number, (kept_id, kept_start, kept_end, _, _) in enumerate(kept):
            if kept_id == document_id and start < kept_end and kept_start < end:
                scores[number] += probability
                masses[number] = _log_sum(masses[number], log_odds)
                break
        else:
            kept.append((document_id, start, end, log_odds, passage))
            scores.append(probability)
            masses.append(log_odds)
    candidates = (
        Candidate(passage, start, end, log_odds, min(score, 1.0), mass)
        for (_, start, end, log_odds, passage), score, mass in zip(
            kept, scores, masses, strict=True
        )
    )
    ordered = sorted(candidates, key=lambda candidate: -candidate.score)
    return Ranking(tuple(ordered[:top_k]), math.exp(-log_total))


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
    mass, score = best.mass, best.score
    for one in joined:
        mass, score = _log_sum(mass, one.mass), score + one.score
    best = replace(best, mass=mass, score=min(score, 1.0))
    return Ranking((best, *others), ranking.null_score)


def _log_sum(one: float, other: float) -> float:
    """The log of the sum of two numbers given by their logs."""
    return max(one, other) + math.log1p(math.exp(-abs(one - other)))
