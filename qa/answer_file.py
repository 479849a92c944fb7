"""The file that a batch's answers go to, a line each, and where to go on in it."""

import json
from collections.abc import Sequence
from pathlib import Path

from index.errors import InputError
from qa.question_file import AskedQuestion


def answered_before(file: Path, asked: Sequence[AskedQuestion]) -> int:
    """How many of a batch's questions a file answers already, from the first of them on.

    A last line that was not written to its end is cut off.

    Args:
        file: where the answers go; there may be none yet.
        asked: the questions, in order.

    Raises:
        InputError: the file holds something else than the first of these answers.
    """
    if not file.exists():
        return 0
    data = file.read_bytes()
    *lines, torn = data.split(b"\n")
    answered = 0
    for line, row in zip(lines, asked, strict=False):
        try:
            found = json.loads(line)
            same = found["id"] == row.id and found["question"] == row.question and "text" in found
        except (ValueError, KeyError, TypeError):
            same = False
        if not same:
            break
        answered += 1
    if answered < len(lines):
        raise InputError(
            f"Line {answered + 1} of {file} is not the answer to question {answered + 1}.",
            "Resume with the same questions, or name another file.",
        )
    if torn:
        with file.open("r+b") as stream:
            stream.truncate(len(data) - len(torn))
    return answered
