"""Fine-tune a base encoder with a new span head, to teach a smaller reader.

    python training/teacher.py --examples examples.jsonl.gz --start MODEL --output FOLDER

Interrupted, it goes on from its last checkpoint when it is started again.
"""

import argparse
import tomllib
from pathlib import Path

import torch
from features import Batch
from finetune import fine_tune
from loss import gold_loss

RECIPE = Path(__file__).parent / "teacher.toml"


def people_loss(start_logits: torch.Tensor, end_logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The mean loss against people's answers: a scalar.

    Args:
        start_logits: (B, L) float32.
        end_logits: (B, L) float32.
        batch: what they were computed from.
    """
    rows = [
        gold_loss(logits, targets, allowed=batch.allowed, groups=batch.groups)
        for logits, targets in (
            (start_logits, batch.start_targets),
            (end_logits, batch.end_targets),
        )
    ]
    return torch.stack(rows).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description="Fine-tune a teacher.")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--start", required=True, help="folder or hub id of the base encoder")
    parser.add_argument("--output", type=Path, required=True, help="folder for the teacher")
    parser.add_argument("--dev-data", type=Path, help="folder of NAME.dev.json[.gz]")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (teacher.toml)")
    options = parser.parse_args()
    fine_tune(
        options.examples,
        options.start,
        options.output,
        recipe=tomllib.loads(options.recipe.read_text("utf-8")),
        loss_of=people_loss,
        dev_data=options.dev_data,
    )


if __name__ == "__main__":
    main()
