"""What is kept of a visit, and comes back at the next: with the shipped models and a real file."""

import json
from dataclasses import replace

import pytest
from desks import HOW_LONG as TALKS
from desks import ME, SEED, WHO, asked, desks_of, gate, last
from keepers import Clock, answer, begun

from qa.desk import Desk
from qa.dialogue import TURNS_KEPT
from qa.feedback import Verdict
from qa.keeping import Keeping
from qa.kept import Kept
from qa.kept_bounds import DAY_S, Bounds
from qa.kept_file import FILE
from qa.kept_folder import new_visitor
from qa.offered import Offered
from qa.screen import Screen
from qa.session import ALL_ARTICLES

MANY = "how many prisoners were pardoned?"


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


@pytest.fixture
def desks(shelf, tmp_path, kept):
    return desks_of(Desk(Offered(shelf), gate(), SEED, Keeping(kept)), tmp_path)


@pytest.fixture
def desk(desks):
    return desks.desk


@pytest.fixture
def books(desks):
    return desks.books


@pytest.fixture
def kept_desk(desks):
    return desks.kept


def arrived(kept_desk, visitor="", *, private=False):
    return kept_desk.arrive(visitor, kept_desk.desk.opening(), private=private).session


def file_of(kept, session):
    """What the file has of a visitor: the questions of each conversation."""
    return [
        [turn.answer.question for turn in kept.conversations.turns(session.visitor, one.id)]
        for one in kept.conversations.search(session.visitor, "")
    ]


def test_a_conversation_comes_back_at_the_next_visit(desk, kept_desk, kept):
    first = asked(desk, WHO, MANY, session=arrived(kept_desk))
    assert file_of(kept, first) == [[WHO, MANY]]
    again = arrived(kept_desk, first.visitor)
    (listed,) = again.listed
    assert listed.name == WHO
    assert again.conversation.turns == ()
    recalled = last(kept_desk.recall(listed.id, again, ME)).session
    assert [turn.text for turn in recalled.conversation.turns] == [
        turn.text for turn in first.conversation.turns
    ]
    assert recalled.conversation.place.text == "123"
    assert file_of(kept, asked(desk, TALKS, session=recalled)) == [[WHO, MANY, TALKS]]


def test_visitors_see_nothing_of_each_other(desk, kept_desk, kept):
    mine = asked(desk, WHO, session=arrived(kept_desk))
    other = arrived(kept_desk)
    assert other.visitor != mine.visitor
    assert other.listed == ()
    assert last(kept_desk.recall(mine.listed[0].id, other, ME)).session.conversation.turns == ()
    kept_desk.delete(mine.listed[0].id, other)
    assert file_of(kept, mine) == [[WHO]]


def test_what_is_edited_undone_or_begun_anew_is_kept_so(desk, kept_desk, kept):
    session = asked(desk, WHO, MANY, session=arrived(kept_desk))
    session = asked(desk, TALKS, session=desk.edit(0, session).session)
    assert file_of(kept, session) == [[TALKS, MANY]]
    session = desk.undo(session).session
    assert file_of(kept, session) == [[TALKS]]
    session = asked(desk, WHO, session=desk.clear(session).session)
    assert sorted(file_of(kept, session)) == [[TALKS], [WHO]]
    session = desk.undo(session).session
    assert file_of(kept, session) == [[TALKS]], "of a conversation without turns nothing is kept"


def test_all_articles_have_a_conversation_too(desk, kept_desk):
    session = asked(desk, MANY, session=desk.open(ALL_ARTICLES, arrived(kept_desk)).session)
    again = arrived(kept_desk, session.visitor)
    assert last(kept_desk.recall(again.listed[0].id, again, ME)).session.article == ALL_ARTICLES


def test_in_private_nothing_is_kept_then_or_later(desk, kept_desk, books, kept):
    session = asked(desk, WHO, session=arrived(kept_desk))
    private = asked(desk, MANY, session=kept_desk.be_private(session, private=True).session)
    private = last(books.paste("Lamps burn.", "Lamps", private, ME)).session
    assert file_of(kept, private) == [[WHO]]
    assert kept.articles.all_of(private.visitor) == []
    edited = desk.edit(0, desk.open(SEED, private).session).session
    back = kept_desk.be_private(edited, private=False).session
    assert (back.conversation.turns, back.editing) == ((), None)
    assert sorted(file_of(kept, asked(desk, TALKS, session=back))) == sorted([[WHO], [TALKS]])
    later = arrived(kept_desk, session.visitor, private=True)
    assert later.private
    assert file_of(kept, asked(desk, MANY, session=later)) == file_of(kept, later)


def test_an_own_article_comes_back_unread_and_opens(desk, kept_desk, books, kept):
    session = arrived(kept_desk)
    session = last(books.paste("The boat was built by Bo Ek.", "Boats", session, ME)).session
    session = asked(desk, "who built the boat?", session=session)
    again = arrived(kept_desk, session.visitor)
    (boats,) = again.waiting
    assert again.own == {}
    html = Screen(desk, {}).articles_html(books.find("", again))
    assert f'data-act="fetch" data-article="{boats}"' in html
    recalled = last(kept_desk.recall(again.listed[0].id, again, ME)).session
    assert (recalled.article, dict(recalled.waiting)) == (boats, {})
    assert recalled.conversation.turns[0].text == "Bo Ek"
    fetched = last(books.fetch(boats, again, ME)).session
    assert fetched.own[boats].documents[0].title == "Boats"
    gone = books.remove(boats, again).session
    assert dict(gone.waiting) == {}
    assert kept.articles.all_of(session.visitor) == []
    view = last(kept_desk.recall(again.listed[0].id, gone, ME))
    assert "is not here" in view.notice.text


def test_an_article_that_is_added_again_begins_a_conversation_of_its_own(
    desk, kept_desk, books, kept
):
    text, who, when = "Bo Ek built the boat in 1911.", "who built the boat?", "when was it built?"
    session = last(books.paste(text, "Boats", arrived(kept_desk), ME)).session
    session = asked(desk, who, session=session)
    removed = books.remove(session.article, session).session
    session = last(books.paste(text, "Boats", removed, ME)).session
    session = asked(desk, when, session=session)
    assert sorted(file_of(kept, session)) == [[when], [who]]


def test_quotes_that_no_longer_stand_are_not_shown(desk, kept_desk, kept):
    session = asked(desk, WHO, session=arrived(kept_desk))
    (turn,) = session.conversation.turns
    moved = replace(turn, start=turn.start + 1, end=turn.end + 1)
    begun = kept.conversations.start(session.visitor, name="moved", articles=[SEED])
    kept.conversations.add(session.visitor, begun.id, moved)
    view = last(kept_desk.recall(begun.id, arrived(kept_desk, session.visitor), ME))
    assert "has changed" in view.notice.text
    assert view.session.conversation.turns == ()


def test_why_a_conversation_cannot_be_opened_is_told(desk, kept_desk, books, kept):
    session = arrived(kept_desk)
    session = last(books.paste("The boat was built by Bo Ek.", "Boats", session, ME)).session
    session = asked(desk, "who built the boat?", session=session)
    again = arrived(kept_desk, session.visitor)
    views = kept_desk.recall(again.listed[0].id, again, ME)
    read = next(view.session for view in views if view.session.own)
    file = (kept.folder / FILE).rename(kept.folder / "away")
    view = last(views)
    assert "cannot read" in view.notice.text
    assert view.session.own == read.own, "what was read stays"
    file.rename(kept.folder / FILE)
    kept.articles.remove(session.visitor, session.article)
    view = last(kept_desk.recall(again.listed[0].id, again, ME))
    assert "no longer kept" in view.notice.text


def test_a_conversation_is_saved_whole_though_a_page_shows_its_end(kept_desk, kept):
    session = arrived(kept_desk)
    one = begun(kept, session.visitor, turns=TURNS_KEPT + 10, articles=[SEED])
    session = kept_desk.look_up("", session).session
    saved = json.loads(kept_desk.export(one, "json", session).exported.text)
    asked_all = [answer(number).question for number in range(TURNS_KEPT + 10)]
    assert [turn["question"] for turn in saved["answers"]] == asked_all
    shown = last(kept_desk.recall(one, session, ME)).session
    assert kept_desk.export(one, "json", shown).exported.text.count('"question"') == len(asked_all)


def test_a_saved_conversation_tells_of_an_article_that_was_not_opened_again(desk, kept_desk, books):
    session = last(
        books.paste("The boat was built by Bo Ek.", "Boats", arrived(kept_desk), ME)
    ).session
    session = asked(desk, "who built the boat?", session=session)
    again = arrived(kept_desk, session.visitor)
    (boats,) = again.waiting
    for saved in (session, again):
        told = json.loads(kept_desk.export(saved.listed[0].id, "json", saved).exported.text)
        assert [(one["id"], one["title"]) for one in told["articles"]] == [(boats, "Boats")]
    assert set(again.own) == set(), "saving opens nothing"


def test_conversations_are_named_searched_saved_and_deleted(desk, kept_desk):
    session = asked(desk, WHO, session=arrived(kept_desk))
    session = asked(
        desk, "how much does it cost?", session=desk.open("kettle-faq.md", session).session
    )
    cost, who = session.listed
    assert kept_desk.look_up("RELEASED", session).session.listed == (who,)
    named = kept_desk.rename(who.id, "  The   pardons ", session).session
    assert {one.name for one in named.listed} == {"The pardons", "how much does it cost?"}
    saved = kept_desk.export(who.id, "json", named).exported
    assert saved.name == "conversation.json"
    told = json.loads(saved.text)
    assert [one["question"] for one in told["answers"]] == [WHO]
    assert [one["id"] for one in told["articles"]] == [SEED]
    assert (
        f"> {told['answers'][0]['text']}"
        in kept_desk.export(who.id, "markdown", named).exported.text
    )
    assert kept_desk.export("gone", "json", named).exported is None
    deleted = kept_desk.delete(cost.id, named).session
    assert [one.id for one in deleted.listed] == [who.id]
    assert deleted.conversation.turns == (), "the one that was open is gone from the page"
    assert kept_desk.forget(deleted).session.listed == ()
    assert arrived(kept_desk, session.visitor).listed == ()


def test_an_answer_is_judged_and_that_taken_back(desk, kept_desk, kept):
    session = asked(desk, WHO, MANY, session=arrived(kept_desk))
    judged = kept_desk.judge(1, "wrong", "It is 124.", session).session
    feedback = judged.kept[SEED].turns[1].feedback
    assert (feedback.verdict, feedback.note) == (Verdict.WRONG, "It is 124.")
    (known,) = kept.feedback.judged()
    assert (known.answer.question, known.feedback) == (MANY, feedback)
    html = Screen(desk, {}).conversation_html(kept_desk.judge(0, "right", "", judged))
    assert html.count('aria-pressed="true"') == 2
    assert "It is 124." in html
    back = kept_desk.judge(1, "wrong", "It is 124.", judged).session
    assert back.kept[SEED].turns[1].feedback is None
    assert "is not a verdict" in kept_desk.judge(0, "<b>", "", session).notice.text
    assert kept_desk.judge(99, "right", "", session).session == session


def test_only_an_answer_that_is_kept_as_it_is_shown_is_judged(desk, kept_desk, kept):
    session = asked(desk, WHO, session=arrived(kept_desk))
    private = kept_desk.be_private(session, private=True).session
    full = replace(desk, keeping=Keeping(Kept(kept.folder, bounds=Bounds(file_bytes=1))))
    edited = last(full.ask(MANY, desk.edit(0, session).session, ME)).session
    for one in (private, asked(desk, MANY, session=desk.edit(0, private).session), edited):
        view = kept_desk.judge(0, "right", "", one)
        assert view.session == one
        assert "aria-pressed" not in Screen(desk, {}).conversation_html(view)
    assert list(kept.feedback.judged()) == []


def test_without_a_file_nothing_is_kept_and_it_says_so(desk):
    bare = replace(desk, keeping=Keeping(None))
    parts = desks_of(bare, "")
    session = asked(bare, WHO, session=arrived(parts.kept))
    assert (session.visitor, dict(session.kept)) == ("", {})
    screen = Screen(bare, {})
    view = parts.books.find("", session)
    assert "Nothing is kept" in screen.articles_html(view)
    assert "aria-pressed" not in screen.conversation_html(view)


@pytest.mark.parametrize("visitor", ["x", "../../etc", "a" * 32 + "\n", "é" * 32])
def test_who_says_to_be_nobody_is_told(desk, kept_desk, visitor):
    view = kept_desk.arrive(visitor, desk.opening(), private=False)
    assert "Nothing is kept" in view.notice.text
    assert view.session.arrived
    assert view.session.visitor == ""
    assert kept_desk.arrive(visitor, desk.opening(), private=True).session.private


@pytest.mark.parametrize("private", [False, True])
def test_who_comes_while_nothing_can_be_read_stays_who_they_are(desk, kept_desk, kept, private):
    me = asked(desk, WHO, session=arrived(kept_desk)).visitor
    file = (kept.folder / FILE).rename(kept.folder / "away")
    view = kept_desk.arrive(me, desk.opening(), private=private)
    assert "cannot be read" in view.notice.text
    session = view.session
    assert (session.arrived, session.visitor, session.private) == (True, me, private)
    file.rename(kept.folder / FILE)
    asked(desk, MANY, session=session)
    assert len(file_of(kept, session)) == (1 if private else 2), "kept as soon as it can be"
    assert kept_desk.forget(session).notice is None
    assert file_of(kept, session) == []


def test_a_secret_of_nobody_yet_finds_nothing(kept_desk):
    assert arrived(kept_desk, new_visitor()).listed == ()


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(desk, kept_desk, kept):
    session = arrived(kept_desk)
    full = Kept(kept.folder, bounds=Bounds(file_bytes=1))
    view = last(replace(desk, keeping=Keeping(full)).ask(WHO, session, ME))
    assert view.session.conversation.turns[0].text is not None
    assert "The conversation is not kept" in view.notice.text


def test_what_is_opened_again_is_kept_as_long_again(desk, tmp_path):
    clock = Clock()
    kept = Kept(tmp_path / "for days", clock=clock)
    parts = desks_of(replace(desk, keeping=Keeping(kept)), tmp_path)
    session = arrived(parts.kept)
    session = last(parts.books.paste("Bo Ek built the boat.", "Boats", session, ME)).session
    boats = session.article
    session = asked(parts.desk, WHO, session=parts.desk.open(SEED, session).session)
    for _ in range(4):
        clock.now_s += 60 * DAY_S
        again = arrived(parts.kept, session.visitor)
        assert set(last(parts.books.fetch(boats, again, ME)).session.own) == {boats}
        recalled = last(parts.kept.recall(again.listed[0].id, again, ME)).session
        assert recalled.conversation.turns[0].question == WHO
    clock.now_s += 91 * DAY_S
    gone = arrived(parts.kept, session.visitor)
    assert (dict(gone.waiting), gone.listed) == ({}, ())


def test_what_another_page_asked_is_not_undone(desk, kept_desk, kept):
    one = asked(desk, WHO, session=arrived(kept_desk))
    other = last(kept_desk.recall(one.listed[0].id, arrived(kept_desk, one.visitor), ME)).session
    other = asked(desk, MANY, session=other)
    one = desk.undo(one).session
    assert file_of(kept, one) == [[MANY]]
    assert file_of(kept, asked(desk, TALKS, session=one)) == [[MANY, TALKS]]


def test_a_judgement_that_is_not_kept_is_not_shown_as_if_it_were(desk, kept_desk, kept):
    session = asked(desk, WHO, session=arrived(kept_desk))
    kept.conversations.delete(session.visitor, session.listed[0].id)
    view = kept_desk.judge(0, "right", "", session)
    assert "no longer kept" in view.notice.text
    assert view.session == session
    assert list(kept.feedback.judged()) == []


def test_after_all_is_deleted_ones_articles_are_gone_from_the_page_too(
    desk, kept_desk, books, kept
):
    session = last(books.paste("Lamps burn.", "Lamps", arrived(kept_desk), ME)).session
    session = asked(desk, "What burns?", session=session)
    session = kept_desk.forget(session).session
    assert (session.article, dict(session.own), session.suggested) == (SEED, {}, {})
    assert (session.conversations, session.kept, session.listed) == ({}, {}, ())
    assert file_of(kept, asked(desk, WHO, session=session)) == [[WHO]]


def test_of_an_article_that_was_brought_in_private_nothing_is_kept(desk, kept_desk, books, kept):
    private = kept_desk.be_private(arrived(kept_desk), private=True).session
    private = last(books.paste("Lamps burn.", "Lamps", private, ME)).session
    everything = desk.open(ALL_ARTICLES, private).session
    for before, opened in ((private, SEED), (everything, ALL_ARTICLES)):
        view = kept_desk.be_private(before, private=False)
        assert "add it again" in view.notice.text
        session = view.session
        assert (session.article, dict(session.own), session.together) == (opened, {}, None)
    assert desk.about(session).document(private.article) is None, "nor is it quoted among all"
    assert kept.articles.all_of(session.visitor) == []
    session = last(books.paste("Lamps burn.", "Lamps", session, ME)).session
    assert file_of(kept, asked(desk, "Which lamps?", session=session)) != []
    assert kept_desk.be_private(session, private=False).notice is None


def test_what_was_deleted_on_another_page_is_not_kept_once_more(desk, kept_desk, kept):
    session = asked(desk, WHO, MANY, session=arrived(kept_desk))
    other = arrived(kept_desk, session.visitor)
    kept_desk.forget(other)
    session = asked(desk, TALKS, session=session)
    assert [turn.question for turn in session.conversation.turns] == [TALKS]
    assert session.conversation.place.text == "two days"
    assert file_of(kept, session) == [[TALKS]]
    kept_desk.delete(session.listed[0].id, arrived(kept_desk, session.visitor))
    session = asked(desk, MANY, session=desk.edit(0, session).session)
    assert file_of(kept, session) == [[MANY]]
    assert file_of(kept, asked(desk, WHO, session=session)) == [[MANY, WHO]]
