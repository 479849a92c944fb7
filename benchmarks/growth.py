"""What a question costs, from asking to answer, as what is asked grows.

    python benchmarks/growth.py [SIZE...]

SIZE counts passages: from 1 to 100000, ten times as many each, if none is named. The passages are
made as ``scale.py`` makes them, behind the news story of the example articles, whose questions are
asked one at a time: so there is something to find, and as much to read however much there is to
search. Writes ``benchmarks/results/growth.json``, beside the sizes that stand there.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scale import PASSAGES_PER_DOCUMENT, built
from timing import RESULTS, machine

import qa
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.records import Document
from qa.reader import ExtractiveReader
from qa.seeds import seed_articles, seed_questions
from qa.shelf import seed_shelf

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
ROUNDS = 3


def main() -> None:
    file = RESULTS / "growth.json"
    report = json.loads(file.read_text("utf-8")) if file.exists() else {}
    report["machine"] = machine()
    report.setdefault("sizes", {})
    for size in [int(name) for name in sys.argv[1:]] or SIZES:
        report["sizes"][str(size)] = measured(size)
        print(size, json.dumps(report["sizes"][str(size)]))
        file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def measured(size: int) -> dict[str, float]:
    """Milliseconds of a question over so many passages."""
    embedder = shipped_embedder()
    story = seed_articles()[0].read_text("utf-8")
    asked = [one.question for one in seed_questions()[0].questions]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        if size >= PASSAGES_PER_DOCUMENT:
            shelf = seed_shelf(embedder)
            texts = [passage.text for passage in shelf.passages]
            built(folder, size, texts, embedder.embed(texts), embedder)
            index = PassageIndex.open(folder, embedder=embedder)
            index.add([Document("story", "Belarus pardons", story)])
        else:
            opening = story[: len(story) // PASSAGES_PER_DOCUMENT]
            index = PassageIndex.from_documents(
                [Document("story", "Belarus pardons", opening)], embedder=embedder
            )
        # Without answers kept, or a question's second round would be a look-up.
        assistant = qa.Assistant(index=index, reader=ExtractiveReader.shipped(), answers_kept=0)
        assistant.ask(asked[0])
        whole_ms, search_ms = [], []
        for _ in range(ROUNDS):
            for question in asked:
                began = time.perf_counter()
                assistant.search(question)
                searched = time.perf_counter()
                assistant.ask(question)
                search_ms.append(1000 * (searched - began))
                whole_ms.append(1000 * (time.perf_counter() - searched))
        return {
            "passages": len(index.passages),
            "search_p50_ms": round(float(np.percentile(search_ms, 50)), 1),
            "p50_ms": round(float(np.percentile(whole_ms, 50)), 1),
            "p95_ms": round(float(np.percentile(whole_ms, 95)), 1),
        }


if __name__ == "__main__":
    main()
