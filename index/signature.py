"""Whether a file is what its ending says, by the bytes it begins with."""

import re

from index.errors import SourceError

PDF, ZIP, OLE = "a PDF", "a ZIP archive", "an Office file of the old kind"
RTF = "an RTF file"
SIGNATURES = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),  # an empty one
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"{\\rtf", RTF),
    (b"\x7fELF", "a program"),
)
PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024  # bytes: readers of PDF allow some rubbish before it
PACKED = {".pdf": PDF, ".docx": ZIP, ".epub": ZIP, ".zip": ZIP}
# Names in a ZIP archive that make it one of these; its names are not compressed.
ZIPPED = (
    (re.compile(rb"word/document\d*\.xml"), ".docx"),  # with a 2 where Word is used in a browser
    (re.compile(rb"mimetypeapplication/epub\+zip"), ".epub"),
)
# Other programs' files that are ZIP archives within.
OF_PROGRAMS = (
    (re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument"), "an OpenDocument file"),
    (re.compile(rb"xl/workbook\.(?:xml|bin)"), "an Excel file"),
    (re.compile(rb"ppt/presentation\.xml"), "a PowerPoint file"),
)
# Before a page may stand what says that it is XML.
HTML_MARK = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\b[^<>]*>\s*)?<(?:!doctype html|html)\b", re.IGNORECASE
)
# An encrypted Word file is an old Office file with the new one in a stream of this name.
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def check_signature(data: bytes, *, suffix: str, name: str) -> None:
    """Refuse a file whose content is not what its ending says.

    Args:
        data: the file.
        suffix: its ending, in small letters, with the dot.
        name: what to call it in an error.

    Raises:
        SourceError: it is something else, or an Office file under a password.
    """
    kind, expected = _kind(data), PACKED.get(suffix)
    if kind == expected or (expected == PDF and PDF_MARK in data[:PDF_MARK_WITHIN]):
        return
    if kind == OLE and ENCRYPTED_STREAM in data:
        raise SourceError(
            f"{name} is protected by a password.", "Save it without one, and read that."
        )
    if kind == OLE:
        raise SourceError(f"{name} is {OLE}, which is not read.", "Save it as .docx or PDF.")
    if kind == ZIP:
        kind = next((program for mark, program in OF_PROGRAMS if mark.search(data)), kind)
    if kind == RTF or kind in dict(OF_PROGRAMS).values():
        raise SourceError(f"{name} is {kind}, which is not read.", "Save it as .docx or PDF.")
    if kind is not None:
        raise SourceError(f"{name} is {kind}, despite its name.", "Give it the matching ending.")
    if expected is not None and data.strip():
        raise SourceError(f"{name} is not {expected}.", "It is damaged, or has a wrong ending.")
    if expected is not None:
        raise SourceError(f"{name} is empty.", "Give a file with an article in it.")


def told_suffix(data: bytes) -> str:
    """The ending that a file without a name would have; ``.txt`` for what is not known.

    Args:
        data: the file.
    """
    kind = _kind(data)
    if kind == PDF:
        return ".pdf"
    if kind == ZIP:
        inside = (suffix for mark, suffix in ZIPPED if mark.search(data))
        return next(inside, ".zip")
    return ".html" if HTML_MARK.match(data) else ".txt"


def _kind(data: bytes) -> str | None:
    """What the first bytes of a file say it is; None for text and for what we do not know."""
    if data.startswith(PDF_MARK):
        return PDF
    return next((kind for mark, kind in SIGNATURES if data.startswith(mark)), None)
