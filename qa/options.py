"""What several commands ask for alike: models, a least score, a filter; and loading of all."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qa.defaults import BATCH_SIZE
from qa.sources import limits_of, named_sources
from qa.terminal import skipped_files_named

# As in qa.cli: what needs a library is imported in the function that uses it.
if TYPE_CHECKING:
    from index.filters import Filter
    from qa.assistant import Assistant


def add_models(command: argparse.ArgumentParser) -> None:
    """Add the models of a command, by default those that are shipped.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "--reader", metavar="MODEL", type=model, help="folder or hub id of a reader"
    )
    add_embedder(command)


def add_embedder(command: argparse.ArgumentParser) -> None:
    """Add the embedding model of a command, by default the one that is shipped.

    Args:
        command: what the option is added to.
    """
    command.add_argument(
        "--embedder", metavar="MODEL", type=model, help="folder or hub id of an embedder"
    )


def add_min_score(command: argparse.ArgumentParser) -> None:
    """Add the least score of an answer.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "--min-score",
        type=probability,
        metavar="P",
        help="lowest score of an answer, from 0 to 1; below it, no answer is given"
        " (the one fitted for the reader)",
    )


def add_batch_size(command: argparse.ArgumentParser) -> None:
    """Add how much the reader reads at a time.

    Args:
        command: what the option is added to.
    """
    command.add_argument(
        "--batch-size",
        type=positive,
        default=BATCH_SIZE,
        help=f"windows of text read at a time ({BATCH_SIZE})",
    )


def add_filter(command: argparse.ArgumentParser) -> None:
    """Add which of the articles are asked.

    Args:
        command: what the options are added to.
    """
    for name, metavar, told in (
        ("--collection", "NAME", "only articles of this collection"),
        ("--document", "ID", "only the article with this id"),
        ("--language", "CODE", "only articles known to be in this language, such as en"),
    ):
        command.add_argument(
            name, metavar=metavar, action="append", help=f"{told}; may be repeated"
        )
    for name, told in (("--since", "no earlier"), ("--until", "no later")):
        command.add_argument(
            name,
            metavar="DATE",
            help=f"only articles known to be {told} than 2024, 2024-03 or 2024-03-05",
        )


def filter_of(options: argparse.Namespace) -> "Filter | None":
    """Which of the articles are asked, or None for all.

    Args:
        options: of the command, with those of `add_filter`.

    Raises:
        InputError: a date is none, or a language blank.
    """
    from index.filters import Filter

    where = Filter(
        collections=options.collection,
        documents=options.document,
        languages=options.language,
        since=options.since,
        until=options.until,
    )
    return None if where.is_open else where


def probability(text: str) -> float:
    """Read a number from 0 to 1.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


def positive(text: str) -> int:
    """Read a whole number from 1 on.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return number


def port(text: str) -> int:
    """Read the number of a port.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if there is no such port.
    """
    number = positive(text)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is above 65535")
    return number


def model(text: str) -> str:
    """Read the name of a model.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is blank, as a variable which is not set: it would be
            the model that is shipped.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a model")
    return text


def folder(text: str) -> Path:
    """Read the name of a folder.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is blank, as a variable which is not set: it would be
            the working folder.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder; use . for this one")
    return Path(text)


def load_assistant(options: argparse.Namespace) -> "Assistant":
    """Load what answers, and say which files could not be read.

    Args:
        options: of the command, with those of `add_sources` and `add_models`.
    """
    with skipped_files_named():
        return load_named(options)


def load_named(options: argparse.Namespace) -> "Assistant":
    """Load what answers: the articles and the models that a command was given.

    Args:
        options: of the command, with those of `add_sources` and `add_models`.
    """
    from qa import load

    return load(
        named_sources(options) or None,
        reader=options.reader,
        embedder=options.embedder,
        limits=limits_of(options),
        allow_private=options.allow_private,
        progress=sys.stderr.isatty(),
    )
