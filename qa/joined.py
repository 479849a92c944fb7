"""What stands within an item and parts nothing: "Bosnia and Herzegovina, Serbia, and Chad"."""

from collections.abc import Sequence
from itertools import chain, pairwise

import regex

from index.sentences import Span
from qa.alike import is_name, like
from qa.separators import LAST, cuts_within

# "&" between two words that could be those of a firm: "Marks & Spencer".
OF_NAMES = regex.compile(
    r"(?<=(?<![\p{L}\p{M}])\p{Lu}[\p{L}\p{M}\p{N}'’.\-]*)(?<!\s)\s++&\s+(?=\p{Lu})"
)


def joined_within(
    text: str, start: int, end: int, *, quote: Span | None = None, firms: bool = False
) -> set[Span]:
    """The conjunctions within items, as a later one of the same enumeration shows.

    That has a comma before it, so that each before it would have one too. An "&" between names
    is that of a firm where others stand beside it, but for the last behind commas ("Rye, Deal &
    Hythe").

    Args:
        text: what is looked at.
        start: where that begins, in characters.
        end: where it ends, exclusive.
        quote: what a reader gives: an item is not joined to more than that.
        firms: whether firms are asked for, one of which may be all.

    Returns:
        Where they stand, with the white space about them.
    """
    cuts = list(cuts_within(text, start, end))
    found = _of_names(text, _pieces(cuts, start, end), cuts)
    first, past = quote or (start, end)
    inside = [cut for cut in cuts if first <= cut[0] and cut[1] <= past]
    if len(inside) == 1 and not firms:  # "Ann Lee & Ben Roe"
        found -= set(inside)
    cuts = [cut for cut in cuts if cut not in found]
    pieces = _pieces(cuts, start, end)
    # Of the piece behind a cut: where it ends, whether commas alone lead on from it to the last
    # conjunction, and what stands behind that where it comes next.
    stop, leads, last = end, False, None
    for cut, before, behind in reversed(list(zip(cuts, pieces, pieces[1:], strict=False))):
        alike = leads and _alike(text, behind, before)
        is_last = LAST.search(text, *cut) is not None
        if not is_last or any(comma in text[slice(*cut)] for comma in ",;"):
            stop, leads, last = cut[0], alike or is_last, behind if is_last else None
        elif (
            leads
            and (last is None or (is_name(text, behind) and _alike(text, behind, last)))
            and _is_whole((before[0], stop), cut, quote)
        ):
            found.add(cut)
            leads, last = alike, None
        else:
            stop, leads, last = cut[0], False, None
    return found


def in_pairs(text: str, pieces: Sequence[Span]) -> list[Span]:
    """These pieces joined two by two: "Paris, France, and Rome, Italy"; or none.

    A comma stands within each pair, and a conjunction between the last two.

    Args:
        text: what the pieces are of.
        pieces: two or more, in order.
    """
    gaps = [text[left:right] for (_, left), (right, _) in pairwise(pieces)]
    if len(pieces) % 2 or any(gap.strip() != "," for gap in gaps[::2]):
        return []
    if not any(LAST.search(gap.lower()) for gap in gaps[-2:-1]):
        return []
    pairs = zip(pieces[::2], pieces[1::2], strict=True)
    return [(start, end) for (start, _), (_, end) in pairs]


def _of_names(text: str, pieces: Sequence[Span], cuts: Sequence[Span]) -> set[Span]:
    """Each "&" within the name of a firm."""
    found: set[Span] = set()
    leads = False  # whether commas alone lead on from the piece behind to a last conjunction
    for number, cut in reversed(list(enumerate(cuts))):
        before = text[slice(*cuts[number - 1])] if number else ""
        if OF_NAMES.match(text, cut[0]) and (leads or "," not in before):
            found.add(cut)
        elif LAST.search(text, *cut):
            leads = True
        else:
            leads = leads and _alike(text, pieces[number + 1], pieces[number])
    return found


def _pieces(cuts: Sequence[Span], start: int, end: int) -> list[Span]:
    """What stands between cuts."""
    edges = [start, *chain.from_iterable(cuts), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _is_whole(item: Span, cut: Span, quote: Span | None) -> bool:
    """Whether a quote is beside an item, or has all that stands about a conjunction in it."""
    if quote is None or quote[1] <= item[0] or item[1] <= quote[0]:
        return True
    return quote[0] < cut[0] and item[1] <= quote[1]


def _alike(text: str, one: Span, other: Span) -> bool:
    return all(text[slice(*piece)].strip() for piece in (one, other)) and like(text, one, other)
