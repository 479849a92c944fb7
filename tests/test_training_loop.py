"""The training loop: what it keeps, where it goes on, and what it leaves alone."""

import os
import signal
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import steps
import torch
from examples import Example
from features import Batch, encode
from finetune import learn
from journal import read_metrics
from models import load_model, load_tokenizer
from teacher import people_loss
from training_data import BRIDGE, questions_about
from transformers import AutoModelForQuestionAnswering

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_training_keeps_the_best_or_the_last(plan: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"'Last'.*'best', 'last'"):
        steps.Training(**plan | {"keep": "Last"})


@pytest.fixture
def plan(recipes: Path) -> dict[str, object]:
    """A short training with dropout, whose random state a resumed run must have."""
    entries = tomllib.loads((recipes / "distil.toml").read_text("utf-8"))["training"]
    return entries | {
        "epochs": 2,
        "dropout": 0.1,
        "log_steps": 1,
        "max_tokens": 80,
        "learning_rate": 1e-3,
    }


def trained(tiny, examples, output, plan, loss_of=people_loss, made_of="these"):
    """The weights after a training of 24 examples."""
    training = steps.Training(**plan)
    tokenizer = load_tokenizer(tiny["bert"])
    features = encode(examples[:24], tokenizer, max_tokens=training.max_tokens)
    torch.manual_seed(1)
    model = load_model(tiny["bert"], attention="sdpa", dropout=training.dropout, frozen_layers=0)
    steps.train(
        model,
        tokenizer,
        features,
        output,
        training=training,
        loss_of=loss_of,
        made_of=made_of,
    )
    return AutoModelForQuestionAnswering.from_pretrained(output).state_dict()


def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    tiny: dict[str, str], examples: list[Example], tmp_path: Path, plan: dict[str, object]
) -> None:
    whole = trained(tiny, examples, tmp_path / "whole", plan)
    rows = read_metrics(tmp_path / "whole")
    assert [row.step for row in rows] == [1, 2, 3, 4, 5, 6]
    assert (tmp_path / "whole" / "metrics.svg").is_file()

    calls = 0

    def stopped_at_four(*args):
        nonlocal calls
        calls += 1
        if calls == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return people_loss(*args)

    with pytest.raises(steps.StoppedError, match="step 4"):
        trained(tiny, examples, tmp_path / "stopped", plan, stopped_at_four)
    assert not (tmp_path / "stopped" / "model.safetensors").exists()
    with pytest.raises(ValueError, match="another training"):
        trained(tiny, examples, tmp_path / "stopped", plan | {"seed": 8})
    with pytest.raises(ValueError, match="another training"):
        trained(tiny, examples, tmp_path / "stopped", plan, made_of="other examples")
    resumed = trained(tiny, examples, tmp_path / "stopped", plan)
    assert not (tmp_path / "stopped" / "checkpoint.pt").exists()
    assert [row.loss for row in read_metrics(tmp_path / "stopped")] == [row.loss for row in rows]
    for name, value in whole.items():
        assert torch.equal(value, resumed[name]), name


@pytest.mark.parametrize("together", [True, False])
def test_passages_of_a_question_share_a_softmax_only_where_they_are_to(
    tiny: dict[str, str],
    examples: list[Example],
    tmp_path: Path,
    plan: dict[str, object],
    together: bool,
) -> None:
    of_two = [replace(one, group=number // 2) for number, one in enumerate(examples[:24])]
    changes = {"epochs": 1, "batch_size": 24, "passages_together": together}
    groups = []

    def watched(starts: torch.Tensor, ends: torch.Tensor, batch: Batch) -> torch.Tensor:
        groups.append(len(set(batch.groups.tolist())) / len(batch.features))
        return people_loss(starts, ends, batch)

    trained(tiny, of_two, tmp_path, plan | changes, watched)
    assert groups == [0.5 if together else 1.0]  # questions per passage, in the one batch


def test_half_the_bits_learn_the_same_with_weights_of_all_bits(
    tiny: dict[str, str], examples: list[Example], tmp_path: Path, plan: dict[str, object]
) -> None:
    plan = plan | {"dropout": 0.0, "learning_rate": 1e-4}
    start = load_model(tiny["bert"], attention="sdpa", dropout=0.0, frozen_layers=0)
    begun = dict(start.named_parameters())
    multiplied = []

    def watched(starts: torch.Tensor, ends: torch.Tensor, batch: Batch) -> torch.Tensor:
        multiplied.append(starts.dtype)
        return people_loss(starts, ends, batch)

    whole = trained(tiny, examples, tmp_path / "fp32", plan)
    half = trained(tiny, examples, tmp_path / "bf16", plan | {"precision": "bf16"}, watched)
    assert set(multiplied) == {torch.float32}  # of the scores, whatever the products were
    assert any(not torch.equal(value, half[name]) for name, value in whole.items())
    encoder = [name for name in whole if ".encoder." in name]  # the head is drawn anew
    assert {value.dtype for value in half.values()} == {torch.float32}
    moves = [
        torch.cat([(ended[name] - begun[name].detach()).flatten() for name in learnt])
        for ended, learnt in ((whole, encoder), (half, encoder))
    ]
    assert moves[0].norm() > 0
    assert torch.nn.functional.cosine_similarity(*moves, dim=0) > 0.9
    for one, other in zip(
        read_metrics(tmp_path / "fp32"), read_metrics(tmp_path / "bf16"), strict=True
    ):
        assert one.loss == pytest.approx(other.loss, rel=0.02)


@pytest.mark.parametrize("name", ["bert", "mpnet", "deberta"])
def test_what_is_frozen_stays_and_costs_no_gradient(tiny: dict[str, str], name: str) -> None:
    model = load_model(tiny[name], attention="eager", dropout=0.0, frozen_layers=1)
    learning = {key for key, value in model.named_parameters() if value.requires_grad}
    assert learning
    assert all(".layer.1." in key or "qa_outputs" in key for key in learning)
    assert {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)} == {0.0}
    with pytest.raises(ValueError, match="fewer than 3"):
        load_model(tiny[name], attention="eager", dropout=0.0, frozen_layers=3)


def test_of_nothing_nothing_is_learned(tiny: dict[str, str], recipes: Path, tmp_path: Path) -> None:
    training = steps.Training(
        **tomllib.loads((recipes / "distil.toml").read_text("utf-8"))["training"]
    )
    asked = [replace(questions_about(BRIDGE, [(0, 3)]), question="Who was it? " * 300)]
    with pytest.raises(
        ValueError, match=r"nothing to learn from: 1 examples .* 1 left out: question"
    ):
        learn(asked, tiny["bert"], tmp_path, training=training, loss_of=people_loss, made_of="")


def test_there_are_two_precisions() -> None:
    with pytest.raises(ValueError, match="'fp16'"):
        steps.multiplied_in("fp16")  # type: ignore[arg-type]
