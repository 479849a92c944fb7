"""Whether a quote can be of the kind that a question asks for: a number, an age, a time.

A reader that finds no number for "How old is she?" may take the next best, her name. What a quote
is, is told by English words alone, and by digits.
"""

from dataclasses import replace

import regex

from qa.kind_words import (
    AGES,
    AMOUNTS,
    IMPRISONED,
    MEASURES,
    NUMBER_WORDS,
    ORDINALS,
    PERIODS,
    TIMES,
    UNCAPITALISED,
)
from qa.reader import Reading, best_first

# Log-odds that a span of another kind loses: where the reader is sure of it, it stays. No list of
# words is whole, and "when" may be answered by an event, "the rise of Rome".
OTHER_KIND_LOG_ODDS = 3.0
# A name is no number and no age, whatever words there are.
NAME_LOG_ODDS = 6.0

NUMBERS = NUMBER_WORDS | ORDINALS | AMOUNTS
AGED = NUMBER_WORDS | ORDINALS | AGES | PERIODS
LENGTHS = NUMBERS | TIMES | MEASURES
DATED = NUMBER_WORDS | ORDINALS | TIMES | AGES | PERIODS
BEHIND_BARS = "prison|jail|custody|detention|bars|exile"
# "Monday", "birthdays", "in summertime", but no "Newsweek" and no "Maritime".
DAY = regex.compile(
    r"days?$|^(?:some|any|bed|christmas|day|dinner|half|life|lunch|mid|night|over|peace|spring|summer"
    r"|tea|war|winter)time$"
)
TENS = regex.compile(r"^(?:twen|thir|for|fif|six|seven|eigh|nine)ties$|^\p{L}+genarians?$")
# "the Jurassic" and "Victorian" say when, and how old something is.
PERIOD = regex.compile(r"^\p{L}*(?:assic|zoic|cene|aceous|cambrian|vonian|permian|lithic)$")
ABOUT = (
    r"(?:(?:about|approximately|around|almost|nearly|roughly|just|only|some|at least|at most|up to"
    r"|(?:more|less) than)\s+)*"
)
# "a cup" and "About an hour" are one of them.
ONE_OF = regex.compile(rf"{ABOUT}an?(?:\s+\p{{L}}|$)", regex.IGNORECASE)
# The years that a sentence lasts are no age: "jailed for 14 years", "14 years in prison"; but not
# those of "sentenced at the age of 16 years" or "a prison for those of 18 years and older".
ONE_NUMBER = rf"(?:\p{{N}}[\p{{N}}.,]*|\ban?|\b(?:{'|'.join(sorted(NUMBER_WORDS))})[\w-]*)"
SERVED = (
    rf"{ABOUT}(?P<served>{ONE_NUMBER}(?:\s+(?:and|to|or)\s+(?:a\s+)?{ONE_NUMBER})?[\s-]"
    rf"(?:years?|months?|weeks?|days?)\b(?:\s+and\s+{ONE_NUMBER}\s+(?:months?|weeks?|days?)\b)?)"
    r"(?!['’]?[\s-]*olds?\b|\s+(?:of\s+age|ago|(?:and|or)\s+(?:above|over|older|under|younger))\b)"
)
SENTENCE = regex.compile(
    rf"\b(?:{'|'.join(sorted(IMPRISONED))})\b[^.;!?\n]*?"
    rf"\b(?:for|to|served?|spent|(?:sentences?|terms?)\s+of)\s+{SERVED}"
    rf"|(?<!\bages?\s+of\s+){SERVED}['’]?\s+(?:(?:in|behind)\s+(?:{BEHIND_BARS})\b"
    rf"|(?:(?:{BEHIND_BARS})\s+)?(?:sentence|imprisonment)\b|(?:{BEHIND_BARS})\s+term\b)",
    regex.IGNORECASE,
)
SENTENCE_CHARS = 100  # around a quote, in which that stands
# A year is no age either.
NUMBER = regex.compile(
    rf"\b(?:(?!(?:1\d|20)\d\d\b)\p{{N}}+|(?:{'|'.join(sorted(NUMBER_WORDS))})\b)", regex.IGNORECASE
)
# A year, the day of a month, an hour, a decade, or a number that the quote begins with: "in 476";
# "XIXth" is one of Roman digits, and so is a year; "Henry VIII" is a man.
DATE_NUMBER = regex.compile(
    r"\b(?:1\d|20)\d\d(?!\d)|(?<!\d|\d[.,])\d{1,2}(?:s|st|nd|rd|th|[ap]m)?\b(?![.,]\d)"
    r"|^(?:\S+\s+){0,2}\p{N}|\b(?-i:[IVX]+)(?:st|nd|rd|th|e)\b|\b(?-i:M[MDCLXVI]{2,})\b",
    regex.IGNORECASE,
)
# "Once he was paid" says when; of "asked if he was" it says nothing.
CONDITIONS = frozenset({"if", "once"})

# Of "who decides how many there are" the first asks.
ASKING = regex.compile(r"\b(?:who|whom|whose|what|which|where|when|why|how)\b", regex.IGNORECASE)
# "When it opened, who came?" asks for something else, "when did it open, and who came?" also.
ASKING_MORE = regex.compile(
    r"(?:,|\band|\bor) (?:\p{L}+ )?(?:who|whom|whose|what|which|where|why|how)\b"
    r"|\b(?:and|or) when\b",
    regex.IGNORECASE,
)
MANY_ASKED = regex.compile(r"how many\b(?!-)", regex.IGNORECASE)
AGE_ASKED = regex.compile(
    r"how old\b(?!-)|how many (?:years|months|weeks|days) old\b"
    r"|what age\b(?!-| \p{L}*(?:bracket|category|group|range|rating))",
    regex.IGNORECASE,
)
LENGTH_ASKED = regex.compile(
    r"how (?:long\b(?!-)|many (?:years|months|weeks|days))", regex.IGNORECASE
)
# "When was it sold?", but not "when is it too hot?", which asks for a condition, nor "when Will
# Smith came".
DATE_ASKED = regex.compile(
    r"(?:[Ww]hat|[Ww]hich) (?:years?|decades?|century|centuries)\b(?!-)|[Ww]hen\W*$"
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
    if asked.isupper():
        asked = asked.lower()  # its capitals tell no names
    asking = ASKING.search(asked)
    if asking is None or ASKING_MORE.search(asked, asking.end()):
        return reading
    for pattern, loss_of in KINDS:
        if pattern.match(asked, asking.start()):
            spans = [
                replace(span, log_odds=span.log_odds - loss_of(text, span.start, span.end))
                for span in reading.spans
            ]
            return replace(reading, spans=best_first(spans))
    return reading


def _no_number(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    # What is listed can be counted.
    if _has_number(quote) or JOINED.search(quote) or ONE_OF.match(quote):
        return 0.0
    return _other(quote) if NUMBERS.isdisjoint(_words(quote)) else 0.0


def _no_age(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if _is_sentence(text, start, end):
        return OTHER_KIND_LOG_ODDS
    if _has_number(quote) or not AGED.isdisjoint(words):
        return 0.0
    of_kind = any(TENS.search(word) or PERIOD.search(word) for word in words)
    return 0.0 if of_kind else _other(quote)


def _no_length(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if _has_number(quote) or any(map(DAY.search, words)) or not LENGTHS.isdisjoint(words):
        return 0.0
    return _other(quote)


def _no_date(text: str, start: int, end: int) -> float:
    quote = text[start:end]
    words = _words(quote)
    if not LATIN.search(quote) or DATE_NUMBER.search(quote) or not DATED.isdisjoint(words):
        return 0.0
    of_kind = words[0] in CONDITIONS or any(
        DAY.search(word) or TENS.search(word) or PERIOD.search(word) for word in words
    )
    return 0.0 if of_kind else OTHER_KIND_LOG_ODDS


def _is_sentence(text: str, start: int, end: int) -> bool:
    """Whether the numbers of a quote are those of how long somebody is jailed."""
    numbers = [one.span() for one in NUMBER.finditer(text, start, end)]
    if not numbers:
        return False
    before = max(start - SENTENCE_CHARS, 0)
    served = [
        (before + one.start("served"), before + one.end("served"))
        for one in SENTENCE.finditer(text[before : end + SENTENCE_CHARS])
    ]
    return all(
        any(first <= number[0] and number[1] <= past for first, past in served)
        for number in numbers
    )


def _other(quote: str) -> float:
    """What a quote without a number loses: more where every word is that of a name."""
    words = [word for word in WORD.findall(quote) if word not in UNCAPITALISED]
    is_name = bool(words) and all(word[0].isupper() for word in words)
    return NAME_LOG_ODDS if is_name else OTHER_KIND_LOG_ODDS


def _has_number(quote: str) -> bool:
    """Whether it has digits, or may have a number in words of another script."""
    return bool(regex.search(r"\p{N}", quote)) or not LATIN.search(quote)


def _words(quote: str) -> list[str]:
    return WORD.findall(quote.lower())


# How each kind is asked for, and what a quote loses that is not of it.
KINDS = (
    (AGE_ASKED, _no_age),
    (LENGTH_ASKED, _no_length),
    (MANY_ASKED, _no_number),
    (DATE_ASKED, _no_date),
)
