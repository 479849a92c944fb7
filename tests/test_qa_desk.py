"""What asking and reading come to, with the shipped models and without a browser."""

from dataclasses import replace

import pytest
from desks import HOW_LONG, ME, SEED, WHO, asked, gate, last

from qa.session import ALL_ARTICLES


@pytest.fixture
def strict(desk):
    """A desk that lets one question through."""
    return replace(desk, gate=gate(questions=1))


# Asking


def test_a_question_is_shown_while_it_is_read_and_then_its_answer(desk, news):
    waiting, answered = desk.ask(f" {WHO} ", desk.opening(), ME)
    assert (waiting.pending, waiting.question, waiting.same_source) == (WHO, "", True)
    assert waiting.session == desk.opening()
    (turn,) = answered.session.conversation.turns
    assert turn.text == news.ask(WHO).text
    assert answered.question is None, "what was typed meanwhile stays"
    assert answered.session.conversation.place == turn.quote


def test_what_cannot_be_asked_stays_in_the_box(desk):
    (view,) = desk.ask("  ", desk.opening(), ME)
    assert (view.question, view.given_back) == (None, "")
    assert "The question is empty." in view.notice.text
    assert view.session == desk.opening()


def test_an_error_is_an_error_and_can_be_tried_again(strict, screen):
    session = asked(strict, WHO)
    view = last(strict.ask(HOW_LONG, session, ME))
    assert view.session == session, "no turn that says the article does not say"
    assert (view.question, view.given_back) == (None, HOW_LONG), "unless something else is typed"
    assert "Try again in" in view.notice.text
    assert view.notice.retry == HOW_LONG
    assert 'role="alert">The question could not be answered' in screen.conversation_html(view)


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


def test_what_was_in_the_box_comes_back_when_a_turn_was_edited(desk):
    session = asked(desk, WHO, HOW_LONG)
    one = desk.edit(0, session, "and th").session
    other = desk.edit(1, one, f"{WHO} Edited.").session
    kept = desk.unedit(other)
    assert (kept.question, kept.session) == ("and th", session)
    assert desk.unedit(kept.session).question == ""
    view = last(desk.ask(HOW_LONG, one, ME))
    assert (view.given_back, view.session.draft) == ("and th", "")
    assert last(desk.ask(HOW_LONG, session, ME)).given_back == ""


def test_a_follow_up_can_be_asked_by_itself(desk, news):
    session = asked(desk, "who is Viktor Babariko?", "how long was he jailed?")
    assert session.conversation.turns[1].resolved is not None
    alone = last(desk.ask_alone(1, session, ME)).session.conversation
    assert len(alone.turns) == 2
    assert alone.turns[1].resolved is None
    assert alone.turns[1].text == news.ask("how long was he jailed?").text
    assert last(desk.ask_alone(7, session, ME)).session == session


def test_stop_gives_the_question_back(desk):
    session = asked(desk, WHO)
    view = desk.stop(HOW_LONG, session)
    assert (view.question, view.given_back, view.session) == (None, HOW_LONG, session)
    assert (view.notice.text, view.notice.retry) == ("Stopped.", HOW_LONG)


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
    source = screen.source_html(replace(view, session=session))
    assert "?article=belarus-pardons.txt&amp;q=how+many" in source


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
