"""Do what another process asks for, and time it: what peer_worker.py and embed_worker.py run.

Each line of standard input is a JSON object with ``mode`` ("single": one item a call, or "batch")
and ``items``; for each there is a line of standard output, with the seconds of each call, what
was found for each item, and the most memory used so far. ``peer_process.py`` starts it.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def work(
    do: Callable[[Any], Sequence[Any]],
    warm: Sequence[Any],
    *,
    told: Callable[[Any], Any] = lambda found: found,
) -> None:
    """Answer line after line, until there is none.

    Args:
        do: from items to what is found for each.
        warm: items to begin with, so that what is loaded late is loaded.
        told: from what is found to what JSON can write; it takes no time of what is measured.
    """
    do(warm)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        items = task["items"]
        seconds: list[float] = []
        found: list[Any] = []
        for some in [items] if task["mode"] == "batch" else [[item] for item in items]:
            began = time.perf_counter()
            one = do(some)
            seconds.append(time.perf_counter() - began)
            found += map(told, one)
        print(json.dumps({"s": seconds, "found": found, "bytes": most_bytes()}), flush=True)


def most_bytes() -> int:
    """The most memory that this process had; Linux only.

    What getrusage tells is at least that of the process that started this one, before it did.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
