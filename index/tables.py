"""Read articles from the rows of a .csv file or the lines of a .jsonl file."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from index.errors import PullquoteError, SourceError
from index.extract import Extract, checked, one_line
from index.limits import ReadLimits

TEXT = "text"
FIELDS = f"{TEXT}, and if you like title, author, date, language, collection, url or source, id"
DELIMITERS = ",;\t|"


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
    columns: list[str] | None = None
    count = 0
    for line, cells in _cells(text, name=name, limits=limits):
        if isinstance(cells, SourceError):
            yield Row(line, cells)
        elif columns is None:
            columns = [cell.strip().lower() for cell in cells]
            if TEXT not in columns:
                raise SourceError(f"{name} has no column “{TEXT}”.", f"Name columns {FIELDS}.")
        elif any(cell.strip() for cell in cells):
            count += 1
            _check_count(count, name, limits)
            fields = dict(zip(columns, cells, strict=False))
            yield Row(line, _article(fields, line, name, limits))


def _cells(
    text: str, *, name: str, limits: ReadLimits
) -> list[tuple[int, list[str] | SourceError]]:
    """The cells of each row and the line it begins at."""
    header, _, _ = text.lstrip().partition("\n")
    delimiter = max(DELIMITERS, key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str] | SourceError]] = []
    # The library refuses cells longer than 131,072 characters, by one limit for everybody.
    before = csv.field_size_limit(limits.text_chars)
    try:
        while True:
            line = rows.line_num + 1
            try:
                found.append((line, next(rows)))
            except csv.Error as error:
                found.append((line, _bad(name, line, f"is no row of a table ({error})")))
            except StopIteration:
                return found
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
            yield Row(line, _bad(name, line, "is no JSON"))
            continue
        if not isinstance(fields, dict):
            yield Row(line, _bad(name, line, "is no JSON object"))
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
