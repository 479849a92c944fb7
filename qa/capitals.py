"""Conjunctions of a sentence in capitals: "ANN LEE, BEN ROE AND CARL FOX"."""

import regex

SMALL = regex.compile(r"\p{Ll}")
# Not the state of "PORTLAND, OR AND SALEM, OR".
CONJUNCTION = regex.compile(r"(?<=\s)(?:AND|OR(?!\s+(?:AND|OR)\s)|AS\s+WELL\s+AS)(?=\s)")


def with_small_conjunctions(text: str, start: int, end: int) -> str:
    """A text as long, with "and" in place of "AND" in a sentence without a lower-case letter.

    Args:
        text: what the sentence is from.
        start: where it begins, in characters.
        end: where it ends, exclusive.
    """
    if SMALL.search(text, start, end):
        return text
    sentence = CONJUNCTION.sub(lambda found: found[0].lower(), text[start:end])
    return text[:start] + sentence + text[end:]
