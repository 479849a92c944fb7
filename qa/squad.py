"""Files of questions whose answers are known, in the format of SQuAD."""

import gzip
import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError, SourceError
from index.records import Document


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question of a SQuAD-format file.

    Args:
        question: what is asked.
        paragraph: which of the file's paragraphs it is asked of.
        answers: accepted answers; none where it is unanswerable.
        items: where it may have several answers at once (``all_spans``), all of them, none where
            it is unanswerable; None where the file does not say.
        conversation: which of the file's conversations it is a turn of; the questions of
            one are in order.
    """

    question: str
    paragraph: int
    answers: tuple[str, ...]
    items: tuple[str, ...] | None = None
    conversation: int = 0


@dataclass(frozen=True, slots=True)
class SquadSet:
    """A SQuAD-format file.

    Args:
        paragraphs: its paragraphs as documents, none twice.
        questions: its questions.
    """

    paragraphs: tuple[Document, ...]
    questions: tuple[SquadQuestion, ...]

    @classmethod
    def from_file(cls, file: Path) -> "SquadSet":
        """Read a file in the format of SQuAD 1.1 or 2.0, gzipped or not.

        Raises:
            SourceError: it is missing, or not of that format.
        """
        try:
            data = file.read_bytes()
            if file.suffix == ".gz":
                data = gzip.decompress(data)
            articles = json.loads(data)["data"]
            return _parse(articles)
        except OSError as error:
            problem = error.strerror or str(error)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            EOFError,
            RecursionError,
            zlib.error,
            InputError,
        ) as error:
            problem = f"{type(error).__name__}: {error}"
        raise SourceError(
            f"{file} cannot be read as SQuAD questions ({problem}).",
            "Give a .json or .json.gz file in SQuAD's format.",
        )

    def sample(self, limit: int | None, *, seed: int) -> "SquadSet":
        """The same paragraphs with at most ``limit`` of the questions, drawn at random.

        Unanswerable ones keep their share, and where there are any, at least one is drawn: a set
        without them is scored another way (``qa.metrics.score_predictions``).

        Raises:
            InputError: the limit is below 1.
        """
        if limit is None or limit >= len(self.questions):
            return self
        if limit < 1:
            raise InputError(f"The limit is {limit}.", "Take 1 or more questions.")
        kinds: tuple[list[int], list[int]] = ([], [])
        for number, question in enumerate(self.questions):
            kinds[bool(question.answers)].append(number)
        impossible, answerable = kinds
        share = round(limit * len(impossible) / len(self.questions))
        unanswerable = min(max(share, bool(impossible)), limit)
        chance = random.Random(seed)  # noqa: S311 - no secret
        drawn = chance.sample(answerable, limit - unanswerable)
        drawn += chance.sample(impossible, unanswerable)
        return SquadSet(self.paragraphs, tuple(self.questions[number] for number in sorted(drawn)))

    @property
    def conversations(self) -> tuple[tuple[SquadQuestion, ...], ...]:
        """The questions by conversation, which is what was asked of one paragraph, in order."""
        grouped: dict[int, list[SquadQuestion]] = {}
        for question in self.questions:
            grouped.setdefault(question.conversation, []).append(question)
        return tuple(map(tuple, grouped.values()))

    def sample_conversations(self, limit: int | None, *, seed: int) -> "SquadSet":
        """The same with whole conversations drawn at random until ``limit`` questions are.

        Where some are unanswerable, one at least is drawn, as by ``sample``.

        Raises:
            InputError: the limit is below 1.
        """
        if limit is None:
            return self
        if limit < 1:
            raise InputError(f"The limit is {limit}.", "Take 1 or more questions.")
        conversations = list(self.conversations)
        random.Random(seed).shuffle(conversations)  # noqa: S311 - no secret
        drawn: list[Sequence[SquadQuestion]] = []
        for conversation in conversations:
            if sum(map(len, drawn)) >= limit:
                break
            drawn.append(conversation)
        lacking = [one for one in conversations if not all(turn.answers for turn in one)]
        if lacking and not any(one in lacking for one in drawn):
            drawn[-1] = lacking[0]
        return SquadSet(self.paragraphs, tuple(turn for one in drawn for turn in one))


def _parse(articles: Sequence[dict[str, Any]]) -> SquadSet:
    numbers: dict[str, int] = {}
    paragraphs: list[Document] = []
    questions: list[SquadQuestion] = []
    asked = [(article, paragraph) for article in articles for paragraph in article["paragraphs"]]
    for conversation, (article, paragraph) in enumerate(asked):
        text = paragraph["context"]
        if text not in numbers:
            numbers[text] = len(paragraphs)
            title = article.get("title") or "Untitled"
            paragraphs.append(Document(f"p{len(paragraphs)}", title, text))
        for row in paragraph["qas"]:
            impossible = row.get("is_impossible", False)
            items = row.get("all_spans")
            golds = [] if impossible else _answers_of(row)
            if items is not None:
                items = () if impossible else tuple(map(_item, items))
                if not items and golds:  # a file may fill it only where there are several
                    items = None
            questions.append(
                SquadQuestion(
                    row["question"].strip(),
                    numbers[text],
                    tuple(golds),
                    items,
                    conversation,
                )
            )
    if not questions:
        raise InputError("It has no questions.", "Give a file with some.")
    return SquadSet(tuple(paragraphs), tuple(questions))


def _answers_of(row: dict[str, Any]) -> list[str]:
    """The accepted answers of an answerable question; some files give them as its items only."""
    if row.get("all_spans") and not row.get("answers"):
        return [_item(item) for item in row["all_spans"]]
    return [_text(gold) for gold in row["answers"]]


def _item(given: Any) -> str:
    """An item, which some files give without its place."""
    return given if isinstance(given, str) else _text(given)


def _text(given: dict[str, Any]) -> str:
    text = given["text"]
    if not isinstance(text, str):
        raise TypeError(f"an answer's text is {text!r}")
    return text
