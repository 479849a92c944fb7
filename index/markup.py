"""HTML to text that can be read and quoted: a paragraph a block, a row or a list item a line."""

import re
from collections.abc import Sequence, Set
from typing import Any

from index.errors import SourceError
from index.page_charset import as_utf_8

SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")
# What is not shown as text, or is there to be worked with and not to be read.
NEVER = frozenset(
    "script style noscript template head title svg math object embed iframe audio video canvas"
    " button select input textarea datalist dialog rp rt".split()
)
# What stands around a page's content.
AROUND = frozenset("nav aside footer form menu".split())
AROUND_ROLES = frozenset("navigation banner contentinfo complementary search menu".split())
BLOCKS = frozenset(
    "address article aside blockquote body caption center details div dl fieldset figcaption"
    " figure footer form header hgroup hr html legend main nav p pre section summary table tbody"
    " tfoot thead".split()
)
LINES = frozenset("dd dt li tr".split())
LISTS = frozenset("ol ul".split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
CELLS = frozenset("td th".split())
# A table with any of these in it arranges a page; its cells are no cells to a reader.
ARRANGED = ("table", "h1", "h2", "h3", "ul", "ol", "article")
# A longer cell is a column of a page and no entry of a table: its paragraphs would be one line.
MOST_CELL_CHARS = 1000
HEADLINES = ("h1", "h2", "h3")
BETWEEN_CELLS = " | "
INDENT = "  "
# The parser leaves out what is nested deeper than 256 tags, and all behind a text of more than ten
# million characters. It can be told not to: then some megabytes of closing tags in a deep branch
# take it most of a minute.
OUT_OF_BOUNDS = "ERR_RESOURCE_LIMIT"


def parse_html(data: bytes, *, name: str, charset: str | None = None) -> Any:
    """The root element of a page, or None where nothing is in it.

    Args:
        data: the page.
        name: what to call it in an error.
        charset: its encoding where something outside says it, such as a server.

    Raises:
        SourceError: the parser would leave out a part of it.
    """
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        page = html.document_fromstring(as_utf_8(data, charset), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if any(entry.type_name == OUT_OF_BOUNDS for entry in parser.error_log):
        raise SourceError(
            f"{name} has tags nested too deep, or too long a text in one of them.",
            "Save it as text, and read that.",
        )
    return page


def text_of(root: Any, *, without: Set[str] = frozenset()) -> str:
    """The text of an element, in blocks with an empty line between them.

    Headings get a ``#`` for each level, list items a ``-`` or their number; the cells of a
    row stand on its line.

    Args:
        root: an lxml element whose tags are those of HTML.
        without: tags that are left out, besides those that hold no text to read.
    """
    from lxml import etree

    page = _Page()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if element.tag is etree.Entity:  # one that nothing declares, as in “R&D;”: words
            if event == "end":
                page.write(element.text)
                page.write(element.tail)
        elif event == "start":
            if _is_left_out(element, without):
                walk.skip_subtree()
                element.set(_SKIPPED, "")
                continue
            page.open(element)
        elif event == "end":
            if element.attrib.pop(_SKIPPED, None) is None:
                page.close(element)
            if element is not root:
                page.write(element.tail)
        elif element is not root:
            page.write(element.tail)
    return page.text()


_SKIPPED = "data-pullquote-skipped"


def tag_of(element: Any) -> str:
    """An element's tag in small letters, without its namespace."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _has(element: Any, tags: Sequence[str]) -> bool:
    """Whether any of some tags is in an element, in whatever namespace, such as XHTML's."""
    return next(element.iterdescendants(*(f"{{*}}{tag}" for tag in tags)), None) is not None


def _is_grid(table: Any) -> bool:
    """Whether a table has cells beside each other, and none that is too long to be one."""
    cells = list(table.iterdescendants("{*}td", "{*}th"))
    beside = any(next(cell.itersiblings("{*}td", "{*}th"), None) is not None for cell in cells)
    return beside and all(_words(cell) <= MOST_CELL_CHARS for cell in cells)


def _words(element: Any) -> int:
    """How many characters its words have."""
    return sum(len(" ".join(part.split())) for part in element.itertext())


def _is_left_out(element: Any, without: Set[str]) -> bool:
    tag = tag_of(element)
    if tag in NEVER or tag in without or element.get("hidden") is not None:
        return True
    if without and element.get("role", "").lower() in AROUND_ROLES:
        return True
    if without and tag == "header" and not _has(element, HEADLINES):  # a site's, with its name
        return True
    return "display:none" in element.get("style", "").replace(" ", "").lower()


class _Page:
    """The text so far, and where in the markup we are."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._line: list[str] = []
        self._gap = ""  # what goes before the next line: nothing, a line end, or an empty line
        self._prefix = ""
        self._lists: list[int | None] = []  # the number reached in each open list
        self._rows: list[bool] = []  # of each open row: whether it has a cell yet
        self._tables: list[bool] = []  # of each open table: whether it has rows to a reader
        self._preformatted = 0
        self._heading = 0

    def open(self, element: Any) -> None:
        tag = tag_of(element)
        if tag == "table":
            self._break("\n\n")
            self._tables.append(not _has(element, ARRANGED) and _is_grid(element))
        elif tag in LISTS:
            self._break("\n" if self._lists else "\n\n")
            self._lists.append(0 if tag == "ol" else None)
        elif tag in HEADINGS:
            self._break("\n\n")
            if not self._rows:
                self._prefix = "#" * HEADINGS[tag] + " "
        elif tag in LINES:
            self._break("\n")
            if tag == "li":
                self._prefix = self._bullet()
            elif tag == "tr" and self._tables and self._tables[-1]:
                self._rows.append(False)
        elif tag in CELLS:
            if self._rows:
                if self._rows[-1]:
                    self._line.append(BETWEEN_CELLS)
                self._rows[-1] = True
            else:
                self._break("\n\n")
        elif tag == "br":
            self._write_break()
        elif tag in BLOCKS:
            self._break("\n\n")
        self._preformatted += tag == "pre"
        self._heading += tag in HEADINGS
        self.write(element.text)

    def close(self, element: Any) -> None:
        tag = tag_of(element)
        if tag in LISTS and self._lists:
            self._break("\n" if len(self._lists) > 1 else "\n\n")
            self._lists.pop()
        elif tag == "tr" and self._rows:
            self._rows.pop()
            self._break("\n")
        elif tag == "table" and self._tables:
            self._tables.pop()
            self._break("\n\n")
        elif tag in LINES:
            self._break("\n")
            self._prefix = ""
        elif tag in HEADINGS or tag in BLOCKS or (tag in CELLS and not self._rows):
            self._break("\n\n")
            if tag in HEADINGS and not self._rows:  # of an empty one
                self._prefix = ""
        self._preformatted -= tag == "pre"
        self._heading -= tag in HEADINGS

    def write(self, text: str | None) -> None:
        if text:
            self._line.append(text if self._preformatted else SPACES.sub(" ", text))

    def text(self) -> str:
        self._break("\n\n")
        return "".join(self._blocks)

    def _bullet(self) -> str:
        if not self._lists:
            return "- "
        number = self._lists[-1]
        indent = INDENT * (len(self._lists) - 1)
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _write_break(self) -> None:
        if self._rows or self._heading:  # each stays one line
            self._line.append(" ")
        else:  # the second of two leaves a line empty
            is_second = bool(self._gap) and not "".join(self._line).strip()
            self._break("\n\n" if is_second else "\n")

    def _break(self, gap: str) -> None:
        """End the line; between two lines goes the larger of the gaps asked for."""
        if self._rows:
            self._line.append(" ")
            return
        line = "".join(self._line)
        self._line.clear()
        line = line.strip("\r\n").rstrip() if self._preformatted else SPACES.sub(" ", line).strip()
        if line:
            if self._blocks:
                self._blocks.append(self._gap or "\n")
            self._blocks.append(self._prefix + line)
            self._prefix = ""
            self._gap = ""
        # An item's paragraphs are no articles of their own: they stay with it.
        if gap == "\n\n" and self._lists:
            gap = "\n"
        self._gap = max(self._gap, gap, key=len)
