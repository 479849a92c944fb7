"""Readers that cannot be loaded, scores that are none, and options out of range."""

import json
import math
import shutil
from functools import partial
from pathlib import Path

import pytest
import torch
from tiny_readers import (
    TINY_PAIRS,
    load_tiny,
    save_tiny,
)
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
)

from index.errors import InputError, ModelError
from qa.reader import (
    ExtractiveReader,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def write_settings(text: str, folder: Path) -> None:
    (folder / "reader_settings.json").write_text(text, "utf-8")


def alter_config(folder: Path, **values) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | values), "utf-8")


@pytest.fixture
def offline(monkeypatch):
    """No tries at the hub, which would take a minute to fail; here is no network anyway."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def assert_one_line(error: ModelError) -> None:
    assert "\n" not in str(error)
    assert error.problem.endswith(".")
    assert error.remedy


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "name", ["nobody/no-such-reader", "no-such-reader", "/no/such/folder", "a b c", "", "../.."]
)
def test_reader_that_is_nowhere(name):
    with pytest.raises(ModelError) as caught:
        ExtractiveReader.from_pretrained(name)
    assert_one_line(caught.value)


@pytest.mark.usefixtures("offline")
def test_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match="no extractive reader") as caught:
        ExtractiveReader.from_pretrained(tmp_path)
    assert_one_line(caught.value)


def test_model_without_a_span_head(tmp_path):
    folder = save_tiny(tmp_path / "plain", "bert", head="Model")
    with pytest.raises(ModelError, match="no span head") as caught:
        load_tiny(folder)
    assert_one_line(caught.value)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: truncate(folder / "model.safetensors"),
        lambda folder: (folder / "model.safetensors").write_bytes(b"weights" * 100),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: truncate(folder / "config.json"),
        lambda folder: alter_config(folder, hidden_size=32),
        lambda folder: alter_config(folder, model_type="nonesuch"),
        lambda folder: truncate(folder / "tokenizer.json"),
        lambda folder: (folder / "reader_settings.json").write_text("{"),
        lambda folder: (folder / "reader_settings.json").write_text('{"warmth": 1}'),
        lambda folder: (folder / "reader_settings.json").write_text("[1, 0]"),
        *(
            partial(write_settings, settings)
            for settings in (
                '{"temperature": NaN}',
                '{"temperature": 0}',
                '{"min_score": 60}',
                '{"item_share": 0}',
                '{"right": {"bias": NaN, "weights": {}}}',
                '{"absent": {"bias": 0, "weights": {"mass": Infinity}}}',
            )
        ),
    ],
    ids=[
        "torn weights",
        "no weights in the file",
        "weights missing",
        "torn configuration",
        "weights of another shape",
        "unknown architecture",
        "torn tokenizer",
        "torn settings",
        "unknown setting",
        "settings of another form",
        "temperature that is no number",
        "temperature of nothing",
        "least score in per cent",
        "no share for an item",
        "bias that is no number",
        "weight without end",
    ],
)
def test_damaged_reader(tiny_bert, tmp_path, damage):
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_bert, folder)
    damage(folder)
    with pytest.raises(ModelError) as caught:
        load_tiny(folder)
    assert_one_line(caught.value)
    assert str(folder) in caught.value.problem


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("spoiled", ["start", "end", "all"])
def test_scores_that_are_no_numbers(tiny_bert, tmp_path, spoiled, value):
    model = AutoModelForQuestionAnswering.from_pretrained(tiny_bert)
    with torch.no_grad():
        if spoiled == "all":
            model.bert.embeddings.word_embeddings.weight[:] = value
        else:
            model.qa_outputs.bias[["start", "end"].index(spoiled)] = value
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_bert).save_pretrained(tmp_path)
    reader = load_tiny(tmp_path)
    with pytest.raises(ModelError, match="not finite") as caught:
        reader.read(TINY_PAIRS[:1])
    assert_one_line(caught.value)


@pytest.mark.parametrize("pairs", [[], TINY_PAIRS[:1]])
@pytest.mark.parametrize("option", ["batch_size", "max_answer_tokens"])
@pytest.mark.parametrize("value", [0, -1])
def test_option_out_of_range(tiny_bert, pairs, option, value):
    with pytest.raises(InputError, match=f"{option} is {value}"):
        load_tiny(tiny_bert).read(pairs, **{option: value})


def test_question_that_leaves_no_room(tiny_bert):
    reader = load_tiny(tiny_bert)
    with pytest.raises(InputError, match="Ask it in fewer words"):
        reader.read([TINY_PAIRS[0], ("who " * 40, "Anna was released.")])


def test_windows_without_room_for_a_question(tiny_bert):
    with pytest.raises(InputError, match="no room"):
        ExtractiveReader.from_pretrained(tiny_bert)  # 62 tokens, of which 96 would be shared
    with pytest.raises(InputError, match="no room"):
        load_tiny(tiny_bert).with_windows(window_tokens=20, stride_tokens=20)
