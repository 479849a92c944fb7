"""The lines of a printed page joined into paragraphs again, so that sentences are whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

SENTENCE_END = re.compile(r"[.!?…:;。！？]['\"”’»)\]]*$")
BULLET = re.compile(r"^([•●○◦▪■·‣⁃–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S")
# In the middle of a sentence a line may begin with these too: a dash, the 12 of “on May 12.”, or
# the J. of a name.
UNSURE_BULLET = re.compile(r"[–—-]|\(?\w")
# Between their lines stands no space; between those of Hangul one does.
CHINESE_OR_JAPANESE = re.compile(
    "[\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60]"
)
HYPHEN = re.compile(r"\w[-\u00ad\u2010]$")
PAGE_NUMBER = re.compile(r"^\W*(?:page\s+)?(\d{1,5})(?:\s*(?:of|/)\s*\d{1,5})?\W*$", re.IGNORECASE)
SIZE_DIFFERENCE = 0.12  # of the type, from which on a line is no part of the paragraph
WIDER_GAP = 1.25  # times the usual distance of lines
USUAL_GAP = (1.0, 2.5)  # in sizes of the type: nothing closer or wider is one paragraph's
INDENT = 0.8  # in sizes of the type
LEAST_REPEATS = 3  # pages with the same first or last line, before it counts as running
RUNNING_GAP = 1.8  # in sizes of the type: how far a running line keeps from the page's text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; its measures are in points, from the left and from the bottom.

    Args:
        text: its words; a tab where a wide gap is, as between the cells of a table.
        left: where it begins.
        right: where it ends.
        bottom: its baseline, at its end.
        size: size of its type.
        first_word: width of its first word.
        first_bottom: its baseline where it begins, if a word hyphenated at a line's end made one
            line of two; None elsewhere.
    """

    text: str
    left: float
    right: float
    bottom: float
    size: float
    first_word: float = 0.0
    first_bottom: float | None = None

    def __str__(self) -> str:
        return self.text


def join_pages(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[int, ...]]:
    """Join the lines of a document's pages.

    Within a paragraph a line end becomes a space, or nothing where it hyphenates a word or stands
    between two characters of Chinese or Japanese. A paragraph that goes on overleaf is joined too.
    Page numbers go, and of a running head all but the first.

    Args:
        pages: the lines of each page, in the order they are read.

    Returns:
        The text, and the character that each page begins at. A page without text begins
        where the next one does; such pages at the end are left out.
    """
    body = _without_running_lines(pages)
    usual = _usual_gap(body)
    text: list[str] = []
    length = 0
    starts: list[int] = []
    last: Line | None = None  # the one before
    item = ""  # the kind of bullet that the list we are in has
    for page in body:
        rights = _right_margins(page)
        first_of_page = True
        for number, line in enumerate(page):
            if last is not None:
                if first_of_page:
                    separator = _overleaf(last, line)
                else:
                    separator = _between(last, line, rights[number - 1], usual, item)
                if separator == "" and (line.text[0].islower() or last.text.endswith("\u00ad")):
                    text[-1] = text[-1][:-1]  # the hyphen
                    length -= 1
                text.append(separator)
                length += len(separator)
            if last is None or "\n" in separator:
                item = _bullet_kind(line)
            if first_of_page:
                starts.append(length)
                first_of_page = False
            text.append(line.text)
            length += len(line.text)
            last = line
        if first_of_page:
            starts.append(-1)  # none of its own
    return "".join(text), _filled(starts)


def _filled(starts: Sequence[int]) -> tuple[int, ...]:
    """Where pages begin, an empty one where the next one does; none behind the last text."""
    filled: list[int] = []
    following: int | None = None
    for start in reversed(starts):
        if start >= 0:
            following = start
        if following is not None:
            filled.append(following)
    return tuple(reversed(filled))


def _between(one: Line, other: Line, right_margin: float, usual: float, item: str) -> str:
    """What stands between two lines of a page that follow each other, in a list or not."""
    size = max(one.size, 1.0)
    if "\t" in one.text or "\t" in other.text:
        apart = "\t" not in one.text or "\t" not in other.text
        return "\n\n" if apart and _gap(one, other) > usual * WIDER_GAP else "\n"
    gap = _gap(one, other)
    if gap > usual * WIDER_GAP:
        return "\n\n"
    ends = bool(SENTENCE_END.search(one.text))
    goes_on = not ends and other.text[0].islower()  # then some words of it are of another type
    if abs(one.size - other.size) > SIZE_DIFFERENCE * size and not goes_on:
        return "\n\n"
    indented = gap >= 0 and other.left - one.left > INDENT * size  # not in the next column
    bullet = _bullet_kind(other)
    if bullet and (ends or indented or bullet == item or not UNSURE_BULLET.match(bullet)):
        return "\n"
    if HYPHEN.search(one.text):
        return _hyphenated(one, other)
    if gap < 0:  # the next column
        return "\n\n" if ends else _joint(one, other)
    if ends and indented:
        return "\n\n"
    # The first word of the next line would have fitted: this line was ended on purpose.
    if other.first_word and right_margin - one.right > other.first_word + size / 2:
        return "\n\n" if ends else "\n"
    return _joint(one, other)


def _joint(one: Line, other: Line) -> str:
    """What stands between two lines of one sentence."""
    edges = one.text[-1], other.text[0]
    return "" if all(map(CHINESE_OR_JAPANESE.match, edges)) else " "


def _bullet_kind(line: Line) -> str:
    """What a line's bullet looks like, whichever number or letter it has; empty without one."""
    bullet = BULLET.match(line.text)
    return re.sub(r"[a-zA-Z]", "a", re.sub(r"\d+", "0", bullet[1])) if bullet else ""


def _overleaf(one: Line, other: Line) -> str:
    """What stands between the last line of a page and the first of the next."""
    if "\t" in one.text or "\t" in other.text:
        return "\n\n"
    if HYPHEN.search(one.text) and other.text[0].islower():
        return ""
    goes_on = not SENTENCE_END.search(one.text) and other.text[0].islower()
    return " " if goes_on else "\n\n"


def _hyphenated(one: Line, other: Line) -> str:
    """Nothing between the halves of a word, or of a compound such as “Anglo-Saxon”."""
    return "" if one.text.endswith("\u00ad") or other.text[0].isalnum() else " "


def _gap(one: Line, other: Line) -> float:
    """The distance of two lines, in sizes of their type; below 0 where the next is higher."""
    bottom = other.bottom if other.first_bottom is None else other.first_bottom
    return (one.bottom - bottom) / max(one.size, other.size, 1.0)


def _usual_gap(pages: Sequence[Sequence[Line]]) -> float:
    """The distance of lines within a paragraph: a small one among all there are."""
    gaps = [
        gap for page in pages for one, other in pairwise(page) if (gap := _gap(one, other)) > 0.5
    ]
    least, most = USUAL_GAP
    if not gaps:
        return least
    lower = quantiles(gaps, n=4)[0] if len(gaps) > 1 else gaps[0]
    return min(max(lower, least), most)


def _right_margins(page: Sequence[Line]) -> list[float]:
    """For each line of a page, how far right the lines of its column reach."""
    columns: list[list[Line]] = []
    for number, line in enumerate(page):
        if number == 0 or _gap(page[number - 1], line) < 0:
            columns.append([])
        columns[-1].append(line)
    return [max(line.right for line in column) for column in columns for _ in column]


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without their numbers, and without what their heads and feet repeat."""
    kept = [list(page) for page in pages]
    for edge in (0, -1):
        for running in (_page_numbers, _repeats):
            for number in running(kept, edge):
                del kept[number][edge]
    return kept


def _stands_apart(page: Sequence[Line], edge: int) -> bool:
    """Whether the first or the last line of a page keeps its distance from the others."""
    if len(page) < 2:
        return False
    others = page[1:] if edge == 0 else page[:-1]
    line = page[edge]
    return all(abs(_gap(line, other)) > RUNNING_GAP for other in others)


def _page_numbers(pages: Sequence[Sequence[Line]], edge: int) -> list[int]:
    """The pages whose first or last line is their number, if the numbers count up."""
    offsets: dict[int, list[int]] = {}
    for number, page in enumerate(pages):
        if _stands_apart(page, edge) and (found := PAGE_NUMBER.match(page[edge].text)):
            offsets.setdefault(int(found[1]) - number, []).append(number)
    most = max(offsets.values(), key=len, default=[])
    return most if len(most) >= LEAST_REPEATS else []


def _repeats(pages: Sequence[Sequence[Line]], edge: int) -> list[int]:
    """The pages whose first or last line is that of most of the others, but the first such."""
    where: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        if _stands_apart(page, edge):
            where.setdefault(page[edge].text, []).append(number)
    return [
        number
        for numbers in where.values()
        if len(numbers) >= LEAST_REPEATS and 2 * len(numbers) > len(pages)
        for number in numbers[1:]
    ]
