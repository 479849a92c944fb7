"""Logins that visitors have begun and not ended: each is a cookie of its browser, none is held."""

import base64
import hmac
import re
import secrets
import time
from collections.abc import Callable
from hashlib import sha256

from qa.faults import HubLoginError
from qa.openid import Attempt

BEGUN_S = 600  # in which somebody finds their password
MAX_QUERY_CHARS = 1_000  # a cookie has room for it, and a link to a place is shorter
QUERY = re.compile(rf"[!-~]{{0,{MAX_QUERY_CHARS}}}")


class BegunLogins:
    """Makes cookies, and reads them when their visitors come back.

    All that a login is tied together by is worked out from its cookie with a key of this server:
    a cookie with a letter changed is another login's, and nothing grows with those begun.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = secrets.token_bytes()
        self._clock = clock

    def begin(self, query: str) -> str:
        """A new login's cookie.

        Args:
            query: what stood behind the page's address, to go back to.
        """
        kept = query if QUERY.fullmatch(query) else ""
        place = base64.urlsafe_b64encode(kept.encode()).decode().rstrip("=")
        return f"{int(self._clock())}.{secrets.token_urlsafe()}.{place}"

    def attempt(self, cookie: str) -> Attempt:
        """What ties the login of a cookie together."""
        return Attempt(*(self._derived(name, cookie) for name in ("state", "nonce", "verifier")))

    def end(self, cookie: str | None, state: str) -> tuple[Attempt, str]:
        """The login that a visitor comes back from, and the query to go back to.

        Args:
            cookie: of the browser, if it has one.
            state: as the address has it.

        Raises:
            HubLoginError: it was begun in another browser, by another server, or long ago.
        """
        attempt = self.attempt(cookie or "")
        same = secrets.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace"))
        if not cookie or not same:
            raise _not_ours()
        begun, _, place = cookie.split(".")  # as we made it, or the state would be another
        if self._clock() - int(begun) > BEGUN_S:
            raise _not_ours()
        return attempt, base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode()

    def _derived(self, name: str, cookie: str) -> str:
        digest = hmac.digest(self._key, f"{name} {cookie}".encode("utf-8", "replace"), sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _not_ours() -> HubLoginError:
    return HubLoginError(
        "This login was not begun in this browser, or too long ago.",
        "Log in again. If this page comes back, let the browser accept cookies of this Space.",
    )
