"""What searching by meaning, by words, and by both finds: recall@k on development sets.

    python benchmarks/retrieval.py FILE...

Each file's paragraphs are one index; a question is found if its own paragraph is among the
first k. The last ways have the title of its document before each passage. Prints a table and
writes ``benchmarks/results/retrieval.json``.
"""

import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from timing import RESULTS, machine
from tqdm import tqdm

from index.embed import Embedder
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.fusion import BM25_WEIGHT
from index.lexical import LexicalIndex
from index.records import Hit, Passage
from qa.metrics import recall_at
from qa.squad import SquadSet

QUESTIONS = 800  # of a file, drawn at random
CUTOFFS = (1, 2, 3, 5, 10, 20)
WEIGHTS = (0.02, 0.03, 0.05, 0.07, 0.1, 0.2)
RANK_CONSTANT = 60  # Cormack, Clarke and Büttcher 2009, Reciprocal Rank Fusion

Order = Callable[[list[Hit]], list[Hit]]


def main() -> None:
    sets = {Path(name).name: recalls(Path(name)) for name in sys.argv[1:]}
    report = {"machine": machine(), "sets": sets}
    (RESULTS / "retrieval.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, rows in sets.items():
        print(f"{name:24}" + "".join(f"{f'@{k}':>8}" for k in CUTOFFS))
        for way, found in rows.items():
            print(f"{way:24}" + "".join(f"{value:8.3f}" for value in found.values()))
    print("\nWritten to retrieval.json")


def recalls(file: Path) -> Mapping[str, Mapping[str, float]]:
    squad = SquadSet.from_file(file)
    embedder = shipped_embedder()
    shelf = PassageIndex.from_documents(squad.paragraphs, embedder=embedder, progress=True)
    asked = [question for question in squad.questions if question.answers]
    asked = random.Random(0).sample(asked, min(QUESTIONS, len(asked)))
    texts = [question.question for question in asked]
    found = shelf.search(texts, top_k=len(shelf.passages))
    own = [squad.paragraphs[question.paragraph].id for question in asked]

    def recall(orders: Iterable[list[Hit]]) -> Mapping[str, float]:
        return recall_at([rank_of(own[n], hits) for n, hits in enumerate(orders)], CUTOFFS)

    titled = Titled(shelf.passages, texts, embedder)
    return {
        **{way: recall(map(order, found)) for way, order in tqdm(ways().items())},
        "both, title in vectors": recall(titled.order(found, vectors=True)),
        "both, title in words": recall(titled.order(found, words=True)),
        "both, title in both": recall(titled.order(found, vectors=True, words=True)),
    }


class Titled:
    """What passages score with the title of their document before them.

    Args:
        passages: the passages.
        queries: what they are searched for.
        embedder: the model that makes the vectors.
    """

    def __init__(
        self, passages: Sequence[Passage], queries: Sequence[str], embedder: Embedder
    ) -> None:
        texts = [f"{one.document.title.replace('_', ' ')}. {one.text}" for one in passages]
        words = LexicalIndex(texts)
        self._rows = {one: row for row, one in enumerate(passages)}
        self._cosines = embedder.embed(queries) @ embedder.embed(texts).T
        self._words = [words.search(query, top_k=len(texts)) for query in queries]

    def order(
        self, found: Sequence[list[Hit]], *, vectors: bool = False, words: bool = False
    ) -> Iterator[list[Hit]]:
        """The hits of each query by their scores with the title in these."""
        for number, hits in enumerate(found):
            scores = []
            for hit in hits:
                row = self._rows[hit.passage]
                shared = self._words[number].get(row, 0.0) if words else bm25(hit)
                cosine = float(self._cosines[number, row]) if vectors else hit.similarity
                scores.append(cosine + BM25_WEIGHT * shared)
            yield ordered(hits, scores)


def ways() -> Mapping[str, Order]:
    """How the hits may be ordered."""
    return {
        "meaning": lambda hits: ordered(hits, [hit.similarity for hit in hits]),
        "words": lambda hits: ordered(hits, [bm25(hit) for hit in hits]),
        "both, by ranks": lambda hits: ordered(hits, by_ranks(hits)),
        "both, min-max": lambda hits: ordered(hits, by_min_max(hits)),
        **{f"both, weight {weight}": weighted(weight) for weight in WEIGHTS},
    }


def weighted(weight: float) -> Order:
    return lambda hits: ordered(hits, [hit.similarity + weight * bm25(hit) for hit in hits])


def bm25(hit: Hit) -> float:
    return (hit.score - hit.similarity) / BM25_WEIGHT


def ordered(hits: list[Hit], scores: list[float]) -> list[Hit]:
    return [hits[place] for place in np.argsort([-score for score in scores], kind="stable")]


def by_ranks(hits: list[Hit]) -> list[float]:
    ranks = [
        np.argsort(np.argsort([-score for score in scores], kind="stable"))
        for scores in ([hit.similarity for hit in hits], [bm25(hit) for hit in hits])
    ]
    return [float(sum(1 / (RANK_CONSTANT + rank[n]) for rank in ranks)) for n in range(len(hits))]


def by_min_max(hits: list[Hit]) -> list[float]:
    both = np.array([[hit.similarity for hit in hits], [bm25(hit) for hit in hits]])
    lowest, highest = both.min(axis=1, keepdims=True), both.max(axis=1, keepdims=True)
    scaled = (both - lowest) / np.maximum(highest - lowest, np.finfo(float).tiny)
    return [float(score) for score in scaled.sum(axis=0)]


def rank_of(own: str, hits: list[Hit]) -> int | None:
    paragraphs = list(dict.fromkeys(hit.passage.document.id for hit in hits))
    return paragraphs.index(own) + 1 if own in paragraphs else None


if __name__ == "__main__":
    main()
