"""The library as HTML: the articles there are, and the ways to bring another."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.render import button
from qa.session import FileNote

LISTED = 200  # articles; of more, the search finds those that are meant


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of the library.

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

    def __str__(self) -> str:
        return self.title


def library_html(
    articles: Sequence[Listed],
    *,
    chosen: str,
    everything: str | None,
    sought: str = "",
    files: Sequence[FileNote] = (),
    notice: str | None = None,
    accept: Sequence[str] = (),
    most_bytes: int = 0,
    paste_open: bool = False,
    paste_taken: bool = False,
    kept: str = "",
    arrived: bool = False,
) -> str:
    """The library.

    Args:
        articles: what there is, the visitor's own first.
        chosen: id of the one that is open.
        everything: id of the choice of all articles; None where there is none.
        sought: words to look for in titles.
        files: what has become of the files last brought.
        notice: what was wrong with a pasted article.
        accept: endings of the files that are read.
        most_bytes: longest file that is taken.
        paste_open: keep the form for pasting open.
        paste_taken: what was pasted has been read, so that the form may be emptied.
        kept: what is kept of the visitor, as HTML.
        arrived: the browser has said who its visitor is.
    """
    wanted = sought.casefold().split()
    found = [one for one in articles if all(word in one.title.casefold() for word in wanted)]
    items = [_item(one, chosen) for one in found[:LISTED]]
    if everything is not None and not wanted:
        items.append(f"<li>{_choice(everything, 'All articles', chosen)}</li>")
    more = len(found) - LISTED
    told = f"and {more:,} more: search for them" if more > 0 else ""
    told = told if found else "No title has these words."
    title = next((one.title for one in articles if one.id == chosen), "All articles")
    busy = any(note.state in ("waits", "reading") for note in files)
    # Where it is a drawer, it stays open while there is something to read in it.
    opened = ' data-open="true"' if files or notice or paste_open or sought else ""
    here = ' data-arrived="true"' if arrived else ""
    taken = ' data-paste="taken"' if paste_taken else ""
    return (
        f'<nav class="pq-library" aria-label="Library" aria-busy="{str(busy).lower()}"'
        f' data-most="{most_bytes}"{opened}{taken}{here}>'
        f"{_drawer(title)}"
        f'<div class="pq-shelves"><h2 class="pq-kicker">Library</h2>{_files(files, busy=busy)}'
        '<label class="pq-search"><span class="pq-unseen">Search the titles</span>'
        '<input type="search" class="pq-sought" placeholder="Search the titles"'
        ' autocomplete="off" maxlength="200"></label>'
        f'<ul class="pq-titles">{"".join(items)}</ul><p class="pq-meta" role="status">{told}</p>'
        f"{_bring(accept)}{_paste(notice, opened=paste_open)}{kept}</div></nav>"
    )


def _drawer(title: str) -> str:
    """What opens the library where the page is narrow."""
    return (
        '<button type="button" class="pq-drawer" data-act="drawer" aria-expanded="false">'
        '<span class="pq-kicker">Article</span> '
        f'<span class="pq-drawn">{escape(title)}</span></button>'
    )


def _item(one: Listed, chosen: str) -> str:
    remove = (
        button("remove", "×", {"article": one.id}, css="pq-remove", label=f"Remove {one.title}")
        if one.own
        else ""
    )
    act = "fetch" if one.waiting else "open"
    return f"<li>{_choice(one.id, one.title, chosen, act=act)}{remove}</li>"


def _choice(article: str, title: str, chosen: str, *, act: str = "open") -> str:
    return button(act, title, {"article": article}, css="pq-choice", current=article == chosen)


def _bring(accept: Sequence[str]) -> str:
    return (
        '<label class="pq-drop"><input type="file" class="pq-files pq-unseen" multiple'
        f' accept="{escape(",".join(accept))}">'
        "<span><b>Add files</b>, or drop them anywhere</span></label>"
    )


def _files(files: Sequence[FileNote], *, busy: bool) -> str:
    if not files:
        return '<div class="pq-notes"></div>'
    told = {"waits": "waits", "reading": "is being read", "read": "is in the library"}
    items = "".join(
        f'<li class="pq-file-{note.state}"><b>{escape(note.name)}</b> '
        f"<span>{escape(note.reason or told[note.state])}</span></li>"
        for note in files
    )
    end = (
        button("stop", "Stop", css="pq-act")
        if busy
        else button("dismiss", "Close this list", css="pq-act")
    )
    return f'<div class="pq-notes"><ul role="status" aria-label="Files">{items}</ul>{end}</div>'


def _paste(notice: str | None, *, opened: bool) -> str:
    told = f'<p class="pq-notice" role="alert">{escape(notice)}</p>' if notice else ""
    # The parts keep their places whatever there is to tell: Gradio mends the page part by part
    # in their order, and one that moved would be made anew, without what was typed into it.
    return (
        f'<details class="pq-paste"{" open" if opened else ""}>'
        f"<summary>Paste a text</summary><div>{told}</div>"
        '<label>The text<textarea class="pq-pasted" rows="6"></textarea></label>'
        '<label>Its title, if you like<input type="text" class="pq-named" maxlength="300"'
        ' autocomplete="off"></label>'
        '<button type="button" class="pq-do" data-act="paste">Read it</button></details>'
    )
