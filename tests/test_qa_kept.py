"""What is kept comes back as it was, to its visitor alone, within bounds, and until deleted."""

import contextlib
import json
import sqlite3
import stat
import threading

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from keepers import answer
from strategies import answers, any_text, documents, few

from index.errors import InputError, StoreError
from index.records import Document
from qa.feedback import Feedback, Judged, Verdict
from qa.kept import MAX_SEARCHED_CHARS, Bounds, Kept
from qa.kept_file import FILE
from qa.kept_folder import new_visitor

DAY_S = 86_400


class Clock:
    """Seconds that go forward by one at each look, and further when told to."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        self.now_s += 1
        return self.now_s


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept", clock=Clock())


@pytest.fixture
def visitor():
    return new_visitor()


def begun(kept, visitor, name="Story", turns=0, articles=("d",)):
    one = kept.start(visitor, name=name, articles=articles)
    for number in range(turns):
        kept.add(visitor, one.id, answer(number))
    return one.id


def bring_each(kept, visitor, many):
    for one in many:
        kept.bring(visitor, [one])


def names(conversations):
    return [one.name for one in conversations]


# Round trips


@few
@given(st.data())
def test_answers_and_articles_come_back_as_they_were(kept, data):
    visitor = new_visitor()
    together = data.draw(st.lists(documents(), min_size=1, max_size=3))
    given_answers = [data.draw(answers(together[0])) for _ in range(data.draw(st.integers(0, 3)))]
    ids, name = [one.id for one in together], data.draw(any_text(min_size=1).filter(str.strip))
    one = kept.start(visitor, name=name, articles=ids)
    turns = [kept.add(visitor, one.id, said) for said in given_answers]
    kept.bring(visitor, together)

    again = Kept(kept.folder, clock=kept._clock)  # as after a restart
    (found,) = again.conversations(visitor)
    assert (found.id, found.name, found.articles) == (one.id, " ".join(name.split()), tuple(ids))
    assert found.turns == len(given_answers)
    assert again.turns(visitor, one.id) == turns
    assert [turn.answer for turn in turns] == given_answers
    assert again.article(visitor, ids[0]) == tuple(together)
    (listed,) = again.articles(visitor)
    chars = sum(len(one.text) for one in together)
    assert (listed.id, listed.title) == (ids[0], together[0].title)
    assert (listed.documents, listed.chars) == (len(together), chars)


def test_a_real_conversation_comes_back(kept, visitor, news, news_answers):
    one = kept.start(visitor, name="News", articles=["belarus-pardons.txt"])
    for said in news_answers:
        kept.add(visitor, one.id, said)
    back = [turn.answer.to_dict() for turn in kept.turns(visitor, one.id)]
    assert back == [said.to_dict() for said in news_answers]
    (document,) = news.documents
    for turn in back:
        if turn["text"] is not None:
            assert document.text[turn["start"] : turn["end"]] == turn["text"]


def test_a_turn_is_replaced_in_its_place_or_taken_back(kept, visitor):
    one = begun(kept, visitor, turns=3)
    kept.judge(visitor, one, 1, Feedback(Verdict.WRONG))
    assert kept.add(visitor, one, answer(11), in_place_of=1).number == 1
    turns = kept.turns(visitor, one)
    assert [turn.answer for turn in turns] == [answer(0), answer(11), answer(2)]
    assert [turn.feedback for turn in turns] == [None] * 3, "it was of another answer"
    assert kept.take_back(visitor, one, 2)
    assert not kept.take_back(visitor, one, 2)
    assert not kept.take_back(new_visitor(), one, 1)
    assert kept.add(visitor, one, answer(3)).number == 3, "a number is not given twice"
    assert kept.add(visitor, one, answer(4), in_place_of=2).number == 4, "there is none"
    assert [turn.number for turn in kept.turns(visitor, one)] == [0, 1, 3, 4]
    assert kept.conversations(visitor)[0].turns == 4
    assert names(kept.search(visitor, "number 11")) == ["Story"]
    assert names(kept.search(visitor, "number 2")) == []


# The list


def test_the_last_used_stands_first(kept, visitor):
    first, second = begun(kept, visitor, "First"), begun(kept, visitor, "Second")
    assert names(kept.conversations(visitor)) == ["Second", "First"]
    kept.add(visitor, first, answer(1))
    assert names(kept.conversations(visitor)) == ["First", "Second"]
    assert kept.rename(visitor, second, " Another\n name ")
    assert names(kept.conversations(visitor)) == ["Another name", "First"]
    newest = kept.conversations(visitor)[0]
    assert newest.created_s < newest.updated_s
    assert str(newest) == "Another name (0 questions)"


def test_a_name_is_cut_and_never_empty(kept, visitor):
    begun(kept, visitor, "x" * 500)
    begun(kept, visitor, " \n")
    begun(kept, visitor, "half \ud800")
    assert names(kept.conversations(visitor)) == ["half ?", "Conversation", "x" * 200]


def test_what_is_deleted_is_gone(kept, visitor):
    first, second = begun(kept, visitor, "First", turns=2), begun(kept, visitor, "Second")
    kept.bring(visitor, [Document("d", "T", "A text that is secret.")])
    assert kept.delete(visitor, first)
    assert not kept.delete(visitor, first)
    assert kept.turns(visitor, first) is None
    assert kept.add(visitor, first, answer(1)) is None
    assert not kept.rename(visitor, first, "x")
    assert not kept.judge(visitor, first, 0, Feedback(Verdict.RIGHT))
    assert names(kept.conversations(visitor)) == ["Second"]
    assert kept.remove(visitor, "d")
    assert not kept.remove(visitor, "d")
    assert kept.articles(visitor) == []
    kept.forget(visitor)
    assert kept.conversations(visitor) == []
    assert kept.turns(visitor, second) is None


def test_nothing_of_what_is_deleted_stays_in_the_file(kept, visitor):
    file = kept.folder / FILE
    one = kept.start(visitor, name="Confidential matters", articles=["secret-article"])
    kept.add(visitor, one.id, answer(987_654))
    kept.judge(visitor, one.id, 0, Feedback(Verdict.WRONG, "my own remark"))
    kept.bring(visitor, [Document("secret-article", "T", "The hidden text. " * 1000)])
    words = (b"Confidential", b"987654", b"my own remark", b"secret-article", b"The hidden text")
    assert all(word in file.read_bytes() for word in words)
    kept.forget(visitor)
    left = b"".join(file.read_bytes() for file in kept.folder.iterdir())
    assert not [word for word in words if word in left]


# Visitors


def test_nobody_reaches_what_is_another_s(kept, visitor):
    one = begun(kept, visitor, turns=1)
    kept.bring(visitor, [Document("d", "T", "A text.")])
    other = new_visitor()
    begun(kept, other, "Other")
    assert kept.turns(other, one) is None
    assert kept.add(other, one, answer(1)) is None
    assert not kept.rename(other, one, "Mine")
    assert not kept.delete(other, one)
    assert not kept.judge(other, one, 0, Feedback(Verdict.WRONG))
    assert not kept.remove(other, "d")
    assert kept.articles(other) == []
    assert kept.article(other, "d") is None
    assert names(kept.search(other, "number")) == []
    kept.forget(other)
    assert names(kept.conversations(visitor)) == ["Story"]
    assert len(kept.turns(visitor, one)) == 1
    assert len(kept.articles(visitor)) == 1


def test_the_file_does_not_say_who_a_visitor_is(kept, visitor):
    begun(kept, visitor, turns=2)
    assert visitor.encode() not in (kept.folder / FILE).read_bytes()


def test_the_file_is_its_owner_s_alone(kept, visitor):
    begun(kept, visitor)
    assert stat.S_IMODE((kept.folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("stranger", ["", "x", "x" * 31, "x" * 33, "é" * 32, "' OR 1=1 --", None])
def test_only_secrets_of_ours_are_visitors(kept, stranger):
    calls = [
        lambda: kept.conversations(stranger),
        lambda: kept.start(stranger, name="x", articles=[]),
        lambda: kept.turns(stranger, "x"),
        lambda: kept.articles(stranger),
        lambda: kept.forget(stranger),
    ]
    for call in calls:
        with pytest.raises(InputError, match="does not say who you are"):
            call()


# Search


def test_search_finds_words_in_names_questions_and_quotes(kept, visitor):
    begun(kept, visitor, "The Größe of things", turns=3)
    one = begun(kept, visitor, "100 % sure_thing")
    begun(kept, visitor, "東京タワー")
    kept.add(visitor, one, answer(42))
    found = lambda words: names(kept.search(visitor, words))  # noqa: E731
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
        kept.start(visitor, name=title, articles=[])
    shown = names(kept.conversations(visitor))
    for name in shown:
        assert name in names(kept.search(visitor, name))
    for name in names(kept.search(visitor, words)):
        assert name in shown
    assert names(kept.search(visitor, words + " not-there")) == []


# Bounds


def small(tmp_path, clock=None, **bounds):
    return Kept(tmp_path / "kept", bounds=Bounds(**bounds), clock=clock or Clock())


def test_the_longest_unused_conversation_goes_first(tmp_path, visitor):
    kept = small(tmp_path, conversations=3)
    first, *_ = [begun(kept, visitor, name) for name in "abc"]
    other = new_visitor()
    begun(kept, other, "other's")
    kept.add(visitor, first, answer(1))
    begun(kept, visitor, "d")
    assert names(kept.conversations(visitor)) == ["d", "a", "c"]
    assert names(kept.conversations(other)) == ["other's"]


def test_the_oldest_turns_go_first_and_the_others_keep_their_numbers(tmp_path, visitor):
    kept = small(tmp_path, turns=3)
    one = begun(kept, visitor, turns=5)
    assert [turn.number for turn in kept.turns(visitor, one)] == [2, 3, 4]
    assert kept.conversations(visitor)[0].turns == 3
    assert kept.turns(visitor, one)[0].answer == answer(2)
    assert not kept.judge(visitor, one, 1, Feedback(Verdict.RIGHT))
    assert kept.judge(visitor, one, 2, Feedback(Verdict.RIGHT))


def test_long_conversations_push_out_others_but_not_themselves(tmp_path, visitor):
    length = len(json.dumps(answer(1).to_dict()))
    kept = small(tmp_path, turn_chars=3 * length)
    begun(kept, visitor, "a", turns=1)
    second = begun(kept, visitor, "b", turns=2)
    assert names(kept.conversations(visitor)) == ["b", "a"]
    kept.add(visitor, second, answer(3))
    assert names(kept.conversations(visitor)) == ["b"]
    for number in range(4, 6):
        kept.add(visitor, second, answer(number))
    assert names(kept.conversations(visitor)) == ["b"]


def test_a_visitor_brings_so_many_articles_and_characters(tmp_path, visitor):
    kept = small(tmp_path, articles=2, article_chars=100)
    kept.bring(visitor, [Document("a", "A", "x" * 40), Document("a2", "A", "y" * 10)])
    kept.bring(visitor, [Document("b", "B", "x" * 50)])
    for more in (Document("c", "C", "x"), Document("b", "B", "x" * 51)):
        with pytest.raises(InputError, match="at most 2 with 100 are kept"):
            kept.bring(visitor, [more])
    assert [(one.id, one.documents) for one in kept.articles(visitor)] == [("b", 1), ("a", 2)]
    kept.bring(visitor, [Document("b", "B", "z" * 50)])  # in the place of the other
    assert kept.article(visitor, "b") == (Document("b", "B", "z" * 50),)
    assert kept.article(visitor, "c") is None
    kept.bring(new_visitor(), [Document("a", "A", "x" * 100)])
    with pytest.raises(InputError, match="no article to keep"):
        kept.bring(visitor, [])


def test_a_full_file_takes_nothing_more_until_something_is_deleted(tmp_path, visitor):
    kept = small(tmp_path, file_bytes=300_000)
    large = Document("large", "Large", "x" * 100_000)
    kept.bring(visitor, [large])
    other = new_visitor()
    many = [Document(f"{number}", "L", "x" * 50_000) for number in range(10)]
    with pytest.raises(StoreError, match="keeps 300,000 bytes of conversations already"):
        bring_each(kept, other, many)
    assert kept.article(visitor, "large") == (large,), "nobody pushes out what is another's"
    assert (kept.folder / FILE).stat().st_size <= 300_000
    kept.forget(visitor)
    kept.bring(other, [Document("more", "L", "x" * 50_000)])


def test_what_is_unused_for_days_is_dropped_at_the_next_use(tmp_path, visitor):
    clock = Clock()
    kept = small(tmp_path, clock, days=10)
    idle = new_visitor()
    begun(kept, idle, "idle", turns=1)
    begun(kept, visitor, "idle too")
    one = begun(kept, visitor, "used", articles=["mine"])
    for name in ("mine", "unused"):
        kept.bring(visitor, [Document(name, "T", "A text.")])
    clock.now_s += 6 * DAY_S
    kept.add(visitor, one, answer(1))
    clock.now_s += 6 * DAY_S
    assert names(kept.conversations(visitor)) == ["used"]
    assert [one.id for one in kept.articles(visitor)] == ["mine"]
    with contextlib.closing(sqlite3.connect(kept.folder / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM visitors").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (1,)
    clock.now_s += 11 * DAY_S
    Kept(kept.folder, bounds=kept.bounds, clock=clock)
    with contextlib.closing(sqlite3.connect(kept.folder / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM visitors").fetchone() == (0,)


def test_the_bounds_told_are_those_held():
    told = " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())
    held = Bounds()
    assert f"not used for {held.days} days" in told
    assert f"at most {held.conversations} conversations and {held.articles} articles" in told
    assert f"all visitors at most {held.file_bytes // 10**9} GB" in told
    assert f"`{FILE}`" in told


# Feedback


def test_feedback_stays_with_its_answer(kept, visitor):
    one = begun(kept, visitor, turns=3)
    wrong, right = Feedback(Verdict.WRONG, "It's another"), Feedback(Verdict.RIGHT)
    assert kept.judge(visitor, one, 1, wrong)
    assert kept.judge(visitor, one, 2, wrong)
    assert kept.judge(visitor, one, 2, right)
    assert not kept.judge(visitor, one, 3, right)
    assert [turn.feedback for turn in kept.turns(visitor, one)] == [None, wrong, right]
    assert list(kept.judged()) == [Judged(answer(1), wrong), Judged(answer(2), right)]
    assert kept.judge(visitor, one, 1, None)
    assert list(kept.judged()) == [Judged(answer(2), right)]
    kept.delete(visitor, one)
    assert list(kept.judged()) == []


# Threads


def test_threads_keep_beside_each_other(kept, visitor):
    one = begun(kept, visitor)
    failed = []

    def add(number):
        try:
            for more in range(10):
                kept.add(visitor, one, answer(100 * number + more))
        except Exception as error:  # noqa: BLE001 - a thread's errors would be lost
            failed.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    turns = kept.turns(visitor, one)
    assert [turn.number for turn in turns] == list(range(40))
    asked = sorted(turn.answer.question for turn in turns)
    assert asked == sorted(answer(100 * n + m).question for n in range(4) for m in range(10))
