"""A question's words as a passage writes them: in its case, and with its accents."""

from collections import Counter
from collections.abc import Sequence

import regex

from qa.overlap import FUNCTION_WORDS, WORD, folded

CAPITALS = r"(?:\p{Lu}\p{M}*)+"
IN_CAPITALS = regex.compile(rf"\b{CAPITALS}(?:\W+(?:\d+\W+)*{CAPITALS})+\b")
COUNTRY = "us"  # in a question seldom who asks
LEFT = FUNCTION_WORDS - {COUNTRY}  # who asks "who" does not mean the WHO


def cased_as(question: str, text: str) -> str:
    """The question, with the words that a text only has in other forms as it writes them.

    A reader that tells "Minsk" from "minsk" finds less for who types in small letters, and next to
    nothing in capitals (``python benchmarks/casing.py FILE...``).

    Args:
        question: what is asked.
        text: of the passage that is read for it.
    """
    small = IN_CAPITALS.sub(_in_small, question)
    if _is_titled(WORD.findall(small)):
        small = small.lower()
    asked = {folded(word) for word in WORD.findall(small)} - LEFT
    forms = Counter(word for word in WORD.findall(text) if folded(word) in asked)

    def in_text(word: str) -> str:
        others = [form for form in forms if folded(form) == folded(word)]
        return word if word in others or not others else max(others, key=forms.__getitem__)

    return WORD.sub(lambda found: in_text(found[0]), small)


def _in_small(capitals: regex.Match[str]) -> str:
    """Words in capitals in small letters, unless all may be names: "WHO WAS FREED", but "US GDP".

    What the passage lacks of them is read better so.
    """
    little = any(word.lower() in LEFT for word in WORD.findall(capitals[0]))
    return capitals[0].lower() if little else capitals[0]


def _is_titled(words: Sequence[str]) -> bool:
    """Whether they are written as a headline's: "Who Was Freed in Minsk"."""
    little = [word for word in words[1:] if word.lower() in LEFT]
    others = [word for word in words if word.lower() not in LEFT]
    return any(word[0].isupper() for word in little) and not any(
        word[0].islower() for word in others
    )
