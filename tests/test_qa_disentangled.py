"""DeBERTa's attention, shifted instead of looked up, beside that of transformers."""

import copy
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from models import load_model
from tiny_readers import save_tiny
from transformers import AutoModelForQuestionAnswering, DebertaV2Config, DebertaV2Model

from qa.disentangled import ShiftedAttention, shift_distances
from qa.fast_scorer import load_fast_reader, make_fast_reader
from qa.torch_scorer import load_torch_reader

OF_V3 = {
    "vocab_size": 50,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
    "initializer_range": 0.5,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "relative_attention": True,
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "type_vocab_size": 0,
}


def shifted_of(model: torch.nn.Module) -> list[ShiftedAttention]:
    return [part for part in model.modules() if isinstance(part, ShiftedAttention)]


def two_of(**changes: object) -> tuple[DebertaV2Model, DebertaV2Model]:
    """A random model, and the same with distances shifted."""
    torch.manual_seed(0)
    model = DebertaV2Model(DebertaV2Config(**OF_V3 | changes))
    shifted = copy.deepcopy(model)
    shift_distances(shifted)
    assert len(shifted_of(shifted)) == 2
    return model, shifted


@pytest.mark.parametrize(
    "changes",
    [
        {"position_buckets": 8, "norm_rel_ebd": "layer_norm"},  # as in DeBERTa-v3
        {"position_buckets": 8, "max_relative_positions": 20},  # what is farther counts as far
        {"max_relative_positions": 5},  # no buckets
        {},
    ],
)
@pytest.mark.parametrize("length", [1, 2, 3, 17, 64])
def test_the_scores_are_the_same(changes: dict[str, object], length: int) -> None:
    model, shifted = two_of(**changes)
    ids = torch.randint(1, 50, (3, length))
    attended = torch.ones_like(ids)
    attended[1, length // 2 + 1 :] = 0
    given, others = (
        one(input_ids=ids, attention_mask=attended).last_hidden_state for one in (model, shifted)
    )
    seen = attended.bool()
    torch.testing.assert_close(others[seen], given[seen], atol=1e-4, rtol=1e-4)


def test_it_learns_the_same_and_is_saved_alike(tmp_path: Path) -> None:
    model, shifted = two_of(position_buckets=8)
    ids = torch.randint(1, 50, (2, 20))
    for one in (model, shifted):
        one(input_ids=ids).last_hidden_state.square().sum().backward()
    ours = dict(shifted.named_parameters())
    assert ours.keys() == dict(model.named_parameters()).keys()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(ours[name].grad, parameter.grad, atol=1e-2, rtol=1e-3)
    shifted.save_pretrained(tmp_path)
    again = DebertaV2Model.from_pretrained(tmp_path)
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name


def test_a_model_that_is_trained_shifts_too(tiny: dict[str, str]) -> None:
    model = load_model(tiny["deberta"], attention="eager", dropout=0.1, frozen_layers=0)
    assert [part.dropout.p for part in shifted_of(model)] == [0.1, 0.1]
    assert shifted_of(load_model(tiny["bert"], attention="eager", dropout=0, frozen_layers=0)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"share_att_key": False},
        {"pos_att_type": ["c2p"]},
        {"position_buckets": 256},  # more than there are distances
        {"relative_attention": False, "position_biased_input": True},
    ],
)
def test_other_attention_stays_as_it_is(changes: dict[str, object]) -> None:
    model = DebertaV2Model(DebertaV2Config(**OF_V3 | changes))
    shift_distances(model)
    assert shifted_of(model) == []


def test_a_reader_of_it_is_read_by_shifts_in_both_forms(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, fast = save_tiny(tmp_path / "reader", "deberta 3"), tmp_path / "fast"
    fast.mkdir()
    make_fast_reader(folder, fast)
    assert caplog.messages == []  # the sizes of its attention are none of the user's business
    plain = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    loaded = load_torch_reader(folder)
    assert len(shifted_of(loaded.scorer.model)) == 2
    held = {node.op_type for node in onnx.load(fast / "model.onnx").graph.node}
    assert held.isdisjoint({"GatherElements", "GatherND"})  # nothing is looked up for each pair
    for length in (2, 9, 48):
        ids = np.random.default_rng(length).integers(4, 60, (2, length))
        inputs = ids, np.zeros_like(ids), np.ones_like(ids)
        with torch.no_grad():
            known = plain(input_ids=torch.from_numpy(ids)).start_logits.numpy()
        for scorer in (loaded.scorer, load_fast_reader(fast).scorer):
            np.testing.assert_allclose(scorer.score(*inputs)[0], known, atol=1e-3, rtol=1e-3)
