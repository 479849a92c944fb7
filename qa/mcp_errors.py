"""Errors of the MCP tools as JSON, those too that never reach an endpoint."""

import json
import re
from collections.abc import Callable
from typing import Any

from index.errors import InputError, PullquoteError
from qa.faults import FullError, InternalError

TITLE = "Error: "  # what Gradio puts before an error's message where a client asks for progress
TOOLS_LISTED = "What each tool takes is in its input schema, as tools/list gives it."


def _not_of_the_schema(found: re.Match[str]) -> PullquoteError:
    problem = found[1]
    return InputError(f"The call cannot be used: {problem[:1].lower()}{problem[1:]}.", TOOLS_LISTED)


# How what stands before the endpoints begins its messages, and what each means.
FOREIGN: tuple[tuple[str, Callable[[re.Match[str]], PullquoteError]], ...] = (
    (r"Input validation error: (.*)", _not_of_the_schema),
    (r"(Parameter `[^`]*` is not a valid key-word argument)", _not_of_the_schema),
    (r"(No value provided for required argument: .*)", _not_of_the_schema),
    (r"(Unknown tool.*)", _not_of_the_schema),
    (r"Queue is full", lambda _: FullError()),
)


def tell_errors_as_json(server: Any) -> None:
    """Have a server of MCP tell each error of a tool as our JSON.

    Args:
        server: ``mcp.server.lowlevel.Server``; its package may be missing.
    """
    from mcp.types import CallToolRequest, CallToolResult, ServerResult, TextContent

    call = server.request_handlers[CallToolRequest]

    async def told(request: CallToolRequest) -> ServerResult:
        answered: ServerResult = await call(request)
        result = answered.root
        if isinstance(result, CallToolResult) and result.isError:
            said = "".join(part.text for part in result.content if isinstance(part, TextContent))
            result.content = [TextContent(type="text", text=as_json(said))]
        return answered

    server.request_handlers[CallToolRequest] = told


def as_json(message: str) -> str:
    """The message of an error as our JSON; as it is, where it is that already.

    Args:
        message: what a client would be told.
    """
    message = message.removeprefix(TITLE)
    if message.startswith("{"):  # no other message does
        return message
    for pattern, error_of in FOREIGN:
        if found := re.match(pattern, message):
            return _told(error_of(found))
    return _told(InternalError())


def _told(error: PullquoteError) -> str:
    return json.dumps(error.to_dict(), ensure_ascii=False)
