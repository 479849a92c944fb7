"""What addresses come to, with the shipped models and without a browser."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from desks import HOW_LONG, ME, SEED, WHO, asked, desks_of, gate, last
from made_files import zip_of
from rendered import Page

from qa.bringing import Brought
from qa.link_desk import NOT_HERE
from qa.own_name import own_name
from qa.place_link import PlaceLink
from qa.screen import Screen
from qa.session import ALL_ARTICLES
from qa.view import View

SECRET = "The harbour at Lirra was sold to Ada Fenn in secret for £4,000."


@pytest.fixture
def links(desk, tmp_path):
    return desks_of(desk, tmp_path).links


def arrived(desks, visitor="", *, private=False):
    return desks.kept.arrive(visitor, desks.desk.opening(), private=private).session


def link_in(html):
    """The link to the place that an article shows, as a browser follows it."""
    (address,) = Page(html).links
    return PlaceLink.from_query(dict(parse_qsl(address[1:])))


def test_an_address_of_a_question_and_its_answer(desk, links):
    quote = asked(desk, WHO).conversation.turns[0].alternatives[0].quote
    link = PlaceLink.from_place(quote, WHO)
    session = last(links.reopen(link, desk.opening(), ME)).session
    assert session.conversation.place == quote
    views = list(links.reopen(link, session, ME))
    assert {view.pending for view in views} == {None}, "what was asked is not asked again"
    assert views[-1].session.conversation.turns == session.conversation.turns


def test_an_address_of_a_place_alone(desk, links, screen, news):
    link = PlaceLink(SEED, "", 10, 30)
    view = last(links.reopen(link, replace(desk.opening(), article=ALL_ARTICLES), ME))
    assert view.session.article == SEED
    assert view.session.shown.text == news.documents[0].text[10:30]
    assert view.session.conversation.turns == ()
    assert "pq-mark pq-focus" in screen.source_html(view)


def test_an_address_whose_place_is_no_answer_shows_both(desk, links):
    view = last(links.reopen(PlaceLink(SEED, WHO, 0, 9), desk.opening(), ME))
    assert len(view.session.conversation.turns) == 1
    assert (view.session.shown.start, view.session.shown.end) == (0, 9)


def test_an_address_of_a_follow_up_does_not_ask_it_without_what_it_follows(desk, links, screen):
    session = asked(desk, "who is Viktor Babariko?", "how long was he jailed?")
    link = link_in(screen.source_html(View(session)))
    assert link.question == ""
    opened = last(links.reopen(link, desk.opening(), ME)).session
    assert (opened.shown, opened.conversation.turns) == (session.conversation.place, ())


@pytest.mark.parametrize("link", [None, PlaceLink("nowhere.txt", WHO, 0, 4), PlaceLink("text-1")])
def test_an_address_of_nothing_here(desk, links, link):
    (view,) = links.reopen(link, desk.opening(), ME)
    assert view.session == desk.opening()
    assert "not here" in view.notice.text


def test_an_address_with_a_place_beyond_the_article(desk, links):
    view = last(links.reopen(PlaceLink(SEED, "", 5, 10_000_000), desk.opening(), ME))
    assert view.session.shown is None


def test_an_address_that_cannot_be_asked_says_why(desk, tmp_path):
    strict = replace(desk, gate=gate(questions=1))
    session = asked(strict, HOW_LONG)
    links = desks_of(strict, tmp_path).links
    view = last(links.reopen(PlaceLink(SEED, WHO, 0, 9), session, ME))
    assert "Try again in" in view.notice.text
    assert view.session.shown is None


# Of articles that visitors brought


def test_ones_own_article_is_reopened_after_a_restart(started):
    desks = started()
    session = last(desks.books.paste(SECRET, "Harbour", arrived(desks), ME)).session
    session = asked(desks.desk, "who bought the harbour?", session=session)
    place = session.conversation.place
    link = link_in(Screen(desks.desk, {}).source_html(View(session)))
    assert "text-" not in link.to_query(), "the id is a digest of the text"
    for again in (desks, started()):
        views = list(again.links.reopen(link, arrived(again, session.visitor), ME))
        opened = views[-1].session
        assert views[-1].notice is None
        assert {view.pending for view in views} == {None}, "the kept answer is shown"
        assert (opened.article, opened.conversation.place) == (session.article, place)
        assert [turn.question for turn in opened.conversation.turns] == ["who bought the harbour?"]
        assert len(opened.listed) == 1, "and not kept once more"


def test_one_of_several_documents_of_an_archive_is_reopened(started, tmp_path):
    desks = started()
    file = tmp_path / "pack.zip"
    file.write_bytes(zip_of({"a.txt": "Lamps burn.", "b.txt": SECRET}))
    session = last(desks.books.bring([Brought("pack.zip", str(file))], arrived(desks), ME)).session
    session = asked(desks.desk, "who bought the harbour?", session=session)
    place = session.conversation.place
    link = link_in(Screen(desks.desk, {}).source_html(View(session)))
    assert link.document == 1
    again = started()
    bare = replace(link, question="")
    opened = last(again.links.reopen(bare, arrived(again, session.visitor), ME)).session
    assert (opened.article, opened.shown) == (session.article, place)
    beyond = replace(bare, document=7)
    opened = last(again.links.reopen(beyond, arrived(again, session.visitor), ME)).session
    assert (opened.article, opened.shown) == (session.article, None)


def test_to_anyone_else_it_is_as_if_it_were_not(started):
    desks = started()
    session = last(desks.books.paste(SECRET, "Harbour", arrived(desks), ME)).session
    session = asked(desks.desk, "who bought the harbour?", session=session)
    link = link_in(Screen(desks.desk, {}).source_html(View(session)))
    stranger = last(desks.books.paste("Lamps burn.", "Lamps", arrived(desks), ME)).session
    made_up = replace(link, article=own_name(session.article, stranger.visitor))
    by_id = replace(link, article=session.article)
    nothing = PlaceLink("own-" + "0" * 32, "who?", 0, 4)
    for tried in (link, made_up, by_id, nothing):
        (view,) = desks.links.reopen(tried, stranger, ME)
        assert (view.session, view.notice.text) == (stranger, NOT_HERE)
        html = Screen(desks.desk, {}).conversation_html(view)
        assert "Harbour" not in html
        assert "Fenn" not in html


@pytest.mark.parametrize("private", [True, False])
def test_what_is_not_kept_has_no_link(started, desk, tmp_path, private):
    desks = started() if private else desks_of(desk, tmp_path)
    session = last(
        desks.books.paste(SECRET, "Harbour", arrived(desks, private=private), ME)
    ).session
    session = asked(desks.desk, "who bought the harbour?", session=session)
    assert "?article=" not in Screen(desks.desk, {}).source_html(View(session))


def test_what_was_removed_is_not_here(started):
    desks = started()
    session = last(desks.books.paste(SECRET, "Harbour", arrived(desks), ME)).session
    link = PlaceLink(own_name(session.article, session.visitor), "", 0, 11)
    assert last(desks.links.reopen(link, session, ME)).session.shown.text == "The harbour"
    session = desks.books.remove(session.article, session).session
    (view,) = desks.links.reopen(link, session, ME)
    assert view.notice.text == NOT_HERE


def test_a_question_in_all_articles_links_to_ones_own(started):
    desks = started()
    session = last(desks.books.paste(SECRET, "Harbour", arrived(desks), ME)).session
    own = session.article
    session = desks.desk.open(ALL_ARTICLES, session).session
    session = asked(desks.desk, "who bought the harbour at Lirra?", session=session)
    link = link_in(Screen(desks.desk, {}).source_html(View(session)))
    opened = last(desks.links.reopen(link, arrived(desks, session.visitor), ME)).session
    assert (opened.article, opened.conversation.place.text) == (own, "Ada Fenn")
