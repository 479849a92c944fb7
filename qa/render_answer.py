"""An answer as HTML: quotes with their places, or the nearest passages and what might help."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby

from qa.records import Answer, Excerpt
from qa.render import button, confidence_html, marked, quoted, shorten, titled

NEAREST_CHARS = 150  # of a passage, to recognise it by

Focused = tuple[int, int] | None
Citations = Callable[[Excerpt], Mapping[str, str]]


def no_citations(quote: Excerpt) -> Mapping[str, str]:  # noqa: ARG001 - as any other
    """No way to quote it elsewhere."""
    return {}


def answer_html(
    number: int,
    answer: Answer,
    focus: Focused,
    *,
    citations: Citations,
    hint: str = "",
    several: bool = False,
) -> str:
    """What a turn answers.

    Args:
        number: the turn's number.
        answer: what was answered.
        focus: turn and number of the quote that the article shows.
        citations: of a quote, by the name of a style, how to quote it elsewhere.
        hint: how the question might be asked, where nothing was found; plain text.
        several: whether more than one article was asked.
    """
    if answer.text is None:
        return _not_found(number, answer, focus, hint=hint, several=several)
    given = answer.items or (answer,)
    if len(given) == 1:
        quotes = _given(number, 0, answer, focus, citations)
    else:
        items = "".join(
            f"<li>{_given(number, choice, item, focus, citations, beside)}</li>"
            for choice, (item, beside) in enumerate(zip(given, _beside(given), strict=True))
        )
        quotes = f'<p class="pq-kicker">{len(given)} answers</p><ol class="pq-items">{items}</ol>'
    return quotes + _others(number, answer.alternatives, len(given), focus, several=several)


def _beside(given: Sequence[Answer]) -> list[Sequence[Answer]]:
    """For each of several quotes those its sentence shows; none where it was shown already."""
    groups = [list(group) for _, group in groupby(given, key=lambda one: one.sentence)]
    return [group if place == 0 else [] for group in groups for place in range(len(group))]


def _given(
    number: int,
    choice: int,
    answer: Answer,
    focus: Focused,
    citations: Citations,
    beside: Sequence[Answer] | None = None,
) -> str:
    """A quote with its sentence, its place and how likely it is right.

    Args:
        number: the turn's.
        choice: the quote's.
        answer: the quote.
        focus: what the article shows.
        citations: how to quote it elsewhere.
        beside: the quotes to show in the sentence; without it, this one.
    """
    bold = [answer] if beside is None else beside
    shown = marked(answer.sentence, bold, "b") if answer.sentence and bold else ""
    sentence = f'<p class="pq-sentence">{shown}</p>' if shown or beside is None else ""
    place = f"{titled(answer)}, characters {answer.start:,}–{answer.end:,}"
    copy = _copy(citations(answer.quote)) if answer.quote else ""
    return (
        f'<blockquote class="pq-quote"><p>{quoted(answer.text)}</p></blockquote>'
        f"{sentence}"
        f'<div class="pq-source">{_jump(number, choice, place, focus)}'
        f"{confidence_html(answer.score)}{copy}</div>"
    )


def _copy(citations: Mapping[str, str]) -> str:
    """The quote to take along, in one of several styles."""
    if not citations:
        return ""
    styles = "".join(
        f"<li>{button('copy', style, {'text': text})}</li>" for style, text in citations.items()
    )
    return (
        f'<details class="pq-copy"><summary>Copy as quotation</summary><ul>{styles}</ul></details>'
    )


def _others(
    number: int, others: Sequence[Answer], first: int, focus: Focused, *, several: bool
) -> str:
    """The other quotes, by the article they stand in."""
    if not others:
        return ""
    by_article: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for choice, other in enumerate(others, start=first):
        article = other.document_id or ""
        titles[article] = other.document_title or ""
        page = f"page {other.page} · " if other.page is not None else ""
        by_article.setdefault(article, []).append(
            f"<li>{_jump(number, choice, f'“{other.text}”', focus)}"
            f'<span class="pq-meta">{page}{confidence_html(other.score)}</span></li>'
        )
    groups = "".join(
        (f'<p class="pq-of">{escape(titles[article])}</p>' if several else "")
        + f"<ol>{''.join(items)}</ol>"
        for article, items in by_article.items()
    )
    # One of them is on show, so the list stays open.
    opened = " open" if focus and focus[0] == number and focus[1] >= first else ""
    return (
        f'<details class="pq-others"{opened}><summary>Other answers ({len(others)})</summary>'
        f"{groups}</details>"
    )


def _not_found(number: int, answer: Answer, focus: Focused, *, hint: str, several: bool) -> str:
    nearest = "".join(
        f"<li>{_jump(number, choice, shorten(excerpt.text, NEAREST_CHARS), focus)}"
        f'<span class="pq-meta">{escape(_whence(excerpt, several=several))}</span></li>'
        for choice, excerpt in enumerate(answer.nearest)
    )
    said = "The articles do not say." if several else "The article does not say."
    told = f'<p class="pq-hint">{escape(hint)}</p>' if hint else ""
    return (
        f'<p class="pq-none">{said}</p>'
        f'<div class="pq-source">{confidence_html(answer.score)}</div>{told}'
        '<div class="pq-others"><p class="pq-kicker">The nearest passages</p>'
        f"<ol>{nearest}</ol></div>"
    )


def _whence(excerpt: Excerpt, *, several: bool) -> str:
    """Where a passage stands; which article goes without saying where there is but one."""
    if several:
        return titled(excerpt)
    return f"page {excerpt.page}" if excerpt.page is not None else ""


def _jump(number: int, choice: int, text: str, focus: Focused) -> str:
    """A button that puts a quote of a turn in focus in the article."""
    return button(
        "show",
        text,
        {"turn": number, "choice": choice},
        css="pq-link",
        current=focus == (number, choice),
    )
