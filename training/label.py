"""Let a teacher score the examples, for a student to learn from.

    python training/label.py --examples examples.jsonl.gz --teacher FOLDER --output FOLDER

Interrupted, it goes on with the first shard that is missing.
"""

import argparse
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from align import Halves, Label, LabelIndex, has_shard, write_index, write_shard
from examples import digest_of, read_examples
from features import Feature, collate, encode
from models import WEIGHTS, load_model, load_tokenizer
from steps import Precision, multiplied_in
from tqdm import tqdm

RECIPE = Path(__file__).parent / "teacher.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """The part [label] of a recipe.

    Args:
        most_examples: how many to label, from the first on; 0 for all.
        shard_examples: examples in a file.
        batch_size: examples in one pass through the teacher.
        max_tokens: most tokens of question and passage.
        precision: "fp32" or "bf16", as in training.
    """

    most_examples: int
    shard_examples: int
    batch_size: int
    max_tokens: int
    precision: Precision


def label(examples: Path, teacher: Path, output: Path, *, recipe: Path) -> None:
    """Write a teacher's scores of examples, in shards.

    Args:
        examples: file that prepare.py made.
        teacher: folder of the teacher.
        output: folder for the labels.
        recipe: TOML file such as teacher.toml.
    """
    entries = tomllib.loads(recipe.read_text("utf-8"))
    labelling = Labelling(**entries["label"])
    tokenizer = load_tokenizer(str(teacher))
    model = load_model(
        str(teacher), attention=entries["training"]["attention"], dropout=0.0, frozen_layers=0
    ).eval()
    digest = digest_of(examples)
    # More examples are more shards: those that are there stay as they are.
    alike = replace(labelling, most_examples=0)
    made_of = f"{digest} {digest_of(teacher / WEIGHTS)} {alike}"
    every = read_examples(examples)
    every = every[: labelling.most_examples or len(every)]
    features = encode(every, tokenizer, max_tokens=labelling.max_tokens)
    output.mkdir(parents=True, exist_ok=True)
    shards = -(-len(every) // labelling.shard_examples)
    for shard in tqdm(range(shards), unit="shard", disable=None):
        part = [one for one in features if one.example // labelling.shard_examples == shard]
        if has_shard(output, shard, made_of=f"{made_of} {len(part)}"):
            continue
        labels = score(
            part,
            model,
            tokenizer,
            batch_size=labelling.batch_size,
            precision=labelling.precision,
        )
        write_shard(output, shard, labels, made_of=f"{made_of} {len(part)}")
        print(f"labels: shard {shard + 1} of {shards}", flush=True)
    write_index(output, LabelIndex(digest, made_of, shards, len(features)))


def score(
    features: Sequence[Feature],
    model: Any,
    tokenizer: Any,
    *,
    batch_size: int,
    precision: Precision,
) -> dict[int, Label]:
    """A teacher's scores, by the number of the example.

    Args:
        features: of the teacher's own tokenizer.
        model: with a span head.
        tokenizer: the model's.
        batch_size: features in one pass.
        precision: in which matrices are multiplied.
    """
    labels = {}
    order = sorted(features, key=lambda feature: len(feature.token_ids))
    for begin in range(0, len(order), batch_size):
        batch = collate(
            order[begin : begin + batch_size],
            pad_id=tokenizer.pad_token_id or 0,
            uses_type_ids="token_type_ids" in tokenizer.model_input_names,
        )
        with torch.inference_mode(), multiplied_in(precision):
            scores = model(**batch.inputs)
        starts, ends = _halves(scores.start_logits), _halves(scores.end_logits)
        for row, feature in enumerate(batch.features):
            kept = slice(feature.first, feature.first + len(feature.offsets))
            labels[feature.example] = Label(
                offsets=feature.offsets,
                starts=starts[row, kept],
                ends=ends[row, kept],
            )
    return labels


def _halves(logits: torch.Tensor) -> Halves:
    return logits.float().numpy().astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description="Let a teacher score the examples.")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of the teacher")
    parser.add_argument("--output", type=Path, required=True, help="folder for the labels")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (teacher.toml)")
    options = parser.parse_args()
    label(options.examples, options.teacher, options.output, recipe=options.recipe)


if __name__ == "__main__":
    main()
