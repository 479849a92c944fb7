"""The articles that a command is given, and how much of each is read."""

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.terminal import STDIN

# As in qa.cli: what needs a library is imported in the function that uses it.
if TYPE_CHECKING:
    from index.limits import ReadLimits

ARTICLE = (
    "article (text, HTML, PDF, Word, EPUB), table (.csv, .jsonl) or .zip of articles, folder or"
    " pattern ('notes/**/*.md') of them, or address of a web page"
)


def add_sources(command: argparse.ArgumentParser) -> None:
    """Add the articles of a command, by default the examples.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help=f"{ARTICLE}, or folder of a saved index; - reads standard input; without any, the"
        " example articles",
    )
    _add_reading(command)


def add_articles(command: argparse.ArgumentParser) -> None:
    """Add the articles of a command that goes into an index, at least one.

    Args:
        command: what the options are added to.
    """
    command.add_argument(
        "sources", metavar="SOURCE", nargs="+", help=f"{ARTICLE}; - reads standard input"
    )
    _add_reading(command)


def _add_reading(command: argparse.ArgumentParser) -> None:
    add_limits(command)
    command.add_argument(
        "--allow-private",
        action="store_true",
        help="fetch web pages from this machine and its own network too",
    )


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add how much of a source is read.

    Args:
        command: what the option is added to.
    """
    command.add_argument(
        "--limit",
        metavar="NAME=NUMBER",
        action="append",
        type=_limit,
        help="change a reading limit, such as pdf_pages=8000 or seconds=300 (the README lists"
        " them); may be repeated",
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


def named_sources(options: argparse.Namespace) -> list[Any]:
    """The sources named: paths and web pages, never text; of standard input, the articles.

    Args:
        options: of the command, with those of `add_sources` or `add_articles`.

    Raises:
        InputError: a name is empty, as that of a variable which is not set: it would be the
            working folder; or standard input is closed.
        SourceError: what is piped in is too large, damaged, or holds no article.
    """
    from index.errors import InputError
    from index.read import read_piped
    from index.web import is_url

    sources: list[Any] = []
    for name in options.sources:
        if name == STDIN:
            if sys.stdin is None:
                raise InputError("Standard input is closed.", "Pipe an article in, or name one.")
            sources += read_piped(sys.stdin.buffer, limits=limits_of(options))
        elif not name:
            raise InputError("A SOURCE is empty.", "Name a file or a folder (. for this one).")
        else:
            sources.append(name if is_url(name) else Path(name))
    return sources


def _limit(text: str) -> tuple[str, float]:
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
