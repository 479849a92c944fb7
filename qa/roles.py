"""What is said of people behind their names: "Ann Lee, the mayor, and Ben Roe, a baker"."""

from collections.abc import Sequence

import regex

from index.sentences import Span
from qa.plurals import is_plural

ROLE = regex.compile(r"(?:the|an?)(?:\s+\p{Ll}[\p{Ll}\p{M}'’\-]*)+")
NAME = regex.compile(r"(?:.*\s)?\p{Lu}\S*", regex.DOTALL)
PLAIN_COMMA = regex.compile(r"\s*,\s*")
ASKS_FOR_PEOPLE = regex.compile(r"\W*(?:\w+\W+)?whom?\b", regex.IGNORECASE)


def without_roles(text: str, pieces: Sequence[Span]) -> list[Span]:
    """These pieces of a sentence, or, where some are roles behind names, the others.

    A role is of one person, and has a comma before it and one behind it, if anything. Where
    another piece is like one and stands elsewhere, all are items: "Tom, the king, and a dog".

    Args:
        text: what the pieces are of.
        pieces: what stands between commas and conjunctions, in order.
    """
    roles: set[Span] = set()
    for number, piece in enumerate(pieces):
        role = ROLE.fullmatch(text, *piece)
        if role is None or is_plural(role[0].split()[-1]):
            continue
        before, behind = pieces[number - 1], pieces[number + 1 : number + 2]
        if (
            number == 0
            or not NAME.fullmatch(text, *before)
            or not PLAIN_COMMA.fullmatch(text, before[1], piece[0])
            or any("," not in text[piece[1] : start] for start, _ in behind)
        ):
            return list(pieces)
        roles.add(piece)
    return [piece for piece in pieces if piece not in roles]
