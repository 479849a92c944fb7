"""Check a reader on development sets: F1 and exact match of its best span.

    python training/devcheck.py --data FOLDER --reader FOLDER --output figures.json

The sets and their layouts are those of the recipe (distil.toml).
"""

import argparse
import json
import random
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from squad import Layout, check_layout, find_set, read_questions
from whole_file import write_whole

from qa.conversation import with_history
from qa.metrics import best_against
from qa.reader import ExtractiveReader, Reading

RECIPE = Path(__file__).parent / "distil.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DevSource:
    """A development set of a recipe.

    Args:
        name: of NAME.dev.json.
        layout: what a paragraph of it is.

    Raises:
        ValueError: there is no such layout.
    """

    name: str
    layout: Layout

    def __post_init__(self) -> None:
        check_layout(self.name, self.layout)


@dataclass(frozen=True, slots=True)
class DevSet:
    """Questions to check a reader on.

    Args:
        name: of the set.
        pairs: each question, behind its earlier turns, and its paragraph.
        answers: the accepted ones of each; none where it is unanswerable.
        alone: each question by itself.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]


def draw_sets(
    folder: Path, sources: Sequence[DevSource], *, questions: int, seed: int
) -> list[DevSet]:
    """Draw questions of each set at random.

    Args:
        folder: holds NAME.dev.json or NAME.dev.json.gz of each.
        sources: which sets.
        questions: at most so many of each.
        seed: of the draw.

    Raises:
        FileNotFoundError: a set is not in the folder.
        ValueError: a set cannot be read, or there is nothing to ask of it.
    """
    drawn = []
    for source in sources:
        rng = random.Random(seed)
        file = find_set(folder, source.name, "dev")
        skipped: Counter[str] = Counter()
        asked = read_questions(file, layout=source.layout, rng=rng, skipped=skipped)
        told = ", ".join(f"{count} left out: {reason}" for reason, count in skipped.items())
        if not asked[:questions]:
            raise ValueError(
                f"{file} gives no questions to check a reader on ({told or 'none left out'};"
                f" dev_questions is {questions}). Mend it, or take the set out of the recipe."
            )
        if told:
            print(f"Warning: {source.name}.dev: {told}", flush=True)
        rng.shuffle(asked)
        asked = asked[:questions]
        drawn.append(
            DevSet(
                source.name,
                tuple((with_history(one.question, one.history), one.context) for one in asked),
                tuple(one.answers for one in asked),
                tuple(one.question for one in asked),
            )
        )
    return drawn


def sets_of(folder: Path, recipe: Mapping[str, Any]) -> list[DevSet]:
    """Draw the questions that a recipe says a reader is checked on.

    Args:
        folder: as for ``draw_sets``.
        recipe: with any number of [[dev_sets]], and of [training] dev_questions and the seed.

    Raises:
        FileNotFoundError, ValueError: as ``draw_sets`` does.
    """
    return draw_sets(
        folder,
        [DevSource(**source) for source in recipe.get("dev_sets", ())],
        questions=recipe["training"]["dev_questions"],
        seed=recipe["training"]["seed"],
    )


def check(reader: ExtractiveReader, sets: Sequence[DevSet]) -> dict[str, dict[str, float]]:
    """The figures of each set, in percent.

    An answerable question gets the best span, whatever its odds. An unanswerable one is
    right where "not in this passage" beats every span. A question that is too long for the reader
    behind its earlier turns is asked alone; one that is too long by itself is left out, and
    counted in ``too_long``.

    Raises:
        ValueError: all questions of a set are too long.
    """
    figures = {}
    for dev in sets:
        taken = [
            (told if reader.takes(told) else alone, context, answers)
            for (told, context), answers, alone in zip(
                dev.pairs, dev.answers, dev.alone, strict=True
            )
            if reader.takes(alone)
        ]
        if not taken:
            raise ValueError(
                f"Every one of the {len(dev.pairs)} questions of {dev.name} is too long for the"
                " reader. Take the set out of the recipe."
            )
        readings = reader.read([(question, context) for question, context, _ in taken])
        scores = [
            best_against(_given(reading, context, answers), answers)
            for (_, context, answers), reading in zip(taken, readings, strict=True)
        ]
        figures[dev.name] = {
            "exact": round(100 * fmean(exact for exact, _ in scores), 2),
            "f1": round(100 * fmean(f1 for _, f1 in scores), 2),
            "questions": float(len(scores)),
        }
        if len(taken) < len(dev.pairs):
            figures[dev.name]["too_long"] = float(len(dev.pairs) - len(taken))
    return figures


def mean_f1(figures: dict[str, dict[str, Any]]) -> float:
    """One number for a reader: the mean over the sets."""
    return fmean(figure["f1"] for figure in figures.values())


def measure(data: Path, reader: Path, output: Path, *, recipe: Path) -> None:
    """Check a reader and write its figures, each with the command that gives it.

    Args:
        data: folder of the development sets.
        reader: folder of the reader.
        output: JSON file to write.
        recipe: TOML file that names the sets.
    """
    sets = sets_of(data, tomllib.loads(recipe.read_text("utf-8")))
    figures = check(ExtractiveReader.from_pretrained(reader, plain=True), sets)
    command = "python training/devcheck.py --data DATA --reader READER --output FILE"
    text = json.dumps(
        {name: {"command": command, **row} for name, row in figures.items()}, indent=2
    )
    write_whole(output, text + "\n")
    print(text)


def _given(reading: Reading, context: str, answers: Sequence[str]) -> str:
    if not reading.spans or (not answers and reading.spans[0].log_odds <= 0):
        return ""
    return context[reading.spans[0].start : reading.spans[0].end]


def main() -> None:
    parser = argparse.ArgumentParser(description="Check a reader on development sets.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.dev.json[.gz]")
    parser.add_argument("--reader", type=Path, required=True, help="folder of the reader")
    parser.add_argument("--output", type=Path, required=True, help="figures.json")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (distil.toml)")
    options = parser.parse_args()
    measure(options.data, options.reader, options.output, recipe=options.recipe)


if __name__ == "__main__":
    main()
