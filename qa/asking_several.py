"""Whether a question asks for several things, and how many, by its grammar."""

from collections.abc import Sequence
from itertools import takewhile

import regex

COUNTS = {
    word: count
    for count, words in (
        (2, "two both 2"), (3, "three 3"), (4, "four 4"), (5, "five 5"), (6, "six 6"),
        (7, "seven 7"), (8, "eight 8"), (9, "nine 9"), (10, "ten 10"),
    )
    for word in words.split()
}  # fmt: skip
MANY = frozenset(["several"])
# Plurals without an s, and words with one that are none.
PLURALS = frozenset("people men women children persons police feet teeth mice media".split())
NO_PLURALS = frozenset(
    "was has does yes always perhaps less news gas lens series species versus various"
    " sports physics mathematics economics politics electronics athletics states texas".split()
)
WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*")
NAMING = frozenset("name list".split())
ASKING = frozenset("which what".split())
BEING = frozenset("are were".split())
# Asked for in the plural and answered with one number.
MEASURES = frozenset("years months days hours minutes percent degrees dollars pounds".split())
# How far behind its question word the noun stands: "which of the three largest cities".
NOUN_WITHIN = 6
# The noun that is asked for stands before the first of these.
NOUN_ENDS = frozenset(
    "is was does did do has had have will would can could should may might in on at for to from"
    " by with that who where when if after".split()
)
# What may stand before a plural noun, and what follows one, where an s could be a verb's:
# "which European countries border it", "which town supplies did it have", but not "which
# country borders it".
ADJECTIVE = regex.compile(r"(?:an|al|ic|ous|ish|ese|ive|est|ed|ing|ful|main|new|other|own|of)$")
AFTER_NOUNS = frozenset(
    "are were do did have had can could will would should may might of in on from that who".split()
)
# One thing "is" or "was", unless that is said of another: "which Paris hotel was sold", "which
# places was he in".
ONE = frozenset("is was".split())
SUBJECTS = frozenset(
    "he she it i you we they there this that the a an his her its their my your".split()
)
# Before these an s is a verb's: "what happens if", "which tactic involves the".
AFTER_VERBS = frozenset("the a an this these his her its their to if after when for".split())


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one thing, by its grammar.

    "Which countries …", "who were …", "name three …", "what are …" do.
    """
    written = WORD.findall(question)
    words = [word.lower() for word in written]
    for place, word in enumerate(words):
        head = written[place + 1 : place + 1 + NOUN_WITHIN]
        following = words[place + 1 : place + 2]
        if word in NAMING and place == 0:
            return _asks_for_plural(head)
        if word == "who":
            return bool((BEING | {"all"}).intersection(following))
        if word in ASKING:
            return bool(BEING.intersection(following)) or _asks_for_plural(head)
    return False


def count_asked(question: str) -> int | None:
    """How many things a question asks for, or None where it does not say.

    "Which two towns …" asks for two, "which of the two towns …" for one of them.
    """
    words = [word.lower() for word in WORD.findall(question)]
    for place, word in enumerate(words):
        if word in ASKING or (word in NAMING and place == 0):
            following = words[place + 1 :]
            if following[:1] == ["of"]:
                return None
            # What is asked for may stand behind "are": "what are the two …".
            after_being = following[1:] if BEING.intersection(following[:1]) else following
            for one in takewhile(lambda each: each not in NOUN_ENDS | BEING, after_being):
                if one in COUNTS:
                    return COUNTS[one]
    return None


def _asks_for_plural(written: Sequence[str]) -> bool:
    """Whether the noun at the head of these words is a plural."""
    words = [word.lower() for word in written]
    for place, word in enumerate(words[:-1]):
        if word in ONE:
            behind = written[place + 1]
            if behind not in SUBJECTS and not behind[0].isupper():
                return False
    for place, word in enumerate(words):
        if word in NOUN_ENDS or word in MEASURES:
            return False
        if word in COUNTS or word in MANY:
            return True
        following = words[place + 1 : place + 2]
        if not _is_plural(word) or AFTER_VERBS.intersection(following):
            continue
        if written[place][0].isupper() and following and written[place + 1][0].isupper():
            continue  # a name: "which James Bond film"
        if place == 0 or not following or AFTER_NOUNS.intersection(following):
            return True
        return bool(ADJECTIVE.search(words[place - 1]))
    return False


def _is_plural(word: str) -> bool:
    if word in PLURALS:
        return True
    return (
        word.endswith("s")
        and word.isalpha()
        and len(word) > 3
        and not (word in NO_PLURALS or word.endswith(("ss", "us", "is")))
    )
