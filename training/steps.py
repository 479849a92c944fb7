"""The training loop that teacher and student share: it can be stopped at any step and goes on."""

import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from devcheck import DevSet, check, mean_f1
from features import Batch, Feature, collate, cut_batches
from journal import Journal, Measured, plot_metrics
from models import parameter_groups, save_model
from transformers import get_linear_schedule_with_warmup

from qa.reader import ExtractiveReader

CHECKPOINT = "checkpoint.pt"
CANDIDATE = "candidate"  # the model while it is checked

Precision = Literal["fp32", "bf16"]
Keep = Literal["best", "last"]
LossOf = Callable[[torch.Tensor, torch.Tensor, Batch], torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The part [training] of a recipe.

    Args:
        seed: of every random choice.
        most_examples: how many to learn from, from the first on; 0 for all.
        epochs: how often each example is seen.
        batch_size: examples in a step.
        max_tokens: most tokens of question and passage.
        learning_rate: at its highest.
        weight_decay: of AdamW.
        warmup: share of the steps in which the learning rate rises.
        clip_norm: longest gradient.
        dropout: probability, everywhere in the model.
        frozen_layers: so many of the lowest, and the embeddings, stay as they are.
        attention: "sdpa", or "eager" for models without it.
        precision: "fp32", or "bf16" to multiply matrices in half the bits: 2.3 times as
            fast on a processor that can (AVX-512 BF16, AMX), several times slower on others.
        passages_together: whether all passages of a question share a batch and a softmax.
        log_steps: steps between two rows of metrics.csv.
        checkpoint_steps: steps between two checkpoints.
        dev_steps: steps between two checks on the development sets.
        dev_questions: of each set.
        keep: "best" by mean F1 of the sets, or "last".

    Raises:
        ValueError: keep is neither.
    """

    seed: int
    most_examples: int
    epochs: int
    batch_size: int
    max_tokens: int
    learning_rate: float
    weight_decay: float
    warmup: float
    clip_norm: float
    dropout: float
    frozen_layers: int
    attention: str
    precision: Precision
    passages_together: bool
    log_steps: int
    checkpoint_steps: int
    dev_steps: int
    dev_questions: int
    keep: Keep

    def __post_init__(self) -> None:
        if self.keep not in get_args(Keep):  # any other would save no model at the end
            raise ValueError(f"keep is {self.keep!r}. Give one of {get_args(Keep)}.")


class StoppedError(SystemExit):
    """Training was asked to stop, and wrote a checkpoint to go on from."""


def train(
    model: Any,
    tokenizer: Any,
    features: Sequence[Feature],
    output: Path,
    *,
    training: Training,
    loss_of: LossOf,
    made_of: str = "",
    dev_sets: Sequence[DevSet] = (),
) -> None:
    """Train a model and write it; started again after a stop, go on from the checkpoint.

    Args:
        model: with a span head, in training mode.
        tokenizer: its own.
        features: what to learn.
        output: folder for the model, metrics.csv and metrics.svg, which is drawn last.
        training: how.
        loss_of: from start logits, end logits, (B, L) float32 each, and their batch to the
            loss, a scalar.
        made_of: names the examples, the model to begin with, and what else the loss is of.
        dev_sets: what to check it on; without them, the last model is kept.

    Raises:
        StoppedError: SIGTERM or SIGINT came; a checkpoint was written.
        ValueError: the checkpoint in the folder is of another training.
    """
    torch.manual_seed(training.seed)
    output.mkdir(parents=True, exist_ok=True)
    batches = [
        batch
        for epoch in range(training.epochs)
        for batch in cut_batches(
            features,
            batch_size=training.batch_size,
            rng=random.Random(f"{training.seed} {epoch}"),
            together=training.passages_together,
        )
    ]
    total = len(batches)
    optimizer = torch.optim.AdamW(
        parameter_groups(model, training.weight_decay), lr=training.learning_rate, fused=True
    )
    schedule = get_linear_schedule_with_warmup(optimizer, round(total * training.warmup), total)
    learnt = replace(training, log_steps=0, checkpoint_steps=0)  # neither changes what is learnt
    run = _Run(output, model, optimizer, schedule, plan=f"{made_of} {learnt} {len(features)}")
    run.resume()
    journal = Journal(output, total_steps=total, first_step=run.step)
    uses_type_ids = "token_type_ids" in tokenizer.model_input_names
    logged_at, tokens = time.monotonic(), 0
    with _asked_to_stop() as stop:
        while run.step < total:
            batch = collate(
                [features[number] for number in batches[run.step]],
                pad_id=tokenizer.pad_token_id or 0,
                uses_type_ids=uses_type_ids,
            )
            if not training.passages_together:  # not even those that meet by chance
                batch = replace(batch, groups=torch.arange(len(batch.features)))
            with multiplied_in(training.precision):
                scores = model(**batch.inputs)
            loss = loss_of(scores.start_logits.float(), scores.end_logits.float(), batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), training.clip_norm)
            rate = schedule.get_last_lr()[0]
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            run.step += 1
            run.losses.append(loss.item())
            tokens += int(batch.inputs["attention_mask"].sum())
            journal.step()
            if run.step % training.log_steps == 0 or run.step == total:
                mean = sum(run.losses) / len(run.losses)
                seconds = time.monotonic() - logged_at
                journal.write(Measured(run.step, mean, rate, tokens / seconds))
                logged_at, tokens = time.monotonic(), 0
                run.losses.clear()
            if dev_sets and (run.step % training.dev_steps == 0 or run.step == total):
                began = time.monotonic()
                _check(run, tokenizer, dev_sets, journal, training.keep)
                logged_at += time.monotonic() - began  # it is no training
            stopped = stop()
            if stopped or run.step % training.checkpoint_steps == 0:
                run.save()
            if stopped:
                journal.close()
                raise StoppedError(f"Stopped at step {run.step}; started again, it goes on.")
    if not dev_sets or training.keep == "last":
        save_model(model, tokenizer, output)
    journal.close()
    plot_metrics(output)
    run.checkpoint.unlink(missing_ok=True)  # last: without it, all would be done again


def multiplied_in(precision: Precision) -> torch.autocast:
    """A block in which matrices are multiplied in so many bits.

    Args:
        precision: the weights are fp32 in either; of "bf16" the logits have eight bits too.

    Raises:
        ValueError: there is no such precision.
    """
    if precision not in get_args(Precision):
        raise ValueError(f"precision is {precision!r}. Give one of {get_args(Precision)}.")
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")


class _Run:
    """All that changes while training, and its file."""

    def __init__(
        self, output: Path, model: Any, optimizer: Any, schedule: Any, *, plan: str
    ) -> None:
        self.output = output
        self.checkpoint = output / CHECKPOINT
        self.model = model
        self.step = 0
        self.best_f1 = -1.0
        self.losses: list[float] = []
        self._parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
        self._plan = plan

    def save(self) -> None:
        """Write the checkpoint, all or nothing."""
        state = {name: part.state_dict() for name, part in self._parts.items()} | {
            "plan": self._plan,
            "step": self.step,
            "best_f1": self.best_f1,
            "losses": self.losses,
            "random": torch.get_rng_state(),
        }
        unfinished = self.checkpoint.with_suffix(".new")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if not self.checkpoint.is_file():
            return
        state = torch.load(self.checkpoint)
        if state["plan"] != self._plan:
            raise ValueError(f"{self.checkpoint} is of another training. Delete it to begin anew.")
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self.step, self.best_f1, self.losses = state["step"], state["best_f1"], state["losses"]
        torch.set_rng_state(state["random"])


def _check(
    run: _Run, tokenizer: Any, dev_sets: Sequence[DevSet], journal: Journal, keep: str
) -> None:
    """Check the model as it is now, and keep it if it is the best so far."""
    candidate = run.output / CANDIDATE
    save_model(run.model, tokenizer, candidate)
    figures = check(ExtractiveReader.from_pretrained(candidate, plain=True), dev_sets)
    f1 = mean_f1(figures)
    shown = "  ".join(
        f"{name} {row['f1']:.1f}"
        + (f" without {row['too_long']:.0f} too long" if "too_long" in row else "")
        for name, row in figures.items()
    )
    journal.say(f"{run.step}  dev F1 {f1:.2f}  ({shown})")
    if f1 > run.best_f1:
        run.best_f1 = f1
        if keep == "best":
            for file in candidate.iterdir():
                file.replace(run.output / file.name)
    shutil.rmtree(candidate)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or SIGINT has come, so that a step is never cut in two."""
    came: list[int] = []
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda number, _: came.append(number)) for one in signals]
    try:
        yield lambda: bool(came)
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
