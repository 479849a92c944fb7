"""What the commands of the command line share: how they are described, read sources, complain."""

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

OK, FAILED = 0, 1
STDIN = "-"
# Control characters but tab and line feed, those that break a line or turn the direction of
# writing, and halves of surrogate pairs, which names of files may have and no terminal takes.
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints may be about any name."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command's arguments, and end."""
        super().error(shown(message))


def add_command(commands: Any, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add a command.

    Args:
        commands: argparse's subparsers.
        name: of the command.
        summary: what it does, without a full stop.
        examples: lines that call it, each indented.
    """
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return command


def named_sources(options: argparse.Namespace) -> list[Any]:
    """The sources named: paths and web pages, never text; standard input becomes a document.

    Raises:
        InputError: a name is empty, as that of a variable which is not set: it would be the
            working folder.
    """
    from index.decoding import decode
    from index.errors import InputError
    from index.records import Document
    from index.web import is_url

    sources: list[Any] = []
    for name in options.sources:
        if name == STDIN:
            text = decode(sys.stdin.buffer.read(), name="Standard input")
            sources.append(Document.from_text(text, title="Standard input", id="stdin"))
        elif not name:
            raise InputError("A SOURCE is empty.", "Name a file or a folder; . is this one.")
        else:
            sources.append(name if is_url(name) else Path(name))
    return sources


def shown(text: str) -> str:
    """A text for a terminal, in which what would move its cursor, colour or turn it is spelt out.

    Articles are other people's, and so are their names. The JSON that ``--json`` prints has them
    as they are.
    """
    return UNSHOWN.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def say(text: object) -> None:
    """Print something for a person; whatever a command says goes through here or ``complain``."""
    print(shown(str(text)))


def say_line(text: object) -> None:
    """Print something on one line, however many it has."""
    say(str(text).replace("\n", " "))


def complain(message: str) -> None:
    """Say something on standard error, in a line."""
    print(f"pullquote: {shown(' '.join(message.split()))}", file=sys.stderr)


@contextmanager
def skipped_files_named() -> Iterator[list[str]]:
    """Say on standard error which files could not be read, and what will be slow, a line each.

    Yields:
        Why files could not be read; filled when the block ends.
    """
    from index.articles import SkippedFileWarning
    from index.fast_kept import SlowModelWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SkippedFileWarning)
        skipped: list[str] = []
        yield skipped
    for warning in caught:
        if issubclass(warning.category, SkippedFileWarning):
            skipped.append(str(warning.message))
        if issubclass(warning.category, SkippedFileWarning | SlowModelWarning):
            complain(str(warning.message))
