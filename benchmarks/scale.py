"""How an index behaves as it grows: time, memory, disk and what its search misses.

    python benchmarks/scale.py [--folder DIR] [SIZE...]

SIZE counts passages: 10000 and 100000 if none is named; 1000000 takes some five gigabytes and half
an hour. In DIR the made indexes are kept, and those that were not finished are gone on with.

The passages are made: each is the words of a passage of the example articles, shuffled, under its
vector, to which noise is added. So they lie in a hundred clusters or so, which real articles would
not, and their words are those of a hundred passages, each of which a hundredth of all or more
have: what a search finds by rare words in real articles it finds by long lists here. Neither
their making nor the embedding of questions is timed; that of the articles that are added is.
Writes what it finds to ``benchmarks/results/scale.json``, beside the sizes that stand there.
"""

import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from timing import RESULTS, machine
from tqdm import tqdm

from index.database import FILE
from index.embed import Embedder
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.folder import is_stored_index
from index.making import create_index
from index.numbers import Vectors
from index.prepare import BATCH_PASSAGES, new_facts
from index.records import Document
from index.sentences import Span
from index.storing import Prepared
from index.vector_cache import read_cache
from index.vector_kind import CANDIDATES
from index.writer import changing
from qa.seeds import seed_articles, seed_questions
from qa.shelf import seed_shelf

SIZES = (10_000, 100_000)
PASSAGES_PER_DOCUMENT = 10
# Of the noise's length to the vector's: the cosine of two passages made of one is then 0.8.
NOISE = 0.5
ADDED = 5  # articles, one after another
SEARCHES = 200
TOP_K = 10
READ_AT_ONCE = 20_000  # vectors


class KnownQuestions:
    """An embedder that has embedded the questions before they are timed."""

    def __init__(self, inner: Embedder, questions: Sequence[str]) -> None:
        self._inner = inner
        self._known = dict(zip(questions, inner.embed(questions), strict=True))
        self.identity = inner.identity
        self.dimension = inner.dimension
        self.max_tokens = inner.max_tokens

    def token_spans(self, text: str) -> Sequence[Span]:
        """The spans of the inner one."""
        return self._inner.token_spans(text)

    def embed(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: bool = False
    ) -> Vectors:
        """The vectors of the inner one, from memory where it can."""
        if all(text in self._known for text in texts):
            return np.array([self._known[text] for text in texts], dtype=np.float32)
        return self._inner.embed(texts, batch_size=batch_size, progress=progress)


def main() -> None:
    if sys.argv[1:2] == ["--open"]:  # in a process of its own, so that its memory is its own
        print(json.dumps(opened(Path(sys.argv[2]))))
        return
    file = RESULTS / "scale.json"
    report = json.loads(file.read_text("utf-8")) if file.exists() else {}
    names = sys.argv[1:]
    kept = Path(names[1]) if names[:1] == ["--folder"] else None
    for size in [int(name) for name in names[2 if kept else 0 :]] or SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            report[str(size)] = measured(size, kept or Path(scratch)) | {"machine": machine()}
        print(size, json.dumps(report[str(size)], indent=2))
        file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(f"\nWritten to {file.name}")


def measured(size: int, place: Path) -> dict[str, object]:
    embedder = shipped_embedder()
    shelf = seed_shelf(embedder)
    texts = [passage.text for passage in shelf.passages]
    vectors = embedder.embed(texts)
    questions = [asked.question for seed in seed_questions() for asked in seed.questions]
    known = KnownQuestions(embedder, questions)
    folder = place / str(size)
    build_s = built(folder, size, texts, vectors, embedder)
    began = time.perf_counter()
    index = PassageIndex.open(folder, embedder=known)
    first_open_s = time.perf_counter() - began
    recall = recall_of(folder, known.embed(questions))
    added_s = []
    for number in range(ADDED):
        text = seed_articles()[0].read_text("utf-8")
        began = time.perf_counter()
        index.add([Document(f"added-{number}", "Added", f"{number}. {text}")])
        added_s.append(time.perf_counter() - began)
    info = index.info()
    searched_ms = []
    for question in random.Random(0).choices(questions, k=SEARCHES):
        began = time.perf_counter()
        index.search([question], top_k=TOP_K)
        searched_ms.append((time.perf_counter() - began) * 1000)
    index.remove([f"added-{number}" for number in range(ADDED)])
    del index
    ran = subprocess.run(
        [sys.executable, __file__, "--open", str(folder)], check=True, capture_output=True
    )
    return {
        "passages": info.facts.passages,
        "documents": info.facts.documents,
        "kind": info.making.kind if info.making else None,
        "recall_at_10": round(info.making.recall_at_10, 4) if info.making else None,
        "questions_recall_at_10": round(recall, 4),
        "store_s": round(build_s, 2),
        "first_open_s": round(first_open_s, 2),
        "add_one_s": round(float(np.median(added_s)), 3),
        "search_p50_ms": round(float(np.percentile(searched_ms, 50)), 2),
        "search_p95_ms": round(float(np.percentile(searched_ms, 95)), 2),
        "bytes_per_passage": round(info.bytes_on_disk / info.facts.passages),
        **json.loads(ran.stdout),
    }


def recall_of(folder: Path, asked: Vectors) -> float:
    """Of the ten vectors truly nearest to each question, how many are among its candidates."""
    nearest = np.zeros((len(asked), 0), np.int64)
    similar = np.zeros((len(asked), 0), np.float32)
    with closing(sqlite3.connect(folder / FILE)) as database:
        rows = database.execute("SELECT number, vector FROM vectors")
        while some := rows.fetchmany(READ_AT_ONCE):
            part = np.frombuffer(b"".join(vector for _, vector in some), np.float32)
            found = asked @ part.reshape(len(some), -1).T
            numbers = np.array([number for number, _ in some])
            similar = np.concatenate([similar, found], axis=1)
            nearest = np.concatenate([nearest, np.tile(numbers, (len(asked), 1))], axis=1)
            best = np.argsort(-similar, axis=1)[:, :TOP_K]
            similar = np.take_along_axis(similar, best, axis=1)
            nearest = np.take_along_axis(nearest, best, axis=1)
    kept = read_cache(folder)
    assert kept is not None
    candidates = kept.vectors.search(asked, top_k=CANDIDATES)
    shares = [
        len(set(true) & set(got)) for true, got in zip(nearest.tolist(), candidates, strict=True)
    ]
    return float(np.mean(shares)) / TOP_K


def built(
    folder: Path, size: int, texts: Sequence[str], vectors: Vectors, embedder: Embedder
) -> float:
    """Store that many passages, in batches as an embedder would; the seconds that it took."""
    if not is_stored_index(folder):
        create_index(folder, new_facts(embedder))
    noted = folder.with_suffix(".seconds")
    seconds = float(noted.read_text("ascii")) if noted.exists() else 0.0
    with changing(folder) as writer:
        if writer.facts.passages >= size:
            return seconds
        for batch in tqdm(made(size, texts, vectors), unit=" batches", mininterval=10):
            if batch[-1].document.id in writer:
                continue
            began = time.perf_counter()
            writer.put(batch)
            seconds += time.perf_counter() - began
            noted.write_text(str(seconds), "ascii")
        began = time.perf_counter()
        writer.tidy()
        seconds += time.perf_counter() - began
        noted.write_text(str(seconds), "ascii")
    return seconds


def made(size: int, texts: Sequence[str], vectors: Vectors) -> Iterator[list[Prepared]]:
    """Made-up documents, in batches."""
    lot, noise = random.Random(0), np.random.default_rng(0)
    batch: list[Prepared] = []
    for number in range(size // PASSAGES_PER_DOCUMENT):
        rows = [lot.randrange(len(texts)) for _ in range(PASSAGES_PER_DOCUMENT)]
        paragraphs, spans, start = [], [], 0
        for row in rows:
            words = texts[row].split()
            lot.shuffle(words)
            paragraphs.append(" ".join(words))
            spans.append((start, start + len(paragraphs[-1])))
            start += len(paragraphs[-1]) + 1
        dimension = vectors.shape[1]
        moved = vectors[rows] + noise.normal(
            scale=NOISE / dimension**0.5, size=(len(rows), dimension)
        )
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        document = Document(f"made-{number}", f"Made {number}", "\n".join(paragraphs))
        batch.append(Prepared(document, spans, moved.astype(np.float32)))
        if len(batch) * PASSAGES_PER_DOCUMENT >= BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def opened(folder: Path) -> dict[str, float]:
    """How long opening takes, and the memory that an open index has."""
    embedder = shipped_embedder()
    before = memory_bytes()
    began = time.perf_counter()
    index = PassageIndex.open(folder, embedder=embedder)
    seconds = time.perf_counter() - began
    used = memory_bytes() - before
    return {
        "open_s": round(seconds, 3),
        "memory_mb": round(used / 1e6, 1),
        "memory_bytes_per_passage": round(used / len(index.passages)),
    }


def memory_bytes() -> int:
    """What this process holds in memory; Linux only."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
