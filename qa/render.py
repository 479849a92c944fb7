"""What all HTML of the chat is made of: confidence in words, titles, buttons. All is escaped."""

from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType

from qa.records import Answer, Excerpt

# From the probability of an answer to a reader's words.
CONFIDENCE_WORDS = ((0.9, "Almost certain"), (0.7, "Confident"), (0.4, "Unsure"), (0.0, "A guess"))

CUT = "\N{NO-BREAK SPACE}…"  # of which no line is made alone

LONG_CHARS = 90  # of a heading: more than three lines of a column

NOTHING: Mapping[str, str | int] = MappingProxyType({})


def confidence(score: float) -> str:
    """A probability in words and as a number."""
    return f"{_words(score)}, {_percent(score)}"


def confidence_html(score: float) -> str:
    """A probability in words; the number shows on hover, and is read out."""
    return (
        f'<span class="pq-confidence" title="{_percent(score)}">{_words(score)}'
        f'<span class="pq-unseen">, {_percent(score)}</span></span>'
    )


def button(
    act: str,
    text: str,
    about: Mapping[str, str | int] = NOTHING,
    *,
    css: str = "pq-act",
    label: str | None = None,
    current: bool = False,
) -> str:
    """A button that tells the server what to do.

    Args:
        act: what, as ``data-act``.
        text: its words.
        about: what it is about, as ``data-…``.
        css: its class.
        label: what it is called where its words alone are too few.
        current: whether it stands for what the page shows just now.
    """
    named = f' aria-label="{escape(label)}"' if label else ""
    shown = ' aria-current="true"' if current else ""
    data = "".join(f' data-{name}="{escape(str(value))}"' for name, value in about.items())
    return (
        f'<button type="button" class="{css}" data-act="{act}"{data}{named}{shown}>'
        f"{escape(text)}</button>"
    )


def titled(quote: Answer | Excerpt) -> str:
    """The title of what is quoted, with the page if it has pages; plain text."""
    page = f", page {quote.page}" if quote.page is not None else ""
    return f"{quote.document_title or ''}{page}"


def length_css(text: str, *, long_chars: int = LONG_CHARS) -> str:
    """The class of a heading that would fill the page if it were set as large as others.

    Args:
        text: the heading.
        long_chars: from how many characters on it is long.

    Returns:
        The class, or nothing for one that is short enough.
    """
    return "pq-long" if len(text) >= long_chars else ""


def classed(*css: str) -> str:
    """The attribute of an element's classes, where it has any; empty ones are none."""
    classes = " ".join(filter(None, css))
    return f' class="{classes}"' if classes else ""


def quoted(text: str | None) -> str:
    """A quote between quotation marks."""
    return f"“{escape(text or '')}”"


def marked(excerpt: Excerpt, quotes: Iterable[Answer], tag: str) -> str:
    """An excerpt with the quotes from it marked, once where they overlap.

    Args:
        excerpt: what is shown.
        quotes: of its document or another, in any order.
        tag: of HTML, to mark them by.
    """
    pieces, position = [], excerpt.start
    spans = [
        (quote.start, quote.end)
        for quote in quotes
        if quote.document_id == excerpt.document_id
        and quote.start is not None
        and quote.end is not None
    ]
    for first, last in sorted(spans):
        start, end = max(first, position), min(last, excerpt.end)
        if start < end:
            before = excerpt.text[position - excerpt.start : start - excerpt.start]
            inside = excerpt.text[start - excerpt.start : end - excerpt.start]
            pieces.append(f"{escape(before)}<{tag}>{escape(inside)}</{tag}>")
            position = end
    return "".join(pieces) + escape(excerpt.text[position - excerpt.start :])


def shorten(text: str, most_chars: int) -> str:
    """The beginning of a text, up to a word's end; plain text."""
    words = " ".join(text.split())
    if len(words) <= most_chars:
        return words
    return words[:most_chars].rsplit(" ", 1)[0] + CUT


def _words(score: float) -> str:
    return next(words for least, words in CONFIDENCE_WORDS if score >= least)


def _percent(score: float) -> str:
    return f"{round(100 * score)} %"
