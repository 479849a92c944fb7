"""FAISS indexes by size: what they find, forget and keep."""

import numpy as np
import pytest

from index.errors import InputError
from index.nearest import FLAT_UP_TO, RECALL_WANTED, NearestVectors, check_kind, kind_for

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
    np.testing.assert_array_equal(index.vectors_of([10, 2, 3998]), vectors[[5, 1, 1999]])


@pytest.mark.parametrize("kind", [None, *EXACT])
def test_changes_leave_the_old_one_as_it_was(kind):
    numbers, vectors, more = np.arange(2000), unit_vectors(2000), unit_vectors(3, 1)
    index = NearestVectors.from_vectors(numbers, vectors, kind=kind)
    before = index.search(vectors[:20], top_k=3)
    gone = np.array([3, 7, 1500])
    changed = index.changed(
        without=gone, numbers=np.array([5000, 5001, 5002]), vectors=more, kind=kind
    )
    assert index.search(vectors[:20], top_k=3) == before
    if kind == "HNSW16":
        assert changed is None  # it cannot forget
        return
    assert set(changed.numbers) == set(range(2000)) - set(gone.tolist()) | {5000, 5001, 5002}
    for found in changed.search(vectors[gone], top_k=5):
        assert not set(found) & set(gone.tolist())
    assert [next(iter(found)) for found in changed.search(more, top_k=1)] == [5000, 5001, 5002]
    np.testing.assert_array_equal(changed.vectors_of([5001, 4]), [more[1], vectors[4]])


@pytest.mark.parametrize("kind", EXACT)
def test_bytes_give_the_same_index(kind):
    vectors = unit_vectors(1000)
    index = NearestVectors.from_vectors(np.arange(1000), vectors, kind=kind)
    again = NearestVectors.from_bytes(
        bytes(index.to_bytes()), numbers=index.numbers, making=index.making
    )
    assert again.search(vectors[:50], top_k=10) == index.search(vectors[:50], top_k=10)
    np.testing.assert_array_equal(again.vectors_of([5, 3]), vectors[[5, 3]])
    with pytest.raises(ValueError, match="1000 vectors, 9 numbers"):
        NearestVectors.from_bytes(
            bytes(index.to_bytes()), numbers=np.arange(9), making=index.making
        )


def test_a_kind_that_compresses_says_what_it_misses():
    index = NearestVectors.from_vectors(np.arange(2000), unit_vectors(2000), kind="SQ4")
    assert 0.3 < index.making.recall_at_10 < 1


def test_the_kind_follows_the_size():
    assert kind_for(0) == kind_for(FLAT_UP_TO) == "Flat"
    assert kind_for(100_000) == "IVF1265,Flat"
    vectors = unit_vectors(FLAT_UP_TO + 1)
    flat = NearestVectors.from_vectors(np.arange(FLAT_UP_TO), vectors[:-1])
    assert (
        flat.changed(
            without=np.array([], int), numbers=np.array([FLAT_UP_TO]), vectors=vectors[-1:]
        )
        is None
    )
    assert flat.making.kind == "Flat"


def test_few_vectors_are_all_compared_whatever_was_asked_for():
    index = NearestVectors.from_vectors(np.arange(30), unit_vectors(30), kind="IVF16,Flat")
    assert index.making.kind == "Flat"
    more = unit_vectors(970, 1)
    assert (
        index.changed(
            without=np.array([], int), numbers=np.arange(30, 1000), vectors=more, kind="IVF16,Flat"
        )
        is None
    )


def test_nothing_is_found_in_nothing():
    empty = NearestVectors.from_vectors(np.array([], int), unit_vectors(0))
    assert empty.search(unit_vectors(2), top_k=3) == [{}, {}]


@pytest.mark.parametrize("kind", ["", "Nonesuch", "IVF", "PQ5"])
def test_a_kind_that_faiss_does_not_know(kind):
    with pytest.raises(InputError, match="FAISS knows no index"):
        check_kind(kind, dimension=DIMENSION)
