"""No mark of a note runs together with the words and numbers of a page."""

import pytest
from made_files import epub_of

from index.epub import read_epub
from index.html import read_html
from index.limits import ReadLimits


def read(markup):
    return read_html(markup.encode(), name="page.html", limits=ReadLimits()).text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("paid 40<a class=footnote-anchor href='#footnote-1'>1</a> crowns", "paid 40 crowns"),
        ("in 1843<sup><a href='#fn2'>2</a></sup>, then", "in 1843, then"),
        ("in 1843<a href='b.html#fn2'><sup>2</sup></a>.", "in 1843."),
        (
            "in 1843<sup class=reference><a href='#cite_note-1'><span>[</span>1]</a></sup>.",
            "in 1843.",
        ),
        ("boats<sup><a href='#1'>1</a>, <a href='#2'>2</a></sup>.", "boats."),
        ("boats<sup><a href='#c'>[note 1]</a></sup> and", "boats and"),
        ("It ended.<a href='#n'>[1]</a> Then.", "It ended. Then."),
        ("The end.<a href='#r1' role=doc-backlink>↩︎</a>", "The end."),
        ("boats<a href='#n' role='doc-noteref'>a</a>", "boats"),
        (
            "Prices<span class='mw-editsection'><span>[</span><a href='/e'>edit</a>]</span>",
            "Prices",
        ),
        (
            "It is old.<sup class='noprint Inline-Template'>[<a>citation needed</a>]</sup> It is.",
            "It is old. It is.",
        ),
        ("10<sup>6</sup> and 10<sup>-3</sup>", "10⁶ and 10⁻³"),
        ("m<sup>2</sup>, 5<sup>th</sup>", "m2, 5th"),
        ("see section <a href='#s4'>4</a> (<a href='#e3'>3</a>)", "see section 4 (3)"),
        ("figure&nbsp;<a href='#f2'>2</a>", "figure 2"),
        ("the year 19<a href='/43'>43</a>", "the year 1943"),
        ("<a href='#lamp'>The lamp</a> of <a href='#b'>B</a>", "The lamp of B"),
        ("a <span role=doc-noteref>word</span> that it explains", "a word that it explains"),
    ],
)
def test_marks(markup, text):
    assert read(f"<p>{markup}</p>") == text


def test_a_mark_stands_behind_words_of_its_own_block():
    items = "<ul><li><a href='#a'>1</a> Small</li><li><a href='#b'>2</a> Large</li></ul>"
    assert read(f"<p>Boats:</p>{items}") == "Boats:\n\n- 1 Small\n- 2 Large"
    assert read("<table><tr><td>40</td><td><a href='#c'>9</a></td></tr></table>") == "40 | 9"


def test_a_paragraph_that_ends_in_a_mark_is_kept():
    long = "Nobody visited the island, because the sea was far too rough for small boats. " * 3
    notes = "<a href='#n1'><sup>1</sup></a>", "<a href='#n1'><span>[1]</span></a>"
    for note in notes:
        page = f"<div><p>{long}</p><p>{long}</p><h2>Rules</h2><p>Pay first.{note}</p></div>"
        assert read(page).endswith("Pay first.")


def test_a_title_has_no_marks():
    page = b"<h1>Prices of 1843<sup><a href='#n'>1</a></sup></h1><p>Forty crowns.</p>"
    assert read_html(page, name="page.html", limits=ReadLimits()).title == "Prices of 1843"


def test_those_of_an_e_book():
    kind = "xmlns:epub='http://www.idpf.org/2007/ops' epub:type"
    book = epub_of(
        f"<p>It cost 40<a {kind}='noteref' href='n.xhtml#n1'>1</a> crowns in"
        f" 18<span {kind}='pagebreak' id='p5'>5</span>43, 10<sup>6</sup> of them.</p>"
        f"<p>It cost 90<a {kind}='noteref' href='#n2'>*</a>.</p>",
        f"<p>Not <b>well-formed</p><p>Paid 40<a {kind}='noteref' href='#n1'>1</a>.",
    )
    assert read_epub(book, name="lamp.epub", limits=ReadLimits()).text.split("\n\n") == [
        "It cost 40 crowns in 1843, 10⁶ of them.",
        "It cost 90.",
        "Not well-formed",
        "Paid 40.",
    ]


@pytest.mark.parametrize("unit", ["40<sup><a href='#a'>1</a></sup>", "<a href='#a'>1", "<sup>1"])
def test_many_marks_take_no_long_time(unit):
    assert read(f"<p>{unit * 200}</p><p>{'4<sup><a href=#a>1</a></sup>' * 20_000}")
