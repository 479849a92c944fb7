"""Read articles from the rows of a .csv file or the lines of a .jsonl file."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from index.errors import PullquoteError, SourceError
from index.extract import Extract, checked, one_line
from index.limits import ReadLimits

TEXT = "text"
FIELDS = f"{TEXT}, and optionally title, author, date, language, collection, url or source, id"
DELIMITERS = ",;\t|"
SAID_DELIMITER = re.compile(rf"sep=([{DELIMITERS}])(?=\r?\n)")  # in a first line for Excel
# The library has one limit for everybody: a thread that is done would set back that of another.
_CELL_LIMIT = Lock()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of articles.

    Args:
        line: the line it begins at, from 1.
        content: the article, or why there is none.
    """

    line: int
    content: Extract | SourceError

    def __str__(self) -> str:
        return f"line {self.line}: {self.content}"


def read_csv(text: str, *, name: str, limits: ReadLimits) -> Iterator[Row]:
    """Read a table with a header, its cells separated by commas, semicolons, tabs or bars.

    Args:
        text: the file.
        name: what to call it in an error.
        limits: how many rows are read.

    Raises:
        SourceError: it has no column of texts, or too many rows.
    """
    said = SAID_DELIMITER.match(text)
    if said:
        text = text[said.end() :]
    header, _, _ = text.lstrip().partition("\n")
    delimiter = said[1] if said else max(DELIMITERS, key=header.count)
    columns: list[str] | None = None
    count = 0
    for line, cells in _cells(text, delimiter, name=name, limits=limits):
        if columns is None and not isinstance(cells, SourceError):
            columns = [cell.strip().lower() for cell in cells]
            if TEXT not in columns:
                raise SourceError(f"{name} has no column “{TEXT}”.", f"Name columns {FIELDS}.")
            continue
        count += 1
        _check_count(count, name, limits)
        if isinstance(cells, SourceError):
            yield Row(line, cells)
        elif columns is not None:
            if any(cell.strip() for cell in cells[len(columns) :]):
                if len(columns) > 1:
                    yield Row(line, _bad(name, line, "has more cells than the header"))
                    continue
                cells = [delimiter.join(cells)]
            fields = dict(zip(columns, cells, strict=False))
            yield Row(line, _article(fields, line, name, limits))


def _cells(
    text: str, delimiter: str, *, name: str, limits: ReadLimits
) -> list[tuple[int, list[str] | SourceError]]:
    """The cells of each row that is not blank and the line it begins at, up to one too many."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str] | SourceError]] = []
    with _long_cells(limits.text_chars):
        while len(found) < limits.table_rows + 2:  # with the header
            line = rows.line_num + 1
            try:
                cells = next(rows)
            except csv.Error as error:
                found.append((line, _bad(name, line, f"is not a row of a table ({error})")))
            except StopIteration:
                break
            else:
                if any(cell.strip() for cell in cells):
                    found.append((line, cells))
    return found


@contextmanager
def _long_cells(most_chars: int) -> Iterator[None]:
    """Have the library read cells of as many characters; of itself it refuses more than 131,072."""
    with _CELL_LIMIT:
        before = csv.field_size_limit(most_chars)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def read_jsonl(text: str, *, name: str, limits: ReadLimits) -> Iterator[Row]:
    """Read a file with a JSON object on each line.

    Args:
        text: the file.
        name: what to call it in an error.
        limits: how many lines are read.

    Raises:
        SourceError: it has too many lines.
    """
    count = 0
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        count += 1
        _check_count(count, name, limits)
        try:
            fields = json.loads(written)
        except (ValueError, RecursionError):
            yield Row(line, _bad(name, line, "is not JSON"))
            continue
        if not isinstance(fields, dict):
            yield Row(line, _bad(name, line, "is not a JSON object"))
            continue
        yield Row(line, _article(fields, line, name, limits))


def _check_count(count: int, name: str, limits: ReadLimits) -> None:
    if count > limits.table_rows:
        raise SourceError(
            f"{name} has more than {limits.table_rows:,} articles.", "Split it into several files."
        )


def _article(
    fields: Mapping[str, Any], line: int, name: str, limits: ReadLimits
) -> Extract | SourceError:
    """The article that a row's fields tell of, or why there is none."""
    text = fields.get(TEXT)
    if not isinstance(text, str):
        return _bad(name, line, f"has no field “{TEXT}” with text in it")
    if "\0" in text:
        return _bad(name, line, "is binary")
    known = {
        key: one_line(str(value))
        for key in ("title", "author", "date", "language", "collection", "url", "source", "id")
        if isinstance(value := fields.get(key), str | int)
    }
    try:
        return checked(
            Extract(
                text=text,
                title=known.get("title"),
                author=known.get("author"),
                date=known.get("date"),
                language=known.get("language"),
                collection=known.get("collection"),
                source=known.get("url") or known.get("source"),
                id=known.get("id"),
            ),
            name=f"Line {line} of {name}",
            limits=limits,
        )
    except PullquoteError as error:
        return SourceError(error.problem, error.remedy)


def _bad(name: str, line: int, problem: str) -> SourceError:
    return SourceError(f"Line {line} of {name} {problem}.", f"Give each article {FIELDS}.")
