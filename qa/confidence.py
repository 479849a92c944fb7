"""From what was read in all passages to the probability that a quote is right."""

from collections.abc import Mapping
from dataclasses import replace

from index.records import Passage
from qa.overlap import overlap
from qa.rank import Candidate, Ranking
from qa.settings import ReaderSettings

# Beyond this a log-odds says no more: e^12 is 160,000 to 1.
MOST_LOG_ODDS = 12.0
# Of a question and the passage that answers it, typically; so that a passage without a
# similarity, since nothing was searched for, is taken for a typical one.
TYPICAL_SIMILARITY = 0.5

Place = tuple[str, int]
Similarities = Mapping[Place, float]


def place_of(passage: Passage) -> Place:
    """Where a passage is, as a key."""
    return passage.document.id, passage.start


def features(
    question: str, candidate: Candidate, ranking: Ranking, similarities: Similarities
) -> Mapping[str, float]:
    """What speaks for and against a candidate.

    None of it grows or shrinks with the number of passages that were read, as a probability
    shared among all of them does: more passages that say nothing change nothing.

    Args:
        question: what was asked.
        candidate: one of the ranking's.
        ranking: all candidates of the question.
        similarities: of the passages that a search found, by ``place_of``; may be empty.

    Returns:
        ``mass``: its log-odds against "not in the article", overlapping spans included.
        ``edges``: how much of that is its own and not theirs, as a log, 0 or less.
        ``margin``: its mass above that of the best other candidate.
        ``chars``: how long it is, in hundreds of characters.
        ``searched``: 1 where the passages come of a search.
        ``similarity``: of question and passage, above the typical; 0 if unknown.
        ``lead``: by how much that is below the best similarity found; 0 or less.
        ``words_lacking``: share of the question's content words that its passage lacks.
        ``names_lacking``: the same of names and numbers.
    """
    others = [other.mass for other in ranking.candidates if other is not candidate]
    margin = candidate.mass - max(others, default=-MOST_LOG_ODDS)
    similarity = similarities.get(place_of(candidate.passage))
    shared = overlap(question, candidate.passage.text, title=candidate.passage.document.title)
    return {
        "mass": _within(candidate.mass),
        "edges": _within(candidate.log_odds - candidate.mass),
        "margin": _within(margin),
        "chars": (candidate.end - candidate.start) / 100,
        "searched": float(bool(similarities)),
        "similarity": 0.0 if similarity is None else similarity - TYPICAL_SIMILARITY,
        "lead": 0.0 if similarity is None else similarity - max(similarities.values()),
        "words_lacking": 1 - shared.words,
        "names_lacking": 1 - shared.names,
    }


def judge(
    question: str, ranking: Ranking, similarities: Similarities, settings: ReaderSettings
) -> Ranking:
    """The same candidates with fitted probabilities, best first.

    A score is then the probability that the quote is right (Platt 1999: a logistic
    regression over what the model says); where several quotes are right, they need not
    make 1. A reader that nothing was fitted for keeps its own probabilities.

    Args:
        question: what was asked.
        ranking: its candidates.
        similarities: of the passages that a search found; may be empty.
        settings: of the reader.
    """
    if settings.right is None or settings.absent is None or not ranking.candidates:
        return ranking
    judged = [
        replace(
            candidate,
            score=settings.right.probability(features(question, candidate, ranking, similarities)),
        )
        for candidate in ranking.candidates
    ]
    judged.sort(key=lambda candidate: -candidate.score)
    best = features(question, ranking.candidates[0], ranking, similarities)
    return Ranking(tuple(judged), settings.absent.probability(best))


def is_answer(ranking: Ranking, settings: ReaderSettings, *, min_score: float | None) -> bool:
    """Whether the best candidate is good enough to be given.

    Args:
        ranking: a judged one.
        settings: of its reader.
        min_score: the caller's own least score; without it, the fitted one.
    """
    if not ranking.candidates:
        return False
    least = settings.min_score if min_score is None else min_score
    score = ranking.candidates[0].score
    return score > ranking.null_score if least is None else score >= least


def _within(log_odds: float) -> float:
    return max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))
