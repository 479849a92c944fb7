"""Read a file of questions: text, JSON lines or CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError, SourceError
from qa.records import Turn

MAX_QUESTION_CHARS = 1_000  # some 200 words; what is longer is an article in the wrong place


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a file.

    Args:
        id: its ``id`` in the file as it stands there, or the number of its line.
        line: the line it stands on, from 1.
        question: the question.
        history: earlier turns of its conversation, oldest first.
    """

    id: str | int
    line: int
    question: str
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a question file that holds no question.

    Args:
        line: its number, from 1.
        problem: what is wrong with it.
    """

    line: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


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
    if not _is_unicode(question):
        raise InputError(f"The {name} has half a surrogate pair in it.", "Decode it anew.")
    return question


def parse_history(turns: Any) -> tuple[Turn, ...]:
    """Make turns of what a caller gave: turns, pairs, or objects with question and answer.

    Args:
        turns: an iterable of ``Turn``, of ``(question, answer)`` or of mappings with
            ``question`` and, where the article answered, ``answer`` (or ``text``, as in
            an answer's JSON); or None.

    Raises:
        InputError: it is none of these.
    """
    if turns is None:
        return ()
    if isinstance(turns, str | dict) or not hasattr(turns, "__iter__"):
        raise InputError("The history is not a list of turns.", "Give [question, answer] pairs.")
    return tuple(_parse_turn(turn) for turn in turns)


def read_questions(file: Path) -> Iterator[AskedQuestion | BadLine]:
    """Read a question file line by line.

    ``.txt`` has a question a line, blank lines are passed over; ``.jsonl`` an object with
    ``question`` and, if wished, ``id`` and ``history``; ``.csv`` the same as columns,
    without history.

    Args:
        file: the file; its ending says which kind it is.

    Yields:
        A question, or what is wrong with a line, in the order of the file.

    Raises:
        SourceError: the file is missing, of another kind, not UTF-8, or a CSV without a
            ``question`` column.
    """
    readers = {".txt": _read_text, ".jsonl": _read_json_lines, ".csv": _read_csv}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise SourceError(
            f"{file} is no file of questions that can be read.",
            f"Its name must end in {', '.join(readers)}.",
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from None
    return reader(text, str(file))


def _read_text(text: str, _name: str) -> Iterator[AskedQuestion | BadLine]:
    for number, line in _lines(text):
        yield _make(number, {"question": line})


def _read_json_lines(text: str, _name: str) -> Iterator[AskedQuestion | BadLine]:
    for number, line in _lines(text):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadLine(number, f"not JSON ({error})")
            continue
        if isinstance(row, dict):
            yield _make(number, row)
        else:
            yield BadLine(number, "not a JSON object with a “question”")


def _read_csv(text: str, name: str) -> Iterator[AskedQuestion | BadLine]:
    # Not splitlines: it takes U+2028 and the like inside a question for the end of a line.
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        columns = rows.fieldnames or ()
    except csv.Error as error:
        raise SourceError(f"{name} is not CSV ({error}).", "Save it as CSV.") from None
    if "question" not in columns:
        raise SourceError(
            f"{name} has no column “question”.", "Name the columns in the first line."
        )
    return _read_rows(rows)


def _read_rows(rows: "csv.DictReader[str]") -> Iterator[AskedQuestion | BadLine]:
    try:
        for row in rows:
            given = {"question": row["question"] or "", "id": row.get("id") or None}
            yield _make(rows.line_num, given)
    except csv.Error as error:  # a quotation mark without its partner swallows what follows
        yield BadLine(rows.line_num, f"not CSV ({error})")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _make(number: int, row: dict[str, Any]) -> AskedQuestion | BadLine:
    given = row.get("id")
    name = number if given is None else given
    if isinstance(name, bool) or not isinstance(name, str | int):  # true is an int, too
        return BadLine(number, "its “id” is neither text nor a whole number")
    if isinstance(name, str) and not _is_unicode(name):
        return BadLine(number, "its “id” has half a surrogate pair in it")
    if "question" not in row:
        return BadLine(number, "no “question” in it")
    try:
        question = check_question(row["question"])
        history = parse_history(row.get("history"))
    except InputError as error:
        return BadLine(number, error.problem)
    return AskedQuestion(name, number, question, history)


def _parse_turn(turn: Any) -> Turn:
    if isinstance(turn, Turn):
        return turn
    if isinstance(turn, dict):
        question, answer = turn.get("question"), turn.get("answer", turn.get("text"))
    elif isinstance(turn, list | tuple) and len(turn) == 2:
        question, answer = turn
    else:
        question = answer = getattr(turn, "question", None)
        answer = getattr(turn, "text", None)
    if not isinstance(question, str) or not (answer is None or isinstance(answer, str)):
        raise InputError(
            "A turn of the history is not a question and an answer.",
            "Give [question, answer], with null for an answer the article did not have.",
        )
    if answer is not None and not _is_unicode(answer):
        raise InputError(
            "An answer of the history has half a surrogate pair in it.", "Decode it anew."
        )
    return Turn(check_question(question), answer)


def _is_unicode(text: str) -> bool:
    """Whether a text can be written out: no half of a surrogate pair is in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
