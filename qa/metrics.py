"""The official SQuAD metrics.

Exact match, F1 and the normalisation before them follow Rajpurkar et al. 2016, the
thresholds for unanswerable questions Rajpurkar et al. 2018, with the names and the
rounding-free percentages of the official scripts.
"""

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex

ARTICLES = regex.compile(r"\b(a|an|the)\b")
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
    precision, recall = common / len(predicted), common / len(accepted)
    return 2 * precision * recall / (precision + recall)


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
    best that any threshold on the null score could give.

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
