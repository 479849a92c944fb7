"""Write a file whole or not at all: a step of the chain is done once its file is there."""

from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write a text as UTF-8; who is killed meanwhile leaves what was there before.

    Args:
        file: where to.
        text: all of it.
    """
    unfinished = file.with_name(file.name + ".new")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(file)
