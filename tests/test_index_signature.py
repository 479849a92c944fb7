"""Files that are something else than their ending says."""

import pytest
from made_files import zip_of

from index.errors import SourceError
from index.read import read_articles

PAGE = b"<!DOCTYPE html><html><head><title>Brevik</title></head><body><p>It is <b>open</b>.</p>"


@pytest.mark.parametrize("name", ["page.xhtml", "index.php", "saved.txt", "page"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf\n", b'<?xml version="1.0"?>\n'])
def test_a_page_is_read_as_one(tmp_path, name, before):
    file = tmp_path / name
    file.write_bytes(before + PAGE)
    (document,) = read_articles(file)
    assert (document.title, document.text) == ("Brevik", "It is open.")


def test_markdown_may_begin_with_tags(tmp_path):
    file = tmp_path / "page.md"
    file.write_bytes(PAGE)
    assert read_articles(file)[0].text == PAGE.decode()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        (
            "letter.odt",
            zip_of({"mimetype": "application/vnd.oasis.opendocument.text"}, packed=False),
            "an OpenDocument file",
        ),
        ("sheet.xlsx", zip_of({"xl/workbook.xml": "<x/>"}), "an Excel file"),
        ("talk.pptx", zip_of({"ppt/presentation.xml": "<x/>"}), "a PowerPoint file"),
        ("story.rtf", b"{\\rtf1 Words.}", "an RTF file"),
    ],
)
def test_files_of_other_programs_say_what_to_do(tmp_path, name, data, kind):
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(SourceError, match=f"is {kind}, which is not read") as raised:
        read_articles(file)
    assert "Save it as .docx or PDF." in str(raised.value)
