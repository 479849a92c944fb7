"""What each means of the training gives: readers trained alike, each without one of them.

    python training/ablate.py --data FOLDER --examples examples.jsonl.gz --labels FOLDER \
        --start MODEL --output FOLDER

A reader that is measured already is left out, so that what was stopped goes on when it is started
again. All figures are in OUTPUT/ablations.json, which the model card shows where it stands beside
a reader.
"""

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from align import INDEX, Label, read_labels
from calibrate import RECIPE as CALIBRATE_RECIPE
from calibrate import null_scores
from card import ABLATIONS_FILE
from cases import Case, make_cases
from devcheck import DevSet, check, mean_f1, sets_of
from distil import Distilling, distilling_loss
from examples import Example, digest_of, read_examples
from finetune import learn
from models import WEIGHTS, told_apart
from steps import Training
from whole_file import write_whole

from qa.metrics import score_answerability
from qa.reader import ExtractiveReader

RECIPE = Path(__file__).with_suffix(".toml")
ROW_FILE = "ablation.json"  # of one variant, beside its weights
COMMAND = (
    "python training/ablate.py --data DATA --examples EXAMPLES --labels LABELS --start MODEL"
    " --output FOLDER"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A reader that is trained without one of the means.

    Args:
        name: what is left out.
        without_kinds: examples made in these ways are left out.
        without_sets: examples of these sets are left out.
        training: what of the part [training] is otherwise.
        distilling: what of the part [distilling] is otherwise.
    """

    name: str
    without_kinds: Sequence[str] = ()
    without_sets: Sequence[str] = ()
    training: Mapping[str, Any] = field(default_factory=dict)
    distilling: Mapping[str, Any] = field(default_factory=dict)

    def choose(self, examples: Sequence[Example], *, most: int) -> list[int]:
        """The numbers of the first examples that are not left out.

        Args:
            examples: all there are.
            most: how many to take.

        Raises:
            ValueError: there are fewer, so that the variants would not have learned as much.
        """
        numbers = [
            number
            for number, example in enumerate(examples)
            if example.kind not in self.without_kinds and example.set_name not in self.without_sets
        ][:most]
        if len(numbers) < most:
            raise ValueError(
                f"“{self.name}” leaves {len(numbers):,} of {len(examples):,} examples."
                f" Make more, or take fewer than {most:,} (most_examples)."
            )
        return numbers


@dataclass(frozen=True, slots=True)
class Measures:
    """What every variant is measured on.

    Args:
        sets: questions of the development sets.
        cases: questions asked of passages that answer them, and of others.
    """

    sets: Sequence[DevSet]
    cases: Sequence[Case]

    def of(self, reader: ExtractiveReader) -> dict[str, float]:
        """F1 by set and their mean, in percent; ``auroc`` of the null score, from 0 to 1."""
        figures = check(reader, self.sets)
        found = score_answerability(
            [bool(case.answers) for case in self.cases], null_scores(reader, self.cases)
        )
        return (
            {name: row["f1"] for name, row in figures.items()}
            | {"mean": round(mean_f1(figures), 2)}
            | {name: round(found[name], 4) for name in ("auroc", "abstained_at_90")}
        )


def ablate(
    data: Path, examples: Path, labels: Path, start: str, output: Path, *, recipe: Path
) -> dict[str, dict[str, float]]:
    """Train and measure every variant.

    Args:
        data: folder of the development sets.
        examples: file that prepare.py made.
        labels: folder that label.py made of them.
        start: folder or hub id of the model that each begins with.
        output: folder for their weights and figures.
        recipe: TOML file such as ablate.toml; calibrate.toml is beside it.

    Returns:
        The figures of each, by its name.

    Raises:
        ValueError: a variant leaves too few examples, or was made of something else before, or
            measured on something else.
    """
    entries = tomllib.loads(recipe.read_text("utf-8"))
    training, distilling = Training(**entries["training"]), Distilling(**entries["distilling"])
    every = read_examples(examples)
    held = read_labels(labels, examples_digest=digest_of(examples))
    variants = [Variant(**variant) for variant in entries["variants"]]
    chosen = [variant.choose(every, most=training.most_examples) for variant in variants]
    calibrating = tomllib.loads(recipe.with_name(CALIBRATE_RECIPE.name).read_text("utf-8"))
    calibrating |= entries["answerability"]
    measures = Measures(
        sets_of(data, entries),
        [case for case in make_cases(data, calibrating) if case.told is None],
    )
    measured_on = f"{entries['dev_sets']} {calibrating} " + " ".join(
        digest_of(file) for file in sorted(data.glob("*.dev.json*"))
    )
    learned_from = f"{digest_of(examples)} {digest_of(labels / INDEX)} {told_apart(start)}"
    rows = {}
    for place, (variant, numbers) in enumerate(zip(variants, chosen, strict=True)):
        print(f"{variant.name} ({place + 1} of {len(variants)})", flush=True)
        row = _measured(
            [every[number] for number in numbers],
            {new: held[old] for new, old in enumerate(numbers) if old in held},
            start,
            output / f"{place:02}",
            training=replace(training, **variant.training),
            distilling=replace(distilling, **variant.distilling),
            made_of=f"{learned_from} {variant}",
            measured_on=measured_on,
            measures=measures,
        )
        print("  ".join(f"{name} {value:g}" for name, value in row.items()), flush=True)
        rows[variant.name] = row
    text = json.dumps({"command": COMMAND, "variants": rows}, indent=2)
    write_whole(output / ABLATIONS_FILE, text + "\n")
    return rows


def _measured(
    examples: Sequence[Example],
    labels: Mapping[int, Label],
    start: str,
    output: Path,
    *,
    training: Training,
    distilling: Distilling,
    made_of: str,
    measured_on: str,
    measures: Measures,
) -> dict[str, float]:
    """The figures of one variant, which is trained unless it is there."""
    plan = f"{made_of} {training} {distilling}"
    file = output / ROW_FILE
    if file.is_file():
        done = json.loads(file.read_text("utf-8"))
        if (done["made_of"], done["measured_on"]) != (plan, measured_on):
            raise ValueError(
                f"{output} is of other examples, models, recipes or development sets."
                " Delete it to begin anew."
            )
        return dict(done["figures"])
    learn(
        examples,
        start,
        output,
        training=training,
        loss_of=distilling_loss(labels, distilling),
        made_of=plan,
    )
    figures = measures.of(ExtractiveReader.from_pretrained(output, plain=True))
    told = {"made_of": plan, "measured_on": measured_on, "figures": figures}
    write_whole(file, json.dumps(told) + "\n")
    (output / WEIGHTS).unlink()  # its figures are what it was for
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what each means of the training gives.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.dev.json[.gz]")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--labels", type=Path, required=True, help="folder of label.py")
    parser.add_argument("--start", required=True, help="folder or hub id of the starting model")
    parser.add_argument("--output", type=Path, required=True, help="folder for all of it")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (ablate.toml)")
    options = parser.parse_args()
    ablate(
        options.data,
        options.examples,
        options.labels,
        options.start,
        options.output,
        recipe=options.recipe,
    )


if __name__ == "__main__":
    main()
