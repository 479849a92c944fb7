"""An average of readers."""

from pathlib import Path

import pytest
import torch
from average import average, part
from models import load_model, load_tokenizer, save_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.75, 0.25), (0.0, 1.0), (1.0,), (0.5, 0.2, 0.3)])
def test_an_average_lies_between_its_readers(tiny, tmp_path, shares):
    folders = []
    for number in range(len(shares)):  # each reader's weights are more by one than the last's
        model = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0)
        with torch.no_grad():
            for value in model.parameters():
                value += number
        folders.append(tmp_path / f"reader {number}")
        save_model(model, load_tokenizer(tiny["bert"]), folders[-1])
    average(dict(zip(folders, shares, strict=True)), tmp_path / "average")
    start = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0).state_dict()
    found = load_model(tmp_path / "average", attention="eager", dropout=0.0, frozen_layers=0)
    above = sum(number * share for number, share in enumerate(shares))
    for name, value in found.state_dict().items():
        torch.testing.assert_close(value, start[name] + above)


def test_what_has_no_average(tiny, tmp_path):
    bert, mpnet = Path(tiny["bert"]), Path(tiny["mpnet"])
    with pytest.raises(ValueError, match="other shapes"):
        average({bert: 0.5, mpnet: 0.5}, tmp_path / "average")
    for shares in ({bert: 2.0}, {bert: 1.5, mpnet: -0.5}):
        with pytest.raises(ValueError, match="make 1"):
            average(shares, tmp_path / "average")


def test_the_parts_of_an_average_are_named_with_their_shares():
    assert part("runs/a=b=0.25") == (Path("runs/a=b"), 0.25)
    with pytest.raises(ValueError, match="could not convert"):
        part("runs/a")
