"""The enumeration in a sentence that an answer is, or is an item of."""

from itertools import chain

import regex

from index.sentences import Span
from qa.enumerations import BEGINNINGS, DETERMINER, WITHIN_CLAUSES
from qa.separators import LAST, cuts_within

ITEM_WORDS = 8  # an item of an enumeration is a name or a short phrase, not a clause
# Behind an item it is said beside it: "Rachel (Jennifer Aniston)".
ASIDE = regex.compile(r"(?<!\s)\s++\([^()]*\)$")
# What ends a sentence, and is no part of its last word as that of "U.S." is.
CLOSING = regex.compile(r"(?<![.!?…]|\.\p{L})[.!?…]++[\"”’')\]]*+\s*+$")
# The last four are white space to Python and none to Unicode.
AFTER_ITEM = " \t\r\n,;:–—\x1c\x1d\x1e\x1f"
LEADING = regex.compile(r"(?:(?:both|either|including|such as|like|namely)\s+)+", regex.IGNORECASE)
# What introduces an enumeration: "herbs such as", "three towns:".
INTRODUCING = regex.compile(
    r".*(?:\b(?:such as|namely|includ(?:ing|es?|ed))\s+|:\s+)", regex.DOTALL | regex.IGNORECASE
)
# Where several things are asked for, other pieces are items than of an answer that is taken for a
# list unasked; and a piece of a sentence may be what it begins with.
NO_ITEM = regex.compile(
    rf"(?:{BEGINNINGS}|though|although|while|during|after|before|since|until|however)\b",
    regex.IGNORECASE,
)
CLAUSE = regex.compile(rf"\b(?:{WITHIN_CLAUSES}|would|could|will|can)\b", regex.IGNORECASE)
# Words without a capital that names have; of an item that stands alone, two more.
JOINING = "of|the|de|da|di|la|le|van|von|der|den|al|bin"
IN_NAMES = frozenset([*JOINING.split("|"), "and", "for"])
# A name whose piece has the rest of the sentence behind or before it: "there are citizens of the
# US, Latvia and Japan among them". Not that of an introduction, "In Paris, Anna and Ben met", nor
# of a role: "Ann Lee as Portia, Ben Roe as Antonio".
CAPITAL = r"\p{Lu}[\p{L}\p{M}\p{N}'’\-]*"
NAME = rf"{CAPITAL}(?:\s+(?:(?:{JOINING})\s+)*{CAPITAL})*"
NAME_FIRST = regex.compile(rf"({NAME})\s+\p{{Ll}}")
NAME_LAST = regex.compile(
    rf"(?!(?i:in|on|at|by|for|from|with|to|of|as|if|when|where|while|because|though|after|before|"
    rf"during|since|until)\b).*\b(?!as\b)\p{{Ll}}[\p{{L}}'’\-]*\s+({NAME})",
    regex.DOTALL,
)


def items_with(text: str, start: int, end: int, *, sentence: Span) -> list[Span]:
    """The items of the enumeration that a quote is, or is one item of; or the quote alone.

    Args:
        text: what the quote is from.
        start: where it begins, in characters.
        end: where it ends, exclusive.
        sentence: the sentence around it: its neighbours are looked for there.

    Returns:
        Half-open spans in the text, in order.
    """
    inside = _split(text, start, end)
    if len(inside) > 1 and all(_is_item(text[slice(*piece)]) for piece in inside):
        return inside
    # Without the comma behind it.
    own = inside[0] if len(inside) == 1 else (start, end)
    closing = CLOSING.search(text, *sentence)
    last = max(closing.start(), own[1]) if closing else sentence[1]
    around = _split(text, sentence[0], last)
    if not DETERMINER.match(text, *own):  # "US", and of "the UK" beside it "UK"
        around = [_bare(text, piece) for piece in around]
    place = next((number for number, (_, end) in enumerate(around) if own[1] <= end), None)
    if place is None or own[0] < around[place][0]:
        return [own]
    items = [own]
    if around[place][0] == own[0]:
        items = [*_before(text, around[:place], own), own]
    if around[place][1] == own[1]:
        items += _behind(text, around[place + 1 :], own)
    return items


def _before(text: str, pieces: list[Span], own: Span) -> list[Span]:
    """The items at the end of these pieces of a sentence, which stand before an item."""
    items: list[Span] = []
    for piece in reversed(pieces):
        if not _like(text, own, piece):
            found = NAME_LAST.fullmatch(text, *piece) if _is_name(text, own) else None
            return [found.span(1), *items] if found else items
        items.insert(0, piece)
    return items


def _behind(text: str, pieces: list[Span], own: Span) -> list[Span]:
    """The items at the start of these pieces of a sentence, which stand behind an item."""
    items: list[Span] = []
    end = own[1]
    for piece in pieces:
        if not _like(text, own, piece):
            is_last = _is_name(text, own) and LAST.search(text, end, piece[0])
            found = NAME_FIRST.match(text, *piece) if is_last else None
            return [*items, found.span(1)] if found else items
        items.append(piece)
        end = piece[1]
    return items


def _split(text: str, start: int, end: int) -> list[Span]:
    """The pieces between commas and conjunctions, without what introduces them."""
    edges = [start, *chain.from_iterable(cuts_within(text, start, end)), end]
    pieces = []
    for number, (left, right) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        lead = (
            INTRODUCING.match(text, left, right) if not number and len(edges) > 2 else None
        ) or (LEADING.match(text, left, right))
        begin = lead.end() if lead else left
        right = begin + len(text[begin:right].rstrip(AFTER_ITEM))
        aside = ASIDE.search(text, begin, right) if len(edges) > 2 else None
        if aside and aside.start() > begin:
            right = aside.start()
        if begin < right:
            pieces.append((begin, right))
    return pieces


def _bare(text: str, piece: Span) -> Span:
    """A piece without its article."""
    start, end = piece
    article = DETERMINER.match(text, start, end)
    return (article.end(), end) if article and article.end() < end else piece


def _is_item(words: str) -> bool:
    return (
        len(words.split()) <= ITEM_WORDS
        and (words[:1].isalnum() or words[:1] in "\"“'‘($£€")
        and not NO_ITEM.match(words)
        and not CLAUSE.search(words)
    )


def _like(text: str, item: Span, other: Span) -> bool:
    """Whether two pieces could be items of one enumeration: short, and of a kind."""
    if not _is_item(text[slice(*other)]):
        return False
    if _is_name(text, item):
        return _is_name(text, other)
    one, another = (text[slice(*_bare(text, piece))] for piece in (item, other))
    if one[0].isdigit():
        return another[0].isdigit()
    return abs(len(one.split()) - len(another.split())) <= 1 and not another[0].isupper()


def _is_name(text: str, piece: Span) -> bool:
    words = text[slice(*_bare(text, piece))].split()
    return all(not word[0].islower() or word in IN_NAMES for word in words) and any(
        word[0].isupper() for word in words[:1]
    )
