"""What a visitor's acts come to, with the shipped models and without a browser."""

from dataclasses import replace

import pytest
from made_files import docx_of, pdf_of_lines, zip_of

from qa.counters import Counters
from qa.desk import OWN_ARTICLES_KEPT, Brought, Desk
from qa.gate import Gate
from qa.offered import Offered
from qa.place_link import PlaceLink
from qa.rates import Rate
from qa.screen import Screen
from qa.session import ALL_ARTICLES

SEED = "belarus-pardons.txt"
WHO, HOW_LONG = "who was released?", "how long did the talks last?"
ME = "192.0.2.7"


@pytest.fixture
def desk(shelf, tmp_path):
    gate = Gate(rate=Rate(per_minute=100_000, burst=100_000), counters=Counters())
    return Desk(Offered(shelf), gate, SEED, uploads=str(tmp_path))


@pytest.fixture
def screen(desk):
    return Screen(desk, {})


@pytest.fixture
def strict(desk):
    """A desk that lets one question through."""
    gate = Gate(rate=Rate(per_minute=1, burst=1), counters=Counters())
    return replace(desk, gate=gate)


def last(views):
    return list(views)[-1]


def asked(desk, *questions, session=None):
    session = session or desk.opening()
    for question in questions:
        session = last(desk.ask(question, session, ME)).session
    return session


# Asking


def test_a_question_is_shown_while_it_is_read_and_then_its_answer(desk, news):
    waiting, answered = desk.ask(f" {WHO} ", desk.opening(), ME)
    assert (waiting.pending, waiting.question, waiting.same_source) == (WHO, "", True)
    assert waiting.session == desk.opening()
    (turn,) = answered.session.conversation.turns
    assert turn.text == news.ask(WHO).text
    assert answered.session.conversation.place == turn.quote


def test_what_cannot_be_asked_stays_in_the_box(desk):
    (view,) = desk.ask("  ", desk.opening(), ME)
    assert view.question == "  "
    assert "The question is empty." in view.notice.text
    assert view.session == desk.opening()


def test_an_error_is_an_error_and_can_be_tried_again(strict, screen):
    session = asked(strict, WHO)
    view = last(strict.ask(HOW_LONG, session, ME))
    assert view.session == session, "no turn that says the article does not say"
    assert view.question == HOW_LONG
    assert "Try again in" in view.notice.text
    assert view.notice.retry == HOW_LONG
    assert 'role="alert">The question could not be answered' in screen.conversation(view)


def test_an_edited_question_replaces_its_turn(desk):
    session = asked(desk, WHO, HOW_LONG)
    view = desk.edit(0, session)
    assert (view.question, view.session.editing) == (WHO, 0)
    after = asked(desk, "who is Trump's special envoy?", session=view.session)
    assert [turn.question for turn in after.conversation.turns] == [
        "who is Trump's special envoy?",
        HOW_LONG,
    ]
    assert after.editing is None
    kept = desk.unedit(view.session)
    assert (kept.question, kept.session) == ("", session)
    assert desk.edit(9, session).session == session


def test_a_follow_up_can_be_asked_by_itself(desk, news):
    session = asked(desk, "who is Viktor Babariko?", "how long was he jailed?")
    assert session.conversation.turns[1].resolved is not None
    alone = last(desk.ask_alone(1, session, ME)).session.conversation
    assert len(alone.turns) == 2
    assert alone.turns[1].resolved is None
    assert alone.turns[1].text == news.ask("how long was he jailed?").text
    assert last(desk.ask_alone(7, session, ME)).session == session


def test_stop_puts_the_question_back(desk):
    session = asked(desk, WHO)
    view = desk.stop(HOW_LONG, session)
    assert (view.question, view.session, view.notice.text) == (HOW_LONG, session, "Stopped.")


def test_undo_and_clear(desk):
    session = asked(desk, WHO, HOW_LONG)
    assert [t.question for t in desk.undo(session).session.conversation.turns] == [WHO]
    assert desk.clear(session).session.conversation.turns == ()
    assert desk.undo(desk.opening()).session.conversation.turns == ()


def test_all_articles_are_asked_together(desk, screen):
    view = desk.open(ALL_ARTICLES, desk.opening())
    session = asked(desk, "how many prisoners were pardoned?", session=view.session)
    place = session.conversation.place
    assert (place.document_id, place.text) == (SEED, "123")
    source = screen.source(replace(view, session=session))
    assert "?article=belarus-pardons.txt&amp;q=how+many" in source


# Addresses


def test_an_address_of_a_question_and_its_answer(desk):
    quote = asked(desk, WHO).conversation.turns[0].alternatives[0].quote
    link = PlaceLink.from_place(quote, WHO)
    session = last(desk.reopen(link, desk.opening(), ME)).session
    assert session.conversation.place == quote
    views = list(desk.reopen(link, session, ME))
    assert [view.pending for view in views] == [None], "what was asked is not asked again"
    assert views[0].session.conversation.turns == session.conversation.turns


def test_an_address_of_a_place_alone(desk, screen, news):
    link = PlaceLink(SEED, "", 10, 30)
    (view,) = desk.reopen(link, replace(desk.opening(), article=ALL_ARTICLES), ME)
    assert view.session.article == SEED
    assert view.session.shown.text == news.documents[0].text[10:30]
    assert view.session.conversation.turns == ()
    assert "pq-mark pq-focus" in screen.source(view)


def test_an_address_whose_place_is_no_answer_shows_both(desk):
    view = last(desk.reopen(PlaceLink(SEED, WHO, 0, 9), desk.opening(), ME))
    assert len(view.session.conversation.turns) == 1
    assert (view.session.shown.start, view.session.shown.end) == (0, 9)


@pytest.mark.parametrize("link", [None, PlaceLink("nowhere.txt", WHO, 0, 4), PlaceLink("text-1")])
def test_an_address_of_nothing_here(desk, link):
    (view,) = desk.reopen(link, desk.opening(), ME)
    assert view.session == desk.opening()
    assert "not here" in view.notice.text


def test_an_address_with_a_place_beyond_the_article(desk):
    (view,) = desk.reopen(PlaceLink(SEED, "", 5, 10_000_000), desk.opening(), ME)
    assert view.session.shown is None


def test_an_address_that_cannot_be_asked_says_why(strict):
    session = asked(strict, HOW_LONG)
    view = last(strict.reopen(PlaceLink(SEED, WHO, 0, 9), session, ME))
    assert "Try again in" in view.notice.text
    assert view.session.shown is None


# The library


@pytest.fixture
def file(tmp_path):
    def make(name, data):
        (tmp_path / name).write_bytes(data)
        return Brought(name, str(tmp_path / name))

    return make


def test_files_are_read_one_after_the_other(desk, screen, file):
    files = [
        file("a.txt", b"The bridge was painted by Ada Fenn."),
        file("b.pdf", b"no PDF"),
        Brought("c.txt", failed="large"),
        file("d.docx", docx_of("Bo Ek built the boat.", title="Boats")),
        Brought("e.txt", "/etc/passwd"),
    ]
    views = list(desk.bring(files, desk.opening(), ME))
    states = [[note.state for note in view.session.files] for view in views]
    assert states[0] == ["reading", "waits", "waits", "waits", "waits"]
    assert states[3] == ["read", "refused", "refused", "reading", "waits"]
    assert states[-1] == ["read", "refused", "refused", "read", "refused"]
    session = views[-1].session
    assert [held.documents[0].title for held in session.own.values()] == ["A", "Boats"]
    assert session.own[session.article].documents[0].title == "A", "the first is open"
    told = {note.name: note.reason for note in session.files}
    assert told["b.pdf"].startswith("is not a PDF")
    assert "20 MB" in told["c.txt"]
    assert told["e.txt"].startswith("passwd did not arrive")
    html = screen.library(views[-1])
    assert html.index("Boats") < html.index("Belarus pardons")
    assert desk.dismiss(session).session.files == ()


def test_files_that_were_all_read_need_no_list(desk, file):
    view = last(desk.bring([file("a.txt", b"Words.")], desk.opening(), ME))
    assert view.session.files == ()


def test_a_page_of_a_pdf_is_named(desk, screen, file):
    pages = [["The sea was rough."], ["The bridge was painted by Ada Fenn in 1911."]]
    view = last(desk.bring([file("report.pdf", pdf_of_lines(pages))], desk.opening(), ME))
    view = last(desk.ask("who painted the bridge?", view.session, ME))
    assert view.session.conversation.turns[-1].page == 2
    assert "Report, page 2, characters" in screen.conversation(view)
    assert 'aria-label="Page 2"' in screen.source(view)
    assert "?article=" not in screen.source(view), "others cannot open it"


def test_an_archive_is_one_entry(desk, screen, file):
    archive = zip_of({"a.txt": "Lamps burn.", "b.md": "# Boats\n\nBo Ek built it."})
    view = last(desk.bring([file("pack.zip", archive)], desk.opening(), ME))
    assert "A and 1 more" in screen.library(view)
    view = last(desk.ask("who built it?", view.session, ME))
    assert view.session.conversation.turns[-1].text == "Bo Ek"
    assert "Bo Ek" in screen.source(view)


def test_too_many_files_are_told(desk):
    few = [Brought(f"{n}.txt", failed="failed") for n in range(25)]
    notes = last(desk.bring(few, desk.opening(), ME)).session.files
    assert (len(notes), notes[-1].name) == (21, "5 more")


def test_too_many_articles_are_refused(desk, file):
    one = last(desk.bring([file("a.txt", b"Words.")], desk.opening(), ME)).session
    (held,) = one.own.values()
    full = replace(one, own={f"{n}": held for n in range(OWN_ARTICLES_KEPT)})
    (note,) = last(desk.bring([file("b.txt", b"More words.")], full, ME)).session.files
    assert "Remove one of them first" in note.reason


def test_stop_tells_which_files_were_not_read(desk, file):
    files = [file("a.txt", b"Words."), file("b.txt", b"More.")]
    views = desk.bring(files, desk.opening(), ME)
    next(views)
    second = next(views)
    views.close()
    stopped = desk.stop("", second.session)
    assert [note.state for note in stopped.session.files] == ["read", "refused"]
    assert len(stopped.session.own) == 1
    assert stopped.question is None


def test_a_paste_is_read_and_its_errors_keep_it(desk):
    reading, done = desk.paste("Lamps burn.", "Lamps", desk.opening(), ME)
    assert [note.state for note in reading.session.files] == ["reading"]
    assert done.paste_taken
    assert done.session.own[done.session.article].documents[0].title == "Lamps"
    (view,) = desk.paste(" ", "", desk.opening(), ME)
    assert "no text to read" in view.paste_notice
    assert not view.paste_taken


def test_a_rate_counts_what_is_brought(strict):
    session = asked(strict, WHO)
    view = last(strict.paste("Lamps burn.", "", session, ME))
    assert "Try again in" in view.paste_notice
    assert view.session == session


def test_an_own_article_is_removed_and_others_stay(desk):
    session = last(desk.paste("Lamps burn.", "Lamps", desk.opening(), ME)).session
    lamps = session.article
    assert desk.remove(SEED, session).session == session
    gone = desk.remove(lamps, session).session
    assert (gone.article, dict(gone.own)) == (SEED, {})
    assert desk.open(lamps, gone).session.article == SEED
    elsewhere = desk.open(ALL_ARTICLES, session).session
    assert desk.remove(lamps, elsewhere).session.article == ALL_ARTICLES


def test_titles_are_looked_for(desk, screen):
    view = desk.find("kettle", desk.opening())
    html = screen.library(view)
    assert "Pell Smart Kettle" in html
    assert "Tidal marsh" not in html
    assert len(desk.find("x" * 10_000, desk.opening()).session.sought) == 200


# Reading on


def test_hits_are_stepped_through(desk):
    session = asked(desk, WHO)
    talk = session.conversation
    at, hits = talk.hit
    assert hits > 1
    assert desk.step(1, session).session.conversation.hit == (at % hits + 1, hits)
    shown = desk.show(0, 1, session).session.conversation
    assert shown.place == talk.turns[0].alternatives[0].quote
    assert desk.show(5, 5, session).session == session
