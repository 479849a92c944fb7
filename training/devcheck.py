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
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, ...], ...]


def draw_sets(
    folder: Path, sources: Sequence[DevSource], *, questions: int, seed: int
) -> list[DevSet]:
    """Draw questions of each set at random.

    Args:
        folder: holds NAME.dev.json or NAME.dev.json.gz of each.
        sources: which sets.
        questions: at most so many of each.
        seed: of the draw.
    """
    drawn = []
    for source in sources:
        rng = random.Random(seed)
        asked = read_questions(
            find_set(folder, source.name, "dev"),
            layout=source.layout,
            rng=rng,
            skipped=Counter(),
        )
        rng.shuffle(asked)
        asked = asked[:questions]
        pairs = tuple((with_history(one.question, one.history), one.context) for one in asked)
        drawn.append(DevSet(source.name, pairs, tuple(one.answers for one in asked)))
    return drawn


def sets_of(folder: Path, recipe: Mapping[str, Any]) -> list[DevSet]:
    """Draw the questions that a recipe says a reader is checked on.

    Args:
        folder: as for ``draw_sets``.
        recipe: with any number of [[dev_sets]], and of [training] dev_questions and the seed.
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
    right where "not in this passage" beats every span.
    """
    figures = {}
    for dev in sets:
        readings = reader.read(dev.pairs)
        scores = [
            best_against(_given(reading, context, answers), answers)
            for (_, context), answers, reading in zip(dev.pairs, dev.answers, readings, strict=True)
        ]
        figures[dev.name] = {
            "exact": round(100 * fmean(exact for exact, _ in scores), 2),
            "f1": round(100 * fmean(f1 for _, f1 in scores), 2),
            "questions": float(len(scores)),
        }
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
