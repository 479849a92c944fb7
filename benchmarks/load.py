"""Many visitors at once, for some minutes, against a server in its own process.

    python benchmarks/load.py --users 50 --minutes 10
    python benchmarks/load.py --users 50 --minutes 10 --kill

Each visitor brings articles with names in them that no other has: by the endpoints, where they
are asked and taken away again, and on the page, where they and the talk about them are kept. An
answer about an article must quote its own name, and no other's may be anywhere. With ``--kill``
the server is killed half way and started again. Whoever comes back, then and at the end, must
find the articles and conversations that were seen before, in order. Writes its part of
``benchmarks/results/load.json``. The exit code is 1 where anything was not as it must be.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from load_client import Tally, call
from load_server import POLL_S, Server
from load_visitors import Names, Visitor, visit
from timing import RESULTS, machine

from qa.seeds import seed_questions

SAMPLE_S = 5.0  # between two looks at the server's memory
WARM_SHARE = 0.3  # of the time since its start, whose memory does not count: caches fill
LATE_S = 900  # for what was begun, and for coming back; then something hangs
FAULTS_TOLD = 100


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kill", action="store_true", help="kill the server half way")
    parser.add_argument("--output", type=Path, default=RESULTS / "load.json")
    options = parser.parse_args(arguments)
    report = run(users=options.users, minutes=options.minutes, kill=options.kill)
    output: Path = options.output
    every = json.loads(output.read_text("utf-8")) if output.exists() else {}
    every["killed" if options.kill else "left alone"] = report
    output.write_text(json.dumps(every, indent=1) + "\n", "utf-8")
    for key, value in report.items():
        if key != "machine":
            print(f"{key:>26}  {value}")
    return 1 if report["faults"] else 0


def run(*, users: int, minutes: float, kill: bool = False) -> dict[str, Any]:
    """Let visitors at a server, and say what came of it.

    Args:
        users: how many there are at a time.
        minutes: for how long.
        kill: kill the server half way, and start it again.

    Raises:
        TimeoutError: something hangs.
    """
    where = {"machine": machine(), "load_before": [round(one, 2) for one in os.getloadavg()]}
    with tempfile.TemporaryDirectory() as keep:
        server = Server(Path(keep))
        server.start()
        try:
            return where | asyncio.run(_run(server, users, minutes * 60, kill=kill))
        finally:
            server.kill()


async def _run(server: Server, users: int, seconds: float, *, kill: bool) -> dict[str, Any]:
    tally, names = Tally(), Names(users)
    examples = [one.question for seed in seed_questions() for one in seed.questions]
    began = time.monotonic()
    async with asyncio.timeout(seconds + LATE_S), client_of(server.url) as client:
        listed = await call(client, "documents", {}, tally)
        visitors = [Visitor(client, server, tally, names, number) for number in range(users)]

        def is_over() -> bool:
            return time.monotonic() >= began + seconds and server.kills == int(kill)

        around = [_watch(server, tally, began, seconds)]
        if kill:
            around.append(_kill(server, seconds / 2, visitors))
        await asyncio.gather(*(visit(one, examples, is_over) for one in visitors), *around)
        if await call(client, "documents", {}, tally) != listed:
            tally.faults.append("other articles are on offer than before")
    lasted = time.monotonic() - began
    took_ms = [1000 * one for one in tally.seconds]
    return {
        "users": users,
        "minutes": round(seconds / 60, 2),
        "minutes_with_coming_back": round(lasted / 60, 2),
        "killed": kill,
        "questions": len(took_ms),
        "questions_per_second": round(len(took_ms) / lasted, 2),
        "p50_ms": round(float(np.percentile(took_ms, 50))),
        "p95_ms": round(float(np.percentile(took_ms, 95))),
        "calls": dict(sorted(tally.calls.items())),
        "abstained": tally.abstained,
        "refused": tally.refused,
        "cut_off": tally.cut_off,
        "forgotten": tally.forgotten,
        "found_again": dict(sorted(tally.found_again.items())),
        "faults": tally.faults[:FAULTS_TOLD],
        **memory_of(tally.memory, since_s=seconds / 2 if kill else 0),
    }


def client_of(url: str) -> httpx.AsyncClient:
    """What all visitors call a server by, as many at once as they like."""
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=url, timeout=None, limits=limits)  # a call has its own limit


def memory_of(samples: Sequence[tuple[float, float]], *, since_s: float = 0) -> dict[str, Any]:
    """A server's memory, and how it grows once its caches are full.

    Args:
        samples: seconds from the start, and megabytes.
        since_s: when the server that counts was started; the slope is that of its memory.
    """
    late = [one for one in samples if one[0] >= since_s]
    late = late[int(len(late) * WARM_SHARE) :]
    slope = 0.0
    if len(late) > 1:
        at, megabytes = zip(*late, strict=True)
        slope = float(np.polyfit(at, megabytes, 1)[0]) * 60
    by_minute: defaultdict[int, list[float]] = defaultdict(list)
    for seconds, value in samples:
        by_minute[int(seconds // 60)].append(value)
    return {
        "memory_first_mb": round(samples[0][1]),
        "memory_last_mb": round(samples[-1][1]),
        "memory_most_mb": round(max(megabytes for _, megabytes in samples)),
        "memory_slope_mb_per_minute": round(slope, 2),
        "memory_mb_by_minute": [round(float(np.mean(some))) for some in by_minute.values()],
    }


async def _watch(server: Server, tally: Tally, began: float, seconds: float) -> None:
    every = min(SAMPLE_S, seconds / 10)
    while (at := time.monotonic() - began) < seconds:
        resident = server.resident_mb()
        if resident is not None:
            tally.memory.append((at, resident))
        await asyncio.sleep(every)


async def _kill(server: Server, after_s: float, visitors: Sequence[Visitor]) -> None:
    """Kill the server after so long, and not before each visitor has something kept there."""
    await asyncio.sleep(after_s)
    while any(one.served_by is None for one in visitors):
        await asyncio.sleep(POLL_S)
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


if __name__ == "__main__":
    sys.exit(main())
