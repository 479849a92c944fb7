"""An article's title, where nothing but its text says it."""

import re

TITLE_CHARS = 100  # longer than that, a first line is a sentence

# Before a title may stand pictures, such as a logo or badges that are links, lines drawn in
# Markdown, headings without words, and of HTML comments and lines of nothing but tags.
_PICTURES = r"(?:\[?!\[[^\]\r\n]*+\]\([^)\r\n]*+\)(?:\]\([^)\r\n]*+\))?[ \t]*+)++"
_COMMENT = r"<!--(?:(?!-->)[\s\S])*+-->[ \t]*+"
_TAGS = r"(?!<h[1-6]\b[^<>]*+>[ \t]*+[\r\n])(?:</?[a-zA-Z][^<>]*+>[ \t]*+)++"
NO_TITLE = re.compile(
    rf"[\s\ufeff]*+(?:(?:{_PICTURES}|{_COMMENT}|{_TAGS}|(?:[-*_=][ \t]*+){{3,}}+"
    r"|#{1,6}[ \t]*+)(?=[\r\n]|\Z)\s*+)*+"
)
HEADING = re.compile(r"#{1,6}[ \t]+([^\r\n]+)")
TAGGED = re.compile(r"<h[1-6]\b[^<>]*>([\s\S]{1,1000}?)</h[1-6]>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
CLOSING_SIGNS = re.compile(r"[ \t]#+\s*$")
_LINE_END = r"(?:\r\n|\r|\n)"
SET_OFF = re.compile(rf"([^\r\n]+){_LINE_END}[ \t]*{_LINE_END}")  # by a blank line
UNDERLINED = re.compile(rf"([^\r\n]+){_LINE_END} {{0,3}}(?:={{3,}}|-{{3,}})[ \t]*(?=[\r\n]|\Z)")
# What a title's words are set in: of a link the words stay, of the others what is between them.
# One may stand in another; and in a heading of very many characters this would take long.
PICTURE = re.compile(r"!\[[^\[\]]*+\]\([^()]*+\)")
LINK = re.compile(r"!?\[([^\[\]]*+)\](?:\([^()]*+\)|\[[^\[\]]*+\])")
SET_IN = re.compile(r"(`{1,3}|\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)\1(?!(?<=_)\w)")
NESTED = 3
MARKED_CHARS = 1000
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
        return _plain(CLOSING_SIGNS.sub("", heading[1]))
    if tagged := TAGGED.match(text, begin):
        return _plain(TAG.sub("", tagged[1]))
    if set_off := UNDERLINED.match(text, begin) or SET_OFF.match(text, begin):
        words = _plain(set_off[1])
        if len(words) <= TITLE_CHARS and not words.endswith(SENTENCE_ENDS):
            return words
    return ""


def _begin(text: str) -> int:
    """Where its words begin; 0 if it has none but what is no title."""
    found = NO_TITLE.match(text)
    return found.end() if found and found.end() < len(text) else 0


def _plain(words: str) -> str:
    """A title on one line, without the marks, pictures and addresses of Markdown."""
    words = _one_line(words)
    if len(words) <= MARKED_CHARS:
        words = PICTURE.sub("", words) if PICTURE.sub("", words).strip() else words
        for _ in range(NESTED):
            words = SET_IN.sub(r"\2", LINK.sub(r"\1", words))
    return _one_line(words)


def _one_line(words: str) -> str:
    return " ".join(words.split())
