"""Which pieces of a sentence could be items, and of one enumeration."""

import regex

from index.sentences import Span
from qa.enumerations import BEGINNINGS, DETERMINER, WITHIN_CLAUSES

ITEM_WORDS = 8  # an item of an enumeration is a name or a short phrase, not a clause
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


def bare(text: str, piece: Span) -> Span:
    """A piece without its article."""
    start, end = piece
    article = DETERMINER.match(text, start, end)
    return (article.end(), end) if article and article.end() < end else piece


def is_item(words: str) -> bool:
    """Whether a piece could be an item: a name or a short phrase."""
    return (
        len(words.split()) <= ITEM_WORDS
        and (words[:1].isalnum() or words[:1] in "\"“„'‘«($£€")
        and not NO_ITEM.match(words)
        and not CLAUSE.search(words)
    )


def like(text: str, item: Span, other: Span) -> bool:
    """Whether two pieces could be items of one enumeration: short, and of a kind."""
    if not is_item(text[slice(*other)]):
        return False
    if is_name(text, item):
        return is_name(text, other)
    one, another = (text[slice(*bare(text, piece))] for piece in (item, other))
    if one[0].isdigit():
        return another[0].isdigit()
    return abs(len(one.split()) - len(another.split())) <= 1 and not another[0].isupper()


def is_name(text: str, piece: Span) -> bool:
    """Whether all words of a piece have a capital that a name has, but for its article."""
    words = text[slice(*bare(text, piece))].split()
    return all(not word[0].islower() or word in IN_NAMES for word in words) and any(
        word[0].isupper() for word in words[:1]
    )
