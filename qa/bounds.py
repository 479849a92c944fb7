"""How much the server takes at once."""

from collections.abc import Collection

from index.errors import InputError
from index.records import Document

# Some 150,000 words: what an ordinary computer embeds while one waits.
MAX_ARTICLE_CHARS = 1_000_000
MAX_TITLE_CHARS = 300
MAX_QUESTIONS = 1_000  # in one call, so that others get their turn
MAX_NAMES = 1_000  # of articles, collections or languages in one call; each is looked up
MAX_TOP_K = 100  # quotes or passages for one question; nobody reads more


def fitting_title(title: str) -> str:
    """A title that a file says itself, cut at a word's end where it is too long for the server.

    Args:
        title: as the file says it; nobody who brings the file can give a shorter one.
    """
    if len(title) <= MAX_TITLE_CHARS:
        return title
    return title[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def check_article(document: Document) -> Document:
    """The document, if it is short enough for the server.

    Raises:
        InputError: its text or its title is too long.
    """
    if len(document.title) > MAX_TITLE_CHARS:
        raise InputError(
            f"The title has {len(document.title):,} characters; at most {MAX_TITLE_CHARS} fit.",
            "Give a shorter one.",
        )
    if len(document.text) > MAX_ARTICLE_CHARS:
        raise InputError(
            f"“{document.title}” has {len(document.text):,} characters;"
            f" the chat reads at most {MAX_ARTICLE_CHARS:,}.",
            "Split it, or index it with: pullquote index build FILE --output DIR",
        )
    return document


def within_top_k(top_k: int) -> int:
    """The number of quotes or passages, if the server gives so many.

    Raises:
        InputError: it is too high; one too low is refused by what takes it.
    """
    if top_k > MAX_TOP_K:
        raise InputError(f"top_k is {top_k}.", f"Ask for at most {MAX_TOP_K}.")
    return top_k


def check_names(names: Collection[str]) -> None:
    """Refuse more names in a filter than the server looks up.

    Raises:
        InputError: there are too many.
    """
    if len(names) > MAX_NAMES:
        raise InputError(
            f"There are {len(names):,} names in one filter; at most {MAX_NAMES:,} fit.",
            "Ask in several calls, or put the articles into a collection.",
        )
