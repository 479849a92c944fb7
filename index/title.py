"""An article's title, where nothing but its text says it."""

import re

TITLE_CHARS = 100  # longer than that, a first line is a sentence

# Before a title may stand pictures, such as a logo or badges that are links, lines drawn in
# Markdown, and headings without words.
_PICTURES = r"(?:\[?!\[[^\]\r\n]*+\]\([^)\r\n]*+\)(?:\]\([^)\r\n]*+\))?[ \t]*+)++"
NO_TITLE = re.compile(
    rf"[\s\ufeff]*+(?:(?:{_PICTURES}|(?:[-*_=][ \t]*+){{3,}}+|#{{1,6}}[ \t]*+)(?=[\r\n]|\Z)\s*+)*+"
)
HEADING = re.compile(r"#{1,6}[ \t]+([^\r\n]+)")
CLOSING_SIGNS = re.compile(r"[ \t]#+\s*$")
SET_OFF = re.compile(r"([^\r\n]+)(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)")  # by a blank line
SENTENCE_ENDS = (".", "!", "?", ":")


def find_title(text: str, fallback: str) -> str:
    """The title of an article in a file: what its text begins with, or its file's name.

    Args:
        text: the article.
        fallback: a file's name without its ending, used where the text has no title.
    """
    words = " ".join(re.split(r"[-_\s]+", fallback)).strip()
    return _headline(text) or words[:1].upper() + words[1:] or fallback


def title_of(text: str) -> str:
    """The title of an article in no file: what it begins with, or its first words.

    Args:
        text: the article.
    """
    begin = _begin(text)
    words = _headline(text) or _one_line(text[begin : begin + 2 * TITLE_CHARS])
    if len(words) > TITLE_CHARS:
        words = words[: TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
    return words or "Untitled"


def _headline(text: str) -> str:
    """A heading, or a short first line set off by a blank one; empty if there is neither."""
    begin = _begin(text)
    if heading := HEADING.match(text, begin):
        return _one_line(CLOSING_SIGNS.sub("", heading[1]))
    if set_off := SET_OFF.match(text, begin):
        words = _one_line(set_off[1])
        if len(words) <= TITLE_CHARS and not words.endswith(SENTENCE_ENDS):
            return words
    return ""


def _begin(text: str) -> int:
    """Where its words begin; 0 if it has none but what is no title."""
    found = NO_TITLE.match(text)
    return found.end() if found and found.end() < len(text) else 0


def _one_line(words: str) -> str:
    return " ".join(words.split())
