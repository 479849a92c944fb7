"""Files of questions whose answers are known, in the format of SQuAD."""

import gzip
import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError, SourceError
from index.records import Document
from qa.accepted import answers_of, paragraph_of
from qa.published import as_squad

MOST_TURN_DIGITS = 9  # of a text that numbers a turn
TURN_IN_ID = re.compile(rf"(.+)_q#([0-9]{{1,{MOST_TURN_DIGITS}}})", re.DOTALL)
MOST_SHOWN = 60  # characters of a question, where an error names it


class _QuestionError(ValueError):
    """A question that cannot be read, told by its name."""


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
        """Read a file in the format of SQuAD 1.1 or 2.0, or of rows with a context each.

        The latter is what the hub's ``datasets`` write: a list, or an object a line, each with
        ``context``, ``question`` and ``answers``. MRQA's lines have ``qas`` for the latter two.
        Conversations are read as CoQA, QuAC and DoQA are published too, and as the hub has them.

        Args:
            file: of either form whatever it is called; gzipped if its name ends in ``.gz``.

        Raises:
            SourceError: it is missing, or not of that format.
        """
        try:
            data = file.read_bytes()
            if file.suffix == ".gz":
                data = gzip.decompress(data)
            return _parse(articles_in(data))
        except OSError as error:
            problem = error.strerror or str(error)
        except _QuestionError as error:
            problem = str(error)
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
            "Give a .json or .jsonl file, or one packed as .gz, in SQuAD's format or with a"
            " context, a question and answers in each row.",
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


def articles_in(data: bytes) -> Sequence[dict[str, Any]]:
    """What stands in a file, whatever its name says: one JSON value, or one a line.

    Args:
        data: the file's bytes, unpacked.

    Returns:
        Its articles, or its rows with a context each.

    Raises:
        ValueError, KeyError: it is something else.
    """
    try:
        loaded = json.loads(data)
    except json.JSONDecodeError:
        loaded = _by_line(data)
    if isinstance(loaded, dict):  # or it is the only line
        loaded = [loaded] if {"context", "story", "paragraphs"} & loaded.keys() else loaded["data"]
    articles: Sequence[dict[str, Any]] = loaded
    return articles


def _by_line(data: bytes) -> list[Any]:
    """The objects of JSON lines.

    Raises:
        ValueError: it is something else, or a line is broken.
    """
    rows: list[Any] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                if not rows:  # it was to be one value
                    json.loads(data)
                raise ValueError(f"line {number}: {error.msg}") from None
    # MRQA's files begin with what they are.
    if rows and isinstance(rows[0], dict) and rows[0].keys() == {"header"}:
        del rows[0]
    return rows


def _parse(articles: Sequence[dict[str, Any]]) -> SquadSet:
    numbers: dict[str, int] = {}
    paragraphs: list[Document] = []
    questions: list[SquadQuestion] = []
    for conversation, (title, text, rows) in enumerate(conversations_in(articles)):
        if text not in numbers:
            numbers[text] = len(paragraphs)
            paragraphs.append(Document(f"p{len(paragraphs)}", title, text))
        for row in rows:
            try:
                golds, items = answers_of(row)
                asked = row["question"].strip()
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                told = f"{type(error).__name__}: {error}"
                raise _QuestionError(f"question {name_of(row)}: {told}") from error
            questions.append(
                SquadQuestion(
                    asked,
                    numbers[text],
                    tuple(one.text for one in golds),
                    None if items is None else tuple(one.text for one in items),
                    conversation,
                )
            )
    if not questions:
        raise InputError("It has no questions.", "Give a file with some.")
    return SquadSet(tuple(paragraphs), tuple(questions))


def conversations_in(
    articles: Sequence[dict[str, Any]],
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Title, text and questions of each paragraph; of one that comes turn by turn, together.

    Args:
        articles: as ``articles_in`` gives them.

    Raises:
        InputError: a paragraph with questions is empty.
        ValueError, KeyError, TypeError, AttributeError: something is missing, or of another kind.
    """
    title, text, rows = "", "", list[dict[str, Any]]()
    for article in articles:
        # A row by itself is article, paragraph and question at once.
        for paragraph in map(as_squad, article.get("paragraphs", [article])):
            more = [paragraph] if "question" in paragraph else paragraph["qas"]
            context = paragraph_of(paragraph["context"])
            if rows and more and context == text and _goes_on(rows[-1], more[0]):
                rows += more
                continue
            if rows or text.strip():
                yield title, text, _in_order(rows)
            title = str(article.get("title") or paragraph.get("title") or "Untitled")
            text, rows = context, list(more)
            if rows and not text.strip():
                raise InputError("A paragraph is empty.", "Give it some text.")
    if rows or text.strip():
        yield title, text, _in_order(rows)


def _goes_on(last: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a question is a later turn than another of the same paragraph."""
    before, now = _turn(last), _turn(row)
    if before is None or now is None or before >= now:
        return False
    dialogues = {found[1] for one in (last, row) if (found := _turn_in_id(one))}
    return len(dialogues) < 2


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    turns = [turn for row in rows if (turn := _turn(row)) is not None]
    if len(turns) < len(rows):
        return rows
    return [rows[place] for place in sorted(range(len(rows)), key=turns.__getitem__)]


def _turn(row: dict[str, Any]) -> int | None:
    """Which turn of its conversation a question is, where the file says so; CoQA's is an id."""
    turn = row.get("turn_id") if row.get("turn") is None else row["turn"]
    if isinstance(turn, str) and turn.isdecimal() and len(turn) <= MOST_TURN_DIGITS:
        return int(turn)
    if turn is None and (found := _turn_in_id(row)):
        return int(found[2])
    return turn if isinstance(turn, int) else None


def _turn_in_id(row: dict[str, Any]) -> re.Match[str] | None:
    """The conversation and the turn in an id of QuAC or DoQA, such as ``C_4f97_q#3``."""
    named = row.get("id")
    return TURN_IN_ID.fullmatch(named) if isinstance(named, str) else None


def name_of(row: Any) -> str:
    """What an error calls a question: by its id, else by its words, else as it stands.

    Args:
        row: the question, as it stands in a file.
    """
    named = row if not isinstance(row, dict) else row.get("id") or row.get("question") or row
    told = repr(named)
    return told if len(told) <= MOST_SHOWN else f"{told[:MOST_SHOWN]}…"
