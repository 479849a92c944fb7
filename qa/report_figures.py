"""What the figures of an evaluation mean, and how its report writes them or says it has none."""

from collections.abc import Mapping

Figures = Mapping[str, float | int]

# What the official names mean. Those in the first are in percent, the others from 0 to 1.
IN_PERCENT = {
    "exact": "Answered with an accepted answer, word for word",
    "f1": "Words in common with an accepted answer (F1)",
    "HasAns_exact": "The answerable questions: word for word",
    "HasAns_f1": "The answerable questions: words in common (F1)",
    "NoAns_exact": "The unanswerable questions: rightly not answered",
    "NoAns_f1": "The same: F1 of no answer is all or nothing",
    "best_exact": "Word for word, had the best threshold been known",
    "best_f1": "Words in common (F1), had the best threshold been known",
    "multi_exact_f1": "Questions with several answers: answers found word for word (F1)",
    "multi_overlap_f1": "Questions with several answers: characters in common (F1)",
}
OTHERS = {
    "total": "Questions",
    "HasAns_total": "The answerable questions",
    "NoAns_total": "The unanswerable questions",
    "unasked": "Questions that could not be asked: they earn nothing",
    "best_exact_thresh": "That threshold: the highest null score with an answer",
    "best_f1_thresh": "That threshold: the highest null score with an answer",
    "ece": "Calibration error: how far scores are from how often they are right",
    "auroc": "How well null scores tell the unanswerable questions: 0.5 by chance, 1 without fault",
    "abstained_at_90": "Unanswerable questions not answered where 90 % of the answerable ones are",
}
RECALL, RECALL_WORDS = "recall@", "Paragraph among the first {} found"


def meaning_of(name: str) -> str:
    """What a figure says, or its name again if nobody knows.

    Args:
        name: as the official evaluation calls it.
    """
    if name.startswith(RECALL):
        return RECALL_WORDS.format(name.removeprefix(RECALL))
    return (IN_PERCENT | OTHERS).get(name, name)


def value_of(name: str, value: float) -> str:
    """A figure as it is written: a count, in percent, or from 0 to 1.

    Args:
        name: as the official evaluation calls it.
        value: of the figure.
    """
    if isinstance(value, int):
        return f"{value:,}"
    return percent(value) if name in IN_PERCENT else f"{value:.3f}"


def absence(why: str) -> str:
    """The HTML that stands where there is nothing to show.

    Args:
        why: one or more sentences, as HTML.
    """
    return f'<p class="absent">{why}</p>'


def percent(value: float) -> str:
    """A share as it is written.

    Args:
        value: from 0 to 100.
    """
    return f"{value:.1f}\u00a0%"
