"""The worst errors of an evaluation as HTML: what was asked, quoted and accepted, quotes marked."""

from collections.abc import Iterable, Sequence
from html import escape

from index.records import Document
from qa.evaluate import Outcome
from qa.records import Answer, Excerpt
from qa.render import marked
from qa.report_figures import absence

WORST_SHOWN = 10

Mistake = tuple[Outcome, Answer]  # what came of a question, and its best quote


def worst_errors(outcomes: Sequence[Outcome]) -> str:
    """The worst errors of each kind, or why there are none, as HTML.

    Args:
        outcomes: what came of the questions of a file.
    """
    answerable = sum(one.is_answerable for one in outcomes)
    unanswerable = len(outcomes) - answerable
    kinds = (
        (
            "Confident and wrong",
            confident_errors(outcomes),
            "No answer to an answerable question is wrong."
            if answerable
            else "None of the questions is answerable.",
        ),
        (
            "Right and withheld",
            withheld_answers(outcomes),
            "No right quote was withheld."
            if answerable
            else "None of the questions is answerable.",
        ),
        (
            "Answers to unanswerable questions",
            answers_to_unanswerable(outcomes),
            "None of the unanswerable questions was answered."
            if unanswerable
            else "All of the questions are answerable.",
        ),
    )
    return "<h3>The worst errors</h3>" + "".join(
        f"<h4>{heading}</h4>"
        + (f'<ol class="errors">{"".join(map(_error, found))}</ol>' if found else absence(without))
        for heading, found, without in kinds
    )


def confident_errors(outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """Wrong answers to answerable questions, the worst first."""
    return _worst(
        one
        for one in outcomes
        if one.is_answerable and one.answer.text is not None and not one.is_right
    )


def withheld_answers(outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """Right quotes that were not given as the answer, the worst first."""
    return _worst(
        one
        for one in outcomes
        if one.answer.text is None and one.best is not None and one.is_best_right
    )


def answers_to_unanswerable(outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """Answers to unanswerable questions, the worst first."""
    return _worst(one for one in outcomes if not one.is_answerable and one.answer.text is not None)


def _worst(outcomes: Iterable[Outcome]) -> tuple[Mistake, ...]:
    """Those with the highest scores of their best quotes."""
    quoted = [(one, quote) for one in outcomes if (quote := one.best) is not None]
    return tuple(sorted(quoted, key=lambda mistake: -mistake[1].score)[:WORST_SHOWN])


def _error(mistake: Mistake) -> str:
    outcome, quote = mistake
    quotes = outcome.best_quotes
    said = " · ".join(f"“{escape(one.text or '')}”" for one in quotes)
    golds = outcome.question.items if outcome.has_several else None
    accepted = "; ".join(
        f"<bdi>{escape(text)}</bdi>" for text in dict.fromkeys(golds or outcome.question.answers)
    )
    resolved = outcome.answer.resolved
    return (
        f'<li><p class="question" dir="auto">{escape(outcome.question.question)}</p>'
        + (f'<p class="meta" dir="auto">Read as: {escape(resolved)}</p>' if resolved else "")
        + f'<blockquote dir="auto">{said}</blockquote>'
        f'<p class="meta">Score {quote.score:.2f}, “not in the article”'
        f" {outcome.answer.null_score:.2f}. Accepted:"
        f" {accepted or '<i>nothing, it is not in the passage</i>'}</p>"
        f"{_passages(outcome.paragraph, quotes)}</li>"
    )


def _passages(paragraph: Document, quotes: Sequence[Answer]) -> str:
    """The sentence with the quote, and what else there was to read, folded."""
    own = Excerpt.from_span(paragraph, 0, len(paragraph.text))
    sentence, passage = quotes[0].sentence, quotes[0].passage
    shown = (
        f'<p class="passage" dir="auto">{marked(sentence, quotes, "mark")}</p>' if sentence else ""
    )
    if passage and passage.document_id != own.document_id:
        shown += _folded("The passage quoted", passage, quotes)
        return shown + _folded("The passage asked of", own, ())
    return shown + _folded("The passage", own, quotes)


def _folded(name: str, excerpt: Excerpt, quotes: Sequence[Answer]) -> str:
    words = len(excerpt.text.split())
    return (
        f"<details><summary>{name}: <bdi>{escape(excerpt.document_title)}</bdi>, {words:,} words"
        f'</summary><p class="passage" dir="auto">{marked(excerpt, quotes, "mark")}</p></details>'
    )
