"""What is kept of a visit, and comes back at the next: with the shipped models and a real file."""

import json
from dataclasses import replace

import pytest

from qa.counters import Counters
from qa.desk import Desk
from qa.feedback import Verdict
from qa.gate import Gate
from qa.keeping import Keeping
from qa.kept import Kept
from qa.kept_bounds import Bounds
from qa.kept_folder import new_visitor
from qa.offered import Offered
from qa.rates import Rate
from qa.screen import Screen
from qa.session import ALL_ARTICLES

SEED = "belarus-pardons.txt"
WHO, MANY, TALKS = (
    "who was released?",
    "how many prisoners were pardoned?",
    "how long did the talks last?",
)
ME = "192.0.2.7"


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


@pytest.fixture
def desk(shelf, tmp_path, kept):
    gate = Gate(rate=Rate(per_minute=100_000, burst=100_000), counters=Counters())
    return Desk(Offered(shelf), gate, SEED, str(tmp_path), Keeping(kept))


def last(views):
    return list(views)[-1]


def arrived(desk, visitor="", *, private=False):
    return desk.arrive(visitor, desk.opening(), private=private).session


def asked(desk, session, *questions):
    for question in questions:
        view = last(desk.ask(question, session, ME))
        assert view.notice is None
        session = view.session
    return session


def file_of(kept, session):
    """What the file has of a visitor: the questions of each conversation."""
    return [
        [turn.answer.question for turn in kept.conversations.turns(session.visitor, one.id)]
        for one in kept.conversations.all_of(session.visitor)
    ]


def test_a_conversation_comes_back_at_the_next_visit(desk, kept):
    first = asked(desk, arrived(desk), WHO, MANY)
    assert file_of(kept, first) == [[WHO, MANY]]
    again = arrived(desk, first.visitor)
    (listed,) = again.listed
    assert (listed.name, listed.turns) == (WHO, 2)
    assert again.conversation.turns == ()
    recalled = last(desk.recall(listed.id, again, ME)).session
    assert [turn.text for turn in recalled.conversation.turns] == [
        turn.text for turn in first.conversation.turns
    ]
    assert recalled.conversation.place.text == "123"
    assert file_of(kept, asked(desk, recalled, TALKS)) == [[WHO, MANY, TALKS]]


def test_visitors_see_nothing_of_each_other(desk, kept):
    mine = asked(desk, arrived(desk), WHO)
    other = arrived(desk)
    assert other.visitor != mine.visitor
    assert other.listed == ()
    assert last(desk.recall(mine.listed[0].id, other, ME)).session.conversation.turns == ()
    desk.delete(mine.listed[0].id, other)
    assert file_of(kept, mine) == [[WHO]]


def test_what_is_edited_undone_or_begun_anew_is_kept_so(desk, kept):
    session = asked(desk, arrived(desk), WHO, MANY)
    session = asked(desk, desk.edit(0, session).session, TALKS)
    assert file_of(kept, session) == [[TALKS, MANY]]
    session = desk.undo(session).session
    assert file_of(kept, session) == [[TALKS]]
    session = asked(desk, desk.clear(session).session, WHO)
    assert sorted(file_of(kept, session)) == [[TALKS], [WHO]]
    session = desk.undo(session).session
    assert file_of(kept, session) == [[TALKS]], "of a conversation without turns nothing is kept"


def test_all_articles_have_a_conversation_too(desk):
    session = asked(desk, desk.open(ALL_ARTICLES, arrived(desk)).session, MANY)
    again = arrived(desk, session.visitor)
    assert last(desk.recall(again.listed[0].id, again, ME)).session.article == ALL_ARTICLES


def test_in_private_nothing_is_kept_then_or_later(desk, kept):
    session = asked(desk, arrived(desk), WHO)
    private = asked(desk, desk.be_private(session, private=True).session, MANY)
    private = last(desk.paste("Lamps burn.", "Lamps", private, ME)).session
    assert file_of(kept, private) == [[WHO]]
    assert kept.articles.all_of(private.visitor) == []
    back = desk.be_private(desk.open(SEED, private).session, private=False).session
    assert back.conversation.turns == ()
    assert sorted(file_of(kept, asked(desk, back, TALKS))) == sorted([[WHO], [TALKS]])
    later = arrived(desk, session.visitor, private=True)
    assert later.private
    assert file_of(kept, asked(desk, later, MANY)) == file_of(kept, later)


def test_an_own_article_comes_back_unread_and_opens(desk, kept):
    session = arrived(desk)
    session = last(desk.paste("The boat was built by Bo Ek.", "Boats", session, ME)).session
    session = asked(desk, session, "who built the boat?")
    again = arrived(desk, session.visitor)
    (boats,) = again.waiting
    assert again.own == {}
    html = Screen(desk, {}).library(desk.find("", again))
    assert f'data-act="fetch" data-article="{boats}"' in html
    recalled = last(desk.recall(again.listed[0].id, again, ME)).session
    assert (recalled.article, dict(recalled.waiting)) == (boats, {})
    assert recalled.conversation.turns[0].text == "Bo Ek"
    fetched = last(desk.fetch(boats, again, ME)).session
    assert fetched.own[boats].documents[0].title == "Boats"
    gone = desk.remove(boats, again).session
    assert dict(gone.waiting) == {}
    assert kept.articles.all_of(session.visitor) == []
    view = last(desk.recall(again.listed[0].id, gone, ME))
    assert "is not here" in view.notice.text


def test_quotes_that_no_longer_stand_are_not_shown(desk, kept):
    session = asked(desk, arrived(desk), WHO)
    (turn,) = session.conversation.turns
    moved = replace(turn, start=turn.start + 1, end=turn.end + 1)
    begun = kept.conversations.start(session.visitor, name="moved", articles=[SEED])
    kept.conversations.add(session.visitor, begun.id, moved)
    view = last(desk.recall(begun.id, arrived(desk, session.visitor), ME))
    assert "has changed" in view.notice.text
    assert view.session.conversation.turns == ()


def test_conversations_are_named_searched_saved_and_deleted(desk):
    session = asked(desk, arrived(desk), WHO)
    session = asked(desk, desk.open("kettle-faq.md", session).session, "how much does it cost?")
    cost, who = session.listed
    assert desk.look_up("RELEASED", session).session.listed == (who,)
    named = desk.rename(who.id, "  The   pardons ", session).session
    assert {one.name for one in named.listed} == {"The pardons", "how much does it cost?"}
    saved = desk.export(who.id, "json", named).exported
    assert saved.name == "conversation.json"
    told = json.loads(saved.text)
    assert [one["question"] for one in told["answers"]] == [WHO]
    assert [one["id"] for one in told["articles"]] == [SEED]
    assert f"> {told['answers'][0]['text']}" in desk.export(who.id, "markdown", named).exported.text
    deleted = desk.delete(cost.id, named).session
    assert [one.id for one in deleted.listed] == [who.id]
    assert deleted.conversation.turns == (), "the one that was open is gone from the page"
    assert desk.forget(deleted).session.listed == ()
    assert arrived(desk, session.visitor).listed == ()


def test_an_answer_is_judged_and_that_taken_back(desk, kept):
    session = asked(desk, arrived(desk), WHO, MANY)
    judged = desk.judge(1, "wrong", "It is 124.", session).session
    feedback = judged.kept[SEED].turns[1].feedback
    assert (feedback.verdict, feedback.note) == (Verdict.WRONG, "It is 124.")
    (known,) = kept.feedback.judged()
    assert (known.answer.question, known.feedback) == (MANY, feedback)
    html = Screen(desk, {}).conversation(desk.judge(0, "right", "", judged))
    assert html.count('aria-pressed="true"') == 2
    assert "It is 124." in html
    back = desk.judge(1, "wrong", "It is 124.", judged).session
    assert back.kept[SEED].turns[1].feedback is None
    assert "is no verdict" in desk.judge(0, "<b>", "", session).notice.text
    assert desk.judge(99, "right", "", session).session == session


def test_without_a_file_nothing_is_kept_and_it_says_so(desk):
    bare = replace(desk, keeping=Keeping(None))
    session = asked(bare, arrived(bare), WHO)
    assert (session.visitor, dict(session.kept)) == ("", {})
    screen = Screen(bare, {})
    view = bare.find("", session)
    assert "Nothing is kept" in screen.library(view)
    assert "aria-pressed" not in screen.conversation(view)


@pytest.mark.parametrize("visitor", ["x", "../../etc", "a" * 32 + "\n", "é" * 32])
def test_who_says_to_be_nobody_is_told(desk, visitor):
    view = desk.arrive(visitor, desk.opening(), private=False)
    assert "Nothing is kept" in view.notice.text
    assert view.session.arrived
    assert view.session.visitor == ""


def test_a_secret_of_nobody_yet_finds_nothing(desk):
    assert arrived(desk, new_visitor()).listed == ()


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(desk, kept):
    session = arrived(desk)
    full = Kept(kept.folder, bounds=Bounds(file_bytes=1))
    view = last(replace(desk, keeping=Keeping(full)).ask(WHO, session, ME))
    assert view.session.conversation.turns[0].text is not None
    assert "The conversation is not kept" in view.notice.text
