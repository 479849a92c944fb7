"""Average a trained reader with the one it was trained from.

    python training/average.py --start FOLDER --trained FOLDER --share 0.7 --output FOLDER

What training gained is mostly kept, and of what it forgot much comes back (Wortsman et al.
2022, Robust Fine-Tuning of Zero-Shot Models).
"""

import argparse
import shutil
from pathlib import Path

import torch
from models import WEIGHTS
from safetensors.torch import load_file, save_file

SHARE_OF = "averaging"  # the part of distil.toml that says the share


def average(start: Path, trained: Path, output: Path, *, share: float) -> None:
    """Write a reader whose weights lie between those of two others.

    Args:
        start: folder of the reader that training began with.
        trained: folder of what came of it, of the same architecture; its other files are
            copied.
        output: folder to write.
        share: of the trained weights, from 0 to 1.

    Raises:
        ValueError: the readers have other weights, or the share is out of range.
        FileNotFoundError: one of them is no folder of a model.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}. Give a number from 0 to 1.")
    before, after = load_file(start / WEIGHTS), load_file(trained / WEIGHTS)
    shapes = [{name: value.shape for name, value in each.items()} for each in (before, after)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"{start} and {trained} are readers of other shapes.")
    shutil.copytree(trained, output, dirs_exist_ok=True, ignore=shutil.ignore_patterns(WEIGHTS))
    between = {
        name: torch.lerp(before[name].float(), value.float(), share).to(value.dtype)
        for name, value in after.items()
    }
    unfinished = output / f"{WEIGHTS}.part"
    save_file(between, unfinished, metadata={"format": "pt"})
    unfinished.replace(output / WEIGHTS)  # once it is there, it is whole


def main() -> None:
    parser = argparse.ArgumentParser(description="Average a reader with its starting model.")
    parser.add_argument("--start", type=Path, required=True, help="what training began with")
    parser.add_argument("--trained", type=Path, required=True, help="what came of it")
    parser.add_argument("--share", type=float, required=True, help="of the trained, from 0 to 1")
    parser.add_argument("--output", type=Path, required=True, help="folder for the average")
    options = parser.parse_args()
    average(options.start, options.trained, options.output, share=options.share)


if __name__ == "__main__":
    main()
