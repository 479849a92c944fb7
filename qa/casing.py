"""A question's words as a passage writes them: in its case, and with its accents."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

import regex

from qa.overlap import FUNCTION_WORDS, WORD, folded

CAPITALS = r"(?:\p{Lu}\p{M}*)+"
IN_CAPITALS = regex.compile(rf"\b{CAPITALS}(?:\W+(?:\d+\W+)*{CAPITALS})+\b")
BY_ITSELF = regex.compile(r"(?<!\S)\p{Lu}{2,}(?!\S)")  # not "at" of "AT&T", nor an initial
COUNTRY = "us"  # in a question seldom who asks
LEFT = FUNCTION_WORDS - {COUNTRY}  # who asks "who" does not mean the WHO


def cased_as(question: str, text: str) -> str:
    """The question, with its small words written as a text does that has them in capitals alone.

    A reader that tells "Minsk" from "minsk" finds less for who types in small letters, and next to
    nothing in capitals (``python benchmarks/casing.py FILE...``). A word with a capital may be a
    name, and stays, unless it begins the question, or the whole is in capitals or a headline.
    An accent that was left out of a name is set.

    Args:
        question: what is asked.
        text: of the passage that is read for it.
    """
    small = IN_CAPITALS.sub(_in_small, question)
    if _is_titled(WORD.findall(small)):
        small = small.lower()
    asked = {folded(word) for word in WORD.findall(small)} - LEFT
    forms = Counter(word for word in WORD.findall(text) if folded(word) in asked)

    def in_text(found: regex.Match[str]) -> str:
        word = found[0]
        named = word[0].isupper() and found.start() > 0
        others = [form for form in forms if _may_be(word, form, named=named)]
        return word if word in forms or not others else max(others, key=forms.__getitem__)

    return WORD.sub(in_text, small)


def _may_be(word: str, form: str, *, named: bool) -> bool:
    """Whether a word of a question may be meant to be written as a form of a text is.

    Args:
        word: of the question.
        form: a word of the text.
        named: whether the word may be a name, which is no common word.
    """
    word, form = (unicodedata.normalize("NFC", one) for one in (word, form))
    if named and not form[0].isupper():
        return word == form
    if word.lower() == form.lower():
        return True
    accents_left_out = word.isascii() and form[0].isupper()
    return accents_left_out and folded(word) == folded(form)


def _in_small(capitals: regex.Match[str]) -> str:
    """Words in capitals in small letters, unless all may be names: "WHO WAS FREED", but "US GDP".

    What the passage lacks of them is read better so.
    """
    alone = BY_ITSELF.findall(capitals[0])
    little = any(word.lower() in LEFT for word in alone)
    return capitals[0].lower() if little else capitals[0]


def _is_titled(words: Sequence[str]) -> bool:
    """Whether they are written as a headline's: "Who Was Freed in Minsk", but not "Who is Will"."""
    little = [word for word in words[1:] if word.lower() in LEFT]
    others = [word for word in words if word.lower() not in LEFT]
    return any(word[0].isupper() for word in little[:1]) and not any(
        word[0].islower() for word in others
    )
