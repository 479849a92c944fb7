"""The reader as a component of the real Haystack."""

import pytest
from conftest import SEEDS
from haystack import Document, Pipeline
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from hypothesis import given, settings
from hypothesis import strategies as st

import qa
from index.errors import InputError
from qa.haystack import PullquoteReader

TEXTS = [
    "Tea is drunk at four.",
    "The bridge at Oldmere was painted green by Ada Fenn. It took two summers.",
    "Bo Ek built the boat, and Ada Fenn sailed it.",
]


@pytest.fixture(autouse=True)
def _no_telemetry(monkeypatch):
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")


@pytest.fixture(scope="module")
def component():
    made = PullquoteReader(top_k=3)
    made.warm_up()
    return made


def assert_quotes(answers, query):
    """What holds for all that is quoted."""
    for one in answers:
        assert one.query == query
        assert 0 <= one.score <= 1
        if one.data is None:
            assert one.document is one.document_offset is one.context is None
            continue
        place, within = one.document_offset, one.context_offset
        assert one.document.content[place.start : place.end] == one.data
        assert one.context[within.start : within.end] == one.data
        assert one.context in one.document.content


def test_an_answer_is_quoted_with_its_offsets(component):
    documents = [Document(content=text) for text in TEXTS]
    query = "who painted the bridge?"
    answers = component.run(query, documents)["answers"]
    assert_quotes(answers, query)
    assert answers[0].data == "Ada Fenn"
    assert answers[0].document is documents[1]
    assert answers[-1].data is None
    assert len(component.run(query, documents, top_k=1)["answers"]) == 2  # the quote, and none


def test_of_a_list_every_item_is_quoted(component):
    text = "The prize went to Ada Fenn, Bo Ek and Carl Lund. It was raining."
    query = "Which people won the prize?"
    answers = component.run(query, [Document(content=text)])["answers"]
    assert_quotes(answers, query)
    quotes = answers[:3]
    assert {one.data for one in quotes} == {"Ada Fenn", "Bo Ek", "Carl Lund"}
    assert quotes == sorted(quotes, key=lambda one: -one.score)
    (best, _) = component.run(query, [Document(content=text)], top_k=1)["answers"]
    assert best.data == quotes[0].data


def test_what_the_documents_do_not_say_comes_first(component):
    query = "what is the price of potassium?"
    answers = component.run(query, [Document(content=TEXTS[0])])["answers"]
    assert_quotes(answers, query)
    assert answers[0].data is None
    sure = PullquoteReader(no_answer=False)
    assert all(one.data for one in sure.run(query, [Document(content=TEXTS[0])])["answers"])


def test_documents_without_text_are_passed_over(component):
    answers = component.run("who?", [Document(content=None), Document(content=" \n")])["answers"]
    assert [(one.data, one.score) for one in answers] == [(None, 1.0)]
    assert PullquoteReader(no_answer=False).run("who?", [])["answers"] == []


def test_what_a_retriever_found_is_judged_as_found(component):
    text, query = TEXTS[1], "who painted the bridge?"
    (quote, none) = component.run(query, [Document(content=text)], top_k=1)["answers"]
    answer = qa.load(text).ask(query)
    assert quote.data == answer.text
    assert (quote.score, none.score) == pytest.approx((answer.score, answer.null_score), abs=1e-6)


@pytest.mark.parametrize("min_score", [-0.1, 60, float("nan")])
def test_a_least_score_that_is_no_probability_is_refused(min_score):
    with pytest.raises(InputError, match="min_score is"):
        PullquoteReader(min_score=min_score)


@pytest.mark.parametrize(
    ("query", "top_k"), [(" ", None), ("who?", 0), ("who?", 1.5), ("who?", True)]
)
def test_what_cannot_be_asked_is_said(component, query, top_k):
    with pytest.raises(InputError):
        component.run(query, [Document(content=TEXTS[0])], top_k=top_k)


@settings(max_examples=15)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), max_size=3))
def test_every_offset_is_right_whatever_the_text(component, texts):
    documents = [Document(content=f"{text} Ada Fenn came home. {text}") for text in texts]
    assert_quotes(component.run("who came home?", documents)["answers"], "who came home?")


def test_in_a_pipeline_that_is_written_down_and_read_again():
    store = InMemoryDocumentStore()
    story = (SEEDS / "belarus-pardons.txt").read_text("utf-8")
    store.write_documents([Document(content=text) for text in [*TEXTS, story]])
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=2))
    pipeline.add_component("reader", PullquoteReader(top_k=1, min_score=0.1))
    pipeline.connect("retriever.documents", "reader.documents")
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["qa.haystack"])
    assert again.get_component("reader").min_score == 0.1
    query = "how many prisoners were pardoned?"
    asked = {"retriever": {"query": query}, "reader": {"query": query}}
    answers = pipeline.run(asked)["reader"]["answers"]
    assert_quotes(answers, query)
    assert answers[0].data == "123"
