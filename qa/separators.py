"""What stands between the items of an enumeration, and behind its last."""

from collections.abc import Iterator

import regex

from index.sentences import Span
from qa.states import NOT_BEFORE_STATES

# A comma before these is that of a name or a place: "Fenn, Inc.", "Lind, Jr.", "Washington, D.C.".
NOT_WITHIN_FIRMS = r"(?!\s*+(?:Inc|Ltd|LLC|Corp|Co|Jr|Sr|Esq|D\.C)(?!\w))"
# Before these it is where a name stands there: "Lee, M.D.", "Davis, III", but not "BA, MA and PhD",
# "Rocky, II and III".
DEGREE = r"(?:Ph\.?\s?D|[MJ]\.?D|M\.?A|M\.?B\.?A|R\.?N|D\.?D\.?S|III?|IV)(?!\w)"
BEHIND_NAME = r"(?<=\b\p{Lu}\p{Ll}[\p{L}\p{M}'’\-]*\s?,)"
NOT_BEFORE_DEGREES = rf"(?!{BEHIND_NAME}\s*+{DEGREE}(?!\.?\s+(?:and|or)\s+{DEGREE}))"
NOT_WITHIN_NAMES = rf"{NOT_WITHIN_FIRMS}{NOT_BEFORE_DEGREES}{NOT_BEFORE_STATES}"
# Nor that before a year, or behind a day of the week: "March 3rd, 1990", "Monday, May 3".
MONTH = (
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
NOT_WITHIN_DATES = (
    rf"(?<!{MONTH}(?:\s+{DAY})?(?=,\s*\d{{4}}\b))"
    rf"(?<!\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=,\s*(?:{DAY}\s+{MONTH}|{MONTH}\s+\d)))"
)
# What marks the lines of a list; the second kind stands between words elsewhere.
BULLETS = "•‣◦▪●■□☐✓✔➢►"
DASHES = "*·–—-"
# White space is looked at from where it begins, and once: of a million blanks each would else be
# tried as a beginning.
BETWEEN = regex.compile(
    r"(?<!\s)\s*+;\s*(?:and\s+|or\s+)?"
    # Not that of a number: "1,500".
    rf"|(?<!\s)\s*+{NOT_WITHIN_DATES}(?:(?<!\d),|,(?!\d)){NOT_WITHIN_NAMES}"
    r"\s*(?:(?:and|or|as well as)\s+)?"
    r"|(?<!\s)\s++(?:and|or|&|as well as)\s+"
    rf"|(?<!\s)\s*+(?:[{BULLETS}]|(?=[{DASHES}]\s)(?<=\n[ \t]*)[{DASHES}])\s*",
)
# What stands in brackets or quotation marks is not taken apart: "cream (or milk), sugar", a song
# that is called "Hello, Goodbye". Within ‘…’ a word may have an apostrophe.
ENCLOSED = regex.compile(
    r'\([^()\n]*\)|\[[^\[\]\n]*\]|(?<!\w)"(?=\S)[^"\n]*"(?!\w)|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»'
    r"|‘(?=\S)(?:[^‘’\n]|(?<=\w)’(?=\w))*’(?!\w)|(?<!\w)'(?=\S)(?!\d\ds?\b)(?:[^'\n]|(?<=\w)'(?=\w))*'(?!\w)"
)
LOOK_AHEAD_CHARS = 60  # what stands behind a text may say what its last comma is
LAST = regex.compile(r"\b(?:and|or|as well as)\b|&")  # what stands before the last item
# What ends a sentence, and is no part of its last word as that of "U.S." is.
CLOSING = regex.compile(r"(?<![.!?…]|\.\p{L})[.!?…]++[\"”’')\]]*+\s*+$")
# The last four are white space to Python and none to Unicode.
AFTER_ITEM = " \t\r\n,;:–—\x1c\x1d\x1e\x1f"


def cuts_within(text: str, start: int, end: int) -> Iterator[Span]:
    """Where commas and conjunctions part a text, in order.

    Args:
        text: what is parted.
        start: where that begins, in characters.
        end: where it ends, exclusive.
    """
    enclosed = ENCLOSED.finditer(text, start, end)
    current = next(enclosed, None)
    for found in BETWEEN.finditer(text, start, end + LOOK_AHEAD_CHARS):
        if found.start() >= end:
            break
        past = min(found.end(), end)
        while current and current.end() <= past:
            current = next(enclosed, None)
        if not (current and current.start() < found.start()):
            yield found.start(), past
