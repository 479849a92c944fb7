"""Answers to questions that ask for several things: the items, each at its place."""

import math
from collections.abc import Sequence
from dataclasses import replace

import regex

from index.records import Passage
from index.sentences import sentence_spans
from qa.asking_several import asks_for_several, count_asked
from qa.enumerations import enumerated
from qa.rank import Candidate

MOST_ITEMS = 20  # a longer list is a table, and no answer
ITEM_WORDS = 8  # an item of an enumeration is a name or a short phrase, not a clause
# Where a question says how many things it asks for, so many are given as have this share of the
# best one's odds: who asks for two names knows that there are two.
COUNTED_SHARE = 0.02
# What stands between the items of an enumeration.
BETWEEN = regex.compile(
    r"\s*;\s*(?:and\s+|or\s+)?|\s*,\s*(?:(?:and|or|as well as)\s+)?|\s+(?:and|or|&|as well as)\s+",
)
LEADING = regex.compile(r"(?:(?:both|either|including|such as|like|namely)\s+)+", regex.IGNORECASE)
# What introduces an enumeration: "herbs such as", "three towns:".
INTRODUCING = regex.compile(
    r".*(?:\b(?:such as|namely|includ(?:ing|es?|ed))\s+|:\s+)", regex.DOTALL | regex.IGNORECASE
)
# A piece that begins like this, or has such a verb in it, is a clause and no item. Where several
# things are asked for, more may be items than of an answer that is taken for a list unasked.
NO_ITEM = regex.compile(
    r"(?:and|or|but|because|if|when|where|which|who|that|he|she|it|they|we|i|you|as|so|there|"
    r"though|while|in|on|at|by|for|from|with)\b",
    regex.IGNORECASE,
)
CLAUSE = regex.compile(
    r"\b(?:which|who|that|is|are|was|were|has|have|had|would|could|will|can)\b", regex.IGNORECASE
)
# Words without a capital that names have.
IN_NAMES = frozenset("of the de da di la le van von der den al bin and for".split())


def items_of(
    question: str, candidates: Sequence[Candidate], *, item_share: float
) -> list[Candidate]:
    """The candidates, or their parts, that together answer a question for several things.

    The best candidate is taken apart where it is an enumeration ("Anna, Ben and Carl"), or
    joined by its neighbours where it is one item of one. Another candidate is an item where
    its odds have a fair share of the best one's.

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
    for candidate in candidates:
        if len(items) >= (count or MOST_ITEMS):
            break
        if candidate.mass >= candidates[0].mass + math.log(COUNTED_SHARE if count else item_share):
            parts = [_slice(candidate, start, end) for start, end in _parts(candidate)]
            items += [part for part in parts if not any(part.overlaps(item) for item in items)]
    return _in_order(items[:MOST_ITEMS]) if len(items) > 1 else []


def _enumerated(candidate: Candidate, question: str) -> list[Candidate]:
    """The items of a candidate that is an enumeration, or none."""
    text = candidate.passage.document.text
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


def _parts(candidate: Candidate) -> list[tuple[int, int]]:
    """The enumeration that a candidate is, or is an item of; or the candidate alone."""
    passage = candidate.passage
    text = passage.document.text
    inside = _split(text, candidate.start, candidate.end)
    if len(inside) > 1 and all(_is_item(text[start:end]) for start, end in inside):
        return inside
    # Without the comma behind it.
    own = inside[0] if len(inside) == 1 else (candidate.start, candidate.end)
    first, last = _sentence_of(passage, candidate)
    around = _split(text, first, last)
    place = next(
        (number for number, (start, end) in enumerate(around) if start <= own[0] and own[1] <= end),
        None,
    )
    if place is None:
        return [own]
    # Its neighbours are items where they look like it.
    wanted = text[slice(*own)]
    left = right = place
    if around[place][1] == own[1]:
        while right + 1 < len(around) and _like(wanted, text[slice(*around[right + 1])]):
            right += 1
    if around[place][0] == own[0]:
        while left > 0 and _like(wanted, text[slice(*around[left - 1])]):
            left -= 1
    return [*around[left:place], own, *around[place + 1 : right + 1]]


def _sentence_of(passage: Passage, candidate: Candidate) -> tuple[int, int]:
    for start, end in sentence_spans(passage.text):
        if passage.start + start <= candidate.start < passage.start + end:
            return passage.start + start, max(passage.start + end, candidate.end)
    return candidate.start, candidate.end


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The pieces between commas and conjunctions, without what introduces them."""
    edges = [start]
    for found in BETWEEN.finditer(text, start, end):
        edges += found.span()
    edges.append(end)
    pieces = []
    for number, (left, right) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        lead = (
            INTRODUCING.match(text, left, right) if not number and len(edges) > 2 else None
        ) or (LEADING.match(text, left, right))
        begin = lead.end() if lead else left
        while right > begin and not text[right - 1].isalnum() and text[right - 1] not in "%)\"”’'":
            right -= 1
        if begin < right:
            pieces.append((begin, right))
    return pieces


def _is_item(text: str) -> bool:
    return (
        len(text.split()) <= ITEM_WORDS
        and (text[:1].isalnum() or text[:1] in "\"“'‘($£€")
        and not NO_ITEM.match(text)
        and not CLAUSE.search(text)
    )


def _like(item: str, other: str) -> bool:
    """Whether two pieces could be items of one enumeration: short, and of a kind."""
    if not _is_item(other):
        return False
    if item[0].isupper():
        return _is_name(other)
    if item[0].isdigit():
        return other[0].isdigit()
    return abs(len(item.split()) - len(other.split())) <= 1 and not other[0].isupper()


def _is_name(text: str) -> bool:
    return text[0].isupper() and all(
        not word[0].islower() or word in IN_NAMES for word in text.split()
    )
