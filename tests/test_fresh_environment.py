"""What a Space does: a new environment from requirements.txt alone, then ``python app.py``."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT

from qa import answer_schema


def added() -> list[str]:
    """What the builder of a Space installs beside requirements.txt, as its logs have it."""
    pinned = re.search(r"^gradio==(.+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned
    return [f"gradio[oauth,mcp]=={pinned[1]}", "uvicorn>=0.14.0", "websockets>=10.4"]


@pytest.mark.fresh
def test_app_answers_offline_in_an_environment_from_requirements_alone(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or shutil.which("git") is None:
        pytest.skip("This needs git, and unshare to refuse the network (Debian: util-linux).")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt", *added()],
        cwd=clone,
        check=True,
    )
    # The script stands outside the clone's import path, so app.py is all that imports it.
    shutil.copy(ROOT / "tests" / "offline_app.py", tmp_path)
    done = subprocess.run(
        ["unshare", "--net", "--map-root-user", python, tmp_path / "offline_app.py"],
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    jsonschema.validate(answer, answer_schema())
    assert answer["text"] == "123"
