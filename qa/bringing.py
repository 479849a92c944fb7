"""What a visitor brings: files and pasted texts, which may be hostile, made into documents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.articles import READABLE_SUFFIXES
from index.errors import InputError, PullquoteError, SourceError
from index.limits import ReadLimits, size
from index.read import read_articles
from index.records import Document
from index.web import is_url
from qa.bounds import MAX_ARTICLE_CHARS, check_article, fitting_title

# Of an upload, which may be hostile: a visitor does not wait for more, and nor do the others.
UPLOAD_LIMITS = ReadLimits(
    markup_bytes=5_000_000, pdf_pages=2_000, archive_bytes=100_000_000, seconds=20.0
)
MAX_UPLOAD_BYTES = 20_000_000  # refused before it is sent; what is smaller is looked into
FILES_AT_ONCE = 20
MAX_NAME_CHARS = 200  # of a file, in what is said of it
SKIPPED_TOLD = 3  # parts of a file, by name: of a table it may be every other row
SENTENCES = {
    "large": f"It has more than {size(MAX_UPLOAD_BYTES)}.",
    "failed": "Its upload failed. Add it again.",
}


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a visitor brings.

    Args:
        name: what it is called.
        path: where the browser says that it was put.
        failed: why it was not sent, as a key of ``SENTENCES``; empty where it was.
    """

    name: str
    path: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What there is in a file that was uploaded.

    Args:
        documents: its articles, each known by its text.
        skipped: why others in it could not be read, without where the server put the file.
    """

    documents: Sequence[Document]
    skipped: Sequence[str] = ()

    @property
    def told(self) -> str:
        """What the visitor is told of the file; empty where all of it was read."""
        if not self.skipped:
            return ""
        told = " ".join(self.skipped[:SKIPPED_TOLD])
        more = len(self.skipped) - SKIPPED_TOLD
        return f"is read, but not all of it. {told}" + (f" And {more:,} more." if more > 0 else "")


def pasted(text: str, *, title: str) -> list[Document]:
    """The article that was pasted.

    Args:
        text: its text.
        title: its title; may be empty.

    Raises:
        InputError: there is no text, only an address, or too much.
    """
    if not text.strip():
        raise InputError("There is no text to read.", "Paste an article first.")
    if is_url(text.strip()):
        raise InputError(
            "The chat fetches no pages of the web.",
            "Open the page and paste its text, or save it and add the file.",
        )
    return [check_article(Document.from_text(text, title=title.strip() or None))]


def uploaded(path: str, *, within: str) -> Uploaded:
    """What there is in a file that was uploaded.

    Args:
        path: where the browser says it was put; it may say anything.
        within: the folder where uploads are put.

    Raises:
        SourceError: it was not uploaded, or cannot be read.
        InputError: it holds too much.
    """
    try:
        folder, file = Path(within).resolve(), Path(path).resolve()
        there = file.is_relative_to(folder) and file.is_file()
    except (OSError, ValueError):  # too long, or no path at all
        there = False
    if not there:
        raise SourceError(f"{shown_name(path)} was not uploaded.", "Add it again.")
    if file.suffix.lower() not in READABLE_SUFFIXES:  # the browser's check can be got round
        raise SourceError(
            f"{shown_name(path)} is not a file type the chat reads.",
            f"Add {' or '.join(READABLE_SUFFIXES)}.",
        )
    skipped: list[PullquoteError] = []
    documents = _own(read_articles(file, limits=UPLOAD_LIMITS, skipped=skipped.append))
    return Uploaded(documents, [told_without_path(error, str(file)) for error in skipped])


def shown_name(path: str) -> str:
    """A file's name, without where the server put it."""
    return Path(path).name[:MAX_NAME_CHARS] or "The file"


def told_without_path(error: Exception, path: str) -> str:
    """What an error says, with the file's name where it says where the server put it."""
    told = str(error)
    return told.replace(path, shown_name(path)) if path else told


def _own(documents: Sequence[Document]) -> list[Document]:
    """A visitor's articles, each known by its text, without where the server put them."""
    own: dict[str, Document] = {}
    for document in documents:
        known = Document.from_text(document.text).id
        title = fitting_title(document.title)
        own.setdefault(known, check_article(replace(document, id=known, title=title, source=None)))
    if sum(len(document.text) for document in documents) > MAX_ARTICLE_CHARS:
        raise InputError(
            f"The file holds {len(documents):,} articles with more than"
            f" {MAX_ARTICLE_CHARS:,} characters together.",
            "Add fewer, or index it with: pullquote index build FILE --output DIR",
        )
    return list(own.values())
