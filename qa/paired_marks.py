"""Quotation marks and brackets, of which a quote has both or neither."""

from collections import defaultdict
from collections.abc import Mapping

import regex

from index.sentences import Span, trim

BRACKETS = {"(": ")", "[": "]", "{": "}"}
PAIRS = {**BRACKETS, "“": "”", "‘": "’", "«": "»"}  # as English and French have them
# What each closes, also of „German“, »German« and ”Swedish”.
CLOSES = {
    **{closing: opening for opening, closing in BRACKETS.items()},
    "”": "“„”",
    "“": "„",
    "’": "‘‚",
    "‘": "‚",
    "»": "«",
    "«": "»",
    '"': '"',
}
OPENS = frozenset('([{“‘«„‚»”"')
MARK = regex.compile(r"[\[\](){}“”‘’«»„‚\"]")
# Where nothing is open: an apostrophe ("O‘Hara", "the workers’ union"), inches (5'10").
NO_MARK = regex.compile(r"(?<=\p{L})[‘’](?=\p{L})|(?<=\w)’|(?<=\d)\"")
POINTS = regex.compile(r"[,.;:!?…]*+")  # which may stand before a closing mark: “Hello,” he said

Partners = Mapping[int, int | None]


def paired_marks(text: str) -> Partners:
    """Which quotation marks and brackets of a text belong together.

    Args:
        text: a passage.

    Returns:
        For the place of each mark, in characters, that of its other one, or None without one.
    """
    partners: dict[int, int | None] = {}
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for mark in MARK.finditer(text):
        place, sign = mark.start(), mark[0]
        before, behind = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
        is_bracket = sign in BRACKETS or sign in BRACKETS.values()
        openings = [opened[other][-1] for other in CLOSES.get(sign, "") if opened[other]]
        if openings and (is_bracket or not behind.isalnum()):
            opening = max(openings)
            opened[text[opening]].pop()
            partners |= {place: opening, opening: place}
        elif sign in OPENS and (is_bracket or (behind.strip() and not before.isalnum())):
            opened[sign].append(place)
            partners[place] = None
        elif not NO_MARK.match(text, place):
            partners[place] = None
    return partners


def with_both_marks(text: str, start: int, end: int, *, partners: Partners) -> Span:
    """A span of which no mark is parted from its other one, as far as its edges go.

    A mark at an edge of the span whose other one is outside is left out. Where one further
    within has its other one right beside the span, that is taken in; a bracket that is closed
    further off ends the span.

    Args:
        text: what the span is of.
        start: its first character.
        end: one past its last.
        partners: the marks of the text.

    Returns:
        A half-open span; the given one if no word would be left.
    """
    lone: dict[int, int | None] = {}
    for mark in MARK.finditer(text, start, end):
        other = partners.get(mark.start(), start)
        if other is None or not start <= other < end:
            lone[mark.start()] = other
    first, past = start, end
    while first in lone or past - 1 in lone:
        trimmed = trim(text, first + (first in lone), past - (past - 1 in lone))
        if trimmed is None:
            return start, end
        first, past = trimmed
    for place, other in lone.items():
        if other is None or not first <= place < past:
            continue
        if other == first - 1:
            first = other
        elif other >= past and POINTS.fullmatch(text, past, other):
            past = other + 1
        elif other > past and text[place] in BRACKETS:
            past = place
    trimmed = trim(text, first, past)
    if trimmed is None or not any(map(str.isalnum, text[first:past])):
        return start, end
    return trimmed
