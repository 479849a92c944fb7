"""Fine-tune an extractive reader on SQuAD-format files.

    python training/finetune.py --data FOLDER --start MODEL --output FOLDER

Interrupted, it goes on from its last checkpoint when it is started again.
"""

import argparse
import random
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from examples import Example, make_examples
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

RECIPE = Path(__file__).parent / "finetune.toml"
CHECKPOINT = "checkpoint.pt"
CHECKPOINT_STEPS = 100
REPORT_STEPS = 20
BATCHES_SORTED_TOGETHER = 20  # enough for batches of like length, few enough to stay mixed
LEAST_RATE = 0.02  # of the learning rate, at the end
MASKED = -1e4  # as good as minus infinity for a softmax, and safe in sums


@dataclass(frozen=True, slots=True)
class Feature:
    """An example as the model takes it.

    Args:
        token_ids: question and passage.
        type_ids: their segments.
        start: first token of the answer, 0 where there is none.
        end: its last token, 0 where there is none.
    """

    token_ids: list[int]
    type_ids: list[int]
    start: int
    end: int


def main() -> None:
    parser = argparse.ArgumentParser(description="Fine-tune an extractive reader.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.train.json.gz")
    parser.add_argument(
        "--start", required=True, help="folder or hub id of the model to begin with"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the reader")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (finetune.toml)")
    options = parser.parse_args()
    config = tomllib.loads(options.recipe.read_text("utf-8"))
    finetune(options.data, options.start, options.output, config)


def finetune(data: Path, start: str, output: Path, config: Mapping[str, Any]) -> None:
    """Train one epoch and write the reader in float16.

    Args:
        data: folder of the training files.
        start: folder or hub id of the model to begin with.
        output: folder for the reader and, while it trains, the checkpoint.
        config: the recipe.
    """
    rng = random.Random(config["seed"])
    torch.manual_seed(config["seed"])
    tokenizer = AutoTokenizer.from_pretrained(start)
    features = [
        feature
        for example in make_examples(data, config, rng)
        for feature in encode(example, tokenizer, config, rng)
    ]
    batches = cut_batches(features, config["batch_size"], rng)
    model = AutoModelForQuestionAnswering.from_pretrained(
        start, dtype=torch.float32, attn_implementation="eager"
    ).train()
    optimizer = torch.optim.AdamW(
        _groups(model, config["weight_decay"]), lr=config["learning_rate"]
    )
    warmup, total = config["warmup_steps"], len(batches)
    schedule = LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(LEAST_RATE, 1 - step / total))
    )
    output.mkdir(parents=True, exist_ok=True)
    checkpoint = output / CHECKPOINT
    first = _resume(checkpoint, model, optimizer, schedule)
    began, losses = time.monotonic(), []
    for step in range(first, total):
        loss = _loss(model, [features[number] for number in batches[step]])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        done = step + 1
        if done % REPORT_STEPS == 0 or done == total:
            left_s = (time.monotonic() - began) / (done - first) * (total - done)
            print(
                f"{done}/{total}  loss {sum(losses) / len(losses):.3f}  {left_s / 60:.0f} min left"
            )
            losses = []
        if done % CHECKPOINT_STEPS == 0:
            state = [model.state_dict(), optimizer.state_dict(), schedule.state_dict(), done]
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
    model.half().save_pretrained(output)
    tokenizer.save_pretrained(output)
    checkpoint.unlink(missing_ok=True)


def encode(
    example: Example, tokenizer: Any, config: Mapping[str, Any], rng: random.Random
) -> list[Feature]:
    """One feature of an example, or none where its answer was cut off."""
    question = example.question
    if rng.random() < config["lower_first_letter"]:
        question = question[:1].lower() + question[1:]
    if rng.random() < config["drop_question_mark"]:
        question = question.rstrip("?")
    encoding = tokenizer(
        question,
        example.passage,
        truncation="only_second",
        max_length=config["max_tokens"],
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    start = end = 0
    if example.answer is not None:
        sequence = encoding.sequence_ids(0)
        inside = [
            token
            for token, (left, right) in enumerate(encoding["offset_mapping"])
            if sequence[token] == 1 and left < example.answer[1] and example.answer[0] < right
        ]
        if not inside:
            return []
        start, end = inside[0], inside[-1]
    return [Feature(encoding["input_ids"], encoding["token_type_ids"], start, end)]


def cut_batches(
    features: Sequence[Feature], batch_size: int, rng: random.Random
) -> list[list[int]]:
    """Numbers of features in batches of like length, in random order."""
    order = list(range(len(features)))
    rng.shuffle(order)
    batches = []
    together = batch_size * BATCHES_SORTED_TOGETHER
    for start in range(0, len(order), together):
        part = sorted(
            order[start : start + together], key=lambda number: len(features[number].token_ids)
        )
        cut = [part[left : left + batch_size] for left in range(0, len(part), batch_size)]
        rng.shuffle(cut)
        batches += cut
    return batches


def _loss(model: Any, batch: Sequence[Feature]) -> torch.Tensor:
    shape = (len(batch), max(len(feature.token_ids) for feature in batch))
    token_ids = torch.zeros(shape, dtype=torch.long)
    type_ids = torch.zeros(shape, dtype=torch.long)
    attended = torch.zeros(shape, dtype=torch.long)
    for row, feature in enumerate(batch):
        size = len(feature.token_ids)
        token_ids[row, :size] = torch.tensor(feature.token_ids)
        type_ids[row, :size] = torch.tensor(feature.type_ids)
        attended[row, :size] = 1
    output = model(input_ids=token_ids, token_type_ids=type_ids, attention_mask=attended)
    padding = attended == 0
    starts = torch.tensor([feature.start for feature in batch])
    ends = torch.tensor([feature.end for feature in batch])
    start_loss = cross_entropy(output.start_logits.masked_fill(padding, MASKED), starts)
    end_loss = cross_entropy(output.end_logits.masked_fill(padding, MASKED), ends)
    return (start_loss + end_loss) / 2


def _groups(model: Any, weight_decay: float) -> list[dict[str, Any]]:
    """All parameters, with no decay for biases and layer norms (Loshchilov and Hutter 2019)."""
    decayed: list[torch.nn.Parameter] = []
    free: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (free if name.endswith("bias") or "LayerNorm" in name else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def _resume(checkpoint: Path, model: Any, optimizer: Any, schedule: Any) -> int:
    """The step to go on from, with everything as it was then."""
    if not checkpoint.is_file():
        return 0
    model_state, optimizer_state, schedule_state, step = torch.load(checkpoint)
    model.load_state_dict(model_state)
    optimizer.load_state_dict(optimizer_state)
    schedule.load_state_dict(schedule_state)
    return int(step)


if __name__ == "__main__":
    main()
