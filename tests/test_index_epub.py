"""E-books made by hand are read in the order of their spine."""

import zipfile

import pytest
from made_files import epub_of, packed_anew, with_member, zip_of

from index.epub import read_epub
from index.errors import SourceError
from index.limits import ReadLimits
from index.read import read_articles

CHAPTERS = (
    "<h1>The lamp</h1><p>It was lit in <i>1911</i>.</p><nav><p>Contents</p></nav>",
    "<h2>The oil</h2><ul><li>From Brevik</li><li>From Lund</li></ul>",
    "<p>Caf&eacute;&nbsp;Brevik &amp; sons.</p>",
    "<p>not <b>well-formed</p><p>but réad",
)


def read(data, **limits):
    return read_epub(data, name="lamp.epub", limits=ReadLimits(**limits))


def encryption_of(path):
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData>'
        f'<CipherData><CipherReference URI="{path}"/></CipherData></EncryptedData></encryption>'
    )


def test_chapters_in_the_order_they_are_read(tmp_path):
    assert read(epub_of(*CHAPTERS)).text.split("\n\n") == [
        "# The lamp",
        "It was lit in 1911.",
        "## The oil",
        "- From Brevik\n- From Lund",
        "Café Brevik & sons.",
        "not well-formed",
        "but réad",
    ]
    file = tmp_path / "x.epub"
    file.write_bytes(epub_of(*CHAPTERS))
    (document,) = read_articles(file)
    assert (document.title, document.author) == ("The Lamp", "Ada Fenn, Bo Ek")
    assert (document.date, document.language) == ("1911", "en")


def test_a_chapter_in_its_namespace_is_read_like_a_page():
    heading = "<header><h1>Chapter One</h1></header><p>It began in 1911.</p>"
    assert read(epub_of(heading)).text == "# Chapter One\n\nIt began in 1911."
    layout = "<table><tr><td><h2>The oil</h2></td><td><p>From Brevik.</p></td></tr></table>"
    assert read(epub_of(layout)).text == "## The oil\n\nFrom Brevik."
    data = "<table><tr><td>Small</td><td>40 crowns</td></tr></table>"
    assert read(epub_of(data)).text == "Small | 40 crowns"


def test_an_entity_that_nothing_declares_is_read_as_it_stands():
    chapter = (
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "xhtml11.dtd">'
        b'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>R&D; is &E;<b>dear</b>.</p>'
        b"<p hidden=''>No &F;</p></body></html>"
    )
    book = with_member(epub_of("<p>a</p>"), "OEBPS/text/c 0.xhtml", chapter)
    assert read(book).text == "R&D; is &E;dear."


@pytest.mark.parametrize("after", ["<p>After.</p>", "<p>After."], ids=["well-formed", "not"])
@pytest.mark.parametrize(
    "content",
    ["<div>" * 400 + "Words." + "</div>" * 400, f"<pre>{'a word. ' * 1_400_000}</pre>"],
    ids=["deep", "long"],
)
def test_no_part_of_a_chapter_is_lost(content, after):
    book = packed_anew(epub_of(f"<p>Start.</p>{content}{after}"), zipfile.ZIP_STORED)
    problem = r"text/c 0\.xhtml in lamp\.epub has tags nested too deep, or too long a text"
    with pytest.raises(SourceError, match=problem):
        read(book)


def test_a_copy_protected_book():
    locked = {"META-INF/encryption.xml": encryption_of("OEBPS/text/c%201.xhtml")}
    with pytest.raises(SourceError, match=r"lamp\.epub is copy-protected"):
        read(epub_of(*CHAPTERS, more=locked))
    fonts = {"META-INF/encryption.xml": encryption_of("OEBPS/font.otf")}
    assert "1911" in read(epub_of(*CHAPTERS, more=fonts)).text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (zip_of({"a.txt": "Words."}), "is not an e-book"),
        (epub_of(), "is empty"),
        (epub_of("<p> </p>"), "is empty"),
        (with_member(epub_of("<p>a</p>"), "META-INF/container.xml", b"<a/>"), "names no contents"),
        (with_member(epub_of("<p>a</p>"), "META-INF/container.xml", b"<a"), "is damaged XML"),
        (with_member(epub_of("<p>a</p>"), "OEBPS/book.opf", None), "has no OEBPS/book.opf"),
        (with_member(epub_of("<p>a</p>"), "OEBPS/text/c 0.xhtml", None), "has no OEBPS/text/c 0"),
        (
            with_member(
                epub_of("<p>a</p>"),
                "OEBPS/text/c 0.xhtml",
                b'<!DOCTYPE html [<!ENTITY a "b">]><html><p>&a;</p></html>',
            ),
            "declares XML entities",
        ),
        (
            with_member(
                epub_of("<p>a</p>"), "OEBPS/book.opf", b'<!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>'
            ),
            "declares XML entities",
        ),
    ],
)
def test_no_book(data, problem):
    with pytest.raises(SourceError, match=problem) as raised:
        read(data)
    assert "lamp.epub" in str(raised.value)


def test_limits():
    with pytest.raises(SourceError, match="it may have"):
        read(epub_of(f"<p>{'word ' * 1000}</p>"), markup_bytes=3000)
    with pytest.raises(SourceError, match="an article may have 999"):
        read(epub_of(f"<p>{'word ' * 1000}</p>"), text_chars=999)
