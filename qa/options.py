"""What several commands ask for alike: articles, models, a least score; and loading of them."""

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qa.terminal import named_sources, skipped_files_named

# As in qa.cli: what needs a library is imported in the function that uses it.
if TYPE_CHECKING:
    from index.embed import Embedder
    from index.filters import Filter
    from index.limits import ReadLimits
    from qa.assistant import Assistant

TOP_K = 3


def add_sources(command: argparse.ArgumentParser) -> None:
    """Add the articles of a command, by default the examples.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="article (text, HTML, PDF, Word, EPUB), table (.csv, .jsonl) or .zip of articles,"
        " folder or pattern ('notes/**/*.md') of them, address of a web page, or folder of a saved"
        " index; - reads standard input; without any, the example articles",
    )
    add_limits(command)


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add how much of a source is read.

    Args:
        command: what the option is added to.
    """
    command.add_argument(
        "--limit",
        metavar="NAME=NUMBER",
        action="append",
        type=limit,
        help="read more of a source, or less, such as pdf_pages=8000 or seconds=300: the README"
        " names all; several times for several",
    )


def limits_of(options: argparse.Namespace) -> "ReadLimits":
    """How much of a source is read.

    Args:
        options: of the command, with that of `add_limits`.

    Raises:
        InputError: there is no such limit, or it is not above 0.
    """
    from dataclasses import asdict

    from index.errors import InputError
    from index.limits import DEFAULT_LIMITS, ReadLimits

    given: dict[str, float] = dict(options.limit or ())
    kinds = {name: type(value) for name, value in asdict(DEFAULT_LIMITS).items()}
    for name in given.keys() - kinds.keys():
        raise InputError(f"There is no limit {name!r}.", f"Name one of {', '.join(kinds)}.")
    return ReadLimits(**{name: kinds[name](number) for name, number in given.items()})


def add_models(command: argparse.ArgumentParser) -> None:
    """Add the models of a command, by default those that are shipped.

    Args:
        command: what the options are added to.
    """
    command.add_argument("--reader", metavar="MODEL", help="folder or hub id of a reader")
    add_embedder(command)


def add_embedder(command: argparse.ArgumentParser) -> None:
    """Add the embedding model of a command, by default the one that is shipped.

    Args:
        command: what the option is added to.
    """
    command.add_argument("--embedder", metavar="MODEL", help="folder or hub id of an embedder")


def embedder_of(name: str | None) -> "Embedder":
    """Load an embedding model: the one that is shipped, without a name.

    Args:
        name: folder or hub id.

    Raises:
        ModelError: it cannot be loaded.
    """
    from index.embedder import load_embedder, shipped_embedder

    return load_embedder(name) if name else shipped_embedder()


def add_min_score(command: argparse.ArgumentParser) -> None:
    """Add the least score of an answer.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "--min-score",
        type=probability,
        metavar="P",
        help="least score of an answer, from 0 to 1; below it the article does not say"
        " (what was fitted for the reader)",
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
            name, metavar=metavar, action="append", help=f"{told}; several times for several"
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


def limit(text: str) -> tuple[str, float]:
    """Read a name and a number.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    name, _, written = text.partition("=")
    try:
        number = float(written.replace("_", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER")
    return name.strip(), number


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


def folder(text: str) -> Path:
    """Read the name of a folder.

    Args:
        text: as it was typed.

    Raises:
        argparse.ArgumentTypeError: if it is blank, as a variable which is not set: it would be
            the working folder.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder; . is this one")
    return Path(text)


def load_assistant(options: argparse.Namespace) -> "Assistant":
    """Load what answers: the articles and the models that a command was given.

    Args:
        options: of the command, with those of `add_sources` and `add_models`.
    """
    from qa import load

    with skipped_files_named():
        return load(
            named_sources(options) or None,
            reader=options.reader,
            embedder=options.embedder,
            limits=limits_of(options),
            progress=sys.stderr.isatty(),
        )
