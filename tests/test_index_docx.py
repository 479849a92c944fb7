"""Word files made by python-docx are read back."""

import io
import zipfile

import docx
import pytest
from made_files import docx_of, packed_anew, with_member, zip_of

from index.docx import HERE_BYTES, read_docx
from index.errors import SourceError
from index.limits import ReadLimits
from index.read import read_articles
from index.signature import told_suffix

TABLE = [["Boat", "Price"], ["Small", "40 crowns"]]


WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def body_of(content):
    return b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (WORD, content)


def read(data, **limits):
    return read_docx(data, name="report.docx", limits=ReadLimits(**limits))


def test_headings_lists_and_tables():
    data = docx_of(
        "# Costs", "The bridge cost forty crowns.", "- A lamp", "- A rope", "1. Pay", "1. Moor",
        TABLE, "Line one\nline two", "## Details", "There are none.",
    )  # fmt: skip
    assert read(data).text.split("\n\n") == [
        "# Costs",
        "The bridge cost forty crowns.",
        "- A lamp\n- A rope",
        "1. Pay\n2. Moor",
        "Boat | Price\nSmall | 40 crowns",
        "Line one\nline two",
        "## Details",
        "There are none.",
    ]


def test_an_empty_heading_makes_no_heading_of_what_follows():
    data = docx_of("# ", "The bridge cost forty crowns.", "## Details", "There are none.")
    assert read(data).text == "The bridge cost forty crowns.\n\n## Details\n\nThere are none."


def test_a_file_of_word_in_a_browser():
    data = docx_of("# Costs", "- A lamp", TABLE)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {
            name.replace("document.xml", "document2.xml"): old.read(name).replace(
                b"word/document.xml", b"word/document2.xml"
            )
            for name in old.namelist()
        }
    online = zip_of(members)
    assert told_suffix(online) == ".docx"
    assert read(online) == read(data)


def test_runs_and_pictures():
    document = docx.Document()
    paragraph = document.add_paragraph("The bridge cost ")
    paragraph.add_run("for").bold = True
    paragraph.add_run("ty").italic = True
    paragraph.add_run(" crowns.")
    stream = io.BytesIO()
    document.save(stream)
    assert read(stream.getvalue()).text == "The bridge cost forty crowns."


def test_insertions_are_read_and_deletions_are_not():
    data = docx_of("The bridge.")
    body = body_of(
        b"<w:p>"
        b'<w:r><w:t xml:space="preserve">It cost </w:t></w:r>'
        b"<w:del><w:r><w:delText>fifty</w:delText></w:r></w:del>"
        b"<w:ins><w:r><w:t>forty</w:t></w:r></w:ins>"
        b"<w:r><w:t> crowns.</w:t></w:r></w:p>"
    )
    assert read(with_member(data, "word/document.xml", body)).text == "It cost forty crowns."


def test_what_it_says_of_itself(tmp_path):
    file = tmp_path / "the-report.docx"
    file.write_bytes(docx_of("It cost forty.", title="The bridge", author="Ada Fenn"))
    (document,) = read_articles(file)
    assert (document.title, document.author) == ("The bridge", "Ada Fenn")
    assert document.page_starts == ()
    file.write_bytes(docx_of("# Of bridges", "It cost forty."))
    (document,) = read_articles(file)
    assert document.title == "Of bridges"


@pytest.mark.parametrize("blocks", [(), ("",), (" ", "")])
def test_nothing_to_read(blocks):
    with pytest.raises(SourceError, match=r"report\.docx is empty"):
        read(docx_of(*blocks))


def test_no_word_file():
    with pytest.raises(SourceError, match=r"report\.docx is not a Word file"):
        read(zip_of({"a.txt": "Words."}))


def test_limits():
    data = docx_of("It cost forty crowns. " * 500)
    with pytest.raises(SourceError, match="characters of text; an article may have 999"):
        read(data, text_chars=999)
    with pytest.raises(SourceError, match="it may have"):
        read(data, markup_bytes=5000)


def test_a_long_file_is_read_in_a_process_that_can_be_stopped():
    data = with_member(docx_of(), "word/document.xml", body_of(b"<w:p><w:r/></w:p>" * 30_000))
    with pytest.raises(SourceError, match=r"takes longer than 0\.2 s to read"):
        read(data, seconds=0.2)
    short = docx_of("# Costs", TABLE)
    padded = with_member(short, "word/padding.xml", b"<a>" + HERE_BYTES * b"b" + b"</a>")
    assert read(padded) == read(short)


def test_a_part_that_declares_entities():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><x>&j;</x>"
    )
    for part in ("word/document.xml", "docProps/core.xml", "word/more.xml"):
        with pytest.raises(SourceError, match=f"{part} in report.docx declares XML entities"):
            read(with_member(docx_of("Words."), part, bomb))


def test_no_part_is_parsed_that_was_not_looked_at():
    data = docx_of("Words.")
    relations = zipfile.ZipFile(io.BytesIO(data)).read("_rels/.rels")
    hidden = with_member(
        data, "word/document.bin", body_of(b"<w:p><w:r><w:t>Hidden.</w:t></w:r></w:p>")
    )
    hidden = with_member(hidden, "_rels/.rels", relations.replace(b"document.xml", b"document.bin"))
    assert read(hidden).text == "Words."


def test_nothing_behind_a_long_text_is_lost():
    data = packed_anew(docx_of("Start.", "a word. " * 1_400_000, "After."), zipfile.ZIP_STORED)
    with pytest.raises(SourceError, match=r"report\.docx has .* too long a text in one of them"):
        read(data)
