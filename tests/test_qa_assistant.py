"""What the assistant answers is in the article, word for word, where it says."""

import copy
import itertools
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import qa
from index.engine import BM25_WEIGHT, PassageIndex
from index.errors import IncompatibleIndexError, InputError, SourceError
from index.lexical import LexicalIndex
from index.records import Document
from qa.answering import NEAREST_SHOWN
from qa.assistant import FIRST_PASSAGES, STREAM_QUESTIONS, Assistant
from qa.records import Answer, Question, Turn

pytestmark = pytest.mark.usefixtures("one_thread")

PARDONED = "how many prisoners were pardoned?"
QUESTIONS = [
    PARDONED,
    "who pardoned the prisoners?",
    "Which airline is named, and what is it to Belarus?",
    "what is the recipe for onion soup?",
    "who?",
]
SHELF_QUESTIONS = [PARDONED, "how much water does the kettle hold?", "who wrote Hamlet?"]


class Recorder:
    """A reader that notes what it reads, and may have another threshold."""

    def __init__(self, reader, *, min_score=None, reads_history=False):
        self._reader = reader
        self._min_score = min_score
        self._reads_history = reads_history
        self.pairs = []

    @property
    def settings(self):
        fitted = replace(self._reader.settings, reads_history=self._reads_history)
        if self._min_score is None:
            return fitted
        return replace(fitted, min_score=self._min_score)

    def read(self, pairs, *, batch_size=32, max_answer_tokens=30):
        self.pairs += pairs
        return self._reader.read(pairs, batch_size=batch_size, max_answer_tokens=max_answer_tokens)


def variant(assistant, **options):
    """The same index, read in another way, and all of a question's passages always."""
    recorder = Recorder(assistant.reader, **options)
    return Assistant(
        index=assistant.index,
        reader=recorder,
        passages_read=assistant.passages_read,
        sure_score=1.0,
    ), recorder


@pytest.fixture(scope="module")
def news_answers(news):
    return news.ask_many(QUESTIONS)


@pytest.fixture(scope="module")
def shelf_answers(shelf):
    return shelf.ask_many(SHELF_QUESTIONS, top_k=5)


@pytest.fixture(scope="module")
def sure(news):
    """Answers whatever it is asked."""
    return variant(news, min_score=0.0)[0]


@pytest.fixture(scope="module")
def timid(news):
    """Never sure enough."""
    return variant(news, min_score=1.0)[0]


def texts_and_scores(answers):
    return [
        (answer.text, answer.start, pytest.approx(answer.score, abs=1e-4)) for answer in answers
    ]


def assert_excerpt(excerpt, document):
    assert excerpt.document_id == document.id
    assert excerpt.document_title == document.title
    assert document.text[excerpt.start : excerpt.end] == excerpt.text
    assert excerpt.text.strip()


def assert_quotes(answer, documents, *, top_k):
    """What holds for every answer about some documents."""
    by_id = {document.id: document for document in documents}
    quotes = [*([answer] if answer.text is not None else []), *answer.alternatives]
    assert len(quotes) <= top_k
    for quote in quotes:
        document = by_id[quote.document_id]
        assert document.title == quote.document_title
        assert quote.question == answer.question
        assert quote.null_score == answer.null_score
        assert quote.text
        assert document.text[quote.start : quote.end] == quote.text
        assert quote.text == quote.text.strip()
        for around in (quote.passage, quote.sentence):
            assert_excerpt(around, document)
            assert around.start <= quote.start < quote.end <= around.end
        assert quote.passage.start <= quote.sentence.start
        assert quote.sentence.end <= quote.passage.end
    for one, other in itertools.combinations(quotes, 2):
        same = one.document_id == other.document_id
        assert not (same and max(one.start, other.start) < min(one.end, other.end))
    for alternative in answer.alternatives:
        assert alternative.alternatives == alternative.nearest == ()
        assert alternative.timings is None
    assert 0 <= answer.null_score <= 1
    assert all(0 <= quote.score <= 1 for quote in quotes)
    if answer.text is None:
        assert answer.quote is None
        assert {answer.start, answer.end, answer.document_id, answer.document_title} == {None}
        assert answer.passage is answer.sentence is None
        assert answer.score == answer.null_score
        assert 1 <= len(answer.nearest) <= NEAREST_SHOWN
        for excerpt in answer.nearest:
            assert_excerpt(excerpt, by_id[excerpt.document_id])
    else:
        assert answer.nearest == ()
        assert answer.quote.text == answer.text
    assert answer.timings.total_ms >= answer.timings.retrieve_ms >= 0
    assert answer.timings.total_ms >= answer.timings.read_ms >= 0


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
    narrow = Assistant(index=shelf.index, reader=recorder, passages_read=3, sure_score=1.0)
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


@pytest.mark.parametrize("history", ["who?", 5, [5], [("who?",)], [("", "Anna")], [("a?", 5)]])
def test_bad_history(news, history):
    with pytest.raises(InputError):
        news.ask(PARDONED, history=history)


# Bad input


@pytest.mark.parametrize("question", ["", "   ", "x" * 10_000, "who \ud800?", None, 5])
def test_bad_question(news, question):
    with pytest.raises(InputError):
        news.ask(question)
    with pytest.raises(InputError):
        news.ask_many([question])


@pytest.mark.parametrize("question", ["", "x" * 10_000, None])
def test_bad_question_among_many_names_its_number(news, question):
    assistant, recorder = variant(news)
    for before in (2, 2 * STREAM_QUESTIONS):
        with pytest.raises(InputError, match=rf"^Question {before + 1}: The question"):
            assistant.ask_many([*["who?"] * before, question, "when?"])
    assert recorder.pairs == [], "nothing was read before"


@pytest.mark.parametrize("option", ["top_k", "batch_size"])
@pytest.mark.parametrize("value", [0, -1])
def test_option_out_of_range(news, option, value):
    assistant, recorder = variant(news)
    with pytest.raises(InputError, match=f"{option} is {value}"):
        assistant.ask_many([PARDONED], **{option: value})
    with pytest.raises(InputError, match=f"{option} is {value}"):
        next(assistant.ask_stream([PARDONED], **{option: value}))
    assert recorder.pairs == []


@pytest.mark.parametrize("sure_score", [-0.1, 1.1, float("nan")])
def test_sure_score_out_of_range(news, sure_score):
    with pytest.raises(InputError, match=f"sure_score is {sure_score}"):
        Assistant(index=news.index, reader=news.reader, sure_score=sure_score)


def test_a_sure_answer_saves_reading(shelf):
    recorder = Recorder(shelf.reader)
    assistant = Assistant(index=shelf.index, reader=recorder)
    answer = assistant.ask(PARDONED)
    assert answer.score > assistant.sure_score
    assert len(recorder.pairs) == FIRST_PASSAGES
    recorder.pairs.clear()
    assistant.ask(PARDONED, top_k=9)
    assert len(recorder.pairs) == assistant.passages_read
    recorder.pairs.clear()
    assert assistant.ask("what is the price of potassium?").text is None
    assert len(recorder.pairs) == assistant.passages_read


@pytest.mark.parametrize("passages_read", [0, -3])
def test_passages_read_out_of_range(news, passages_read):
    with pytest.raises(InputError, match=f"passages_read is {passages_read}"):
        Assistant(index=news.index, reader=news.reader, passages_read=passages_read)


def test_passages_read_are_the_most_that_are_read(shelf):
    recorder = Recorder(shelf.reader)
    assistant = Assistant(index=shelf.index, reader=recorder, passages_read=2)
    assistant.ask_many([PARDONED, "who?"])
    (hits,) = shelf.index.search([PARDONED], top_k=2)
    assert recorder.pairs[:2] == [(PARDONED, hit.passage.text) for hit in hits]
    assert len(recorder.pairs) == 4


# Where articles come from

TEXT = "The president has pardoned 123 prisoners. Nobody knows why."


@pytest.fixture(scope="module")
def from_sources(embedder, reader):
    def make(sources, **options):
        return Assistant.from_sources(sources, embedder=embedder, reader=reader, **options)

    return make


def test_text_document_file_and_folder_give_the_same_answer(from_sources, tmp_path):
    (tmp_path / "story.txt").write_text(TEXT, "utf-8")
    document = Document("mine", "Mine", TEXT)
    answers = {}
    for name, sources in {
        "text": TEXT,
        "document": document,
        "documents": [document],
        "file": tmp_path / "story.txt",
        "file by name": str(tmp_path / "story.txt"),
        "folder": tmp_path,
        "folder by name": str(tmp_path),
        "folder in a list": [tmp_path],
    }.items():
        assistant = from_sources(sources)
        assert [kept.text for kept in assistant.documents] == [TEXT]
        answers[name] = assistant.ask(PARDONED)
        assert_quotes(answers[name], assistant.documents, top_k=3)
        assert (answers[name].text, answers[name].start) == ("123", 27)
    assert answers["document"].document_id == "mine"
    assert answers["folder"].document_id == "story.txt"
    assert len({round(answer.score, 4) for answer in answers.values()}) == 1


def test_several_sources_together(from_sources, tmp_path):
    (tmp_path / "a.txt").write_text("The kettle holds 1.7 litres.", "utf-8")
    assistant = from_sources([TEXT, tmp_path / "a.txt", Document("c", "C", "Anna was born here.")])
    assert len(assistant.documents) == 3
    assert assistant.ask(PARDONED).document_id == assistant.documents[0].id
    assert assistant.ask("how many litres does the kettle hold?").document_id == "a.txt"
    alone = assistant.only("c").ask(PARDONED)
    assert {quote.document_id for quote in (alone, *alone.alternatives)} <= {"c", None}


def test_ids_are_unique(from_sources, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(TEXT, "utf-8")
    assistant = from_sources(
        [tmp_path / "one" / "same.txt", tmp_path / "two" / "same.txt", TEXT, TEXT]
    )
    ids = [document.id for document in assistant.documents]
    assert len(set(ids)) == 4
    answer = assistant.ask(PARDONED, top_k=9)
    assert_quotes(answer, assistant.documents, top_k=9)
    quotes = [quote for quote in (answer, *answer.alternatives) if quote.text == "123"]
    assert sorted(quote.document_id for quote in quotes) == sorted(ids)


def test_saved_index(from_sources, embedder, reader, tmp_path):
    fresh = from_sources(TEXT)
    fresh.index.save(tmp_path / "saved")
    for folder in (tmp_path / "saved", str(tmp_path / "saved"), [tmp_path / "saved"]):
        opened = Assistant.from_sources(folder, embedder=embedder, reader=reader)
        assert opened.documents == fresh.documents
        assert texts_and_scores([opened.ask(PARDONED)]) == texts_and_scores([fresh.ask(PARDONED)])


def test_saved_index_of_another_embedder(stub_embedder, embedder, reader, tmp_path):
    documents = [Document("a", "A", TEXT)]
    PassageIndex.from_documents(documents, embedder=stub_embedder).save(tmp_path / "saved")
    with pytest.raises(IncompatibleIndexError, match="stub@1"):
        Assistant.from_sources(tmp_path / "saved", embedder=embedder, reader=reader)
    opened = Assistant.from_sources(tmp_path / "saved", embedder=stub_embedder, reader=reader)
    assert opened.ask(PARDONED).text == "123"


@pytest.mark.parametrize("sources", [[], "no-such-file.txt", "  ", ["no/such/folder"]])
def test_sources_that_are_none(from_sources, sources):
    with pytest.raises((SourceError, InputError)):
        from_sources(sources)


def test_only_and_about_want_articles(shelf):
    with pytest.raises(InputError, match="no article nonesuch"):
        shelf.only("nonesuch")
    with pytest.raises(InputError, match="no documents"):
        shelf.about([])
    document = Document("a", "A", TEXT)
    with pytest.raises(InputError, match="same id"):
        shelf.about([document, document])


def test_only_answers_from_its_article(shelf):
    kettle = shelf.only("kettle-faq.md")
    assert [document.id for document in kettle.documents] == ["kettle-faq.md"]
    answer = kettle.ask(PARDONED)
    assert_quotes(answer, kettle.documents, top_k=3)
    assert len(shelf.documents) > 1, "the shelf stays as it was"


# Articles that are out of the ordinary


@pytest.mark.parametrize("text", ["x", "7", "北", "🙂", ".", "\u200b"])
def test_article_of_one_character(news, text):
    assistant = news.about([Document("tiny", "Tiny", text)])
    for answer in assistant.ask_many(["who?", "what is it?"]):
        assert_quotes(answer, assistant.documents, top_k=3)
        assert [quote.text for quote in answer.alternatives] in ([], [text])


def test_article_without_latin_letters(news):
    text = "北京是中国的首都。上海是中国最大的城市，人口超过二千四百万。" * 3
    always = variant(news.about([Document("zh", "北京", text)]), min_score=0.0)[0]
    answer = always.ask("中国的首都是哪里？", top_k=5)
    assert_quotes(answer, always.documents, top_k=5)
    assert answer.text is not None
    assert set(answer.text) <= set(text)


def test_same_sentence_at_several_places(news):
    sentence = "The president has pardoned 123 prisoners."
    filler = "The weather was mild and the harbour lay quiet. " * 30
    text = f"{sentence} {filler}{sentence} {filler}{sentence}"
    assistant = news.about([Document("again", "Again", text)])
    answer = assistant.ask(PARDONED, top_k=10)
    assert_quotes(answer, assistant.documents, top_k=10)
    places = sorted(quote.start for quote in (answer, *answer.alternatives) if quote.text == "123")
    offset = sentence.index("123")
    step = len(sentence) + len(filler) + 1
    assert places == [offset, offset + step, offset + 2 * step]


def test_same_article_twice(news):
    documents = [Document(name, name.upper(), TEXT) for name in ("a", "b")]
    assistant = news.about(documents)
    answer = assistant.ask(PARDONED, top_k=2)
    assert_quotes(answer, documents, top_k=2)
    quotes = (answer, *answer.alternatives)
    assert [quote.text for quote in quotes] == ["123", "123"]
    assert {quote.document_id for quote in quotes} == {"a", "b"}


PIECES = st.one_of(
    st.sampled_from(
        [
            *("Anna was born in 1832. ", "It costs 3.50! ", "北京是首都。", "ไทย ", "עברית ", "\n"),
            *(
                "\r\n",
                "# ",
                "\t",
                "\u00a0",
                "e\u0301",
                "🙂",
                "👩‍👩‍👧",
                "\u200b",
                "[SEP]",
                "“so”",
                "İ",
            ),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@settings(deadline=None, max_examples=20)
@given(st.lists(PIECES, min_size=1, max_size=60).map("".join).filter(str.strip))
def test_any_article_is_quoted_where_it_says(news, text):
    assistant = variant(news.about([Document("any", "Any", text)]), min_score=0.0)[0]
    answer = assistant.ask("when was Anna born?", top_k=6)
    assert_quotes(answer, assistant.documents, top_k=6)


# The answer as JSON


@pytest.fixture(scope="module")
def validator():
    schema = qa.answer_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_answer_keeps_to_the_schema(validator, news_answers, shelf_answers, sure, timid):
    more = [assistant.ask("who?", top_k=1) for assistant in (sure, timid)]
    answers = [*news_answers, *shelf_answers, *more]
    assert {answer.text is None for answer in answers} == {True, False}
    for answer in answers:
        plain = answer.to_dict()
        validator.validate(plain)
        assert json.loads(json.dumps(plain)) == plain
        for alternative in answer.alternatives:
            validator.validate(alternative.to_dict())
        validator.validate({"id": 7, **plain})
        validator.validate({"id": "q-7", **plain})


@pytest.fixture(scope="module")
def quoting(sure):
    answer = sure.ask(PARDONED, top_k=4)
    assert answer.alternatives
    return answer.to_dict()


@pytest.fixture(scope="module")
def abstaining(timid):
    return timid.ask(PARDONED).to_dict()


def without(key):
    return lambda answer: answer.pop(key)


def put(**values):
    return lambda answer: answer.update(values)


def put_in(key, **values):
    return lambda answer: answer[key].update(values)


def nest(answer):
    answer["alternatives"][0]["alternatives"] = [copy.deepcopy(answer["alternatives"][0])]


@pytest.mark.parametrize(
    "spoil",
    [
        *(without(key) for key in Answer("q", "t", 1.0, 0.0).to_dict()),
        put(text=None),  # though it has a place
        put(text=""),
        put(text=5),
        put(question=""),
        put(start=None),
        put(start=-1),
        put(start=1.5),
        put(document_id=None),
        put(page=0),
        put(page="2"),
        put_in("passage", page=0),
        put(passage=None),
        put(sentence=None),
        put(score=1.5),
        put(score="0.5"),
        put(null_score=-0.1),
        put(other=1),
        put(id=1.5),
        put(id=True),
        put(alternatives=None),
        put(timings={}),
        put_in("timings", read_ms=-1),
        put_in("passage", start=None),
        put_in("sentence", more=1),
        nest,
        lambda answer: answer["alternatives"][0].update(timings=answer["timings"]),
        lambda answer: answer["alternatives"][0].update(text=None),
        lambda answer: answer.update(nearest=[answer["passage"]]),
    ],
)
def test_schema_refuses_what_is_no_answer(validator, quoting, spoil):
    answer = copy.deepcopy(quoting)
    validator.validate(answer)
    spoil(answer)
    with pytest.raises(ValidationError):
        validator.validate(answer)


@pytest.mark.parametrize(
    "spoil",
    [
        put(start=3),
        put(end=3),
        put(document_id="a"),
        put(page=1),
        put(text="Anna"),
        lambda answer: answer.update(passage=answer["nearest"][0]),
    ],
)
def test_schema_refuses_what_is_no_abstention(validator, abstaining, spoil):
    answer = copy.deepcopy(abstaining)
    validator.validate(answer)
    spoil(answer)
    with pytest.raises(ValidationError):
        validator.validate(answer)


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


@pytest.mark.parametrize(
    ("query", "top_k", "said"),
    [
        (" ", 1, "The query is empty"),
        ("x" * 10_000, 1, "The query has 10,000"),
        ("who?", 0, "top_k is 0"),
    ],
)
def test_bad_search(news, query, top_k, said):
    with pytest.raises(InputError, match=said):
        news.search(query, top_k=top_k)
