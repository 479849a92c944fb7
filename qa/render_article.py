"""An article as HTML: its text and nothing else, its pages and its quotes marked."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from index.records import Document
from qa.records import Excerpt
from qa.render import button, classed, length_css

Mark = tuple[int, int, str]  # from, to, CSS class


def article_html(
    document: Document,
    *,
    quotes: Sequence[Excerpt] = (),
    focus: Excerpt | None = None,
    passage: Excerpt | None = None,
    hit: tuple[int, int] = (0, 0),
    link: str | None = None,
) -> str:
    """An article as a column of text, with quotes highlighted.

    Args:
        document: the article.
        quotes: quotes; those from this article are highlighted.
        focus: the one to scroll to, a quote or a passage.
        passage: the passage around the quote in focus, highlighted more faintly.
        hit: which of the turn's hits is in focus, from 1, and of how many; (0, 0) for none.
        link: address that reopens what is in focus; None where there is none.
    """
    # Later ones are drawn over earlier ones, so the one in focus comes last.
    marks = [(passage.start, passage.end, "pq-passage")] if passage else []
    marks += [
        (quote.start, quote.end, "pq-mark") for quote in quotes if quote.document_id == document.id
    ]
    if focus:
        kind = "pq-mark" if focus in quotes else "pq-passage"
        marks.append((focus.start, focus.end, f"{kind} pq-focus"))
    title, body_start = split_title(document, marks)
    facts = [f"{len(document.text.split()):,} words"]
    if document.page_starts:
        facts.append(f"{len(document.page_starts):,} pages")
    # The file's name only: its folder is the server's business.
    facts += [Path(document.source).name] if document.source else []
    return (
        f'<div class="pq-reading">{_bar(hit, link)}'
        '<article class="pq-article" tabindex="0" aria-label="The article">'
        '<header><p class="pq-kicker">The article</p>'
        f"<h2{classed(length_css(document.title))}>{title}</h2>"
        f'<p class="pq-meta">{escape(" · ".join(facts))}</p></header>'
        f'<div class="pq-body">{_body(document, body_start, marks)}</div></article></div>'
    )


def _bar(hit: tuple[int, int], link: str | None) -> str:
    """What moves between the hits, and the link to the one in focus."""
    at, hits = hit
    parts = []
    if hits > 1:
        parts.append(
            button("step", "←", {"by": -1}, css="pq-step", label="Previous hit")
            + f'<span class="pq-at" role="status">{at} of {hits}</span>'
            + button("step", "→", {"by": 1}, css="pq-step", label="Next hit")
        )
    elif hits:
        parts.append('<span class="pq-at" role="status">1 of 1</span>')
    if link is not None:
        parts.append(f'<a class="pq-act" href="{escape(link)}">Link to this place</a>')
    if not parts:
        return ""
    back = button("back", "Back to the answer", css="pq-act pq-narrow")
    return f'<nav class="pq-bar" aria-label="Hits">{"".join(parts)}{back}</nav>'


def split_title(document: Document, marks: Sequence[Mark] = ()) -> tuple[str, int]:
    """The title as HTML, and where the body begins: behind a first line that is the title."""
    text = document.text
    start = len(text) - len(text.lstrip("# \r\n\ufeff"))
    end = start + len(document.title)
    if text[start:end] == document.title and text[end : end + 1] in ("", "\r", "\n"):
        return _marked(text, start, end, marks), end
    return escape(document.title), 0


def _body(document: Document, start: int, marks: Sequence[Mark]) -> str:
    """The text's lines as paragraphs and headings, each with the marks that cross it."""
    blocks = []
    page = 0
    for line in document.text[start:].split("\n"):
        end = start + len(line)
        if line.strip():
            # The page that its first word stands on, so that no empty line has a page's mark.
            now = bisect_right(document.page_starts, _first_word(document.text, start, end))
            if now > page:
                blocks.append(_page_mark(now, "pq-page"))
            page = bisect_right(document.page_starts, end - 1)
            blocks.append(_block(document, start, end, marks))
        start = end + 1
    return "".join(blocks)


def _page_mark(page: int, css: str) -> str:
    """Where a page begins. Its words are the style sheet's, so that the text stays as it is."""
    return f'<span class="{css}" role="separator" aria-label="Page {page}"></span>'


def _block(document: Document, start: int, end: int, marks: Sequence[Mark]) -> str:
    text = document.text
    line = text[start:end]
    hashes = _hashes(line)
    if hashes:
        # The page's own headings are h1 and h2.
        tag = f"h{min(hashes + 2, 6)}"
        hidden = f'<span class="pq-hashes">{escape(line[: hashes + 1])}</span>'
        return f"<{tag}>{hidden}{_paged(document, start + hashes + 1, end, marks)}</{tag}>"
    css = ' class="pq-item"' if line.lstrip().startswith(("- ", "* ", "• ")) else ""
    return f"<p{css}>{_paged(document, start, end, marks)}</p>"


def _hashes(line: str) -> int:
    """How many signs make a line a heading; 0 if it is none."""
    hashes = len(line) - len(line.lstrip("#"))
    return hashes if 0 < hashes <= len("######") and line[hashes : hashes + 1] == " " else 0


def _first_word(text: str, start: int, end: int) -> int:
    """Where the words of a line begin."""
    line = text[start:end]
    signs = _hashes(line)
    return min(start + len(line) - len(line[signs:].lstrip()), max(end - 1, start))


def _paged(document: Document, start: int, end: int, marks: Sequence[Mark]) -> str:
    """A line with the pages that begin within it."""
    first = _first_word(document.text, start, end)
    pages = document.page_starts
    inside = sorted(set(pages[bisect_right(pages, first) : bisect_left(pages, end)]))
    parts = []
    for left, right in pairwise((start, *inside, end)):
        if left in inside:
            parts.append(_page_mark(bisect_right(document.page_starts, left), "pq-page pq-within"))
        parts.append(_marked(document.text, left, right, marks))
    return "".join(parts)


def _marked(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    inside = [
        (max(mark_start, start), min(mark_end, end), css)
        for mark_start, mark_end, css in marks
        if mark_start < end and start < mark_end
    ]
    edges = sorted({start, end, *(edge for mark in inside for edge in mark[:2])})
    return "".join(
        _piece(text[left:right], _css_at(inside, left)) for left, right in pairwise(edges)
    )


def _css_at(marks: Iterable[Mark], position: int) -> str | None:
    css = None
    for start, end, mark_css in marks:
        if start <= position < end:
            css = mark_css
    return css


def _piece(text: str, css: str | None) -> str:
    return f'<mark class="{css}">{escape(text)}</mark>' if css else escape(text)
