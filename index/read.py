"""Read articles: files, folders, archives, pages of the web and texts become documents.

Here is decided what a source is. What is in a file, by its ending, is for ``articles``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from index.articles import (
    READABLE,
    READABLE_SUFFIXES,
    FileNames,
    Skipped,
    articles_in,
    each_readable,
    printable,
    warn_of,
    with_bar,
)
from index.errors import InputError, SourceError
from index.limits import DEFAULT_LIMITS, ReadLimits, size
from index.pattern import is_pattern, matching
from index.records import Document
from index.signature import told_suffix
from index.web import WebPage, fetch, is_url

PIPED = "Standard input"
CJK_STOPS = "。！？"  # they end sentences in scripts that have no spaces

Source = str | Path | Document


def read_sources(
    sources: Source | Iterable[Source],
    *,
    limits: ReadLimits = DEFAULT_LIMITS,
    allow_private: bool = False,
    progress: bool = False,
) -> list[Document]:
    """Read articles from whatever names them.

    A ``str`` is a page of the web if it begins with http:// or https:// and has no white space;
    it is a path, or a pattern of paths such as ``articles/**/*.md``, if it exists or looks like
    one (no white space, or a known ending); else it is the text of an article.

    Args:
        sources: a file, a folder (read with its subfolders), a page of the web, a text or a
            document, or several; no saved index.
        limits: how much of a source is read.
        allow_private: read pages of the web from this machine and its own network too.
        progress: show a progress bar on standard error where many files are read.

    Returns:
        The documents in the order given, each with an id of its own.

    Raises:
        SourceError: something named is missing, cannot be read, holds no article or is an index.
            A bad file of a folder, a pattern or an archive, and a bad row of a table, is skipped
            with a ``SkippedFileWarning``.
        InputError: a text is empty or not valid Unicode, or what is given is no source.
    """
    how = _How(limits, allow_private, progress)
    documents = [document for source in listed(sources) for document in _read_source(source, how)]
    if not documents:
        raise SourceError("No article was given.", "Name a file, a folder or a text.")
    return _with_unique_ids(documents)


def listed(sources: Any) -> list[Source]:
    """The sources that were given, one by one.

    Args:
        sources: one, or several in anything that can be gone through.

    Raises:
        InputError: it is something else, such as bytes, an open file or a mapping.
    """
    # Bytes, files and mappings could be gone through too: by numbers, by lines, by keys.
    is_one = isinstance(sources, str | PathLike | bytes | bytearray | Mapping)
    is_one = is_one or hasattr(sources, "read") or not isinstance(sources, Iterable)
    return [_as_source(one) for one in ([sources] if is_one else sources)]


def _as_source(given: Any) -> Source:
    if isinstance(given, str | Document):
        return given
    if isinstance(given, PathLike):
        return Path(given)
    raise InputError(
        f"A source is a {type(given).__name__}, which names no article.",
        "Give a path, a text, a Document, or a list of these.",
    )


def read_articles(
    path: Path,
    *,
    id: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
    progress: bool = False,
    skipped: Skipped = warn_of,
) -> list[Document]:
    """Read a file that holds one article, or a table or an archive of several.

    Args:
        path: the file.
        id: the document's id, or what those of several begin with; without one, the file's name.
        limits: how much of it is read.
        progress: show a progress bar on standard error if it is an archive of many files.
        skipped: told why a part of an archive or a table could not be read; without it, a
            ``SkippedFileWarning`` says so. Warnings are the whole process's, whatever thread reads.

    Raises:
        SourceError: it is missing, too large, damaged, or holds no article.
    """
    file = FileNames(
        name=str(path),
        id=printable(id or path.name),
        stem=printable(path.stem),
        source=printable(str(path)),
        suffix=path.suffix.lower(),
    )
    data = _bytes_of(path, limits)
    found = articles_in(data, file, limits=limits, progress=progress, skipped=skipped)
    return list(_with_unique_ids(found))


def read_piped(
    stream: BinaryIO, *, limits: ReadLimits = DEFAULT_LIMITS, progress: bool = False
) -> list[Document]:
    """Read what is piped in, whose kind its first bytes tell: text, HTML, PDF, Word, EPUB, ZIP.

    Args:
        stream: standard input.
        limits: how much of it is read.
        progress: show a progress bar on standard error if it is an archive of many files.

    Raises:
        SourceError: it is too large, damaged, or holds no article.
    """
    data = _bytes_from(stream, limits, name=PIPED)
    file = FileNames(name=PIPED, id="stdin", stem=PIPED, source="stdin", suffix=told_suffix(data))
    return list(_with_unique_ids(articles_in(data, file, limits=limits, progress=progress)))


@dataclass(frozen=True, slots=True)
class _How:
    """How sources are read."""

    limits: ReadLimits
    allow_private: bool
    progress: bool


def _read_source(source: Source, how: _How) -> Iterator[Document]:
    if isinstance(source, Document):
        yield source
        return
    if isinstance(source, str) and is_url(source):
        page = fetch(source, limits=how.limits, allow_private=how.allow_private)
        yield from articles_in(
            page.data, _file_of(page, source), limits=how.limits, progress=how.progress
        )
        return
    path = Path(source)
    is_path = source != "" and (_exists(path) or _looks_like_path(str(source)))
    if isinstance(source, str) and not is_path:  # Path("") would be the working folder
        yield Document.from_text(source)
    elif not _exists(path) and is_pattern(str(source)):
        yield from _read_files(
            list(matching(str(source))), how, none=f"What is named as {source} holds no article"
        )
    elif not _exists(path):
        raise SourceError(f"There is no file or folder {source}.", "Check the path.")
    elif path.is_dir():
        yield from _read_folder(path, how)
    else:
        yield from read_articles(path, limits=how.limits, progress=how.progress)


def _file_of(page: WebPage, url: str) -> FileNames:
    return FileNames(
        name=url,
        id=printable(url),
        stem=printable(PurePosixPath(page.name).stem),
        source=printable(page.url),
        suffix=page.suffix,
        charset=page.charset,
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a path, or with a NUL in it: a text
        return False


def _looks_like_path(text: str) -> bool:
    text = text.strip()
    unbroken = not any(character.isspace() or character in CJK_STOPS for character in text)
    named = "\n" not in text and text.lower().endswith(READABLE_SUFFIXES)
    return bool(text) and (unbroken or named)


def _bytes_of(path: Path, limits: ReadLimits) -> bytes:
    try:
        with path.open("rb") as stream:
            return _bytes_from(stream, limits, name=str(path))
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror}).", "Check the path."
        ) from error


def _bytes_from(stream: BinaryIO, limits: ReadLimits, *, name: str) -> bytes:
    data = stream.read(limits.file_bytes + 1)  # a device or a pipe has no size to ask for
    if len(data) > limits.file_bytes:
        raise SourceError(
            f"{name} has more than {size(limits.file_bytes)}.", "Split it into several files."
        )
    return data


def _read_folder(folder: Path, how: _How) -> Iterator[Document]:
    from index.folder import is_stored_index  # only here, since it brings FAISS

    if is_stored_index(folder):
        raise SourceError(
            f"{folder} is a saved index, which must be the only source.",
            "Name it alone, or add the others to it: pullquote index add. To copy its articles"
            " into another: pullquote index export and import.",
        )
    paths = [
        (path, path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in READABLE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]
    yield from _read_files(paths, how, none=f"The folder {folder} holds no article")


def _read_files(files: Sequence[tuple[Path, str]], how: _How, *, none: str) -> Iterator[Document]:
    """The articles of files with an id each, and of what cannot be read, why."""
    yield from each_readable(
        with_bar(files, total=len(files), shown=how.progress),
        lambda file: read_articles(file[0], id=file[1], limits=how.limits),
        none=SourceError(f"{none} that can be read.", f"Put {READABLE} files there."),
    )


def _with_unique_ids(documents: Iterable[Document]) -> list[Document]:
    """The documents, those whose id is taken renamed: ``a.txt``, ``a.txt (2)``."""
    unique: dict[str, Document] = {}
    numbers: dict[str, int] = {}  # the last one given to what would have the same id
    for document in documents:
        name = document.id
        while name in unique:
            numbers[document.id] = numbers.get(document.id, 1) + 1
            name = f"{document.id} ({numbers[document.id]})"
        unique[name] = replace(document, id=name) if name != document.id else document
    return list(unique.values())
