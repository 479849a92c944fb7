"""What is shipped of a training, and when a reader takes the place of another."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch
from card import CARD_FILE
from export import RefusedError, export, replace_shipped
from export import main as export_main
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertConfig,
    BertForQuestionAnswering,
)

from qa.reader import ExtractiveReader
from qa.settings import ReaderSettings

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_weights_of_an_export_are_halves(tiny: dict[str, str], tmp_path: Path) -> None:
    export(Path(tiny["bert"]), tmp_path / "out")
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "out", dtype="auto")
    assert {value.dtype for value in model.state_dict().values()} == {torch.float16}
    settings = ExtractiveReader.from_pretrained(tmp_path / "out").settings
    assert settings.reads_history
    assert settings.reads_closer


def test_an_export_says_whether_the_reader_learned_from_conversations(
    tiny: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for options, expected in (([], True), (["--no-reads-history"], False)):
        given = ["--reader", tiny["bert"], "--output", f"{tmp_path}", *options]
        monkeypatch.setattr(sys, "argv", ["export.py", *given])
        export_main()
        assert ReaderSettings.from_folder(tmp_path).reads_history is expected


def test_what_was_fitted_to_other_weights_does_not_stay_beside_new_ones(
    tiny: dict[str, str], tmp_path: Path
) -> None:
    export(Path(tiny["bert"]), tmp_path / "out")
    for name in ("calibration.json", "calibration.svg", CARD_FILE):
        (tmp_path / "out" / name).write_text("{}")
    export(Path(tiny["bert"]), tmp_path / "out")
    (tmp_path / "new.json").write_text(json.dumps({"a": {"f1": 80.0}}))
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "figures.json").write_text(json.dumps({"a": {"f1": 70.0}}))
    with pytest.raises(RefusedError, match=r"run calibrate\.py"):
        replace_shipped(tmp_path / "out", tmp_path / "new.json", shipped=tmp_path / "shipped")
    assert not list((tmp_path / "out").glob("*.svg"))
    assert not (tmp_path / "out" / CARD_FILE).exists()


def test_a_large_reader_is_written_but_not_shipped(tiny: dict[str, str], tmp_path: Path) -> None:
    sizes = {"hidden_size": 768, "num_hidden_layers": 1, "num_attention_heads": 2}
    large = BertForQuestionAnswering(BertConfig(vocab_size=30522, intermediate_size=32, **sizes))
    large.save_pretrained(tmp_path / "large")
    AutoTokenizer.from_pretrained(tiny["bert"]).save_pretrained(tmp_path / "large")
    export(tmp_path / "large", tmp_path / "out")
    assert ReaderSettings.from_folder(tmp_path / "out").reads_history
    (tmp_path / "shipped").mkdir()
    with pytest.raises(RefusedError, match=r"46,000,000 are allowed"):
        replace_shipped(tmp_path / "out", None, shipped=tmp_path / "shipped")
    assert not list((tmp_path / "shipped").iterdir())


def test_only_a_better_reader_takes_the_place_of_another(tmp_path: Path) -> None:
    new, shipped = tmp_path / "new", tmp_path / "shipped"
    for folder in (new, shipped):
        folder.mkdir()
        (folder / "model.safetensors").write_text(folder.name)
    better, worse, other = (tmp_path / f"{name}.json" for name in ("better", "worse", "other"))
    better.write_text(json.dumps({"a": {"f1": 80.0}}))
    worse.write_text(json.dumps({"a": {"f1": 70.0}}))
    other.write_text(json.dumps({"b": {"f1": 90.0}}))

    def refused(figures: Path | None, match: str) -> None:
        with pytest.raises(RefusedError, match=match):
            replace_shipped(new, figures, shipped=shipped)
        assert (shipped / "model.safetensors").read_text() == "shipped"

    (new / "calibration.json").write_text("{}")
    refused(None, "no figures")
    refused(better, "no figures")  # none beside the present reader
    (new / "calibration.json").unlink()
    shutil.copy(worse, shipped / "figures.json")
    (shipped / "steps.json").write_text("{}")
    refused(better, "run calibrate.py")
    (new / "calibration.json").write_text("{}")
    refused(worse, "mean F1 is 70.00")
    refused(other, "measure the same")
    replace_shipped(new, better, shipped=shipped)
    assert (shipped / "model.safetensors").read_text() == "new"
    assert not (shipped / "steps.json").exists()
    assert json.loads((shipped / "figures.json").read_text()) == json.loads(better.read_text())
