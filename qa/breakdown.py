"""The figures of an evaluation taken apart: by kind of question, by score, by error."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex

from qa.evaluate import Outcome
from qa.metrics import CALIBRATION_BINS, best_against, calibration_bin

COVERAGE = 0.9  # of all questions, where the risk is read off
SWEEP_STEPS = 100  # thresholds of 0.00, 0.01, …, 1.00
WORST_SHOWN = 10

QUESTION_WORD = regex.compile(
    r"\b(how (?:many|much)|who(?:m|se)?|what|when|where|which|why|how)\b", regex.IGNORECASE
)
HOW_MANY = "how many/much"
QUESTION_WORDS = ("who", "what", "when", "where", "which", "why", "how", HOW_MANY, "other")

ANSWER_TYPES = ("number", "date", "name", "other short", "clause")
CLAUSE_WORDS = 7  # from here on an answer rarely is a name or a number alone
CALENDAR = regex.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|centuries)\b"
)
# A year alone or behind two small words, as in “in the 1990s”; “1,500 people” is none.
YEAR = regex.compile(r"(?:[a-z]+ ){0,2}(?:1\d|20)\d\ds?(?:[-–]\d{2,4})?", regex.IGNORECASE)
NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million billion trillion dozen half twice".split()
)
UNCAPITALISED = frozenset("a an and at de for in la of on the to van von".split())  # inside names

# Most accepted answers have 1 to 6 words, most paragraphs of SQuAD 50 to 200.
ANSWER_EDGES_WORDS = (1, 3, 6, 12)
PASSAGE_EDGES_WORDS = (50, 100, 200, 400)


@dataclass(frozen=True, slots=True)
class Group:
    """The answerable questions of a kind.

    Args:
        name: of the kind.
        count: how many they are.
        f1: their mean F1 as in the official figures, in percent.
    """

    name: str
    count: int
    f1: float


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
        abstained: share of the unanswerable questions that are not answered; None where
            there are none.
    """

    least_score: float
    answered: float
    f1: float
    abstained: float | None


def question_word(question: str) -> str:
    """The first question word of a question; one of ``QUESTION_WORDS``."""
    found = QUESTION_WORD.search(" ".join(question.split()))
    if not found:
        return "other"
    word = found[0].lower()
    if word.startswith("how "):
        return HOW_MANY
    return "who" if word.startswith("who") else word


def answer_type(answer: str) -> str:
    """The type of an accepted answer, told by its letters alone.

    The first that fits: a *clause* has seven words or more; a *date* has the name of a month
    or weekday, or is a year; a *number* has a digit or a word for one; in a *name* each word
    but the smallest begins with a capital; anything else is *other short*.

    Returns:
        One of ``ANSWER_TYPES``.
    """
    words = answer.split()
    if len(words) >= CLAUSE_WORDS:
        return "clause"
    if CALENDAR.search(answer) or YEAR.fullmatch(answer):
        return "date"
    if regex.search(r"\d", answer) or not NUMBER_WORDS.isdisjoint(
        regex.findall(r"\w+", answer.lower())
    ):
        return "number"
    initials = [
        next(filter(str.isalnum, word), "") for word in words if word.lower() not in UNCAPITALISED
    ]
    initials = [initial for initial in initials if initial]
    return "name" if initials and all(map(str.isupper, initials)) else "other short"


def by_question_word(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the first question word."""
    return _groups(outcomes, QUESTION_WORDS, lambda one: question_word(one.question.question))


def by_answer_type(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the type of the first accepted answer."""
    return _groups(outcomes, ANSWER_TYPES, lambda one: answer_type(one.question.answers[0]))


def by_answer_length(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the words of the first accepted answer."""
    names = _length_names(ANSWER_EDGES_WORDS)
    return _groups(
        outcomes,
        names,
        lambda one: names[_length_bin(one.question.answers[0], ANSWER_EDGES_WORDS)],
    )


def by_passage_length(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the words of the paragraph that was asked of."""
    names = _length_names(PASSAGE_EDGES_WORDS)
    return _groups(
        outcomes, names, lambda one: names[_length_bin(one.paragraph.text, PASSAGE_EDGES_WORDS)]
    )


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
    """Claimed scores and what held of them, in the bins of ``qa.metrics.calibration_error``."""
    bins: list[list[Outcome]] = [[] for _ in range(CALIBRATION_BINS)]
    for one in outcomes:
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
    """What each least score from 0 to 1 would give; nothing, where there is no question."""
    if not outcomes:
        return ()
    scores = [one.best.score if one.best else -1.0 for one in outcomes]
    quoted = [best_against(one.best_text, one.question.answers)[1] for one in outcomes]
    empty = [best_against("", one.question.answers)[1] for one in outcomes]
    unanswerable = [
        score for score, one in zip(scores, outcomes, strict=True) if not one.is_answerable
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
                abstained=sum(score < least for score in unanswerable) / len(unanswerable)
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


def confident_errors(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Wrong answers to answerable questions, the worst first."""
    return _worst(
        one
        for one in outcomes
        if one.is_answerable and one.answer.text is not None and not one.is_right
    )


def withheld_answers(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Right quotes that were not given as the answer, the worst first."""
    return _worst(
        one
        for one in outcomes
        if one.answer.text is None and one.best is not None and one.is_best_right
    )


def answers_to_unanswerable(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Answers to unanswerable questions, the worst first."""
    return _worst(one for one in outcomes if not one.is_answerable and one.answer.text is not None)


def _worst(errors: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Those with the highest scores of their best quotes."""
    ordered = sorted(errors, key=lambda one: one.best.score if one.best else 0.0, reverse=True)
    return tuple(ordered[:WORST_SHOWN])


def _groups(
    outcomes: Sequence[Outcome], names: Sequence[str], name_of: Callable[[Outcome], str]
) -> tuple[Group, ...]:
    """The answerable questions by name, in the order of the names; empty groups left out."""
    # As the official script has it, a set without unanswerable questions is scored by the
    # best quote, whether or not it was given.
    abstains = not all(one.is_answerable for one in outcomes)
    f1s: dict[str, list[float]] = {name: [] for name in names}
    for one in outcomes:
        if one.is_answerable:
            withheld = abstains and one.answer.text is None
            said = "" if withheld else one.best_text
            f1s[name_of(one)].append(best_against(said, one.question.answers)[1])
    return tuple(
        Group(name, len(scores), 100 * sum(scores) / len(scores))
        for name, scores in f1s.items()
        if scores
    )


def _length_bin(text: str, edges_words: Sequence[int]) -> int:
    """The first edge that a text does not exceed; an empty text is with the shortest."""
    return bisect_left(edges_words, len(text.split()))


def _length_names(edges_words: Sequence[int]) -> tuple[str, ...]:
    starts = [1, *(edge + 1 for edge in edges_words)]
    bounded = [
        f"{start}–{edge}" if start < edge else f"{edge}"
        for start, edge in zip(starts, edges_words, strict=False)
    ]
    return (*bounded, f"{starts[-1]} or more")
