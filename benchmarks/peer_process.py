"""A peer's environment, and a script that runs in it and answers line by line."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from timing import ROOT

ENVIRONMENTS = ROOT / "build" / "peers"


class PeerProcess:
    """A script of benchmarks/ in a process of its own, which takes and gives lines of JSON.

    Args:
        python: the interpreter.
        script: its name.
        arguments: what it is called with.
    """

    def __init__(self, python: Path, script: str, *arguments: str | Path) -> None:
        self._process = subprocess.Popen(
            [python, f"benchmarks/{script}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._line()

    def asked(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """What it gives for a task."""
        assert self._process.stdin is not None
        print(json.dumps(task), file=self._process.stdin, flush=True)
        return self._line()

    def end(self) -> None:
        """Stop it."""
        self._process.kill()
        self._process.communicate()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            if line.startswith("{"):  # some libraries print what they do
                return dict(json.loads(line))
        raise RuntimeError("A peer stopped; what it said stands above.")


def made(environment: str, packages: Sequence[str]) -> Path:
    """The interpreter of a peer's environment, which is made if it is not there."""
    folder = ENVIRONMENTS / environment
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def version_in(python: Path, package: str) -> str:
    """The version of a package in an environment."""
    asks = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run(
        [python, "-c", asks], capture_output=True, text=True, check=True
    ).stdout.strip()
