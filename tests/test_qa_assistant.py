"""What the assistant answers is in the article, word for word, where it says."""

import itertools
import json
import math
from dataclasses import dataclass, replace

import pytest
from asked import PARDONED, QUESTIONS, Recorder, assert_quotes, texts_and_scores, variant
from jsonschema import Draft202012Validator

import qa
from index.errors import InputError
from index.fusion import BM25_WEIGHT
from index.lexical import LexicalIndex
from index.records import Document
from qa.answering import NEAREST_SHOWN
from qa.assistant import STREAM_QUESTIONS, Assistant
from qa.pipeline import STEPS
from qa.reader import Reader
from qa.records import Answer, Question, Turn

pytestmark = pytest.mark.usefixtures("one_thread")


# Quotes


def test_answers_about_one_article_are_in_it(news, news_answers):
    assert [answer.question for answer in news_answers] == QUESTIONS
    for answer in news_answers:
        assert_quotes(answer, news.documents, top_k=3)


def test_answers_about_a_shelf_are_in_its_articles(shelf, shelf_answers):
    for answer in shelf_answers:
        assert_quotes(answer, shelf.documents, top_k=5)


def test_easy_question_is_answered(news_answers):
    answer = news_answers[0]
    assert answer.text == "123"
    assert answer.document_id == "belarus-pardons.txt"
    assert answer.sentence.text.startswith("Belarusian President Alexander Lukashenko")
    assert answer.sentence.text.endswith("Minsk has announced."), "one sentence, not the next"
    assert answer.score > 0.5
    assert str(answer).startswith("“123” (")


def test_shelf_finds_the_article(shelf_answers):
    assert shelf_answers[0].text == "123"
    assert shelf_answers[0].document_id == "belarus-pardons.txt"


def test_what_has_nothing_to_do_with_the_article_is_not_answered(news_answers):
    answer = news_answers[3]
    assert answer.text is None
    assert answer.score > 0.5
    assert str(answer).startswith("The article does not say.")


@pytest.mark.parametrize("top_k", [1, 2, 5])
def test_top_k_counts_the_answer(sure, top_k):
    answer = sure.ask(PARDONED, top_k=top_k)
    assert_quotes(answer, sure.documents, top_k=top_k)
    more = sure.ask(PARDONED, top_k=20)
    assert len(answer.alternatives) == min(top_k, 1 + len(more.alternatives)) - 1
    assert texts_and_scores(answer.alternatives) == texts_and_scores(more.alternatives[: top_k - 1])


def test_abstention_names_the_nearest_passages(timid):
    answer = timid.ask(PARDONED)
    assert_quotes(answer, timid.documents, top_k=3)
    assert answer.text is None
    (hits,) = timid.index.search([PARDONED], top_k=NEAREST_SHOWN)
    assert [excerpt.text for excerpt in answer.nearest] == [hit.passage.text for hit in hits]
    assert answer.alternatives[0].text == "123", "what was not likely enough is still named"


def test_threshold_alone_tells_answers_from_abstentions(sure, timid):
    answers, silences = (reader.ask_many([PARDONED, QUESTIONS[3]]) for reader in (sure, timid))
    for answer, silent in zip(answers, silences, strict=True):
        assert silent.text is None
        assert answer.text is not None
        assert texts_and_scores([answer, *answer.alternatives]) == texts_and_scores(
            silent.alternatives
        )
        assert answer.null_score == pytest.approx(silent.score, abs=1e-4)


# One, many, endlessly many


def test_many_are_answered_as_one_by_one(news, news_answers):
    alone = [news.ask(question) for question in QUESTIONS]
    assert texts_and_scores(news_answers) == texts_and_scores(alone)


@pytest.mark.parametrize("batch_size", [1, 7])
def test_batches_and_kinds_of_iterable_make_no_difference(news, news_answers, batch_size):
    mixed = (Question(text) if number % 2 else text for number, text in enumerate(QUESTIONS))
    answers = news.ask_many(mixed, batch_size=batch_size)
    assert texts_and_scores(answers) == texts_and_scores(news_answers)


def test_no_questions(news):
    assert news.ask_many([]) == []
    assert list(news.ask_stream(iter(()))) == []


@pytest.fixture(scope="module")
def short(news):
    return news.about([Document("short", "Short", "Anna was born in 1832 in Oslo.")])


def test_endless_questions_are_answered_as_they_come(short):
    taken = 0

    def questions():
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield f"when was Anna born, number {number}?"

    stream = short.ask_stream(questions(), top_k=1)
    assert taken == 0, "nothing is asked before an answer is wanted"
    first = next(stream)
    assert first.question == "when was Anna born, number 0?"
    assert taken == STREAM_QUESTIONS
    block = list(itertools.islice(stream, STREAM_QUESTIONS - 1))
    assert taken == STREAM_QUESTIONS
    assert [answer.question for answer in (first, *block)] == [
        f"when was Anna born, number {number}?" for number in range(STREAM_QUESTIONS)
    ]
    assert next(stream).question == f"when was Anna born, number {STREAM_QUESTIONS}?"
    assert taken == 2 * STREAM_QUESTIONS


def test_more_questions_than_a_block_holds(short):
    questions = ["when was Anna born?", "where was Anna born?"] * (STREAM_QUESTIONS // 2 + 1)
    answers = short.ask_many(questions)
    assert [answer.question for answer in answers] == questions
    expected = texts_and_scores(answers[:2])
    for first in range(0, len(answers), 2):
        assert texts_and_scores(answers[first : first + 2]) == expected


def test_a_reader_of_ones_own_needs_no_hash(short):
    @dataclass
    class Own:
        reader: Reader

        def __getattr__(self, name):
            return getattr(self.reader, name)

    own = Own(short.reader)
    with pytest.raises(TypeError, match="unhashable"):
        hash(own)
    asked = Assistant(index=short.index, reader=own)
    assert asked.ask("who?").text == short.ask("who?").text


def test_progress_is_shown_if_wanted(short, capsys):
    short.ask_many(["when?"], progress=True)
    assert "1/1" in capsys.readouterr().err
    short.ask_many(["when?"], progress=False)
    short.ask_many(["when?"])
    assert capsys.readouterr().err == ""


# History


@pytest.mark.parametrize(
    "history",
    [
        [Turn("who was pardoned?", "Viktor Babariko")],
        [("who was pardoned?", "Viktor Babariko")],
        [{"question": "who was pardoned?", "text": "Viktor Babariko"}],
        [Answer("who was pardoned?", "Viktor Babariko", 0.9, 0.1, 0, 15)],
    ],
)
def test_follow_up_is_read_as_its_reader_was_trained(news, history):
    asked = "for how long was he jailed?"
    expanded = f"who was pardoned? Viktor Babariko {asked}"
    for reads_history in (False, True):
        assistant, recorder = variant(news, reads_history=reads_history)
        answer = assistant.ask(asked, history=history)
        assert answer.question == asked
        assert answer.resolved == expanded
        forms = {asked, expanded} if reads_history else {asked}
        assert {question for question, _ in recorder.pairs} == forms
        assert_quotes(answer, news.documents, top_k=3)


def test_history_helps_the_search(shelf):
    recorder = Recorder(shelf.reader)
    narrow = Assistant(index=shelf.index, reader=recorder, passages_read=1)
    narrow.ask("what for?", history=[("which opposition figure was jailed?", "Viktor Babariko")])
    ((question, passage),) = recorder.pairs
    assert question == "what for?"
    assert "Babariko" in passage


def test_a_change_of_subject_costs_nothing(shelf):
    recorder = Recorder(shelf.reader)
    narrow = Assistant(
        index=shelf.index, reader=recorder, passages_read=3, sure_score=1.0, least_share=0.0
    )
    question = "how many prisoners were pardoned?"
    answer = narrow.ask(question, history=[("how long is the warranty?", "Three years")])
    assert answer.resolved is None
    hits = shelf.index.search([question], top_k=3)[0]
    assert recorder.pairs == [(question, hit.passage.text) for hit in hits]


def test_turns_without_an_answer_change_nothing(news):
    asked = "for how long was he jailed?"
    told = news.ask(asked, history=[("who wrote Hamlet?", None)])
    assert told.resolved is None
    assert texts_and_scores([told]) == texts_and_scores([news.ask(asked)])


# How sure an answer must be


def test_least_score_of_one_call(news):
    given = news.ask(PARDONED, min_score=0.0)
    assert given.text is not None
    assert news.ask(PARDONED, min_score=given.score).text == given.text
    withheld = news.ask(PARDONED, min_score=1.0)
    assert withheld.text is None
    assert withheld.alternatives[0].text == given.text
    many = news.ask_many([PARDONED, QUESTIONS[3]], min_score=1.0)
    assert [answer.text for answer in many] == [None, None]
    for least in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError, match="min_score"):
            news.ask(PARDONED, min_score=least)


# Several answers


def test_several_things_are_given_each_at_its_place(news):
    text = "The shop sells mint, sage and thyme. It opens at nine."
    shop = variant(news.about([Document("shop", "Shop", text)]), min_score=0.0)[0]
    answer = shop.ask("Which herbs does the shop sell?")
    assert [item.text for item in answer.items] == ["mint", "sage", "thyme"]
    assert answer.count == 3
    assert answer.text is not None
    assert str(answer).startswith("3 answers:")
    assert answer.quotes[:3] == answer.items
    for item in answer.items:
        assert text[item.start : item.end] == item.text
        assert item.items == item.alternatives == ()
        assert item.sentence.text == "The shop sells mint, sage and thyme."
    assert_quotes(replace(answer, items=()), shop.documents, top_k=3)
    Draft202012Validator(qa.answer_schema()).validate(answer.to_dict())
    one = shop.ask("When does it open?")
    assert (one.items, one.count) == ((), 1)


def test_questions_with_history_in_a_batch(news):
    turn = Turn("who was pardoned?", "Viktor Babariko")
    many = [Question("for how long was he jailed?", (turn,)), Question(PARDONED)]
    alone = [news.ask("for how long was he jailed?", history=[turn]), news.ask(PARDONED)]
    assert texts_and_scores(news.ask_many(many)) == texts_and_scores(alone)


@pytest.mark.parametrize(
    "turn",
    [
        Answer("who was pardoned?", "Viktor Babariko", 0.9, 0.1, 0, 15),
        ("who was pardoned?", "Viktor Babariko"),
        {"question": "who was pardoned?", "answer": "Viktor Babariko"},
    ],
)
def test_a_question_of_many_has_whatever_history_one_may_have(news, turn):
    asked = "for how long was he jailed?"
    (many,) = news.ask_many([Question(asked, history=[turn])])
    (stream,) = news.ask_stream([Question(asked, history=(turn,))])
    assert many.resolved == stream.resolved == f"who was pardoned? Viktor Babariko {asked}"
    assert texts_and_scores([many, stream]) == texts_and_scores(
        [news.ask(asked, history=[turn])] * 2
    )


def test_a_sure_answer_saves_reading(shelf):
    recorder = Recorder(shelf.reader)
    assistant = Assistant(index=shelf.index, reader=recorder)
    answer = assistant.ask(PARDONED)
    assert answer.score > assistant.sure_score
    assert len(recorder.pairs) == STEPS[0]
    recorder.pairs.clear()
    assistant.ask(PARDONED, top_k=9)
    assert len(recorder.pairs) == assistant.passages_read
    recorder.pairs.clear()
    absent = "what is the price of potassium?"
    (hits,) = shelf.index.search([absent], top_k=assistant.passages_read)
    assert assistant.ask(absent).text is None
    near = [hit for hit in hits if hit.score >= assistant.least_share * hits[0].score]
    assert recorder.pairs == [(absent, hit.passage.text) for hit in near]
    recorder.pairs.clear()
    everything = Assistant(index=shelf.index, reader=recorder, sure_score=1.0, least_share=0.0)
    everything.ask(absent)
    assert recorder.pairs == [(absent, hit.passage.text) for hit in hits]


def test_passages_read_are_the_most_that_are_read(shelf):
    recorder = Recorder(shelf.reader)
    assistant = Assistant(
        index=shelf.index, reader=recorder, passages_read=2, sure_score=1.0, least_share=0.0
    )
    assistant.ask_many([PARDONED, "who?"])
    (hits,) = shelf.index.search([PARDONED], top_k=2)
    asked = [pair for pair in recorder.pairs if pair[0] == PARDONED]
    assert asked == [(PARDONED, hit.passage.text) for hit in hits]
    assert len(recorder.pairs) == 4


def test_a_follow_up_is_asked_behind_whatever_was_said(news):
    history = [("what is this about " * 50, "東" * 500), ("and what else was said " * 40, "Minsk")]
    answer = news.ask("Why?", history=history)
    assert answer.resolved is not None
    assert answer.resolved.endswith("Why?")


@pytest.mark.parametrize("query", ["prisoners pardoned", "  What is the kettle made of?\n"])
def test_search_gives_passages_as_they_stand_nearest_first(shelf, query):
    found = shelf.search(query, top_k=5)
    assert len(found) == 5
    assert sorted(found, key=lambda one: -one.score) == found
    # The oracle: every passage's vector times the query's, without FAISS, and its words.
    passages = shelf.index.passages
    texts = [passage.text for passage in passages]
    words = LexicalIndex(texts).search(query, top_k=len(texts))
    scores = shelf.index.embedder.embed(texts) @ shelf.index.embedder.embed([query.strip()])[0]
    scores += [BM25_WEIGHT * words.get(row, 0.0) for row in range(len(texts))]
    best = sorted(zip(scores, passages, strict=True), key=lambda pair: -pair[0])[:5]
    for one, (score, passage) in zip(found, best, strict=True):
        assert (one.passage.document_id, one.passage.start, one.passage.end) == (
            passage.document.id,
            passage.start,
            passage.end,
        )
        assert one.passage.text == passage.document.text[one.passage.start : one.passage.end]
        assert math.isclose(one.score, score, abs_tol=1e-5)


def test_a_search_result_as_json(news):
    (one,) = news.search(PARDONED, top_k=1)
    assert one.to_dict() == {**one.passage.to_dict(), "score": one.score}
    assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    assert str(one).startswith(f"{one.score:.3f} “")
