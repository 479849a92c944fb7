"""What a question, its history and its least score must be."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

from index.errors import InputError
from qa.records import Turn

MAX_QUESTION_CHARS = 1_000  # some 200 words; what is longer is an article in the wrong place


def check_question(question: str, *, name: str = "question") -> str:
    """The question without white space around it.

    Args:
        question: what is asked.
        name: what an error calls it.

    Raises:
        InputError: it is no text, blank, too long, or not valid Unicode.
    """
    if not isinstance(question, str):
        raise InputError(f"The {name} is a {type(question).__name__}, not text.", "Ask in words.")
    question = question.strip()
    if not question:
        raise InputError(f"The {name} is empty.", f"Type a {name}.")
    if len(question) > MAX_QUESTION_CHARS:
        raise InputError(
            f"The {name} has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} fit.",
            "Ask it in fewer words; a text to be asked about goes in as an article.",
        )
    if not is_unicode(question):
        raise InputError(f"The {name} has half a surrogate pair in it.", "Decode it again.")
    return question


def numbered(error: InputError, number: int) -> InputError:
    """What is wrong with one of several questions, with which it is; of the first, as it is.

    Args:
        error: what is wrong with it.
        number: of the question, from 0.
    """
    if number == 0:
        return error
    return InputError(f"Question {number + 1}: {error.problem}", error.remedy)


def check_min_score(min_score: Any) -> None:
    """Refuse a least score that is no probability: below it everything would be an absence.

    Raises:
        InputError: it is neither None nor a number from 0 to 1.
    """
    if min_score is None:
        return
    is_number = isinstance(min_score, Real) and not isinstance(min_score, bool)
    if not is_number or not 0 <= min_score <= 1:
        raise InputError(f"min_score is {min_score!r}.", "Give a probability, from 0 to 1.")


def parse_history(turns: Any) -> tuple[Turn, ...]:
    """Make turns of what a caller gave: turns, pairs, or objects with question and answer.

    Args:
        turns: an iterable of ``Turn``, of ``(question, answer)`` or of mappings with
            ``question`` and, where the article answered, ``answer`` (or ``items`` or ``text``,
            as in an answer's JSON); or None.

    Raises:
        InputError: it is none of these.
    """
    if turns is None:
        return ()
    if isinstance(turns, str | Mapping) or not hasattr(turns, "__iter__"):
        raise InputError("The history is not a list of turns.", "Give [question, answer] pairs.")
    return tuple(_parse_turn(turn) for turn in turns)


def _parse_turn(turn: Any) -> Turn:
    if isinstance(turn, Mapping):
        question, answer = turn.get("question"), turn.get("answer", _said(turn))
    elif isinstance(turn, list | tuple) and len(turn) == 2:
        question, answer = turn
    elif isinstance(turn, Turn):
        question, answer = turn.question, turn.answer
    else:
        question = getattr(turn, "question", None)
        answer = getattr(turn, "said", getattr(turn, "text", None))
    if not isinstance(question, str) or not (answer is None or isinstance(answer, str)):
        raise InputError(
            "A turn of the history is not a question and an answer.",
            "Give [question, answer], with null for an answer the article did not have.",
        )
    if answer is not None and not is_unicode(answer):
        raise InputError(
            "An answer of the history has half a surrogate pair in it.", "Decode it again."
        )
    return Turn(check_question(question), answer)


def _said(turn: Mapping[str, Any]) -> Any:
    """What an answer's JSON says: the items of a list, or its quote."""
    items = turn.get("items")
    if isinstance(items, list) and items:
        texts = [item.get("text") if isinstance(item, Mapping) else None for item in items]
        if all(isinstance(text, str) for text in texts):
            return ", ".join(map(str, texts))
    return turn.get("text")


def is_unicode(text: str) -> bool:
    """Whether a text can be written out: no half of a surrogate pair is in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
