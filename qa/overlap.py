"""How much of what a question names stands in a passage.

A reader goes by meaning and may take one name for another. Words, names and numbers that a
passage lacks altogether tell a question about something else.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import regex
import Stemmer

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")
# Words that say how something is asked, not what about.
FUNCTION_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both
    but by can could did do does doing during each else ever find far first for from get give given
    go got had has have having he her here him his how i if in into is it its just kind last
    like long made make many may me might more most much must my name named no not of often old on
    one only or other our out over own people person place said same say says she should so some
    such than that the their them then there these they thing things this those through time to
    too type under up us use used very was we were what when where which while who whom whose why
    will with would year you your""".split()
)
TEXTS_KEPT = 1024  # of which the stems are known: a search finds the same passages again


class Overlap(NamedTuple):
    """How much of a question stands in a passage.

    Args:
        words: share of its content words, by their stems; 1 where it has none.
        names: share of its names and numbers; 1 where it has none.
    """

    words: float
    names: float


def overlap(question: str, text: str, *, title: str = "") -> Overlap:
    """Compare the words of a question with those of a passage.

    Args:
        question: what is asked.
        text: the passage.
        title: of its document, which a passage need not repeat.
    """
    words, names = _asked(question)
    there = _stems(text) | _stems(title)
    return Overlap(_share(words, there), _share(names, there))


def missing_words(question: str, text: str) -> list[str]:
    """The words that a question is about and a text lacks in every form, in their order.

    Args:
        question: what is asked.
        text: what was read for it.
    """
    there = _stems(text)
    asked = [word for word in WORD.findall(question) if word.lower() not in FUNCTION_WORDS]
    return [word for word in dict.fromkeys(asked) if not _stemmed([word]) <= there]


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


@lru_cache(maxsize=TEXTS_KEPT)
def _asked(question: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of a question's content words, and of the names and numbers among them."""
    found = WORD.findall(question)
    content = [
        (place, word) for place, word in enumerate(found) if word.lower() not in FUNCTION_WORDS
    ]
    # The first word has a capital anyway.
    names = [word for place, word in content if word[0].isdigit() or (place and word[0].isupper())]
    return _stemmed(word for _, word in content), _stemmed(names)


@lru_cache(maxsize=TEXTS_KEPT)
def _stems(text: str) -> frozenset[str]:
    return _stemmed(WORD.findall(text))


def _stemmed(words: Iterable[str]) -> frozenset[str]:
    # One a call: it is made in microseconds, and one shared by threads would be torn.
    return frozenset(Stemmer.Stemmer("english").stemWords([word.lower() for word in words]))
