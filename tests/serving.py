"""The chat served for a test, on a port of its own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qa.assistant import Assistant
from qa.serve import serve

# All tests are one caller.
LIMITLESS = {"questions_per_minute": 10**9, "burst_questions": 10**9}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def served(assistant: Assistant, *, port: int | None = None, **options: Any) -> Iterator[str]:
    """Where the chat is served until the end of the block, with these options of ``serve``."""
    port = port or free_port()
    options = {"examples": {}, **options}
    page = serve(assistant, host="127.0.0.1", port=port, block=False, **options)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        page.close()
