"""``pullquote feedback``: what visitors said of answers, as questions to train a reader on."""

import argparse
import json
from pathlib import Path
from typing import Any

from index.errors import InputError, StoreError
from qa.options import folder
from qa.terminal import OK, STDIN, add_command, complain


def add_feedback(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "feedback",
        "write what visitors of a chat said of its answers as questions in SQuAD's format",
        "  pullquote feedback conversations/ --output feedback.json",
    )
    command.add_argument("folder", metavar="FOLDER", type=folder, help="folder of chat --keep")
    command.add_argument(
        "--output", metavar="FILE", required=True, help="where the questions go; - prints them"
    )
    command.set_defaults(run=_feedback)


def _feedback(options: argparse.Namespace) -> int:
    from qa.feedback import Lessons
    from qa.kept import Kept
    from qa.kept_file import FILE

    if not (options.folder / FILE).is_file():  # which is not to be made by looking for it
        raise InputError(
            f"No conversations are kept in {options.folder}.",
            "Name the folder that pullquote chat --keep keeps them in.",
        )
    # Only the server drops what is unused for too long: this reads.
    lessons = Lessons.from_judged(Kept(options.folder, sweep=False).feedback.judged())
    if not lessons.questions:
        raise InputError(
            f"No feedback in {options.folder} makes a question ({lessons}).",
            "Right answers do, and answers where there should have been none.",
        )
    squad_json = json.dumps(lessons.squad, ensure_ascii=False, indent=1)
    if options.output == STDIN:
        print(squad_json)
    else:
        try:
            Path(options.output).write_text(f"{squad_json}\n", "utf-8")
        except OSError as error:
            raise StoreError(
                f"{options.output} cannot be written ({error.strerror}).",
                "Name a file in a folder that is there and can be written.",
            ) from error
    complain(str(lessons))
    return OK
