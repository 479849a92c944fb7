"""What a server's login consists of: by passwords, or with Hugging Face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.middleware import Middleware

from qa.accounts import Accounts
from qa.hub_entry import ENTRANCES, HubEntry
from qa.hub_login import HubLogin, Members
from qa.kept import Kept
from qa.kept_folder import account_secret, account_visitor
from qa.login import Door, Login


@dataclass(frozen=True, slots=True)
class Entrance:
    """A login, as the server needs it.

    Args:
        door: checks passwords, and holds who has logged in.
        middleware: what every request passes, first to last.
        visitor_of: the secret that an account's visitor is known by in every browser, by the
            name; None where browsers are visitors. Those who share a password do not share
            what they ask.
    """

    door: Door
    middleware: tuple[Middleware, ...]
    visitor_of: Callable[[str], str | None] | None = None


def entrance_of(
    accounts: Accounts | HubLogin, *, days: float, embedding: Sequence[str], kept: Kept | None
) -> Entrance:
    """The login before a server.

    Args:
        accounts: who may log in, and how.
        days: after its last use, when a login ends.
        embedding: origins whose pages may use their visitor's login.
        kept: what keeps conversations.

    Raises:
        InputError: days is not above 0.
        StoreError: nothing can be kept.
    """
    if isinstance(accounts, Accounts):
        door = Door(accounts, days=days)
        return Entrance(door, (Middleware(Login, door=door, embedding=embedding),))
    members = Members(accounts.allowed)
    door = Door(members, days=days)
    middleware = (
        Middleware(Login, door=door, embedding=embedding, entrances=ENTRANCES),
        Middleware(HubEntry, login=accounts, members=members, logins=door.logins),
    )
    if kept is None:
        return Entrance(door, middleware)
    secret, provider = account_secret(kept.folder), accounts.provider

    def visitor_of(name: str) -> str | None:
        subject = members.mark_of(name)
        return account_visitor(secret, f"{provider} {subject}") if subject else None

    return Entrance(door, middleware, visitor_of)
