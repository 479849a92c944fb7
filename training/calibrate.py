"""Fit a reader's settings on development sets: temperature, probabilities, least score.

    python training/calibrate.py --data FOLDER --reader FOLDER

Writes ``reader_settings.json``, ``calibration.svg`` and ``calibration.json`` beside the reader,
the last of them last, and prints what they were chosen from. Each question is asked of its own
paragraph, of another that does not answer it, of its article, of its article without what answers
it, and of another article.
"""

import argparse
import json
import math
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from curves import draw_curves
from sklearn.linear_model import LogisticRegression
from squad import find_set
from tqdm import tqdm
from whole_file import write_whole

from index.embed import SentenceEmbedder
from index.engine import PassageIndex
from index.records import Document, Hit
from qa.confidence import features, judge
from qa.conversation import expand
from qa.evaluate import RIGHT_F1
from qa.hearing import ToRead, read_all
from qa.metrics import best_against, calibration_error, score_answerability
from qa.rank import Candidate, Ranking, rank
from qa.reader import ExtractiveReader, Reading
from qa.records import Question, Turn
from qa.retrieval import retrieve
from qa.settings import Logistic, ReaderSettings
from qa.squad import SquadQuestion, SquadSet
from qa.torch_scorer import load_torch_reader

RECIPE = Path(__file__).with_suffix(".toml")
FIGURES_FILE = "calibration.json"
CURVES_FILE = "calibration.svg"
CANDIDATES = 20  # of a ranking: as many as answers are made of
LEAST_PROBABILITY = 1e-6  # so that one certain mistake does not decide
BLOCK_PAIRS = 512  # pairs sorted by length together
BATCH_SIZE = 32
Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A question and passages to read.

    Args:
        name: of the question's set.
        number: of the question, the same in all its cases.
        kind: where it is asked: own, beside, article, lacking or wrong; or told, a follow-up
            that is asked of its own paragraph.
        question: what is asked.
        hits: where to look.
        searched: whether the hits come of a search, so that their scores mean something.
        answers: accepted answers; none where the passages do not say.
        told: the question behind the earlier turns it leans on; None where it stands alone.
    """

    name: str
    number: int
    kind: str
    question: str
    hits: tuple[Hit, ...]
    searched: bool
    answers: tuple[str, ...]
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a case.

    Args:
        case: the case.
        score: of the best quote.
        null_score: of "not in the article".
        right: whether the best quote is right.
    """

    case: Case
    score: float
    null_score: float
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit a reader's probabilities.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.dev.json.gz")
    parser.add_argument("--reader", type=Path, required=True, help="folder of the reader")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (calibrate.toml)")
    options = parser.parse_args()
    config = tomllib.loads(options.recipe.read_text("utf-8"))
    before = ReaderSettings.from_folder(options.reader)
    plain = ReaderSettings(reads_history=before.reads_history, item_share=before.item_share)
    cases = make_cases(options.data, config)
    reader = ExtractiveReader(load_torch_reader(options.reader), settings=plain)
    read = _read(reader, cases)

    first, last, step = config["temperatures"]
    temperatures = [float(t) for t in np.arange(first, last + step / 2, step)]
    losses = {t: _loss(cases, read, t) for t in temperatures}
    temperature = min(losses, key=losses.__getitem__)
    rankings = [_ranking(case, found, temperature) for case, found in zip(cases, read, strict=True)]

    names = config["features"]
    crossed = cross_fit(cases, rankings, plain, names=names, folds=config["folds"])
    settings = fit(cases, rankings, replace(plain, temperature=round(temperature, 2)), names=names)
    # Of questions that stand alone: a follow-up's score is told apart by its own fit.
    alone = [one for one in crossed if one.case.told is None]
    least = choose_min_score(alone, coverage=config["coverage"])
    settings = replace(settings, min_score=round(least, 3))
    found = _figures(crossed, least)
    # Nothing is changed before all is fitted, and there are no figures while they may be of others.
    (options.reader / FIGURES_FILE).unlink(missing_ok=True)
    settings.save(options.reader)
    draw_curves(
        [one.score for one in crossed],
        [one.right for one in crossed],
        options.reader / CURVES_FILE,
        least_score=least,
    )
    write_whole(options.reader / FIGURES_FILE, json.dumps(found, indent=2) + "\n")

    print(f"log loss {losses[temperature]:.3f} at temperature {temperature:.1f}")
    print(f"{'':16}{'cases':>6}{'right':>7}{'ece':>7}{'auroc':>7}{'answered':>10}")
    for name, row in found.items():
        shown = "".join(
            f"{row[key]:>{width}.3f}" if key in row else " " * width
            for key, width in (("right", 7), ("ece", 7), ("auroc", 7), ("answered", 10))
        )
        print(f"{name:16}{row['cases']:>6}{shown}")
    print(settings)


def make_cases(folder: Path, config: Mapping[str, Any]) -> list[Case]:
    """The cases of all development sets that a recipe names."""
    embedder = SentenceEmbedder.shipped()
    rng = random.Random(config["seed"])
    cases: list[Case] = []
    for name in config["sets"]:
        squad = SquadSet.from_file(find_set(folder, name, "dev"))
        cases += _cases_of(name, squad, embedder, config, rng)
    return cases


def null_scores(reader: ExtractiveReader, cases: Sequence[Case]) -> list[float]:
    """How sure a reader is by itself, before anything is fitted, that each case has no answer.

    Args:
        reader: whose settings are those of a reader that was just trained.
        cases: what it is asked.
    """
    read = _read(reader, cases)
    return [
        _ranking(case, found, temperature=1.0).null_score
        for case, found in zip(cases, read, strict=True)
    ]


def _cases_of(
    name: str,
    squad: SquadSet,
    embedder: SentenceEmbedder,
    config: Mapping[str, Any],
    rng: random.Random,
) -> Iterator[Case]:
    asked_of = list(squad.questions)
    if name in config["conversations"]:
        asked_of = [conversation[0] for conversation in squad.conversations]
    drawn = rng.sample(asked_of, min(config["questions_of_a_set"], len(asked_of)))
    by_title: dict[str, list[Document]] = {}
    for paragraph in squad.paragraphs:
        by_title.setdefault(paragraph.title, []).append(paragraph)
    whole = PassageIndex.from_documents(squad.paragraphs, embedder=embedder)
    for number, asked in enumerate(tqdm(drawn, desc=name, disable=None)):
        own = squad.paragraphs[asked.paragraph]
        hits = whole.search([asked.question], top_k=len(whole.passages))[0]
        same = {paragraph.id for paragraph in by_title[own.title]}
        kinds = {
            "own": [hit for hit in hits if hit.passage.document.id == own.id],
            "beside": [
                hit for hit in hits if hit.passage.document.id != own.id and not _says(hit, asked)
            ][:1],
            "article": [hit for hit in hits if hit.passage.document.id in same],
            "lacking": [
                hit
                for hit in hits
                if hit.passage.document.id in same - {own.id} and not _says(hit, asked)
            ],
            "wrong": [
                hit for hit in hits if hit.passage.document.id not in same and not _says(hit, asked)
            ],
        }
        for kind, found in kinds.items():
            if rng.random() >= config["places"][kind]:
                continue
            alone = kind in ("own", "beside")  # read without a search
            taken = tuple(found if alone else found[: config["passages"]])
            answers = asked.answers if kind in ("own", "article") else ()
            if kind == "article":  # its own paragraph may be cut, and what answers it not taken
                answers = tuple(text for text in answers if any(_has(hit, text) for hit in taken))
            if taken:
                case = Case(name, number, kind, asked.question, taken, not alone, answers)
                yield case
    if name in config["conversations"]:
        told = _follow_ups(squad)
        random.Random(config["seed"]).shuffle(told)  # of its own: the others are drawn as before
        for number, (asked, behind) in enumerate(told[: config["follow_ups_of_a_set"]]):
            found = retrieve(whole, [asked.question], [behind], top_k=len(whole.passages))[0]
            own = squad.paragraphs[asked.paragraph]
            hits = [hit for hit in found if hit.passage.document.id == own.id]
            yield from _told_cases(name, number, asked, behind, hits, config["passages"])


def _told_cases(
    name: str, number: int, asked: SquadQuestion, behind: str, hits: Sequence[Hit], passages: int
) -> Iterator[Case]:
    """A follow-up asked of all of its paragraph, and of what a search finds of it."""
    for searched in (False, True):
        taken = tuple(hits[:passages] if searched else hits)
        answers = tuple(text for text in asked.answers if any(_has(hit, text) for hit in taken))
        yield Case(name, number, "told", asked.question, taken, searched, answers, behind)


def _follow_ups(squad: SquadSet) -> list[tuple[SquadQuestion, str]]:
    """The turns that lean on earlier ones, each behind those and people's answers to them."""
    found = []
    for conversation in squad.conversations:
        said: tuple[Turn, ...] = ()
        for asked in conversation:
            behind = expand(Question(asked.question, said))
            if behind is not None:
                found.append((asked, behind))
            said = (*said, Turn(asked.question, next(iter(asked.answers), None)))
    return found


def fit(
    cases: Sequence[Case],
    rankings: Sequence[Ranking],
    settings: ReaderSettings,
    *,
    names: Sequence[str],
) -> ReaderSettings:
    """Settings with probabilities fitted to what came of the cases.

    Args:
        cases: the cases.
        rankings: what was read in each.
        settings: what else was fitted.
        names: of the features to take (``qa.confidence.features``).
    """
    read = [pair for pair in zip(cases, rankings, strict=True) if pair[1].candidates]
    right, absent = _fit_to([pair for pair in read if pair[0].told is None], names)
    fitted = replace(settings, right=right, absent=absent, told_right=None, told_absent=None)
    told = [pair for pair in read if pair[0].told is not None]
    # There is nothing to tell apart where all or none are right, or answered.
    if len({_is_right(*pair) for pair in told}) == len({bool(c.answers) for c, _ in told}) == 2:
        told_right, told_absent = _fit_to(told, names)
        fitted = replace(fitted, told_right=told_right, told_absent=told_absent)
    return fitted


def _fit_to(
    read: Sequence[tuple[Case, Ranking]], names: Sequence[str]
) -> tuple[Logistic, Logistic]:
    """The probabilities that a quote is right, and that there is none."""

    def taken(case: Case, candidate: Candidate) -> Features:
        found = features(case.question, candidate, searched=case.searched)
        return {name: found[name] for name in names}

    firsts = [taken(case, ranking.candidates[0]) for case, ranking in read]
    right = _logistic(firsts, [_is_right(*pair) for pair in read])
    # Whether the passages say it is judged by the best quote, which "right" may put first.
    bests = [
        max((taken(case, one) for one in ranking.candidates), key=right.probability)
        for case, ranking in read
    ]
    return right, _logistic(bests, [not case.answers for case, _ in read])


def cross_fit(
    cases: Sequence[Case],
    rankings: Sequence[Ranking],
    settings: ReaderSettings,
    *,
    names: Sequence[str],
    folds: int,
) -> list[Judged]:
    """Every case judged by a fit to the cases of other questions."""
    judged = []
    for fold in range(folds):
        others = [number for number, case in enumerate(cases) if case.number % folds != fold]
        fitted = fit(
            [cases[n] for n in others], [rankings[n] for n in others], settings, names=names
        )
        for case, ranking in zip(cases, rankings, strict=True):
            if case.number % folds == fold and ranking.candidates:
                found = judge(
                    case.question,
                    ranking,
                    fitted,
                    searched=case.searched,
                    told=case.told is not None,
                )
                judged.append(
                    Judged(
                        case,
                        found.candidates[0].score,
                        found.null_score,
                        _is_right(case, found),
                    )
                )
    return judged


def choose_min_score(judged: Sequence[Judged], *, coverage: float) -> float:
    """The score that the best quotes of this share of the answerable questions reach.

    A point of the risk–coverage curve (El-Yaniv and Wiener 2010): what is lost by
    abstention is fixed, and the better a reader tells answers from absences, the more
    absences it finds.
    """
    scores = sorted(one.score for one in judged if one.case.answers)
    return scores[int((1 - coverage) * len(scores))]


def _says(hit: Hit, asked: SquadQuestion) -> bool:
    return any(_has(hit, text) for text in asked.answers)


def _has(hit: Hit, text: str) -> bool:
    return text.lower() in hit.passage.text.lower()


def _read(reader: ExtractiveReader, cases: Sequence[Case]) -> list[list[Reading]]:
    """The readings of all cases; what several of them have in common is read once."""
    asked = [
        [ToRead(case.question, case.told, hit.passage.text) for hit in case.hits] for case in cases
    ]
    pairs = list(dict.fromkeys(pair for of_case in asked for pair in of_case))
    found: dict[ToRead, Reading] = {}
    with tqdm(total=len(pairs), unit=" pairs", disable=None) as bar:
        for start in range(0, len(pairs), BLOCK_PAIRS):
            block = pairs[start : start + BLOCK_PAIRS]
            found |= zip(block, read_all(reader, block, batch_size=BATCH_SIZE), strict=True)
            bar.update(len(block))
    return [[found[pair] for pair in of_case] for of_case in asked]


def _ranking(case: Case, readings: Sequence[Reading], temperature: float) -> Ranking:
    cooled = [_at(reading, temperature) for reading in readings]
    passages = [hit.passage for hit in case.hits]
    return rank(list(zip(passages, cooled, strict=True)), top_k=CANDIDATES)


def _at(reading: Reading, temperature: float) -> Reading:
    """A reading made at temperature 1, at another; spans not listed are taken for one."""
    spans = tuple(replace(span, log_odds=span.log_odds / temperature) for span in reading.spans)
    return Reading(spans, reading.rest / temperature)


def _loss(cases: Sequence[Case], read: Sequence[Sequence[Reading]], temperature: float) -> float:
    """Mean log loss of the reader's own probabilities."""
    total = 0.0
    for case, found in zip(cases, read, strict=True):
        ranking = _ranking(case, found, temperature)
        right = ranking.null_score
        if case.answers:
            right = ranking.candidates[0].score if _is_right(case, ranking) else 0.0
        total -= math.log(max(right, LEAST_PROBABILITY))
    return total / len(cases)


def _is_right(case: Case, ranking: Ranking) -> bool:
    if not ranking.candidates or not case.answers:
        return False
    best = ranking.candidates[0]
    text = best.passage.document.text[best.start : best.end]
    return best_against(text, case.answers)[1] >= RIGHT_F1


def _logistic(rows: Sequence[Features], truths: Sequence[bool]) -> Logistic:
    names = sorted(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(max_iter=1000).fit(matrix, truths)
    weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    return Logistic(round(float(model.intercept_[0]), 4), weights)


def _figures(judged: Sequence[Judged], least: float) -> dict[str, dict[str, float]]:
    """Held-out figures by set and by kind of case, and of all."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        for name in (one.case.name, one.case.kind, "all"):
            groups.setdefault(name, []).append(one)
    return {
        name: _figures_of(groups[name], least)
        for name in sorted(groups, key=lambda name: (name == "all", name))
    }


def _figures_of(judged: Sequence[Judged], least: float) -> dict[str, float]:
    scores = [one.score for one in judged]
    figures = {
        "cases": len(judged),
        "right": sum(one.right for one in judged) / len(judged),
        "ece": calibration_error(scores, [one.right for one in judged]),
        "answered": sum(score >= least for score in scores) / len(judged),
    }
    doubts = [one.null_score for one in judged]
    return figures | score_answerability([bool(one.case.answers) for one in judged], doubts)


if __name__ == "__main__":
    main()
