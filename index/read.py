"""Read articles: files, folders, texts and documents become documents."""

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from index.errors import InputError, SourceError
from index.records import TITLE_CHARS, Document

TEXT_SUFFIXES = (".txt", ".md")
MAX_ARTICLE_BYTES = 20_000_000  # some forty novels: beyond it, a wrong file is likelier
CJK_STOPS = "。！？"  # they end sentences in scripts that have no spaces
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

Source = str | Path | Document


class SkippedFileWarning(UserWarning):
    """A file of a folder could not be read; the others were."""


def read_sources(sources: Source | Iterable[Source]) -> list[Document]:
    """Read articles from whatever names them.

    A ``str`` is a path if it exists or looks like one (no white space, or a known ending),
    else it is the text of an article.

    Args:
        sources: a file, a folder (read with its subfolders), a text or a document, or several.

    Returns:
        The documents in the order given, each with an id of its own.

    Raises:
        SourceError: something named is missing or cannot be read, or holds no article.
            A bad file inside a folder is skipped with a ``SkippedFileWarning``.
        InputError: a text is empty or not valid Unicode.
    """
    if isinstance(sources, str | Path | Document):
        sources = [sources]
    documents = [document for source in sources for document in _read_source(source)]
    if not documents:
        raise SourceError("No article was given.", "Name a file, a folder or a text.")
    return _with_unique_ids(documents)


def read_file(path: Path, *, id: str | None = None) -> Document:
    """Read one UTF-8 text or Markdown file.

    Args:
        path: the file.
        id: the document's id; without one, the file's name.

    Raises:
        SourceError: it is missing, too large, binary, not UTF-8, or empty.
    """
    try:
        if path.stat().st_size > MAX_ARTICLE_BYTES:
            raise SourceError(
                f"{path} has {path.stat().st_size / 1e6:.0f} MB;"
                f" an article may have {MAX_ARTICLE_BYTES / 1e6:.0f} MB.",
                "Split it into several files.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror}).", "Check the path."
        ) from error
    text = decode(data, name=str(path))
    return Document(
        id=_printable(id or path.name),
        title=find_title(text, _printable(path.stem)),
        text=text,
        source=_printable(str(path)),
    )


def decode(data: bytes, *, name: str) -> str:
    """Decode an article's bytes as UTF-8, or as UTF-16 with a byte order mark.

    Line ends stay as they are: offsets count the characters of the file.

    Args:
        data: the bytes of a text file.
        name: what to call it in an error.

    Raises:
        SourceError: the bytes are no such text, or hold nothing but white space.
    """
    encoding = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(error.object)  # utf-8-sig does not count its mark
        raise SourceError(
            f"{name} is not UTF-8 text (byte {at} is 0x{data[at]:02x}).",
            "Save it as UTF-8 text; PDF and Word files are not read yet.",
        ) from None
    if "\0" in text:
        raise SourceError(f"{name} is a binary file.", "Give a text or Markdown file.")
    if not text.strip():
        raise SourceError(f"{name} is empty.", "Give a file with an article in it.")
    return text


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


def _printable(name: str) -> str:
    """A file's name, a question mark for each byte that is no UTF-8 (Linux allows them)."""
    return name.encode(errors="replace").decode()


def _read_source(source: Source) -> Iterator[Document]:
    if isinstance(source, Document):
        yield source
        return
    path = Path(source)
    is_path = source != "" and (_exists(path) or _looks_like_path(str(source)))
    if isinstance(source, str) and not is_path:  # Path("") would be the working folder
        yield Document.from_text(source)
    elif not _exists(path):
        raise SourceError(f"There is no file or folder {source}.", "Check the path.")
    elif path.is_dir():
        yield from _read_folder(path)
    else:
        yield read_file(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a path, or with a NUL in it: a text
        return False


def _looks_like_path(text: str) -> bool:
    text = text.strip()
    unbroken = not any(character.isspace() or character in CJK_STOPS for character in text)
    return bool(text) and (unbroken or ("\n" not in text and text.lower().endswith(TEXT_SUFFIXES)))


def _read_folder(folder: Path) -> Iterator[Document]:
    found = 0
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if hidden or path.suffix.lower() not in TEXT_SUFFIXES or not path.is_file():
            continue
        try:
            document = read_file(path, id=relative.as_posix())
        except (SourceError, InputError) as error:
            warnings.warn(f"Skipped: {error}", SkippedFileWarning, stacklevel=2)
            continue
        found += 1
        yield document
    if not found:
        raise SourceError(
            f"The folder {folder} holds no article that can be read.",
            f"Put {' or '.join(TEXT_SUFFIXES)} files into it.",
        )


def _with_unique_ids(documents: Iterable[Document]) -> list[Document]:
    """The documents, those whose id is taken renamed: ``a.txt``, ``a.txt (2)``."""
    unique: dict[str, Document] = {}
    for document in documents:
        name, number = document.id, 1
        while name in unique:
            number += 1
            name = f"{document.id} ({number})"
        unique[name] = replace(document, id=name)
    return list(unique.values())
