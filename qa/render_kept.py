"""What is kept of a visitor as HTML: the conversations, and what is kept where for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.kept_conversations import MAX_NAME_CHARS
from qa.kept_rows import KeptConversation
from qa.render import button
from qa.session import MAX_SOUGHT_CHARS

LISTED = 100  # conversations; of more, the search finds those that are meant


@dataclass(frozen=True, slots=True)
class KeptShown:
    """What the page says of what is kept.

    Args:
        conversations: what is listed, the last used first.
        chosen: id of the one that is open; empty where none is.
        wanted: words that were looked for.
        private: whether nothing is kept from here on.
        days: how many days after its last use something is forgotten.
        by_account: whether it is kept for an account, in every browser, and not for a browser.
        exported: a file for the browser to save: its name, its text, and what tells it from
            any other.
    """

    conversations: Sequence[KeptConversation]
    chosen: str = ""
    wanted: str = ""
    private: bool = False
    days: float = 0
    by_account: bool = False
    exported: tuple[str, str, str] | None = None


def kept_html(shown: KeptShown | None) -> str:
    """The conversations of a visitor.

    Args:
        shown: what is kept; None where the server keeps nothing of anybody.
    """
    if shown is None:
        return (
            '<section class="pq-kept"><p class="pq-meta">Nothing is kept: questions and articles'
            " are gone when you leave the page.</p></section>"
        )
    items = "".join(_item(one, shown.chosen) for one in shown.conversations[:LISTED])
    more = len(shown.conversations) - LISTED
    told = f"and {more:,} more: search for them" if more > 0 else ""
    if shown.wanted and not shown.conversations:
        told = "No conversation has these words."
    saved = ""
    if shown.exported is not None:
        name, text, once = shown.exported
        saved = f' data-file="{escape(name)}" data-text="{escape(text)}" data-once="{escape(once)}"'
    return (
        f'<section class="pq-kept" aria-label="Conversations"{saved}>'
        '<h2 class="pq-kicker">Conversations</h2>'
        '<label class="pq-search"><span class="pq-unseen">Search the conversations</span>'
        '<input type="search" class="pq-wanted" placeholder="Search the conversations"'
        f' autocomplete="off" maxlength="{MAX_SOUGHT_CHARS}"></label>'
        f'<ul class="pq-titles">{items}</ul><p class="pq-meta" role="status">{told}</p>'
        f"{_terms(shown)}</section>"
    )


def _item(one: KeptConversation, chosen: str) -> str:
    about = {"id": one.id}
    opened = button("recall", one.name, about, css="pq-choice", current=one.id == chosen)
    named = escape(one.name)
    return (
        f'<li class="pq-talk">{opened}<details class="pq-more">'
        f'<summary aria-label="More for {named}">⋯</summary><div class="pq-menu">'
        f'<label>Its name<input type="text" class="pq-name" value="{named}"'
        f' maxlength="{MAX_NAME_CHARS}" autocomplete="off"></label>'
        f"{button('rename', 'Rename', about)}"
        f"{button('export', 'Save as Markdown', {**about, 'style': 'markdown'})}"
        f"{button('export', 'Save as JSON', {**about, 'style': 'json'})}"
        f"{button('delete', 'Delete', about)}</div></details></li>"
    )


def _terms(shown: KeptShown) -> str:
    """What is kept and where, in a line, and the ways to have it otherwise."""
    if shown.private:
        told = "From now on nothing you ask or add is kept."
        other = button("keep", "Resume keeping")
    else:
        whose = "your account, in every browser," if shown.by_account else "this browser alone,"
        told = (
            f"Questions, answers and the articles you add are kept on this server for {whose}"
            f" until {shown.days:g} days after their last use."
        )
        other = button("private", "Keep nothing from now on")
    return f'<p class="pq-meta">{told}</p>{other}{button("forget", "Delete all of it")}'
