"""No more is kept than the bounds say, and for no longer."""

import contextlib
import json
import sqlite3

import pytest
from conftest import ROOT
from keepers import Clock, answer, begun, names

from index.errors import InputError, StoreError
from index.records import Document
from qa.brought_name import brought_name
from qa.feedback import Feedback, Verdict
from qa.kept import Kept
from qa.kept_bounds import DAY_S, Bounds
from qa.kept_file import FILE
from qa.kept_folder import new_visitor


def bring_each(kept, visitor, many):
    for one in many:
        kept.articles.bring(visitor, [one])


def small(tmp_path, clock=None, **bounds):
    return Kept(tmp_path / "kept", bounds=Bounds(**bounds), clock=clock or Clock())


def test_the_longest_unused_conversation_goes_first(tmp_path, visitor):
    kept = small(tmp_path, conversations=3)
    first, *_ = [begun(kept, visitor, name) for name in "abc"]
    other = new_visitor()
    begun(kept, other, "other's")
    kept.conversations.add(visitor, first, answer(1))
    begun(kept, visitor, "d")
    assert names(kept.conversations.search(visitor, "")) == ["d", "a", "c"]
    assert names(kept.conversations.search(other, "")) == ["other's"]


def test_the_oldest_turns_go_first_and_the_others_keep_their_numbers(tmp_path, visitor):
    kept = small(tmp_path, turns=3)
    one = begun(kept, visitor, turns=5)
    assert [turn.number for turn in kept.conversations.turns(visitor, one)] == [2, 3, 4]
    assert kept.conversations.turns(visitor, one)[0].answer == answer(2)
    assert not kept.feedback.judge(visitor, one, 1, Feedback(Verdict.RIGHT))
    assert kept.feedback.judge(visitor, one, 2, Feedback(Verdict.RIGHT))


def test_long_conversations_push_out_others_but_not_themselves(tmp_path, visitor):
    length = len(json.dumps(answer(1).to_dict()))
    kept = small(tmp_path, turn_chars=3 * length)
    begun(kept, visitor, "a", turns=1)
    second = begun(kept, visitor, "b", turns=2)
    assert names(kept.conversations.search(visitor, "")) == ["b", "a"]
    kept.conversations.add(visitor, second, answer(3))
    assert names(kept.conversations.search(visitor, "")) == ["b"]
    for number in range(4, 6):
        kept.conversations.add(visitor, second, answer(number))
    assert names(kept.conversations.search(visitor, "")) == ["b"]


def test_a_visitor_brings_so_many_articles_and_characters(tmp_path, visitor):
    kept = small(tmp_path, articles=2, article_chars=100)
    two = [Document("a", "A", "x" * 40), Document("a2", "A", "y" * 10)]
    kept.articles.bring(visitor, two)
    kept.articles.bring(visitor, [Document("b", "B", "x" * 50)])
    for more in (Document("c", "C", "x"), Document("b", "B", "x" * 51)):
        with pytest.raises(InputError, match="at most 2 with 100 are kept"):
            kept.articles.bring(visitor, [more])
    assert [one.id for one in kept.articles.all_of(visitor)] == ["b", brought_name(two)]
    kept.articles.bring(visitor, [Document("b", "B", "z" * 50)])  # in the place of the other
    assert kept.articles.documents(visitor, "b") == (Document("b", "B", "z" * 50),)
    assert kept.articles.documents(visitor, "c") is None
    kept.articles.bring(new_visitor(), [Document("a", "A", "x" * 100)])
    with pytest.raises(InputError, match="no article to keep"):
        kept.articles.bring(visitor, [])


def test_a_full_file_takes_nothing_more_until_something_is_deleted(tmp_path, visitor):
    kept = small(tmp_path, file_bytes=300_000)
    large = Document("large", "Large", "x" * 100_000)
    kept.articles.bring(visitor, [large])
    other = new_visitor()
    many = [Document(f"{number}", "L", "x" * 50_000) for number in range(10)]
    with pytest.raises(StoreError, match="keeps 300,000 bytes of conversations already"):
        bring_each(kept, other, many)
    assert kept.articles.documents(visitor, "large") == (large,), (
        "nobody pushes out what is another's"
    )
    assert (kept.folder / FILE).stat().st_size <= 300_000
    kept.forget(visitor)
    kept.articles.bring(other, [Document("more", "L", "x" * 50_000)])


def test_what_is_unused_for_days_is_dropped_at_the_next_use(tmp_path, visitor):
    clock = Clock()
    kept = small(tmp_path, clock, days=10)
    idle = new_visitor()
    begun(kept, idle, "idle", turns=1)
    begun(kept, visitor, "idle too")
    one = begun(kept, visitor, "used", articles=["mine"])
    for name in ("mine", "unused"):
        kept.articles.bring(visitor, [Document(name, "T", "A text.")])
    clock.now_s += 6 * DAY_S
    kept.conversations.add(visitor, one, answer(1))
    clock.now_s += 6 * DAY_S
    assert names(kept.conversations.search(visitor, "")) == ["used"]
    assert [one.id for one in kept.articles.all_of(visitor)] == ["mine"]
    with contextlib.closing(sqlite3.connect(kept.folder / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM visitors").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (1,)
    clock.now_s += 11 * DAY_S
    small(tmp_path, clock, days=10)
    with contextlib.closing(sqlite3.connect(kept.folder / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM visitors").fetchone() == (0,)


def test_the_bounds_told_are_those_held():
    told = " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())
    held = Bounds()
    assert f"not used for {held.days} days" in told
    assert f"at most {held.conversations} conversations and {held.articles} articles" in told
    assert f"all visitors at most {held.file_bytes // 10**9} GB" in told
    assert f"`{FILE}`" in told
