"""Which login a server has: names in a file, Hugging Face, or none."""

import os
from collections.abc import Mapping
from pathlib import Path

from index.errors import InputError
from qa.accounts import AUTH_FILE, Accounts
from qa.hub_login import ALLOWED, HubLogin

AUTH = "PULLQUOTE_AUTH"  # the variable that may say, instead of the option --auth,
HUB = "huggingface"  # this


def chosen_login(
    given: str | None, environment: Mapping[str, str] = os.environ
) -> Accounts | HubLogin | None:
    """The login that an option or the environment asks for; None where neither does.

    Args:
        given: of the option: a file of accounts, or ``HUB``.
        environment: of the process.

    Raises:
        SourceError: the file is missing or cannot be read.
        InputError: what is asked for is empty, contradicts itself, or cannot be had.
    """
    kind, file = environment.get(AUTH), environment.get(AUTH_FILE)
    for name, asked_for in (("--auth", given), (AUTH, kind), (AUTH_FILE, file)):
        # As where a script's own variable is not set: nobody names it who wants an open door.
        if asked_for is not None and not asked_for.strip():
            what = HUB if name == AUTH else "a file of accounts"
            raise InputError(
                f"{name} is empty.", f"Name {what}, or leave it out to let everyone in."
            )
    if kind and kind != HUB:
        raise InputError(
            f"{AUTH} is {kind!r}.", f"Set it to {HUB}, or name a file of accounts in {AUTH_FILE}."
        )
    if given is None and kind and file:
        raise InputError(
            f"{AUTH} asks for a login with Hugging Face, and {AUTH_FILE} for one with passwords.",
            "Keep one of the two variables.",
        )
    asked = given or kind or file
    if asked == HUB and (given or kind):
        return HubLogin.from_environment(environment)
    if ALLOWED in environment:  # whoever set it does not want an open door
        raise InputError(
            f"{ALLOWED} is set, but nobody logs in with Hugging Face here.",
            f"Set {AUTH}={HUB} too, or remove the variable.",
        )
    return Accounts.from_file(Path(asked)) if asked else None
