"""Fine-tune any model with a span head on examples: what teacher and student have in common."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from devcheck import DevSet, sets_of
from examples import Example, digest_of, read_examples
from features import encode
from models import load_model, load_tokenizer, told_apart
from steps import LossOf, Training, train


def fine_tune(
    examples: Path,
    start: str,
    output: Path,
    *,
    recipe: Mapping[str, Any],
    loss_of: LossOf,
    dev_data: Path | None,
    taught_by: str = "",
) -> None:
    """Train a model on a file of examples.

    Args:
        examples: file that prepare.py made.
        start: folder or hub id of the model to begin with.
        output: folder for the trained model.
        recipe: with a part [training] and any number of [[dev_sets]].
        loss_of: from start logits, end logits and their batch to the loss.
        dev_data: folder of the development sets, None to check on none.
        taught_by: names what the loss takes beside people's answers.
    """
    training = Training(**recipe["training"])
    dev_sets = sets_of(dev_data, recipe) if dev_data is not None else []
    every = read_examples(examples)
    learn(
        every[: training.most_examples or len(every)],
        start,
        output,
        training=training,
        loss_of=loss_of,
        made_of=f"{digest_of(examples)} {told_apart(start)} {taught_by}",
        dev_sets=dev_sets,
    )


def learn(
    examples: Sequence[Example],
    start: str,
    output: Path,
    *,
    training: Training,
    loss_of: LossOf,
    made_of: str,
    dev_sets: Sequence[DevSet] = (),
) -> None:
    """Train a model on examples.

    Args:
        examples: numbered by their place, as the features of a batch know them.
        start: folder or hub id of the model to begin with.
        output: folder for the trained model.
        training: how.
        loss_of: from start logits, end logits and their batch to the loss.
        made_of: names the examples, the start, and what the loss takes beside people's answers.
        dev_sets: what to check it on while it learns.

    Raises:
        ValueError: no example can be learned from.
    """
    tokenizer = load_tokenizer(start)
    skipped: Counter[str] = Counter()
    features = encode(examples, tokenizer, max_tokens=training.max_tokens, skipped=skipped)
    told = f"{len(examples)} examples of at most {training.max_tokens} tokens"
    told += "".join(f", {count} left out: {reason}" for reason, count in skipped.items())
    if not features:
        raise ValueError(f"There is nothing to learn from: {told}. Make others with prepare.py.")
    print(told, flush=True)
    torch.manual_seed(training.seed)  # a model without a head gets one drawn at random
    model = load_model(
        start,
        attention=training.attention,
        dropout=training.dropout,
        frozen_layers=training.frozen_layers,
    )
    train(
        model,
        tokenizer,
        features,
        output,
        training=training,
        loss_of=loss_of,
        made_of=made_of,
        dev_sets=dev_sets,
    )
