"""Which hosts a server answers to, so that no name made to point at it gets anything of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import ROOT
from mcp_calls import result
from serving import free_port, served, without_ipv6

from index.errors import InputError
from qa.assistant import Assistant
from qa.hosts import ALLOWED_HOSTS, answered_hosts, chosen_hosts

EASY = "how many prisoners were pardoned?"
EVIL = "rebound.example"
OURS = "chat.example"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
ASK = "/gradio_api/call/v2/ask"
MCP = "/gradio_api/mcp/"
BEGIN = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
CALLS: list[tuple[str, Any]] = [
    ("/", None),
    ("/config", None),
    ("/healthz", None),
    ("/nowhere", None),
    (ASK, {"question": EASY}),
    (MCP, BEGIN),
]


@pytest.fixture(scope="module")
def named(news: Assistant) -> Iterator[str]:
    """A server behind a proxy that passes on the name ``OURS``."""
    with served(news, hosts=[OURS]) as address:
        yield address


def called(url: str, path: str, body: Any, host: str, **headers: str) -> httpx.Response:
    """What a server at ``url`` says that is asked for as ``host``."""
    headers = {"Host": host, "Accept": "application/json, text/event-stream", **headers}
    method = "GET" if body is None else "POST"
    return httpx.request(method, url + path, json=body, headers=headers, timeout=60)


def hosts_at(url: str, *names: str) -> list[str]:
    """These names, without and with the port."""
    return [*names, *(f"{name}:{urlsplit(url).port}" for name in names)]


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_page_whose_name_was_made_to_point_here_gets_nothing(
    url: str, path: str, body: Any
) -> None:
    strangers = hosts_at(url, EVIL, f"localhost.{EVIL}", "192.0.2.1", "[2001:db8::1]", "0.0.0.0")
    for host in [*strangers, "", "localhost@evil", f"127.0.0.1:80.{EVIL}", f"{EVIL}, localhost"]:
        # To the browser it is the page's own server.
        got = called(url, path, body, host, Origin=f"http://{host}")
        assert got.status_code == 421, host
        error = got.json()
        assert error.keys() == {"code", "message", "remedy"}
        assert error["code"] == "input"
        assert repr(host) in error["message"]
        assert "--allow-host" in error["remedy"]
        assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_the_names_of_this_machine_are_answered(url: str, path: str, body: Any) -> None:
    for host in hosts_at(url, *LOOPBACK, "LOCALHOST"):
        assert called(url, path, body, host).status_code == (404 if path == "/nowhere" else 200)


def test_a_stream_and_a_socket_are_refused_as_well(url: str) -> None:
    begun = called(url, ASK, {"question": EASY}, "localhost").json()["event_id"]
    path = f"/gradio_api/call/ask/{begun}"
    assert called(url, path, None, EVIL).status_code == 421
    assert "event: complete" in called(url, path, None, "localhost").text
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert called(url, "/", None, EVIL, **upgrade).status_code == 421


def test_mcp_by_its_own_client(url: str) -> None:
    answered = result(url, "ask", {"question": EASY})
    assert json.loads(answered.content[0].text)["text"] == "123"
    with pytest.raises(ExceptionGroup) as raised:
        result(url, "ask", {"question": EASY}, {"Host": EVIL})
    assert raised.group_contains(httpx.HTTPStatusError, match="421")


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_name_that_was_given_is_answered_and_no_other(named: str, path: str, body: Any) -> None:
    for host in hosts_at(named, OURS, *LOOPBACK):
        assert called(named, path, body, host).status_code != 421
    for host in hosts_at(named, EVIL, f"www.{OURS}"):
        assert called(named, path, body, host).status_code == 421


def test_a_server_for_others_answers_to_any_name(news: Assistant) -> None:
    with served(news, host="0.0.0.0") as address:
        assert called(address, "/readyz", None, EVIL).status_code == 200


@pytest.mark.skipif(without_ipv6(), reason="There is no ::1 here.")
def test_a_server_on_ipv6_does_not(news: Assistant) -> None:
    with served(news, host="::1") as address:
        assert called(address, "/readyz", None, EVIL).status_code == 421
        assert httpx.get(f"{address}/readyz", timeout=60).status_code == 200
        assert json.loads(result(address, "ask", {"question": EASY}).content[0].text)


@pytest.mark.parametrize("bound", ["localhost", "127.0.0.1", "[::1]", "127.0.0.2"])
def test_on_loopback_the_names_are_those_of_this_machine(bound: str) -> None:
    assert answered_hosts(bound, []) == LOOPBACK | {bound}
    assert answered_hosts(bound, ["Chat.Example"]) == LOOPBACK | {bound, OURS}


def test_elsewhere_they_are_any_or_what_was_given() -> None:
    assert answered_hosts("0.0.0.0", []) is None
    assert answered_hosts("a..b", []) is None  # it will not be served on
    assert answered_hosts("192.0.2.1", [OURS]) == LOOPBACK | {"192.0.2.1", OURS}


@pytest.mark.parametrize(
    "name", ["https://chat.example", "chat.example:443", "*.example", "a b", "é", "", "::1", "a/b"]
)
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is not a host") as raised:
        answered_hosts("127.0.0.1", [name])
    assert repr(name) in str(raised.value)


def test_the_option_goes_before_the_variable() -> None:
    environment = {ALLOWED_HOSTS: " chat.example, other.example,"}
    assert chosen_hosts([], environment) == ("chat.example", "other.example")
    assert chosen_hosts(["third.example"], environment) == ("third.example",)
    assert chosen_hosts([], {}) == chosen_hosts([], {ALLOWED_HOSTS: ""}) == ()


@pytest.mark.parametrize(
    ("option", "variable"), [(["--allow-host", OURS], ""), ([], OURS)], ids=["option", "variable"]
)
def test_the_command_is_told_of_a_name(option: list[str], variable: str) -> None:
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "qa.cli", "chat", str(ROOT / "seeds" / "belarus-pardons.txt")),
            *("--no-browser", "--port", str(port), *option),
        ],
        cwd=ROOT,
        env={**os.environ, ALLOWED_HOSTS: variable},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in server.stdout:
            if str(port) in line:
                break
        address = f"http://127.0.0.1:{port}"
        assert called(address, "/healthz", None, OURS).status_code == 200
        assert called(address, "/healthz", None, EVIL).status_code == 421
    finally:
        server.terminate()
        server.communicate(timeout=30)
