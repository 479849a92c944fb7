"""The security headers of every response."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError

# The page needs inline scripts and styles (Gradio puts its settings there), and makes functions
# of the script that an HTML part brings. Nothing comes from another host.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


class SecurityHeaders:
    """Sets the headers on every response.

    Args:
        app: what handles the request.
        embedding: origins whose pages may show this one in a frame; without any, only its own.

    Raises:
        InputError: an origin would end the header's directive.
    """

    def __init__(self, app: ASGIApp, embedding: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy_with(embedding),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def policy_with(embedding: Sequence[str]) -> str:
    """The content security policy.

    Args:
        embedding: origins whose pages may show this one in a frame.

    Raises:
        InputError: an origin would end the header's directive.
    """
    for origin in embedding:
        if not origin.isascii() or not origin.isprintable() or set(origin) & set(" ;,'\""):
            raise InputError(
                f"{origin!r} is not an origin.", "Give one such as https://intranet.example."
            )
    ancestors = " ".join(["'self'", *embedding])
    rules = {**POLICY, "frame-ancestors": ancestors}
    return "; ".join(f"{name} {value}" for name, value in rules.items())
