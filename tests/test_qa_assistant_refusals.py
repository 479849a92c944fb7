"""What the assistant does not take, and what it says of it."""

import pytest
from asked import PARDONED, variant

from index.errors import InputError
from qa.assistant import STREAM_QUESTIONS, Assistant
from qa.records import Question

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("history", ["who?", 5, [5], [("who?",)], [("", "Anna")], [("a?", 5)]])
def test_bad_history(news, history):
    with pytest.raises(InputError):
        news.ask(PARDONED, history=history)
    with pytest.raises(InputError):
        news.ask_many([Question(PARDONED, history)])
    with pytest.raises(InputError, match=r"^Question 2: "):
        news.ask_many([PARDONED, Question(PARDONED, history)])


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
@pytest.mark.parametrize("value", [0, -1, "8"])
def test_option_out_of_range(news, option, value):
    assistant, recorder = variant(news)
    with pytest.raises(InputError, match=f"{option} is {value!r}"):
        assistant.ask_many([PARDONED], **{option: value})
    with pytest.raises(InputError, match=f"{option} is {value!r}"):
        next(assistant.ask_stream([PARDONED], **{option: value}))
    assert recorder.pairs == []


@pytest.mark.parametrize("top_k", [2.0, "2", True, None])
def test_top_k_that_is_no_whole_number(news, top_k):
    assistant, recorder = variant(news)
    for act in (
        lambda: assistant.ask(PARDONED, top_k=top_k),
        lambda: assistant.ask_many([PARDONED], top_k=top_k),
        lambda: next(assistant.ask_stream([PARDONED], top_k=top_k)),
        lambda: assistant.search(PARDONED, top_k=top_k),
    ):
        with pytest.raises(InputError, match=f"top_k is {top_k!r}"):
            act()
    assert recorder.pairs == []


def test_where_that_is_no_filter(news):
    assistant, recorder = variant(news)
    where = {"documents": ["a"]}
    for act in (assistant.ask, assistant.search):
        with pytest.raises(InputError, match="where is a dict, not a Filter"):
            act(PARDONED, where=where)
    assert recorder.pairs == []


@pytest.mark.parametrize(("one", "kind"), [("who?", "text"), (Question("who?"), "question")])
def test_one_question_is_not_several(news, one, kind):
    assistant, recorder = variant(news)
    for act in (lambda: assistant.ask_many(one), lambda: next(assistant.ask_stream(one))):
        with pytest.raises(InputError, match=f"The questions are one {kind}"):
            act()
    assert recorder.pairs == []


@pytest.mark.parametrize("sure_score", [-0.1, 1.1, float("nan")])
def test_sure_score_out_of_range(news, sure_score):
    with pytest.raises(InputError, match=f"sure_score is {sure_score}"):
        Assistant(index=news.index, reader=news.reader, sure_score=sure_score)


@pytest.mark.parametrize("least_share", [-0.1, 1.1, float("nan")])
def test_least_share_out_of_range(news, least_share):
    with pytest.raises(InputError, match=f"least_share is {least_share}"):
        Assistant(index=news.index, reader=news.reader, least_share=least_share)


@pytest.mark.parametrize("passages_read", [0, -3, 2.5, "5"])
def test_passages_read_out_of_range(news, passages_read):
    with pytest.raises(InputError, match=f"passages_read is {passages_read!r}"):
        Assistant(index=news.index, reader=news.reader, passages_read=passages_read)


LONG = "who is he at it " * 62  # within a question's characters, beyond the reader's tokens


def test_a_question_longer_than_the_reader_takes(news):
    with pytest.raises(InputError, match="longer than the reader takes"):
        news.ask(LONG)
    with pytest.raises(InputError, match="Question 2: The question “who is he"):
        news.ask_many([PARDONED, LONG, PARDONED])


def test_what_is_asked_before_a_bad_question_is_answered_first(news):
    answers = news.ask_stream([PARDONED, "who is John Coale?", LONG, PARDONED])
    assert next(answers).text is not None
    assert next(answers).question == "who is John Coale?"
    with pytest.raises(InputError, match="Question 3"):
        next(answers)
    with pytest.raises(InputError, match="empty"):
        list(news.ask_stream([" "]))


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
