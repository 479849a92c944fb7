"""Fit a reader's settings on development sets: temperature, probabilities, least score.

    python training/calibrate.py --data FOLDER --reader FOLDER

Writes ``reader_settings.json``, ``calibration.svg`` and ``calibration.json`` beside the reader,
the last of them last, and prints what they were chosen from. What is asked of which passages is
``cases.py``'s.
"""

import argparse
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cases import Case, make_cases
from curves import draw_curves
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm
from whole_file import write_whole

from qa.confidence import features, judge
from qa.defaults import BATCH_SIZE
from qa.evaluate import RIGHT_F1
from qa.hearing import ToRead, read_all
from qa.metrics import best_against, calibration_error, score_answerability
from qa.rank import Candidate, Ranking, rank
from qa.reader import ExtractiveReader, Reading
from qa.settings import Logistic, ReaderSettings
from qa.several import MOST_CANDIDATES
from qa.torch_scorer import load_torch_reader

RECIPE = Path(__file__).with_suffix(".toml")
CALIBRATION_FILE = "calibration.json"
CURVES_FILE = "calibration.svg"
LEAST_PROBABILITY = 1e-6  # so that one certain mistake does not decide
BLOCK_PAIRS = 512  # pairs sorted by length together
ALL = "all"  # the figures of all cases
Features = Mapping[str, float]


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
    plain = ReaderSettings(
        reads_history=before.reads_history,
        reads_closer=before.reads_closer,
        item_share=before.item_share,
    )
    model = load_torch_reader(options.reader)
    reader = ExtractiveReader(model, settings=plain)
    made = make_cases(options.data, config)
    # Where only what was told makes it too long, ``read_all`` reads the question alone.
    cases = [case for case in made if reader.takes(case.question)]
    if len(cases) < len(made):
        print(f"Warning: {len(made) - len(cases)} cases left out: question too long", flush=True)
    if not cases:
        raise ValueError(
            f"{options.recipe} gives no cases to fit to."
            " Name development sets in sets, and let questions be asked of them."
        )
    read = _read(reader, cases)

    first, last, step = config["temperatures"]
    temperatures = [float(t) for t in np.arange(first, last + step / 2, step)]
    losses = {t: _loss(cases, read, t) for t in temperatures}
    temperature = min(losses, key=losses.__getitem__)
    if temperature != plain.temperature:
        # What a quote of another kind loses, and the mean of two readings, are other ones there.
        plain = replace(plain, temperature=round(temperature, 2))
        read = _read(ExtractiveReader(model, settings=plain), cases)
    rankings = [_ranking(*of_case, temperature=1.0) for of_case in zip(cases, read, strict=True)]

    names = config["features"]
    crossed = cross_fit(cases, rankings, plain, names=names, folds=config["folds"])
    settings = fit(cases, rankings, plain, names=names)
    # Of questions that stand alone: a follow-up's score is told apart by its own fit.
    alone = [one for one in crossed if one.case.told is None]
    least = choose_min_score(alone, coverage=config["coverage"])
    settings = replace(settings, min_score=round(least, 3))
    found = figures_of(crossed, least)
    # Nothing is changed before all is fitted, and there are no figures while they may be of others.
    (options.reader / CALIBRATION_FILE).unlink(missing_ok=True)
    settings.save(options.reader)
    draw_curves(
        [one.score for one in crossed],
        [one.right for one in crossed],
        options.reader / CURVES_FILE,
        least_score=least,
    )
    write_whole(options.reader / CALIBRATION_FILE, json.dumps(found, indent=2) + "\n")

    print(f"log loss {losses[temperature]:.3f} at temperature {temperature:.1f}")
    print(f"{'':16}{'cases':>6}{'right':>7}{'ece':>7}{'auroc':>7}{'answered':>10}")
    for name, row in found.items():
        shown = "".join(
            f"{row[key]:>{width}.3f}" if key in row else " " * width
            for key, width in (("right", 7), ("ece", 7), ("auroc", 7), ("answered", 10))
        )
        print(f"{name:16}{row['cases']:>6}{shown}")
    print(settings)


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

    Raises:
        ValueError: of the questions that stand alone some kind of case is lacking. Without one
            of follow-ups, these are judged as any other question.
    """
    read = [pair for pair in zip(cases, rankings, strict=True) if pair[1].candidates]
    alone = [pair for pair in read if pair[0].told is None]
    lacking = _lacking(alone)
    if lacking:
        raise ValueError(
            f"Of {len(alone)} cases that stand alone there is none {' and none '.join(lacking)}, so"
            " that nothing can be told apart. Name more development sets in sets, take more"
            " questions_of_a_set or fewer folds, or set other shares in places."
        )
    right, absent = _fit_to(alone, names)
    fitted = replace(settings, right=right, absent=absent, told_right=None, told_absent=None)
    told = [pair for pair in read if pair[0].told is not None]
    if not _lacking(told):
        told_right, told_absent = _fit_to(told, names)
        fitted = replace(fitted, told_right=told_right, told_absent=told_absent)
    return fitted


def _lacking(read: Sequence[tuple[Case, Ranking]]) -> list[str]:
    """The kinds of case without which there is nothing to tell apart, and that are not there."""
    rights = {_is_right(*pair) for pair in read}
    answered = {bool(case.answers) for case, _ in read}
    kinds = {
        "whose best quote is right": True in rights,
        "whose best quote is wrong": False in rights,
        "that is answered by its passages": True in answered,
        "that is not answered by its passages": False in answered,
    }
    return [kind for kind, there in kinds.items() if not there]


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

    Args:
        judged: questions that stand alone.
        coverage: the share.

    Raises:
        ValueError: none of them is answerable.
    """
    scores = sorted(one.score for one in judged if one.case.answers)
    if not scores:
        raise ValueError(
            f"None of {len(judged)} cases is answerable, so no least score can be chosen."
            " Name development sets with answers in sets."
        )
    return scores[int((1 - coverage) * len(scores))]


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
    return rank(list(zip(passages, cooled, strict=True)), top_k=MOST_CANDIDATES)


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


def figures_of(judged: Sequence[Judged], least: float) -> dict[str, dict[str, float]]:
    """Held-out figures by set and by kind of case, and of all.

    A set that is called as a kind of case is, or "all", is told apart from it.

    Args:
        judged: the cases, at least one.
        least: the score from which a quote is given.
    """
    taken = {ALL, *(one.case.kind for one in judged)}
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        of_set = f"{one.case.name} (set)" if one.case.name in taken else one.case.name
        for name in (of_set, one.case.kind, ALL):
            groups.setdefault(name, []).append(one)
    return {
        name: _of_group(groups[name], least)
        for name in sorted(groups, key=lambda name: (name == ALL, name))
    }


def _of_group(judged: Sequence[Judged], least: float) -> dict[str, float]:
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
