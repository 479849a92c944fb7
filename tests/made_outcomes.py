"""What came of questions, made up: answers that were given or withheld, right or wrong."""

from dataclasses import replace

import regex
from hypothesis import strategies as st

from index.records import Document
from qa.evaluate import Outcome
from qa.records import Answer, Excerpt
from qa.squad import SquadQuestion

MARSH = Document("p0", "The marsh", "Forty two grey herons were counted on the salt marsh in May.")
GOLDS = ("grey herons", "May", "on the salt marsh", "the", "", "two grey")
SCORES = (0.0, 0.1, 0.25, 0.3, 0.5, 0.99, 1.0)


def make(
    golds=(),
    *,
    span=(10, 21),  # grey herons
    score=0.8,
    null_score=0.2,
    given=True,
    question="What was counted?",
    paragraph=MARSH,
):
    """What came of a question; without a span there is no quote."""
    best = None
    if span is not None:
        quote = Excerpt.from_span(paragraph, *span)
        whole = Excerpt.from_span(paragraph, 0, len(paragraph.text))
        best = Answer(
            question,
            quote.text,
            score,
            null_score,
            quote.start,
            quote.end,
            paragraph.id,
            paragraph.title,
            passage=whole,
            sentence=whole,
        )
    if best is None or not given:
        others = () if best is None else (best,)
        best = Answer(question, None, null_score, null_score, alternatives=others)
    return Outcome(SquadQuestion(question, 0, tuple(golds)), paragraph, best)


def unasked(golds=(), *, question=" "):
    """A question that could not be asked."""
    without = make(golds, span=None, null_score=0.0, question=question)
    return replace(without, answer=replace(without.answer, null_score=1.0), asked=False)


@st.composite
def one_outcome(draw):
    edges = [0, *(match.end() for match in regex.finditer(r"\w+", MARSH.text))]
    start, end = sorted(draw(st.lists(st.sampled_from(edges), min_size=2, max_size=2, unique=True)))
    score = st.sampled_from(SCORES) | st.floats(0, 1)
    golds = draw(st.lists(st.sampled_from(GOLDS), max_size=2))
    if draw(st.sampled_from([False, False, False, True])):
        return unasked(golds)
    return make(
        golds,
        span=draw(st.sampled_from([(start, end), (start, end), (start, end), None])),
        score=draw(score),
        null_score=draw(score),
        given=draw(st.booleans()),
        question=draw(st.sampled_from(["Who?", "In what way?", "how  many?", "Is it?", ""])),
    )


some_outcomes = st.lists(one_outcome(), min_size=1, max_size=12)


def score_of(outcome):
    return outcome.best.score if outcome.best else None
