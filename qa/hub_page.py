"""The pages before the chat where visitors log in with Hugging Face: the door, and faults."""

from html import escape

from qa.palette import ASSETS, MARK, page_style


def door_html(address: str) -> str:
    """The page that asks to log in.

    Args:
        address: where that begins.
    """
    return _page(
        "Log in to ask.",
        "Hugging Face will show this page your public profile, of which it uses your"
        " account's name and ID.",
        address,
        "Log in with Hugging Face",
    )


def fault_html(problem: str, remedy: str, address: str) -> str:
    """The page that says why a login came to nothing.

    Args:
        problem: what was wrong.
        remedy: what to do.
        address: where another login begins.
    """
    return _page(problem, remedy, address, "Log in again")


def _page(told: str, more: str, address: str, offer: str) -> str:
    style = page_style("door.css", night="@media (prefers-color-scheme:dark){:root{}}")
    script = (ASSETS / "door.js").read_text("utf-8")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Pullquote</title><style>{style}</style></head><body>"
        f"<header>{MARK.read_text('utf-8')}<h1>Pullquote</h1>"
        "<p>Ask an article, get its own words back.</p></header>"
        f"<main><h2>{escape(told)}</h2><p>{escape(more)}</p>"
        f'<p><a class="offer" href="{escape(address)}">{escape(offer)}</a></p></main>'
        f"<script>{script}</script></body></html>"
    )
