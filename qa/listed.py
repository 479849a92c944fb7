"""The enumeration in a sentence that an answer is, or is a part of."""

from collections.abc import Set
from itertools import chain, pairwise

import regex

from index.sentences import Span
from qa.alike import JOINING, bare, is_item, is_name, like
from qa.enumerations import DETERMINER, FILLER
from qa.joined import joined_within
from qa.roles import without_roles
from qa.separators import AFTER_ITEM, CLOSING, ENCLOSED, LAST, cuts_within

# Behind an item it is said beside it: "Rachel (Jennifer Aniston)".
ASIDE = regex.compile(r"(?<!\s)\s++\([^()]*\)$")
# Also what numbers the items: "(a) the root, (b) the stem".
LEADING = regex.compile(
    r"(?:(?:both|either|including|such as|like|namely)\s+|\(?(?:\p{L}|\d{1,2}|[ivx]{2,4})\)\s+)+",
    regex.IGNORECASE,
)
# What introduces an enumeration: "herbs such as", "three towns:".
INTRODUCING = regex.compile(
    r".*(?:\b(?:such as|namely|includ(?:ing|es?|ed))\s+|:\s+)", regex.DOTALL | regex.IGNORECASE
)
# What does so where the enumeration is known by another item: "the branches are the courts, …",
# but not "when you are done, …".
BEFORE_FIRST = regex.compile(
    rf"{INTRODUCING.pattern}|.*(?:\b(?:are|were)(?<!\b(?:you|they|we|who|that)\s+\w+)\s+(?:called\s+)?"
    r"|\b(?:consists?\s+of|comprises?|known\s+as)\s+|(?<!\w)\(?[ai1]\)\s+)",
    regex.DOTALL | regex.IGNORECASE,
)
# What stands before a place: "in Atlanta, Georgia".
PLACED = regex.compile(r"\b(?:in|at|from|near|of|to)\s+$", regex.IGNORECASE)
# What goes on with an enumeration behind a quote.
MORE = regex.compile(r"\s*+(?:[;&]|,\s*(?=\p{Lu})|,?\s*(?:and|or|as well as)\b)")
# A name whose piece has the rest of the sentence behind or before it: "there are citizens of the
# US, Latvia and Japan among them". Not that of an introduction, "In Paris, Anna and Ben met", nor
# of a role: "Ann Lee as Portia, Ben Roe as Antonio".
CAPITAL = r"\p{Lu}[\p{L}\p{M}\p{N}'’\-]*"
NAME = rf"{CAPITAL}(?:,?\s+(?:(?:{JOINING}|and|&)\s+)*{CAPITAL})*"
NAME_FIRST = regex.compile(rf"({NAME})\s+\p{{Ll}}")
NAME_LAST = regex.compile(
    rf"(?!(?i:in|on|at|by|for|from|with|to|of|as|if|when|where|while|because|though|after|before|"
    rf"during|since|until)\b).*\b(?!(?:as|and)\b)\p{{Ll}}[\p{{L}}'’\-]*\s+({NAME})",
    regex.DOTALL,
)


def items_with(
    text: str,
    start: int,
    end: int,
    *,
    sentence: Span,
    people: bool = False,
    firms: bool = False,
) -> list[Span]:
    """The items of the enumeration that a quote is, or is a part of; or the quote alone.

    Args:
        text: what the quote is from.
        start: where it begins, in characters.
        end: where it ends, exclusive.
        sentence: the sentence around it: its neighbours are looked for there.
        people: whether people are asked for.
        firms: whether firms are.

    Returns:
        Half-open spans in the text, in order.
    """
    joined = joined_within(text, *sentence, quote=(start, end), firms=firms)
    joined |= joined_within(text, start, end, firms=firms)
    inside = _split(text, start, end, joined)
    if people:
        inside = without_roles(text, inside)
    if len(inside) > 1 and _are_items(text, inside):
        if _is_place(text, inside, sentence[0], end):
            return [(start, end)]
    else:  # it is one item: without the comma behind it
        inside = [inside[0] if len(inside) == 1 else (start, end)]
    first, last = inside[0], inside[-1]
    closing = CLOSING.search(text, *sentence)
    past = max(closing.start(), last[1]) if closing else sentence[1]
    around = _split(text, sentence[0], past, joined)
    if people:
        around = without_roles(text, around)
    if not DETERMINER.match(text, *first):  # "US", and of "the UK" beside it "UK"
        around = [bare(text, piece) for piece in around]
    aside = ASIDE.search(text, *first) if len(inside) == 1 else None
    if aside:
        found = _with_neighbours(text, [(first[0], aside.start())], around)
        return found if len(found) > 1 else inside
    return _with_neighbours(text, inside, around)


def _with_neighbours(text: str, items: list[Span], around: list[Span]) -> list[Span]:
    """Items of an enumeration with those before and behind them.

    Beside several items less is taken for one than beside one: they may well be all there are.

    Args:
        text: what they are from.
        items: one item, or several side by side.
        around: the pieces of their sentence.
    """
    first, last = items[0], items[-1]
    begins, ends = _place_of(first, around), _place_of(last, around)
    found = list(items)
    if begins is not None and around[begins][0] == first[0]:
        found = [*_before(text, around[:begins], first, introduced=len(items) > 1), *found]
    # The item with the conjunction is the last: "Ada and Ben, Kent's best".
    gaps = (text[end:start] for (_, end), (start, _) in pairwise(items))
    ended = any(LAST.search(ENCLOSED.sub("", gap)) for gap in gaps)
    if ends is not None and around[ends][1] == last[1] and not ended:
        found += _behind(text, around[ends + 1 :], last)
    return found


def _place_of(item: Span, pieces: list[Span]) -> int | None:
    """Which of the pieces of a sentence an item is in; None where it is not within one."""
    place = next((number for number, (_, end) in enumerate(pieces) if item[1] <= end), None)
    return None if place is None or item[0] < pieces[place][0] else place


def _are_items(text: str, pieces: list[Span]) -> bool:
    return all(is_item(text[slice(*piece)]) for piece in pieces)


def _is_place(text: str, pieces: list[Span], begin: int, end: int) -> bool:
    """Whether two names are a place and where that lies: "in Atlanta, Georgia"."""
    if (
        len(pieces) != 2
        or not PLACED.search(text, begin, pieces[0][0])
        or not all(is_name(text, piece) and text[slice(*piece)][-1].isalpha() for piece in pieces)
    ):
        return False
    (_, left), (right, _) = pieces
    return text[left:right].strip() == "," and not MORE.match(text, end)


def _before(text: str, pieces: list[Span], own: Span, *, introduced: bool = False) -> list[Span]:
    """The items at the end of these pieces of a sentence, which stand before an item.

    Args:
        text: what they are from.
        pieces: of the sentence.
        own: the item.
        introduced: whether they count only behind what introduces them: "the members are".
    """
    items: list[Span] = []
    for piece in reversed(pieces):
        first = _introduced(text, piece, own)
        if first:
            return [first, *items]
        if not like(text, own, piece):
            if introduced:
                return []
            found = NAME_LAST.fullmatch(text, *piece) if is_name(text, own) else None
            return [found.span(1), *items] if found else items
        items.insert(0, piece)
    return [] if introduced else items


def _introduced(text: str, piece: Span, own: Span) -> Span | None:
    """The item at the end of a piece of a sentence, behind what introduces it, if there is one."""
    lead = BEFORE_FIRST.match(text, *piece)
    if lead is None or lead.end() == piece[1]:
        return None
    first = (lead.end(), piece[1])
    if not DETERMINER.match(text, *own):
        first = bare(text, first)
    return first if like(text, own, first) else None


def _behind(text: str, pieces: list[Span], own: Span) -> list[Span]:
    """The items at the start of these pieces of a sentence, which stand behind an item."""
    items: list[Span] = []
    end = own[1]
    for piece in pieces:
        if not like(text, own, piece):
            is_last = is_name(text, own) and LAST.search(text, end, piece[0])
            found = NAME_FIRST.match(text, *piece) if is_last else None
            return [*items, found.span(1)] if found else items
        items.append(piece)
        end = piece[1]
    return items


def _split(text: str, start: int, end: int, joined: Set[Span]) -> list[Span]:
    """The pieces between commas and conjunctions, without what introduces them.

    Args:
        text: what the pieces are of.
        start: where they begin, in characters.
        end: where they end, exclusive.
        joined: the conjunctions that part nothing.
    """
    cuts = [cut for cut in cuts_within(text, start, end) if cut not in joined]
    edges = [start, *chain.from_iterable(cuts), end]
    pieces: list[Span] = []
    for begin, right in zip(edges[::2], edges[1::2], strict=True):
        lead = INTRODUCING.match(text, begin, right) if begin == start and cuts else None
        begin = lead.end() if lead else begin
        lead = LEADING.match(text, begin, right)
        begin = lead.end() if lead else begin
        right = begin + len(text[begin:right].rstrip(AFTER_ITEM))
        aside = ASIDE.search(text, begin, right) if cuts else None
        if aside and aside.start() > begin:
            right = aside.start()
        if begin < right and not (pieces and FILLER.fullmatch(text, begin, right)):
            pieces.append((begin, right))
    return pieces
