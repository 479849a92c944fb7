"""All articles asked together with a visitor's own: theirs, and nobody else's."""

from dataclasses import replace

import pytest
from desks import ME, SEED, asked, desks_of, gate, last
from made_files import zip_of

from qa.bringing import Brought
from qa.desk import Desk
from qa.keeping import Keeping
from qa.kept import Kept
from qa.offered import Offered
from qa.screen import Screen
from qa.session import ALL_ARTICLES
from qa.view import View

BRIDGE = "The bridge at Oldmere was painted green by Ada Fenn in 1911."
BOAT = "The boat at Lirra was built by Bo Ek in 1950."
PAINTED = "who painted the bridge at Oldmere?"
BUILT = "who built the boat at Lirra?"
PARDONED = "how many prisoners were pardoned?"


@pytest.fixture
def desks(shelf, tmp_path):
    return desks_of(Desk(Offered(shelf), gate(), SEED), tmp_path)


def brought(desks, text, title, session=None):
    return last(desks.books.paste(text, title, session or desks.desk.opening(), ME)).session


def text_of(session):
    return session.conversation.turns[-1].text


def test_ones_own_are_asked_beside_those_on_offer(desks):
    session = brought(desks, BRIDGE, "The bridge")
    own = session.article
    session = desks.desk.open(ALL_ARTICLES, session).session
    screen = Screen(desks.desk, {})
    shelf = screen.source_html(View(session))
    assert shelf.index("The bridge") < shelf.index("Belarus pardons")
    assert "6 articles" in shelf
    session = asked(desks.desk, PAINTED, session=session)
    assert (text_of(session), session.conversation.place.document_id) == ("Ada Fenn", own)
    assert "painted green by" in screen.source_html(View(session))
    assert "The bridge, characters" in screen.conversation_html(View(session))
    session = asked(desks.desk, PARDONED, session=session)
    assert (text_of(session), session.conversation.place.document_id) == ("123", SEED)


def test_other_answers_are_told_apart_by_document(desks):
    twin = BRIDGE.replace("Ada Fenn", "Bo Ek").replace("green", "red")
    session = brought(desks, twin, "Another bridge", brought(desks, BRIDGE, "The bridge"))
    session = desks.desk.open(ALL_ARTICLES, session).session
    session = asked(desks.desk, PAINTED, session=session)
    (turn,) = session.conversation.turns
    assert {quote.document_title for quote in turn.quotes} >= {"The bridge", "Another bridge"}
    html = Screen(desks.desk, {}).conversation_html(View(session))
    assert "Other answers" in html
    assert '<p class="pq-of">' in html
    other = next(n for n, one in enumerate(turn.quotes) if one.document_id != turn.document_id)
    shown = desks.desk.show(0, other, session).session
    assert turn.quotes[other].document_title in Screen(desks.desk, {}).source_html(View(shown))


def test_visitors_do_not_see_each_other(desks):
    ada = desks.desk.open(ALL_ARTICLES, brought(desks, BRIDGE, "The bridge")).session
    bo = desks.desk.open(ALL_ARTICLES, brought(desks, BOAT, "The boat")).session
    nobody = desks.desk.open(ALL_ARTICLES, desks.desk.opening()).session
    for question, whose in ((PAINTED, ada), (BUILT, bo)):
        answers = {}
        for name, session in (("ada", ada), ("bo", bo), ("nobody", nobody)):
            answers[name] = asked(desks.desk, question, session=session).conversation.turns[-1]
        theirs = set(whose.own)
        for name, answer in answers.items():
            named = {answer.document_id, *(one.document_id for one in answer.alternatives)}
            named |= {one.document_id for one in answer.nearest}
            assert bool(named & theirs) is (name == ("ada" if whose is ada else "bo"))
    assert "The boat" not in Screen(desks.desk, {}).source_html(View(ada))
    assert all(one not in desks.desk.offered for one in (*ada.own, *bo.own))
    assert len(desks.desk.offered.everything.documents) == 5


def test_what_is_removed_is_asked_no_longer(desks):
    session = brought(desks, BRIDGE, "The bridge")
    own = session.article
    session = desks.desk.open(ALL_ARTICLES, session).session
    session = desks.books.remove(own, asked(desks.desk, PAINTED, session=session)).session
    assert session.article == ALL_ARTICLES
    after = asked(desks.desk, PAINTED, session=replace(session, conversations={}))
    (turn,) = after.conversation.turns
    assert own not in {turn.document_id, *(one.document_id for one in turn.nearest)}
    assert "The bridge" not in Screen(desks.desk, {}).source_html(View(session))


def test_an_archive_is_asked_whole(desks, tmp_path):
    file = tmp_path / "pack.zip"
    file.write_bytes(zip_of({"a.txt": BRIDGE, "b.txt": BOAT}))
    session = last(
        desks.books.bring([Brought("pack.zip", str(file))], desks.desk.opening(), ME)
    ).session
    session = desks.desk.open(ALL_ARTICLES, session).session
    assert text_of(asked(desks.desk, PAINTED, session=session)) == "Ada Fenn"
    assert text_of(asked(desks.desk, BUILT, session=session)) == "Bo Ek"


def test_what_is_on_offer_already_is_not_asked_twice(desks, shelf):
    same = shelf.documents[0].text
    session = desks.desk.open(ALL_ARTICLES, brought(desks, same, "The same")).session
    together = desks.desk.about(session)
    assert len(together.documents) == 6, "its id is another: it stands in a file"
    again = brought(desks, BRIDGE, "One", brought(desks, BRIDGE, "Two"))
    assert len(again.own) == 1


@pytest.fixture
def started(shelf, tmp_path):
    def start(**options):
        keeping = Keeping(Kept(tmp_path / "kept"))
        return desks_of(Desk(Offered(shelf), gate(**options), SEED, keeping), tmp_path)

    return start


def test_what_was_kept_is_read_again_when_all_are_asked(started):
    desks = started()
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    session = brought(desks, BOAT, "The boat", brought(desks, BRIDGE, "The bridge", session))
    session = desks.desk.open(ALL_ARTICLES, session).session
    session = asked(desks.desk, PAINTED, session=session)
    again = started()
    back = again.kept.arrive(session.visitor, again.desk.opening(), private=False).session
    assert len(back.waiting) == 2
    opened = again.desk.open(ALL_ARTICLES, back).session
    assert "The boat" in Screen(again.desk, {}).source_html(View(opened))
    views = list(again.books.ask(BUILT, opened, ME))
    assert next(view.session.files[0].name for view in views if view.session.files) == "The boat"
    assert text_of(views[-1].session) == "Bo Ek"
    assert views[-1].session.waiting == {}
    # And so it is when a conversation about all of them is opened again.
    (talk,) = back.listed
    recalled = last(again.kept.recall(talk.id, back, ME)).session
    assert recalled.conversation.place.text == "Ada Fenn"


def test_an_article_that_cannot_be_read_again_is_no_absence(started):
    desks = started()
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    session = brought(desks, BRIDGE, "The bridge", session)
    again = started(questions=1)
    back = again.kept.arrive(session.visitor, again.desk.opening(), private=False).session
    back = asked(again.desk, PARDONED, session=back)
    opened = again.desk.open(ALL_ARTICLES, back).session
    view = last(again.books.ask(PAINTED, opened, ME))
    assert "“The bridge” could not be read again" in view.notice.text
    assert (view.given_back, view.session.conversation.turns) == (PAINTED, ())


def test_an_article_that_was_removed_elsewhere_is_in_nobodys_way(started):
    desks = started()
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    session = brought(desks, BOAT, "The boat", brought(desks, BRIDGE, "The bridge", session))
    back = desks.kept.arrive(session.visitor, desks.desk.opening(), private=False).session
    (bridge,) = [name for name, one in back.waiting.items() if one.title == "The bridge"]
    desks.books.remove(bridge, session)  # on another page
    opened = desks.desk.open(ALL_ARTICLES, back).session
    view = last(desks.books.ask(BUILT, opened, ME))
    assert view.notice is None
    assert text_of(view.session) == "Bo Ek"
    assert view.session.waiting == {}
    assert bridge not in view.session.brought
    assert "The bridge" not in Screen(desks.desk, {}).articles_html(view)
