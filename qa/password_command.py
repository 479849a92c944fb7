"""``pullquote password``: a name and its hashed password, for those whom the chat lets in."""

import argparse
import sys
from getpass import getpass
from typing import Any

from index.errors import InputError
from qa.accounts import account_line, check_name
from qa.terminal import OK, add_command


def add_password(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "password",
        "make a line for the file that chat --auth reads",
        "  pullquote password ada >> accounts\n  pullquote chat --auth accounts",
    )
    command.add_argument("name", metavar="NAME", help="who logs in")
    command.set_defaults(run=_password)


def _password(options: argparse.Namespace) -> int:
    check_name(options.name)
    password = _typed("Password: ")
    if _typed("Again: ") != password:
        raise InputError("The two passwords are not the same.", "Type them again.")
    print(account_line(options.name, password))
    return OK


def _typed(prompt: str) -> str:
    try:
        return getpass(prompt, stream=sys.stderr)
    except EOFError:  # Ctrl-D, or nobody is there to type
        sys.stderr.write("\n")  # what is said next has a line of its own
        raise InputError(
            "No password was typed.", "Run it in a terminal, and type the password twice."
        ) from None
