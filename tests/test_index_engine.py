import numpy as np
import pytest
from conftest import SEEDS
from hypothesis import given
from hypothesis import strategies as st
from strategies import articles, documents, few

from index.engine import PassageIndex
from index.errors import InputError
from index.fusion import BM25_WEIGHT
from index.lexical import LexicalIndex
from index.read import read_sources
from index.records import Document, Passage

shelves = st.lists(documents(), min_size=1, max_size=5, unique_by=lambda document: document.id)


def build(texts, embedder, **options):
    return PassageIndex.from_documents(
        [Document(id=str(number), title="T", text=text) for number, text in enumerate(texts)],
        embedder=embedder,
        **options,
    )


def similarities(index, query, embedder):
    """The cosine similarity of each passage to a query, the long way round."""
    vectors = embedder.embed([passage.text for passage in index.passages]).astype(float)
    (vector,) = embedder.embed([query]).astype(float)
    return vectors @ vector / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector))


@few
@given(shelves, st.lists(articles() | st.just(""), max_size=4), st.integers(1, 12))
def test_search_is_brute_force(stub_embedder, shelf, queries, top_k):
    index = PassageIndex.from_documents(shelf, embedder=stub_embedder, budget_tokens=8)
    found = index.search(queries, top_k=top_k, batch_size=2)
    assert len(found) == len(queries)
    for query, hits in zip(queries, found, strict=True):
        expected = similarities(index, query, stub_embedder)
        assert len(hits) == min(top_k, len(index.passages))
        assert len({hit.passage for hit in hits}) == len(hits)
        words = LexicalIndex([passage.text for passage in index.passages])
        shared = words.search(query, top_k=len(index.passages))
        fused = [
            similarity + BM25_WEIGHT * shared.get(row, 0.0)
            for row, similarity in enumerate(expected)
        ]
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        np.testing.assert_allclose(scores, np.sort(fused)[::-1][: len(hits)], atol=1e-5)
        for hit in hits:  # the score is that passage's own
            row = index.passages.index(hit.passage)
            assert abs(hit.similarity - expected[row]) < 1e-5
            assert abs(hit.score - fused[row]) < 1e-5


@few
@given(shelves)
def test_a_passage_finds_itself(stub_embedder, shelf):
    index = PassageIndex.from_documents(shelf, embedder=stub_embedder, budget_tokens=8)
    for passage in index.passages[:5]:
        ((hit,),) = index.search([passage.text], top_k=1)
        assert hit.passage.text == passage.text
        assert hit.similarity == pytest.approx(1, abs=1e-5)


@few
@given(shelves, st.data())
def test_only_one_document(stub_embedder, shelf, data):
    index = PassageIndex.from_documents(shelf, embedder=stub_embedder, budget_tokens=8)
    document = data.draw(st.sampled_from(shelf))
    part = index.only(document.id)
    assert part.documents == (document,)
    assert part.passages == tuple(p for p in index.passages if p.document == document)
    assert part.embedder is stub_embedder
    ((*hits,),) = part.search(["a query"], top_k=len(index.passages))
    ((*every,),) = index.search(["a query"], top_k=len(index.passages))
    rest = {hit.passage: hit.similarity for hit in every}
    assert len(hits) == len(part.passages)
    for hit in hits:
        assert hit.similarity == pytest.approx(rest[hit.passage], abs=1e-6)


def test_only_a_document_that_is_there(stub_embedder):
    with pytest.raises(InputError, match="There is no article 7"):
        build(["One."], stub_embedder).only("7")


def test_passages_stand_in_the_order_of_the_documents(stub_embedder):
    index = build(["Cats run. Dogs bark.", "Birds sing."], stub_embedder, budget_tokens=2)
    first, second = index.documents
    assert index.passages == (Passage(first, 0, 9), Passage(first, 10, 20), Passage(second, 0, 11))
    assert str(index) == "3 passages of 2 documents, embedded by stub@1"


def test_the_budget_stops_at_what_the_embedder_reads(stub_embedder):
    index = build(["word " * 1000], stub_embedder, budget_tokens=10_000)
    sizes = [len(stub_embedder.token_spans(passage.text)) for passage in index.passages]
    assert max(sizes) == stub_embedder.max_tokens
    assert sum(sizes) == 1000


def test_neighbours_overlap_as_asked(stub_embedder):
    text = "Cats run. Dogs bark. Birds sing."
    apart = build([text], stub_embedder, budget_tokens=4, overlap_sentences=0)
    shared = build([text], stub_embedder, budget_tokens=4)
    assert [passage.text for passage in apart.passages] == ["Cats run. Dogs bark.", "Birds sing."]
    assert [passage.text for passage in shared.passages] == [
        "Cats run. Dogs bark.",
        "Dogs bark. Birds sing.",
    ]


def test_no_queries_and_few_passages(stub_embedder):
    index = build(["One.", "Two."], stub_embedder)
    assert index.search([]) == []
    assert len(index.search(["x"], top_k=1_000_000)[0]) == 2
    assert len(index.search(["x"], top_k=1)[0]) == 1
    assert len(index.search(["x"], top_k=np.int64(1), batch_size=np.int8(2))[0]) == 1


def test_one_text_is_not_several(stub_embedder):
    index = build(["One."], stub_embedder)
    for act, name in ((index.search, "queries"), (index.remove, "ids")):
        for text in ("0", "Cats run", ""):
            with pytest.raises(InputError, match=f"The {name} are one text"):
                act(text)


@pytest.mark.parametrize("top_k", [0, -1, 2.0, True])
def test_top_k_out_of_range(stub_embedder, top_k):
    index = build(["One."], stub_embedder)
    for queries in (["x"], []):
        with pytest.raises(InputError, match=f"top_k is {top_k}"):
            index.search(queries, top_k=top_k)
        with pytest.raises(InputError, match=f"batch_size is {top_k}"):
            index.search(queries, batch_size=top_k)


def test_nothing_to_index(stub_embedder):
    with pytest.raises(InputError, match="no documents"):
        PassageIndex.from_documents([], embedder=stub_embedder)


def test_two_documents_with_one_id(stub_embedder):
    twins = [Document("a", "A", "One."), Document("a", "B", "Two.")]
    with pytest.raises(InputError, match="same id"):
        PassageIndex.from_documents(twins, embedder=stub_embedder)


@pytest.mark.parametrize("option", [{"budget_tokens": 0}, {"overlap_sentences": -1}])
def test_options_out_of_range(stub_embedder, option):
    with pytest.raises(InputError, match=f"{next(iter(option))} is"):
        build(["One."], stub_embedder, **option)


@pytest.fixture(scope="module")
def seeds(embedder):
    return PassageIndex.from_documents(read_sources(SEEDS), embedder=embedder)


def test_the_shipped_embedder_finds_the_article(seeds):
    found = seeds.search(["who was released?", "who was pardoned in Belarus?"], top_k=3)
    assert [hits[0].passage.document.id for hits in found] == ["belarus-pardons.txt"] * 2
    assert all(-1 <= hit.similarity <= 1 for hits in found for hit in hits)


def test_the_shipped_embedder_is_searched_by_brute_force_too(seeds, embedder):
    query = "how do I descale the kettle?"
    kettle = seeds.only("kettle-faq.md")
    ((*hits,),) = kettle.search([query], top_k=len(kettle.passages))
    expected = similarities(kettle, query, embedder)
    assert hits[0].passage == kettle.passages[int(expected.argmax())]
    found = sorted(hit.similarity for hit in hits)
    np.testing.assert_allclose(found, np.sort(expected), atol=1e-5)
