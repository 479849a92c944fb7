"""What a Markdown file says of itself before its article, as Hugo, Jekyll and Obsidian write it."""

import re
from typing import NamedTuple

from index.extract import Extract, one_line


class _Kind(NamedTuple):
    """A way to write it: what it ends with, what its lines look like, and those that are asked."""

    end: re.Pattern[str]
    line: re.Pattern[str]
    field: re.Pattern[str]


FIELDS = "title|authors?|date"
# Between two rules may stand an article's words as well: so every line has to be one of YAML, the
# first of them with a name. The fence of TOML is used for nothing else.
YAML = _Kind(
    re.compile(r"(?:---|\.\.\.)[ \t]*"),
    re.compile(r"(?:[ \t#-].*|[\w.-]+(?: [\w.-]+){0,2}[ \t]*:(?:[ \t].*)?)?"),
    re.compile(rf"({FIELDS})[ \t]*:[ \t]+(.+)", re.IGNORECASE),
)
TOML = _Kind(
    re.compile(r"\+\+\+[ \t]*"),
    re.compile(r".*"),
    re.compile(rf"({FIELDS})[ \t]*=[ \t]*(.+)", re.IGNORECASE),
)
BEGIN = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
BLANK_LINES = re.compile(r"\A(?:[ \t]*+(?:\r\n|\r|\n))*+")
NAMED = re.compile(r"[\w.]")
NO_WORDS = re.compile(r"[ \t]*(?:#|\Z)")  # a comment, or a blank line
TABLE = "["  # of TOML: what follows is said of something else
NOT_ON_THE_LINE = ("|", ">", "{", "&", "*", "!")  # values of YAML that are more than words
QUOTED = r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^']|'')*+)'"
VALUE = re.compile(rf"{QUOTED}|(.+?)(?:[ \t]+#.*)?\Z")
ITEM = re.compile(rf"{QUOTED}|([^\s,\[\]][^,\[\]]*+)")
ESCAPED = re.compile(r"\\([\"\\])|'(')")


def without_front_matter(text: str) -> Extract:
    """A Markdown file's article, with the title, the authors and the date that stand before it.

    Args:
        text: what is in the file. Without such a block, or with nothing behind it, it is the
            article.
    """
    begin = BEGIN.match(text)
    if begin is None:
        return Extract(text)
    kind = YAML if begin[1] == "---" else TOML
    said: dict[str, str | None] = {}
    place, is_named, in_table = begin.end(), kind is TOML, False
    while place < len(text) and (line := LINE.match(text, place)):
        place = line.end()
        if kind.end.fullmatch(line[1]) and is_named:
            article = BLANK_LINES.sub("", text[place:])
            if not article.strip():
                return Extract(text)
            author = said.get("author") or said.get("authors")
            return Extract(article, title=said.get("title"), author=author, date=said.get("date"))
        is_named = is_named or (NAMED.match(line[1]) is not None)
        if not kind.line.fullmatch(line[1]) or not (is_named or NO_WORDS.match(line[1])):
            return Extract(text)
        in_table = in_table or (kind is TOML and line[1].startswith(TABLE))
        if not in_table and (field := kind.field.fullmatch(line[1])):
            said.setdefault(field[1].lower(), _value(field[2]))
    return Extract(text)


def _value(written: str) -> str | None:
    """What is written on a line, without its quotation marks; of a list all, by commas."""
    if written.startswith("["):
        return one_line(", ".join(map(_words, ITEM.finditer(written))))
    if written.startswith(NOT_ON_THE_LINE) or not (value := VALUE.match(written)):
        return None
    return one_line(_words(value))


def _words(value: re.Match[str]) -> str:
    words = next((group for group in value.groups() if group is not None), "")
    return ESCAPED.sub(r"\1\2", words).strip() if value[3] is None else words.strip()
