"""Logging in with Hugging Face: what a Space's environment says of it, and who may."""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

from index.errors import InputError
from qa.faults import HubLoginError

ALLOWED = "PULLQUOTE_AUTH_ALLOWED"  # the variable with the names of those who may; else everyone
# What a Space has in its environment once its README says hf_oauth: true.
CLIENT_ID, SCOPES, PROVIDER = "OAUTH_CLIENT_ID", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"
CLIENT_SECRET = "OAUTH_CLIENT_SECRET"  # noqa: S105 - the name of the variable
HOST = "SPACE_HOST"
NEEDED = (CLIENT_ID, CLIENT_SECRET, SCOPES, PROVIDER, HOST)
ASKED_FOR = ("openid", "profile")  # who somebody is, and nothing of theirs
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
HOST_NAME = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
MEMBERS_HELD = 10_000  # of more, those who logged in longest ago log in again


@dataclass(frozen=True, slots=True)
class HubLogin:
    """How visitors log in with Hugging Face.

    Args:
        client_id: what the provider knows this server by.
        client_secret: by which the server proves it.
        provider: address of the OpenID provider, which its issuer is.
        home: where visitors find this server: scheme and host.
        allowed: names of those who may log in; None lets everyone with an account in.
    """

    client_id: str
    client_secret: str = field(repr=False)
    provider: str
    home: str
    allowed: frozenset[str] | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read what Spaces says.

        Raises:
            InputError: something is missing, or cannot be used.
        """
        missing = [name for name in NEEDED if not environment.get(name, "").strip()]
        if missing:
            raise InputError(
                f"Nobody can log in with Hugging Face: {', '.join(missing)} is not set.",
                "On a Space write `hf_oauth: true` into the front matter of its README.md.",
            )
        lacking = [one for one in ASKED_FOR if one not in environment[SCOPES].split()]
        if lacking:
            raise InputError(
                f"{SCOPES} has no {' and no '.join(lacking)}.",
                "Leave the scopes to Spaces, which always gives these two.",
            )
        # Where a Space has a domain of its own, both are listed; the first is that of Spaces.
        host = environment[HOST].split(",")[0].strip()
        if not HOST_NAME.fullmatch(host):
            raise InputError(f"{HOST} is {host!r}, which is not a host.", "Leave it to Spaces.")
        provider = environment[PROVIDER].strip().rstrip("/")
        if urlsplit(provider).scheme != "https" or not urlsplit(provider).netloc:
            raise InputError(
                f"{PROVIDER} is {provider!r}, which does not begin with https.",
                "Leave it to Spaces.",
            )
        return cls(
            client_id=environment[CLIENT_ID].strip(),
            client_secret=environment[CLIENT_SECRET].strip(),
            provider=provider,
            home=f"https://{host}",
            allowed=_names(environment.get(ALLOWED)),
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who the provider says that a visitor is.

    Args:
        subject: the provider's number for the account, the same whatever its name.
        name: of the account.
    """

    subject: str
    name: str

    def __str__(self) -> str:
        return self.name


class Members:
    """Those who logged in with Hugging Face, in the place of accounts; safe between threads.

    Args:
        allowed: names of those who may; None lets everyone in.
        held: how many are remembered.
    """

    def __init__(self, allowed: frozenset[str] | None, *, held: int = MEMBERS_HELD) -> None:
        self._allowed = None if allowed is None else {name.casefold() for name in allowed}
        self._held = held
        self._subjects: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def welcome(self, person: Person) -> None:
        """Let somebody in, whom the provider has named.

        Raises:
            HubLoginError: they may not.
        """
        if not NAME.fullmatch(person.name):
            raise HubLoginError(
                "Your account name cannot be used here.", "Tell whoever runs the Space."
            )
        if self._allowed is not None and person.name.casefold() not in self._allowed:
            raise HubLoginError(
                f"“{person.name}” is not among those who may use this.",
                "Ask whoever runs the Space to add the name, or log out of Hugging Face and log"
                " in with another account.",
                status=HTTPStatus.FORBIDDEN,
            )
        with self._lock:
            self._subjects[person.name] = person.subject
            self._subjects.move_to_end(person.name)
            while len(self._subjects) > self._held:
                self._subjects.popitem(last=False)

    def mark_of(self, name: str) -> str | None:
        """The account's number, which is another once somebody else has the name."""
        with self._lock:
            return self._subjects.get(name)

    def admit(self, name: str, password: str) -> bool:
        """Nobody: there are no passwords here."""
        del name, password
        return False


def _names(listed: str | None) -> frozenset[str] | None:
    """Names between commas or blanks.

    Raises:
        InputError: there is none, or one that no account can have.
    """
    if listed is None:
        return None
    names = frozenset(listed.replace(",", " ").split())
    wrong = sorted(name for name in names if not NAME.fullmatch(name))
    if wrong or not names:
        what = f"has {wrong[0]!r}, which is not a name" if wrong else "names nobody"
        raise InputError(
            f"{ALLOWED} {what}.",
            "Give names of Hugging Face accounts such as ada,ben, or remove the variable.",
        )
    return names
