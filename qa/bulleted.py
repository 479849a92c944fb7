"""The lines of a list with bullets or numbers, one of which a quote is."""

from typing import NamedTuple

import regex

from index.sentences import Span
from qa.alike import is_item
from qa.separators import AFTER_ITEM, BULLETS, CLOSING, DASHES, cuts_within

LINE = regex.compile(r"[^\n]+")
MARKED = regex.compile(
    rf"(?P<indent>[ \t]*+)(?:[{BULLETS}+{DASHES}]"
    r"|\d{1,3}[.)]|\((?:\p{Ll}|\d{1,3})\)|\p{Ll}\))[ \t]++(?=\S)"
)
# What may stand before what a line is about: "250 g butter", "the butter", "zest of 2 lemons".
MEASURE = regex.compile(
    r"(?:(?:\p{L}+ of )?[\d.,/½⅓¼¾-]+\s*(?:\p{L}{1,2}\s+|(?:cups?|tbsp|tsp)\s+(?:of\s+)?)?"
    r"|\p{L}+ of |(?:the|an?)\s+)?",
    regex.IGNORECASE,
)
AND = regex.compile(r"(?<!\s)[\s,;]++(?:and|or)\s*+$")  # before the last line
MOST_WORDS = 20  # a longer line is a paragraph, and no item


class Item(NamedTuple):
    """What a line of a list says, and how far it is moved to the right."""

    indent: int
    start: int
    end: int


def lines_with(text: str, start: int, end: int, *, passage: Span) -> list[Span]:
    """What the lines of a list say of which a quote is one, or is made; or nothing.

    A quote may also be what one line is about: "butter" of "- 250 g butter".

    Args:
        text: what the quote is from.
        start: where it begins, in characters.
        end: where it ends, exclusive.
        passage: the passage around it: its neighbours are looked for there.

    Returns:
        Two half-open spans or more, in order.
    """
    lines = [found.span() for found in LINE.finditer(text, *passage)]
    first = next((place for place, line in enumerate(lines) if line[0] <= start < line[1]), None)
    last = next((place for place, line in enumerate(lines) if line[0] < end <= line[1]), None)
    if first is None or last is None:
        return []
    items = [_item(text, *line) for line in lines]
    own, until = items[first], items[last]
    if own is None or until is None:
        return []
    whole = start <= own.start and until.end <= end
    if not (whole or (own is until and _is_about(text, own, start, end))):
        return []
    if first == last:
        first, last = _reach(items, first, -1), _reach(items, first, 1)
    spans = [
        (item.start, item.end)
        for item in items[first : last + 1]
        if item and item.indent == own.indent
        and (item is own or len(text[item.start : item.end].split()) <= MOST_WORDS)
    ]  # fmt: skip
    return spans if len(spans) > 1 else []


def _is_about(text: str, item: Item, start: int, end: int) -> bool:
    """Whether a line that could be an item begins with a quote, or a measure of it.

    A line with a colon is a list of its own: "Kent: Rye, Deal".
    """
    line = text[item.start : item.end]
    return (
        item.start <= start
        and end <= item.end
        and ":" not in line
        and is_item(line)
        and MEASURE.fullmatch(text, item.start, start) is not None
        and next(cuts_within(text, start, end), None) is None
    )


def _reach(items: list[Item | None], place: int, step: int) -> int:
    """How far a list reaches from one of its lines: to one that is none, or further left."""
    own = items[place]
    while own and 0 <= place + step < len(items):
        other = items[place + step]
        if other is None or other.indent < own.indent:
            break
        place += step
    return place


def _item(text: str, start: int, end: int) -> Item | None:
    """What a line of a list says, without its mark and what ends it; or None of another line."""
    mark = MARKED.match(text, start, end)
    if mark is None:
        return None
    begin = mark.end()
    for ending in (AND, CLOSING):
        found = ending.search(text, begin, end)
        end = found.start() if found else end
    end = begin + len(text[begin:end].rstrip(AFTER_ITEM))
    return Item(len(mark["indent"].expandtabs()), begin, end) if begin < end else None
