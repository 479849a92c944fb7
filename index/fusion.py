"""Passages found by meaning and passages found by words, on one scale."""

from collections.abc import Mapping

import numpy as np

from index.numbers import Choice, Vectors, products
from index.records import Hit
from index.store import Contents

# What a point of BM25 is worth in cosine. Names and numbers, which vectors blur, are found by
# their words: `python benchmarks/retrieval.py` prints what other weights give.
BM25_WEIGHT = 0.05


def fuse(
    contents: Contents,
    query: str,
    vector: Vectors,
    similarities: Mapping[int, float],
    *,
    top_k: int,
    candidates: int,
    among: Choice | None,
) -> list[Hit]:
    """The candidates by vector and those by words, together and best first.

    A score is the cosine of passage and query, and the passage's BM25 on top, weighted. What
    one search found alone is given the other's part too.

    Args:
        contents: of the index.
        query: what is looked for.
        vector: (width,) float32, of unit length: the query's.
        similarities: the cosines of the passages found by vector, by their numbers; where
            FAISS compresses vectors, near enough to choose by.
        top_k: most hits.
        candidates: most passages found by words.
        among: the passages to look at, None for all.

    Raises:
        StoreError: what was found cannot be read from the folder, is damaged, or went since.
    """
    words = contents.words.search(query, top_k=candidates, among=among)
    lacking = [
        number
        for number in (words.keys() | similarities.keys())
        if number not in similarities or not contents.vectors.is_exact
    ]
    if lacking:
        found = products(vector[None], contents.vectors_of(np.array(lacking, dtype=np.int64)))
        similarities = {**similarities, **dict(zip(lacking, found[0].tolist(), strict=True))}
    words |= contents.words.scores(
        query, [number for number in similarities if number not in words]
    )
    numbers = sorted(similarities)  # so that equals keep their order
    scores = {n: similarities[n] + BM25_WEIGHT * words.get(n, 0.0) for n in numbers}
    best = sorted(numbers, key=lambda number: -scores[number])[:top_k]
    return [Hit(contents.passage(n), scores[n], similarities[n]) for n in best]
