"""The chat served for a test, on a port of its own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio_client import Client

from qa.assistant import Assistant
from qa.serve import serve

# All tests are one caller.
LIMITLESS = {"questions_per_minute": 10**9, "burst_questions": 10**9}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def without_ipv6() -> bool:
    """Whether this machine has no ::1, as in some containers."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return True
    return False


def connected(url: str, **options: Any) -> Client:
    """Gradio's client, which waits for a busy machine longer than the five seconds it is given."""
    return Client(url, verbose=False, httpx_kwargs={"timeout": 60}, **options)


@contextmanager
def served(assistant: Assistant, **options: Any) -> Iterator[str]:
    """Where the chat is served until the end of the block, with these options of ``serve``."""
    with served_page(assistant, **options) as page:
        yield page.local_url.rstrip("/")


@contextmanager
def served_page(
    assistant: Assistant, *, port: int | None = None, **options: Any
) -> Iterator[gr.Blocks]:
    """The chat that is served until the end of the block."""
    options = {"examples": {}, "host": "127.0.0.1", **options}
    page = serve(assistant, port=port or free_port(), block=False, **options)
    try:
        yield page
    finally:
        page.close()


def drop_sessions(page: gr.Blocks) -> None:
    """Drop the sessions of all open pages, as Gradio does with those that are too many."""
    page.state_holder.session_data.clear()
