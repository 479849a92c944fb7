"""Read a PDF, with the place where each of its pages begins."""

import re
from collections.abc import Iterator
from statistics import median_low
from typing import Any

from index.apart import read_apart
from index.errors import SourceError
from index.extract import Extract, checked, cleaned, one_line
from index.limits import ReadLimits
from index.paragraphs import Line, join_pages

END = b"%%EOF"
END_WITHIN = 1024  # bytes: some programs add their own behind it
# PDFium puts it where a line's last word is hyphenated, and goes on with the next line.
JOINED_HYPHEN = re.compile("\ufffe(.?)")
# From where on a gap stands between the cells of a table, not between words.
WIDE_GAP = 0.9  # in sizes of the type
WIDER_THAN_USUAL = 2.5  # times the line's least: justified lines have wide ones throughout
WIDEST_GAP = 1.05  # in sizes of the type: wider than in any justified line
SAMPLES = 5  # characters of a line whose size is looked at
PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00a0": " "})
AFTER_BULLET = re.compile(r"^(\W|\(?\w{1,3}[.)])\t")  # its distance makes no column
DATE = re.compile(r"^D:(\d{4})(\d{2})?(\d{2})?")
# What programs write where the author gave no title.
NO_TITLE = re.compile(
    r"^\(?(anonymous|unspecified|untitled.*|unknown)\)?$|\.\w{2,4}$|^Microsoft \w+ - ",
    re.IGNORECASE,
)


def read_pdf(data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Read a PDF that has a text layer, in a process of its own.

    Args:
        data: the file.
        name: what to call it in an error.
        limits: how much is read, and how long it may take.

    Raises:
        SourceError: it is damaged, under a password, too long, or has no text layer.
    """
    if END not in data.rstrip(b"\0 \t\r\n")[-END_WITHIN:]:
        # Its reader would make do with the pages that are there, and say nothing.
        raise SourceError(f"{name} is cut short.", "Get a complete copy.")
    return read_apart(__name__, data, name=name, limits=limits)


def read_here(data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Read a PDF in this process, however long it takes.

    Args:
        data: the file.
        name: what to call it in an error.
        limits: how many pages and characters it may have.

    Raises:
        SourceError: it is damaged, under a password, too long, or has no text layer.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise SourceError(
                f"{name} is protected by a password.", "Save it without one, and read that."
            ) from error
        raise SourceError(f"{name} is a damaged PDF.", "Get a complete copy.") from error
    if count > limits.pdf_pages:
        raise SourceError(
            f"{name} has {count:,} pages; at most {limits.pdf_pages:,} are read.",
            "Split it into several files.",
        )
    pages: list[list[Line]] = []
    left_chars = limits.text_chars
    for number in range(count):
        try:
            page = document[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise SourceError(
                f"Page {number + 1} of {name} is damaged.", "Get a complete copy."
            ) from error
        left_chars -= text_page.count_chars()
        if left_chars < 0:
            raise SourceError(
                f"{name} has more than {limits.text_chars:,} characters of text.",
                "Split it into several files.",
            )
        pages.append(list(_lines(text_page)))
        text_page.close()
        page.close()
    text, page_starts = join_pages(pages)
    if not text.strip():
        raise SourceError(
            f"{name} has no text layer: its pages are pictures.",
            "Put it through OCR (text recognition), and read what comes of it.",
        )
    metadata = document.get_metadata_dict(skip_empty=True)
    return checked(
        Extract(
            text=text,
            title=_stated(metadata.get("Title")),
            author=_stated(metadata.get("Author")),
            date=_date(metadata.get("CreationDate", "")),
            page_starts=page_starts,
        ),
        name=name,
        limits=limits,
    )


def _stated(written: str | None) -> str | None:
    """A title or an author, unless a program wrote what it writes where there is none."""
    stated = one_line(written)
    return None if stated is None or NO_TITLE.search(stated) else stated


def _lines(text_page: Any) -> Iterator[Line]:
    """The lines of a page that have text."""
    from pypdfium2 import raw

    codes = [raw.FPDFText_GetUnicode(text_page, at) for at in range(text_page.count_chars())]
    start = 0
    for at, code in enumerate([*codes, 0x0A]):
        if code in (0x0A, 0x0D):
            line = _line(text_page, codes, start, at)
            if line is not None:
                yield line
            start = at + 1


def _line(text_page: Any, codes: list[int], start: int, end: int) -> Line | None:
    """The characters of a page between two places, as a line; None if they are all white."""
    while start < end and _is_space(codes[start]):
        start += 1
    while start < end and _is_space(codes[end - 1]):
        end -= 1
    if start == end:
        return None
    left, right = text_page.get_charbox(start)[0], text_page.get_charbox(end - 1)[2]
    size = _type_size(text_page, [at for at in range(start, end) if not _is_space(codes[at])])
    spaces = [at for at in range(start, end) if _is_space(codes[at])]
    gaps = {
        at: text_page.get_charbox(at + 1)[0] - text_page.get_charbox(at - 1)[2]
        for at in spaces
        if not _is_space(codes[at - 1]) and not _is_space(codes[at + 1])
    }
    usual = min(gaps.values()) if len(gaps) > 1 else 0.0
    least = max(WIDE_GAP * size, min(WIDEST_GAP * size, WIDER_THAN_USUAL * usual))
    wide = {at for at, gap in gaps.items() if gap > least}
    characters = ("\t" if at in wide else chr(codes[at]) for at in range(start, end))
    text = _clean("".join(characters))
    if not text:
        return None
    word_right = text_page.get_charbox(spaces[0] - 1)[2] if spaces else right
    return Line(
        text,
        left=left,
        right=right,
        bottom=_baseline(text_page, end - 1),
        size=size,
        first_word=word_right - left,
        first_bottom=_baseline(text_page, start),
    )


def _type_size(text_page: Any, places: list[int]) -> float:
    """The height of a line's type: of most of it, since a bullet or a name may be of another."""
    some = places[:: max(1, len(places) // SAMPLES)]
    boxes = (text_page.get_charbox(at, loose=True) for at in some)
    return median_low([float(top - bottom) for _, bottom, _, top in boxes])


def _baseline(text_page: Any, at: int) -> float:
    """How high a character stands on its page: its origin, which no font moves."""
    from ctypes import byref, c_double

    from pypdfium2 import raw

    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(text_page, at, byref(x), byref(y))
    return y.value


def _clean(text: str) -> str:
    # Characters beyond the first 65,536 may come in two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = JOINED_HYPHEN.sub(_joined, text.translate(LIGATURES).replace("\x02", "\ufffe"))
    text = re.sub(" +", " ", re.sub(" *\t[ \t]*", "\t", cleaned(text))).strip()
    return AFTER_BULLET.sub(r"\1 ", text)


def _joined(found: re.Match[str]) -> str:
    """What stands behind the hyphen at a line's end; the hyphen too before a capital."""
    return found[1] if found[1].islower() else f"-{found[1]}"


def _is_space(code: int) -> bool:
    return code in (0x20, 0x09, 0xA0)


def _date(written: str) -> str | None:
    """The day in a PDF's date, as ISO 8601 writes it."""
    found = DATE.match(written)
    return "-".join(filter(None, found.groups())) if found else None
