"""Quotation marks and brackets, of which a quote has both or neither."""

import regex

from index.sentences import Span, trim

PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "‘": "’", "«": "»"}
STRAIGHT = '"'  # opens and closes alike
CLOSING = {**PAIRS, STRAIGHT: STRAIGHT}
OPENING = {closing: opening for opening, closing in CLOSING.items()}
MARK = regex.compile(r"[\[\](){}“”‘’«»\"]")
# Where nothing is open: an apostrophe ("the workers’ union"), inches (5'10").
NO_MARK = regex.compile(r"(?<=\w)’|(?<=\d)\"")


def with_both_marks(text: str, start: int, end: int) -> Span:
    """A span of which no mark is parted from its other one, as far as its edges go.

    A mark at an edge of the span whose other one is outside is left out. Where one further
    within lacks its other one, that is taken in if it stands right beside the span.

    Args:
        text: what the span is of.
        start: its first character.
        end: one past its last.

    Returns:
        A half-open span that lacks or adds such marks alone, and white space beside them; the
        given one if no word would be left.
    """
    lone = _lone(text, start, end)
    if not lone:
        return start, end
    first, past = start, end
    while first in lone or past - 1 in lone:
        trimmed = trim(text, first + (first in lone), past - (past - 1 in lone))
        if trimmed is None:
            return start, end
        first, past = trimmed
    if not any(map(str.isalnum, text[first:past])):
        return start, end
    left = [place for place in lone if first < place < past]
    if past == end and OPENING.get(text[past : past + 1]) in _signs(text, left, opening=True):
        past += 1
    if first == start and CLOSING.get(text[first - 1 : first]) in _signs(text, left, opening=False):
        first -= 1
    return first, past


def _lone(text: str, start: int, end: int) -> set[int]:
    """The places of the marks that have no other one within a span."""
    opened: list[int] = []
    lone = set()
    for mark in MARK.finditer(text, start, end):
        place, sign = mark.start(), mark[0]
        partners = [one for one in opened if text[one] == OPENING.get(sign)]
        if partners:
            opened.remove(partners[-1])
        elif NO_MARK.match(text, place):
            continue
        elif sign in CLOSING:
            opened.append(place)
        else:
            lone.add(place)
    return lone.union(opened)


def _signs(text: str, places: list[int], *, opening: bool) -> set[str]:
    """The marks at some places that open, or those that close."""
    return {text[place] for place in places if _opens(text, place) is opening}


def _opens(text: str, place: int) -> bool:
    if text[place] == STRAIGHT:
        return not text[place - 1 : place].isalnum()
    return text[place] in PAIRS
