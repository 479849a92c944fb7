"""What the scores of an evaluation are worth: the points of its curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.evaluate import Outcome
from qa.metrics import CALIBRATION_BINS, best_against, calibration_bin

COVERAGE = 0.9  # of all questions, where the risk is read off
SWEEP_STEPS = 100  # thresholds of 0.00, 0.01, …, 1.00


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What comes of answering only the questions with the highest scores.

    Args:
        coverage: share of all questions that are answered.
        risk: share of those that are answered wrongly.
    """

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """How the risk grows as more questions are answered.

    Args:
        points: one for each score that a best quote has, by rising coverage.
        area: under the points, as steps; the smaller, the better.
        at_90: the first point of a coverage of 90 % or more; None where so many questions
            have no quote.
        present: what was given as answers; None where nothing was.
    """

    points: tuple[RiskPoint, ...]
    area: float
    at_90: RiskPoint | None
    present: RiskPoint | None


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """The answers whose scores are in one tenth.

    Args:
        count: how many they are.
        claimed: their mean score; 0 where there are none.
        right: the share of them that is right; 0 where there are none.
    """

    count: int
    claimed: float
    right: float


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """What comes of giving the best quote as the answer from one score on.

    Args:
        least_score: that score.
        answered: share of all questions that are answered.
        f1: official F1 of all questions, in percent; abstaining counts as an empty answer.
        abstained: share of the unanswerable questions that are asked and not answered; None
            where there are none.
    """

    least_score: float
    answered: float
    f1: float
    abstained: float | None


def risk_coverage(outcomes: Sequence[Outcome]) -> RiskCoverage:
    """The risk–coverage curve of the best quotes' scores (El-Yaniv and Wiener 2010).

    Questions without a quote are never answered; quotes of one score only together.
    """
    quoted = sorted(
        ((one.best.score, one.is_best_right) for one in outcomes if one.best),
        key=lambda pair: -pair[0],
    )
    points, area, answered, wrong = [], 0.0, 0, 0
    for _, tied in groupby(quoted, key=lambda pair: pair[0]):
        rights = [right for _, right in tied]
        answered += len(rights)
        wrong += rights.count(False)
        points.append(RiskPoint(answered / len(outcomes), wrong / answered))
        area += points[-1].risk * len(rights) / len(outcomes)
    given = [one.is_right for one in outcomes if one.answer.text is not None]
    return RiskCoverage(
        tuple(points),
        area,
        at_90=next((point for point in points if point.coverage >= COVERAGE), None),
        present=RiskPoint(len(given) / len(outcomes), given.count(False) / len(given))
        if given
        else None,
    )


def reliability(outcomes: Sequence[Outcome]) -> tuple[ScoreBin, ...]:
    """Claimed scores and what held of them, in the bins of ``qa.metrics.calibration_error``.

    A question that could not be asked is in none.
    """
    bins: list[list[Outcome]] = [[] for _ in range(CALIBRATION_BINS)]
    for one in outcomes:
        if one.asked:
            bins[calibration_bin(one.answer.score)].append(one)
    return tuple(
        ScoreBin(
            len(inside),
            sum(one.answer.score for one in inside) / max(len(inside), 1),
            sum(one.is_right for one in inside) / max(len(inside), 1),
        )
        for inside in bins
    )


def sweep(outcomes: Sequence[Outcome]) -> tuple[SweepPoint, ...]:
    """What each least score from 0 to 1 would give; nothing, where there is no question.

    A question that could not be asked is neither answered nor abstained from, as in
    ``qa.evaluate.figures``.
    """
    if not outcomes:
        return ()
    scores = [one.best.score if one.best else -1.0 for one in outcomes]
    quoted = [best_against(one.best_text, one.question.answers)[1] for one in outcomes]
    empty = [best_against(one.unquoted_text, one.question.answers)[1] for one in outcomes]
    unanswerable = [
        (score, one.asked)
        for score, one in zip(scores, outcomes, strict=True)
        if not one.is_answerable
    ]
    points = []
    for step in range(SWEEP_STEPS + 1):
        least = step / SWEEP_STEPS
        f1s = [
            given if score >= least else withheld
            for score, given, withheld in zip(scores, quoted, empty, strict=True)
        ]
        points.append(
            SweepPoint(
                least,
                answered=sum(score >= least for score in scores) / len(scores),
                f1=100 * sum(f1s) / len(f1s),
                abstained=sum(asked and score < least for score, asked in unanswerable)
                / len(unanswerable)
                if unanswerable
                else None,
            )
        )
    return tuple(points)


def present_least_score(outcomes: Sequence[Outcome]) -> float | None:
    """The lowest score given as an answer, None where no least score tells given from withheld."""
    given = [one.answer.score for one in outcomes if one.answer.text is not None]
    withheld = [one.best.score for one in outcomes if one.answer.text is None and one.best]
    if not given or max(withheld, default=-1.0) >= min(given):
        return None
    return min(given)
