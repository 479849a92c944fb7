"""Write a file or a folder whole or not at all: a step of the chain is done once it is there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".new"  # behind the name


def write_whole(file: Path, text: str) -> None:
    """Write a text as UTF-8; who is killed meanwhile leaves what was there before.

    Args:
        file: where to.
        text: all of it.
    """
    unfinished = file.with_name(file.name + UNFINISHED)
    unfinished.write_text(text, "utf-8")
    unfinished.replace(file)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of another when the block ends without fault.

    Args:
        folder: where to; who is killed meanwhile leaves what was there before.

    Yields:
        A folder that is not there yet; the block makes it.
    """
    unfinished = folder.with_name(folder.name + UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    yield unfinished
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
