"""What commands share: how they are described, print and complain."""

import argparse
import codecs
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any, NoReturn, TextIO

OK, FAILED = 0, 1
STDIN = "-"
NAME_LISTS = (
    argparse.ZERO_OR_MORE,
    argparse.ONE_OR_MORE,
)  # how argparse writes that names may follow
SPELT = "pullquote.spelt"  # what spells out the characters that an encoding lacks
# Control characters but tab and line feed, those that break a line or turn the direction of
# writing, and halves of surrogate pairs, which names of files may have and no terminal takes.
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Parser(argparse.ArgumentParser):
    """A parser that takes names wherever they stand, and whose complaints may be about any name."""

    def parse_known_args(  # type: ignore[override] # its overloads say the same at length
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse what stands in the arguments, and give what does not belong in them.

        argparse ends a list of names at the first option behind it; names that follow are left.
        """
        found, left = super().parse_known_args(args, namespace)
        lists = [action for action in self._actions if action.nargs in NAME_LISTS]
        if lists and all(name == STDIN or not name.startswith("-") for name in left):
            (names,) = lists
            setattr(found, names.dest, [*getattr(found, names.dest), *left])
            left = []
        return found, left

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command's arguments, and end."""
        super().error(shown(message))

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End, with the help and the complaint written out."""
        self._print_message(message or "", sys.stderr)
        super().exit(write_out(status))


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


def encode_anything() -> None:
    """Let standard output and standard error take every character.

    What goes to a file or a program is UTF-8: JSON has to be, and we read accounts and questions
    as that. A terminal keeps its encoding, since it would show UTF-8 as something else. What an
    encoding lacks is spelt out as JSON does it, so that JSON stays JSON.
    """
    codecs.register_error(SPELT, _spelt_as_json)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # and not what somebody put in its place
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors=SPELT)


def _spelt_as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


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
    with suppress(OSError):  # where nobody hears it the exit code has to do
        print(f"pullquote: {shown(' '.join(message.split()))}", file=sys.stderr)


def write_out(code: int) -> int:
    """Write out what was printed and complained of, or say why it cannot be.

    Python does so on its way out only, with words and an exit code of its own if it cannot.

    Args:
        code: the exit code so far.

    Returns:
        The exit code: 1 if the output cannot be written; that its reader, such as head, has had
        enough is no fault.
    """
    try:
        if sys.stdout is not None:  # as where we were started without
            sys.stdout.flush()
    except BrokenPipeError:
        _let_go(sys.stdout)
    except OSError as error:
        _let_go(sys.stdout)
        complain(not_written(error))
        code = FAILED
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _let_go(sys.stderr)
    return code


def not_written(error: OSError) -> str:
    """What to complain of where the output cannot be written."""
    return (
        f"The output cannot be written ({error.strerror})."
        " Check the free space, or write it elsewhere."
    )


def _let_go(stream: TextIO) -> None:
    """Send the rest of a stream nowhere, or Python tries again to write it on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def skipped_files_named() -> Iterator[list[str]]:
    """Say on standard error, a line each, which files could not be read and what a model lacks.

    Yields:
        Why files could not be read; filled when the block ends.
    """
    from index.articles import SkippedFileWarning
    from index.fast_kept import SlowModelWarning
    from index.hub import UnfittedModelWarning

    told = (SkippedFileWarning, SlowModelWarning, UnfittedModelWarning)
    with warnings.catch_warnings(record=True) as caught:
        for category in told:
            warnings.simplefilter("always", category)
        skipped: list[str] = []
        try:
            yield skipped
        finally:  # where no file could be read at all, too
            for warning in caught:
                if issubclass(warning.category, SkippedFileWarning):
                    skipped.append(str(warning.message))
                if issubclass(warning.category, told):
                    complain(str(warning.message))
