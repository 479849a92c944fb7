"""Which hosts a server answers to: no page of the web gets at one that is this machine's alone.

A page can have its own name made to point at 127.0.0.1 (DNS rebinding), and to the browser the
server here is then the page's own. What it was asked for as stands in the header ``Host``.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Mapping, Sequence, Set
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import InputError

ALLOWED_HOSTS = "PULLQUOTE_ALLOWED_HOSTS"  # the variable with hosts, instead of --allow-host
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")  # as they stand in the header
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]*)?", re.IGNORECASE)


class AnsweredHosts:
    """Refuses what is asked of another host.

    Starlette's ``TrustedHostMiddleware`` does the same, but does not say what to do about it.

    Args:
        app: what handles the request.
        hosts: those that are answered.
    """

    def __init__(self, app: ASGIApp, hosts: Set[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] in {"http", "websocket"}:
            asked_for = Headers(scope=scope).get("host", "")
            found = HOST.fullmatch(asked_for)
            if not found or found[1].lower() not in self._hosts:
                error = _not_here(asked_for)
                refusal = JSONResponse(error.to_dict(), HTTPStatus.MISDIRECTED_REQUEST)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def chosen_hosts(
    given: Sequence[str] = (), environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """The hosts that an option, or else the environment, has a server answer to.

    Args:
        given: of the option.
        environment: of the process.
    """
    return tuple(given or environment.get(ALLOWED_HOSTS, "").replace(",", " ").split())


def answered_hosts(bound: str, named: Sequence[str]) -> frozenset[str] | None:
    """The hosts that a server answers to; None is any.

    Args:
        bound: what it is served on, as it stands in an address of the web.
        named: hosts that others know it by, as where a proxy on this machine passes them on.

    Raises:
        InputError: a host is none.
    """
    for host in named:
        found = HOST.fullmatch(host)
        if not found or found[2]:
            raise InputError(
                f"{host!r} is not a host.", "Give one such as chat.example, without http and port."
            )
    if not named and not _is_loopback(bound.strip("[]")):
        return None
    return frozenset(host.lower() for host in (*LOOPBACK, bound, *named))


def _is_loopback(host: str) -> bool:
    """Whether all that a server on this host is bound to is this machine's alone."""
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):  # it cannot be served on, of which the server tells
        return False
    return all(ipaddress.ip_address(one[4][0]).is_loopback for one in found)


def _not_here(asked_for: str) -> InputError:
    return InputError(
        f"This server does not answer to the host {asked_for!r}.",
        "Open it as localhost or 127.0.0.1. Where a proxy passes on another host, start the server"
        " with --allow-host and that host.",
    )
