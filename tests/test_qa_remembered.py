"""Answers kept for whoever asks the same again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.engine import PassageIndex
from index.errors import InputError
from index.filters import Filter
from index.records import Document
from qa.assistant import Assistant
from qa.records import Answer
from qa.remembered import RememberedAnswers


class Counting:
    """Another reader, and how many pairs it was given."""

    def __init__(self, reader):
        self._reader, self.settings, self.pairs = reader, reader.settings, 0

    def takes(self, question):
        return self._reader.takes(question)

    def read(self, pairs, **options):
        self.pairs += len(pairs)
        return self._reader.read(pairs, **options)


@pytest.fixture
def counting(news):
    reader = Counting(news.reader)
    return Assistant(index=news.index, reader=reader), reader


def answer_of(name):
    return Answer(question=str(name), text=None, score=0.5, null_score=0.5)


def same(one, other):
    return {**one.to_dict(), "timings": None} == {**other.to_dict(), "timings": None}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40), st.integers(0, 4))
def test_the_least_recently_used_goes_first(steps, most):
    remembered, expected = RememberedAnswers(most=most), {}
    for keeps, key in steps:
        if keeps:
            remembered.keep(key, answer_of(key))
            expected.pop(key, None)
            expected[key] = answer_of(key)
            while len(expected) > most:
                del expected[next(iter(expected))]
        else:
            assert remembered.find(key) == expected.get(key)
            if key in expected:
                expected[key] = expected.pop(key)


def test_what_is_asked_of_other_articles_is_another_question(shelf):
    assistant = Assistant(index=shelf.index, reader=shelf.reader)
    question = "how many prisoners were pardoned?"
    everywhere = assistant.ask(question)
    assert everywhere.text is not None
    with pytest.raises(InputError, match="leaves no article"):
        assistant.ask(question, where=Filter(collections=[]))
    (there,) = assistant.ask_many([question], where=Filter(documents=[everywhere.document_id]))
    assert there.text == everywhere.text
    assert same(assistant.ask(question), everywhere)
    with pytest.raises(InputError, match="leaves no article"):
        assistant.ask(question, where=Filter(collections=[]))
    elsewhere = [one.id for one in shelf.documents if one.id != everywhere.document_id]
    answer = assistant.ask(question, where=Filter(documents=elsewhere))
    assert answer.document_id in (None, *elsewhere)
    assert answer.nearest or answer.text
    with pytest.raises(InputError, match="no collection"):
        assistant.ask(question, where=Filter(collections=["news"]))


def test_a_question_asked_again_is_not_read_again(counting):
    assistant, reader = counting
    first = assistant.ask("how many prisoners were pardoned?")
    read = reader.pairs
    assert read > 0
    again = assistant.ask("how many prisoners were pardoned?")
    assert reader.pairs == read
    assert same(first, again)
    assert again.timings.read_ms == 0


def test_what_an_answer_depends_on_makes_another(counting):
    assistant, reader = counting
    question = "for how long was he jailed?"
    ways = [
        {},
        {"top_k": 1},
        {"min_score": 0.9},
        {"history": [("who was pardoned?", "Viktor Babariko")]},
    ]
    for way in ways:
        before = reader.pairs
        alone = Assistant(index=assistant.index, reader=assistant.reader, answers_kept=0)
        expected = alone.ask(question, **way)
        cost = reader.pairs - before
        before = reader.pairs
        assert same(assistant.ask(question, **way), expected)
        assert reader.pairs - before == cost, way
    assistant.sure_score = 1.0
    before = reader.pairs
    assistant.ask(question)
    assert reader.pairs > before


def test_what_has_changed_is_read_anew(tmp_path, news):
    folder = tmp_path / "index"
    news.index.save(folder)
    index = PassageIndex.open(folder, embedder=news.index.embedder)
    assistant = Assistant(index=index, reader=news.reader)
    question = "how many prisoners were pardoned?"
    before = assistant.ask(question)
    (article,) = index.documents
    moved = Document(article.id, article.title, f"A line before it.\n\n{article.text}")
    index.add([moved])
    after = assistant.ask(question)
    assert (after.text, before.text) == (before.text, article.text[before.start : before.end])
    assert after.text == moved.text[after.start : after.end]
    index.remove([article.id])
    index.add([Document("other", "Other", "The harbour was built in 1832 of grey stone.")])
    assert assistant.ask(question).document_id in (None, "other")


def test_known_and_new_questions_keep_their_order(counting):
    assistant, _ = counting
    asked = ["how many prisoners were pardoned?", "who is Viktor Babariko?", "who is John Coale?"]
    assistant.ask(asked[1])
    answers = assistant.ask_many([*asked, asked[0]])
    assert [answer.question for answer in answers] == [*asked, asked[0]]
    for answer in answers:
        alone = Assistant(index=assistant.index, reader=assistant.reader, answers_kept=0)
        assert answer.text == alone.ask(answer.question).text


def test_none_are_kept_if_none_are_wanted(news):
    reader = Counting(news.reader)
    assistant = Assistant(index=news.index, reader=reader, answers_kept=0)
    assistant.ask("who is John Coale?")
    once = reader.pairs
    assistant.ask("who is John Coale?")
    assert reader.pairs == 2 * once
    with pytest.raises(InputError, match="answers_kept is -1"):
        Assistant(index=news.index, reader=reader, answers_kept=-1)


def test_threads_may_share_them():
    remembered = RememberedAnswers(most=10)

    def use(number):
        remembered.keep(number % 20, answer_of(number % 20))
        found = remembered.find(number % 7)
        return found is None or found == answer_of(number % 7)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(2_000)))
