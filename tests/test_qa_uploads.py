"""Files that a visitor of the chat uploads, whatever the browser let through."""

import gradio as gr
import pytest
from made_files import docx_of, pdf_of_lines, zip_of

from qa.bounds import MAX_ARTICLE_CHARS
from qa.chat import _Chat
from qa.counters import Counters
from qa.gate import Gate
from qa.offered import Offered
from qa.rates import Rate
from qa.session import Session

VISITOR = gr.Request(headers={})
SEED = "belarus-pardons.txt"
PAGES = [["The sea was rough."], ["The bridge was painted by Ada Fenn in 1911."]]


@pytest.fixture(scope="module")
def chat(shelf):
    return _Chat(Offered(shelf), {}, Gate(rate=Rate(), counters=Counters()))


@pytest.fixture
def upload(chat, tmp_path):
    """Upload a file; give the session after it, and what the visitor is told."""

    def bring(name, data, title=""):
        file = tmp_path / name
        file.write_bytes(data)
        *_, last = chat._bring_file(str(file), "", title, Session(SEED), VISITOR)
        told = last[2]
        assert str(tmp_path) not in told  # where the server put it is nobody's business
        return last[1], told

    return bring


def test_a_pdf(chat, upload):
    session, _ = upload("report.pdf", pdf_of_lines(PAGES))
    (own,) = session.own.values()
    (document,) = own.documents
    assert (document.title, document.source, document.page_starts) == ("Report", None, (0, 20))
    assert session.article == document.id
    *_, (_, after, told, _) = chat._ask("who painted the bridge?", session, VISITOR)
    assert after.conversation.turns[-1].page == 2
    assert "Report, page 2, characters" in told


def test_a_title_of_ones_own(upload):
    session, _ = upload("report.docx", docx_of("It cost forty.", title="Costs"), " Bridges ")
    assert session.own[session.article].documents[0].title == "Bridges"


def test_an_archive(chat, upload):
    session, _ = upload(
        "pack.zip",
        zip_of(
            {"a.txt": "Lamps burn.", "b.md": "# Boats\n\nBo Ek built it.", "c.txt": "Lamps burn."}
        ),
        "Mine",
    )
    (own,) = session.own.values()
    assert [document.title for document in own.documents] == ["A", "Boats"]  # no text twice
    assert ("A and 1 more", session.article) in chat._choices(session)
    *_, (_, after, _, source) = chat._ask("who built it?", session, VISITOR)
    assert after.conversation.turns[-1].text == "Bo Ek"
    assert "Bo Ek" in source


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.exe", b"MZ", "a.exe is no kind of file the chat reads"),
        ("a.pdf", b"Words.", "a.pdf is not a PDF"),
        ("a.docx", zip_of({"a.txt": "Words."}), "a.docx is no Word file"),
        ("a.zip", zip_of({"../a.txt": "Words."}), "whose name leads out of it"),
        ("a.txt", b"\xff\xfe\xfd", "a.txt is not UTF-8 text"),
        ("a.txt", b"x" * (MAX_ARTICLE_CHARS + 1), "the chat reads at most 1,000,000"),
        (
            "a.zip",
            zip_of({f"{n}.txt": f"{n} words. " * 40_000 for n in range(3)}, packed=False),
            "holds 3 articles with more than 1,000,000 characters together",
        ),
    ],
)
def test_what_is_refused(upload, name, data, said):
    session, told = upload(name, data)
    assert session.own == {}
    assert said in told
