"""Indexes beside each other find what one index of all the documents finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import QUERIES, build, found, load_index, opened
from strategies import articles, documents, few
from stub import CountingEmbedder, StubEmbedder

from index.engine import PassageIndex
from index.errors import InputError
from index.filters import Filter
from index.in_memory import Embedded
from index.records import Document

ANIMALS = (
    "Cats run. Dogs bark. Birds sing.",
    "Größe zählt. Cats sleep.",
    "Cats run. Cats run. Foxes run.",
    "Something else. Rain fell. Cats hide. Owls run.",
    "Herons wade.",
    "Otters swim. Something runs.",
)

EMBEDDER = StubEmbedder()
shelves = st.lists(documents(), min_size=2, max_size=6, unique_by=lambda document: document.id)


def index_of(some, embedder):
    return PassageIndex.from_documents(some, embedder=embedder, budget_tokens=8)


def hits_of(index, query, top_k):
    """Sorted, since equals come in any order."""
    (hits,) = index.search([query], top_k=top_k)
    return sorted((hit.passage.document.id, hit.passage.start, round(hit.score, 4)) for hit in hits)


def scores_of(index, where):
    """The score of every passage for every query."""
    return {
        (query, hit.passage.document.id, hit.passage.start): hit.score
        for query, hits in zip(QUERIES, index.search(QUERIES, top_k=100, where=where), strict=True)
        for hit in hits
    }


@few
@given(shelves, st.data(), articles())
def test_beside_each_other_is_one_index(stub_embedder, shelf, data, query):
    edges = sorted(data.draw(st.sets(st.integers(1, len(shelf) - 1), max_size=3)))
    parts = [
        index_of(shelf[start:end], stub_embedder)
        for start, end in zip([0, *edges], [*edges, len(shelf)], strict=True)
    ]
    joined, whole = parts[0].beside(parts[1:]), index_of(shelf, stub_embedder)
    assert joined.documents == whole.documents
    assert joined.passages == whole.passages
    everything = len(whole.passages)
    assert hits_of(joined, query, everything) == hits_of(whole, query, everything)
    for document in shelf:
        assert joined.document(document.id) == document
        assert joined.only(document.id).passages == whole.only(document.id).passages
    assert joined.document("nowhere") is None


@pytest.mark.parametrize("kind", [None, "HNSW4", "SQ8"])
def test_a_saved_index_stands_in_front(tmp_path, kind):
    texts = ("Cats run. Dogs bark. Birds sing.", "Größe zählt.", "Cats sleep.", "Rain fell. Cats.")
    build(*texts[:2]).save(tmp_path / "index", kind=kind)
    own = [
        PassageIndex.from_documents(
            [Document(str(number), "Title", texts[number])],
            embedder=StubEmbedder(),
            budget_tokens=4,
        )
        for number in (2, 3)
    ]
    assert found(load_index(tmp_path / "index").beside(own)) == found(build(*texts))


@few
@given(st.data(), st.lists(st.sampled_from(ANIMALS), min_size=4, max_size=6, unique=True))
def test_what_was_removed_behind_a_saved_index_stays_gone(tmp_path_factory, data, texts):
    folder = tmp_path_factory.mktemp("removed") / "index"
    shelf = [Document(str(number), "Title", text) for number, text in enumerate(texts)]
    own = shelf.pop()
    gone = data.draw(st.integers(1, len(shelf)))  # from the end, whose numbers are the highest
    stored = opened(folder)
    stored.add(shelf)
    stored.remove([document.id for document in shelf[-gone:]])
    left = [*shelf[:-gone], own]
    added = PassageIndex.from_documents([own], embedder=StubEmbedder(), budget_tokens=4)
    again = Document("again", "Title", "Cats sleep. Herons wade.")
    more = PassageIndex.from_documents([again], embedder=StubEmbedder(), budget_tokens=4)
    whole = PassageIndex.from_documents([*left, again], embedder=StubEmbedder(), budget_tokens=4)
    joined = stored.beside([added, more])
    assert joined.passages == whole.passages
    for where in (None, Filter(documents=[own.id]), Filter(documents=[again.id])):
        assert scores_of(joined, where) == pytest.approx(scores_of(whole, where), abs=1e-5)
    for query in QUERIES:  # the words alone, in which the gone were found again
        scores = [one._contents.words.search(query, top_k=100).values() for one in (joined, whole)]
        assert sorted(scores[0]) == pytest.approx(sorted(scores[1]))


def test_nothing_is_embedded_again():
    embedder = CountingEmbedder()
    first = index_of([Document("a", "A", "Cats run.")], embedder)
    second = index_of([Document("b", "B", "Dogs bark.")], embedder)
    embedder.texts.clear()
    joined = first.beside([second])
    joined.search(QUERIES)
    assert embedder.texts == QUERIES


def test_a_document_that_is_there_already_is_left_out(stub_embedder):
    cats, dogs = Document("a", "A", "Cats run."), Document("b", "B", "Dogs bark.")
    first = index_of([cats], stub_embedder)
    joined = first.beside([index_of([cats, dogs], stub_embedder), index_of([dogs], stub_embedder)])
    assert joined.documents == (cats, dogs)
    assert first.documents == (cats,)


@few
@given(documents(), st.integers(1, 5))
def test_in_steps_is_the_same_index(stub_embedder, document, step_passages):
    steps = PassageIndex.in_steps([document], embedder=stub_embedder, step_passages=step_passages)
    told = []
    try:
        while True:
            told.append(next(steps))
    except StopIteration as stopped:
        index = stopped.value
    whole = PassageIndex.from_documents([document], embedder=stub_embedder)
    total = len(whole.passages)
    assert index.passages == whole.passages
    assert told == [Embedded(done, total) for done in range(0, total, step_passages)]
    queries = [passage.text for passage in whole.passages]
    for one, other in zip(index.search(queries), whole.search(queries), strict=True):
        assert [(hit.passage, hit.score) for hit in one] == [
            (hit.passage, hit.score) for hit in other
        ]


def test_steps_of_nothing_are_refused(stub_embedder):
    with pytest.raises(InputError, match="no documents"):
        next(PassageIndex.in_steps([], embedder=stub_embedder))


def test_what_is_stopped_embeds_no_more():
    embedder = CountingEmbedder()
    text = " ".join(f"Sentence number {number} is here." for number in range(2_000))
    steps = PassageIndex.in_steps([Document("a", "A", text)], embedder=embedder, step_passages=2)
    assert str(next(steps)).startswith("0 of ")
    next(steps)
    steps.close()
    assert len(embedder.texts) == 2


def test_what_is_asked_beside_a_query_changes_nothing_that_is_found():
    text = "Herons wade. Otters swim. Cats sleep."
    base, *own = (index_of([Document(name, "Title", text)], EMBEDDER) for name in "abcdef")
    joined = base.beside(own)
    queries = [f"Query {number}" for number in range(40)]
    together = joined.search(queries, top_k=4)
    for query, hits in zip(queries, together, strict=True):
        (alone,) = joined.search([query], top_k=4)
        assert alone == hits
        assert hits[1].score == hits[2].score == hits[3].score
