"""Questions whose names, numbers, dates and rare words vectors lose are found by their words."""

from collections import Counter

import pytest
from notices import NOTICES

from index.engine import PassageIndex
from qa.metrics import recall_at

LEAST_RECALL = 0.95  # of the fused search, at five
AT = 5


@pytest.fixture(scope="module")
def shelf(embedder):
    return PassageIndex.from_documents([one.document for one in NOTICES], embedder=embedder)


def recall(ranked):
    """Of the questions, the share whose own notice is among the first five ids given for each."""
    ranks = [
        ids.index(notice.number) + 1 if notice.number in ids else None
        for notice, ids in zip(NOTICES, ranked, strict=True)
    ]
    return recall_at(ranks, [AT])[f"recall@{AT}"]


def test_no_two_notices_say_the_same_of_what_is_asked():
    for column in zip(*NOTICES, strict=True):
        assert max(Counter(column).values()) == 1
    assert len(NOTICES) >= 30


def test_words_find_what_vectors_lose(shelf):
    found = shelf.search([one.question for one in NOTICES], top_k=len(shelf.passages))
    fused = [[hit.passage.document.id for hit in hits] for hits in found]
    dense = [
        [hit.passage.document.id for hit in sorted(hits, key=lambda hit: -hit.similarity)]
        for hits in found
    ]
    assert len(shelf.passages) == len(NOTICES)
    assert recall(fused) >= LEAST_RECALL
    assert recall(fused) > recall(dense)
