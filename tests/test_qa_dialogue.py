"""A conversation: what is in focus, in which order its hits are met."""

from dataclasses import replace

import pytest
from rendered import STORY, excerpt, found, not_found

from index.records import Document
from qa.dialogue import TURNS_KEPT, Conversation, Focus, places_of
from qa.records import Turn


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


def test_a_turn_answered_anew_takes_its_place():
    first, second, third = (found(STORY, name) for name in ("Anna", "Boris", "Clara"))
    talk = Conversation().with_answer(first).with_answer(second)
    anew = talk.with_turn(0, third)
    assert anew.turns == (third, second)
    assert anew.focus == Focus(0)
    assert talk.with_turn(0, not_found()).focus is None
    assert talk.with_turn(2, third).turns == (first, second, third)
    assert talk.with_turn(-1, third).turns == (first, second, third)


def test_the_last_turn_goes_with_its_focus():
    first, second = found(STORY, "Anna", others=["Boris"]), found(STORY, "Clara")
    talk = Conversation().with_answer(first).with_answer(second)
    assert talk.without_last() == Conversation((first,), None)
    assert talk.focused_on(0, 1).without_last() == Conversation((first,), Focus(0, 1))
    assert Conversation().without_last() == Conversation()


def test_what_was_said_before_a_turn():
    talk = Conversation().with_answer(found(STORY, "Anna", question="who?"))
    talk = talk.with_answer(not_found(question="why?"))
    assert talk.before(2) == (Turn("who?", "Anna"), Turn("why?", None))
    assert talk.before(1) == (Turn("who?", "Anna"),)
    assert talk.before(0) == talk.before(-1) == ()


def test_hits_are_met_as_one_reads():
    other = Document("other", "Other", "Dora and Emil.")
    answer = found(STORY, "Clara", others=["Anna"])
    dora = found(other, "Dora")
    answer = replace(answer, alternatives=(dora, *answer.alternatives, found(other, "Emil")))
    talk = Conversation().with_answer(answer)
    assert talk.hit == (2, 4)  # “Clara” is the best, and stands behind “Anna”
    met = []
    for _ in range(4):
        met.append((talk.place.text, talk.hit))
        talk = talk.stepped(1)
    assert met == [("Clara", (2, 4)), ("Dora", (3, 4)), ("Emil", (4, 4)), ("Anna", (1, 4))]
    assert talk.place.text == "Clara", "behind the last comes the first"
    assert talk.stepped(-1).place.text == "Anna"
    assert talk.stepped(-5) == talk.stepped(-1)


def test_without_a_focus_there_is_no_hit():
    talk = Conversation().with_answer(not_found(excerpt(STORY, "Tea.")))
    assert talk.hit == (0, 0)
    assert talk.stepped(1) == talk
    assert talk.question is None
    assert talk.focused_on(0, 0).hit == (1, 1)
    assert talk.focused_on(0, 0).question == "who?"
