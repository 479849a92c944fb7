"""From what was read in all passages to the probability that a quote is right."""

from collections.abc import Mapping
from dataclasses import replace

from qa.overlap import words_lacking
from qa.rank import Candidate, Ranking
from qa.settings import Logistic, ReaderSettings

# Beyond this a log-odds says no more: e^12 is 160,000 to 1.
MOST_LOG_ODDS = 12.0
# A reader that nothing was fitted for goes by the odds of a span against "not here". Its share of
# all that was read would shrink with every passage that says something, too.
OWN_RIGHT, OWN_ABSENT = Logistic(0.0, {"mass": 1.0}), Logistic(0.0, {"mass": -1.0})


def features(question: str, candidate: Candidate, *, searched: bool) -> Mapping[str, float]:
    """What speaks for and against a candidate.

    None of it is a probability shared among all passages that were read: more of them that say
    nothing change nothing. Another that has the same quote speaks for it.

    Args:
        question: what was asked.
        candidate: a candidate.
        searched: whether a search found what was read.

    Returns:
        ``mass``: its log-odds against "not in the article", overlapping spans included.
        ``searched``: 1 where the passages come of a search.
        ``words_lacking``: share of the question's content words that its passage lacks; the
        least, where several passages have it.
    """
    lacking = min(
        words_lacking(question, passage.text, title=passage.document.title)
        for passage in candidate.passages
    )
    return {
        "mass": max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, candidate.mass)),
        "searched": float(searched),
        "words_lacking": lacking,
    }


def judge(
    question: str,
    ranking: Ranking,
    settings: ReaderSettings,
    *,
    searched: bool,
    told: bool = False,
) -> Ranking:
    """The same candidates with fitted probabilities, best first.

    A score is then the probability that the quote is right (Platt 1999: a logistic
    regression over what the model says); where several quotes are right, they need not
    make 1. A reader that nothing was fitted for goes by the odds of its spans.

    Args:
        question: what was asked.
        ranking: its candidates.
        settings: of the reader.
        searched: whether a search found what was read.
        told: whether the question was read behind earlier turns; then the article is likelier to
            say it, and the question has left words out.
    """
    if not ranking.candidates:
        return ranking
    right, absent = OWN_RIGHT, OWN_ABSENT
    if settings.right is not None and settings.absent is not None:
        right, absent = settings.right, settings.absent
    if told and settings.told_right is not None and settings.told_absent is not None:
        right, absent = settings.told_right, settings.told_absent
    judged = [
        replace(
            candidate,
            score=right.probability(features(question, candidate, searched=searched)),
        )
        for candidate in ranking.candidates
    ]
    judged.sort(key=lambda candidate: -candidate.score)
    best = features(question, judged[0], searched=searched)
    return Ranking(tuple(judged), absent.probability(best))


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
