"""Fit a reader's settings on development sets: temperature and null threshold.

    python training/calibrate.py --data FOLDER --reader FOLDER

Writes ``reader_settings.json`` beside the reader and prints what it was chosen from.
"""

import argparse
import gzip
import json
import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from index.chunk import cut
from index.embed import SentenceEmbedder
from index.engine import BUDGET_TOKENS, OVERLAP_SENTENCES
from index.records import Document, Passage
from qa.metrics import best_against
from qa.rank import rank
from qa.reader import SETTINGS_FILE, ExtractiveReader, ReaderSettings, Reading

SETS = ("new_wiki", "reddit", "amazon", "qamr", "fairytale", "doqa_travel")
QUESTIONS_OF_A_SET = 150
OTHER_PARAGRAPHS = 2  # of the same article, read as well: what retrieval brings along
TEMPERATURES = tuple(round(0.5 + 0.1 * step, 1) for step in range(26))
RIGHT_F1 = 0.6
COVERAGE = 0.9  # people forgive a wrong quote they can see sooner than a right one withheld
BINS = 10
LEAST_PROBABILITY = 1e-6  # so that one certain mistake does not decide


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the passages to read.

    Args:
        question: what is asked.
        passages: where to look.
        answers: accepted answers; none where the passages do not say.
    """

    question: str
    passages: tuple[Passage, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case at one temperature.

    Args:
        answerable: whether the passages say.
        f1: of the best span.
        log_odds: of the best span.
        score: of the best span and what overlaps it.
        null_score: of "not in the article".
    """

    answerable: bool
    f1: float
    log_odds: float
    score: float
    null_score: float

    @property
    def right_score(self) -> float:
        """The probability given to what is right."""
        if not self.answerable:
            return self.null_score
        return self.score if self.f1 >= RIGHT_F1 else LEAST_PROBABILITY


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit a reader's temperature and threshold.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.dev.json.gz")
    parser.add_argument("--reader", type=Path, required=True, help="folder of the reader")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    embedder = SentenceEmbedder.shipped()
    cases = [case for name in SETS for case in make_cases(options.data, name, embedder, rng)]
    (options.reader / SETTINGS_FILE).unlink(missing_ok=True)
    reader = ExtractiveReader.from_pretrained(options.reader)
    pairs = [(case.question, passage.text) for case in cases for passage in case.passages]
    readings = iter(reader.read(pairs))
    read = [(case, [next(readings) for _ in case.passages]) for case in cases]

    losses = {
        temperature: _loss([_outcome(case, found, temperature) for case, found in read])
        for temperature in TEMPERATURES
    }
    temperature = min(losses, key=losses.__getitem__)
    outcomes = [_outcome(case, found, temperature) for case, found in read]
    threshold = choose_threshold(outcomes)
    settings = ReaderSettings(temperature=temperature, null_threshold=round(threshold, 2))
    (options.reader / SETTINGS_FILE).write_text(json.dumps(asdict(settings), indent=2) + "\n")

    print(f"{len(cases)} cases, {sum(bool(case.answers) for case in cases)} answerable")
    print(
        f"log loss {losses[1.0]:.3f} at temperature 1, {losses[temperature]:.3f} at {temperature}"
    )
    for name in SETS:
        _report(
            name,
            [one for one, case in zip(outcomes, cases, strict=True) if _of(case, name)],
            threshold,
        )
    _report("all", outcomes, threshold)
    print(
        f"expected calibration error of the best span's score: {_calibration_error(outcomes):.3f}"
    )
    print(settings)


def make_cases(
    folder: Path, name: str, embedder: SentenceEmbedder, rng: random.Random
) -> list[Case]:
    """Questions of a set: with their paragraph, and half of them again without it."""
    with gzip.open(folder / f"{name}.dev.json.gz", "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    items = [
        (article["paragraphs"], number, row)
        for article in articles
        for number, paragraph in enumerate(article["paragraphs"])
        for row in paragraph["qas"]
        if row.get("turn", 0) == 0 and "history" not in row
    ]
    rng.shuffle(items)
    cases = []
    for paragraphs, number, row in items[:QUESTIONS_OF_A_SET]:
        own = paragraphs[number]["context"]
        answers = tuple(answer["text"] for answer in row["answers"])
        if row.get("is_impossible"):
            answers = ()
        others = [
            paragraph["context"]
            for paragraph in paragraphs
            if paragraph["context"] != own
            and not any(answer.lower() in paragraph["context"].lower() for answer in answers)
        ]
        others = rng.sample(others, min(OTHER_PARAGRAPHS, len(others)))
        cases.append(Case(row["question"], _passages(name, [own, *others], embedder), answers))
        if answers and others and rng.random() < 0.5:
            cases.append(Case(row["question"], _passages(name, others, embedder), ()))
    return cases


def choose_threshold(outcomes: Sequence[Outcome]) -> float:
    """The log-odds that ``COVERAGE`` of the right answers are above.

    What is lost by it is fixed, then: the better a reader tells answers from absences, the
    more absences it finds.
    """
    right = sorted(one.log_odds for one in outcomes if one.answerable and one.f1 >= RIGHT_F1)
    return right[int((1 - COVERAGE) * len(right))]


def _passages(
    name: str, contexts: Sequence[str], embedder: SentenceEmbedder
) -> tuple[Passage, ...]:
    return tuple(
        passage
        for number, context in enumerate(contexts)
        for passage in cut(
            Document(f"{name} {number}", name, context),
            token_spans=embedder.token_spans,
            budget_tokens=BUDGET_TOKENS,
            overlap_sentences=OVERLAP_SENTENCES,
        )
    )


def _of(case: Case, name: str) -> bool:
    return case.passages[0].document.title == name


def _outcome(case: Case, readings: Sequence[Reading], temperature: float) -> Outcome:
    cooled = [_at(reading, temperature) for reading in readings]
    ranking = rank(list(zip(case.passages, cooled, strict=True)), top_k=1)
    if not ranking.candidates:
        return Outcome(bool(case.answers), 0.0, -math.inf, 0.0, 1.0)
    best = ranking.candidates[0]
    text = best.passage.document.text[best.start : best.end]
    f1 = best_against(text, case.answers)[1] if case.answers else 0.0
    return Outcome(bool(case.answers), f1, best.log_odds, best.score, ranking.null_score)


def _at(reading: Reading, temperature: float) -> Reading:
    """A reading made at temperature 1, at another; spans not listed are taken for one."""
    spans = tuple(replace(span, log_odds=span.log_odds / temperature) for span in reading.spans)
    return Reading(spans, reading.rest / temperature)


def _loss(outcomes: Sequence[Outcome]) -> float:
    return -sum(math.log(max(one.right_score, LEAST_PROBABILITY)) for one in outcomes) / len(
        outcomes
    )


def _report(name: str, outcomes: Sequence[Outcome], threshold: float) -> None:
    answerable = [one for one in outcomes if one.answerable]
    others = [one for one in outcomes if not one.answerable]
    shown = [f"{name:12}"]
    if answerable:
        f1 = sum(one.f1 for one in answerable) / len(answerable)
        given = sum(one.f1 for one in answerable if one.log_odds >= threshold) / len(answerable)
        shown.append(f"F1 {100 * f1:.1f}, with abstention {100 * given:.1f}")
    if others:
        share = sum(one.log_odds < threshold for one in others) / len(others)
        shown.append(f"abstained {100 * share:.1f} % of {len(others)}")
    print("  ".join(shown))


def _calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Expected calibration error in bins of equal width (Guo et al. 2017)."""
    bins: list[list[Outcome]] = [[] for _ in range(BINS)]
    for one in outcomes:
        bins[min(int(one.score * BINS), BINS - 1)].append(one)
    return sum(
        abs(sum(one.score for one in held) - sum(one.f1 >= RIGHT_F1 for one in held))
        for held in bins
    ) / len(outcomes)


if __name__ == "__main__":
    main()
