"""The articles in a file, by its ending: one, or the several of a table or an archive.

What comes of a format is in the module of its name: ``html``, ``pdf``, ``docx``, ``epub``,
``tables``, ``archive``, ``front_matter``.
"""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TypeVar

from index.archive import Member, members
from index.decoding import decode
from index.docx import read_docx
from index.epub import read_epub
from index.errors import InputError, PullquoteError, SourceError
from index.extract import Extract, checked
from index.front_matter import without_front_matter
from index.html import read_html
from index.limits import ReadLimits
from index.pdf import read_pdf
from index.records import Document
from index.signature import check_signature, told_suffix
from index.tables import Row, read_csv, read_jsonl
from index.title import find_title

PLAIN, PAGE = ".txt", ".html"
TEXTS = (PLAIN, ".md")
MARKDOWN = (".md", ".markdown", ".mdx", ".qmd", ".rmd")
FORMATS: dict[str, Callable[..., Extract]] = {
    PAGE: read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".epub": read_epub,
}
TIMED = (".pdf", ".docx")  # what is held to an amount of time, as its size does not bound that
TABLES = {".csv": read_csv, ".jsonl": read_jsonl}
ARCHIVE = ".zip"
# Every ending that is read; a file of any other is looked into only when it is named.
READABLE_SUFFIXES = (*TEXTS, *FORMATS, *TABLES, ARCHIVE)
READABLE = f"{', '.join(READABLE_SUFFIXES[:-1])} or {READABLE_SUFFIXES[-1]}"  # in errors
PROGRESS_DELAY_S = 1.0  # what is read sooner needs no bar

Item = TypeVar("Item")
Skipped = Callable[[PullquoteError], None]


class SkippedFileWarning(UserWarning):
    """A file of a folder or an archive, or a row of a table, could not be read; the others were."""


def warn_of(error: PullquoteError) -> None:
    """Warn of what could not be read; the way to be told of it, unless there is another."""
    warnings.warn(f"Skipped: {error}", SkippedFileWarning, stacklevel=3)


@dataclass(frozen=True, slots=True)
class FileNames:
    """What a file is called.

    Args:
        name: in errors.
        id: of its document.
        stem: a title, where it has none of its own.
        source: where its document comes from.
        suffix: its ending, in lower case, which says how it is read.
        charset: its encoding, where a server told it.
    """

    name: str
    id: str
    stem: str
    source: str
    suffix: str
    charset: str | None = None

    def member(self, path: str) -> "FileNames":
        """A file in this archive."""
        inside = PurePosixPath(path)
        return FileNames(
            name=f"{self.name}/{path}",
            id=printable(f"{self.id}/{path}"),
            stem=printable(inside.stem),
            source=printable(f"{self.source}/{path}"),
            suffix=inside.suffix.lower(),
        )


def printable(name: str) -> str:
    """A file's name, a question mark for each byte that is no UTF-8 (Linux allows them)."""
    return name.encode(errors="replace").decode()


def articles_in(
    data: bytes,
    file: FileNames,
    *,
    limits: ReadLimits,
    progress: bool,
    skipped: Skipped = warn_of,
) -> Iterator[Document]:
    """The articles in a file, by its ending; a page of the web may have that of a text or another.

    Args:
        data: what is in it.
        file: what it is called.
        limits: how much of it is read.
        progress: show a progress bar on standard error if it is an archive of many files.
        skipped: told why a part of an archive or a table could not be read.

    Raises:
        SourceError: it is damaged, too large, takes too long, or holds no article.
    """
    check_signature(data, suffix=file.suffix, name=file.name)
    is_known = file.suffix in READABLE_SUFFIXES and file.suffix != PLAIN
    if not is_known and file.suffix not in MARKDOWN and told_suffix(data) == PAGE:
        file = replace(file, suffix=PAGE)
    if file.suffix == ARCHIVE:
        yield from _archived(data, file, limits, progress=progress, skipped=skipped)
    elif file.suffix in TABLES:
        yield from _tabled(data, file, limits, skipped=skipped)
    elif file.suffix in FORMATS:
        read = FORMATS[file.suffix]
        if file.charset and read is read_html:
            read = partial(read_html, charset=file.charset)
        yield _document(read(data, name=file.name, limits=limits), file)
    else:
        text = decode(data, name=file.name, charset=file.charset)
        extract = without_front_matter(text) if file.suffix in MARKDOWN else Extract(text)
        yield _document(checked(extract, name=file.name, limits=limits), file)


def _archived(
    data: bytes, file: FileNames, limits: ReadLimits, *, progress: bool, skipped: Skipped
) -> Iterator[Document]:
    suffixes = tuple(suffix for suffix in READABLE_SUFFIXES if suffix != ARCHIVE)
    left_s = limits.seconds  # for all of them together: thousands may each take their time

    def read(member: Member) -> Iterable[Document]:
        nonlocal left_s
        if isinstance(member.content, SourceError):
            raise member.content
        inside = file.member(member.path)
        # Rounded up, so that nothing is left to who has used it up, and an error can be read.
        rest_s = min(limits.seconds, round(left_s + 0.05, 1))
        rest = replace(limits, seconds=rest_s) if left_s > 0 else limits
        found = articles_in(member.content, inside, limits=rest, progress=False, skipped=skipped)
        if inside.suffix not in TIMED:
            return found
        began_s = time.monotonic()
        try:
            return list(found)
        finally:
            left_s -= time.monotonic() - began_s

    def in_time(found: Iterator[Member]) -> Iterator[Member]:
        for member in found:
            if left_s <= 0 and file.member(member.path).suffix in TIMED:
                raise SourceError(
                    f"{file.name} takes longer than {limits.seconds:g} s to read;"
                    f" it was given up before {member.path}.",
                    "Split it into several archives, or allow more seconds.",
                )
            yield member

    found = members(data, name=file.name, suffixes=suffixes, limits=limits)
    yield from each_readable(
        with_bar(in_time(found), total=None, shown=progress),
        read,
        none=SourceError(
            f"{file.name} holds no article that can be read.",
            f"Pack {READABLE} files into it.",
        ),
        skipped=skipped,
    )


def _tabled(
    data: bytes, file: FileNames, limits: ReadLimits, *, skipped: Skipped
) -> Iterator[Document]:
    def read(row: Row) -> list[Document]:
        if isinstance(row.content, SourceError):
            raise row.content
        number = f"{file.id}:{row.line}"
        return [_document(row.content, replace(file, id=number, stem=f"{file.stem} {row.line}"))]

    yield from each_readable(
        TABLES[file.suffix](decode(data, name=file.name), name=file.name, limits=limits),
        read,
        none=SourceError(
            f"{file.name} holds no article that can be read.", "Give each article a field “text”."
        ),
        skipped=skipped,
    )


def _document(extract: Extract, file: FileNames) -> Document:
    return Document(
        id=extract.id or file.id,
        title=extract.title or find_title(extract.text, file.stem),
        text=extract.text,
        source=extract.source or file.source,
        author=extract.author,
        date=extract.date,
        language=extract.language,
        collection=extract.collection or "",
        page_starts=extract.page_starts,
    )


def each_readable(
    parts: Iterable[Item],
    read: Callable[[Item], Iterable[Document]],
    *,
    none: SourceError,
    skipped: Skipped = warn_of,
) -> Iterator[Document]:
    """The articles of all parts that can be read.

    Args:
        parts: of a folder, an archive or a table.
        read: gives the articles of one.
        none: the error where no part has any.
        skipped: told why another could not be read.
    """
    found = 0
    for part in parts:
        try:
            documents = list(read(part))
        except (SourceError, InputError) as error:
            skipped(error)
            continue
        found += len(documents)
        yield from documents
    if not found:
        raise none


def with_bar(items: Iterable[Item], *, total: int | None, shown: bool) -> Iterable[Item]:
    """The same items, behind a progress bar if one is wanted and they take their time.

    Args:
        items: files.
        total: how many there are, where that is known.
        shown: whether a bar is wanted.
    """
    if not shown:
        return items
    from tqdm import tqdm

    counted: Iterable[Item] = tqdm(items, total=total, unit=" files", delay=PROGRESS_DELAY_S)
    return counted
