"""PDFs made here are read back: their words, their paragraphs and their pages."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import pdf_of_content, pdf_of_lines, pdf_of_paragraphs
from strategies import few

from index.errors import SourceError
from index.limits import DEFAULT_LIMITS, ReadLimits
from index.pdf import read_pdf
from index.read import read_articles
from index.records import Document
from index.sentences import sentence_spans
from qa.assistant import Assistant

# A fact a page, none of them to be found on another.
KEEPERS = """
    Anders Berta Carl Dora Emil Frida Gustav Hedda Ivar Jenny
    Karl Lotta Magnus Nora Olof Petra Rolf Signe Torsten Ulla
""".split()
LIGHTS = """
    Almö Brevik Canby Dunnet Ekholm Fårö Grimsby Hallands Ingarö Jurmo
    Korsö Landsort Måseskär Nidingen Orford Pater Röda Svenska Tylö Utklippan
""".split()
FACTS = [
    f"The lighthouse of {light} was kept by {keeper} for {number + 11} years."
    for number, (light, keeper) in enumerate(zip(LIGHTS, KEEPERS, strict=True))
]
FILLING = (
    "Nobody visited the islands in the winter months, because the sea was far too rough for the"
    " small boats of the time, and because the harbours of the mainland were full of ice."
)


TOLD = {
    "Who built the lighthouse?": "The lighthouse was built by the engineer Carl Nyberg.",
    "How much did the bridge cost?": "The bridge to the mainland cost forty thousand crowns.",
    "When did the school open?": "The school of the island opened in September 1911.",
    "What do the sheep eat?": "The sheep of the island eat seaweed for most of the year.",
    "Where is the hospital?": "The nearest hospital is in the town of Brevik.",
}


def read(data, **limits):
    return read_pdf(data, name="report.pdf", limits=ReadLimits(**limits))


@pytest.fixture(scope="module")
def book():
    """Twenty pages, each with its fact between two paragraphs and a heading."""
    return pdf_of_paragraphs(
        [
            [f"# Chapter about {light}", f"{FILLING} {fact}", f"So much for {light}. {FILLING}"]
            for light, fact in zip(LIGHTS, FACTS, strict=True)
        ]
    )


@pytest.fixture(scope="module")
def book_file(book, tmp_path_factory):
    file = tmp_path_factory.mktemp("pdf") / "lights-of-the-north.pdf"
    file.write_bytes(book)
    return file


def test_every_sentence_knows_its_page(book_file):
    (document,) = read_articles(book_file)
    assert len(document.page_starts) == len(FACTS) == 20
    seen = set()
    for start, end in sentence_spans(document.text):
        sentence = document.text[start:end]
        (light,) = {light for light in LIGHTS if light in sentence} or {None}
        page = document.page_of(start)
        assert document.page_of(end - 1) == page
        if light is not None:
            assert page == LIGHTS.index(light) + 1
            seen.add(page)
    assert seen == set(range(1, 21))
    for number, fact in enumerate(FACTS, start=1):
        at = document.text.index(fact)  # whole, though it was broken into lines
        assert {document.page_of(at), document.page_of(at + len(fact) - 1)} == {number}
    for number, start in enumerate(document.page_starts, start=1):
        assert document.text[start:].startswith(f"Chapter about {LIGHTS[number - 1]}\n\n")
        assert document.page_of(start) == number
        assert start == 0 or document.page_of(start - 1) == number - 1


def test_paragraphs_stay_and_lines_go(book):
    pages = read(book).text.split("\n\nChapter about ")
    for page, light, fact in zip(pages, LIGHTS, FACTS, strict=True):
        title, first, second = page.split("\n\n")
        assert title.removeprefix("Chapter about ") == light
        assert first == f"{FILLING} {fact}"
        assert second == f"So much for {light}. {FILLING}"


def test_quotes_name_their_page(tmp_path, embedder, reader):
    file = tmp_path / "island.pdf"
    file.write_bytes(pdf_of_paragraphs([[FILLING, fact, FILLING] for fact in TOLD.values()]))
    assistant = Assistant.from_sources(file, embedder=embedder, reader=reader)
    (document,) = assistant.documents
    for number, (question, fact) in enumerate(TOLD.items(), start=1):
        answer = assistant.ask(question)
        assert answer.text is not None
        assert answer.text in fact
        assert answer.page == number
        assert answer.to_dict()["page"] == number
        assert f"page {number}, characters" in str(answer)
        for quote in (answer, *answer.alternatives, answer.sentence, answer.passage):
            assert document.text[quote.start : quote.end] == quote.text
            assert quote.page == document.page_of(quote.start)


def test_tables_and_lists():
    rows = [["Boat", "Price", "Crew"], ["Small", "40 crowns", "2"], ["Large", "90 crowns", "11"]]
    text = read(pdf_of_paragraphs([[FILLING, rows, "That is all of it."]])).text
    assert "\nBoat\tPrice\tCrew\nSmall\t40 crowns\t2\nLarge\t90 crowns\t11\n" in text
    listed = ["What to bring:", "", "- a lamp", "- two ropes", "- a boat that floats"]
    assert "- a lamp\n- two ropes\n- a boat that floats" in read(pdf_of_lines([listed])).text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["The keeper was a remark-", "able man."], "The keeper was a remarkable man."),
        (["They were of Anglo-", "Saxon descent."], "They were of Anglo-Saxon descent."),
        (["He kept it in 1910-", "1915 and later."], "He kept it in 1910-1915 and later."),
        (["The well-known man came."], "The well-known man came."),
    ],
)
def test_hyphens_at_line_ends(lines, text):
    assert read(pdf_of_lines([lines])).text == text


def test_a_sentence_that_goes_on_overleaf():
    filling = ["The sea was rough and the boats were small, and nobody ever came to see them."] * 3
    extract = read(
        pdf_of_lines([[*filling, "The keeper lived with"], ["his two daughters.", *filling]])
    )
    assert "The keeper lived with his two daughters." in extract.text
    assert extract.text[extract.page_starts[1] :].startswith("his two daughters.")


def test_page_numbers_and_running_heads_go():
    pages = [
        ["Lights of the North", "", "", f"{fact} It burned.", "", "", "", f"– {number} –"]
        for number, fact in enumerate(FACTS, start=5)
    ]
    extract = read(pdf_of_lines(pages))
    assert extract.text.count("Lights of the North") == 1
    assert "– 7 –" not in extract.text
    assert [extract.text[start:].split("\n")[0] for start in extract.page_starts[1:]] == [
        f"{fact} It burned." for fact in FACTS[1:]
    ]


def test_numbers_that_are_no_page_numbers_stay():
    pages = [[fact, "", "", "", str(number * number)] for number, fact in enumerate(FACTS)]
    assert "361" in read(pdf_of_lines(pages)).text


@pytest.mark.parametrize(
    ("pages", "starts"),
    [
        ([["One."], [], ["Three."]], [0, 6, 6]),
        ([[], ["Two."]], [0, 0]),
        ([["One."], [], []], [0]),
    ],
)
def test_pages_without_text(tmp_path, pages, starts):
    file = tmp_path / "gaps.pdf"
    file.write_bytes(pdf_of_lines(pages))
    (document,) = read_articles(file)
    assert list(document.page_starts) == starts
    for word, page in (("One.", 1), ("Two.", 2), ("Three.", 3)):
        if word in document.text:
            assert document.page_of(document.text.index(word)) == page


WORDS = st.sampled_from("lamp boat winter keeper harbour sea ice rope Lotta 1911".split())
PAGES = st.lists(st.lists(st.lists(WORDS, min_size=1, max_size=8), max_size=6), max_size=6)


@few
@given(PAGES.filter(lambda pages: any(pages)))
def test_no_word_is_lost_and_each_is_on_its_page(pages):
    marked = [
        [f"p{number}x {' '.join(words)}" for words in page]
        for number, page in enumerate(pages, start=1)
    ]
    extract = read(pdf_of_lines(marked))
    expected = [word for page in marked for line in page for word in line.split()]
    assert extract.text.split() == expected
    document = Document("d", "D", extract.text, page_starts=extract.page_starts)
    at = 0
    for number, page in enumerate(marked, start=1):
        for word in (word for line in page for word in line.split()):
            at = document.text.index(word, at)
            assert document.page_of(at) == number
            at += len(word)


def test_what_it_says_of_itself():
    extract = read(pdf_of_lines([["It burned."]], title="Lights of the North"))
    assert (extract.title, extract.author) == ("Lights of the North", "Ada Fenn")
    assert extract.date == "2000-01-01"  # what reportlab writes to make the same file each time
    plain = read(pdf_of_lines([["It burned."]]))
    assert (plain.title, plain.author) == (None, None)


def test_a_password():
    with pytest.raises(SourceError, match=r"report\.pdf is protected by a password"):
        read(pdf_of_lines([["Secret."]], password="hush"))


def test_a_scan():
    with pytest.raises(SourceError, match=r"no text layer.*OCR"):
        read(pdf_of_lines([[], []]))


def test_too_many_pages(book):
    assert read(book, pdf_pages=20).page_starts
    with pytest.raises(SourceError, match="has 20 pages; at most 19 are read"):
        read(book, pdf_pages=19)


def test_too_long_a_text(book):
    with pytest.raises(SourceError, match="more than 500 characters"):
        read(book, text_chars=500)


def test_too_slow():
    endless = pdf_of_content(b"BT /F1 12 Tf 72 700 Td " + b"(bomb) Tj " * 2_000_000 + b"ET")
    assert len(endless) < 50_000
    with pytest.raises(SourceError, match=r"takes longer than 1 s to read|too much memory"):
        read(endless, seconds=1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is held to its memory")
def test_too_much_memory():
    large = pdf_of_content(b"BT /F1 12 Tf 72 700 Td " + b"(bomb) Tj " * 300_000 + b"ET")
    with pytest.raises(SourceError, match="too much memory"):
        read(large, memory_bytes=150_000_000)


def test_modules_of_the_working_folder_are_not_imported(tmp_path, monkeypatch, book):
    (tmp_path / "json.py").write_text("raise SystemExit(3)", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_pdf(book, name="x", limits=DEFAULT_LIMITS).page_starts
