"""Make an answer of what a reader found in the passages of a question."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from index.records import Passage
from index.sentences import Span, sentence_spans
from qa.confidence import is_answer, judge
from qa.rank import Candidate, gathered, rank
from qa.reader import Reading
from qa.records import Answer, Excerpt
from qa.settings import ReaderSettings
from qa.several import MOST_CANDIDATES, items_of

NEAREST_SHOWN = 3
Split = Callable[[str], Sequence[Span]]


def make_answer(
    question: str,
    found: Sequence[tuple[Passage, Reading]],
    *,
    settings: ReaderSettings,
    top_k: int,
    searched: bool,
    min_score: float | None = None,
    resolved: str | None = None,
    nearest: Sequence[Passage] | None = None,
) -> Answer:
    """Rank what was found, judge it, and quote the best; or say that it is not there.

    Args:
        question: what was asked.
        found: the passages that were read and what was found in each, the nearest first.
        settings: what was fitted for the reader.
        top_k: how many quotes to give: the answer and top_k - 1 alternatives.
        searched: whether a search found the passages.
        min_score: least score of an answer; without it, the fitted one.
        resolved: the question behind the earlier turns it leans on, if it does.
        nearest: the passages that were found, read or not, the nearest first; without them,
            those that were read.
    """
    if nearest is None:
        nearest = [passage for passage, _ in found]
    ranking = rank(found, top_k=max(top_k, MOST_CANDIDATES))
    told = resolved is not None
    ranking = judge(question, ranking, settings, searched=searched, told=told)
    several = items_of(question, ranking.candidates, item_share=settings.item_share)
    if several:
        ranking = gathered(ranking, several)
        ranking = judge(question, ranking, settings, searched=searched, told=told)
    quote = partial(
        _quote,
        question=question,
        null_score=ranking.null_score,
        resolved=resolved,
        split=cache(sentence_spans),  # a passage once, however many quotes are from it
    )
    quotes = [quote(one) for one in ranking.candidates]
    if is_answer(ranking, settings, min_score=min_score):
        items = tuple(quote(one) for one in several)
        others = _others(quotes, (quotes[0], *items))
        return replace(quotes[0], items=items, alternatives=others[: top_k - 1])
    return Answer(
        question=question,
        text=None,
        score=ranking.null_score,
        null_score=ranking.null_score,
        alternatives=tuple(quotes[:top_k]),
        resolved=resolved,
        nearest=tuple(map(Excerpt.from_passage, nearest[:NEAREST_SHOWN])),
    )


def _others(quotes: Sequence[Answer], given: Sequence[Answer]) -> tuple[Answer, ...]:
    """The quotes that overlap nothing that was given."""
    return tuple(quote for quote in quotes if not any(_overlap(quote, other) for other in given))


def _overlap(one: Answer, other: Answer) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def _quote(
    candidate: Candidate,
    *,
    question: str,
    null_score: float,
    resolved: str | None,
    split: Split,
) -> Answer:
    document = candidate.passage.document
    quote = Excerpt.from_span(document, candidate.start, candidate.end)
    return Answer(
        question=question,
        text=quote.text,
        score=candidate.score,
        null_score=null_score,
        start=quote.start,
        end=quote.end,
        document_id=document.id,
        document_title=document.title,
        page=quote.page,
        passage=Excerpt.from_passage(candidate.passage),
        sentence=_sentence_around(candidate, split),
        resolved=resolved,
    )


def _sentence_around(candidate: Candidate, split: Split) -> Excerpt:
    """The sentences of the passage that the candidate touches."""
    passage = candidate.passage
    touched = [
        (passage.start + start, passage.start + end)
        for start, end in split(passage.text)
        if passage.start + start < candidate.end and candidate.start < passage.start + end
    ]
    start = min([candidate.start, *(start for start, _ in touched)])
    end = max([candidate.end, *(end for _, end in touched)])
    return Excerpt.from_span(passage.document, start, end)
