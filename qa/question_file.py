"""Read a file of questions: text, JSON lines or CSV."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError, SourceError
from qa.questions import check_question, is_unicode, parse_history
from qa.records import Turn

# Of JSON objects; a question may begin with a bracket.
ARRAY = re.compile(r'\s*\[\s*\{\s*"')


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
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).", "Check the path.") from None
    return reader(_decoded(data, str(file)), str(file))


def read_piped_questions(data: bytes) -> Iterator[AskedQuestion | BadLine]:
    """Read questions that were piped in: JSON lines where the first is an object, else text.

    Args:
        data: what standard input had.

    Yields:
        A question, or what is wrong with a line, in order.

    Raises:
        SourceError: it is not UTF-8, or an array of objects.
    """
    text = _decoded(data, "Standard input")
    if ARRAY.match(text):
        raise SourceError(
            "Standard input is a JSON array.", "Write an object in each line instead."
        )
    reader = _read_json_lines if text.lstrip().startswith("{") else _read_text
    return reader(text, "Standard input")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from None


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
        yield BadLine(rows.line_num, f"not CSV ({error}); what follows it is not read")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _make(number: int, row: dict[str, Any]) -> AskedQuestion | BadLine:
    given = row.get("id")
    name = number if given is None else given
    if isinstance(name, bool) or not isinstance(name, str | int):  # true is an int, too
        return BadLine(number, "its “id” is neither text nor a whole number")
    if isinstance(name, str) and not is_unicode(name):
        return BadLine(number, "its “id” has half a surrogate pair in it")
    if "question" not in row:
        return BadLine(number, "no “question” in it")
    try:
        question = check_question(row["question"])
        history = parse_history(row.get("history"))
    except InputError as error:
        return BadLine(number, error.problem)
    return AskedQuestion(name, number, question, history)
