"""The official SQuAD metrics, and others for what SQuAD does not ask.

Exact match, F1 and the normalisation before them follow Rajpurkar et al. 2016, the
thresholds for unanswerable questions Rajpurkar et al. 2018, with the names and the
rounding-free percentages of the official scripts; several answers Li et al. 2022.
"""

import math
import re
import string
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher

# Of the official scripts: the words of ``regex`` end elsewhere, as in "a²".
ARTICLES = re.compile(r"\b(a|an|the)\b")
CALIBRATION_BINS = 10
ANSWERED = 0.9  # of the answerable questions, where abstention is read off
PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was answered to a question whose answers are known.

    Args:
        gold: accepted answers; none where the question is unanswerable.
        answer: the answer given, "" for none.
        best_span: the best span, whether or not it was given as the answer.
        null_score: probability of "not in the article".
    """

    gold: tuple[str, ...]
    answer: str
    best_span: str
    null_score: float


def normalize(text: str) -> str:
    """Lower case, without ASCII punctuation, English articles and surplus white space."""
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def exact_match(prediction: str, gold: str) -> float:
    """1.0 if the two are the same after normalisation, else 0.0."""
    return float(normalize(prediction) == normalize(gold))


def f1(prediction: str, gold: str) -> float:
    """The harmonic mean of precision and recall over the words in common."""
    predicted, accepted = normalize(prediction).split(), normalize(gold).split()
    if not predicted or not accepted:
        return float(predicted == accepted)
    common = (Counter(predicted) & Counter(accepted)).total()
    if not common:
        return 0.0
    return _harmonic(common / len(predicted), common / len(accepted))


def best_against(prediction: str, golds: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1 against whichever accepted answer suits each best.

    As in the official script, an accepted answer that normalises to nothing is passed over
    and a question without accepted answers accepts only the empty one.
    """
    accepted = [gold for gold in golds if normalize(gold)] or [""]
    return (
        max(exact_match(prediction, gold) for gold in accepted),
        max(f1(prediction, gold) for gold in accepted),
    )


def score_predictions(predictions: Sequence[Prediction]) -> dict[str, float | int]:
    """The official figures for a set of predictions.

    A set without unanswerable questions is scored as SQuAD 1.1: by the best span, without
    abstention. Any other as SQuAD 2.0, with the ``HasAns_`` and ``NoAns_`` parts and the
    best that any threshold on the null score could give. Unlike in the official scripts a question
    marked impossible has no answers whatever is listed, an accepted answer that normalises to
    nothing is passed over in SQuAD 1.1 too, and two questions of one id are two.

    Args:
        predictions: one for each question.

    Returns:
        Figures by their official names, in percent; ``total`` counts; thresholds are null
        scores, from 0 to 1.
    """
    if not predictions:
        return {"exact": 0.0, "f1": 0.0, "total": 0}
    has_answer = [bool(prediction.gold) for prediction in predictions]
    spans = [best_against(prediction.best_span, prediction.gold) for prediction in predictions]
    if all(has_answer):
        return _means(spans)
    given = [best_against(prediction.answer, prediction.gold) for prediction in predictions]
    figures = _means(given)
    for prefix, wanted in (("HasAns", True), ("NoAns", False)):
        part = [score for score, has in zip(given, has_answer, strict=True) if has is wanted]
        if part:
            figures |= {f"{prefix}_{name}": value for name, value in _means(part).items()}
    nulls = [prediction.null_score for prediction in predictions]
    for name, column in (("exact", 0), ("f1", 1)):
        # Answering an unanswerable question loses the point that abstaining had.
        gains = [
            scores[column] if prediction.gold else -float(bool(prediction.best_span))
            for scores, prediction in zip(spans, predictions, strict=True)
        ]
        best, threshold = _best_threshold(gains, nulls, abstaining=has_answer.count(False))
        figures[f"best_{name}"] = best
        figures[f"best_{name}_thresh"] = threshold
    return figures


def score_answerability(has_answer: Sequence[bool], nulls: Sequence[float]) -> dict[str, float]:
    """How well null scores tell unanswerable questions from answerable ones.

    Args:
        has_answer: of each question.
        nulls: null score of each.

    Returns:
        From 0 to 1: ``auroc``, the probability that an unanswerable question has the higher
        null score of two (Fawcett 2006); ``abstained_at_90``, the share of unanswerable
        questions with a higher null score than 90 % of the answerable ones. Nothing, where
        the questions are all of one kind.
    """
    present = sorted(null for null, has in zip(nulls, has_answer, strict=True) if has)
    absent = [null for null, has in zip(nulls, has_answer, strict=True) if not has]
    if not present or not absent:
        return {}
    wins = sum((bisect_left(present, null) + bisect_right(present, null)) / 2 for null in absent)
    threshold = present[math.ceil(ANSWERED * len(present)) - 1]
    return {
        "auroc": wins / (len(present) * len(absent)),
        "abstained_at_90": sum(null > threshold for null in absent) / len(absent),
    }


def calibration_error(scores: Sequence[float], rights: Sequence[bool]) -> float:
    """Expected calibration error in ten bins of equal width (Guo et al. 2017), from 0 to 1.

    Args:
        scores: probabilities that were claimed.
        rights: whether what was claimed is so.
    """
    claimed, held = [0.0] * CALIBRATION_BINS, [0] * CALIBRATION_BINS
    for score, right in zip(scores, rights, strict=True):
        number = calibration_bin(score)
        claimed[number] += score
        held[number] += right
    gaps = (abs(sum_of - count) for sum_of, count in zip(claimed, held, strict=True))
    return math.fsum(gaps) / max(len(scores), 1)


def calibration_bin(score: float) -> int:
    """The number of the bin, from 0, that a probability falls into."""
    return min(int(score * CALIBRATION_BINS), CALIBRATION_BINS - 1)


def score_several(
    golds: Sequence[Sequence[str]], predictions: Sequence[Sequence[str]]
) -> dict[str, float]:
    """The figures of MultiSpanQA (Li et al. 2022) for sets of answers.

    Precision and recall are pooled over all questions. An answer counts for exact F1 if it
    is in the other set; for overlap F1 as the share of its characters in the longest common
    run with its best partner, as the official script measures it: ``difflib`` with its usual
    settings, by which a run within a prediction of 200 characters or more must have one that is
    not frequent there.

    Args:
        golds: for each question its answers.
        predictions: for each question what was answered; nothing, for "not in the article".

    Returns:
        ``multi_exact_f1`` and ``multi_overlap_f1``, in percent.
    """
    exact = overlap_precision = overlap_recall = 0.0
    accepted_total = predicted_total = 0
    for gold, prediction in zip(golds, predictions, strict=True):
        accepted = {normalize(text) for text in gold}
        predicted = {normalize(text) for text in prediction}
        accepted_total += max(len(accepted), 1)
        predicted_total += max(len(predicted), 1)
        exact += len(accepted & predicted) if accepted or predicted else 1
        precision, recall = _overlaps(accepted, predicted)
        overlap_precision += precision
        overlap_recall += recall
    return {
        "multi_exact_f1": 100 * _harmonic(exact / predicted_total, exact / accepted_total),
        "multi_overlap_f1": 100
        * _harmonic(overlap_precision / predicted_total, overlap_recall / accepted_total),
    }


def _overlaps(accepted: Set[str], predicted: Set[str]) -> tuple[float, float]:
    """What one question adds to the precision and to the recall of overlap F1."""
    if predicted <= {""}:  # nothing, or what normalises to nothing
        return (0.0, 0.0) if accepted else (1.0, 1.0)
    longest = {
        # In this order: what is frequent is told of the second.
        (gold, text): SequenceMatcher(None, gold, text).find_longest_match().size
        for gold in accepted
        for text in predicted
    }
    return (
        sum(max((longest[g, p] for g in accepted), default=0) / len(p) for p in predicted if p),
        sum(max(longest[g, p] for p in predicted) / len(g) for g in accepted if g),
    )


def list_f1(prediction: Sequence[str], gold: Sequence[str], *, alike_f1: float) -> float:
    """The F1 of one list over its items, each of which is the partner of one of the other at most.

    MultiSpanQA's overlap cannot judge a single question: it finds three quarters of "1990" in
    "1994", and all of several items that begin alike in one of them.

    Args:
        prediction: what was answered.
        gold: what should have been.
        alike_f1: least F1 of two items that are partners.

    Returns:
        From 0 to 1. What is the same after normalisation counts once, what normalises to nothing
        not at all.
    """
    said = {normalize(text) for text in prediction} - {""}
    accepted = {normalize(text) for text in gold} - {""}
    if not said or not accepted:
        return float(said == accepted)
    partners = {one: [other for other in accepted if f1(one, other) >= alike_f1] for one in said}
    return 2 * _most_pairs(partners) / (len(said) + len(accepted))


def _most_pairs(partners: Mapping[str, Sequence[str]]) -> int:
    """How many can have a partner of their own, if they are paired as well as can be."""
    taken: dict[str, str] = {}

    def find(one: str, tried: set[str]) -> bool:
        for other in partners[one]:
            if other not in tried:
                tried.add(other)
                if other not in taken or find(taken[other], tried):
                    taken[other] = one
                    return True
        return False

    return sum(find(one, set()) for one in partners)


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def recall_at(ranks: Sequence[int | None], cutoffs: Sequence[int]) -> Mapping[str, float]:
    """The share of questions whose passage is among the first k found.

    Args:
        ranks: for each question the rank of the right passage, from 1, or None if not found.
        cutoffs: the values of k.

    Returns:
        ``recall@k`` for each k, from 0 to 1.
    """
    return {
        f"recall@{k}": sum(rank is not None and rank <= k for rank in ranks) / max(len(ranks), 1)
        for k in cutoffs
    }


def _means(scores: Sequence[tuple[float, float]]) -> dict[str, float | int]:
    total = len(scores)
    return {
        "exact": 100 * sum(exact for exact, _ in scores) / total,
        "f1": 100 * sum(f1_score for _, f1_score in scores) / total,
        "total": total,
    }


def _best_threshold(
    gains: Sequence[float], nulls: Sequence[float], *, abstaining: int
) -> tuple[float, float]:
    """The best mean score, in percent, of answering where the null score is at most t, and t."""
    current = best = float(abstaining)
    threshold = 0.0
    for index in sorted(range(len(nulls)), key=nulls.__getitem__):
        current += gains[index]
        if current > best:
            best, threshold = current, nulls[index]
    return 100 * best / len(nulls), threshold
