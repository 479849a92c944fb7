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
# What may stand before the number of things asked for, beside an adjective and a possessor. Behind
# another noun a number belongs to that: "which phase 3 trial", "which World War 2 general".
BEFORE_COUNTS = frozenset(
    "the these those any all both of me us his her its their our my your first next last past top"
    " final only just exactly same further another bottom upper lower".split()
)
# Plurals without an s, and words with one that are none; behind a number the last are.
PLURALS = frozenset("people men women children persons police feet teeth mice media".split())
NO_PLURALS = frozenset(
    "was has does yes always perhaps less news gas lens series species versus various"
    " physics mathematics economics politics electronics athletics texas headquarters lyrics"
    " canvas atlas alias bias diabetes rabies mercedes netherlands dickens williams".split()
)
# Shorter than a plural elsewhere need be, but none behind a number either: "which 7 foot player led
# his team".
NO_NOUNS = NO_PLURALS | frozenset("his its this as us is thus".split())
PLURAL_ENDS = ("men", "people", "children")
COUNTED = frozenset(
    "series species criteria phenomena bacteria alumni sheep fish aircraft crew data".split()
)
WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*")
# "Which United States president", "what law states that", but "what states border it".
BEFORE_STATES = frozenset("theory principle law".split())
AFTER_STATING = frozenset("that something".split())
# Plurals that stand before another noun as well: "what sports team".
BEFORE_OTHERS = frozenset(["sports"])
NAMING = frozenset("name list".split())
ASKING = frozenset("which what".split())
BEING = frozenset("are were".split())
# Asked for in the plural and answered with one number.
MEASURES = frozenset("years months days hours minutes percent degrees dollars pounds".split())
# Of a name before a number, and of a verb behind one.
POSSESSIVE = regex.compile(r"['’]s?$")
DONE = regex.compile(r"[^e]ed$")
# Verbs that have no -ed: "which Germans won", "which 3 came back".
PASTS = frozenset(
    "won came left met led fell quit wrote spoke took made lost went said sold ran sang got gave"
    " became began fought stood sat".split()
)
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
# Before "which" or "what" they say that another thing "is": "in which countries is it spoken".
PREPOSITIONS = frozenset("in on at from for of to by with".split())
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
# One thing "is" or "was", unless that is said of another: "which Paris hotel was sold", "which
# places was he in".
ONE = frozenset("is was".split())
SUBJECTS = frozenset(
    "he she it i you we they there this that the a an his her its their my your".split()
)
# What may stand before a "the" that belongs to what is asked for: "which of the cities".
BEFORE_ARTICLES = frozenset("of among all both me us".split())
# Behind other words an "of" ends what is asked for: "which side of the hills", "kinds of hills".
BEFORE_OF = frozenset(
    "kind type sort couple few list pair some all any each most many other".split()
)
# Before these an s is a verb's: "what happens if", "which tactic involves the".
AFTER_VERBS = frozenset("the a an this these his her its their to if after when for".split())
# What is done to these is done by what stands before the verb: "which Senators oppose it".
OBJECTS = frozenset("the a an this these his her its their it them him".split())


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
            return _asks_for_plural(behind, named=True)
        if word == "who":
            return bool((BEING | {"all"}).intersection(following))
        if word in ASKING:
            placed = bool(PREPOSITIONS.intersection(words[place - 1 : place]))
            return bool(BEING.intersection(following)) or _asks_for_plural(behind, placed=placed)
    if NO_TOPIC.intersection(words):
        return False
    topic = TOPIC.match(question.lstrip())
    if topic is None:
        return False
    head = topic[1]
    if topic.start(1) == 0:
        return head.lower() in LISTED
    return head.islower() and _is_plural(head) and head not in MEASURES


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
            for number, one in enumerate(_until_verb(after_being)):
                if _is_count(after_being, number):
                    return COUNTS[one]
    return None


def _until_verb(words: Sequence[str]) -> list[str]:
    """The words before the first that stands behind the noun asked for."""
    return list(takewhile(lambda word: word not in NOUN_ENDS | BEING, words))


def _is_count(words: Sequence[str], place: int) -> bool:
    """Whether one of the words behind a question word says how many things are asked for.

    Then the things stand behind it, or are left out: "which two were sold".
    """
    if words[place] not in COUNTS:
        return False
    before = words[place - 1] if place else ""
    if before and not (
        before in BEFORE_COUNTS or ADJECTIVE.search(before) or POSSESSIVE.search(before)
    ):
        return False
    noun = _until_verb(words[place + 1 :])
    if place == 0 and words[0].isalpha():
        return True  # "which two won gold"; a figure may be part of a name: "which 5 star hotel"
    if not noun or noun[0] == "of" or _was_done(noun[0]):
        return True
    return any(map(_is_counted, noun))


def _is_counted(word: str) -> bool:
    """Whether a word behind a number may be what it counts: short and odd plurals are, too."""
    if word in COUNTED or word in PLURALS or word.endswith(PLURAL_ENDS):
        return True
    return any(
        part.endswith("s") and part.isalpha() and part not in NO_NOUNS and part[-2:] != "ss"
        for part in word.split("-")
    )


def _asks_for_plural(written: Sequence[str], *, placed: bool = False, named: bool = False) -> bool:
    """Whether the noun at the head of these words is a plural.

    Args:
        written: the words behind the question word.
        placed: whether a preposition stands before that.
        named: whether it is "name" or "list".
    """
    whole = [word.lower() for word in written]
    words = whole[:NOUN_WITHIN]
    for place, word in enumerate(words[:-1]):
        if word in ONE and not placed:
            behind = written[place + 1]
            if behind not in SUBJECTS and not behind[0].isupper():
                return False
    # Where a "the" may show that the noun stood before a verb: "which city hosted the games", but
    # "list out the causes".
    first = 1 if named else 0
    for place, word in enumerate(words):
        if word in NOUN_ENDS or word in MEASURES:
            return False
        if place > first and word in AFTER_VERBS and words[place - 1] not in BEFORE_ARTICLES:
            return False
        if word in MANY or _is_count(whole, place):
            return True
        if place and word == "of" and words[place - 1] not in BEFORE_OF:
            return False
        following = words[place + 1 : place + 2]
        if not _is_plural(word) or AFTER_VERBS.intersection(following):
            continue
        before = words[place - 1] if place else ""
        if word == "states" and before == "united":
            continue
        if word == "states" and (before in BEFORE_STATES or AFTER_STATING.intersection(following)):
            return False
        ends = not following or following[0] in AFTER_NOUNS
        if word in BEFORE_OTHERS and not ends:
            continue
        acts = bool(following) and (
            _was_done(following[0]) or bool(OBJECTS.intersection(words[place + 2 : place + 3]))
        )
        if written[place][0].isupper() and not (ends or acts):
            continue  # a name: "which James Bond film", "which Wales player"
        if place == 0 or ends:
            return True
        titled = written[place - 1][0].isupper() and acts  # "which Beatles songs topped the chart"
        return titled or bool(ADJECTIVE.search(words[place - 1]))
    return False


def _was_done(word: str) -> bool:
    """Whether a word is a verb that says what was done."""
    return word in PASTS or bool(DONE.search(word))


def _is_plural(word: str) -> bool:
    if word in PLURALS:
        return True
    return (
        word.endswith("s")
        and word.isalpha()
        and len(word) > 3
        and not (word in NO_PLURALS or word.endswith(("ss", "us", "is")))
    )
