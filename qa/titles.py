"""Titles in quotation marks beside each other: "Hello, Goodbye", "Yesterday" and "Let It Be"."""

from itertools import pairwise

import regex

from index.sentences import Span

# The mark may be the sentence's: "Hello," "Yesterday," and "Let It Be." Within ‘…’ a word may have
# an apostrophe, and « … » may have a space at its edges.
TITLE = regex.compile(
    r'(?<!\w)(?:"(?=\S)(?P<title>[^"\n]+?)(?P<mark>[,;.]?)"'
    r"|“(?=\S)(?P<title>[^“”\n]+?)(?P<mark>[,;.]?)”"
    r"|„(?=\S)(?P<title>[^„“”\n]+?)(?P<mark>[,;.]?)[“”]"
    r"|«[^\S\n]?(?=\S)(?P<title>[^«»\n]+?)(?P<mark>[,;.]?)[^\S\n]?»"
    r"|‘(?=\S)(?P<title>(?:[^‘’\n]|(?<=\w)’(?=\w))+?)(?P<mark>[,;.]?)’"
    r"|'(?=\S)(?!\d\ds?\b)(?P<title>(?:[^'\n]|(?<=\w)'(?=\w))+?)(?P<mark>[,;.]?)')(?!\w)"
)
# A comma or a conjunction, behind what is said beside a title: "Help!" (1965) and "Girl".
GAP = regex.compile(
    r"(?:\s*+\([^()\n]*\))?\s*+(?P<comma>[,;]\s*+)?(?P<last>(?:and|or|&|as well as)\s++)?"
)


def titles_with(text: str, start: int, end: int, *, sentence: Span) -> list[Span]:
    """The titles beside one that a quote is, or those that it is made of; or none.

    Args:
        text: what the quote is from.
        start: where it begins, in characters.
        end: where it ends, exclusive.
        sentence: the sentence around it.

    Returns:
        Two half-open spans or more, in order: with the quotation marks where the quote has them
        and no other mark stands within.
    """
    titles = list(TITLE.finditer(text, *sentence))
    begins = [start in (title.start(), title.start("title")) for title in titles]
    ends = [end in (title.end("title"), title.end("mark"), title.end()) for title in titles]
    if not (any(begins) and any(ends)):
        return []
    first, last = begins.index(True), ends.index(True)
    joined = [_joined(text, *pair) for pair in pairwise(titles)]
    if first == last:
        while first and joined[first - 1]:
            first -= 1
        while last < len(joined) and joined[last]:
            last += 1
    run = titles[first : last + 1]
    if len(run) < 2 or not all(joined[first:last]):
        return []
    marked = start in [title.start() for title in run] and not any(title["mark"] for title in run)
    return [title.span() if marked else title.span("title") for title in run]


def _joined(text: str, one: regex.Match[str], other: regex.Match[str]) -> bool:
    """Whether nothing but a comma or a conjunction stands between two titles."""
    gap = GAP.fullmatch(text, one.end(), other.start())
    return gap is not None and bool(gap["comma"] or gap["last"] or one["mark"] in (",", ";"))
