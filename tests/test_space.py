"""What a Space does with the repository's own files, short of making the environment anew."""

import asyncio
import os
import runpy
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from serving import connected, free_port
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

START_S = 300  # where fast forms cannot be kept torch is loaded instead
OWN = "The bridge at Oldmere was painted green by Ada Fenn."


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that are in the repository, and no others."""
    if shutil.which("git") is None:
        pytest.skip("This needs git.")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    folder = tmp_path_factory.mktemp("space")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@contextmanager
def started(files: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """``python app.py`` on a Space with these variables."""
    port = free_port()
    space = {
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/pullquote",
        "GRADIO_SERVER_PORT": str(port),
    }
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=files,
        env={**os.environ, **space, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + START_S
        while True:
            assert app.poll() is None, app.stderr.read()[-2000:]
            assert time.monotonic() < deadline, "app.py did not start in time"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.communicate(timeout=30)


def asked(url: str, question: str) -> str | None:
    client = connected(url)
    answer = client.predict(question, api_name="/ask")
    client.close()
    return answer["text"]


def test_it_starts_from_its_own_files_and_keeps_what_it_made(files: Path, tmp_path: Path) -> None:
    kept = tmp_path / "data" / "cache"
    shutil.copytree(os.environ["PULLQUOTE_CACHE"], kept, ignore=shutil.ignore_patterns("shelves"))
    variables = {"PULLQUOTE_CACHE": str(kept), "PULLQUOTE_ALLOWED_HOSTS": "chat.example"}
    with started(files, variables) as url:
        assert asked(url, "how many prisoners were pardoned?") == "123"
        headers = httpx.get(url, headers={"Host": "chat.example"}, timeout=60).headers
        assert httpx.get(url, headers={"Host": "other.example"}, timeout=60).status_code == 421
    assert "https://huggingface.co" in headers["Content-Security-Policy"]
    assert list((kept / "shelves").iterdir())  # the next start finds the examples embedded


def test_it_starts_where_nothing_can_be_kept(files: Path) -> None:
    with started(files, {"PULLQUOTE_CACHE": "/proc/none", "PULLQUOTE_ARTICLES": "seeds"}) as url:
        assert asked(url, "how many prisoners were pardoned?") == "123"


@pytest.mark.parametrize("name", ["articles", "articles/bridge.txt"])
def test_a_duplicate_serves_articles_of_its_own(files: Path, name: str) -> None:
    folder = files / "articles"
    folder.mkdir(exist_ok=True)
    (folder / "bridge.txt").write_text(OWN, "utf-8")
    with started(files, {"PULLQUOTE_ARTICLES": name}) as url:
        client = connected(url)
        (only,) = client.predict(api_name="/documents")
        client.close()
        assert (only["source"], only["characters"]) == ("bridge.txt", len(OWN))
        assert asked(url, "who painted the bridge?") == "Ada Fenn"


def test_its_visitors_log_in_with_hugging_face_where_that_is_asked_for(files: Path) -> None:
    said = {
        "OAUTH_CLIENT_ID": "an id",
        "OAUTH_CLIENT_SECRET": "a secret",
        "OAUTH_SCOPES": "openid profile",
        "OPENID_PROVIDER_URL": "https://huggingface.co",
        "SPACE_HOST": "ada-pullquote.hf.space",
    }
    with started(files, {**said, "PULLQUOTE_AUTH": "huggingface"}) as url:
        entrance = httpx.get(url, timeout=60).text
        assert 'href="https://ada-pullquote.hf.space/login/huggingface"' in entrance
        assert httpx.get(f"{url}/config", timeout=60).status_code == 401
    with started(files, said) as url:  # that it is there alone closes nothing
        assert httpx.get(f"{url}/config", timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PULLQUOTE_ARTICLES": "nowhere"}, "nowhere"),
        ({"PULLQUOTE_AUTH": "x"}, "PULLQUOTE_AUTH is 'x'."),
        ({"PULLQUOTE_AUTH_FILE": ""}, "PULLQUOTE_AUTH_FILE is empty."),
    ],
)
def test_what_cannot_be_served_is_told_in_a_line(
    files: Path, environment: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=files,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=START_S,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("pullquote: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("forwarded", ["203.0.113.7", "6.6.6.6, 203.0.113.7, 10.0.0.1"])
@pytest.mark.parametrize("proxy", ["10.16.3.4", "172.31.0.1", "192.168.1.1", "::1", "fd00::1"])
def test_a_visitor_is_told_by_the_address_that_the_proxies_saw(
    proxy: str, forwarded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORWARDED_ALLOW_IPS", "PULLQUOTE_CACHE"):  # set again and then taken back
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    monkeypatch.setenv("SPACE_ID", "someone/pullquote")
    monkeypatch.setattr("qa.load", lambda _: None)
    monkeypatch.setattr("qa.serve.serve", lambda *_, **__: None)
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
    seen = []

    async def note(scope, *_: object) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope = {"type": "http", "client": (proxy, 1), "scheme": "http", "headers": headers}
    asyncio.run(ProxyHeadersMiddleware(note, os.environ["FORWARDED_ALLOW_IPS"])(scope, None, None))
    assert seen == ["203.0.113.7"]
