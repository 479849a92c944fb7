"""The command line: ``pullquote``.

Exit codes: 0, all went well; 1, something could not be done; 2, wrong usage.
What needs a model's libraries is imported by the command that uses it, so that ``--help`` and
usage errors come at once.
"""

import sys
from collections.abc import Sequence
from errno import ENOSPC

from index.errors import PullquoteError
from qa import __version__
from qa.ask_commands import add_ask, add_search
from qa.batch_command import add_batch
from qa.chat_command import add_chat
from qa.evaluate_command import add_evaluate
from qa.export_command import add_export
from qa.feedback_command import add_feedback
from qa.index_commands import add_index
from qa.password_command import add_password
from qa.terminal import FAILED, OK, Parser, complain, encode_anything, not_written, write_out


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what stands behind ``pullquote``; without it, the process's own.

    Returns:
        The exit code.
    """
    encode_anything()
    return write_out(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except PullquoteError as error:
        complain(str(error))
        return FAILED
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        return OK
    except OSError as error:
        if write_out(OK) == OK:  # else that was the fault, and it is said
            # What was too long to be held back is lost with the fault, which names no file.
            full = error.errno == ENOSPC and error.filename is None
            complain(not_written(error) if full else str(error))
        return FAILED
    except KeyboardInterrupt:
        complain("Stopped.")
        return FAILED
    return code


def _parser() -> Parser:
    parser = Parser(
        prog="pullquote",
        description="Ask an article, get its own words back.",
        epilog="Exit codes: 0 all went well, 1 something could not be done, 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"pullquote {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_chat(commands)
    add_password(commands)
    add_ask(commands)
    add_search(commands)
    add_batch(commands)
    add_index(commands)
    add_feedback(commands)
    add_evaluate(commands)
    add_export(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
