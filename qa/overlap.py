"""How much of what a question names stands in a passage.

A reader goes by meaning and may take one name for another. Words, names and numbers that a
passage lacks altogether tell a question about something else.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import regex
import Stemmer

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")
# Cut off before words are compared; "can't", "won't" and "shan't" have no other form in them.
NEGATED = regex.compile(r"\b(?:ca|wo|sha)n['’]t\b|n['’]t\b", regex.IGNORECASE)
CONTRACTED = regex.compile(r"(?<=\p{L})['’](?:s|re|ve|ll|d|m)\b", regex.IGNORECASE)
# Words that say how something is asked, not what about; verbs that say little by themselves; and
# what a question may call that which is read. With the last two, 84 % of the wrong articles are
# abstained on where it was 81 %, at the same share of answers (training/calibrate.py).
FUNCTION_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both
    but by can could did do does doing during each else ever find far first for from get give given
    go got had has have having he her here him his how i if in into is it its just kind last
    like long made make many may me might more most much must my name named no not of often old on
    one only or other our out over own people person place said same say says she should so some
    such than that the their them then there these they thing things this those through time to
    too type under up us use used using very was we were what when where which while who whom
    whose why will with would year you your
    became become began begin begun bring brought call called came come describe described gone
    happen happened keep kept knew know known let look looked mean meant mention mentioned need
    needed put refer referred refers show shown take taken tell think thought told took want
    wanted went
    according article author passage story text""".split()
)
ACCENTED = regex.compile(r"(\p{Latin})\p{M}+")  # in other scripts such marks make another letter
TEXTS_KEPT = 1024  # of which the stems are known: a search finds the same passages again


def words_lacking(question: str, text: str, *, title: str = "") -> float:
    """The share of a question's content words that a passage has in no form, from 0 to 1.

    Args:
        question: what is asked; where it has no content word, nothing is lacking.
        text: the passage.
        title: of its document, which a passage need not repeat.
    """
    asked = _asked(question)
    return len(asked - _stems(text) - _stems(title)) / max(len(asked), 1)


def missing_words(question: str, text: str) -> list[str]:
    """The words that a question is about and a text lacks in every form, in their order.

    Args:
        question: what is asked.
        text: what was read for it.
    """
    there = _stems(text)
    asked = [word for word in _words(question) if word.lower() not in FUNCTION_WORDS]
    return [word for word in dict.fromkeys(asked) if not _stemmed([word]) <= there]


@lru_cache(maxsize=TEXTS_KEPT)
def _asked(question: str) -> frozenset[str]:
    """The stems of a question's content words; it is compared with passage after passage."""
    return _stemmed(word for word in _words(question) if word.lower() not in FUNCTION_WORDS)


@lru_cache(maxsize=TEXTS_KEPT)
def _stems(text: str) -> frozenset[str]:
    return _stemmed(_words(text))


def _words(text: str) -> list[str]:
    """The words of a text, without what is contracted: of "what's" and "didn't", "what", "did"."""
    composed = unicodedata.normalize("NFC", text)
    return WORD.findall(CONTRACTED.sub("", NEGATED.sub("", composed)))


def folded(word: str) -> str:
    """A word in small letters without accents, as it is often typed: "erdogan" of "Erdoğan"."""
    small = word.lower()
    return small if small.isascii() else ACCENTED.sub(r"\1", unicodedata.normalize("NFD", small))


def _stemmed(words: Iterable[str]) -> frozenset[str]:
    # One a call: it is made in microseconds, and one shared by threads would be torn.
    return frozenset(Stemmer.Stemmer("english").stemWords([folded(word) for word in words]))
