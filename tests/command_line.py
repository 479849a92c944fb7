"""``pullquote`` run as a process, and what it is asked."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, SEEDS

NEWS = str(SEEDS / "belarus-pardons.txt")
EASY, ANSWER = "how many prisoners were pardoned?", "123"


def run(*arguments: str, stdin: bytes | None = None, cwd: Path = ROOT) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``pullquote``."""
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def close(left: object, right: object) -> bool:
    """Equal, but for the last digits of numbers."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(close, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) < 1e-4
    return left == right
