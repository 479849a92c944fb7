"""Take times in turns, as medians with their spread, and say on what machine."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.threads import usable_cores

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
PACKAGES = (
    "onnxruntime",
    "torch",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
    "tokenizers",
    "numpy",
)
# Results are not: a run writes them as it goes.
CHANGED = ("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results")


def timed(call: Callable[[], Any]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def in_turns(calls: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, list[float]]:
    """Seconds of each call in each round, after one call of each that does not count."""
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(timed(call))
    return times


def spread(values: Sequence[float]) -> dict[str, float]:
    """The least, the median and the most."""
    return {
        "min": round(min(values), 5),
        "median": round(statistics.median(values), 5),
        "max": round(max(values), 5),
    }


def machine() -> dict[str, Any]:
    """Commit, date, processor and versions."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], capture_output=True, text=True, cwd=ROOT, check=True
        ).stdout.strip()

    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "commit": git("rev-parse", "--short", "HEAD") + ("-dirty" if git(*CHANGED) else ""),
        "date": time.strftime("%Y-%m-%d"),
        "cpu": f"{model}, {os.cpu_count()} cores, {usable_cores()} threads",
        "python": platform.python_version(),
        "versions": {package: version(package) for package in PACKAGES},
    }
