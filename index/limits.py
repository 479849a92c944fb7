"""How much of a file is read before it is refused, so that no file can take the machine down."""

import math
from dataclasses import dataclass, fields

from index.errors import InputError

FILE_BYTES = 100_000_000  # a book with its pictures; beyond it, a wrong file is likelier
TEXT_CHARS = 20_000_000  # some forty novels
MARKUP_BYTES = 20_000_000  # of a page, or of the XML in a document: a minute's work
PDF_PAGES = 5_000
MEMORY_BYTES = 2_000_000_000  # a page of a few kilobytes can ask for any amount
TABLE_ROWS = 100_000
ARCHIVE_MEMBERS = 10_000
ARCHIVE_BYTES = 1_000_000_000  # of an archive and those in it, unpacked
ARCHIVE_RATIO = 200  # prose packs to a third, the XML of long tables to a fiftieth
ARCHIVE_DEPTH = 3  # archives in archives
SECONDS = 60.0  # for a PDF, a long Word file, an archive of them, a web page with its redirects
REDIRECTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """The most that is read; what is larger is refused by name.

    Args:
        file_bytes: bytes of a file, of a file in an archive, or of a page of the web.
        text_chars: characters of an article's text.
        markup_bytes: bytes of an HTML page, or of the XML in a Word file or an e-book.
        pdf_pages: pages of a PDF.
        memory_bytes: memory that reading a PDF or a long Word file may take, where the system
            can hold it to that.
        table_rows: articles in a .csv or .jsonl file.
        archive_members: files in an archive.
        archive_bytes: bytes of an archive's files together, unpacked.
        archive_ratio: how many times larger than packed they may be.
        archive_depth: how deep archives may lie in archives; 1 allows none inside another.
        seconds: time for one PDF or long Word file, for all PDFs and Word files of an archive
            together, or for fetching one page of the web.
        redirects: how often a page of the web may send on to another.

    Raises:
        InputError: a limit is no number of its kind above 0 (redirects: from 0 on).
    """

    file_bytes: int = FILE_BYTES
    text_chars: int = TEXT_CHARS
    markup_bytes: int = MARKUP_BYTES
    pdf_pages: int = PDF_PAGES
    memory_bytes: int = MEMORY_BYTES
    table_rows: int = TABLE_ROWS
    archive_members: int = ARCHIVE_MEMBERS
    archive_bytes: int = ARCHIVE_BYTES
    archive_ratio: float = ARCHIVE_RATIO
    archive_depth: int = ARCHIVE_DEPTH
    seconds: float = SECONDS
    redirects: int = REDIRECTS

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            is_whole = field.type is int
            if (
                isinstance(value, bool)
                or not isinstance(value, int if is_whole else int | float)
                or not 0 <= value < math.inf  # nor is a NaN
                or (value == 0 and field.name != "redirects")
            ):
                kind = "whole number" if is_whole else "number"
                raise InputError(f"The limit {field.name} is {value!r}.", f"Give a {kind} above 0.")

    def __str__(self) -> str:
        return (
            f"at most {size(self.file_bytes)} a file, {self.text_chars:,} characters"
            f" of text, {self.pdf_pages:,} pages, {self.seconds:g} s"
        )


DEFAULT_LIMITS = ReadLimits()


def size(count_bytes: int) -> str:
    """A number of bytes for people."""
    return f"{count_bytes / 1e6:,.0f} MB" if count_bytes >= 1e6 else f"{count_bytes:,} bytes"
