"""Several articles as HTML: each with its opening words, to choose one or ask them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from index.records import Document
from qa.render import button, classed, length_css, shorten
from qa.render_article import split_title

OPENING_CHARS = 180  # of an article
SHOWN = 50  # articles: nobody scrolls through more, and each is read from a saved index
TITLE_CHARS = 160  # of a title in a list; longer ones are paragraphs


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list.

    Args:
        id: what it is opened by.
        title: what it is called.
        own: whether the visitor brought it, and may remove it.
        waiting: whether it was kept, and has to be read again before it opens.
    """

    id: str
    title: str
    own: bool = False
    waiting: bool = False

    @property
    def act(self) -> str:
        """What opens it."""
        return "fetch" if self.waiting else "open"

    def __str__(self) -> str:
        return self.title


def shelf_html(documents: Sequence[Document], *, own: Sequence[Listed] = ()) -> str:
    """A list of articles, each with its opening words.

    Args:
        documents: the articles.
        own: those of the visitor beside them.
    """
    items = [_item(one.act, {"article": one.id}, one.title, "Yours") for one in own]
    items += [
        _item("open", {"article": document.id}, document.title, _opening(document))
        for document in documents[:SHOWN]
    ]
    more = len(documents) - SHOWN
    rest = f"and {more:,} more: search the titles in the library" if more > 0 else ""
    head = '<p class="pq-kicker">The shelf</p><h2>All articles</h2>'
    return _list_html(head, len(documents) + len(own), items, rest)


def bundle_html(documents: Sequence[Document], title: str) -> str:
    """The articles of one file, each with its opening words, to be read from its beginning.

    Args:
        documents: the articles.
        title: what they are called together.
    """
    # By their numbers: the library knows them together only.
    items = [
        _item("read", {"document": number}, document.title, _opening(document))
        for number, document in enumerate(documents[:SHOWN])
    ]
    more = len(documents) - SHOWN
    called = escape(shorten(title, TITLE_CHARS))
    head = f'<p class="pq-kicker">The articles</p><h2{classed(length_css(title))}>{called}</h2>'
    return _list_html(head, len(documents), items, f"and {more:,} more" if more > 0 else "")


def _list_html(head: str, articles: int, items: Sequence[str], rest: str) -> str:
    told = f'<p class="pq-meta">{rest}</p>' if rest else ""
    return (
        '<div class="pq-reading">'
        '<article class="pq-article" tabindex="0" aria-label="The articles">'
        f'<header>{head}<p class="pq-meta">{articles:,} articles</p></header>'
        f'<ul class="pq-shelf">{"".join(items)}</ul>{told}</article></div>'
    )


def _item(act: str, about: Mapping[str, str | int], title: str, told: str) -> str:
    opened = button(act, shorten(title, TITLE_CHARS), about, css="pq-link")
    return f"<li>{opened}<p>{escape(told)}</p></li>"


def _opening(document: Document) -> str:
    # No more of it than is shown: a text may be a book.
    start = split_title(document)[1]
    return shorten(document.text[start : start + 4 * OPENING_CHARS], OPENING_CHARS)
