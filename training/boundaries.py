"""Mend the edges of the answers that people marked."""

from collections.abc import Callable

from index.sentences import Span, trim
from qa.paired_marks import PAIRS
from qa.windows import WORD_BOUNDARY

STRAIGHT = "\"'"  # quotation marks that open and close alike
LOOSE = ".,;:"
ABBREVIATIONS = frozenset(
    ("co", "corp", "dr", "etc", "inc", "jr", "ltd", "mr", "mrs", "ms", "prof", "sr", "st", "vs")
)
WORD_CHARS = 60  # no word is longer, so what lies further off makes no difference
POSSESSIVES = ("'s", "’s", "'", "’")


def mend(text: str, start: int, end: int) -> Span | None:
    """Give a marked answer whole words and no loose punctuation.

    Args:
        text: the text it was marked in.
        start: its first character.
        end: one past its last.

    Returns:
        A span that begins and ends with a word, a sign such as "$" or "%", or one of a
        pair of marks, or None if nothing else was marked.
    """
    span = trim(text, *_whole_words(text, start, end))
    while span is not None:
        start, end = span
        if _loose_at_start(text[start:end]):
            span = trim(text, start + 1, end)
        elif _loose_at_end(text[start:end]):
            span = trim(text, start, end - 1)
        else:
            return span
    return None


def _whole_words(text: str, start: int, end: int) -> Span:
    """The span with the rest of the words it cuts through; a possessive's ending may be left."""
    before = max(_boundaries(text, start, lambda place: place <= start), default=start)
    behind = min(_boundaries(text, end, lambda place: place >= end), default=end)
    if text[before : start + 1].isspace():
        before = start
    if text[end:behind].lower() in POSSESSIVES or text[end - 1 : behind].isspace():
        behind = end
    return before, behind


def _boundaries(text: str, place: int, wanted: Callable[[int], bool]) -> list[int]:
    """The word boundaries about a place that are wanted."""
    first, past = max(0, place - WORD_CHARS), min(len(text), place + WORD_CHARS)
    cut = {first, past} - {0, len(text)}  # where we cut, not where a word ends
    found = (first + match.start() for match in WORD_BOUNDARY.finditer(text[first:past]))
    return [boundary for boundary in found if wanted(boundary) and boundary not in cut]


def _loose_at_start(words: str) -> bool:
    first = words[0]
    if first in LOOSE:
        return not words[1:2].isdigit()  # .50 is a number
    if first in STRAIGHT:
        return words.count(first) % 2 == 1
    if first in PAIRS:
        return words.count(first) > words.count(PAIRS[first])
    return first in PAIRS.values()


def _loose_at_end(words: str) -> bool:
    last = words[-1]
    if last in LOOSE:
        word = words[:-1].split()[-1:] or [""]
        return last != "." or not _is_abbreviation(word[0])
    if last in STRAIGHT:
        return words.count(last) % 2 == 1
    closing = {close: opening for opening, close in PAIRS.items()}
    if last in closing:
        return words.count(last) > words.count(closing[last])
    return last in PAIRS


def _is_abbreviation(word: str) -> bool:
    """Whether a full stop behind it is a part of it, as in U.S. and J. and Inc."""
    bare = word.lstrip("(\"'“‘")
    initials = "." in bare and all(part.isalpha() and len(part) <= 2 for part in bare.split("."))
    return initials or (len(bare) == 1 and bare.isupper()) or bare.lower() in ABBREVIATIONS
