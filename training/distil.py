"""Train the reader on people's answers and on a teacher's spans.

    python training/distil.py --examples examples.jsonl.gz --labels FOLDER --start MODEL \
        --output FOLDER

Without labels, on people's answers alone. Interrupted, it goes on from its last checkpoint
when it is started again.
"""

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from align import INDEX, Label, align, read_labels
from examples import digest_of
from features import NULL_TOKEN, Batch
from finetune import fine_tune
from loss import gold_loss, span_loss, teacher_loss
from models import has_span_head
from steps import LossOf

RECIPE = Path(__file__).parent / "distil.toml"
FROM_ENCODER = "from_encoder"  # the part of the recipe that takes the place of others


@dataclass(frozen=True, slots=True, kw_only=True)
class Distilling:
    """The part [distilling] of a recipe.

    A teacher says where in its passage an answer lies. Whether the passage has one, people
    alone say: a teacher that is less sure of that would make a reader that is.

    Args:
        weight: of the teacher in where an answer lies; people's answers have the rest.
            Examples without labels or answers have people's word only.
        temperature: softens both distributions.
    """

    weight: float
    temperature: float


def load_recipe(file: Path, *, from_encoder: bool) -> dict[str, Any]:
    """Read a recipe such as distil.toml.

    Args:
        file: the TOML file.
        from_encoder: whether the reader begins at an encoder, so that what the recipe says of that
            takes the place of what it says otherwise.

    Raises:
        ValueError: it says of an encoder what it says of no reader, or not in tables.
    """
    entries = tomllib.loads(file.read_text("utf-8"))
    of_encoder = entries.pop(FROM_ENCODER, {})
    tables = isinstance(of_encoder, dict) and all(
        isinstance(changes, dict) and isinstance(entries.get(part, {}), dict)
        for part, changes in of_encoder.items()
    )
    if not tables:
        raise ValueError(
            f"{file} has {FROM_ENCODER} in another form than [{FROM_ENCODER}.training]."
        )
    for part, changes in of_encoder.items():
        unknown = ", ".join(changes.keys() - entries.get(part, {}).keys())
        if unknown:
            raise ValueError(f"{file} has {unknown} in {FROM_ENCODER}.{part}, but not in {part}.")
        if from_encoder:
            entries[part] |= changes
    return entries


def distilling_loss(labels: Mapping[int, Label], distilling: Distilling) -> LossOf:
    """The loss of a batch with a teacher's labels.

    Args:
        labels: by the number of the example.
        distilling: how much the teacher counts.
    """

    def loss_of(start_logits: torch.Tensor, end_logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        teacher_starts, teacher_ends = teacher_logits(batch, labels)
        sides = []
        for logits, targets, teacher in (
            (start_logits, batch.start_targets, teacher_starts),
            (end_logits, batch.end_targets, teacher_ends),
        ):
            gold = gold_loss(logits, targets, allowed=batch.allowed, groups=batch.groups)
            given = span_loss(logits, targets, allowed=batch.allowed)
            known = ~teacher.isnan()
            soft = teacher_loss(
                logits,
                teacher.nan_to_num(),
                known=known,
                temperature=distilling.temperature,
            )
            answered = (targets[:, NULL_TOKEN] == 0) & known.any(dim=1)
            sides.append(gold + distilling.weight * answered * (soft - given))
        return torch.stack(sides).mean()

    return loss_of


def teacher_logits(batch: Batch, labels: Mapping[int, Label]) -> tuple[torch.Tensor, torch.Tensor]:
    """The teacher's start and end logits for the tokens of a batch's passages.

    Returns:
        (B, L) float32 each; NaN where there is no label, and at the null.
    """
    starts = torch.full(batch.allowed.shape, torch.nan)
    ends = starts.clone()
    for row, feature in enumerate(batch.features):
        label = labels.get(feature.example)
        if label is not None:
            of_passage = slice(feature.first, feature.first + len(feature.offsets))
            for side, logits in zip((starts, ends), align(label, feature.offsets), strict=True):
                side[row, of_passage] = torch.from_numpy(logits)
    return starts, ends


def distil(
    examples: Path,
    start: str,
    output: Path,
    *,
    recipe: Mapping[str, Any],
    labels: Path | None = None,
    dev_data: Path | None = None,
) -> None:
    """Train a reader.

    Args:
        examples: file that prepare.py made.
        start: folder or hub id of the model to begin with.
        output: folder for the reader.
        recipe: what ``load_recipe`` read.
        labels: folder that label.py made, None to learn from people only.
        dev_data: folder of the development sets, None to check on none.

    Raises:
        ValueError: the labels are of other examples, or passages are to be read together.
    """
    if labels and recipe["training"]["passages_together"]:
        # The loss of a question's passages is then one, and the teacher's is of each.
        raise ValueError("passages_together is for people's answers: leave it out with labels.")
    held = read_labels(labels, examples_digest=digest_of(examples)) if labels else {}
    distilling = Distilling(**recipe["distilling"])
    fine_tune(
        examples,
        start,
        output,
        recipe=recipe,
        loss_of=distilling_loss(held, distilling),
        dev_data=dev_data,
        taught_by=f"{distilling} {digest_of(labels / INDEX) if labels else None}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the reader with a teacher's labels.")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--labels", type=Path, help="folder of label.py")
    parser.add_argument("--start", required=True, help="folder or hub id of the starting model")
    parser.add_argument("--output", type=Path, required=True, help="folder for the reader")
    parser.add_argument("--dev-data", type=Path, help="folder of NAME.dev.json[.gz]")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (distil.toml)")
    options = parser.parse_args()
    distil(
        options.examples,
        options.start,
        options.output,
        recipe=load_recipe(options.recipe, from_encoder=not has_span_head(options.start)),
        labels=options.labels,
        dev_data=options.dev_data,
    )


if __name__ == "__main__":
    main()
