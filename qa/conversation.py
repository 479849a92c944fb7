"""Put a follow-up question beside what was said before it."""

from collections.abc import Sequence

from qa.records import Turn

TURNS_TAKEN = 2  # what a follow-up leans on is seldom further back
ANSWER_WORDS = 15  # of an earlier quote: enough to name what it is about


def with_history(question: str, history: Sequence[Turn]) -> str:
    """The question behind the last turns that were answered.

    Turns that the article did not answer are left out: what they asked about is not in it,
    so it would only lead the search astray.

    Args:
        question: what is asked now.
        history: earlier turns, oldest first.
    """
    answered = [turn for turn in history if turn.answer is not None][-TURNS_TAKEN:]
    spoken = [f"{turn.question} {_beginning(turn.answer or '')}" for turn in answered]
    return " ".join([*spoken, question])


def _beginning(answer: str) -> str:
    return " ".join(answer.split()[:ANSWER_WORDS])
