"""The library as HTML: the articles there are, and the ways to bring another."""

from collections.abc import Sequence
from html import escape

from qa.bounds import MAX_TITLE_CHARS
from qa.render import button, shorten
from qa.render_shelf import TITLE_CHARS, Listed
from qa.session import MAX_SOUGHT_CHARS, FileNote

LISTED = 50  # articles on offer; of more, the search finds those that are meant


def library_html(
    articles: Sequence[Listed],
    *,
    more: int = 0,
    title: str,
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
        articles: what is listed, the visitor's own first.
        more: how many more there are with such titles.
        title: what is open.
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
    items = [_item(one, chosen) for one in articles]
    if everything is not None and not sought.strip():
        items.insert(0, f"<li>{_choice(everything, 'All articles', chosen)}</li>")
    told = f"and {more:,} more: search the titles" if more > 0 else ""
    told = told if articles or not sought.strip() else "No title has these words."
    busy = any(note.state in ("waits", "reading", "asking") for note in files)
    # Where it is a drawer, it stays open while there is something to read in it.
    opened = ' data-open="true"' if files or notice or paste_open else ""
    here = ' data-arrived="true"' if arrived else ""
    taken = ' data-paste="taken"' if paste_taken else ""
    return (
        f'<nav class="pq-library" aria-label="Library" aria-busy="{str(busy).lower()}"'
        f' data-most="{most_bytes}"{opened}{taken}{here}>'
        f"{_drawer(title)}"
        f'<div class="pq-shelves"><h2 class="pq-kicker">Library</h2>{_files(files, busy=busy)}'
        '<label class="pq-search"><span class="pq-unseen">Search the titles</span>'
        '<input type="search" class="pq-sought" placeholder="Search the titles"'
        f' autocomplete="off" maxlength="{MAX_SOUGHT_CHARS}"></label>'
        f'<ul class="pq-titles">{"".join(items)}</ul><p class="pq-meta" role="status">{told}</p>'
        f"{_bring(accept)}{_paste(notice, opened=paste_open)}{kept}</div></nav>"
    )


def _drawer(title: str) -> str:
    """What opens the library where the page is narrow."""
    return (
        '<button type="button" class="pq-drawer" data-act="drawer" aria-expanded="false">'
        '<span class="pq-kicker">Article</span> '
        f'<span class="pq-drawn">{escape(shorten(title, TITLE_CHARS))}</span></button>'
    )


def _item(one: Listed, chosen: str) -> str:
    title = shorten(one.title, TITLE_CHARS)
    remove = (
        button("remove", "×", {"article": one.id}, css="pq-remove", label=f"Remove {title}")
        if one.own
        else ""
    )
    return f"<li>{_choice(one.id, title, chosen, act=one.act)}{remove}</li>"


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
    items = "".join(
        f'<li class="pq-file-{note.state}"><b>{escape(note.name)}</b> <span>{_told(note)}</span>'
        f"{_bar(note)}</li>"
        for note in files
    )
    done = sum(note.state in ("read", "refused") for note in files)
    at = f"File {min(done + 1, len(files))} of {len(files)}" if busy and len(files) > 1 else ""
    end = (
        button("stop", "Stop", css="pq-act")
        if busy
        else button("dismiss", "Close this list", css="pq-act")
    )
    # The button stands above the list, whose lines and bars come and go: a press on what has moved
    # before it is let go counts for nothing.
    return (
        f'<div class="pq-notes"><p class="pq-meta">{at}</p>{end}'
        f'<div role="status" aria-atomic="false" aria-label="Files"><ul>{items}</ul></div></div>'
    )


def _told(note: FileNote) -> str:
    """What has become of a file, or how far it has come."""
    told = {
        "waits": "waits",
        "reading": "is being read",
        "asking": "read; looking for questions to suggest",
        "read": "is in the library",
    }
    if note.reason:
        return escape(note.reason)
    return f"{note.embedded} indexed" if note.embedded else told[note.state]


def _bar(note: FileNote) -> str:
    """How far a file has come, drawn; its words say the same."""
    if note.embedded is None or note.state != "reading":
        return ""
    done, total = note.embedded.passages, note.embedded.total
    return (
        f'<progress class="pq-done" value="{done}" max="{total}"'
        f' aria-label="{escape(note.name)}"></progress>'
    )


def _paste(notice: str | None, *, opened: bool) -> str:
    told = f'<p class="pq-notice" role="alert">{escape(notice)}</p>' if notice else ""
    # The parts keep their places whatever there is to tell: Gradio mends the page part by part
    # in their order, and one that moved would be made anew, without what was typed into it.
    return (
        f'<details class="pq-paste"{" open" if opened else ""}>'
        f"<summary>Paste a text</summary><div>{told}</div>"
        '<label>The text<textarea class="pq-pasted" rows="6"></textarea></label>'
        '<label>Title (optional)<input type="text" class="pq-named"'
        f' maxlength="{MAX_TITLE_CHARS}" autocomplete="off"></label>'
        '<button type="button" class="pq-do" data-act="paste">Add it</button></details>'
    )
