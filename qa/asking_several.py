"""Whether a question asks for several things, and how many, by its grammar."""

import regex

from qa.asked_nouns import (
    BEING,
    COUNTS,
    MEASURES,
    PREPOSITIONS,
    asks_for_plural,
    is_count,
    until_verb,
)
from qa.plurals import is_plural

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*")
NAMING = frozenset("name list".split())
ASKING = frozenset("which what".split())
# A search without a question word: "types of clouds", "the three branches of government". Without
# a "the" or a number only these ask for a list: others may be names, "Charles of Anjou".
LISTED = frozenset(
    "types kinds sorts causes effects examples parts stages symptoms members names".split()
)
TOPIC = regex.compile(
    rf"(?:(?:the|all|some|different|main|{'|'.join(COUNTS)})\s+)*(\p{{L}}+)\s+(?:of|in|on|for)\b",
    regex.IGNORECASE,
)
NO_TOPIC = frozenset(
    "are is was were do does did has have had can could will would should any who whom whose when"
    " where why how there".split()
)


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one thing, by its grammar.

    "Which countries …", "who were …", "name three …", "what are …" do.
    """
    written = WORD.findall(question)
    words = [word.lower() for word in written]
    for place, word in enumerate(words):
        behind = written[place + 1 :]
        following = words[place + 1 : place + 2]
        if word in NAMING and place == 0:
            return asks_for_plural(behind, named=True)
        if word == "who":
            return bool((BEING | {"all"}).intersection(following))
        if word in ASKING:
            # Another thing "is" it: "in which countries is it spoken".
            placed = bool(PREPOSITIONS.intersection(words[place - 1 : place]))
            return bool(BEING.intersection(following)) or asks_for_plural(behind, placed=placed)
    if NO_TOPIC.intersection(words):
        return False
    topic = TOPIC.match(question.lstrip())
    if topic is None:
        return False
    head = topic[1]
    if topic.start(1) == 0:
        return head.lower() in LISTED
    return head.islower() and is_plural(head) and head not in MEASURES


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
            for number, one in enumerate(until_verb(after_being)):
                if is_count(after_being, number):
                    return COUNTS[one]
    return None
