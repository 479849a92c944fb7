"""Set answers and articles as HTML. Every word of a document or a person is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from index.records import Document
from qa.records import Answer, Excerpt

# From the probability of an answer to a reader's words.
CONFIDENCE_WORDS = ((0.9, "Almost certain"), (0.7, "Confident"), (0.4, "Unsure"), (0.0, "A guess"))
NEAREST_CHARS = 150  # of a passage, to recognise it by
OPENING_CHARS = 180  # of an article, in the list of them


def confidence(score: float) -> str:
    """A probability in words and as a number."""
    words = next(words for least, words in CONFIDENCE_WORDS if score >= least)
    return f"{words}, {round(100 * score)} %"


def conversation_html(
    turns: Sequence[Answer],
    *,
    title: str,
    examples: Sequence[str],
    focus: tuple[int, int] | None = None,
    pending: str | None = None,
    notice: str | None = None,
) -> str:
    """The conversation: questions and the quotes that answer them, or an invitation.

    Args:
        turns: what was asked and answered, oldest first.
        title: the article's title.
        examples: questions to offer where nothing was asked yet.
        focus: turn and number of the quote that the article shows.
        pending: a question that is being answered.
        notice: what went wrong, for the user to mend.
    """
    parts = [_turn(number, turn, focus) for number, turn in enumerate(turns)]
    if not turns and pending is None:
        parts.append(_invitation(title, examples))
    if pending is not None:
        parts.append(
            f'<section class="pq-turn">{_question(pending)}'
            '<p class="pq-pending">Reading the article<span class="pq-dots"></span></p></section>'
        )
    if notice is not None:
        parts.append(f'<p class="pq-notice" role="alert">{escape(notice)}</p>')
    return (
        '<div class="pq-conversation" role="log" aria-label="Conversation" tabindex="0">'
        f"{''.join(parts)}</div>"
    )


def article_html(
    document: Document,
    *,
    quotes: Sequence[Excerpt] = (),
    focus: Excerpt | None = None,
    passage: Excerpt | None = None,
) -> str:
    """An article as a column of text, with quotes highlighted.

    Args:
        document: the article.
        quotes: quotes; those from this article are highlighted.
        focus: the one to scroll to, a quote or a passage.
        passage: the passage around the quote in focus, highlighted more faintly.
    """
    # Later ones are drawn over earlier ones, so the one in focus comes last.
    marks = [(passage.start, passage.end, "pq-passage")] if passage else []
    marks += [
        (quote.start, quote.end, "pq-mark") for quote in quotes if quote.document_id == document.id
    ]
    if focus:
        kind = "pq-mark" if focus in quotes else "pq-passage"
        marks.append((focus.start, focus.end, f"{kind} pq-focus"))
    title, body_start = _title(document, marks)
    words = len(document.text.split())
    # The file's name only: its folder is the server's business.
    source = f" · {escape(Path(document.source).name)}" if document.source else ""
    return (
        '<article class="pq-article" tabindex="0" aria-label="The article">'
        f'<header><p class="pq-kicker">The article</p><h2>{title}</h2>'
        f'<p class="pq-meta">{words:,} words{source}</p></header>'
        f'<div class="pq-body">{_body(document, body_start, marks)}</div></article>'
    )


def shelf_html(documents: Sequence[Document]) -> str:
    """A list of articles, each with its opening words."""
    items = "".join(
        f'<li><button type="button" class="pq-link" data-article="{escape(document.id)}">'
        f"{escape(document.title)}</button>"
        f"<p>{escape(_shorten(document.text[_title(document, ())[1] :], OPENING_CHARS))}</p></li>"
        for document in documents
    )
    return (
        '<article class="pq-article" tabindex="0" aria-label="The articles">'
        f'<header><p class="pq-kicker">The shelf</p><h2>All articles</h2>'
        f'<p class="pq-meta">{len(documents):,} articles</p></header>'
        f'<ul class="pq-shelf">{items}</ul></article>'
    )


def _invitation(title: str, examples: Sequence[str]) -> str:
    offered = "".join(
        f'<li><button type="button" class="pq-example" data-ask="{escape(example)}">'
        f"{escape(example)}</button></li>"
        for example in examples
    )
    return (
        '<section class="pq-empty"><p class="pq-kicker">Ask about</p>'
        f"<h2>{escape(title)}</h2>"
        "<p>Every answer is a quotation, word for word, with its place in the text."
        " Where the article does not say, so will I.</p>"
        f'<ul class="pq-examples">{offered}</ul></section>'
    )


def _turn(number: int, answer: Answer, focus: tuple[int, int] | None) -> str:
    body = (_not_found if answer.text is None else _found)(number, answer, focus)
    # Only what stands before the question in it: the question itself has just been read.
    lead = (answer.resolved or "").removesuffix(answer.question).strip()
    resolved = f'<p class="pq-resolved">Understood after: {escape(lead)}</p>' if lead else ""
    return f'<section class="pq-turn">{_question(answer.question)}{resolved}{body}</section>'


def _question(question: str) -> str:
    return f'<h3 class="pq-question">{escape(question)}</h3>'


def _found(number: int, answer: Answer, focus: tuple[int, int] | None) -> str:
    given = answer.items or (answer,)
    if len(given) == 1:
        quotes = _given(number, 0, answer, focus)
    else:
        items = "".join(
            f"<li>{_given(number, choice, item, focus)}</li>" for choice, item in enumerate(given)
        )
        quotes = f'<p class="pq-kicker">{len(given)} answers</p><ol class="pq-items">{items}</ol>'
    others = "".join(
        f"<li>{_jump(number, choice, _quoted(other.text), focus)}"
        f'<span class="pq-meta">{escape(_titled(other))} · '
        f"{escape(confidence(other.score))}</span></li>"
        for choice, other in enumerate(answer.alternatives, start=len(given))
    )
    if not others:
        return quotes
    return (
        f'{quotes}<details class="pq-others"><summary>Other answers ({len(answer.alternatives)})'
        f"</summary><ol>{others}</ol></details>"
    )


def _given(number: int, choice: int, answer: Answer, focus: tuple[int, int] | None) -> str:
    """A quote with its sentence, its place and how likely it is right."""
    place = f"{_titled(answer)}, characters {answer.start:,}–{answer.end:,}"
    return (
        f'<blockquote class="pq-quote"><p>{_quoted(answer.text)}</p></blockquote>'
        f'<p class="pq-sentence">{_sentence(answer)}</p>'
        f'<p class="pq-source">{_jump(number, choice, escape(place), focus)}'
        f'<span class="pq-confidence">{escape(confidence(answer.score))}</span></p>'
    )


def _not_found(number: int, answer: Answer, focus: tuple[int, int] | None) -> str:
    nearest = "".join(
        f"<li>{_jump(number, choice, escape(_shorten(excerpt.text, NEAREST_CHARS)), focus)}"
        f'<span class="pq-meta">{escape(_titled(excerpt))}</span></li>'
        for choice, excerpt in enumerate(answer.nearest)
    )
    return (
        '<p class="pq-none">The article does not say.</p>'
        f'<p class="pq-source"><span class="pq-confidence">{escape(confidence(answer.score))}'
        "</span></p>"
        '<div class="pq-others"><p class="pq-kicker">The nearest passages</p>'
        f"<ol>{nearest}</ol></div>"
    )


def _sentence(answer: Answer) -> str:
    """The sentence around a quote, with the quote in bold."""
    sentence = answer.sentence
    if sentence is None or answer.start is None or answer.end is None:
        return ""
    start, end = answer.start - sentence.start, answer.end - sentence.start
    text = sentence.text
    return f"{escape(text[:start])}<b>{escape(text[start:end])}</b>{escape(text[end:])}"


def _titled(quote: Answer | Excerpt) -> str:
    """The title of what is quoted, with the page if it has pages."""
    page = f", page {quote.page}" if quote.page is not None else ""
    return f"{quote.document_title or ''}{page}"


def _jump(number: int, choice: int, inner_html: str, focus: tuple[int, int] | None) -> str:
    """A button that puts a quote of a turn in focus in the article."""
    current = ' aria-current="true"' if focus == (number, choice) else ""
    return (
        f'<button type="button" class="pq-link" data-turn="{number}" data-choice="{choice}"'
        f' title="Show it in the article"{current}>{inner_html}</button>'
    )


def _quoted(text: str | None) -> str:
    return f"“{escape(text or '')}”"


def _shorten(text: str, most_chars: int) -> str:
    words = " ".join(text.split())
    if len(words) <= most_chars:
        return words
    return words[:most_chars].rsplit(" ", 1)[0] + " …"


def _title(document: Document, marks: Sequence[tuple[int, int, str]]) -> tuple[str, int]:
    """The title as HTML, and where the body begins: behind a first line that is the title."""
    text = document.text
    start = len(text) - len(text.lstrip("# \r\n\ufeff"))
    end = start + len(document.title)
    if text[start:end] == document.title and text[end : end + 1] in ("", "\r", "\n"):
        return _marked(text, start, end, marks), end
    return escape(document.title), 0


def _body(document: Document, start: int, marks: Sequence[tuple[int, int, str]]) -> str:
    """The text's lines as paragraphs and headings, each with the marks that cross it."""
    blocks = []
    for line in document.text[start:].split("\n"):
        end = start + len(line)
        if line.strip():
            blocks.append(_block(document.text, start, end, marks))
        start = end + 1
    return "".join(blocks)


def _block(text: str, start: int, end: int, marks: Sequence[tuple[int, int, str]]) -> str:
    line = text[start:end]
    hashes = len(line) - len(line.lstrip("#"))
    if 0 < hashes <= len("######") and line[hashes : hashes + 1] == " ":
        # The page's own headings are h1 and h2.
        tag = f"h{min(hashes + 2, 6)}"
        hidden = f'<span class="pq-hashes">{escape(line[: hashes + 1])}</span>'
        return f"<{tag}>{hidden}{_marked(text, start + hashes + 1, end, marks)}</{tag}>"
    css = ' class="pq-item"' if line.lstrip().startswith(("- ", "* ", "• ")) else ""
    return f"<p{css}>{_marked(text, start, end, marks)}</p>"


def _marked(text: str, start: int, end: int, marks: Sequence[tuple[int, int, str]]) -> str:
    inside = [
        (max(mark_start, start), min(mark_end, end), css)
        for mark_start, mark_end, css in marks
        if mark_start < end and start < mark_end
    ]
    edges = sorted({start, end, *(edge for mark in inside for edge in mark[:2])})
    return "".join(
        _piece(text[left:right], _css_at(inside, left)) for left, right in pairwise(edges)
    )


def _css_at(marks: Iterable[tuple[int, int, str]], position: int) -> str | None:
    css = None
    for start, end, mark_css in marks:
        if start <= position < end:
            css = mark_css
    return css


def _piece(text: str, css: str | None) -> str:
    return f'<mark class="{css}">{escape(text)}</mark>' if css else escape(text)
