"""Indexes beside each other find what one index of all the documents finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import QUERIES, build, found, load_index
from strategies import articles, documents, few
from stub import CountingEmbedder, StubEmbedder

from index.engine import PassageIndex
from index.errors import InputError
from index.in_memory import Embedded
from index.records import Document

shelves = st.lists(documents(), min_size=2, max_size=6, unique_by=lambda document: document.id)


def index_of(some, embedder):
    return PassageIndex.from_documents(some, embedder=embedder, budget_tokens=8)


def hits_of(index, query, top_k):
    """Sorted, since equals come in any order."""
    (hits,) = index.search([query], top_k=top_k)
    return sorted((hit.passage.document.id, hit.passage.start, round(hit.score, 4)) for hit in hits)


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
