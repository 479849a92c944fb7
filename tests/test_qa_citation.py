"""A quote with its citation says what is known, and whatever it says breaks no format."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import any_text, documents, many, spans_in
from test_qa_markdown import PIECES, Shown

from index.errors import InputError
from index.records import Document
from qa.citation import STYLES, Citation, one_line, source_shown
from qa.records import Answer, Excerpt

TEXT = "The bridge cost 5 % more.\n\nIt opened in May."
FULL = Document(
    "d",
    "The Bridge",
    TEXT,
    source="https://example.org/bridge?a=1&b=2",
    author="Ada Fenn",
    date="2024-05-01",
    page_starts=(0, 27),
)
BARE = Document("d", "The Bridge", TEXT)


def cited(document, start=27, end=44):
    return Citation(Excerpt.from_span(document, start, end), document)


def test_text():
    assert (
        cited(FULL).to_text()
        == str(cited(FULL))
        == (
            "“It opened in May.”\n— The Bridge (Ada Fenn, 2024-05-01), page 2, characters 27–44."
            " https://example.org/bridge?a=1&b=2"
        )
    )
    assert cited(BARE).to_text() == "“It opened in May.”\n— The Bridge, characters 27–44"


def test_markdown():
    assert cited(FULL).to_markdown() == (
        "> It opened in May.\n>\n> — [The Bridge](<https://example.org/bridge?a=1&amp;b=2>),"
        " Ada Fenn, 2024-05-01, page 2, characters 27–44"
    )
    assert cited(BARE).to_markdown() == ("> It opened in May.\n>\n> — The Bridge, characters 27–44")


def test_bibtex():
    assert cited(FULL).to_bibtex() == (
        "@misc{the-bridge-27,\n  title = {{The Bridge}},\n  author = {{Ada Fenn}},\n"
        "  date = {2024-05-01},\n  pages = {2},\n  url = {https://example.org/bridge?a=1&b=2},\n"
        "  note = {“It opened in May.”, characters 27--44},\n}"
    )
    assert cited(BARE, 4, 20).to_bibtex() == (
        "@misc{the-bridge-4,\n  title = {{The Bridge}},\n"
        "  note = {“bridge cost 5 \\%”, characters 4--20},\n}"
    )


@pytest.mark.parametrize(
    ("author", "date", "shown"),
    [
        ("Ada", None, " (Ada)"),
        (None, "May", " (May)"),
        (" \n", "May", " (May)"),
        ("Ada", "\u202e", " (Ada)"),
        ("", "", ""),
    ],
)
def test_what_is_missing_leaves_no_gap(author, date, shown):
    one = cited(Document("d", "T", TEXT, author=author, date=date))
    assert one.to_text().endswith(f"\n— T{shown}, characters 27–44")
    comma = shown.replace(" (", ", ").replace(")", "")
    assert one.to_markdown().endswith(f"\n> — T{comma}, characters 27–44")
    assert (" author =" in one.to_bibtex()) == ("Ada" in shown)
    assert (" date =" in one.to_bibtex()) == ("May" in shown)


def test_every_style_has_its_name():
    assert STYLES == ("text", "markdown", "bibtex")
    one = cited(FULL)
    assert [one.to_style(style) for style in STYLES] == [
        one.to_text(), one.to_markdown(), one.to_bibtex(),
    ]  # fmt: skip
    with pytest.raises(InputError, match="no style “apa”"):
        one.to_style("apa")


def test_a_file_on_the_server_is_known_by_its_name_alone():
    for source in ("/srv/secret/story.txt", "C:\\secret\\story.txt", "story.txt"):
        document = Document("d", "T", TEXT, source=source)
        one = cited(document)
        assert source_shown(document) == "story.txt"
        assert all("secret" not in one.to_style(style) for style in STYLES)
        assert one.to_text().endswith("44. story.txt")
        assert one.to_markdown().endswith("44, story.txt")
        assert "  howpublished = {story.txt},\n" in one.to_bibtex()


def test_an_answer_is_cited_by_its_quote():
    quote = Excerpt.from_span(FULL, 27, 44)
    answer = Answer("when?", quote.text, 0.9, 0.1, 27, 44, "d", "The Bridge", page=2)
    assert Citation.find(answer.quote, {FULL.id: FULL}.get) == Citation(quote, FULL)


@pytest.mark.parametrize(
    "quote",
    [
        Excerpt("other", "The Bridge", 27, 44, "It opened in May."),
        Excerpt("d", "The Bridge", 26, 43, "It opened in May."),
        Excerpt("d", "The Bridge", -17, 44, "It opened in May."),
        Excerpt("d", "The Bridge", 25, 27, "\n\n"),
        Excerpt("d", "The Bridge", 3, 3, ""),
    ],
)
def test_only_what_stands_in_the_document_is_cited(quote):
    with pytest.raises(InputError, match="does not stand in “The Bridge”"):
        Citation(quote, FULL)
    assert Citation.find(quote, {"d": FULL}.get) is None


# What is hostile

HOSTILE = st.lists(
    st.sampled_from(
        [*PIECES, "{", "}", "}}", "\\", "\\end{x}", "%", "$$", "#1", "\u202e", '"', ","]
    )
    | any_text(),
    max_size=6,
).map("".join)
NAMES = {value: key for key, value in {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}",
}.items()}  # fmt: skip


def fields_of(entry):
    """The fields of a BibTeX entry, by counting braces as BibTeX does: it knows no escapes."""
    key, rest = re.fullmatch(r"@misc\{([a-z0-9-]+),\n(.*)\}", entry, re.DOTALL).groups()
    fields = {}
    while rest.strip():
        name, rest = re.match(r"  (\w+) = \{(.*)", rest, re.DOTALL).groups()
        depth, at = 1, 0
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[at], 0)
            at += 1
        fields[name] = rest[: at - 1]
        assert rest[at : at + 2] == ",\n"
        rest = rest[at + 2 :]
    return key, fields


def read_tex(text):
    """What TeX shows of a field; a sign that it would obey is not allowed."""
    shown = ""
    while text:
        name = next((name for name in NAMES if text.startswith(name)), None)
        if name:
            shown, text = shown + NAMES[name], text[len(name) :]
        elif text[0] == "\\":
            assert text[1] in "$&%#_"
            shown, text = shown + text[1], text[2:]
        else:
            assert text[0] not in "{}$&%#_~^"
            shown, text = shown + text[0], text[1:]
    return shown


@st.composite
def hostile_documents(draw):
    text = draw(HOSTILE)
    return Document(
        "d",
        draw(HOSTILE),
        text if text.strip() else text + "x",
        source=draw(st.none() | HOSTILE | HOSTILE.map(lambda end: f"https://x.org/{end}")),
        author=draw(st.none() | HOSTILE),
        date=draw(st.none() | HOSTILE),
    )


@many
@given(st.data(), hostile_documents() | documents())
def test_nothing_breaks_out_of_its_format(data, document):
    start, end = data.draw(spans_in(document.text))
    if not document.text[start:end].strip():
        return
    one = Citation(Excerpt.from_span(document, start, end), document)
    title = one_line(document.title) or "Untitled"

    _, fields = fields_of(one.to_bibtex())
    assert read_tex(fields["title"].removeprefix("{").removesuffix("}")) == title
    assert one_line(one.quote.text) in read_tex(fields["note"])
    assert ("author" in fields) == bool(one_line(document.author or ""))
    assert ("date" in fields) == bool(one_line(document.date or ""))
    if "author" in fields:
        author = fields["author"].removeprefix("{").removesuffix("}")
        assert read_tex(author) == one_line(document.author)
    assert not {"url", "howpublished"} <= fields.keys()
    if "url" in fields:
        assert re.fullmatch(r"[!-~]+", fields["url"])
        assert not set(fields["url"]) & set('{}\\"<>')

    shown = Shown(one.to_markdown())
    assert set(shown.tags) <= {"blockquote", "p", "br", "a"}
    assert f"— {title.replace(chr(0), '')}" in shown.text
    assert all(link.lower().startswith(("http://", "https://")) for link in shown.links)

    quote, line = one.to_text().rsplit("\n", 1)
    assert quote == f"“{one.quote.text.strip()}”"
    assert line.startswith(f"— {title}")


@many
@given(HOSTILE)
@example("a\u202eb\u0000c\u2066\td")
def test_one_line_has_no_sign_that_turns_or_breaks_it(text):
    line = one_line(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", line)
    assert line == " ".join(line.split())
    assert one_line(line) == line
