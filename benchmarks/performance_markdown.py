"""What the sections of PERFORMANCE.md are written with."""

from collections.abc import Mapping, Sequence
from typing import Any


def told(report: Mapping[str, Any]) -> str:
    machine = report["machine"]
    return f"{machine['cpu']}, {machine['date']}, commit {machine['commit']}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
