"""Conversations are listed and found by their words, and their turns keep their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keepers import answer, begun, names
from strategies import any_text, few

from index.errors import InputError, StoreError
from qa.feedback import Feedback, Verdict
from qa.kept import Kept
from qa.kept_bounds import Bounds
from qa.kept_conversations import MAX_SEARCHED_CHARS
from qa.kept_file import FILE
from qa.kept_folder import new_visitor


def test_a_turn_is_replaced_in_its_place_or_taken_back(kept, visitor):
    one = begun(kept, visitor, turns=3)
    kept.feedback.judge(visitor, one, 1, Feedback(Verdict.WRONG))
    assert kept.conversations.add(visitor, one, answer(11), in_place_of=1).number == 1
    turns = kept.conversations.turns(visitor, one)
    assert [turn.answer for turn in turns] == [answer(0), answer(11), answer(2)]
    assert [turn.feedback for turn in turns] == [None] * 3, "it was of another answer"
    assert kept.conversations.take_back(visitor, one, 2)
    assert not kept.conversations.take_back(visitor, one, 2)
    assert not kept.conversations.take_back(new_visitor(), one, 1)
    assert kept.conversations.add(visitor, one, answer(3)).number == 3, (
        "a number is not given twice"
    )
    assert kept.conversations.add(visitor, one, answer(4), in_place_of=2).number == 4, (
        "there is none"
    )
    assert [turn.number for turn in kept.conversations.turns(visitor, one)] == [0, 1, 3, 4]
    assert names(kept.conversations.search(visitor, "number 11")) == ["Story"]
    assert names(kept.conversations.search(visitor, "number 2")) == []


def test_a_conversation_begins_with_its_turns_or_not_at_all(tmp_path, visitor):
    said = [answer(number) for number in range(3)]
    kept = Kept(tmp_path, bounds=Bounds(turns=2))
    one = kept.conversations.start(visitor, name="Story", articles=["d"], answers=said)
    turns = kept.conversations.turns(visitor, one.id)
    assert [(turn.number, turn.answer) for turn in turns] == [(1, said[1]), (2, said[2])]
    assert kept.conversations.add(visitor, one.id, answer(3)).number == 3
    assert names(kept.conversations.search(visitor, "number 2")) == ["Story"]
    room = (tmp_path / FILE).stat().st_size + 300  # enough for a conversation without its turns
    full = Kept(tmp_path, bounds=Bounds(file_bytes=room))
    for _ in range(3):
        with pytest.raises(StoreError, match="of conversations already"):
            full.conversations.start(visitor, name="Another", articles=[], answers=said)
    assert names(full.conversations.search(visitor, "")) == ["Story"]


def test_the_last_used_stands_first(kept, visitor):
    first, second = begun(kept, visitor, "First"), begun(kept, visitor, "Second")
    assert names(kept.conversations.search(visitor, "")) == ["Second", "First"]
    kept.conversations.add(visitor, first, answer(1))
    assert names(kept.conversations.search(visitor, "")) == ["First", "Second"]
    assert kept.conversations.rename(visitor, second, " Another\n name ")
    assert names(kept.conversations.search(visitor, "")) == ["Another name", "First"]
    assert str(kept.conversations.search(visitor, "")[0]) == "Another name"


def test_a_name_is_cut_and_never_empty(kept, visitor):
    begun(kept, visitor, "x" * 500)
    begun(kept, visitor, " \n")
    begun(kept, visitor, "half \ud800")
    assert names(kept.conversations.search(visitor, "")) == ["half ?", "Conversation", "x" * 200]


# Search


def test_search_finds_words_in_names_questions_and_quotes(kept, visitor):
    begun(kept, visitor, "The Größe of things", turns=3)
    one = begun(kept, visitor, "100 % sure_thing")
    begun(kept, visitor, "東京タワー")
    kept.conversations.add(visitor, one, answer(42))
    found = lambda words: names(kept.conversations.search(visitor, words))  # noqa: E731
    assert found("GRÖSSE") == ["The Größe of things"]
    assert found("number") == ["100 % sure_thing", "The Größe of things"]
    assert found("sure 42?") == ["100 % sure_thing"], "one word in the name, one in a question"
    assert found("it WAS number 42.") == ["100 % sure_thing"]
    assert found("タワー") == ["東京タワー"], "written without spaces"
    assert found("%") == found("_") == ["100 % sure_thing"], "no sign stands for others"
    assert found("nowhere") == found("' OR 1=1") == found('"') == found("things 42") == []
    assert len(found(" \n")) == 3
    with pytest.raises(InputError, match="at most 200 fit"):
        found("x" * (MAX_SEARCHED_CHARS + 1))


@few
@given(st.lists(any_text(min_size=1), min_size=1, max_size=4), any_text(min_size=1))
def test_search_finds_what_has_every_word(kept, titles, words):
    visitor = new_visitor()
    for title in titles:
        kept.conversations.start(visitor, name=title, articles=[])
    shown = names(kept.conversations.search(visitor, ""))
    for name in shown:
        assert name in names(kept.conversations.search(visitor, name))
    for name in names(kept.conversations.search(visitor, words)):
        assert name in shown
    assert names(kept.conversations.search(visitor, words + " not-there")) == []
