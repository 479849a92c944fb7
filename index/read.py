"""Read articles: files, folders, archives, pages of the web and texts become documents.

Here is decided what a source is and who reads it. What comes of a format is in the module of
its name: ``html``, ``pdf``, ``docx``, ``epub``, ``tables``, ``archive``, ``web``.
"""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from index.archive import Member, members
from index.decoding import decode
from index.docx import read_docx
from index.epub import read_epub
from index.errors import InputError, SourceError
from index.extract import Extract, checked
from index.html import read_html
from index.limits import DEFAULT_LIMITS, ReadLimits, size
from index.pattern import is_pattern, matching
from index.pdf import read_pdf
from index.records import TITLE_CHARS, Document
from index.signature import check_signature
from index.tables import Row, read_csv, read_jsonl
from index.web import WebPage, fetch, is_url

TEXTS = (".txt", ".md")
FORMATS: dict[str, Callable[..., Extract]] = {
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".epub": read_epub,
}
TABLES = {".csv": read_csv, ".jsonl": read_jsonl}
ARCHIVE = ".zip"
# Every ending that is read; a file of any other is looked into only when it is named.
READABLE_SUFFIXES = (*TEXTS, *FORMATS, *TABLES, ARCHIVE)
PROGRESS_DELAY_S = 1.0  # what is read sooner needs no bar
CJK_STOPS = "。！？"  # they end sentences in scripts that have no spaces

Source = str | Path | Document
Item = TypeVar("Item")


class SkippedFileWarning(UserWarning):
    """A file of a folder or an archive, or a row of a table, could not be read; the others were."""


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
            document, or several.
        limits: how much of a source is read.
        allow_private: read pages of the web from this machine and its own network too.
        progress: show a progress bar on standard error where many files are read.

    Returns:
        The documents in the order given, each with an id of its own.

    Raises:
        SourceError: something named is missing or cannot be read, or holds no article.
            A bad file of a folder, a pattern or an archive, and a bad row of a table, is skipped
            with a ``SkippedFileWarning``.
        InputError: a text is empty or not valid Unicode.
    """
    if isinstance(sources, str | Path | Document):
        sources = [sources]
    how = _How(limits, allow_private, progress)
    documents = [document for source in sources for document in _read_source(source, how)]
    if not documents:
        raise SourceError("No article was given.", "Name a file, a folder or a text.")
    return _with_unique_ids(documents)


def read_file(
    path: Path, *, id: str | None = None, limits: ReadLimits = DEFAULT_LIMITS
) -> Document:
    """Read a file that holds one article.

    Args:
        path: the file; of an unknown ending, it is read as text.
        id: the document's id; without one, the file's name.
        limits: how much of it is read.

    Raises:
        SourceError: it is missing, too large, damaged, empty, no article, or holds several.
    """
    documents = read_articles(path, id=id, limits=limits)
    if len(documents) > 1:
        raise SourceError(
            f"{path} holds {len(documents):,} articles, not one.", "Read it with read_articles."
        )
    return documents[0]


def read_articles(
    path: Path,
    *,
    id: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
    progress: bool = False,
) -> list[Document]:
    """Read a file that holds one article, or a table or an archive of several.

    Args:
        path: the file.
        id: the document's id, or what those of several begin with; without one, the file's name.
        limits: how much of it is read.
        progress: show a progress bar on standard error if it is an archive of many files.

    Raises:
        SourceError: it is missing, too large, damaged, or holds no article.
    """
    file = _File(
        name=str(path),
        id=_printable(id or path.name),
        stem=_printable(path.stem),
        source=_printable(str(path)),
        suffix=path.suffix.lower(),
    )
    data = _bytes_of(path, limits)
    return list(_with_unique_ids(_articles(data, file, _How(limits, progress=progress))))


def find_title(text: str, fallback: str) -> str:
    """An article's title: its first heading, or a short first line set off by a blank one.

    Args:
        text: the article.
        fallback: a file's name without its ending, used where the text has no title.
    """
    first, _, rest = text.lstrip().partition("\n")
    first = first.strip()
    if first.startswith("# "):
        return first.removeprefix("# ").strip()
    set_off = rest.startswith(("\n", "\r\n"))
    if set_off and len(first) <= TITLE_CHARS and not first.endswith((".", "!", "?", ":")):
        return first
    words = " ".join(re.split(r"[-_\s]+", fallback)).strip()
    return words[:1].upper() + words[1:] or fallback


@dataclass(frozen=True, slots=True)
class _How:
    """How sources are read."""

    limits: ReadLimits
    allow_private: bool = False
    progress: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """What a file is called: in errors, as a document, and by its kind."""

    name: str
    id: str
    stem: str
    source: str
    suffix: str
    charset: str | None = None

    def member(self, path: str) -> "_File":
        """A file in this archive."""
        inside = PurePosixPath(path)
        return _File(
            name=f"{self.name}/{path}",
            id=_printable(f"{self.id}/{path}"),
            stem=_printable(inside.stem),
            source=_printable(f"{self.source}/{path}"),
            suffix=inside.suffix.lower(),
        )


def _printable(name: str) -> str:
    """A file's name, a question mark for each byte that is no UTF-8 (Linux allows them)."""
    return name.encode(errors="replace").decode()


def _read_source(source: Source, how: _How) -> Iterator[Document]:
    if isinstance(source, Document):
        yield source
        return
    if isinstance(source, str) and is_url(source):
        page = fetch(source, limits=how.limits, allow_private=how.allow_private)
        yield from _articles(page.data, _file_of(page, source), how)
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


def _file_of(page: WebPage, url: str) -> _File:
    return _File(
        name=url,
        id=_printable(url),
        stem=_printable(PurePosixPath(page.name).stem),
        source=_printable(page.url),
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
            data = stream.read(limits.file_bytes + 1)  # a device or a pipe has no size to ask for
        if len(data) > limits.file_bytes:
            raise SourceError(
                f"{path} has more than {size(limits.file_bytes)}.", "Split it into several files."
            )
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror}).", "Check the path."
        ) from error
    return data


def _read_folder(folder: Path, how: _How) -> Iterator[Document]:
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
    yield from _each(
        _shown(files, len(files), how),
        lambda file: read_articles(file[0], id=file[1], limits=how.limits),
        none=SourceError(
            f"{none} that can be read.", f"Put {_either(READABLE_SUFFIXES)} files there."
        ),
    )


def _each(
    parts: Iterable[Item], read: Callable[[Item], Iterable[Document]], *, none: SourceError
) -> Iterator[Document]:
    """The articles of all parts that can be read; of the others a warning says why.

    Args:
        parts: of a folder, an archive or a table.
        read: gives the articles of one.
        none: the error where no part has any.
    """
    found = 0
    for part in parts:
        try:
            documents = list(read(part))
        except (SourceError, InputError) as error:
            warnings.warn(f"Skipped: {error}", SkippedFileWarning, stacklevel=2)
            continue
        found += len(documents)
        yield from documents
    if not found:
        raise none


def _articles(data: bytes, file: _File, how: _How) -> Iterator[Document]:
    """The articles in a file, by its ending."""
    check_signature(data, suffix=file.suffix, name=file.name)
    if file.suffix == ARCHIVE:
        yield from _archived(data, file, how)
    elif file.suffix in TABLES:
        yield from _tabled(data, file, how)
    elif file.suffix in FORMATS:
        read = FORMATS[file.suffix]
        if file.charset and read is read_html:
            read = partial(read_html, charset=file.charset)
        yield _document(read(data, name=file.name, limits=how.limits), file)
    else:
        text = decode(data, name=file.name, charset=file.charset)
        yield _document(checked(Extract(text), name=file.name, limits=how.limits), file)


def _archived(data: bytes, file: _File, how: _How) -> Iterator[Document]:
    suffixes = tuple(suffix for suffix in READABLE_SUFFIXES if suffix != ARCHIVE)

    def read(member: Member) -> Iterator[Document]:
        if isinstance(member.content, SourceError):
            raise member.content
        return _articles(member.content, file.member(member.path), how)

    yield from _each(
        _shown(members(data, name=file.name, suffixes=suffixes, limits=how.limits), None, how),
        read,
        none=SourceError(
            f"{file.name} holds no article that can be read.",
            f"Pack {_either(READABLE_SUFFIXES)} files into it.",
        ),
    )


def _tabled(data: bytes, file: _File, how: _How) -> Iterator[Document]:
    def read(row: Row) -> list[Document]:
        if isinstance(row.content, SourceError):
            raise row.content
        number = f"{file.id}:{row.line}"
        return [_document(row.content, replace(file, id=number, stem=f"{file.stem} {row.line}"))]

    yield from _each(
        TABLES[file.suffix](decode(data, name=file.name), name=file.name, limits=how.limits),
        read,
        none=SourceError(
            f"{file.name} holds no article that can be read.", "Give each article a field “text”."
        ),
    )


def _document(extract: Extract, file: _File) -> Document:
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


def _shown(items: Iterable[Item], total: int | None, how: _How) -> Iterable[Item]:
    """The same items, behind a progress bar if one is wanted and they take their time."""
    if not how.progress:
        return items
    from tqdm import tqdm

    shown: Iterable[Item] = tqdm(items, total=total, unit=" files", delay=PROGRESS_DELAY_S)
    return shown


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


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
