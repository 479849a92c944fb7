"""Plain JSON where a request fails before it reaches an endpoint, or outside of one."""

import errno
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError, PullquoteError
from qa.faults import FullError, InternalError, trace_of

CALLS = "/gradio_api/call/"
STOPS = "/gradio_api/cancel"
# Gradio raises these on a call of an endpoint that it hasn't, or with a name it doesn't know.
BAD_CALL_ERRORS = (FnIndexInferError, KeyError, TypeError)

logger = logging.getLogger(__name__)


def handlers() -> Mapping[type[Exception], Any]:
    """Exception handlers for FastAPI, by the exception."""
    return {HTTPException: _refuse, RequestValidationError: _refuse_body}


class Refusals:
    """Answers where handling a request raised an error that nothing else handles.

    Args:
        app: what handles the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        begun = ended = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun, ended
            begun = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except (
            Exception
        ) as error:  # whatever the server runs may raise; what is not ours is raised on
            if begun and not ended and isinstance(error.__cause__, HTTPException):
                # Gradio's stream of a call that there is none of: it has said so, and stops.
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            if begun or scope["type"] != "http":  # too late to say anything else
                raise
            response: Response
            if isinstance(error, BAD_CALL_ERRORS) and scope["path"].startswith(CALLS):
                response = _response(_bad_call(), HTTPStatus.BAD_REQUEST)
            elif isinstance(error, KeyError) and scope["path"] == STOPS:
                # What was to be stopped came to its end while Gradio was about to stop it.
                response = JSONResponse({"success": True})
            elif isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
                response = _response(_no_file(), HTTPStatus.NOT_FOUND)
            else:
                logger.error("A request failed: %s", trace_of(error))  # noqa: TRY400 - its message may quote what was sent
                response = _response(InternalError(), HTTPStatus.INTERNAL_SERVER_ERROR)
            await response(scope, receive, send)


async def _refuse(request: Request, error: HTTPException) -> Response:
    if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # the queue is full
        return _response(FullError(), HTTPStatus.SERVICE_UNAVAILABLE)
    return await http_exception_handler(request, error)


async def _refuse_body(_request: Request, _error: RequestValidationError) -> Response:
    return _response(_bad_call(), HTTPStatus.UNPROCESSABLE_ENTITY)


def _bad_call() -> InputError:
    return InputError(
        "There is no such endpoint, or it does not take what was sent.",
        "The endpoints and what each takes are listed at /gradio_api/info.",
    )


def _no_file() -> InputError:
    return InputError("There is no file with so long a name.", "Ask for another.")


def _response(error: PullquoteError, status: int) -> JSONResponse:
    return JSONResponse(error.to_dict(), status_code=status)
