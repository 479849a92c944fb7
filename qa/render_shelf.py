"""All articles as HTML: each with its opening words, to choose one or ask them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from index.records import Document
from qa.render import button, shorten
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
    items = [_item(one.act, one.id, one.title, "Yours") for one in own]
    items += [
        _item("open", document.id, document.title, _opening(document))
        for document in documents[:SHOWN]
    ]
    more = len(documents) - SHOWN
    rest = (
        f'<p class="pq-meta">and {more:,} more: search the titles in the library</p>'
        if more > 0
        else ""
    )
    return (
        '<div class="pq-reading">'
        '<article class="pq-article" tabindex="0" aria-label="The articles">'
        '<header><p class="pq-kicker">The shelf</p><h2>All articles</h2>'
        f'<p class="pq-meta">{len(documents) + len(own):,} articles</p></header>'
        f'<ul class="pq-shelf">{"".join(items)}</ul>{rest}</article></div>'
    )


def _item(act: str, article: str, title: str, told: str) -> str:
    shown = shorten(title, TITLE_CHARS)
    opened = button(act, shown, {"article": article}, css="pq-link")
    return f"<li>{opened}<p>{escape(told)}</p></li>"


def _opening(document: Document) -> str:
    # No more of it than is shown: a text may be a book.
    start = split_title(document)[1]
    return shorten(document.text[start : start + 4 * OPENING_CHARS], OPENING_CHARS)
