"""What is kept comes back as it was, to its visitor alone, and until deleted."""

import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keepers import Clock, answer, begun, names
from strategies import answers, any_text, documents, few

from index.errors import InputError
from index.records import Document
from qa.brought_name import brought_name, brought_title
from qa.feedback import Feedback, Verdict
from qa.kept import Kept
from qa.kept_file import FILE
from qa.kept_folder import new_visitor

# Round trips


@few
@given(st.data())
def test_answers_and_articles_come_back_as_they_were(kept, data):
    visitor = new_visitor()
    together = data.draw(st.lists(documents(), min_size=1, max_size=3))
    given_answers = [data.draw(answers(together[0])) for _ in range(data.draw(st.integers(0, 3)))]
    ids, name = [one.id for one in together], data.draw(any_text(min_size=1).filter(str.strip))
    one = kept.conversations.start(visitor, name=name, articles=ids)
    turns = [kept.conversations.add(visitor, one.id, said) for said in given_answers]
    kept.articles.bring(visitor, together)

    again = Kept(kept.folder, clock=Clock())  # as after a restart
    (found,) = again.conversations.search(visitor, "")
    assert (found.id, found.name, found.articles) == (one.id, " ".join(name.split()), tuple(ids))
    assert again.conversations.turns(visitor, one.id) == turns
    assert [turn.answer for turn in turns] == given_answers
    assert again.articles.documents(visitor, brought_name(together)) == tuple(together)
    (listed,) = again.articles.all_of(visitor)
    assert listed.id == brought_name(together)
    assert listed.title == brought_title(together[0].title, len(together))


def test_a_real_conversation_comes_back(kept, visitor, news, news_answers):
    one = kept.conversations.start(visitor, name="News", articles=["belarus-pardons.txt"])
    for said in news_answers:
        kept.conversations.add(visitor, one.id, said)
    back = [turn.answer.to_dict() for turn in kept.conversations.turns(visitor, one.id)]
    assert back == [said.to_dict() for said in news_answers]
    (document,) = news.documents
    for turn in back:
        if turn["text"] is not None:
            assert document.text[turn["start"] : turn["end"]] == turn["text"]


# What is deleted


def test_what_is_deleted_is_gone(kept, visitor):
    first, second = begun(kept, visitor, "First", turns=2), begun(kept, visitor, "Second")
    kept.articles.bring(visitor, [Document("d", "T", "A text that is secret.")])
    assert kept.conversations.delete(visitor, first)
    assert not kept.conversations.delete(visitor, first)
    assert kept.conversations.turns(visitor, first) is None
    assert kept.conversations.add(visitor, first, answer(1)) is None
    assert not kept.conversations.rename(visitor, first, "x")
    assert not kept.feedback.judge(visitor, first, 0, Feedback(Verdict.RIGHT))
    assert names(kept.conversations.search(visitor, "")) == ["Second"]
    assert kept.articles.remove(visitor, "d")
    assert not kept.articles.remove(visitor, "d")
    assert kept.articles.all_of(visitor) == []
    kept.forget(visitor)
    assert kept.conversations.search(visitor, "") == []
    assert kept.conversations.turns(visitor, second) is None


def test_nothing_of_what_is_deleted_stays_in_the_file(kept, visitor):
    file = kept.folder / FILE
    one = kept.conversations.start(
        visitor, name="Confidential matters", articles=["secret-article"]
    )
    kept.conversations.add(visitor, one.id, answer(987_654))
    kept.feedback.judge(visitor, one.id, 0, Feedback(Verdict.WRONG, "my own remark"))
    kept.articles.bring(visitor, [Document("secret-article", "T", "The hidden text. " * 1000)])
    words = (b"Confidential", b"987654", b"my own remark", b"secret-article", b"The hidden text")
    assert all(word in file.read_bytes() for word in words)
    kept.forget(visitor)
    left = b"".join(file.read_bytes() for file in kept.folder.iterdir())
    assert not [word for word in words if word in left]


# Visitors


def test_nobody_reaches_what_is_another_s(kept, visitor):
    one = begun(kept, visitor, turns=1)
    kept.articles.bring(visitor, [Document("d", "T", "A text.")])
    other = new_visitor()
    begun(kept, other, "Other")
    assert kept.conversations.turns(other, one) is None
    assert kept.conversations.add(other, one, answer(1)) is None
    assert not kept.conversations.rename(other, one, "Mine")
    assert not kept.conversations.delete(other, one)
    assert not kept.feedback.judge(other, one, 0, Feedback(Verdict.WRONG))
    assert not kept.articles.remove(other, "d")
    assert kept.articles.all_of(other) == []
    assert kept.articles.documents(other, "d") is None
    assert names(kept.conversations.search(other, "number")) == []
    kept.forget(other)
    assert names(kept.conversations.search(visitor, "")) == ["Story"]
    assert len(kept.conversations.turns(visitor, one)) == 1
    assert len(kept.articles.all_of(visitor)) == 1


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
        lambda: kept.conversations.search(stranger, ""),
        lambda: kept.conversations.start(stranger, name="x", articles=[]),
        lambda: kept.conversations.turns(stranger, "x"),
        lambda: kept.articles.all_of(stranger),
        lambda: kept.forget(stranger),
    ]
    for call in calls:
        with pytest.raises(InputError, match="does not say who you are"):
            call()


# Threads


def test_threads_keep_beside_each_other(kept, visitor):
    one = begun(kept, visitor)
    failed = []

    def add(number):
        try:
            for more in range(10):
                kept.conversations.add(visitor, one, answer(100 * number + more))
        except Exception as error:  # noqa: BLE001 - a thread's errors would be lost
            failed.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    turns = kept.conversations.turns(visitor, one)
    assert [turn.number for turn in turns] == list(range(40))
    asked = sorted(turn.answer.question for turn in turns)
    assert asked == sorted(answer(100 * n + m).question for n in range(4) for m in range(10))
