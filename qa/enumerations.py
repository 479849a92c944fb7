"""The items of an enumeration: "snow, hail and graupel"."""

import regex

from index.sentences import Span
from qa.roles import ASKS_FOR_PEOPLE, without_roles
from qa.separators import NOT_WITHIN_DATES, NOT_WITHIN_NAMES

MOST_ITEM_WORDS = 5  # longer ones are clauses
MOST_PLAIN_WORDS = 2  # of an item in lower case, where there are but two
# White space is looked at as in qa.separators.
CONJUNCTION = regex.compile(r"(?<!\s)\s++(?:and|or)\s+")
COMMA = regex.compile(rf"(?<!\s)\s*+{NOT_WITHIN_DATES}[,;]{NOT_WITHIN_NAMES}\s+(?:(?:and|or)\s+)?")
DETERMINER = regex.compile(r"\b(?:the|an?|his|her|its|their|my|our)\s+", regex.IGNORECASE)
# A question that may have two answers; of "for what railroad", "Stockton and Darlington" is one.
ASKS_FOR_SEVERAL = regex.compile(
    r"\b(?:who|whom|when|are|were|two|both"
    r"|(?:what|which)(?: \w+)? (?!was|is|does|has)\w+s)\b",
    regex.IGNORECASE,
)
# One firm may have several names: "Farrar, Straus and Giroux". But not of "what did the band play"
# or "which band members".
ASKS_FOR_FIRM = regex.compile(
    r"\b(?:which|what)"
    r"(?: (?!(?:is|was|are|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b)"
    r"[\w-]+){0,2} (?:company|firm|band|group|publisher|studio|duo|trio|label)\b"
    r"(?!['’]s?\b| (?:members?|leaders|founders|owners|workers)\b)",
    regex.IGNORECASE,
)
# What asks for several of these, each of which may have several names.
ASKS_FOR_FIRMS = regex.compile(
    r"\b(?:companies|firms|bands|groups|publishers|studios|duos|labels|chains|shops|stores|brands"
    r"|banks|retailers)\b",
    regex.IGNORECASE,
)
# Two names of one place.
ONE_PLACE = regex.compile(
    r"(?:the )?(?:Trinidad and Tobago|Antigua and Barbuda|Bosnia and Herzegovina"
    r"|(?:St\.?|Saint) Kitts and Nevis|S[ãa]o Tom[ée] and Pr[íi]ncipe)"
)
# No item begins with these, and none has those in it: it would be a clause.
BEGINNINGS = (
    "and|or|but|because|if|when|where|which|who|that|he|she|it|they|we|i|you|as|so|there|"
    "in|on|at|by|for|from|with"
)
# A point that ends no sentence: "J.K. Rowling", "Sammy Davis Jr."
INITIAL = regex.compile(r"(?<=\b\p{Lu})\.|\b(?:Jr|Sr|Dr|St|Mr|Mrs|Ms|Ph|Esq)\.")
# What stands in the place of further items: "mint, sage and others".
FILLER = regex.compile(
    r"(?:(?:many|several|various|some|a few|much)\s+)?(?:others|more)"
    r"|etc\.?|so (?:on|forth)|the like"
)
YEAR = regex.compile(r"(?:1\d|20)\d\d")
WITHIN_CLAUSES = "which|who|that|is|are|was|were|has|have|had"
NO_ITEM = regex.compile(rf"(?:{BEGINNINGS}|to|of|between|both|not|no)\b", regex.IGNORECASE)
CLAUSE = regex.compile(rf"\b(?:{WITHIN_CLAUSES}|includ\w+)\b", regex.IGNORECASE)


def enumerated(text: str, question: str) -> tuple[Span, ...]:
    """The items of an enumeration, or none where the text is something else.

    Three or more need commas and a last "and" or "or"; two need a question that may have
    several answers, and to be names or short and alike. What is said twice counts once; the name
    of one firm or place is none.

    Args:
        text: an answer.
        question: what it answers.

    Returns:
        Half-open spans in the text, in order.
    """
    commas = list(COMMA.finditer(text))
    last = commas[-1] if commas else None
    cuts = [match.span() for match in commas]
    if last is None or not CONJUNCTION.search(last.group() + " "):  # no comma before the "and"
        tail = last.end() if last else 0
        found = list(CONJUNCTION.finditer(text, tail))
        if len(found) != 1:
            return ()
        cuts.append(found[0].span())
    if any(CONJUNCTION.search(match.group() + " ") for match in commas[:-1]):
        return ()
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    items = tuple(zip(starts, ends, strict=True))
    if ASKS_FOR_PEOPLE.match(question):
        items = tuple(without_roles(text, items))
    if FILLER.fullmatch(text, *items[-1]):
        items = items[:-1]
    # What is said again is one item: "Johnson and Johnson" is no enumeration.
    firsts: dict[str, Span] = {}
    for item in items:
        firsts.setdefault(text[slice(*item)].lower(), item)
    items = tuple(firsts.values())
    words = [text[start:end] for start, end in items]
    if len(items) < 2 or not all(_is_item(item) for item in words):
        return ()
    if ONE_PLACE.fullmatch(text) or ASKS_FOR_FIRM.search(question):
        return ()
    if len({YEAR.fullmatch(item) is None for item in words}) > 1:  # "June 5, 1990 and 1992"
        return ()
    if len(cuts) == 1 and not (ASKS_FOR_SEVERAL.search(question) and _alike(*words)):
        return ()
    return items


def _is_item(words: str) -> bool:
    if YEAR.fullmatch(words):
        return True
    return (
        bool(words)
        and len(words.split()) <= MOST_ITEM_WORDS
        and not NO_ITEM.match(words)
        and not CLAUSE.search(words)
        and not regex.search(r"[.!?:\n()\"“”]", INITIAL.sub("", words))
        and any(character.isalpha() for character in words)
        and not words[0].isdigit()
    )


def _alike(one: str, other: str) -> bool:
    """Whether both are names, or years, or both short and with or without "the"."""
    plain = [DETERMINER.sub("", words, count=1) for words in (one, other)]
    if all(words[:1].isupper() for words in plain) or all(map(YEAR.fullmatch, plain)):
        return True
    determined = [DETERMINER.match(words) is not None for words in (one, other)]
    return determined[0] == determined[1] and all(
        len(words.split()) <= MOST_PLAIN_WORDS and not words[0].isupper() for words in plain
    )
