"""Whether a question asks for several things, and how many, by its grammar."""

from collections.abc import Sequence

import regex

from qa.asked_nouns import (
    BEING,
    COUNTS,
    PREPOSITIONS,
    STAYING,
    SUBJECTS,
    asks_for_plural,
    is_count,
    until_verb,
)
from qa.topics import topic_of

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*")
# What may stand before "name" and "give me": "could you please name".
POLITE = frozenset("please can could will would you now then".split())
NAMING = frozenset("name list".split())
GIVING = frozenset("give tell show".split())
RECEIVING = frozenset("me us".split())
ASKING = frozenset("which what".split())
# With these another question begins: "tell me who it was", "where do those live who have won".
NO_GIVING = ASKING | frozenset("about who whom whose when where why how if".split())
BEFORE_RELATIVES = frozenset(
    "are is was were do does did has have had can could will would should when where why"
    " how".split()
)
# How far behind "who are" a number stands: "who are the first two senators", but not "who were
# resting under the three peaks".
NUMBER_WITHIN = 3


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one thing, by its grammar.

    "Which countries …", "who were …", "name three …", "what are …" do.
    """
    if topic_of(question) is not None:
        return True
    written = WORD.findall(question)
    words = [word.lower() for word in written]
    named = _named_from(words)
    if named is not None:
        return asks_for_plural(written[named:], named=True)
    for place, word in enumerate(words):
        behind = words[place + 1 :]
        if word == "who":
            return not BEFORE_RELATIVES.intersection(words[:place]) and _are_several(behind)
        if word in ASKING:
            # Another thing "is" it: "in which countries is it spoken".
            placed = bool(PREPOSITIONS.intersection(words[place - 1 : place]))
            return bool(BEING.intersection(behind[:1])) or asks_for_plural(
                written[place + 1 :], placed=placed
            )
    return False


def count_asked(question: str) -> int | None:
    """How many things a question asks for, or None where it does not say.

    "Which two towns …" asks for two, "which of the two towns …" for one of them.
    """
    topic = topic_of(question)
    if topic is not None:
        return topic.number
    words = [word.lower() for word in WORD.findall(question)]
    named = _named_from(words)
    if named is not None:
        return _count(words[named:])
    for place, word in enumerate(words):
        behind = words[place + 1 :]
        are = bool(BEING.intersection(behind[:1]))
        if word == "who" and are and not BEFORE_RELATIVES.intersection(words[:place]):
            # Who asks "who are the two?" has just been told of them.
            return _count(behind[1:], within=NUMBER_WITHIN) if behind[-1] not in COUNTS else None
        if word in ASKING:
            if behind[:1] == ["of"]:
                return None
            # What is asked for may stand behind "are": "what are the two …".
            count = _count(behind[1:] if are else behind)
            if count is not None:
                return count
    return None


def _named_from(words: Sequence[str]) -> int | None:
    """Where what somebody is told to name begins: "name the", "can you give me the"."""
    start = next((place for place, word in enumerate(words) if word not in POLITE), len(words))
    if NAMING.intersection(words[start : start + 1]):
        return start + 1
    gives = GIVING.intersection(words[start : start + 1])
    if gives and RECEIVING.intersection(words[start + 1 : start + 2]):
        return None if NO_GIVING.intersection(words) else start + 1
    return None


def _are_several(behind: Sequence[str]) -> bool:
    """Whether the verb behind a "who" is of several: "who have won", "who live in"."""
    first, second = [*behind[:2], "", ""][:2]
    if first == "have":
        return second not in SUBJECTS
    return (
        first in BEING
        or first == "all"
        or (first in STAYING and second in PREPOSITIONS)
        or (first == "make" and second == "up")
    )


def _count(words: Sequence[str], *, within: int | None = None) -> int | None:
    """The number of what is named by these words, which stands before a verb.

    Args:
        words: what stands behind the question word.
        within: how many of them may be looked at, if not all.
    """
    places = range(len(until_verb(words[:within])))
    return next((COUNTS[words[place]] for place in places if is_count(words, place)), None)
