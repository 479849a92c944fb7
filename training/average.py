"""Average the weights of readers of one architecture.

    python training/average.py START=0.67 TRAINED=0.33 --output FOLDER

Of a reader and the one it was trained from: what training gained is mostly kept, and of what it
forgot much comes back (Wortsman et al. 2022, Robust Fine-Tuning of Zero-Shot Models). Of readers
that were trained apart: the average is better than each (Wortsman et al. 2022, Model Soups).
"""

import argparse
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from models import WEIGHTS
from safetensors.torch import load_file, save_file

SHARE_OF = "averaging"  # the part of distil.toml that says the share of the trained reader


def average(shares: Mapping[Path, float], output: Path) -> None:
    """Write a reader whose weights lie between those of others.

    Args:
        shares: what each folder of a reader has of the average; together 1. The other files of
            the last are copied.
        output: folder to write.

    Raises:
        ValueError: the readers have other weights, or the shares do not make 1.
        FileNotFoundError: one of them is not a folder of a model.
    """
    if min(shares.values()) < 0 or not math.isclose(sum(shares.values()), 1, abs_tol=1e-6):
        raise ValueError(f"The shares are {[*shares.values()]}. Give numbers that make 1.")
    weights = [load_file(folder / WEIGHTS) for folder in shares]
    last, folder = weights[-1], [*shares][-1]
    shapes = [{name: value.shape for name, value in each.items()} for each in weights]
    if any(each != shapes[-1] for each in shapes):
        raise ValueError(f"{', '.join(map(str, shares))} are readers of other shapes.")
    shutil.copytree(folder, output, dirs_exist_ok=True, ignore=shutil.ignore_patterns(WEIGHTS))
    parts = torch.tensor([*shares.values()])
    between = {
        name: torch.tensordot(parts, torch.stack([each[name].float() for each in weights]), 1).to(
            value.dtype
        )
        for name, value in last.items()
    }
    unfinished = output / f"{WEIGHTS}.part"
    save_file(between, unfinished, metadata={"format": "pt"})
    unfinished.replace(output / WEIGHTS)  # once it is there, it is whole


def part(text: str) -> tuple[Path, float]:
    """A folder and its share, of a text such as ``student=0.33``.

    Raises:
        ValueError: it is no such text.
    """
    folder, _, share = text.rpartition("=")
    return Path(folder), float(share)


def main() -> None:
    parser = argparse.ArgumentParser(description="Average readers.")
    parser.add_argument("parts", metavar="FOLDER=SHARE", nargs="+", type=part, help="each reader")
    parser.add_argument("--output", type=Path, required=True, help="folder for the average")
    options = parser.parse_args()
    average(dict(options.parts), options.output)


if __name__ == "__main__":
    main()
