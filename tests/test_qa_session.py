"""A visitor's conversations: what is in focus, what is kept."""

import pytest
from rendered import STORY, excerpt, found, not_found

from index.records import Document
from qa.assistant import Assistant
from qa.session import ALL_ARTICLES, TURNS_KEPT, Conversation, Focus, Session, places_of


def test_places_of_an_answer_are_its_quotes():
    answer = found(STORY, "Anna", others=["Boris", "Clara"])
    assert [place.text for place in places_of(answer)] == ["Anna", "Boris", "Clara"]
    for place in places_of(answer):
        assert STORY.text[place.start : place.end] == place.text
        assert (place.document_id, place.document_title) == ("story", "A story")


def test_places_of_no_answer_are_the_nearest_passages():
    nearest = (excerpt(STORY, "Anna came home."), excerpt(STORY, "Tea."))
    assert places_of(not_found(*nearest)) == nearest
    assert places_of(not_found()) == ()


def test_new_conversation_shows_nothing():
    talk = Conversation()
    assert (talk.turns, talk.focus, talk.place, talk.passage, talk.quotes) == (
        (),
        None,
        None,
        None,
        (),
    )


def test_new_quote_comes_into_focus():
    first, second = found(STORY, "Anna"), found(STORY, "Boris", others=["Clara"])
    talk = Conversation().with_answer(first).with_answer(second)
    assert talk.turns == (first, second)
    assert talk.focus == Focus(1, 0)
    assert talk.place == excerpt(STORY, "Boris")
    assert [quote.text for quote in talk.quotes] == ["Boris", "Clara"]
    assert talk.passage == second.passage


def test_turn_without_a_quote_leaves_nothing_in_focus():
    silent = not_found(excerpt(STORY, "Anna came home."))
    talk = Conversation().with_answer(found(STORY, "Anna")).with_answer(silent)
    assert talk.focus is None
    assert talk.place is None
    nearest = talk.focused_on(1, 0)
    assert nearest.place == excerpt(STORY, "Anna came home.")
    assert nearest.quotes == ()
    assert nearest.passage is None


def test_another_quote_comes_into_focus():
    answer = found(STORY, "Anna", others=["Boris"])
    talk = Conversation().with_answer(answer).with_answer(found(STORY, "Clara"))
    moved = talk.focused_on(0, 1)
    assert moved.focus == Focus(0, 1)
    assert moved.place == excerpt(STORY, "Boris")
    assert moved.passage == answer.alternatives[0].passage
    assert moved.turns == talk.turns
    assert talk.focus == Focus(1, 0), "the one before is unchanged"


@pytest.mark.parametrize(
    ("turn", "choice"), [(-1, 0), (0, -1), (2, 0), (0, 2), (1, 1), (99, 99), (-2, 0)]
)
def test_focus_out_of_range_changes_nothing(turn, choice):
    talk = (
        Conversation()
        .with_answer(found(STORY, "Anna", others=["Boris"]))
        .with_answer(found(STORY, "Clara"))
    )
    assert talk.focused_on(turn, choice) is talk
    assert Conversation().focused_on(turn, choice) == Conversation()


def test_oldest_turns_of_a_long_conversation_go():
    talk = Conversation()
    for number in range(TURNS_KEPT + 5):
        talk = talk.with_answer(found(STORY, "Anna", question=f"question {number}?"))
    assert len(talk.turns) == TURNS_KEPT
    assert talk.turns[0].question == "question 5?"
    assert talk.turns[-1].question == f"question {TURNS_KEPT + 4}?"
    assert talk.focus == Focus(TURNS_KEPT - 1)
    assert talk.place == excerpt(STORY, "Anna")


def test_session_keeps_a_conversation_with_each_article():
    anna = Conversation().with_answer(found(STORY, "Anna"))
    boris = Conversation().with_answer(found(STORY, "Boris"))
    session = Session("a").with_conversation(anna).opened("b")
    assert session.article == "b"
    assert session.conversation == Conversation()
    session = session.with_conversation(boris)
    assert session.conversation == boris
    assert session.opened("a").conversation == anna
    assert session.opened(ALL_ARTICLES).conversation == Conversation()


def test_clearing_a_session_leaves_the_other_conversations():
    talk = Conversation().with_answer(found(STORY, "Anna"))
    session = Session("a").with_conversation(talk).opened("b").with_conversation(talk)
    cleared = session.cleared()
    assert cleared.article == "b"
    assert cleared.conversation == Conversation()
    assert cleared.opened("a").conversation == talk
    assert session.conversation == talk, "the session before is unchanged"


def test_own_articles_are_added_and_opened(stub_embedder, reader):
    one, two = (
        Assistant.from_sources(
            Document(name, name, f"The {name} article."), embedder=stub_embedder, reader=reader
        )
        for name in ("one", "two")
    )
    session = Session("seed").with_own("one", one).with_own("two", two)
    assert session.article == "two"
    assert dict(session.own) == {"one": one, "two": two}
    assert session.conversation == Conversation()
    again = session.with_own("one", two)
    assert again.article == "one"
    assert dict(again.own) == {"one": two, "two": two}
    assert session.own["one"] is one
