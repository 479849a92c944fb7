"""The conjunctions that stand within an item: "Bosnia and Herzegovina, Serbia, and Chad"."""

from itertools import chain

from index.sentences import Span
from qa.alike import is_name, like
from qa.separators import LAST, cuts_within


def joined_within(text: str, start: int, end: int, *, quote: Span | None = None) -> set[Span]:
    """The conjunctions within items, as a later one of the same enumeration shows.

    That has a comma before it, so that each before it would have one too.

    Args:
        text: what is looked at.
        start: where that begins, in characters.
        end: where it ends, exclusive.
        quote: what a reader gives: an item is not joined to more than that.

    Returns:
        Where they stand, with the white space about them.
    """
    cuts = list(cuts_within(text, start, end))
    edges = [start, *chain.from_iterable(cuts), end]
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    found: set[Span] = set()
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


def _is_whole(item: Span, cut: Span, quote: Span | None) -> bool:
    """Whether a quote is beside an item, or has all that stands about a conjunction in it."""
    if quote is None or quote[1] <= item[0] or item[1] <= quote[0]:
        return True
    return quote[0] < cut[0] and item[1] <= quote[1]


def _alike(text: str, one: Span, other: Span) -> bool:
    return all(text[slice(*piece)].strip() for piece in (one, other)) and like(text, one, other)
