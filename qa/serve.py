"""Serve the chat, the endpoints and the MCP tools."""

import logging
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

import gradio as gr
from gradio.http_server import LOCALHOST_NAME
from gradio_client import Client
from huggingface_hub import constants as hub
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from index.errors import InputError
from qa.accounts import Accounts
from qa.api import MCP_USER, offer
from qa.assistant import Assistant
from qa.bringing import MAX_UPLOAD_BYTES
from qa.callers import CallerNote
from qa.chat import build
from qa.counters import Counters
from qa.embedded import element_route
from qa.endpoints import Endpoints
from qa.entrance import entrance_of
from qa.gate import Gate
from qa.headers import SecurityHeaders, policy_with
from qa.health import health_routes
from qa.hosts import AnsweredHosts, answered_hosts
from qa.hub_login import HubLogin
from qa.kept import Kept
from qa.login import MESSAGE, Door, inside_headers
from qa.logins import LOGIN_DAYS
from qa.mcp_errors import tell_errors_as_json
from qa.offered import Offered
from qa.own_articles import OwnArticles
from qa.palette import MARK
from qa.rates import BURST_QUESTIONS, QUESTIONS_PER_MINUTE, Rate
from qa.refusals import Refusals, handlers
from qa.theme import css, head, theme

# Of a call, refused with HTTP's 413: room for the longest article in any spelling, or an upload.
MAX_BODY_BYTES = 25_000_000
# Open pages whose state is held, each some 200 kB with a short article of its visitor's; of more,
# the longest unused begin anew, with what is kept of their visitors.
PAGES_HELD = 500
WAITING_QUESTIONS = 64  # beyond them, a visitor is told that the chat is busy

logger = logging.getLogger(__name__)


def serve(
    assistant: Assistant,
    *,
    examples: Mapping[str, Sequence[str]],
    host: str | None = None,
    port: int | None = None,
    open_browser: bool = False,
    block: bool = True,
    embedding: Sequence[str] = (),
    hosts: Sequence[str] = (),
    questions_per_minute: int = QUESTIONS_PER_MINUTE,
    burst_questions: int = BURST_QUESTIONS,
    accounts: Accounts | HubLogin | None = None,
    login_days: float = LOGIN_DAYS,
    kept: Kept | None = None,
) -> gr.Blocks:
    """Serve until it is stopped.

    Args:
        assistant: answers about the articles on offer.
        examples: by document id, questions to offer.
        host: address to serve on; by default GRADIO_SERVER_NAME or 127.0.0.1.
        port: port to serve on; by default GRADIO_SERVER_PORT or the first free one from 7860.
        open_browser: open the page in the user's browser.
        block: wait until the server stops; if not, the caller closes the result.
        embedding: origins whose pages may show the chat in a frame.
        hosts: those that others know the server by. On loopback it answers to no others but
            localhost, 127.0.0.1 and ::1; on another address to any, unless some are named.
        questions_per_minute: how many each visitor may ask.
        burst_questions: how many of them at once, after a pause.
        kept: keeps visitors' conversations; None keeps nothing of anybody.
        accounts: who may log in, by passwords or with Hugging Face; without it, everyone who
            reaches the server may ask.
        login_days: after its last use, when a login ends.

    Raises:
        InputError: the port is in use, an option out of range, or there is no article.
        StoreError: the articles cannot be read, or a login not kept.
    """
    # Gradio's client, by which it calls the MCP tools, tells of itself whatever analytics_enabled
    # says, and asks the hub what programs use it. The variable of this name is read at the import.
    hub.HF_HUB_DISABLE_TELEMETRY = True
    counters = Counters()
    gate = Gate(
        rate=Rate(per_minute=questions_per_minute, burst=burst_questions), counters=counters
    )
    offered = Offered(assistant)
    entrance = (
        entrance_of(accounts, days=login_days, embedding=embedding, kept=kept) if accounts else None
    )
    door = entrance.door if entrance else None
    page = build(
        offered,
        examples=examples,
        gate=gate,
        kept=kept,
        log_out=entrance is not None,
        visitor_of=entrance.visitor_of if entrance else None,
    )
    with page:
        offer(Endpoints(offered, OwnArticles()), gate)
    # Else a call could pass by the queue, and run beside the one question whose turn it is.
    page.queue(max_size=WAITING_QUESTIONS, api_open=False)
    queue = page._queue  # noqa: SLF001 - Gradio tells its length nowhere else
    queue.ANALYTICS_MAX_EVENTS = 1  # figures of its own, for a page that we do not offer
    counters.watch_queue(lambda: len(queue))

    started = threading.Event()

    def why_not_ready() -> str | None:
        if not started.is_set():
            return "The server starts."
        if queue.stopped:
            return "The server stops."
        return "The queue is full." if len(queue) >= WAITING_QUESTIONS else None

    # Before the server starts, so that a wrong origin or host is told at once:
    policy_with(embedding)
    bound = _in_address(host or LOCALHOST_NAME)
    answered = answered_hosts(bound, hosts)
    try:
        page.launch(
            server_name=bound,
            server_port=port,
            inbrowser=open_browser,
            prevent_thread_lock=True,  # until the MCP tools can log in
            auth=door.admit if door else None,  # type: ignore[arg-type] # it awaits it
            auth_message=MESSAGE if door else None,
            theme=theme(),
            css=css(),
            head=head(),
            favicon_path=MARK,
            max_file_size=MAX_UPLOAD_BYTES,
            footer_links=["api"],
            state_session_capacity=PAGES_HELD,
            run_history=False,  # it would keep questions in the browser, and offer to upload them
            share=False,
            pwa=False,  # else a Space offers to be installed, and works no better for it
            ssr_mode=False,
            # It would look at the page once more, and end the server where that takes 3 s.
            _frontend=False,
            mcp_server=_has_mcp(),
            app_kwargs={
                "routes": [
                    *health_routes(counters=counters, ready=why_not_ready),
                    element_route(),
                ],
                "middleware": [
                    Middleware(SecurityHeaders, embedding=embedding),
                    *([Middleware(AnsweredHosts, hosts=answered)] if answered else ()),
                    Middleware(Refusals),
                    Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES),
                    Middleware(CallerNote),
                    *(entrance.middleware if entrance else ()),
                ],
                "exception_handlers": handlers(),
            },
        )
    except OSError as error:
        where = f"Port {port}" if port else "Every port the chat may use"
        raise InputError(
            f"{where} is in use, or {bound} is not this machine's.",
            "Choose another with --port, or stop what runs there.",
        ) from error
    if page.mcp_server_obj:
        tell_errors_as_json(page.mcp_server_obj.mcp_server)
        if door:
            inside = _inside_client(page, door)
            page.mcp_server_obj._client_instance = inside  # noqa: SLF001 - no other way
    started.set()
    if block:
        page.block_thread()
    return page


def _in_address(host: str) -> str:
    """A host as it stands in an address of the web, which Gradio makes of it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _inside_client(page: gr.Blocks, door: Door) -> Client:
    """What Gradio's MCP server calls the endpoints by, once who calls it has passed the login.

    It would make the same, but without a login.
    """
    return Client(
        page.local_url,
        download_files=False,
        verbose=False,
        headers={**dict([MCP_USER]), **inside_headers(page.app, door)},
    )


def _has_mcp() -> bool:
    """Whether the MCP tools can be served; without its package everything else still is."""
    if find_spec("mcp") is not None:
        return True
    logger.warning("The MCP tools are not served: the package “mcp” is not installed.")
    return False
