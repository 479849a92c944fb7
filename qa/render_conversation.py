"""The conversation as HTML: what was asked, what is being answered, what went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from qa.asking_hint import asking_hint
from qa.feedback import Feedback
from qa.records import Answer
from qa.render import button, classed, length_css, quoted
from qa.render_answer import Citations, Focused, answer_html, no_citations
from qa.render_judging import judging_html

LONG_QUESTION_CHARS = 240  # more than a person asks in a breath
NOTHING_JUDGED: Mapping[int, Feedback | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Notice:
    """What went wrong, or was done, for the visitor to know.

    Args:
        text: in a sentence.
        retry: a question that may be asked again; empty where there is none.
    """

    text: str
    retry: str = ""

    def __str__(self) -> str:
        return self.text


def conversation_html(
    turns: Sequence[Answer],
    *,
    title: str,
    examples: Sequence[str],
    citations: Citations = no_citations,
    focus: Focused = None,
    pending: str | None = None,
    given_back: str = "",
    notice: Notice | None = None,
    editing: int | None = None,
    several: bool = False,
    judged: Mapping[int, Feedback | None] = NOTHING_JUDGED,
) -> str:
    """The conversation: questions and the quotes that answer them, or an invitation.

    Args:
        turns: what was asked and answered, oldest first.
        title: the article's title.
        examples: questions to offer where nothing was asked yet.
        citations: of a quote, by the name of a style, how to quote it elsewhere; without them
            there is no menu for it.
        focus: turn and number of the quote that the article shows.
        pending: a question that is being answered.
        given_back: what goes back into the question box, unless something is typed there.
        notice: what went wrong, for the user to mend.
        editing: number of the turn whose question is in the box.
        several: whether more than one article is asked.
        judged: by a turn's number, what the visitor says of it; a turn that is not among
            them cannot be judged.
    """
    parts = []
    for number, turn in enumerate(turns):
        judge = judging_html(number, turn, judged[number]) if number in judged else ""
        last = number == len(turns) - 1
        parts.append(_turn(number, turns, focus, citations, judge, last=last, several=several))
    if not turns and pending is None:
        parts.append(_invitation(title, examples))
    if pending is not None:
        parts.append(_pending(pending))
    if editing is not None:
        parts.append(
            '<p class="pq-editing" role="status">Edit the question below; its new answer'
            f" replaces the old one. {button('unedit', 'Cancel editing')}</p>"
        )
    if notice is not None:
        retry = button("ask", "Try again", {"ask": notice.retry}) if notice.retry else ""
        parts.append(f'<p class="pq-notice" role="alert">{escape(notice.text)} {retry}</p>')
    back = f' data-back="{escape(given_back)}"' if given_back else ""
    return (
        f"{_head(title, asked=bool(turns))}"
        f'<div class="pq-conversation" role="log" aria-label="Conversation" tabindex="0"{back}'
        f' aria-busy="{str(pending is not None).lower()}">{"".join(parts)}</div>'
    )


def _head(title: str, *, asked: bool) -> str:
    """What is being asked, once the invitation has made room for the conversation.

    Its place is there from the first: Gradio mends the page part by part in their order, and a
    conversation that moved would be made anew, its first answer not read out and its focus lost.
    """
    if not asked:
        return '<div class="pq-head"></div>'
    return (
        '<div class="pq-head"><h2 class="pq-asking"><span class="pq-kicker">Asking</span> '
        f"{escape(title)}</h2>"
        f"{button('print', 'Print')}{button('clear', 'Start over')}</div>"
    )


def _invitation(title: str, examples: Sequence[str]) -> str:
    offered = "".join(
        f"<li>{button('ask', example, {'ask': example}, css='pq-example')}</li>"
        for example in examples
    )
    return (
        '<section class="pq-empty"><p class="pq-kicker">Ask about</p>'
        f"<h2{classed(length_css(title))}>{escape(title)}</h2>"
        "<p>Every answer is a quotation, word for word, with its place in the text."
        " If the article does not say, I say so.</p>"
        f'<ul class="pq-examples">{offered}</ul></section>'
    )


def _question(question: str) -> str:
    css = classed("pq-question", length_css(question, long_chars=LONG_QUESTION_CHARS))
    return f"<h3{css}>{escape(question)}</h3>"


def _pending(question: str) -> str:
    return (
        f'<section class="pq-turn">{_question(question)}'
        '<p class="pq-pending" role="status">Reading the article<span class="pq-dots"></span> '
        f"{button('stop', 'Stop', {'ask': question})}</p></section>"
    )


def _turn(
    number: int,
    turns: Sequence[Answer],
    focus: Focused,
    citations: Citations,
    judge: str,
    *,
    last: bool,
    several: bool,
) -> str:
    answer = turns[number]
    body = answer_html(
        number,
        answer,
        focus,
        citations=citations,
        hint=asking_hint(answer) if answer.text is None else "",
        several=several,
    )
    actions = button("edit", "Edit", {"turn": number}, label="Edit this question")
    actions += button("undo", "Undo", label="Remove this turn") if last else ""
    return (
        f'<section class="pq-turn" aria-label="Question {number + 1}">'
        f"{_question(answer.question)}"
        f"{_understood(number, turns)}{body}"
        f'<div class="pq-actions">{actions}{judge}</div></section>'
    )


def _understood(number: int, turns: Sequence[Answer]) -> str:
    """What a follow-up was read behind, and the way to read it without."""
    answer = turns[number]
    # Only what stands before the question in it: the question itself has just been read.
    lead = (answer.resolved or "").removesuffix(answer.question).strip()
    if not lead:
        return ""
    alone = button("alone", "Ask it by itself", {"turn": number})
    told = _told_apart(lead, turns[:number])
    return f'<p class="pq-resolved">Follow-up to: {told} {alone}</p>'


def _told_apart(lead: str, before: Sequence[Answer]) -> str:
    """What was said before a question, turn by turn where it is that of the page."""
    parts, left = [], lead
    for turn in reversed(before):
        at = left.rfind(turn.question)
        if at < 0 or turn.text is None:
            continue
        said = left[at + len(turn.question) :].strip()
        if not " ".join(turn.text.split()).startswith(said):  # of long quotes, the beginning
            continue
        parts.append(f"{escape(turn.question)} – {quoted(said)}")
        left = left[:at].strip()
    return "; ".join(reversed(parts)) if parts and not left else escape(lead)
