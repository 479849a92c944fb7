"""Conversations that are published in a layout of their own, as paragraphs of SQuAD's.

CoQA has a ``story``, with its questions and each person's answers in lists beside each other; the
hub has one of both. QuAC's rows on the hub have such lists, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qa.metrics import normalize

UNKNOWN = "unknown"  # what people answered in CoQA where the story does not say


def as_squad(paragraph: dict[str, Any]) -> dict[str, Any]:
    """A paragraph with its questions as SQuAD has them, ``context`` and ``qas``.

    Args:
        paragraph: as it stands in a file; of SQuAD's layout it is given back as it is.

    Raises:
        ValueError: something of its questions is missing or of another kind, or they and their
            answers are not as many.
    """
    if "questions" not in paragraph or "qas" in paragraph:
        return paragraph
    name = _name_of(paragraph)
    try:
        rows = _rows(paragraph, name)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{name}: {type(error).__name__}: {error}") from error
    return {
        "title": paragraph.get("title") or paragraph.get("wikipedia_page_title"),
        "context": paragraph["story" if "story" in paragraph else "context"],
        "qas": rows,
    }


def _rows(paragraph: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    questions = [_text_of(question) for question in paragraph["questions"]]
    columns = list(_columns(paragraph))
    for column in columns:
        if len(column) != len(questions):
            raise ValueError(f"{name} has {len(questions)} questions and {len(column)} answers")
    rows = []
    for turn, question in enumerate(questions):
        marked = [one for column in columns for one in _said(column[turn])]
        answers = _of_coqa(marked) if "story" in paragraph else {"answers": marked}
        rows.append({"id": f"{name}#{turn}", "question": question, "turn": turn, **answers})
    return rows


def _columns(paragraph: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """What each person answered to all questions; of QuAC, what all of them did."""
    answers = paragraph["answers"]
    if isinstance(answers, Mapping):
        yield answers["input_text"] if "input_text" in answers else answers["texts"]
    else:
        yield answers
    yield from (paragraph.get("additional_answers") or {}).values()


def _said(answer: Any) -> list[Any]:
    """The answers to one question: of one person, or of all."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, Mapping):  # what was written; the span is only where it was found
        return [answer.get("input_text", answer)]
    return [answer]


def _text_of(question: Any) -> Any:
    return question["input_text"] if isinstance(question, Mapping) else question


def _of_coqa(marked: Sequence[Any]) -> dict[str, Any]:
    """No answer where most people knew none; else theirs who did."""
    known = [one for one in marked if not isinstance(one, str) or normalize(one) != UNKNOWN]
    return {"answers": known, "is_impossible": 2 * len(known) < len(marked)}


def _name_of(paragraph: Mapping[str, Any]) -> str:
    """What its questions are called, and it in an error: its id, or how it begins."""
    text = paragraph.get("story", paragraph.get("context"))
    return str(paragraph.get("id") or paragraph.get("dialogue_id") or f"“{str(text)[:40]}…”")
