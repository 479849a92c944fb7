"""What surrounds the endpoints: headers, health, figures, each visitor's share."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import ROOT
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp.types import TextContent
from mcp_calls import result
from prometheus_client.parser import text_string_to_metric_families
from serving import connected, free_port, served, served_page, without_ipv6
from starlette.applications import Starlette

from index.errors import InputError
from qa import finished_sessions
from qa.assistant import Assistant
from qa.callers import HEADER
from qa.counters import Counters
from qa.headers import policy_with
from qa.health import health_routes
from qa.serve import MAX_BODY_BYTES, serve

EASY = "how many prisoners were pardoned?"
ORIGIN = "https://intranet.example"


@pytest.fixture(scope="module")
def strict(news: Assistant) -> Iterator[str]:
    """A server that allows two questions and then one a minute, and to be shown in a frame."""
    given = {"questions_per_minute": 1, "burst_questions": 2}
    with served(news, embedding=[ORIGIN], **given) as address:
        yield address


def fetch(url: str, body: bytes | None = None) -> tuple[int, Any, bytes]:
    """Status, headers and body, of refusals too."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def test_a_body_that_says_it_is_too_long_is_not_waited_for(url: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/gradio_api/call/v2/ask")
    connection.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"].startswith("text/plain")
    connection.close()


def test_a_body_that_does_not_say_its_length_is_refused_as_well(url: str) -> None:
    pieces = (b" " * 1_000_000 for _ in range(MAX_BODY_BYTES // 1_000_000 + 1))
    response = httpx.post(f"{url}/gradio_api/call/v2/ask", content=pieces, timeout=30)
    assert response.status_code == 413
    assert "code" not in response.text


def directives(headers: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/", None, 200),
        ("/config", None, 200),
        ("/theme.css", None, 200),
        ("/healthz", None, 200),
        ("/metrics", None, 200),
        ("/gradio_api/info", None, 200),
        ("/gradio_api/mcp/", None, 200),
        ("/nowhere", None, 404),
        ("/gradio_api/call/ask", b"not JSON", 422),
        ("/gradio_api/call/nonesuch", b'{"data": []}', 400),
        ("/gradio_api/queue/join", b'{"data": []}', 400),
    ],
)
def test_every_response_has_the_headers(url: str, path: str, body: bytes | None, status: int):
    got, headers, _ = fetch(url + path, body)
    assert got == status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    rules = directives(headers)
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    # No source names another host.
    assert "://" not in headers["Content-Security-Policy"]


def test_embedding_is_allowed_to_whom_it_was_granted(strict: str) -> None:
    _, headers, _ = fetch(f"{strict}/")
    assert directives(headers)["frame-ancestors"] == f"'self' {ORIGIN}"


@pytest.mark.parametrize("origin", ["https://a.example; script-src *", "a b", "é", "a\n", "'self'"])
def test_an_origin_cannot_add_to_the_policy(origin: str) -> None:
    with pytest.raises(InputError, match="is not an origin"):
        policy_with([origin])


def test_health_and_readiness(url: str) -> None:
    status, headers, body = fetch(f"{url}/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert headers["Content-Type"] == "application/json"
    status, _, body = fetch(f"{url}/readyz")
    assert (status, json.loads(body)) == (200, {"status": "ready"})


def test_a_server_that_is_not_ready_says_why() -> None:
    app = Starlette(routes=health_routes(counters=Counters(), ready=lambda: "The queue is full."))

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://here"
        ) as client:
            return await client.get("/readyz")

    response = asyncio.run(get())
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "reason": "The queue is full."}


def counted(url: str, name: str, **labels: str) -> float:
    _, headers, body = fetch(f"{url}/metrics")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return sum(
        sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    )


def test_calls_are_counted_by_what_came_of_them(url: str) -> None:
    total, seconds = "pullquote_requests_total", "pullquote_request_seconds_count"
    before = [
        counted(url, total, endpoint="search", outcome="ok"),
        counted(url, total, endpoint="search", outcome="input"),
        counted(url, seconds, endpoint="search"),
    ]
    client = connected(url)
    client.predict(EASY, api_name="/search")
    with pytest.raises(AppError, match="The query is empty"):
        client.predict("", api_name="/search")
    client.close()
    assert [
        counted(url, total, endpoint="search", outcome="ok"),
        counted(url, total, endpoint="search", outcome="input"),
        counted(url, seconds, endpoint="search"),
    ] == [before[0] + 1, before[1] + 1, before[2] + 2]
    assert counted(url, "pullquote_queue_length") == 0


def test_a_caller_who_leaves_a_stream_stops_the_work(url: str) -> None:
    total = "pullquote_requests_total"
    left = counted(url, total, endpoint="ask_stream", outcome="gone")
    body = json.dumps({"questions": [EASY] * 500}).encode()
    _, _, called = fetch(f"{url}/gradio_api/call/v2/ask_stream", body)
    event = json.loads(called)["event_id"]
    with httpx.stream("GET", f"{url}/gradio_api/call/ask_stream/{event}", timeout=60) as stream:
        lines = stream.iter_lines()
        while next(lines) != "event: generating":
            pass
    deadline = time.monotonic() + 120
    while counted(url, total, endpoint="ask_stream", outcome="gone") == left:
        assert time.monotonic() < deadline, "the work goes on"
        time.sleep(0.2)


def test_nothing_asked_is_in_the_figures(url: str) -> None:
    client = connected(url)
    client.predict("who said xyzzy?", api_name="/ask")
    client.close()
    assert b"xyzzy" not in fetch(f"{url}/metrics")[2]


def error_by(client: Client) -> dict[str, str]:
    with pytest.raises(AppError) as raised:
        client.predict(EASY, api_name="/ask")
    return json.loads(str(raised.value))


@pytest.mark.skipif(without_ipv6(), reason="There is no ::1 here.")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_ipv6_is_served_on(news: Assistant, host: str) -> None:
    with served(news, host=host) as address:
        assert address.startswith("http://[::1]:")
        assert httpx.get(f"{address}/readyz", timeout=60).json() == {"status": "ready"}


def test_a_visitor_who_asks_too_much_is_told_when_to_come_back(strict: str) -> None:
    client = connected(strict)
    client.predict(EASY, api_name="/ask")
    client.predict(EASY, api_name="/ask")
    error = error_by(client)
    assert error["code"] == "busy"
    seconds = int(error["remedy"].removeprefix("Try again in ").removesuffix(" s."))
    assert 0 < seconds <= 60
    # Nor by the MCP server, which calls from this machine, or with a caller made up.
    refused = result(strict, "ask", {"question": EASY})
    assert refused.isError
    (content,) = refused.content
    assert isinstance(content, TextContent)
    assert json.loads(content.text)["code"] == "busy"
    made_up = connected(strict, headers={HEADER: "x 192.0.2.1"})
    assert error_by(made_up)["code"] == "busy"
    made_up.close()
    client.close()
    # Another caller has a share of their own, by MCP as well.
    other = connected(strict, headers={"X-Forwarded-For": "192.0.2.1"})
    assert other.predict(EASY, api_name="/ask")["text"] == "123"
    other.close()


def test_a_call_leaves_no_session_behind(news: Assistant, monkeypatch) -> None:
    monkeypatch.setattr(finished_sessions, "LEFT_ALONE", 1)
    port = free_port()
    page = serve(news, examples={}, host="127.0.0.1", port=port, block=False)
    body = json.dumps({"query": EASY, "top_k": 1}).encode()
    try:
        for _ in range(3):
            _, _, called = fetch(f"http://127.0.0.1:{port}/gradio_api/call/v2/search", body)
            event = json.loads(called)["event_id"]
            got = fetch(f"http://127.0.0.1:{port}/gradio_api/call/search/{event}")
            assert b"event: complete" in got[2]
        assert dict(page.state_holder.session_data) == {}
        assert page.state_holder.time_last_used == {}
        # The last one is left alone.
        assert len(page._queue.pending_event_ids_session) == 1
        assert len(page._queue.pending_messages_per_session) == 1
    finally:
        page.close()


def test_the_log_is_json_lines_without_what_was_asked() -> None:
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "qa.cli", "chat", str(ROOT / "seeds" / "belarus-pardons.txt")),
            *("--no-browser", "--log-json", "--port", str(port)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for line in server.stdout:
            if str(port) in line:
                break
        client = connected(f"http://127.0.0.1:{port}")
        client.predict("who said xyzzy?", api_name="/ask")
        with pytest.raises(AppError):
            client.predict("xyzzy " * 1000, api_name="/ask")
        client.close()
    finally:
        server.terminate()
        _, logged = server.communicate(timeout=30)
    lines = [json.loads(line) for line in logged.splitlines()]
    calls = [(line["endpoint"], line["outcome"]) for line in lines if line["message"] == "call"]
    assert calls == [("ask", "ok"), ("ask", "input")]
    assert "xyzzy" not in logged


def test_stopping_what_ends_meanwhile_is_no_fault(news: Assistant) -> None:
    with served_page(news) as page:
        running = page.app.iterators

        class Ending:
            """A question whose run ends, and is put away, while Gradio waits to close it."""

            async def aclose(self) -> None:
                del running["asked"]

        running["asked"] = Ending()
        answered = httpx.post(
            f"{page.local_url}gradio_api/cancel",
            json={"session_hash": "none", "fn_index": 0, "event_id": "asked"},
            timeout=60,
        )
        assert (answered.status_code, answered.json()) == (200, {"success": True})
        assert not running
