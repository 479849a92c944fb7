"""Whether a quote can be of the kind that a question asks for: a number, an age, a time.

A reader that finds no number for "How old is she?" may take the next best, her name. What a quote
is, is told by English words alone, and by digits.
"""

from dataclasses import replace

import regex

from qa.kind_words import AGES, AMOUNTS, NUMBER_WORDS, ORDINALS, TIMES, UNCAPITALISED
from qa.reader import Reading

# Log-odds that a span of another kind loses: where the reader is sure of it, it stays. No list of
# words is whole, and "when" may be answered by an event, "the rise of Rome".
OTHER_KIND_LOG_ODDS = 3.0
# A name is no number and no age, whatever words there are.
NAME_LOG_ODDS = 6.0

NUMBERS = NUMBER_WORDS | ORDINALS | AMOUNTS
AGED = NUMBER_WORDS | ORDINALS | AGES
LENGTHS = NUMBERS | TIMES
DATED = NUMBER_WORDS | ORDINALS | TIMES | AGES
# "Monday", "birthdays", "summertime", but no "Newsweek" and no "Maritime".
DAY = regex.compile(r"days?$|^(?:some|any|bed|day|dinner|half|life|lunch|mid|night|over)time$")
TENS = regex.compile(r"^(?:twen|thir|for|fif|six|seven|eigh|nine)ties$|^\p{L}+genarians?$")
# What lasts "for 14 years" is no age; "14 years old" is one.
LASTING = regex.compile(
    r"\b(?:for|within|after|during|in)\s+(?:[^\s,]+\s+){1,3}(?:years|months|weeks|days)$",
    regex.IGNORECASE,
)
LASTING_CHARS = 60  # in which that stands
# A year, the day of a month, an hour, a decade, or a number that the quote begins with: "in 476".
DATE_NUMBER = regex.compile(
    r"\b(?:1\d|20)\d\d(?!\d)|(?<!\d)\d{1,2}(?:s|st|nd|rd|th|[ap]m)?\b|^(?:\S+\s+){0,2}\p{N}",
    regex.IGNORECASE,
)

# Of "who decides how many there are" the first asks.
ASKING = regex.compile(r"\b(?:who|whom|whose|what|which|where|when|why|how)\b", regex.IGNORECASE)
# "When it opened, who came?" asks for something else, "when did it open, and who came?" also.
ASKING_MORE = regex.compile(
    r"(?:,|\band|\bor) (?:\p{L}+ )?(?:who|whom|whose|what|which|where|why|how)\b", regex.IGNORECASE
)
MANY_ASKED = regex.compile(r"how many\b(?!-)", regex.IGNORECASE)
AGE_ASKED = regex.compile(r"how old\b(?!-)|what age\b(?! \p{L}*(?:group|range))", regex.IGNORECASE)
LENGTH_ASKED = regex.compile(
    r"how (?:long\b(?!-)|many (?:years|months|weeks|days))", regex.IGNORECASE
)
# "When was it sold?", but not "when is it too hot?", which asks for a condition, nor "when Will
# Smith came".
DATE_ASKED = regex.compile(
    r"(?:[Ww]hat|[Ww]hich) (?:years?|decades?|century|centuries)\b|[Ww]hen\W*$"
    r"|[Ww]hen (?:exactly |in \p{N}+ )?(?:did|was|were|has|have|had|will)(?:n['’]t)?\b",
)
WORD = regex.compile(r"\p{L}+")
JOINED = regex.compile(r",|\band\b|&")
LATIN = regex.compile(r"\p{Latin}")


def against_other_kinds(question: str, text: str, reading: Reading) -> Reading:
    """What was read in a passage, with less odds for what is not of the kind that is asked for.

    Args:
        question: what is asked.
        text: of the passage.
        reading: what was read of the two.
    """
    asked = " ".join(question.split())
    asking = ASKING.search(asked)
    if asking is None or ASKING_MORE.search(asked, asking.end()):
        return reading
    for pattern, loss_of in KINDS:
        if pattern.match(asked, asking.start()):
            spans = [
                replace(span, log_odds=span.log_odds - loss_of(text, span.start, span.end))
                for span in reading.spans
            ]
            best_first = sorted(spans, key=lambda span: -span.log_odds)
            return replace(reading, spans=tuple(best_first))
    return reading


def _no_number(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    # What is listed can be counted, and "a year" is one.
    if _has_number(quote) or JOINED.search(quote) or regex.match(r"an? \p{Ll}", quote):
        return 0.0
    return _other(quote) if NUMBERS.isdisjoint(_words(quote)) else 0.0


def _no_age(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if LASTING.search(text[max(end - LASTING_CHARS, 0) : end]):
        return OTHER_KIND_LOG_ODDS
    if _has_number(quote) or any(map(TENS.search, words)) or not AGED.isdisjoint(words):
        return 0.0
    return _other(quote)


def _no_length(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if _has_number(quote) or any(map(DAY.search, words)) or not LENGTHS.isdisjoint(words):
        return 0.0
    return OTHER_KIND_LOG_ODDS


def _no_date(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if not LATIN.search(quote) or DATE_NUMBER.search(quote) or not DATED.isdisjoint(words):
        return 0.0
    of_kind = any(DAY.search(word) or TENS.search(word) for word in words)
    return 0.0 if of_kind else OTHER_KIND_LOG_ODDS


def _other(quote: str) -> float:
    """What a quote without a number loses: more where every word is that of a name."""
    words = [word for word in WORD.findall(quote) if word not in UNCAPITALISED]
    return NAME_LOG_ODDS if all(word[0].isupper() for word in words) else OTHER_KIND_LOG_ODDS


def _has_number(quote: str) -> bool:
    """Whether it has digits, or may have a number in words of another script."""
    return bool(regex.search(r"\p{N}", quote)) or not LATIN.search(quote)


def _words(quote: str) -> list[str]:
    return WORD.findall(quote.lower())


# How each kind is asked for, and what a quote loses that is not of it.
KINDS = (
    (LENGTH_ASKED, _no_length),
    (AGE_ASKED, _no_age),
    (MANY_ASKED, _no_number),
    (DATE_ASKED, _no_date),
)
