"""Files of every kind that is read, made by the libraries that people make them with."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

STYLES = getSampleStyleSheet()
JUSTIFIED = ParagraphStyle("justified", parent=STYLES["BodyText"], alignment=4)
CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
    ' version="1.0"><rootfiles><rootfile full-path="OEBPS/book.opf"'
    ' media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Lamp</dc:title>'
    "<dc:creator>Ada Fenn</dc:creator><dc:creator>Bo Ek</dc:creator>"
    "<dc:language>en</dc:language><dc:date>1911</dc:date></metadata>"
    "<manifest>{items}</manifest><spine>{spine}</spine></package>"
)
XHTML = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html'
    ' xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>'
)


def pdf_of_paragraphs(pages: Sequence[Sequence[object]]) -> bytes:
    """A PDF set in justified paragraphs; a list of rows becomes a table."""
    stream = io.BytesIO()
    story = []
    for page in pages:
        for part in page:
            if isinstance(part, str) and part.startswith("# "):
                story.append(Paragraph(part[2:], STYLES["Heading1"]))
            elif isinstance(part, str):
                story.append(Paragraph(part, JUSTIFIED))
            else:
                story.append(Table(part))
        story.append(PageBreak())
    SimpleDocTemplate(stream, pagesize=A4, invariant=1).build(story)
    return stream.getvalue()


def pdf_of_lines(
    pages: Sequence[Sequence[str]], *, title: str | None = None, password: str | None = None
) -> bytes:
    """A PDF with each line drawn where it is told to be; an empty one leaves a gap."""
    stream = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    page = canvas.Canvas(stream, pagesize=A4, encrypt=lock, invariant=1)
    if title:
        page.setTitle(title)
        page.setAuthor("Ada Fenn")
    for lines in pages:
        height = 780
        for line in lines:
            page.drawString(72, height, line)
            height -= 14
        page.showPage()
    page.save()
    return stream.getvalue()


def pdf_of_content(content: bytes) -> bytes:
    """A PDF of one page with a content stream that no honest program would write."""
    import zlib

    packed = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, starts = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return (
        data
        + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\n" % table
        + (b"startxref\n%d\n%%%%EOF" % len(data))
    )


def docx_of(*blocks: object, title: str = "", author: str = "") -> bytes:
    """A Word file of headings (``# ``), list items (``- ``, ``1. ``), paragraphs and tables."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    for block in blocks:
        if not isinstance(block, str):
            table = document.add_table(rows=len(block), cols=len(block[0]))
            for cells, written in zip(table.rows, block, strict=True):
                for cell, words in zip(cells.cells, written, strict=True):
                    cell.text = words
        elif block.startswith("#"):
            hashes, _, words = block.partition(" ")
            document.add_heading(words, len(hashes))
        elif block.startswith("- "):
            document.add_paragraph(block[2:], style="List Bullet")
        elif block.startswith("1. "):
            document.add_paragraph(block[3:], style="List Number")
        else:
            document.add_paragraph(block)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zip_of(members: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    """A ZIP file."""
    stream = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def packed_anew(archive: bytes, method: int, *, claimed_bytes: int | None = None) -> bytes:
    """A ZIP file packed by another method; its last member may claim to be of another size."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(stream, "w", method) as new,
    ):
        for member in old.namelist():
            new.writestr(member, old.read(member))
        if claimed_bytes is not None:  # of the directory, which is written last
            new.filelist[-1].file_size = claimed_bytes
    return stream.getvalue()


def with_member(archive: bytes, name: str, content: bytes | None) -> bytes:
    """A ZIP file with one of its members replaced, added, or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        members = {member: old.read(member) for member in old.namelist()}
    if content is None:
        del members[name]
    else:
        members[name] = content
    return zip_of(members)


def epub_of(*chapters: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    """An e-book, its spine in the order given and its manifest in the opposite one."""
    numbers = range(len(chapters))
    items = "".join(
        f'<item id="c{number}" href="text/c%20{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in reversed(numbers)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in numbers)
    members: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE.format(items=items, spine=spine),
    }
    for number, chapter in enumerate(chapters):
        members[f"OEBPS/text/c {number}.xhtml"] = XHTML.format(body=chapter)
    return zip_of(members | dict(more or {}))
