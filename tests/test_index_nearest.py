"""FAISS indexes by size: what they find, forget and keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.nearest import NearestVectors
from index.numbers import products
from index.vector_kind import FLAT_UP_TO, check_kind, is_exact, kind_for
from index.vector_making import RECALL_WANTED, Making, outgrown

DIMENSION = 16
EXACT = ["Flat", "IVF20,Flat", "HNSW16"]


def unit_vectors(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def recall(index, numbers, vectors, queries):
    true = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    found = index.search(queries, top_k=10)
    return np.mean(
        [
            len(set(numbers[rows].tolist()) & set(got)) / 10
            for rows, got in zip(true, found, strict=True)
        ]
    )


@pytest.mark.parametrize("kind", [None, *EXACT])
def test_what_it_finds_and_gives_back(kind):
    numbers, vectors, queries = np.arange(0, 4000, 2), unit_vectors(2000), unit_vectors(50, 1)
    index = NearestVectors.from_vectors(numbers, vectors, kind=kind)
    assert index.making.kind == (kind or "Flat")
    assert index.making.made_of == 2000
    assert index.making.recall_at_10 >= RECALL_WANTED
    assert recall(index, numbers, vectors, queries) > RECALL_WANTED - 0.05
    for query, found in zip(queries, index.search(queries, top_k=5), strict=True):
        assert list(found.values()) == sorted(found.values(), reverse=True)
        for number, similarity in found.items():
            assert similarity == pytest.approx(vectors[number // 2] @ query, abs=1e-5)
    assert index.gives_back == (index.making.kind != "IVF20,Flat")
    if index.gives_back:
        np.testing.assert_array_equal(index.vectors_of([10, 2, 3998]), vectors[[5, 1, 1999]])


def changed(index, *, without=(), more=None):
    """An index brought up to other numbers; the vectors of new ones are all that it asks for."""
    more = {} if more is None else more
    asked = []

    def vectors_of(numbers):
        asked.extend(numbers.tolist())
        return np.array([more[number] for number in numbers.tolist()], dtype=np.float32)

    numbers = np.array([*(n for n in index.numbers if n not in set(without)), *more], np.int64)
    after = index.brought_up(numbers, vectors_of)
    assert asked == list(more)
    return after


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("kind", [None, *EXACT, "SQ8"])
def test_changes_leave_the_old_one_as_it_was(kind, small, monkeypatch):
    """Whether they are put into the FAISS index or kept apart from it."""
    monkeypatch.setattr("index.nearest.SMALL", 20_000 if small else 0)
    numbers, vectors, more = np.arange(2000), unit_vectors(2000), unit_vectors(3, 1)
    index = NearestVectors.from_vectors(numbers, vectors, kind=kind)
    before = index.search(vectors[:20], top_k=3)
    gone = [3, 7, 1500]
    new = dict(zip([5000, 5001, 5002], more, strict=True))
    after = changed(index, without=gone, more=new)
    assert index.search(vectors[:20], top_k=3) == before
    small = small and kind != "HNSW16"  # which cannot forget
    assert not after.has_outgrown(kind=kind)
    assert set(after.numbers) == set(range(2000)) - set(gone) | set(new)
    assert after.is_whole == small
    assert (after.held is index.held) == (not small)
    for found in after.search(vectors[gone], top_k=5):
        assert len(found) == 5
        assert not set(found) & set(gone)
        assert list(found.values()) == sorted(found.values(), reverse=True)
    assert [next(iter(found)) for found in after.search(more, top_k=1)] == [5000, 5001, 5002]
    if after.gives_back:
        np.testing.assert_array_equal(after.vectors_of([5001, 4]), [more[1], vectors[4]])
    again = changed(after, without=[5001])
    assert 5001 not in next(iter(again.search(more[1:2], top_k=2000)))
    back = again.brought_up(after.numbers, lambda _: more[1:2])
    assert back.search(more, top_k=5) == after.search(more, top_k=5)


@pytest.mark.parametrize("count", [1, 150, 1990])
def test_most_may_go(count, monkeypatch):
    monkeypatch.setattr("index.nearest.SMALL", 0)
    monkeypatch.setattr("index.nearest.APART_SHARE", 0.0001)
    vectors = unit_vectors(2000)
    index = NearestVectors.from_vectors(np.arange(2000), vectors)
    order = np.argsort(-(vectors @ vectors[0])).tolist()
    after = changed(index, without=order[:count])
    assert not after.is_whole
    (found,) = after.search(vectors[:1], top_k=5)
    assert list(found) == order[count : count + 5]


@pytest.mark.parametrize("kind", EXACT)
def test_bytes_give_the_same_index(kind):
    vectors = unit_vectors(1000)
    index = NearestVectors.from_vectors(np.arange(1000), vectors, kind=kind)
    again = NearestVectors.from_bytes(
        bytes(index.to_bytes()), numbers=index.numbers, making=index.making
    )
    assert again.search(vectors[:50], top_k=10) == index.search(vectors[:50], top_k=10)
    if again.gives_back:
        np.testing.assert_array_equal(again.vectors_of([5, 3]), vectors[[5, 3]])
    with pytest.raises(ValueError, match="1000 vectors, 9 numbers"):
        NearestVectors.from_bytes(
            bytes(index.to_bytes()), numbers=np.arange(9), making=index.making
        )


def test_a_kind_that_compresses_says_what_it_misses():
    index = NearestVectors.from_vectors(np.arange(2000), unit_vectors(2000), kind="PQ2x4")
    assert 0.1 < index.making.recall_at_10 < 0.9  # among the candidates


def test_parts_come_to_the_same_as_all_at_once():
    vectors = unit_vectors(3000)
    whole = NearestVectors.from_vectors(np.arange(3000), vectors, kind="IVF20,SQ8")
    parts = NearestVectors.from_parts(
        np.arange(3000),
        lambda: iter([vectors[:7], vectors[7:7], vectors[7:2500], vectors[2500:]]),
        dimension=DIMENSION,
        kind="IVF20,SQ8",
    )
    assert parts.making == whole.making
    assert parts.search(vectors[:50], top_k=10) == whole.search(vectors[:50], top_k=10)


def test_the_kind_follows_the_size():
    assert kind_for(0) == kind_for(FLAT_UP_TO) == "Flat"
    assert kind_for(100_000) == "IVF632,SQ8"
    vectors = unit_vectors(FLAT_UP_TO + 1)
    flat = NearestVectors.from_vectors(np.arange(FLAT_UP_TO), vectors[:-1])
    assert not flat.has_outgrown()
    grown = changed(flat, more={FLAT_UP_TO: vectors[-1]})
    assert grown.making.kind == "Flat"
    assert grown.has_outgrown()
    assert next(iter(grown.search(vectors[-1:], top_k=1)[0])) == FLAT_UP_TO
    assert not flat.is_overtaken(grown.numbers)
    assert changed(flat, without=range(1000, FLAT_UP_TO)).is_overtaken(grown.numbers)


@pytest.mark.parametrize(
    ("kind", "made_of", "wanted", "expected"),
    [
        ("IVF500,SQ8", 100_000, None, [(25_000, True), (25_001, False), (400_001, True)]),
        ("Flat", 100, None, [(0, False), (FLAT_UP_TO, False), (FLAT_UP_TO + 1, True)]),
        ("Flat", 100, "IVF4,Flat", [(155, False), (156, True)]),  # from so many it can be learnt
        ("Flat", 200, "IVF4,PQ4", [(399, False), (400, True)]),  # which so many failed to do
        ("Flat", 0, "HNSW16", [(0, False), (1, True)]),
        ("HNSW16", 10, "HNSW16", [(1, False), (1_000_000, False)]),
    ],
)
def test_when_another_making_is_due(kind, made_of, wanted, expected):
    making = Making(kind=kind, made_of=made_of, recall_at_10=1.0)
    assert [
        (count, outgrown(making, count, dimension=DIMENSION, kind=wanted)) for count, _ in expected
    ] == expected


def test_a_kind_that_cannot_forget_is_behind_after_a_while():
    index = NearestVectors.from_vectors(np.arange(200), unit_vectors(200), kind="HNSW16")
    few, many = (changed(index, without=range(count)) for count in (9, 10))
    assert not few.has_outgrown(kind="HNSW16")
    assert many.has_outgrown(kind="HNSW16")


def test_few_vectors_are_all_compared_whatever_was_asked_for():
    vectors = unit_vectors(1000)
    index = NearestVectors.from_vectors(np.arange(30), vectors[:30], kind="IVF16,Flat")
    assert index.making.kind == "Flat"
    more = dict(enumerate(vectors[30:], start=30))
    assert not index.has_outgrown(kind="IVF16,Flat")
    assert changed(index, more=more).has_outgrown(kind="IVF16,Flat")


def test_nothing_is_found_in_nothing():
    empty = NearestVectors.from_vectors(np.array([], int), unit_vectors(0))
    assert empty.search(unit_vectors(2), top_k=3) == [{}, {}]


@pytest.mark.parametrize(
    "kind", [*EXACT, "HNSW", "HNSW16,Flat", "IVF20_HNSW8,Flat", "PCA8,Flat", "RR8,Flat",
             "HNSW8_SQ8", "HNSW8_PQ4x4", "HNSW8,SQ8", "PCA8,HNSW8", "PCA8,IVF20,Flat", "NSG16,Flat",
             "IVF20,FlatDedup", "SQ8", "SQfp16", "SQ8,RFlat"],
)  # fmt: skip
def test_what_counts_as_exact_is(kind):
    vectors = unit_vectors(1000)
    index = NearestVectors.from_vectors(np.arange(1000), vectors, kind=kind)
    assert index.making.kind == kind
    assert index.is_exact == (kind in {*EXACT, "HNSW", "HNSW16,Flat", "IVF20_HNSW8,Flat"})
    if index.is_exact:
        for query, found in zip(vectors[:20], index.search(vectors[:20], top_k=5), strict=True):
            for number, similarity in found.items():
                assert similarity == pytest.approx(vectors[number] @ query, abs=1e-6)
    if index.gives_back:
        np.testing.assert_array_equal(index.vectors_of(range(1000)), vectors)


@pytest.mark.parametrize("kind", ["", "Flat,Flat", "IVF20", "Flat\n", "HNSW16_Flat", "IVF20,SQ8"])
def test_no_other_kind_counts_as_exact(kind):
    assert not is_exact(kind)


@pytest.mark.parametrize(
    "kind", ["IDMap,Flat", "IDMap2,HNSW16", "PCA8,IDMap,Flat", "Flat,IDMap", "L2norm,Flat",
             "IVF20,SQ8,RFlat", "IVF20,SQ8,Refine(SQ8)", "IVF0,Flat", "IVF0k,Flat", "HNSW0",
             "HNSW1_SQ8", "IVF20_HNSW1,Flat", "NSG2"],
)  # fmt: skip
def test_a_kind_that_faiss_cannot_fill(kind):
    with pytest.raises(InputError, match="FAISS cannot keep an index's vectors in") as raised:
        check_kind(kind, dimension=DIMENSION)
    assert kind in raised.value.problem


@pytest.mark.parametrize("kind", ["", "Nonesuch", "IVF", "PQ5"])
def test_a_kind_that_faiss_does_not_know(kind):
    with pytest.raises(InputError, match="FAISS knows no index"):
        check_kind(kind, dimension=DIMENSION)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 300))
def test_a_product_is_the_same_in_any_company(seed, asked, held):
    chance = np.random.default_rng(seed)
    queries = chance.standard_normal((asked, 48), dtype=np.float32)
    vectors = chance.standard_normal((held, 48), dtype=np.float32)
    vectors[-1] = vectors[0]
    together = products(queries, vectors)
    assert together == pytest.approx(queries.astype(float) @ vectors.astype(float).T, abs=1e-4)
    assert together[:, -1].tolist() == together[:, 0].tolist()
    for row in (0, asked - 1):
        assert products(queries[[row]], vectors).tolist() == together[[row]].tolist()
    for column in (0, held - 1):
        assert products(queries, vectors[[column]]).tolist() == together[:, [column]].tolist()
    assert products(queries[:0], vectors).shape == (0, held)
