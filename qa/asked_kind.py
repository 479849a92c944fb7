"""Whether a quote can be of the kind that a question asks for: a number, an age, a time.

A reader that finds no number for "How old is she?" may take the next best, her name.
"""

from dataclasses import replace

import regex

from qa.reader import Reading

# Log-odds that a span of another kind loses. What answers "how many" and "how old" has a number.
# What answers "when" may be an event, "the rise of Rome": it stays where the reader is sure of it.
NO_NUMBER_LOG_ODDS = 6.0
NO_TIME_LOG_ODDS = 3.0

NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million billion trillion dozen half twice".split()
)
# What else says how many, or as which of several.
AMOUNTS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth once thrice single"
    " double triple both neither none no nobody nothing all every each any several few fewer many"
    " more most less least much some various numerous countless multiple lot lots couple pair"
    " dozens scores tens hundreds thousands millions billions majority minority quarter quarters"
    " thirds halves enough plenty only twins triplets quadruplets".split()
)
TIMES = frozenset(
    "century centuries decade decades year years month months week weeks day days hour hours minute"
    " minutes seconds moment moments night nights morning evening afternoon noon midnight dawn dusk"
    " sunrise sunset today tonight tomorrow yesterday overnight weekend spring summer autumn fall"
    " winter season seasons age ages era eras period periods term terms time times while when"
    " whenever before after during until till since ago later earlier then now soon already always"
    " never forever once again early late recent recently long longer short shortly brief briefly"
    " daily weekly monthly yearly annual annually hourly nightly often seldom rarely sometimes"
    " occasionally frequently regularly constantly continuously permanently indefinitely eternity"
    " life lifetime lives death birth childhood youth war beginning start end upon immediately"
    " january february march april may june july august september october november december"
    " christmas easter ramadan passover thanksgiving halloween bc bce ad ce".split()
)
AGES = frozenset(
    "old older young younger elderly aged baby babies infant infants toddler child children teen"
    " teens teenage teenager teenagers adult adults minor minors".split()
)
# "Monday", "birthday", "thirties", "midsummer"; a month cut short ends in a point.
TIME_ENDS = regex.compile(r"(?:day|ties|teens|time|summer|winter|week|year)$")

# In "when" a year, the day of a month, an hour, or a number that the quote begins with: "in 476".
DATE_NUMBER = regex.compile(
    r"\b(?:1\d|20)\d\ds?\b|\b\d{1,2}(?:st|nd|rd|th|:\d\d)?\b|^(?:\p{L}+ )?\p{N}", regex.IGNORECASE
)

# Of "who decides how many there are" the first asks.
ASKING = regex.compile(r"\b(?:who|whom|whose|what|which|where|when|why|how)\b", regex.IGNORECASE)
MANY_ASKED = regex.compile(r"how many\b", regex.IGNORECASE)
AGE_ASKED = regex.compile(r"how old\b", regex.IGNORECASE)
LENGTH_ASKED = regex.compile(r"how (?:long|often)\b", regex.IGNORECASE)
# "When was it sold?", but not "when alone, what did she do?".
DATE_ASKED = regex.compile(
    r"(?:what|which) (?:year|decade|century)\b|when\W*$"
    r"|when (?:exactly|did|was|were|is|are|do|does|has|have|had|will|would|can|could|should)\b",
    regex.IGNORECASE,
)
WORD = regex.compile(r"\p{L}+")
NUMERAL_OR_UNKNOWN = regex.compile(
    r"\p{N}|^\P{Latin}*$"
)  # words of other scripts are not known here


def against_other_kinds(question: str, text: str, reading: Reading) -> Reading:
    """What was read in a passage, with less odds for what is not of the kind that is asked for.

    Args:
        question: what is asked.
        text: of the passage.
        reading: what was read of the two.
    """
    asked = " ".join(question.split())
    asking = ASKING.search(asked)
    if asking is None:
        return reading
    for pattern, of_kind, log_odds in KINDS:
        if pattern.match(asked, asking.start()):
            spans = [
                span
                if of_kind(text[span.start : span.end])
                else replace(span, log_odds=span.log_odds - log_odds)
                for span in reading.spans
            ]
            best_first = sorted(spans, key=lambda span: -span.log_odds)
            return replace(reading, spans=tuple(best_first))
    return reading


def _is_number(quote: str) -> bool:
    return bool(NUMERAL_OR_UNKNOWN.search(quote)) or _has(quote, NUMBER_WORDS | AMOUNTS)


def _is_age(quote: str) -> bool:
    return _is_length(quote) or _has(quote, AGES)


def _is_length(quote: str) -> bool:
    return _is_number(quote) or _is_date(quote)


def _is_date(quote: str) -> bool:
    if not regex.search(r"\p{Latin}", quote) or DATE_NUMBER.search(quote):
        return True
    return any(word in TIMES or TIME_ENDS.search(word) for word in WORD.findall(quote.lower()))


def _has(quote: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(WORD.findall(quote.lower()))


# How each kind is asked for, what tells that a quote may be of it, and what one that is not loses.
KINDS = (
    (AGE_ASKED, _is_age, NO_NUMBER_LOG_ODDS),
    (MANY_ASKED, _is_number, NO_NUMBER_LOG_ODDS),
    (LENGTH_ASKED, _is_length, NO_TIME_LOG_ODDS),
    (DATE_ASKED, _is_date, NO_TIME_LOG_ODDS),
)
