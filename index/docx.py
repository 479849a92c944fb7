"""Read a Word file (.docx): headings, paragraphs, lists, tables and footnotes."""

import io
import re
from functools import partial
from typing import Any
from zipfile import ZipFile

from index.apart import read_apart
from index.errors import SourceError
from index.extract import Extract, checked, cleaned, one_line
from index.limits import ReadLimits
from index.markup import parse_html, text_of
from index.note_marks import leave_out_marks
from index.xml import parse
from index.zipped import Expansion, ZippedFiles

# Its library takes some seconds for as much XML; more is read in a process that can be stopped.
HERE_BYTES = 500_000
CONTENT = re.compile(r"word/document\d*\.xml")  # with a 2 where Word is used in a browser
PROPERTIES = "docProps/core.xml"
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def read_docx(data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Read a Word file.

    Args:
        data: the file.
        name: what to call it in an error.
        limits: how much is read.

    Raises:
        SourceError: it is damaged, no Word file, too large, or has no text.
    """
    zipped = _opened(data, name=name, limits=limits)
    looked_at, xml_bytes = _looked_at(zipped, name=name, limits=limits)
    read = partial(read_apart, __name__) if xml_bytes > HERE_BYTES else read_here
    return read(looked_at, name=name, limits=limits)


def read_here(data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Read a Word file whose parts were checked, in this process, however long it takes.

    Args:
        data: the file.
        name: what to call it in an error.
        limits: how much is read.

    Raises:
        SourceError: it makes no sense, is nested too deep, or has no text or too much.
    """
    known = _said_of(_opened(data, name=name, limits=limits), name=name)
    return checked(
        Extract(
            text=cleaned(_text(data, name=name)),
            title=known.get("title"),
            author=known.get("creator"),
            date=known.get("created"),
            language=known.get("language"),
        ),
        name=name,
        limits=limits,
    )


def _opened(data: bytes, *, name: str, limits: ReadLimits) -> ZippedFiles:
    zipped = ZippedFiles.from_bytes(data, name=name, expansion=Expansion(limits))
    if not any(map(CONTENT.fullmatch, zipped.names)):
        raise SourceError(f"{name} is not a Word file.", "Save it as .docx, and read that.")
    return zipped


def _looked_at(zipped: ZippedFiles, *, name: str, limits: ReadLimits) -> tuple[bytes, int]:
    """The file without what was not looked at, for a parser that looks at nothing.

    It may parse a part whatever its ending, so it gets none but these; pictures are not read.

    Returns:
        The file, and how many bytes its parts have together.
    """
    left_bytes = limits.markup_bytes
    stream = io.BytesIO()
    with ZipFile(stream, "w") as file:
        for part in zipped.names:
            if part.lower().endswith((".xml", ".rels")):
                content = zipped.read(part, most_bytes=left_bytes)
                left_bytes -= len(content)
                parse(content, name=f"{part} in {name}")
                file.writestr(part, content)
    return stream.getvalue(), limits.markup_bytes - left_bytes


def _text(data: bytes, *, name: str) -> str:
    import mammoth

    without_pictures = mammoth.images.img_element(lambda _: {})
    try:
        found = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=without_pictures, style_map=STYLES
        )
    except Exception as error:  # it raises whatever goes wrong in a document that makes no sense
        raise SourceError(f"{name} is a damaged Word file.", "Get a complete copy.") from error
    page = parse_html(found.value.encode(), name=name)
    if page is None:
        return ""
    leave_out_marks(page)
    return text_of(page)


def _said_of(zipped: ZippedFiles, *, name: str) -> dict[str, Any]:
    """What the file's properties say, by the names that Dublin Core has for them."""
    if PROPERTIES not in zipped:
        return {}
    root = parse(zipped.read(PROPERTIES), name=f"{PROPERTIES} in {name}")
    return {element.tag.rpartition("}")[2]: one_line(element.text) for element in root}
