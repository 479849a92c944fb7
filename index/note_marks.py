"""The marks of notes in a page, which would run together with its words and numbers."""

import re
from collections.abc import Iterator
from typing import Any

from index.markup import BLOCKS, CELLS, HEADINGS, LINES, tag_of

_ONE = r"(?:(?:note|nb|fn|n)\.?\s*)?(?:\d{1,4}|[a-zA-Z]|[ivxlc]{1,6})|[*†‡§¶#‖]{1,3}"
MARK = re.compile(rf"[\[(]?\s*(?:{_ONE})(?:\s*[,;–-]\s*(?:{_ONE}))*\s*[\])]?[.:]?", re.IGNORECASE)
SIGN = re.compile(r"[^\w\s]{1,3}")  # such as an arrow back, or what links a heading to itself
NUMBER = re.compile(r"[\[(]?\d{1,4}[\])]?")
# A number that is a link is a note's only if it stands right behind words: “section 4” has a space.
BEHIND = re.compile(r"[\w.,;:!?”\"’'»)\]]")
MARK_CHARS = 30  # more are no mark
ROLES = frozenset("noteref backlink pagebreak doc-noteref doc-backlink doc-pagebreak".split())
EPUB_TYPES = ("{http://www.idpf.org/2007/ops}type", "epub:type")
# Wikipedia's “[edit]” and “[citation needed]”.
EDITING = frozenset("mw-editsection template-fact inline-template".split())
EXPONENT = re.compile(r"[-−+]?\d{1,3}")
MARKED = "marked"  # no tag of HTML
RAISED = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
APART = BLOCKS | LINES | CELLS | HEADINGS.keys() | {"br"}


def leave_out_marks(page: Any) -> None:
    """Drop the marks of notes and of printed pages from a page, and raise its exponents.

    Args:
        page: an lxml element whose tags are those of HTML, in a namespace or not. It is changed.
    """
    from lxml import etree

    for element, raised in list(_marks(page)):
        element.clear(keep_tail=True)
        element.tag, element.text = MARKED, raised
    etree.strip_tags(page, MARKED)  # all at once: one by one, each would copy the text around it


def _marks(page: Any) -> Iterator[tuple[Any, str]]:
    """Every mark with what is to stand in its place: nothing, or an exponent."""
    from lxml import etree

    last = ""  # the character before
    walk = etree.iterwalk(page, events=("start", "end"))
    for event, element in walk:
        tag = tag_of(element)
        if tag in APART:
            last = ""
        if event == "end":
            last = (element.tail or last)[-1:]
        elif not tag:  # an entity that nothing declares: words
            last = ";"
        elif _is_mark(element, tag, last):
            yield element, ""
            walk.skip_subtree()
        elif tag == "sup" and last.isdecimal() and EXPONENT.fullmatch(_words(element)):
            yield element, _words(element).translate(RAISED)
            walk.skip_subtree()
        else:
            last = (element.text or last)[-1:]


def _is_mark(element: Any, tag: str, last: str) -> bool:
    types = next(filter(None, map(element.get, EPUB_TYPES)), "")
    said = {*types.lower().split(), *element.get("role", "").lower().split()}
    classes = element.get("class", "").lower().split() if tag in ("sup", "span") else ()
    if not EDITING.isdisjoint(classes):
        return True
    if tag not in ("a", "sup") and said.isdisjoint(ROLES):
        return False
    words = _words(element)
    if not said.isdisjoint(ROLES):
        return not words or MARK.fullmatch(words) is not None or SIGN.fullmatch(words) is not None
    if not words or not _links_within(element, tag):
        return False
    if tag == "sup" or next(element.iterdescendants("{*}sup"), None) is not None:
        return MARK.fullmatch(words) is not None or SIGN.fullmatch(words) is not None
    numbered = BEHIND.match(last) is not None and NUMBER.fullmatch(words) is not None
    return numbered or SIGN.fullmatch(words) is not None


def _links_within(element: Any, tag: str) -> bool:
    """Whether it is or holds a link to a place in a page."""
    links = [element] if tag == "a" else element.iterdescendants("{*}a")
    return any("#" in link.get("href", "") for link in links)


def _words(element: Any) -> str:
    """What stands in it; nothing where that is too long for a mark."""
    found = ""
    for part in element.itertext():
        found += part
        if len(found) > MARK_CHARS:
            return "…" * (MARK_CHARS + 1)
    return found.strip()
