"""The server's own errors, and what its log says of the unexpected ones."""

import traceback
from http import HTTPStatus
from pathlib import Path

from index.errors import PullquoteError


class BusyError(PullquoteError):
    """A visitor has asked for more than their share for now.

    Args:
        wait_s: seconds after which the same may be asked again.
    """

    code = "busy"

    def __init__(self, wait_s: int) -> None:
        super().__init__("You have asked a lot in a short time.", f"Try again in {wait_s} s.")
        self.wait_s = wait_s


class FullError(PullquoteError):
    """So many calls wait that no more are taken for now."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("Too many calls are waiting.", "Try again in a minute.")


class LoginError(PullquoteError):
    """A call came without a login, or with a wrong one.

    Args:
        passwords: whether there are any to send along.
    """

    code = "login"

    def __init__(self, *, passwords: bool) -> None:
        along = ", or send a name and a password along (HTTP Basic)" if passwords else ""
        super().__init__("This needs a login.", f"Reload the page and log in{along}.")


class HubLoginError(PullquoteError):
    """A login with Hugging Face came to nothing.

    Args:
        problem: what was wrong; a full sentence.
        remedy: what the visitor may do; a full sentence.
        reason: what the log says besides; nothing of a token or an account.
        status: HTTP's, of the page that tells it.
    """

    code = "login"

    def __init__(
        self, problem: str, remedy: str, *, reason: str = "", status: int = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(problem, remedy)
        self.reason = reason
        self.status = status


class OriginError(PullquoteError):
    """A page of another site called with its visitor's login."""

    code = "login"

    def __init__(self) -> None:
        super().__init__(
            "A page of another site may not use this login.",
            "Start the server with --allow-embedding and that site's origin.",
        )


class InternalError(PullquoteError):
    """Something went wrong that nobody foresaw; its details stay in the server's log."""

    code = "internal"

    def __init__(self) -> None:
        super().__init__(
            "The server could not do this.", "Try again, or tell whoever runs the server."
        )


def trace_of(error: BaseException) -> str:
    """Where an error arose, without its message, which may quote a question or an article.

    Args:
        error: any error that was raised.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return f"{type(error).__name__} in {' < '.join(reversed(places))}"
