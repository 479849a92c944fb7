"""Who a call comes from, even where it is passed on inside the server."""

import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-pullquote-caller"
UNKNOWN = "unknown"


class CallerNote:
    """Notes the caller's address in a header of the request.

    Gradio's MCP server calls the endpoints anew from this machine, with the headers of the
    call it got. So the note says who called first. It begins with a secret of this server:
    a note without it was made up by the caller, and is replaced.

    Args:
        app: what handles the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._secret = secrets.token_urlsafe()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            given, _, address = headers.get(HEADER, "").partition(" ")
            if not secrets.compare_digest(given.encode(), self._secret.encode()):
                client = scope.get("client")
                address = client[0] if client else UNKNOWN
            headers[HEADER] = f"{self._secret} {address}"
        await self._app(scope, receive, send)


def caller_of(headers: Mapping[str, str]) -> str:
    """The address that was noted in a request's headers."""
    return headers.get(HEADER, "").partition(" ")[2] or UNKNOWN
