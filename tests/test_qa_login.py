"""Behind a login everything is closed: page, endpoints, files, MCP tools, figures."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import ROOT
from mcp_calls import result
from serving import connected, served

from index.errors import InputError, SourceError
from qa.accounts import (
    AUTH_FILE,
    Accounts,
    HashedPassword,
    account_line,
)
from qa.assistant import Assistant
from qa.login import BURST_ATTEMPTS
from qa.login_choice import chosen_login

EASY = "how many prisoners were pardoned?"
NAME, PASSWORD = "ada", "grüne Brücke 1911"
ALLOWED = "https://intranet.example"


def basic(name: str, password: str) -> dict[str, str]:
    given = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {given}"}


RIGHT = basic(NAME, PASSWORD)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    file = tmp_path_factory.mktemp("login") / "accounts"
    lines = ["# who may ask", "", account_line(NAME, PASSWORD), account_line("ben", "x" * 8)]
    file.write_text("\n".join(lines), "utf-8")
    return Accounts.from_file(file)


@pytest.fixture(scope="module")
def closed(news: Assistant, accounts: Accounts) -> Iterator[str]:
    with served(news, embedding=[ALLOWED], accounts=accounts) as address:
        yield address


def log_in(url: str, password: str = PASSWORD, address: str = "192.0.2.1") -> httpx.Response:
    return httpx.post(
        f"{url}/login",
        data={"username": NAME, "password": password},
        headers={"X-Forwarded-For": address},
        timeout=30,
    )


# Hashes and files


def test_a_hash_fits_its_password_alone() -> None:
    hashed = HashedPassword.from_password(PASSWORD)
    again = HashedPassword.from_line(str(hashed))
    assert again == hashed
    assert again.fits(PASSWORD)
    assert again.fits("gru\u0308ne Bru\u0308cke 1911")  # the same letters, composed otherwise
    assert not again.fits(PASSWORD + " ")
    assert str(HashedPassword.from_password(PASSWORD)) != str(hashed)  # salted
    assert PASSWORD not in account_line(NAME, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001])
def test_a_password_must_be_long_enough_to_guess_at(password: str) -> None:
    with pytest.raises(InputError, match="characters"):
        HashedPassword.from_password(password)


GOOD = account_line(NAME, PASSWORD)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no name that could log in"),
        ("# nobody\n\n", "no name that could log in"),
        (f"{GOOD}\n{GOOD}", "line 2: “ada” is there twice"),
        (GOOD.removeprefix(NAME), "line 1: '' cannot be a name"),
        (GOOD.replace(NAME, "a b"), "line 1: 'a b' cannot be a name"),
        ("ada:letmein", "line 1: There is no password's hash"),
        (GOOD.replace("scrypt", "md5"), "no password's hash"),
        (GOOD.replace("$32768$", "$1024$"), "no password's hash"),  # too weak
        (GOOD.replace("$32768$", "$1073741824$"), "no password's hash"),  # would take a day
        (GOOD.replace("$32768$", "$32769$"), "no password's hash"),
        (GOOD[:-8], "no password's hash"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_line(tmp_path, text: str, said: str) -> None:
    file = tmp_path / "accounts"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as raised:
        Accounts.from_file(file)
    assert said in str(raised.value)
    assert "scrypt$" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_no_open_door(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(AUTH_FILE, raising=False)
    assert chosen_login(None, os.environ) is None
    monkeypatch.setenv(AUTH_FILE, str(tmp_path / "missing"))
    with pytest.raises(SourceError, match="cannot be read"):
        chosen_login(None, os.environ)


@pytest.mark.parametrize(
    ("name", "password", "admitted"),
    [
        (NAME, PASSWORD, True),
        (NAME, "x" * 8, False),  # ben's
        ("ben", PASSWORD, False),
        ("eve", PASSWORD, False),
        ("", "", False),
        (NAME, PASSWORD * 100, False),
        (NAME, "\ud800", False),
    ],
)
def test_who_is_admitted(accounts: Accounts, name: str, password: str, admitted: bool) -> None:
    assert accounts.admit(name, password) is admitted


def test_there_is_no_login_of_ours(accounts: Accounts) -> None:
    for guess in ("admin", "gradio", "pullquote", "user"):
        assert not accounts.admit(guess, guess)


# A server behind a login


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/metrics"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/call/v2/ask"),
        ("GET", "/gradio_api/call/ask/abc"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=a"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=README.md"),
        ("GET", "/gradio_api/token"),
        ("GET", "/gradio_api/heartbeat/a"),
        ("POST", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/mcp/sse"),
        ("GET", "/gradio_api/mcp/schema"),
        ("POST", "/gradio_api/mcp/messages/"),
        ("GET", "/docs"),
        ("GET", "/nowhere"),
        ("GET", "//config"),
    ],
)
def test_all_is_closed_without_a_login(closed: str, method: str, path: str) -> None:
    body = {"data": [EASY], "question": EASY} if method == "POST" else None
    response = httpx.request(method, closed + path, json=body, timeout=30)
    assert response.status_code == 401
    told = response.json()
    assert told["code"] == "login"
    assert told["error"].startswith("This needs a login. Reload the page and log in"), "on the page"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/assets/%2e%2e/config", "/static/../config"])
def test_no_way_leads_out_of_the_open_folders(closed: str, path: str) -> None:
    # Not by httpx, which would ask for /config where dots are written.
    connection = HTTPConnection(urlsplit(closed).netloc, timeout=60)
    connection.request("GET", path)
    assert connection.getresponse().status == 403
    connection.close()


def test_the_page_asks_to_log_in_and_shows_nothing(closed: str, news: Assistant) -> None:
    page = httpx.get(f"{closed}/", timeout=60).text
    assert '"auth_required":true' in page.replace(" ", "")
    assert news.documents[0].title not in page
    assert httpx.get(f"{closed}/healthz", timeout=60).status_code == 200
    # By this a page sees that the server has started anew, and loads itself again.
    started = httpx.get(f"{closed}/gradio_api/app_id", timeout=60).json()
    assert started.keys() == {"app_id"}
    assert isinstance(started["app_id"], int)


def test_gradios_client_logs_in(closed: str) -> None:
    client = connected(closed, auth=(NAME, PASSWORD))
    assert client.predict(EASY, api_name="/ask")["text"] == "123"
    assert len(list(client.submit([EASY], api_name="/ask_stream"))) > 0
    client.close()
    with pytest.raises(ValueError, match="Could not login"):
        connected(closed, auth=(NAME, "wrong password"))


def test_a_program_sends_its_password_along(closed: str) -> None:
    called = httpx.post(
        f"{closed}/gradio_api/call/v2/ask", json={"question": EASY}, headers=RIGHT, timeout=30
    )
    event = called.json()["event_id"]
    answered = httpx.get(f"{closed}/gradio_api/call/ask/{event}", headers=RIGHT, timeout=30)
    assert '"text": "123"' in answered.text
    assert httpx.get(f"{closed}/metrics", headers=RIGHT, timeout=60).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !", "Basic YWRh", "Bearer x", basic(NAME, "")["Authorization"]],
)
def test_half_a_password_is_none(closed: str, header: str) -> None:
    headers = {"Authorization": header, "X-Forwarded-For": "192.0.2.7"}
    assert httpx.get(f"{closed}/config", headers=headers, timeout=30).status_code == 401


def test_mcp_clients_send_it_too(closed: str) -> None:
    called = result(closed, "ask", {"question": EASY}, headers=RIGHT)
    assert not called.isError, called
    assert json.loads(called.content[0].text)["text"] == "123"
    with pytest.raises(BaseExceptionGroup) as refused:
        result(closed, "ask", {"question": EASY})
    assert refused.group_contains(httpx.HTTPStatusError, match="401")
    forged = {"x-gradio-user": "mcp"}
    assert httpx.get(f"{closed}/config", headers=forged, timeout=60).status_code == 401


def test_a_login_ends_with_logging_out(closed: str) -> None:
    with httpx.Client(base_url=closed, timeout=30) as visitor:
        assert visitor.post("/login", data={"username": NAME, "password": PASSWORD}).json() == {
            "success": True
        }
        page = visitor.get("/config")
        assert page.status_code == 200
        kept = dict(visitor.cookies)
        (link,) = re.findall(r'href=\\"(\w+)\\">Log out', page.text)
        visitor.get(link)
        assert visitor.get("/config").status_code == 401
    assert httpx.get(f"{closed}/config", cookies=kept, timeout=60).status_code == 401


def test_a_page_of_another_site_cannot_use_a_visitors_login(closed: str) -> None:
    cookies = dict(log_in(closed).cookies)

    def called_from(origin: str) -> int:
        return httpx.post(
            f"{closed}/gradio_api/call/v2/documents",
            json={},
            cookies=cookies,
            headers={"Origin": origin},
            timeout=60,
        ).status_code

    assert called_from("https://evil.example") == 403
    assert called_from("null") == 403
    assert called_from(closed) == 200
    assert called_from(ALLOWED) == 200


def test_guessing_is_slowed_down_by_address(closed: str) -> None:
    # Each takes its time, in which the share grows again: by far less than what is tried.
    for _ in range(3 * BURST_ATTEMPTS):
        refused = log_in(closed, "a wrong one", "192.0.2.9")
        if refused.status_code == 429:
            break
        assert refused.status_code == 400
    assert refused.status_code == 429
    # Nor is the right one looked at now.
    assert log_in(closed, PASSWORD, "192.0.2.9").status_code == 429
    assert refused.json()["code"] == "busy"
    assert int(refused.headers["Retry-After"]) > 0
    headers = {**basic(NAME, "another"), "X-Forwarded-For": "192.0.2.9"}
    assert httpx.get(f"{closed}/config", headers=headers, timeout=30).status_code == 429
    assert log_in(closed, PASSWORD, "192.0.2.10").status_code == 200


# The command line


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "qa.cli", *words]


def typed(name: str, *passwords: str) -> "subprocess.CompletedProcess[str]":
    # Without a terminal Python reads what is typed from standard input, and warns of that.
    return subprocess.run(
        command("password", name),
        input="".join(f"{one}\n" for one in passwords),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        start_new_session=True,
    )


def test_password_writes_a_line_and_shows_nothing(tmp_path) -> None:
    done = typed(NAME, PASSWORD, PASSWORD)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    file = tmp_path / "accounts"
    file.write_text(done.stdout, "utf-8")
    assert Accounts.from_file(file).admit(NAME, PASSWORD)


@pytest.mark.parametrize(
    ("name", "passwords", "said"),
    [
        (NAME, (PASSWORD, "another one"), "are not the same"),
        (NAME, ("short", "short"), "The password has 5 characters"),
        ("a:b", (), "cannot be a name"),
        (NAME, (), "\npullquote: No password was typed."),  # as after Ctrl-D
        (NAME, (PASSWORD,), "\npullquote: No password was typed."),
    ],
)
def test_password_refuses(name: str, passwords: tuple[str, ...], said: str) -> None:
    done = typed(name, *passwords)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_chat_does_not_start_open_where_its_file_is_missing(tmp_path) -> None:
    for words, environment in (
        (("--auth", str(tmp_path / "none")), {}),
        ((), {AUTH_FILE: str(tmp_path / "none")}),
    ):
        done = subprocess.run(
            command("chat", "--no-browser", *words),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=60,
            env={**os.environ, **environment},
        )
        assert done.returncode == 1
        assert "cannot be read" in done.stderr
