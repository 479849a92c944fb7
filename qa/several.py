"""Answers to questions that ask for several things: the items, each at its place."""

import math
from collections.abc import Sequence
from dataclasses import replace

from index.sentences import Span, sentence_spans
from qa.asking_several import asks_for_several, count_asked
from qa.bulleted import lines_with
from qa.capitals import SMALL, with_small_conjunctions
from qa.enumerations import ASKS_FOR_FIRMS, enumerated
from qa.joined import in_pairs
from qa.listed import INTRODUCING, items_with
from qa.rank import Candidate
from qa.roles import ASKS_FOR_PEOPLE
from qa.titles import titles_with

MOST_CANDIDATES = 20  # the others are too unlikely to be items
MOST_ITEMS = 100  # a longer list is a table, and no answer
# Where a question says how many things it asks for, so many are given as have this share of the
# best one's odds: who asks for two names knows that there are two.
COUNTED_SHARE = 0.02


def items_of(
    question: str, candidates: Sequence[Candidate], *, item_share: float
) -> list[Candidate]:
    """The candidates, or their parts, that together answer a question for several things.

    The best candidate is taken apart where it is an enumeration ("Anna, Ben and Carl"), and
    joined by its neighbours where it is an item or a part of one, unless they are more than was
    asked for or than a list has. Another candidate is an item where its odds have a fair share of
    the best one's.

    Args:
        question: what is asked.
        candidates: the best first; no two overlap.
        item_share: least share of the best one's odds, above 0, for questions that ask for
            several by their grammar and do not say how many.

    Returns:
        Two items or more, or none where one answer will do; those of a document together and as
        they stand in it, the document of the best first. Parts have the score of what they were
        part of.
    """
    if not candidates:
        return []
    if not asks_for_several(question):
        return _enumerated(candidates[0], question)
    count = count_asked(question)
    items: list[Candidate] = []
    for candidate in candidates[:MOST_CANDIDATES]:
        if len(items) >= (count or MOST_ITEMS):
            break
        if candidate.mass >= candidates[0].mass + math.log(COUNTED_SHARE if count else item_share):
            within = _items_with(candidate, question)
            if len(items) + len(within) > MOST_ITEMS:
                if not (items or count):
                    return []
                within = [(candidate.start, candidate.end)]
            if count and len(within) == 2 * count and _inside(within, candidate):
                within = in_pairs(candidate.passage.document.text, within) or within
            if count and len(items) + len(within) > count:
                within = [one for one in within if _inside([one], candidate)]
                if len(within) < 2:
                    within = [(candidate.start, candidate.end)]
                elif items:  # the best quote alone is given whole, whatever it enumerates
                    within = within[: count - len(items)]
            said = {_words(item) for item in items}
            for start, end in within:
                part = _slice(candidate, start, end)
                words = _words(part)
                if words not in said and not any(map(part.overlaps, items)):
                    items.append(part)
                    said.add(words)
    return _in_order(items) if len(items) > 1 else []


def _items_with(candidate: Candidate, question: str) -> list[Span]:
    """The items that a candidate is, or is one of: lines of a list, titles, or of a sentence."""
    passage, sentence = candidate.passage, _sentence_of(candidate)
    text = with_small_conjunctions(passage.document.text, *sentence)
    start, end = candidate.start, candidate.end
    return (
        lines_with(text, start, end, passage=(passage.start, passage.end))
        or titles_with(text, start, end, sentence=sentence)
        or items_with(
            text,
            start,
            end,
            sentence=sentence,
            people=ASKS_FOR_PEOPLE.match(question) is not None,
            firms=ASKS_FOR_FIRMS.search(question) is not None,
        )
    )


def _enumerated(candidate: Candidate, question: str) -> list[Candidate]:
    """The items of a candidate that is an enumeration, or none."""
    text = candidate.passage.document.text
    if not SMALL.search(text, candidate.start, candidate.end):  # else its sentence has some, too
        text = with_small_conjunctions(text, *_sentence_of(candidate))
    lead = INTRODUCING.match(text, candidate.start, candidate.end)
    start = lead.end() if lead else candidate.start
    items = enumerated(text[start : candidate.end], question)
    return [_slice(candidate, start + left, start + right) for left, right in items]


def _in_order(items: Sequence[Candidate]) -> list[Candidate]:
    """The document of the best item first, and of each document the items as they stand."""
    documents = list(dict.fromkeys(item.passage.document.id for item in items))
    return sorted(items, key=lambda item: (documents.index(item.passage.document.id), item.start))


def _slice(candidate: Candidate, start: int, end: int) -> Candidate:
    return replace(candidate, start=start, end=end)


def _words(candidate: Candidate) -> str:
    """The words of a candidate; those of two that name one thing are the same."""
    return " ".join(candidate.text.casefold().split())


def _inside(spans: Sequence[Span], candidate: Candidate) -> bool:
    return spans[0][0] >= candidate.start and spans[-1][1] <= candidate.end


def _sentence_of(candidate: Candidate) -> Span:
    """The sentence that a candidate begins in, within its passage."""
    passage = candidate.passage
    for start, end in sentence_spans(passage.text):
        if passage.start + start <= candidate.start < passage.start + end:
            return passage.start + start, max(passage.start + end, candidate.end)
    return candidate.start, candidate.end
