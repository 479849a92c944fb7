"""How many passages a question needs to be read: F1 against the passages read.

    python benchmarks/reading.py FILE...

Each file's paragraphs are one index. Every question's passages are read once; then it is worked
out what comes of the first k of them, and of reading on only where no answer is sure enough.
Prints a table, writes ``benchmarks/results/reading.json`` and plots it beside.
"""

import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from timing import RESULTS
from tqdm import tqdm

from index.embedder import shipped_embedder
from index.engine import PassageIndex
from qa.answering import ReadPassage, make_answer
from qa.metrics import best_against
from qa.reader import ExtractiveReader
from qa.squad import SquadQuestion, SquadSet

QUESTIONS = 150  # of a file, drawn at random
BLOCK = 16  # questions read together
MOST = 10  # passages of a question
ROUNDS = ((1, 5), (2, 5), (3, 5), (2, 10))  # passages read at first, and if no answer is sure
SURE = (0.3, 0.4, 0.5, 0.6, 0.7)  # scores above which one is


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what was found in its passages, the nearest first."""

    asked: SquadQuestion
    found: Sequence[ReadPassage]


def main() -> None:
    reader = ExtractiveReader.shipped()
    report = {Path(name).name: curves(reader, Path(name)) for name in sys.argv[1:]}
    (RESULTS / "reading.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, rows in report.items():
        print(f"{name:28}{'read':>8}{'given':>8}{'best':>8}")
        for way, row in rows.items():
            print(f"{way:28}{row['passages']:8.2f}{row['f1']:8.2f}{row['best_f1']:8.2f}")
    print("\nWritten to reading.json")


def curves(reader: ExtractiveReader, file: Path) -> dict[str, Mapping[str, float]]:
    cases = read(reader, file)
    rows = {f"the first {k}": outcome(reader, cases, [k]) for k in range(1, MOST + 1)}
    for first, most in ROUNDS:
        for sure in SURE:
            way = f"{first}, then {most} unless above {sure}"
            rows[way] = outcome(reader, cases, [first, most], sure=sure)
    return rows


def read(reader: ExtractiveReader, file: Path) -> list[Case]:
    squad = SquadSet.from_file(file)
    shelf = PassageIndex.from_documents(squad.paragraphs, embedder=shipped_embedder())
    asked = [question for question in squad.questions if question.answers]
    asked = random.Random(0).sample(asked, min(QUESTIONS, len(asked)))
    hits = shelf.search([question.question for question in asked], top_k=MOST)
    cases = []
    for start in tqdm(range(0, len(asked), BLOCK), desc=file.name):
        block = list(zip(asked[start : start + BLOCK], hits[start : start + BLOCK], strict=True))
        readings = iter(
            reader.read([(one.question, hit.passage.text) for one, found in block for hit in found])
        )
        for one, found in block:
            passages = [ReadPassage(hit.passage, next(readings), hit.similarity) for hit in found]
            cases.append(Case(one, passages))
    return cases


def outcome(
    reader: ExtractiveReader, cases: Sequence[Case], rounds: Sequence[int], *, sure: float = 1.0
) -> Mapping[str, float]:
    """Mean passages read and mean F1, of what is given and of the best quote in any case."""
    given, best, counts = [], [], []
    for case in cases:
        for count in rounds:
            answer = make_answer(
                case.asked.question, case.found[:count], settings=reader.settings, top_k=1
            )
            if answer.text is not None and answer.score > sure:
                break
        quote = (
            answer if answer.text is not None or not answer.alternatives else answer.alternatives[0]
        )
        given.append(100 * best_against(answer.text or "", case.asked.answers)[1])
        best.append(100 * best_against(quote.text or "", case.asked.answers)[1])
        counts.append(min(count, len(case.found)))
    return {"passages": fmean(counts), "f1": fmean(given), "best_f1": fmean(best)}


if __name__ == "__main__":
    main()
