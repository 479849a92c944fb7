"""What a visitor says of an answer as HTML: right, or what is wrong with it, and a note."""

from html import escape

from qa.feedback import MAX_NOTE_CHARS, SAID, Feedback, Verdict, verdicts_on
from qa.records import Answer


def judging_html(turn: int, answer: Answer, said: Feedback | None) -> str:
    """The ways to judge an answer; what was said already is pressed.

    Args:
        turn: the turn's number.
        answer: what was answered.
        said: what the visitor said of it; None where nothing.
    """
    right, *others = verdicts_on(answer)
    wrong = said is not None and not said.good
    told = SAID[said.verdict] if said is not None and wrong else "Not right"
    note = escape(said.note) if said is not None and wrong else ""
    buttons = "".join(_button(turn, one, said) for one in others)
    return (
        f'<span class="pq-judge">{_button(turn, right, said)}'
        f'<details class="pq-more"><summary class="pq-said" data-said="{str(wrong).lower()}">{told}'
        '</summary><div class="pq-menu"><label>What is wrong? (optional)'
        f'<input type="text" class="pq-note" value="{note}" maxlength="{MAX_NOTE_CHARS}"'
        f' autocomplete="off"></label>{buttons}</div></details></span>'
    )


def _button(turn: int, verdict: Verdict, said: Feedback | None) -> str:
    pressed = str(said is not None and said.verdict == verdict).lower()
    return (
        f'<button type="button" class="pq-act" data-act="judge" data-turn="{turn}"'
        f' data-verdict="{escape(verdict)}" aria-pressed="{pressed}">'
        f"{escape(SAID[verdict])}</button>"
    )
