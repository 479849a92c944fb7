"""How many passages a question needs to be read: F1 against the passages read.

    python benchmarks/reading.py FILE...

Each file's paragraphs are one index. Every question's passages are read once; then it is worked
out what comes of the first k of them, and of reading on only where no answer is sure enough, or
where a passage fits the question nearly as well as the nearest does. Prints a table and writes
``benchmarks/results/reading.json``.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

from timing import RESULTS, machine
from tqdm import tqdm

from index.embed import Embedder
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.records import Hit
from qa.defaults import BATCH_SIZE, TOP_K
from qa.metrics import best_against
from qa.pipeline import LEAST_SHARE, PASSAGES_READ, RIVAL_SHARE, STEPS, SURE_SCORE
from qa.reader import ExtractiveReader, Reader, Reading
from qa.records import Answer
from qa.rounds import Rounds, Task
from qa.settings import ReaderSettings
from qa.squad import SquadSet

QUESTIONS = 150  # of a file, drawn at random
BLOCK = 64  # pairs read together
MOST = 6  # passages of a question
BEFORE = (2,)  # the steps that there were before anything was passed over
SURE = (0.3, 0.4, 0.5, 0.6, 0.7)  # scores above which an answer is
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)  # of the nearest passage's score
RIGHT_F1 = 0.6  # a quote with other edges is right, half of a quote is not


class Case(NamedTuple):
    """A question, what is accepted, and its passages, the nearest first."""

    question: str
    answers: Sequence[str]
    hits: Sequence[Hit]


class Way(NamedTuple):
    """How passages are read: see ``qa.rounds.Rounds``."""

    most: int
    steps: Sequence[int] = ()
    sure: float = 1.0
    share: float = 0.0

    def __str__(self) -> str:
        if not self.steps:
            return f"the first {self.most}"
        read = f"{', '.join(map(str, self.steps))}, then {self.most} unless above {self.sure}"
        return f"{read}, passing over below {self.share}" if self.share else read


SHIPPED = Way(PASSAGES_READ, STEPS, SURE_SCORE, LEAST_SHARE)
WAYS = list(
    dict.fromkeys(
        (
            *(Way(k) for k in range(1, MOST + 1)),
            *(Way(PASSAGES_READ, BEFORE, sure) for sure in SURE),
            *(Way(PASSAGES_READ, STEPS, sure, LEAST_SHARE) for sure in SURE),
            *(Way(PASSAGES_READ, STEPS, SURE_SCORE, share) for share in (0.0, *SHARES)),
        )
    )
)


class Recorded:
    """A reader that reads nothing twice, and notes what it is asked."""

    def __init__(self, reader: Reader, embedder: Embedder) -> None:
        self.asked: list[tuple[str, str]] = []
        self._reader = reader
        self._embedder = embedder
        self._known: dict[tuple[str, str], Reading] = {}

    @property
    def settings(self) -> ReaderSettings:
        """Those of the reader."""
        return self._reader.settings

    def takes(self, question: str) -> bool:
        """Whether it reads a question of this length."""
        return self._reader.takes(question)

    def read(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int = BATCH_SIZE,
        max_answer_tokens: int = 30,
    ) -> list[Reading]:
        """Its readings; see ``qa.reader.Reader``."""
        self.asked += pairs
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        for start in tqdm(range(0, len(new), BLOCK), disable=len(new) < BLOCK, leave=False):
            block = new[start : start + BLOCK]
            found = self._reader.read(
                block, batch_size=batch_size, max_answer_tokens=max_answer_tokens
            )
            self._known |= zip(block, found, strict=True)
        return [self._known[pair] for pair in pairs]

    def tokens(self) -> Counter[str]:
        """By question, how many tokens were read for it, its own included."""
        counted: Counter[str] = Counter()
        sizes: dict[str, int] = {}
        for question, passage in self.asked:
            for text in (question, passage):
                if text not in sizes:
                    sizes[text] = len(self._embedder.token_spans(text))
                counted[question] += sizes[text]
        return counted


def main() -> None:
    embedder = shipped_embedder()
    reader = Recorded(ExtractiveReader.shipped(), embedder)
    sets = {Path(name).name: curves(reader, embedder, Path(name)) for name in sys.argv[1:]}
    report = {"machine": machine(), "sets": sets}
    (RESULTS / "reading.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, rows in sets.items():
        print(f"{name:60}{'read':>8}{'tokens':>8}{'given':>8}{'best':>8}")
        for way, row in rows.items():
            print(
                f"{way:60}{row['passages']:8.2f}{row['tokens']:8.0f}"
                f"{row['f1']:8.2f}{row['best_f1']:8.2f}"
            )
    print("\nWritten to reading.json")


def curves(reader: Recorded, embedder: Embedder, file: Path) -> dict[str, Mapping[str, float]]:
    squad = SquadSet.from_file(file)
    shelf = PassageIndex.from_documents(squad.paragraphs, embedder=embedder)
    asked = [question for question in squad.questions if question.answers]
    asked = random.Random(0).sample(asked, min(QUESTIONS, len(asked)))
    hits = shelf.search([one.question for one in asked], top_k=MOST)
    cases = [Case(one.question, one.answers, found) for one, found in zip(asked, hits, strict=True)]
    outcome(reader, cases, Way(MOST))  # so that everything is read in one go
    return {str(way): outcome(reader, cases, way) for way in tqdm(WAYS, desc=file.name)}


def outcome(reader: Recorded, cases: Sequence[Case], way: Way) -> dict[str, float]:
    """Means of passages and tokens read and of F1: of what is given, and of the best quote."""
    reader.asked.clear()
    answers = answered(reader, cases, way)
    tokens = reader.tokens()
    given = [best_against(a.text or "", c.answers)[1] for a, c in zip(answers, cases, strict=True)]
    best = [best_against(a, c.answers)[1] for a, c in zip(quotes(answers), cases, strict=True)]
    right = [
        score >= RIGHT_F1 if case.answers else answer.text is None
        for answer, case, score in zip(answers, cases, given, strict=True)
    ]
    return {
        "passages": len(reader.asked) / len(cases),
        "tokens": fmean(tokens[case.question] for case in cases),
        "tokens_p50": median(tokens[case.question] for case in cases),
        "f1": 100 * fmean(given),
        "best_f1": 100 * fmean(best),
        "right": sum(right),
    }


def answered(reader: Recorded, cases: Sequence[Case], way: Way) -> list[Answer]:
    rounds = Rounds(
        steps=way.steps,
        rival_share=RIVAL_SHARE,
        sure_score=way.sure,
        least_share=way.share,
        top_k=TOP_K,
        min_score=None,
        batch_size=BATCH_SIZE,
    )
    return rounds.answer(reader, [Task(one.question, None, one.hits[: way.most]) for one in cases])


def quotes(answers: Sequence[Answer]) -> Iterator[str]:
    """The best quote of each, whether or not it was given."""
    for answer in answers:
        best = next(iter(answer.alternatives), answer) if answer.text is None else answer
        yield best.text or ""


if __name__ == "__main__":
    main()
