"""A login before everything that a server offers."""

import asyncio
import base64
import binascii
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import PullquoteError
from qa.callers import caller_of
from qa.faults import BusyError, LoginError, OriginError
from qa.logins import SERVER, Logins
from qa.rates import Rate

# What the login page is made of, and whether the server runs. Everything else is closed, so that
# a route which a new Gradio adds is closed too.
OPEN = {
    "/",
    "/login",
    "/login/",
    "/logout",
    "/theme.css",
    "/favicon.ico",
    "/gradio.js",
    "/healthz",
    "/readyz",
}
OPEN |= {"/gradio_api/startup-events"}  # Gradio calls it as it starts, and it then does nothing
# A number of the server's that is drawn as it starts, by which a page sees that it has started anew
# and loads itself again, to ask for the login that ended with the server before.
OPEN |= {"/gradio_api/app_id"}
OPEN_FOLDERS = ("/assets/", "/static/", "/svelte/")
ATTEMPTS_PER_MINUTE, BURST_ATTEMPTS = 10, 10  # of an address, right ones too
KNOWN_KEPT = 1_000  # of programs that send their password with every call
MESSAGE = "After ten attempts you have to wait a minute."
COOKIE = "access-token-{}"  # where Gradio keeps its tokens; on plain HTTP in the second
PLAIN_COOKIE = "access-token-unsecure-{}"


class Admitting(Protocol):
    """Who may log in: names in a file, or members of Hugging Face."""

    def admit(self, name: str, password: str) -> bool:
        """Whether a name and a password belong together."""

    def mark_of(self, name: str) -> object:
        """What changes once a name's login shall end; None for a name that is none."""


class Door:
    """Checks names and passwords, one at a time, since each takes memory and a core.

    Args:
        accounts: who may log in.
        days: after its last use, when a login ends.

    Raises:
        InputError: days is not above 0.
    """

    def __init__(self, accounts: Admitting, *, days: float) -> None:
        self._accounts = accounts
        self.logins = Logins(accounts.mark_of, days=days)
        self._turn = asyncio.Lock()
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._key = secrets.token_bytes()

    async def admit(self, name: str, password: str) -> bool:
        """Whether they belong together."""
        async with self._turn:
            return await asyncio.to_thread(self._accounts.admit, name, password)

    def token_of(self, name: str, password: str) -> str | None:
        """The token that was given for the same before."""
        return self._known.get(self._mark(name, password))

    def remember(self, name: str, password: str, token: str) -> None:
        """Give this token for the same again."""
        self._known[self._mark(name, password)] = token
        while len(self._known) > KNOWN_KEPT:
            self._known.popitem(last=False)

    def _mark(self, name: str, password: str) -> bytes:
        # Keyed, so that nothing of the password can be had from memory.
        given = f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, given, sha256)


class Login:
    """Lets only those in who have logged in to Gradio, or send a name and a password along.

    Gradio keeps a token for everyone who logged in and checks it where its own routes do; the
    MCP tools, among others, it leaves open.

    Args:
        app: what handles the request.
        door: checks passwords that come with a call.
        embedding: origins whose pages may use their visitor's login.
        entrances: paths by which visitors log in elsewhere, in place of passwords.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        embedding: Sequence[str] = (),
        entrances: Collection[str] = (),
    ) -> None:
        self._app = app
        self._door = door
        self._embedding = frozenset(embedding)
        self._passwords = not entrances
        self._open = OPEN.union(entrances)
        self._attempts = Rate(per_minute=ATTEMPTS_PER_MINUTE, burst=BURST_ATTEMPTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope["app"].tokens = self._door.logins  # instead of Gradio's, which never end
        refused = await self._refusal(scope)
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refused(scope, receive, send)
        else:  # a web socket, of which there are none
            await send({"type": "websocket.close", "code": 1008})

    async def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers, path = Headers(scope=scope), path_of(scope)
        caller = caller_of(headers)
        try:
            if path.rstrip("/") == "/login" and scope.get("method") == "POST":
                self._attempts.take(caller)
                return None
            if await self._logs_in(scope, headers, caller):
                return None
        except BusyError as busy:
            wait = {"Retry-After": str(busy.wait_s)}
            return _refused(busy, HTTPStatus.TOO_MANY_REQUESTS, wait)
        except OriginError as error:
            return _refused(error, HTTPStatus.FORBIDDEN)
        if path in self._open or path.startswith(OPEN_FOLDERS):
            return None
        # Without a header that asks for it, since browsers would open a window of their own.
        return _refused(LoginError(passwords=self._passwords), HTTPStatus.UNAUTHORIZED)

    async def _logs_in(self, scope: Scope, headers: Headers, caller: str) -> bool:
        """Whether a call comes with a login; one with a password is given Gradio's token."""
        logins = self._door.logins
        if logins.use(login_of(scope, logins)):
            self._check_origin(headers)
            return True
        given = _basic(headers.get("authorization", ""))
        if given is None:
            return False
        token = self._door.token_of(*given)
        if token is None or not logins.use(token):  # never given, logged out of, or ended
            self._attempts.take(caller)
            if not await self._door.admit(*given):
                return False
            token = secrets.token_urlsafe()
            logins[token] = given[0]
            self._door.remember(*given, token)
        others = headers.get("cookie")
        ours = f"{COOKIE.format(scope['app'].cookie_id)}={token}"
        MutableHeaders(scope=scope)["cookie"] = f"{others}; {ours}" if others else ours
        return True

    def _check_origin(self, headers: Headers) -> None:
        """Refuse a call that another site's page makes with its visitor's cookie.

        Gradio lets pages of any site call a server that is not on this machine.
        """
        origin = headers.get("origin")
        if origin is None or origin in self._embedding:
            return
        if urlsplit(origin).netloc != headers.get("host"):
            raise OriginError


def _refused(
    error: PullquoteError, status: int, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """What a call is told, and in ``error`` what Gradio's page shows of it."""
    told = {**error.to_dict(), "error": str(error)}
    return JSONResponse(told, status_code=status, headers=headers)


def inside_headers(app: Any, door: Door) -> dict[str, str]:
    """Headers by which the server's own MCP client may call it.

    Args:
        app: Gradio's, of the server that runs.
        door: of that server.
    """
    token = secrets.token_urlsafe()
    door.logins[token] = SERVER
    return {"cookie": f"{COOKIE.format(app.cookie_id)}={token}"}


def login_of(scope: Scope, logins: Logins) -> str | None:
    """The token of a browser's login, if it has one that lasts."""
    number = scope["app"].cookie_id
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    tokens = (cookies.get(name.format(number)) for name in (COOKIE, PLAIN_COOKIE))
    return next((token for token in tokens if token is not None and token in logins), None)


def path_of(scope: Scope) -> str:
    """The path without what a proxy puts before it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _basic(header: str) -> tuple[str, str] | None:
    """The name and the password of a header Authorization, if they are in it."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
