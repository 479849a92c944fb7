"""What the library's acts come to, with the shipped models and without a browser."""

import sqlite3
from dataclasses import replace

import pytest
from desks import ME, SEED, WHO, asked, desks_of, gate, last, started_desks
from made_files import docx_of, pdf_of_lines, zip_of
from rendered import Page

from index.in_memory import STEP_PASSAGES
from qa.articles_desk import OWN_ARTICLES_KEPT
from qa.bringing import Brought
from qa.kept_file import FILE
from qa.session import ALL_ARTICLES, FileNote
from qa.suggested import TRIES
from qa.view import View

LONG = " ".join(
    f"Lamp number {n} of the harbour was lit by Ada Fenn in May." for n in range(600)
).encode()


@pytest.fixture
def books(desk, tmp_path):
    return desks_of(desk, tmp_path).books


@pytest.fixture
def file(tmp_path):
    def make(name, data):
        (tmp_path / name).write_bytes(data)
        return Brought(name, str(tmp_path / name))

    return make


def test_files_are_read_one_after_the_other(desk, books, screen, file):
    files = [
        file("a.txt", b"The bridge was painted by Ada Fenn."),
        file("b.pdf", b"no PDF"),
        Brought("c.txt", failed="large"),
        file("d.docx", docx_of("Bo Ek built the boat.", title="Boats")),
        Brought("e.txt", "/etc/passwd"),
    ]
    views = list(books.bring(files, desk.opening(), ME))
    states = [[note.state for note in view.session.files] for view in views]
    assert states[0] == ["reading", "waits", "waits", "waits", "waits"]
    assert ["read", "refused", "refused", "reading", "waits"] in states
    assert states[-2] == ["read", "refused", "refused", "asking", "refused"]
    assert states[-1] == ["read", "refused", "refused", "read", "refused"]
    session = views[-1].session
    assert [held.documents[0].title for held in session.own.values()] == ["A", "Boats"]
    assert session.own[session.article].documents[0].title == "A", "the first is open"
    told = {note.name: note.reason for note in session.files}
    assert told["b.pdf"].startswith("is not a PDF")
    assert "20 MB" in told["c.txt"]
    assert told["e.txt"].startswith("passwd was not uploaded")
    html = screen.articles_html(views[-1])
    assert html.index("Boats") < html.index("Belarus pardons")
    assert books.dismiss(session).session.files == ()


def test_files_that_were_all_read_need_no_list(desk, books, file):
    view = last(books.bring([file("a.txt", b"Words.")], desk.opening(), ME))
    assert view.session.files == ()


def test_what_could_not_be_read_of_a_file_is_shown(desk, books, screen, file):
    archive = zip_of({"a.txt": "Lamps burn.", "<b>.pdf": "no PDF"})
    files = [file("pack.zip", archive), file("c.txt", b"Words.")]
    views = list(books.bring(files, desk.opening(), ME))
    assert [note.state for note in views[-1].session.files] == ["read", "read"]
    (told, nothing) = (note.reason for note in views[-1].session.files)
    assert told.startswith("is read, but not all of it. pack.zip/<b>.pdf is not a PDF")
    assert nothing == ""
    assert "not all of it. pack.zip/&lt;b&gt;.pdf is not a PDF" in screen.articles_html(views[-1])
    assert books.dismiss(views[-1].session).session.files == ()


def test_a_page_of_a_pdf_is_named(desk, books, screen, file):
    pages = [["The sea was rough."], ["The bridge was painted by Ada Fenn in 1911."]]
    view = last(books.bring([file("report.pdf", pdf_of_lines(pages))], desk.opening(), ME))
    view = last(desk.ask("who painted the bridge?", view.session, ME))
    assert view.session.conversation.turns[-1].page == 2
    assert "Report, page 2, characters" in screen.conversation_html(view)
    assert 'aria-label="Page 2"' in screen.source_html(view)
    assert "?article=" not in screen.source_html(view), "others cannot open it"


def test_an_archive_is_one_entry(desk, books, screen, file):
    archive = zip_of({"a.txt": "Lamps burn.", "b.md": "# Boats\n\nAda Fenn built it."})
    view = last(books.bring([file("pack.zip", archive)], desk.opening(), ME))
    assert "A and 1 more" in screen.articles_html(view)
    view = last(desk.ask("who built it?", view.session, ME))
    assert view.session.conversation.turns[-1].text == "Ada Fenn"
    assert "Ada Fenn" in screen.source_html(view)


def test_an_article_of_an_archive_is_opened_to_read(desk, books, screen, file):
    archive = zip_of({"a.txt": "Lamps burn.", "b.md": "# Boats\n\nAda Fenn built it."})
    session = last(books.bring([file("pack.zip", archive)], desk.opening(), ME)).session
    listed = Page(screen.source_html(View(session)))
    assert listed.headings["h2"] == ["A and 1 more"]
    (_, boats) = listed.acts("read")
    view = desk.read(int(boats["data-document"]), session)
    shown = Page(screen.source_html(view))
    assert shown.headings["h2"] == ["Boats"]
    assert "Ada Fenn built it." in shown.text
    assert (shown.marks, shown.links, shown.buttons) == ([], [], []), "no place in it is meant"
    again = desk.open(session.article, view.session)
    assert screen.source_html(again) == screen.source_html(View(session))
    for beyond in (2, -1):
        assert desk.read(beyond, session).session == session
    assert desk.read(0, desk.opening()).session == desk.opening()


def test_archives_with_the_same_first_article_are_two(shelf, tmp_path, file):
    desks = started_desks(shelf, tmp_path)
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    texts = {"a.txt": "Lamps burn."}
    files = [
        file("boats.zip", zip_of(texts | {"b.txt": "Bo Ek built the boat."})),
        file("bridge.zip", zip_of(texts | {"b.txt": "Ada Fenn painted the bridge."})),
        file("a.txt", b"Lamps burn."),
    ]
    session = last(desks.books.bring(files, session, ME)).session
    session = last(desks.books.bring(files[:1], session, ME)).session
    again = started_desks(shelf, tmp_path)
    back = again.kept.arrive(session.visitor, again.desk.opening(), private=False).session
    assert set(back.waiting) == set(back.brought) == set(session.own)
    titles = sorted(one.title for one in back.waiting.values())
    assert titles == ["A", "A and 1 more", "A and 1 more"]
    for article in session.own:
        back = last(again.books.fetch(article, back, ME)).session
        assert back.article == article
    assert dict(back.waiting) == {}
    second = [[one.text for one in held.documents][1:] for held in back.own.values()]
    assert sorted(second) == [[], ["Ada Fenn painted the bridge."], ["Bo Ek built the boat."]]


def test_an_archive_kept_by_the_id_of_its_first_article_comes_back(shelf, tmp_path, file):
    """As it was once: its links and conversations have that id."""
    desks = started_desks(shelf, tmp_path)
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    archive = file("pack.zip", zip_of({"a.txt": "Lamps burn.", "b.txt": "Bo Ek built it."}))
    session = last(desks.books.bring([archive], session, ME)).session
    first = session.own[session.article].documents[0].id
    with sqlite3.connect(tmp_path / "kept" / FILE) as database:
        database.execute("UPDATE brought SET id = ?", (first,))
    database.close()
    back = desks.kept.arrive(session.visitor, desks.desk.opening(), private=False).session
    back = last(desks.books.fetch(first, back, ME)).session
    assert (back.article, dict(back.waiting)) == (first, {})
    assert len(back.own[first].documents) == 2


def test_too_many_files_are_told(desk, books):
    few = [Brought(f"{n}.txt", failed="failed") for n in range(25)]
    notes = last(books.bring(few, desk.opening(), ME)).session.files
    assert (len(notes), notes[-1].name) == (21, "5 more")


def test_too_many_articles_are_refused(desk, books, file):
    one = last(books.bring([file("a.txt", b"Words.")], desk.opening(), ME)).session
    (held,) = one.own.values()
    full = replace(one, own={f"{n}": held for n in range(OWN_ARTICLES_KEPT)})
    (note,) = last(books.bring([file("b.txt", b"More words.")], full, ME)).session.files
    assert "Remove one of them first" in note.reason


def test_stop_tells_which_files_were_not_read(desk, books, file):
    files = [file("a.txt", b"Words."), file("b.txt", b"More.")]
    views = books.bring(files, desk.opening(), ME)
    second = next(view for view in views if view.session.files[1].state == "reading")
    views.close()
    stopped = desk.stop("", second.session)
    assert [note.state for note in stopped.session.files] == ["read", "refused"]
    assert len(stopped.session.own) == 1
    assert stopped.question is None


def test_a_paste_is_read_and_its_errors_keep_it(desk, books):
    *reading, asking, done = books.paste("Lamps burn.", "Lamps", desk.opening(), ME)
    assert [str(view.session.files[0]) for view in reading] == [
        "Lamps: reading",
        "Lamps: 0 of 1 passages",
    ]
    assert asking.session.files == (FileNote("Lamps", "asking"),)
    assert asking.paste_taken
    assert not done.paste_taken, "what is pasted meanwhile stays in its form"
    assert done.session.files == ()
    assert done.session.own[done.session.article].documents[0].title == "Lamps"
    (view,) = books.paste(" ", "", desk.opening(), ME)
    assert "no text to read" in view.paste_notice
    assert not view.paste_taken


def test_a_rate_counts_what_is_brought(desk, books):
    strict = replace(desk, gate=gate(questions=1))
    session = asked(strict, WHO)
    view = last(desks_of(strict, books.uploads).books.paste("Lamps burn.", "", session, ME))
    assert "Try again in" in view.paste_notice
    assert view.session == session


def test_how_far_a_long_file_has_come_is_told(desk, books, file):
    views = list(books.bring([file("a.txt", LONG), file("b.txt", b"Words.")], desk.opening(), ME))
    told = [view.session.files[0].embedded for view in views if view.session.files]
    steps = [one for one in told if one is not None]
    assert len({one.total for one in steps}) == 1
    assert [one.passages for one in steps] == list(range(0, steps[0].total, STEP_PASSAGES))
    assert len(steps) > 1


def test_a_long_file_is_stopped_while_it_is_embedded(desk, books, file):
    views = books.bring([file("b.txt", b"Words."), file("a.txt", LONG)], desk.opening(), ME)
    view = next(one for one in views if one.session.files[1].embedded)
    views.close()
    stopped = desk.stop("", view.session).session
    assert [note.reason for note in stopped.files] == ["", "It was stopped."]
    assert len(stopped.own) == 1


def test_files_before_their_questions(desk, books, file):
    """No file is refused for questions that nobody asked for, and these are counted too."""
    text = b"The bridge at Oldmere cost 4,000 pounds. The bridge at Oldmere was opened in 1911."
    strict = replace(desk, gate=gate(questions=8))
    few = desks_of(strict, books.uploads).books
    files = [file(f"{n}.txt", text + f" It has {n} lamps.".encode()) for n in range(6)]
    session = last(few.bring(files, desk.opening(), ME)).session
    assert (len(session.own), session.files) == (6, ())
    assert not any(session.suggested.values()), "six of eight questions are spent on reading"
    free = last(books.bring(files[:1], desk.opening(), ME)).session
    assert any(free.suggested.values())


def test_questions_to_begin_with_are_taken_from_the_share(desk, books):
    text = "The bridge at Oldmere cost 4,000 pounds. The bridge at Oldmere was opened in 1911."
    strict = replace(desk, gate=gate(questions=20))
    few = desks_of(strict, books.uploads).books
    session = last(few.paste(text, "The bridge at Oldmere", desk.opening(), ME)).session
    assert any(session.suggested.values())
    left = strict.gate.spare(ME)
    assert 20 - 10 - 1 - TRIES <= left < 20 - 10 - 1


def test_an_own_article_is_removed_and_others_stay(desk, books):
    session = last(books.paste("Lamps burn.", "Lamps", desk.opening(), ME)).session
    lamps = session.article
    assert books.remove(SEED, session).session == session
    gone = books.remove(lamps, session).session
    assert (gone.article, dict(gone.own)) == (SEED, {})
    assert desk.open(lamps, gone).session.article == SEED
    elsewhere = desk.open(ALL_ARTICLES, session).session
    assert books.remove(lamps, elsewhere).session.article == ALL_ARTICLES


def test_titles_are_looked_for(desk, books, screen):
    view = books.find("kettle", desk.opening())
    html = screen.articles_html(view)
    assert "Pell Smart Kettle" in html
    assert "Tidal marsh" not in html
    assert len(books.find("x" * 10_000, desk.opening()).session.sought) == 200
