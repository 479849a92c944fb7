"""Calls of a server's MCP tools, with the protocol's own client over streamable HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import CallToolResult

Got = TypeVar("Got")


def with_session(
    url: str,
    use: Callable[[ClientSession], Awaitable[Got]],
    headers: Mapping[str, str] | None = None,
) -> Got:
    """What comes of using a session with the server."""

    async def run() -> Got:
        async with (
            create_mcp_http_client(dict(headers or {})) as http,
            streamable_http_client(f"{url}/gradio_api/mcp/", http_client=http) as (
                receive,
                send,
                _,
            ),
            ClientSession(receive, send) as session,
        ):
            await session.initialize()
            return await use(session)

    return asyncio.run(run())


def result(
    url: str, tool: str, arguments: dict[str, Any], headers: Mapping[str, str] | None = None
) -> CallToolResult:
    return with_session(url, lambda session: session.call_tool(tool, arguments), headers)
