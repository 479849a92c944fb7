"""The noun that a question asks for: whether it is a plural, and how many it counts."""

from collections.abc import Sequence
from itertools import takewhile

import regex

from qa.plurals import COUNTED, is_counted, is_plural

SPELT = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"  # of more than a list has nobody is told
).split()
COUNTS = {word: count for count, spelt in enumerate(SPELT, 2) for word in (spelt, str(count))} | {
    "both": 2
}
MANY = frozenset(["several"])
# What may stand before the number of things asked for, beside an adjective and a possessor. Behind
# another noun a number belongs to that: "which phase 3 trial", "which World War 2 general".
BEFORE_COUNTS = frozenset(
    "the these those any all both of me us his her its their our my your first next last past top"
    " final only just exactly same further another bottom upper lower".split()
)
# "Which United States president", "what law states that", but "what states border it".
BEFORE_STATES = frozenset("theory principle law".split())
AFTER_STATING = frozenset("that something".split())
# Plurals that stand before another noun as well: "what sports team".
BEFORE_OTHERS = frozenset(["sports"])
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
    " by with that who where when if after"
    # Verbs in -s that are no nouns: "which friend dies of it", "what helps form bones".
    " happens occurs exists appears begins goes comes gets lets makes helps dies sits seems becomes"
    " feels stays gives carries tells contains produces prevents protects provides requires"
    " regulates connects conducts attracts describes determines includes eats kills".split()
)
# What may stand before a plural noun, and what follows one, where an s could be a verb's:
# "which European countries border it", "which town supplies did it have", but not "which
# country borders it".
ADJECTIVE = regex.compile(r"(?:an|al|ic|ous|ish|ese|ive|est|ed|ing|ful|main|new|other|own|of)$")
AFTER_NOUNS = frozenset(
    "are were do does did have had can could will would should may might of in on from"
    " that who".split()
)
# So do verbs without an s, "which farm animals live in barns", "what cell types make antibodies",
# but not where they are nouns: "which state shares border with it", "who sings live".
STAYING = frozenset("come live belong play grow".split())
DOING = frozenset(
    "make carry play grow border contain use include produce cause speak win form show".split()
)
# Nouns elsewhere, and verbs before these behind another noun: "which actor stars in it".
ACTS = frozenset("stars plays flows lies lives runs airs ranks ends works".split())
AFTER_ACTS = frozenset("in on from".split())
PREPOSITIONS = frozenset("in on at from for of to by with".split())
# What has no noun before these did it: "what caused riots", but "which armed groups fight".
CAUSING = frozenset(
    "caused replaced happened occurred followed preceded triggered prompted sparked prevented"
    " helped powered ended saved inspired produced increased changed supplanted".split()
)
# The verb that shows that they belong to a noun.
LATER_VERBS = AFTER_NOUNS - PREPOSITIONS | PASTS | STAYING | DOING
# These end like adjectives and are the nouns themselves: "what organ produces insulin".
NOUNS = frozenset(
    "organ animal material hospital king building ocean musician comedian politician historian"
    " physician".split()
)
# One thing "is" or "was", unless that is said of another: "which Paris hotel was sold", "which
# places was he in".
ONE = frozenset("is was".split())
PRONOUNS = frozenset("he she it i you we they".split())
SUBJECTS = PRONOUNS | frozenset("there this that the a an his her its their my your".split())
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


def until_verb(words: Sequence[str]) -> list[str]:
    """The words before the first that stands behind the noun asked for."""
    return list(takewhile(lambda word: word not in NOUN_ENDS | BEING, words))


def is_count(words: Sequence[str], place: int) -> bool:
    """Whether one of the words behind a question word says how many things are asked for.

    Then the things stand behind it, or are left out: "which two were sold".
    """
    if words[place] not in COUNTS:
        return False
    before = words[place - 1] if place else ""
    # Behind a verb it counts what something was done to: "which player scored 3 goals".
    if before and not (
        before in BEFORE_COUNTS
        or (_is_adjective(before) and not _was_done(before))
        or POSSESSIVE.search(before)
    ):
        return False
    noun = until_verb(words[place + 1 :])
    if place == 0 and words[0].isalpha():
        return True  # "which two won gold"; a figure may be part of a name: "which 5 star hotel"
    if not noun or noun[0] == "of" or _was_done(noun[0]):
        return True
    return any(map(is_counted, noun))


def asks_for_plural(written: Sequence[str], *, placed: bool = False, named: bool = False) -> bool:
    """Whether the noun at the head of these words is a plural.

    Args:
        written: the words behind the question word.
        placed: whether a preposition stands before that.
        named: whether it is "name" or "list".
    """
    whole = [word.lower() for word in written]
    words = whole[:NOUN_WITHIN]
    for place, word in enumerate(words[:-1]):
        if word in ONE and not placed and not _is_subject(written[place + 1]):
            return False
    if placed and words[:1] and words[0] in AFTER_VERBS:
        return False  # it begins a clause: "the town to which the men went"
    if not named and words[:1] and words[0] in CAUSING and LATER_VERBS.isdisjoint(words[1:]):
        return False
    # Where a "the" may show that the noun stood before a verb: "which city hosted the games", but
    # "list out the causes".
    first = 1 if named else 0
    for place, word in enumerate(words):
        if word in BEING:  # "which of these are rivers", but not "what colour are the stars"
            several = words[0] == "of" or words[place - 1] in COUNTED
            return several and not _is_subject("".join(words[place + 1 : place + 2]))
        # "In which years" asks for some, "what years did he spend" for their number.
        if word in NOUN_ENDS or (word in MEASURES and not placed):
            return False
        if place and word in PASTS and words[place - 1] not in BEFORE_COUNTS:
            return False
        if place > first and word in AFTER_VERBS and words[place - 1] not in BEFORE_ARTICLES:
            return False
        if word in MANY or is_count(whole, place):
            return True
        if place and word in COUNTS and _was_done(words[place - 1]):
            return False
        if place and word == "of" and words[place - 1] not in BEFORE_OF:
            return False
        following = words[place + 1 : place + 2]
        if not is_plural(word) or AFTER_VERBS.intersection(following):
            continue
        before = words[place - 1] if place else ""
        if word == "states" and before == "united":
            continue
        if word == "states" and (before in BEFORE_STATES or AFTER_STATING.intersection(following)):
            return False
        if place and word in ACTS and AFTER_ACTS.intersection(following):
            return False
        ends = not following or _follows_noun(written[place + 1 :])
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
        return titled or _is_adjective(words[place - 1])
    return False


def _follows_noun(written: Sequence[str]) -> bool:
    """Whether these words may stand behind a noun in the plural, and not behind a verb in -s."""
    first, behind = written[0].lower(), "".join(written[1:2])
    if first in AFTER_NOUNS or first in PASTS:
        return True
    if first in ONE:
        return _is_subject(behind)
    if first == "has":
        return behind in PRONOUNS or behind[:1].isupper()
    if behind in PREPOSITIONS:
        return first in STAYING or bool(DONE.search(first))
    # An -ed may be an adjective's: "which firm makes canned soup".
    was_done_to = behind in AFTER_VERBS and bool(DONE.search(first))
    return was_done_to or (first in DOING and bool(behind))


def _is_adjective(word: str) -> bool:
    return word not in NOUNS and ADJECTIVE.search(word) is not None


def _is_subject(word: str) -> bool:
    """Whether a verb before this word says something of it: "which towns was he in"."""
    return word in SUBJECTS or word[:1].isupper()


def _was_done(word: str) -> bool:
    """Whether a word is a verb that says what was done."""
    return word in PASTS or bool(DONE.search(word))
