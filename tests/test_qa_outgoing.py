"""Nothing leaves the machine: what a server connects to, watched from inside its process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

# Started with a login and without one, since Gradio's client, by which the MCP tools are called,
# begins at another moment in each. "done" comes last, so that no early end looks like silence.
WATCHED = """
import json, sys, time

went_to = []

def watch(event, given):
    if event == "socket.connect" and isinstance(given[1], tuple):
        went_to.append(str(given[1][0]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        went_to.append(str(given[0]))

sys.addaudithook(watch)
from pathlib import Path
from mcp_calls import result
from serving import served
from index.records import Document
from qa import load
from qa.accounts import Accounts, HashedPassword

assistant = load(Document.from_text("The song was written by Ada."))
accounts = Accounts({"ada": HashedPassword.from_password("a long secret")}, file=Path(sys.argv[1]))
with served(assistant, accounts=accounts):
    time.sleep(1)  # what is sent is sent by a thread
with served(assistant) as url:
    called = result(url, "ask", {"question": "who wrote the song?"})
    time.sleep(1)
print(json.dumps({"went_to": sorted(set(went_to)), "done": not called.isError}))
"""
HERE = {"localhost", "127.0.0.1", "::1"}


def test_a_server_connects_to_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRADIO_ANALYTICS_ENABLED", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'tests'}")
    (tmp_path / "accounts").write_text("", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, tmp_path / "accounts"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["done"]
    assert "127.0.0.1" in found["went_to"]  # the watch sees what is there
    assert set(found["went_to"]) <= HERE
