"""Whether all that a chain reads is there, before any of it runs: else it shows hours later."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from average import SHARE_OF
from card import FACTS, source_rows
from cases import check_sets
from devcheck import DevSource
from distil import Distilling, load_recipe
from label import Labelling
from prepare import Recipe
from shrink import Shrinking
from squad import find_set
from steps import Training


def check_ready(data: Path, recipes: Path, *, shrinks: bool, from_encoder: bool) -> None:
    """Load every recipe of a chain, and look for the file and the source of every set.

    Args:
        data: folder of the training and development sets.
        recipes: folder of the TOML files.
        shrinks: whether shrink.toml is among them.
        from_encoder: whether the reader begins at an encoder.

    Raises:
        FileNotFoundError: a recipe is missing, or the file of a set is.
        ValueError: a recipe cannot be read, or card.toml names no source of a training set.
    """
    with _reading(recipes / "prepare.toml") as file:
        trained_on = [one.name for one in Recipe.load(file).sets]
    checked_on: list[str] = []
    with _reading(recipes / "teacher.toml") as file:
        entries = _entries(file)
        Labelling(**entries["label"])
        checked_on += _checked_on(entries)
    with _reading(recipes / "distil.toml") as file:
        entries = load_recipe(file, from_encoder=from_encoder)
        Distilling(**entries["distilling"])
        float(entries[SHARE_OF]["share"])
        checked_on += _checked_on(entries)
    with _reading(recipes / "calibrate.toml") as file:
        entries = _entries(file)
        check_sets(entries)
        checked_on += entries["sets"]
    if shrinks:
        with _reading(recipes / "shrink.toml") as file:
            Shrinking(**_entries(file))
    for name in trained_on:
        find_set(data, name, "train")
    for name in checked_on:
        find_set(data, name, "dev")
    with _reading(recipes / f"{FACTS}.toml") as file:
        source_rows(_entries(file), set(trained_on))


def _checked_on(entries: Mapping[str, Any]) -> list[str]:
    """The development sets of a recipe with a training."""
    Training(**entries["training"])
    return [DevSource(**one).name for one in entries.get("dev_sets", ())]


def _entries(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@contextmanager
def _reading(file: Path) -> Iterator[Path]:
    """A block that reads a recipe; what is wrong in it is told with its file."""
    try:
        yield file
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{file} cannot be taken ({type(error).__name__}: {error})."
            f" Compare it with {file.name} of the shipped reader, in training/."
        ) from error
