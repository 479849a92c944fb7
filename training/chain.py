"""The whole training, from questions to a reader that could be shipped.

    python training/chain.py --data FOLDER --output trained

prepare, teacher, label, distil, average, export, calibrate, devcheck, held_out where the recipe
holds out anything, card: a step whose output is there is left out, so a chain that was stopped
goes on when it is started again, with the same inputs only. With ``--encoder`` the reader begins
at that, made smaller, and not at another reader. The new reader is in OUTPUT/reader;
``export.py --replace`` ships it.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from align import INDEX
from average import SHARE_OF, average
from calibrate import CALIBRATION_FILE
from card import CARD_FILE, FACTS, card
from devcheck import measure
from distil import FROM_ENCODER, distil, load_recipe
from examples import digest_of
from export import export
from fetch_teacher import fetch_teacher
from finetune import fine_tune
from held_out import FIGURES_FILE, QUESTIONS_FILE, measure_held_out, write_held_out
from journal import PLOT
from label import label
from models import WEIGHTS, has_span_head, told_apart
from prepare import Recipe, prepare
from ready import check_ready
from shrink import shrink
from teacher import people_loss
from whole_file import write_whole

from index.embed import SentenceEmbedder
from qa.reader import SHIPPED_READER
from qa.settings import SETTINGS_FILE, ReaderSettings

HERE = Path(__file__).parent
MADE_OF_FILE = "made_of.json"  # in the output, since a step that is done does not say of what


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain.

    Args:
        name: what it does.
        made: the last file it writes: once that is there, the step is done.
        run: does it.
    """

    name: str
    made: Path
    run: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a chain is made of, and where.

    Args:
        data: folder of the training and development sets.
        start: folder or hub id of the model that becomes the reader.
        base: folder or hub id of the encoder that becomes the teacher; None to fetch it.
        output: folder for everything.
        recipes: folder of the TOML files.
        encoder: folder or hub id of the encoder that is made smaller, and then is the start.
    """

    data: Path
    start: str
    base: str | None
    output: Path
    recipes: Path
    encoder: str | None = None

    @property
    def from_encoder(self) -> bool:
        """Whether the reader begins at a model without a span head that was trained."""
        return self.encoder is not None or not has_span_head(self.start)


def steps(inputs: Inputs) -> list[Step]:
    """The steps of a chain, in order.

    Args:
        inputs: what it is made of.

    Raises:
        FileNotFoundError: the start is not a folder, and the recipe averages with it.
        OSError: there is no such start, or its hub cannot be reached.
        ValueError: the start is an encoder, and the recipe averages with it.
    """
    data, base, encoder = inputs.data, inputs.base, inputs.encoder
    output, recipes = inputs.output, inputs.recipes
    start, from_encoder = inputs.start, inputs.from_encoder
    began_with = encoder or start
    recipe = load_recipe(recipes / "distil.toml", from_encoder=from_encoder)
    share = float(recipe[SHARE_OF]["share"])
    if share < 1 and from_encoder:
        raise ValueError(
            f"{began_with} has no span head to average with. Set the share in"
            f" {FROM_ENCODER}.{SHARE_OF} of distil.toml to 1."
        )
    if share < 1 and not Path(start).is_dir():
        raise FileNotFoundError(
            f"{start} is not a folder, and distil.toml averages the new reader with the start."
            " Give a folder, or set its share to 1."
        )
    if encoder is not None:
        start = str(output / "start")
    examples, labels = output / "examples.jsonl.gz", output / "labels"
    teacher, student, reader = output / "teacher", output / "student", output / "reader"
    averaged = output / "averaged"
    fetched, figures = output / "base", output / "figures.json"
    chain = [
        Step("prepare", examples, lambda: _prepare(data, examples, recipes)),
        Step(
            "teacher",
            teacher / PLOT,
            lambda: fine_tune(
                examples,
                base or str(fetched),
                teacher,
                recipe=tomllib.loads((recipes / "teacher.toml").read_text("utf-8")),
                loss_of=people_loss,
                dev_data=data,
            ),
        ),
        Step(
            "label",
            labels / INDEX,
            lambda: label(examples, teacher, labels, recipe=recipes / "teacher.toml"),
        ),
        Step(
            "distil",
            student / PLOT,
            lambda: distil(
                examples,
                start,
                student,
                recipe=recipe,
                labels=labels,
                dev_data=data,
            ),
        ),
        Step("average", averaged / WEIGHTS, lambda: _average(start, student, averaged, share)),
        Step("export", reader / SETTINGS_FILE, lambda: _export(start, averaged, reader, recipes)),
        Step("calibrate", reader / CALIBRATION_FILE, lambda: _calibrate(data, reader, recipes)),
        Step(
            "devcheck",
            figures,
            lambda: measure(data, reader, figures, recipe=recipes / "distil.toml"),
        ),
        *_held_out(data, output / QUESTIONS_FILE, reader, recipes),
        Step(
            "card",
            reader / CARD_FILE,
            lambda: write_whole(
                reader / CARD_FILE,
                card(
                    reader,
                    [figures],
                    recipes=recipes,
                    start=began_with,
                    from_encoder=from_encoder,
                    shrunk=encoder is not None,
                    teacher=base,
                ),
            ),
        ),
    ]
    if encoder is not None:
        smaller = Path(start)
        shrinking = Step(
            "shrink",
            smaller / "config.json",
            lambda: shrink(encoder, examples, smaller, recipe=recipes / "shrink.toml"),
        )
        chain.insert(1, shrinking)
    if base is None:
        fetch = Step("fetch_teacher", fetched / "config.json", lambda: fetch_teacher(fetched))
        chain.insert(1, fetch)
    return chain


def hold_to_inputs(inputs: Inputs, *, begun: bool) -> None:
    """Note in the output what it is made of, or refuse to go on there with anything else.

    Args:
        inputs: what the chain is made of.
        begun: whether any step is done; before that, other inputs take the place of the first.

    Raises:
        ValueError: what is in the output was made of something else.
    """
    data, base, encoder = inputs.data, inputs.base, inputs.encoder
    output, recipes = inputs.output, inputs.recipes
    made_of: dict[str, Any] = {
        "data": str(data),
        "start": told_apart(inputs.start),
        "teacher": told_apart(base) if base is not None else None,
        "encoder": told_apart(encoder) if encoder is not None else None,
    }
    made_of |= {file.name: digest_of(file) for file in sorted(data.glob("*.json*"))}
    # What they say, not how; what the card says besides is written last, and may change until then.
    made_of |= {
        recipe.name: tomllib.loads(recipe.read_text("utf-8"))
        for recipe in sorted(recipes.glob("*.toml"))
        if recipe.stem != FACTS
    }
    file = output / MADE_OF_FILE
    if not (begun and file.is_file()):
        output.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(made_of, indent=2) + "\n")
        return
    before = json.loads(file.read_text("utf-8"))
    changed = [name for name in before | made_of if before.get(name) != made_of.get(name)]
    if changed:
        raise ValueError(
            f"{output} was made with another {', '.join(changed)}. Name another --output or delete"
            f" it; if no step that is done has read what changed, delete {file} alone."
        )


def _prepare(data: Path, examples: Path, recipes: Path) -> None:
    recipe = Recipe.load(recipes / "prepare.toml")
    prepare(data, examples, recipe=recipe, embedder=SentenceEmbedder.shipped())


def _held_out(data: Path, file: Path, reader: Path, recipes: Path) -> list[Step]:
    """Evaluating on what the recipe holds out, if it holds out anything."""
    recipe = Recipe.load(recipes / "prepare.toml")

    def run() -> None:
        write_held_out(data, file, recipe=recipe)
        measure_held_out(file, reader)

    holds_out = any(one.held_out for one in recipe.sets)
    return [Step("held_out", reader / FIGURES_FILE, run)] if holds_out else []


def _average(start: str, student: Path, averaged: Path, share: float) -> None:
    # Where nothing of the start is wanted, it may be no folder or have no span head.
    before = {} if share == 1 else {Path(start): 1 - share}
    average({**before, student: share}, averaged)


def _export(start: str, averaged: Path, reader: Path, recipes: Path) -> None:
    recipe = Recipe.load(recipes / "prepare.toml")
    learned = recipe.history > 0 and any(one.layout == "conversation" for one in recipe.sets)
    # What the start had learned is not forgotten; of one on the hub it is not known.
    knew = ReaderSettings.from_folder(Path(start)).reads_history
    export(averaged, reader, reads_history=learned or knew)


def _calibrate(data: Path, reader: Path, recipes: Path) -> None:
    command = [sys.executable, str(HERE / "calibrate.py"), "--data", str(data)]
    command += ["--reader", str(reader), "--recipe", str(recipes / "calibrate.toml")]
    subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a reader, from questions to its card.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--start", default=str(SHIPPED_READER), help="model to begin with")
    parser.add_argument("--encoder", help="DeBERTa-v3 to make smaller and to begin with, instead")
    parser.add_argument("--teacher", help="base encoder of the teacher; fetched if not given")
    parser.add_argument("--output", type=Path, required=True, help="folder for everything")
    parser.add_argument("--recipes", type=Path, default=HERE, help="folder of the TOML files")
    options = parser.parse_args()
    inputs = Inputs(
        data=options.data,
        start=options.start,
        base=options.teacher,
        output=options.output,
        recipes=options.recipes,
        encoder=options.encoder,
    )
    chain = steps(inputs)
    hold_to_inputs(inputs, begun=any(step.made.exists() for step in chain))
    check_ready(
        inputs.data,
        inputs.recipes,
        shrinks=inputs.encoder is not None,
        from_encoder=inputs.from_encoder,
    )
    for step in chain:
        if step.made.exists():
            print(f"{step.name}: done already", flush=True)
        else:
            print(f"{step.name} …", flush=True)
            step.run()


if __name__ == "__main__":
    main()
