"""Answers to questions that ask for several things: the items, each at its place."""

import math
from collections.abc import Sequence

import regex

from index.records import Passage
from index.sentences import sentence_spans
from qa.rank import Candidate

MOST_ITEMS = 20  # a longer list is a table, and no answer
ITEM_WORDS = 8  # an item of an enumeration is a name or a short phrase, not a clause
COUNTS = frozenset("two three four five six seven eight nine ten both several".split())
# Plurals without an s, and words with one that are none.
PLURALS = frozenset("people men women children persons police feet teeth mice media".split())
NO_PLURALS = frozenset(
    "was has does yes always perhaps less news gas lens series species versus various".split()
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
# Before these an s is a verb's: "what happens if", "which tactic involves the".
AFTER_VERBS = frozenset("the a an this these his her its their to if after when for".split())
# What stands between the items of an enumeration.
BETWEEN = regex.compile(
    r"\s*;\s*(?:and\s+|or\s+)?|\s*,\s*(?:(?:and|or|as well as)\s+)?|\s+(?:and|or|&|as well as)\s+",
)
LEADING = regex.compile(r"(?:(?:both|either|including|such as|like|namely)\s+)+", regex.IGNORECASE)


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one thing, by its grammar.

    "Which countries …", "who were …", "name three …", "what are …" do.
    """
    words = [word.lower() for word in WORD.findall(question)]
    for place, word in enumerate(words):
        following = words[place + 1 : place + 1 + NOUN_WITHIN]
        if word in NAMING and place == 0:
            return _asks_for_plural(following)
        if word == "who":
            return bool((BEING | {"all"}).intersection(following[:1]))
        if word in ASKING:
            return bool(BEING.intersection(following[:1])) or _asks_for_plural(following)
    return False


def items_of(
    question: str, candidates: Sequence[Candidate], *, item_share: float
) -> list[Candidate]:
    """The candidates, or their parts, that together answer a question for several things.

    The best candidate is taken apart where it is an enumeration ("Anna, Ben and Carl"), or
    joined by its neighbours where it is one item of one. Another candidate is an item where
    its odds have a fair share of the best one's.

    Args:
        question: what is asked.
        candidates: the best first; no two overlap.
        item_share: least share of the best one's odds, above 0, for questions that ask for
            several by their grammar.

    Returns:
        Two items or more in the order of the documents, or none where one answer will do;
        parts have the score of what they were part of.
    """
    if not candidates:
        return []
    best = candidates[0]
    if asks_for_several(question):
        chosen = [
            candidate
            for candidate in candidates
            if candidate.mass >= best.mass + math.log(item_share)
        ]
    elif _asks_who(question) and _names_several(best):
        chosen = [best]
    else:
        return []
    items: dict[tuple[str, int, int], Candidate] = {}
    for candidate in chosen[:MOST_ITEMS]:
        for start, end in _parts(candidate):
            key = (candidate.passage.document.id, start, end)
            taken = any(
                document == key[0] and start < other_end and other_start < end
                for document, other_start, other_end in items
            )
            if not taken:
                items[key] = _slice(candidate, start, end)
    ordered = [items[key] for key in sorted(items)][:MOST_ITEMS]
    return ordered if len(ordered) > 1 else []


def _asks_who(question: str) -> bool:
    return bool({"who", "whom"}.intersection(word.lower() for word in WORD.findall(question)))


def _names_several(candidate: Candidate) -> bool:
    """Whether a candidate is an enumeration of names, as "Anna and Ben" is."""
    text = candidate.passage.document.text
    pieces = [text[start:end] for start, end in _split(text, candidate.start, candidate.end)]
    return len(pieces) > 1 and all(piece[0].isupper() and _is_item(piece) for piece in pieces)


def _slice(candidate: Candidate, start: int, end: int) -> Candidate:
    return Candidate(
        candidate.passage, start, end, candidate.log_odds, candidate.score, candidate.mass
    )


def _parts(candidate: Candidate) -> list[tuple[int, int]]:
    """The enumeration that a candidate is, or is an item of; or the candidate alone."""
    passage = candidate.passage
    text = passage.document.text
    inside = _split(text, candidate.start, candidate.end)
    if len(inside) > 1 and all(_is_item(text[start:end]) for start, end in inside):
        return inside
    # Without the comma behind it.
    own = inside[0] if len(inside) == 1 else (candidate.start, candidate.end)
    first, last = _sentence_of(passage, candidate)
    around = _split(text, first, last)
    place = next(
        (number for number, (start, end) in enumerate(around) if start <= own[0] and own[1] <= end),
        None,
    )
    if place is None:
        return [own]
    # Its neighbours are items where they look like it.
    wanted = text[slice(*own)]
    left = right = place
    if around[place][1] == own[1]:
        while right + 1 < len(around) and _like(wanted, text[slice(*around[right + 1])]):
            right += 1
    if around[place][0] == own[0]:
        while left > 0 and _like(wanted, text[slice(*around[left - 1])]):
            left -= 1
    return [
        *around[left:place],
        own,
        *around[place + 1 : right + 1],
    ]


def _sentence_of(passage: Passage, candidate: Candidate) -> tuple[int, int]:
    for start, end in sentence_spans(passage.text):
        if passage.start + start <= candidate.start < passage.start + end:
            return passage.start + start, max(passage.start + end, candidate.end)
    return candidate.start, candidate.end


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The pieces between commas and conjunctions, without what introduces them."""
    edges = [start]
    for found in BETWEEN.finditer(text, start, end):
        edges += found.span()
    edges.append(end)
    pieces = []
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        lead = LEADING.match(text, left, right)
        begin = lead.end() if lead else left
        while right > begin and not text[right - 1].isalnum() and text[right - 1] not in "%)\"”’'":
            right -= 1
        if begin < right:
            pieces.append((begin, right))
    return pieces


def _is_item(text: str) -> bool:
    return 0 < len(text.split()) <= ITEM_WORDS


def _like(item: str, other: str) -> bool:
    """Whether two pieces could be items of one enumeration: short, and of a kind."""
    if not _is_item(other):
        return False
    if item[0].isupper() or item[0].isdigit():
        return other[0].isupper() == item[0].isupper() and other[0].isdigit() == item[0].isdigit()
    return abs(len(item.split()) - len(other.split())) <= 1 and not other[0].isupper()


def _asks_for_plural(words: Sequence[str]) -> bool:
    """Whether the noun at the head of these words is a plural."""
    for place, word in enumerate(words):
        if word in NOUN_ENDS or word in MEASURES:
            return False
        if word in COUNTS:
            return True
        following = words[place + 1 : place + 2]
        if not _is_plural(word) or AFTER_VERBS.intersection(following):
            continue
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
