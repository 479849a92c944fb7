"""What a search without a question is for: "types of clouds", "states that border texas"."""

from typing import NamedTuple

import regex

from qa.asked_nouns import COUNTS, MEASURES
from qa.plurals import is_plural

# Without a "the" or a number only these ask for a list: others may be names, "Charles of Anjou".
LISTED = frozenset(
    "types kinds sorts causes effects examples parts stages symptoms members names signs benefits"
    " advantages disadvantages ingredients uses functions characteristics features properties"
    " songs books films movies albums cast".split()
)
NUMBER = "|".join(COUNTS)
QUALITY = "different|various|main|major|common|famous"
TOPIC = regex.compile(
    rf"(?P<led>(?:(?:the|all|some|top|{QUALITY}|(?P<number>{NUMBER})"
    # Behind "the" or a number only: "forest", "interest".
    rf"|(?<=\b(?:the|{NUMBER})\s+)(?:most\s+\p{{L}}+|\p{{L}}{{2,}}est))\s+)*+)"
    r"(?P<head>\p{L}+)\s+(?P<behind>of|in|on|for|by|who|that|which|with)\s+[\"“‘]?\w",
    regex.IGNORECASE,
)
RELATIVE = frozenset("who that which with".split())
# "What is" in place of "what are": "what is the names of", "whats the three branches of".
ASKED_FOR = regex.compile(r"what(?:\s+(?:is|was)|['’]?s)\s+(?=the\b)", regex.IGNORECASE)
# "The three branches of government are", and the searcher waits for them.
WAITING = regex.compile(r"(?<!\s)\s++are(?:\s+(?:called|named))?[\s.:?…]*$", regex.IGNORECASE)
QUESTIONS = frozenset("what whose whom when where why how".split())
VERBS = frozenset(
    "are is was were do does did has have had can could will would should any who which there"
    .split()
)  # fmt: skip
# Words in -s that begin a clause: "thanks who was it", "sometimes that happens".
NO_HEADS = frozenset("thanks sometimes besides whats whos thats heres wheres".split())
WORD = regex.compile(r"[\p{L}'’]+")


class Topic(NamedTuple):
    """Several things that are searched for: how many, where that is said."""

    number: int | None


def topic_of(question: str) -> Topic | None:
    """The things that a search without a question asks for, or None where it asks otherwise."""
    text = WAITING.sub("", question.strip())
    asked = ASKED_FOR.match(text)
    found = TOPIC.match(text, asked.end() if asked else 0)
    if found is None:
        return None
    head, behind = found["head"], found["behind"].lower()
    others = {word.lower() for word in WORD.findall(text, found.end("behind"))}
    if others & QUESTIONS or (behind not in RELATIVE and others & VERBS):
        return None
    number = COUNTS[found["number"].lower()] if found["number"] else None
    is_listed = head.lower() in LISTED and (head.islower() or not found["led"])
    if not (is_listed or _is_plain(head, behind, led=bool(found["led"]))):
        return None
    return Topic(number) if is_listed or number or not asked else None


def _is_plain(head: str, behind: str, *, led: bool) -> bool:
    """Whether a noun that is no name stands in the plural at the head of a search."""
    if not is_plural(head.lower()) or head in MEASURES or head.lower() in NO_HEADS:
        return False
    if behind in RELATIVE:
        return head.islower() or not led
    # Who wrote a book of that name may stand behind "by": "the birds by hitchcock".
    return led and head.islower() and behind != "by"
