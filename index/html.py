"""Read an HTML page: its article, without what stands around it."""

from typing import Any

from index.errors import SourceError
from index.extract import Extract, checked, cleaned, one_line
from index.limits import ReadLimits, size
from index.markup import AROUND, HEADINGS, parse_html, text_of
from index.note_marks import leave_out_marks

# Finding a page's article takes time that grows with its elements: some seconds for these.
# What is longer is a book or a table, and taken whole.
MOST_ELEMENTS = 20_000
# Of a page with less text than that nothing can be told apart.
LEAST_CHARS = 500
# Where a page marks its content itself, no less of it is taken than this share.
LEAST_SHARE = 0.67
# Of the text: where more stands in forms, they are the page, as on all that ASP.NET makes.
FORM_SHARE = 0.5
# Words of a line that trafilatura takes out of it: the headings of what is folded away, such as
# the answers to frequent questions, and what a sentence quotes.
IN_LINE = "//q | //button[" + " or ".join(f"ancestor::{tag}" for tag in HEADINGS) + "]"
# What trafilatura makes of text that is set out in lines, but also of quotations and of code in the
# middle of a sentence, whose lines are only those of the file.
SET_OUT = ".//*[self::quote or self::code][not(ancestor::quote or ancestor::code or ancestor::p)]"
# Where a page marks no article, and has no class that it knows, trafilatura takes its paragraphs,
# tables and quotations only. A page with any of these has more to it.
NOT_ONLY_PARAGRAPHS = "//h2 | //h3 | //h4 | //h5 | //h6 | //li"
# From trafilatura's names of things to those of HTML.
HTML_NAMES = {
    "item": "li", "row": "tr", "cell": "td", "quote": "blockquote", "lb": "br", "hi": "b",
    "ref": "span", "del": "s",
}  # fmt: skip
AUTHOR_KEYS = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author")
DATE_KEYS = (
    "article:published_time", "date", "dc.date", "dcterms.date", "dc.date.issued",
    "citation_publication_date",
)  # fmt: skip


def read_html(data: bytes, *, name: str, limits: ReadLimits, charset: str | None = None) -> Extract:
    """Read a page's main content: headings, paragraphs, lists and tables.

    Args:
        data: the page.
        name: what to call it in an error.
        limits: how much is read.
        charset: its encoding where something outside says it, such as a server.

    Raises:
        SourceError: it is too large, nested too deep, or has no text.
    """
    if len(data) > limits.markup_bytes:
        raise SourceError(
            f"{name} has {size(len(data))} of HTML; at most {size(limits.markup_bytes)} are read.",
            "Split it into several files.",
        )
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{name} is a binary file.", "Give an HTML page.")
    page = parse_html(data, name=name, charset=charset)
    if page is None:
        raise SourceError(f"{name} is empty.", "Give a page with an article in it.")
    for words in page.xpath(IN_LINE):
        words.tag = "span"
        words.attrib.pop("class", None)  # by which a button would still be known
    for line_break in page.iter("br"):  # of two with nothing between, trafilatura would drop one
        line_break.tail = line_break.tail or " "
    leave_out_marks(page)
    known = _said_of(page)
    text = cleaned(_main_text(page))
    return checked(
        Extract(
            text=text,
            title=one_line(known["title"]),
            author=one_line(known["author"]),
            date=one_line(known["date"]),
            language=one_line(page.get("lang") or page.get("xml:lang")),
        ),
        name=name,
        limits=limits,
    )


def _main_text(page: Any) -> str:
    whole = text_of(page, without=AROUND)
    if page.find(".//form") is not None:
        with_forms = text_of(page, without=AROUND - {"form"})
        if len(whole) < (1 - FORM_SHARE) * len(with_forms):
            whole = with_forms
            for form in page.iter("form"):
                form.tag = "div"
    whole = whole or text_of(page)
    marked = page.xpath("//main") or page.xpath("//article")
    if len(marked) == 1:
        whole = text_of(marked[0], without=AROUND) or whole
    if len(whole) < LEAST_CHARS or _elements(page) > MOST_ELEMENTS:
        return whole
    found = _found_text(page)
    least = LEAST_SHARE * len(whole) if len(marked) == 1 else LEAST_CHARS
    return found if len(found) >= least else whole


def _found_body(page: Any) -> Any:
    """The article that trafilatura finds, in its own tags, or None."""
    from trafilatura import bare_extraction

    found = bare_extraction(
        page, with_metadata=False, include_comments=False, include_tables=True,
        include_formatting=True,
    )  # fmt: skip
    return getattr(found, "body", None)


def _found_text(page: Any) -> str:
    """The article that trafilatura finds, or nothing."""
    body = _found_body(page)
    if body is not None and body.find(".//head") is None and body.find(".//list") is None:
        around = _around(body, page) if page.xpath(NOT_ONLY_PARAGRAPHS) else None
        if around is not None:
            _mark_article(around)
            again = _found_body(page)
            body = again if again is not None and len(again) >= len(body) else body
    # It gave up, and gives all words in one piece.
    if body is None or (len(body) < 2 and body.find(".//lb") is None):
        return ""
    set_out = {_squeezed(pre) for pre in page.xpath("//pre[not(ancestor::pre)]")}
    for element in body.xpath(SET_OUT):
        of_lines = element.tag == "quote" or "\n" in "".join(element.itertext())
        if of_lines and _squeezed(element) in set_out:
            element.tag = "pre"
    for element in body.iter():
        kind = element.get("rend") or ""
        if element.tag == "head":
            element.tag = kind if kind in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
        elif element.tag == "list":
            element.tag = kind if kind in ("ol", "dl") else "ul"
        elif element.tag == "item" and kind.startswith(("dt", "dd")):
            element.tag = kind[:2]
        elif element.tag in HTML_NAMES:  # others may have names that cannot be set, as Word's o:p
            element.tag = HTML_NAMES[element.tag]
    return text_of(body)


def _around(body: Any, page: Any) -> Any:
    """What holds all paragraphs of an article that was found, and no other article; or None."""
    found = {_squeezed(paragraph) for paragraph in body.iter("p")}
    where: dict[str, list[Any]] = {}
    for element in page.iter("p", "div", "td"):
        if next(element.iterchildren("p", "div", "table", "ul", "ol"), None) is None:
            where.setdefault(_squeezed(element), []).append(element)
    places = [same[0] for words, same in where.items() if words in found and len(same) == 1]
    lines = [[*reversed([*place.iterancestors()])] for place in places]
    shared = [
        level[0]
        for level in zip(*lines, strict=False)
        if all(element is level[0] for element in level)
    ]
    return shared[-1] if len(places) > 1 and shared[-1].tag not in ("html", "article") else None


def _mark_article(around: Any) -> None:
    """Mark an element of a page as its article, those within it as parts of it."""
    for article in around.iter("article", "main"):
        article.tag = "div"
    if around.tag != "body":
        around.tag = "article"
        return
    article = around.makeelement("article")
    article.text, around.text = around.text, None
    article.extend(list(around))
    around.append(article)


def _said_of(page: Any) -> dict[str, str | None]:
    """Title, author and date of a page, where it states them; nothing is guessed."""
    stated: dict[str, str] = {}
    for meta in page.iter("meta"):
        key = (meta.get("property") or meta.get("name") or "").lower()
        if meta.get("content", "").strip():
            stated.setdefault(key, meta.get("content"))
    headings = page.xpath("//h1")
    heading = text_of(headings[0]).lstrip("# ") if len(headings) == 1 else None
    authors = (stated.get(key) for key in AUTHOR_KEYS)
    return {
        "title": stated.get("og:title") or heading or page.findtext(".//title"),
        "author": next((who for who in authors if who and "://" not in who), None),
        "date": next(filter(None, (stated.get(key) for key in DATE_KEYS)), None),
    }


def _squeezed(element: Any) -> str:
    """The text of an element without its white space, which may have been changed."""
    return "".join("".join(element.itertext()).split())


def _elements(page: Any) -> int:
    return sum(1 for _ in page.iter())
