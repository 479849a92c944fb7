"""What people say of answers, and what a reader can learn from it: questions in SQuAD's format."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from index.errors import InputError
from qa.records import Answer, Excerpt

MAX_NOTE_CHARS = 1_000  # as long as a question may be
ID_CHARS = 16  # of a SHA-256 in hexadecimal: 64 bits, ample for what people judge


class Verdict(StrEnum):
    """What is right or wrong with an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    NOT_THERE = "not-there"
    MISSED = "missed"
    OTHER = "other"


SAID: Mapping[Verdict, str] = {
    Verdict.RIGHT: "Right",
    Verdict.WRONG: "Wrong",
    Verdict.INCOMPLETE: "Incomplete",
    Verdict.NOT_THERE: "Should not have answered",
    Verdict.MISSED: "The article does say it",
    Verdict.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of an answer.

    Args:
        verdict: what is right or wrong with it.
        note: whatever else they say, at most 1,000 characters; may be empty.

    Raises:
        InputError: there is no such verdict, or the note is too long or no valid Unicode.
    """

    verdict: Verdict
    note: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.verdict, Verdict):
            raise InputError(
                f"{self.verdict!r:.50} is not a verdict.", f"Take one of: {', '.join(Verdict)}."
            )
        if len(self.note) > MAX_NOTE_CHARS:
            raise InputError(
                f"The note has {len(self.note):,} characters; at most {MAX_NOTE_CHARS:,} fit.",
                "Say it in fewer words.",
            )
        try:
            self.note.encode()
        except UnicodeEncodeError:
            raise InputError(
                "The note has half a surrogate pair in it.", "Type it again."
            ) from None

    @classmethod
    def from_words(cls, verdict: str, note: str = "") -> "Feedback":
        """Feedback of what came from a page or a file.

        Raises:
            InputError: there is no such verdict, or the note is too long or no valid Unicode.
        """
        known = {str(one): one for one in Verdict}
        return cls(known.get(verdict, verdict), note)  # type: ignore[arg-type] # is refused

    @property
    def good(self) -> bool:
        """Whether the thumb is up."""
        return self.verdict is Verdict.RIGHT

    def __str__(self) -> str:
        return f"{SAID[self.verdict]}: {self.note}" if self.note else SAID[self.verdict]


def verdicts_on(answer: Answer) -> tuple[Verdict, ...]:
    """The verdicts that make sense for an answer, the thumb up first."""
    if answer.text is None:
        return (Verdict.RIGHT, Verdict.MISSED, Verdict.OTHER)
    return tuple(one for one in Verdict if one is not Verdict.MISSED)


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer, and what was said of it.

    Args:
        answer: the answer.
        feedback: what was said.
    """

    answer: Answer
    feedback: Feedback

    def __str__(self) -> str:
        return f"{self.answer} – {self.feedback}"


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a reader can learn from feedback.

    Args:
        squad: the questions in the format of SQuAD 2.0.
        questions: how many they are.
        left_out: how many judged answers teach nothing: what the right answer would have
            been is not known, the question leans on others, or people contradict each other.
    """

    squad: Mapping[str, Any]
    questions: int
    left_out: int

    @classmethod
    def from_judged(cls, judged: Iterable[Judged]) -> "Lessons":
        """Make questions of answers that people judged.

        A right answer becomes an answer at its place in the passage; "should have said
        nothing" an unanswerable question with the quote as a plausible answer; and so does
        "not in the article" that was right, of the passage nearest to it.
        """
        grouped: dict[tuple[str, str, str], list[Judged]] = {}
        left_out = 0
        for one in judged:
            passage = _passage_of(one)
            if passage is None:
                left_out += 1
                continue
            key = (passage.document_title, passage.text, one.answer.question.strip())
            grouped.setdefault(key, []).append(one)
        articles: dict[str, dict[str, list[dict[str, Any]]]] = {}
        questions = 0
        for (title, context, question), said in grouped.items():
            if len({_is_impossible(one) for one in said}) > 1:
                left_out += len(said)
                continue
            row = _row(question, context, said)
            articles.setdefault(title, {}).setdefault(context, []).append(row)
            questions += 1
        data = [
            {
                "title": title,
                "paragraphs": [{"context": text, "qas": rows} for text, rows in paragraphs.items()],
            }
            for title, paragraphs in articles.items()
        ]
        return cls({"version": "v2.0", "data": data}, questions, left_out)

    def __str__(self) -> str:
        return f"{self.questions} questions; {self.left_out} judged answers left out"


def _passage_of(one: Judged) -> Excerpt | None:
    """The passage that a judged answer teaches something about, if it does."""
    answer, verdict = one.answer, one.feedback.verdict
    if answer.resolved is not None:  # by itself its question says too little
        return None
    if answer.text is None:
        return answer.nearest[0] if verdict is Verdict.RIGHT and answer.nearest else None
    return answer.passage if verdict in (Verdict.RIGHT, Verdict.NOT_THERE) else None


def _is_impossible(one: Judged) -> bool:
    return one.answer.text is None or one.feedback.verdict is Verdict.NOT_THERE


def _row(question: str, context: str, said: list[Judged]) -> dict[str, Any]:
    """A question of SQuAD; ``said`` agree on whether it is answerable."""
    named = hashlib.sha256(f"{question}\0{context}".encode()).hexdigest()[:ID_CHARS]
    quotes = _once([one.answer for one in said])
    row: dict[str, Any] = {"id": named, "question": question}
    if _is_impossible(said[0]):
        return row | {"is_impossible": True, "answers": [], "plausible_answers": quotes}
    row |= {"is_impossible": False, "answers": quotes}
    items = _once([item for item in said[0].answer.items if item.passage == said[0].answer.passage])
    return row | {"all_spans": items} if items else row


def _once(answers: list[Answer]) -> list[dict[str, Any]]:
    """The quotes of answers in the coordinates of their passage, none twice."""
    places = {
        (answer.text, answer.start - answer.passage.start): None
        for answer in answers
        if answer.text is not None and answer.start is not None and answer.passage is not None
    }
    return [{"text": text, "answer_start": start} for text, start in places]
