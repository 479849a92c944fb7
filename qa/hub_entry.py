"""The way in where visitors log in with Hugging Face: the door, the way there, and the way back."""

import logging
import secrets
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.begun_logins import BEGUN_S, BegunLogins
from qa.callers import caller_of
from qa.faults import BusyError, HubLoginError
from qa.hub_login import HubLogin, Members
from qa.hub_page import door_html, fault_html
from qa.login import ATTEMPTS_PER_MINUTE, BURST_ATTEMPTS, COOKIE, login_of, path_of
from qa.logins import Logins
from qa.openid import CALLBACK, Attempt, person_of, provider_address
from qa.rates import Rate

START = "/login/huggingface"
ENTRANCES = frozenset({START, CALLBACK})
NEXT = "next"  # in the address of START: the query of the page to go back to
# Of the browser's own pages of this host only, over TLS: what the prefix makes it hold to.
BEGUN_COOKIE = "__Host-pullquote-login"
NOT_KEPT = {"Cache-Control": "no-store"}
DENIED = "access_denied"

logger = logging.getLogger(__name__)


class HubEntry:
    """Shows the door to those who have not logged in, and lets them in once they have.

    Args:
        app: what handles every other request.
        login: how visitors log in.
        members: who has.
        logins: the tokens of their browsers.
    """

    def __init__(self, app: ASGIApp, *, login: HubLogin, members: Members, logins: Logins) -> None:
        self._app = app
        self._login = login
        self._members = members
        self._logins = logins
        self._begun = BegunLogins()
        self._attempts = Rate(per_minute=ATTEMPTS_PER_MINUTE, burst=BURST_ATTEMPTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        path = path_of(scope) if scope["type"] == "http" else ""
        if path in ENTRANCES and scope["method"] == "GET":
            response = await self._entered(Request(scope), path)
        elif path == "/" and login_of(scope, self._logins) is None:
            response = HTMLResponse(door_html(self._start(scope["query_string"].decode("latin-1"))))
            response.headers.update(NOT_KEPT)
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)

    async def _entered(self, request: Request, path: str) -> Response:
        try:
            self._attempts.take(caller_of(request.headers))
            response = await (self._go(request) if path == START else self._come_back(request))
        except HubLoginError as error:
            if error.reason:
                logger.warning("A login with Hugging Face failed: %s", error.reason)
            page = fault_html(error.problem, error.remedy, self._start())
            response = HTMLResponse(page, status_code=error.status)
        except BusyError as busy:
            page = fault_html(busy.problem, busy.remedy, self._start())
            response = HTMLResponse(page, status_code=HTTPStatus.TOO_MANY_REQUESTS)
            response.headers["Retry-After"] = str(busy.wait_s)
        response.headers.update(NOT_KEPT)
        return response

    async def _go(self, request: Request) -> Response:
        """Send a visitor to the provider."""
        cookie = self._begun.begin(request.query_params.get(NEXT, ""))
        response = RedirectResponse(
            await provider_address(self._login, self._begun.attempt(cookie)),
            status_code=HTTPStatus.SEE_OTHER,
        )
        # Lax: the way back is a visit of a whole page, never of a frame.
        response.set_cookie(
            BEGUN_COOKIE, cookie, max_age=BEGUN_S, secure=True, httponly=True, samesite="lax"
        )
        return response

    async def _come_back(self, request: Request) -> Response:
        """Let in whom the provider has sent back."""
        given = request.query_params
        attempt, query = self._begun.end(request.cookies.get(BEGUN_COOKIE), given.get("state", ""))
        token = await self._token(attempt, code=given.get("code"), refused=given.get("error"))
        # The page and nothing but its query: there is no other place to be sent to.
        home = f"{self._login.home}/{'?' if query else ''}{query}"
        response = RedirectResponse(home, status_code=HTTPStatus.SEE_OTHER)
        response.delete_cookie(BEGUN_COOKIE, secure=True, httponly=True, samesite="lax")
        # None: Hugging Face shows a Space in a frame.
        response.set_cookie(
            COOKIE.format(request.scope["app"].cookie_id),
            token,
            secure=True,
            httponly=True,
            samesite="none",
        )
        return response

    async def _token(self, attempt: Attempt, *, code: str | None, refused: str | None) -> str:
        if refused == DENIED:
            raise HubLoginError(
                "Hugging Face was not allowed to say who you are.",
                "Log in again and allow it, if you want to ask.",
                status=HTTPStatus.FORBIDDEN,
            )
        if refused is not None or not code:
            raise HubLoginError(
                "Hugging Face did not let you log in.",
                "Try again; if that does not help, tell whoever runs the Space.",
                reason="it sent no code",
            )
        person = await person_of(self._login, attempt, code)
        self._members.welcome(person)
        token = secrets.token_urlsafe()
        self._logins[token] = person.name
        return token

    def _start(self, query: str = "") -> str:
        """Where a login begins: at the host that the provider sends back to."""
        behind = f"?{urlencode({NEXT: query})}" if query else ""
        return f"{self._login.home}{START}{behind}"
