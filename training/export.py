"""Write a trained reader in float16, as it is shipped, and ship it.

    python training/export.py --reader FOLDER --output FOLDER
    python training/export.py --output FOLDER --figures figures.json --replace

The first writes a trained model. The second puts what was written (and calibrated since)
into qa/models/reader, where the figures of devcheck.py say that it is better than the
figures.json beside the reader that is there.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from calibrate import CALIBRATION_FILE, CURVES_FILE
from card import CARD_FILE, STEPS_FILE
from devcheck import mean_f1
from held_out import FIGURES_FILE as HELD_OUT_FIGURES
from models import WEIGHTS
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from qa.reader import SHIPPED_READER
from qa.settings import ReaderSettings

MOST_BYTES = 46_000_000  # what a repository still carries; the shipped model in float16
FIGURES = "figures.json"


class RefusedError(Exception):
    """A reader that must not be shipped, and why."""


def export(reader: Path, output: Path, *, reads_history: bool = True) -> None:
    """Write a reader's weights in float16, its configuration and its tokenizer.

    Args:
        reader: folder of the trained model.
        output: folder to write.
        reads_history: whether it learned to read a follow-up behind earlier turns, as by the
            recipe of the shipped reader.
    """
    model = AutoModelForQuestionAnswering.from_pretrained(reader, dtype=torch.float16)
    # What was fitted to the weights that were there before, or told of them.
    for fitted in (CALIBRATION_FILE, CURVES_FILE, CARD_FILE, HELD_OUT_FIGURES):
        (output / fitted).unlink(missing_ok=True)
    model.save_pretrained(output)
    AutoTokenizer.from_pretrained(reader).save_pretrained(output)
    # It reads close-ups, as the shipped one does. All else is calibrate.py's to fit.
    ReaderSettings(reads_history=reads_history, reads_closer=True).save(output)


def replace_shipped(exported: Path, figures: Path | None, *, shipped: Path) -> None:
    """Put an exported reader in the place of another if it is better.

    Args:
        exported: folder of the new reader.
        figures: what devcheck.py wrote of it.
        shipped: folder of the reader it should replace, with its figures.json.

    Raises:
        RefusedError: figures are missing, of other sets or not better, the weights are too
            large, or the reader is not calibrated.
    """
    size_bytes = (exported / WEIGHTS).stat().st_size
    if size_bytes > MOST_BYTES:
        raise RefusedError(f"{WEIGHTS} has {size_bytes:,} bytes; {MOST_BYTES:,} are allowed.")
    if not (exported / CALIBRATION_FILE).is_file():
        raise RefusedError(f"{exported} has no {CALIBRATION_FILE}: run calibrate.py.")
    new, old = _read(figures), _read(shipped / FIGURES)
    if new.keys() != old.keys():
        raise RefusedError(f"The figures are of {sorted(new)} and {sorted(old)}: measure the same.")
    if mean_f1(new) <= mean_f1(old):
        raise RefusedError(
            f"Its mean F1 is {mean_f1(new):.2f}, the present reader's {mean_f1(old):.2f}."
        )
    # What was measured of the reader before it says nothing of this one.
    for told in (STEPS_FILE, HELD_OUT_FIGURES):
        (shipped / told).unlink(missing_ok=True)
    for file in exported.iterdir():
        shutil.copy(file, shipped / file.name)
    (shipped / FIGURES).write_text(json.dumps(new, indent=2) + "\n", "utf-8")


def _read(figures: Path | None) -> dict[str, Any]:
    if figures is None or not figures.is_file():
        raise RefusedError(f"There are no figures at {figures}: write them with devcheck.py.")
    read: dict[str, Any] = json.loads(figures.read_text("utf-8"))
    return read


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a trained reader as it is shipped.")
    parser.add_argument("--reader", type=Path, help="folder of the trained model, to write anew")
    parser.add_argument("--output", type=Path, required=True, help="folder of the export")
    parser.add_argument(
        "--reads-history",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether it learned from conversations, behind their earlier turns",
    )
    parser.add_argument("--figures", type=Path, help="what devcheck.py wrote of it")
    parser.add_argument("--replace", action="store_true", help="put it into qa/models/reader")
    parser.add_argument("--shipped", type=Path, default=SHIPPED_READER, help="what to replace")
    options = parser.parse_args()
    try:
        if options.reader:
            export(options.reader, options.output, reads_history=options.reads_history)
        if options.replace:
            replace_shipped(options.output, options.figures, shipped=options.shipped)
    except RefusedError as error:
        parser.exit(1, f"Refused. {error}\n")


if __name__ == "__main__":
    main()
