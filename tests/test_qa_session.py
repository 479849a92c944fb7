"""A visitor's session: an article open, a conversation with each, articles of one's own."""

from dataclasses import replace

from rendered import STORY, excerpt, found

from index.records import Document
from qa.assistant import Assistant
from qa.dialogue import Conversation
from qa.session import ALL_ARTICLES, KeptTalk, Session


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


def test_an_own_article_goes_with_what_was_asked_of_it(stub_embedder, reader):
    one = Assistant.from_sources(STORY, embedder=stub_embedder, reader=reader)
    talk = Conversation().with_answer(found(STORY, "Anna"))
    session = Session("seed").with_conversation(talk).with_own("story", one).with_conversation(talk)
    session = replace(session, kept={"seed": KeptTalk("1"), "story": KeptTalk("2")})
    left = session.without_own("story")
    assert dict(left.own) == {}
    assert dict(left.conversations) == {"seed": talk}
    assert dict(left.kept) == {"seed": KeptTalk("1")}
    assert session.without_own("nothing") == session


def test_looking_elsewhere_keeps_what_is_edited_and_a_new_answer_does_not():
    talk = Conversation().with_answer(found(STORY, "Anna", others=["Boris"]))
    session = replace(Session("story").with_conversation(talk), editing=0)
    session = replace(session, shown=excerpt(STORY, "Tea."))
    looking = session.looking(talk.focused_on(0, 1))
    assert (looking.editing, looking.shown) == (0, None)
    assert (session.with_conversation(talk).editing, session.opened("b").editing) == (None, None)
    assert session.opened("b").shown is None
