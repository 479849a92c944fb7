"""Many visitors at once, for some minutes, against a server in its own process.

    python benchmarks/load.py --users 50 --minutes 10
    python benchmarks/load.py --users 10 --minutes 2 --kill

Each visitor brings an article with a name in it that no other has, asks questions of it and of the
examples, and takes it away again. An answer about an article must quote its own name, and no
other's may be anywhere in it. With ``--kill`` the server is killed half way and started again.
Writes ``benchmarks/results/load.json``, or ``load_kill.json``. The exit code is 1 where anything
was not as it must be.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from timing import RESULTS, ROOT, machine

from qa.seeds import seed_questions

# All visitors come from this machine, so its one share must be enough for all.
QUESTIONS_PER_MINUTE = 1_000_000
START_S = 300  # the fast forms of the models may have to be made
CALL_S = 300
SAMPLE_S = 5.0  # between two looks at the server's memory
WARM_SHARE = 0.3  # of the run, whose memory does not count for the slope: caches fill
POLL_S = 0.2  # between two looks at whether it runs
BUSY_WAIT_S = 60  # where the remedy says "a minute"
SYLLABLES = 7  # of a name: far more names than visits, or a long run would find no new one
FIRST, LAST = ("Ada", "Bo", "Cleo", "Dov", "Edna", "Finn"), ("ba", "de", "ki", "lo", "mu", "ra")
OWN_QUESTIONS = ("who painted the bridge?", "Who is said to have painted it green?")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kill", action="store_true", help="kill the server half way")
    parser.add_argument("--output", type=Path, help="where the report goes")
    options = parser.parse_args(arguments)
    name = "load_kill.json" if options.kill else "load.json"
    report = run(users=options.users, minutes=options.minutes, kill=options.kill)
    output = options.output or RESULTS / name
    output.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    for key, value in report.items():
        if key not in {"machine", "memory"}:
            print(f"{key:>22}  {value}")
    return 1 if report["faults"] else 0


def run(*, users: int, minutes: float, kill: bool = False) -> dict[str, Any]:
    """Let visitors at a server, and say what came of it.

    Args:
        users: how many there are at a time.
        minutes: for how long.
        kill: kill the server half way, and start it again.
    """
    where = {"machine": machine(), "load_before": [round(one, 2) for one in os.getloadavg()]}
    server = Server()
    server.start()
    try:
        return where | asyncio.run(_run(server, users, minutes * 60, kill=kill))
    finally:
        server.kill()


class Server:
    """``pullquote chat`` over the example articles, in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            *(sys.executable, "-m", "qa.cli", "chat", "--no-browser", "--port", str(port)),
            *("--questions-per-minute", str(QUESTIONS_PER_MINUTE)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.runs = False  # and can be asked

    def start(self) -> None:
        """Start it, and wait until it can be asked."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise SystemExit("The server did not start.")
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK:
                    self.runs = True
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_S)
        raise SystemExit("The server did not start in time.")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.runs = False
        self.kills += 1
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def resident_mb(self) -> float | None:
        """Its memory; None while it does not run."""
        if self._process is None or not self.runs:
            return None
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        except FileNotFoundError:
            return None
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1000 if found else None


class RefusedError(Exception):
    """A call's error, as the server tells it."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__(told.get("message", ""))
        self.told = told


@dataclass
class Tally:
    """What came of all visitors' calls."""

    seconds: list[float] = field(default_factory=list)  # of each question, waiting included
    calls: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    abstained: int = 0  # answers about a visitor's article that say it does not say
    cut_off: int = 0  # by the kill
    forgotten: int = 0  # articles that the killed server had in memory
    faults: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds, megabytes


async def _run(server: Server, users: int, seconds: float, *, kill: bool) -> dict[str, Any]:
    tally = Tally()
    examples = [one.question for seed in seed_questions() for one in seed.questions]
    names = Names()
    began = time.monotonic()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=CALL_S, limits=limits) as client:
        listed = await call(client, "documents", {}, tally)
        visitors = [
            _visit(Visitor(client, server, tally, names, number), examples, began + seconds)
            for number in range(users)
        ]
        around = [_watch(server, tally, began, seconds)]
        if kill:
            around.append(_kill(server, seconds / 2))
        await asyncio.gather(*visitors, *around)
        lasted = time.monotonic() - began
        if await call(client, "documents", {}, tally) != listed:
            tally.faults.append("other articles are on offer than before")
    took_ms = [1000 * one for one in tally.seconds]
    return {
        "users": users,
        "minutes": round(lasted / 60, 2),
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
        "faults": tally.faults,
        **memory_of(tally.memory),
    }


def memory_of(samples: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A server's memory, and how it grows once its caches are full.

    Args:
        samples: seconds from the start, and megabytes.
    """
    late = samples[int(len(samples) * WARM_SHARE) :]
    slope = 0.0
    if len(late) > 1:
        at, megabytes = zip(*late, strict=True)
        slope = float(np.polyfit(at, megabytes, 1)[0]) * 60
    return {
        "memory_first_mb": round(samples[0][1]),
        "memory_last_mb": round(samples[-1][1]),
        "memory_most_mb": round(max(megabytes for _, megabytes in samples)),
        "memory_slope_mb_per_minute": round(slope, 2),
        "memory": [[round(at), round(megabytes)] for at, megabytes in samples],
    }


async def _watch(server: Server, tally: Tally, began: float, seconds: float) -> None:
    every = min(SAMPLE_S, seconds / 10)
    while (at := time.monotonic() - began) < seconds:
        resident = server.resident_mb()
        if resident is not None:
            tally.memory.append((at, resident))
        await asyncio.sleep(every)


async def _kill(server: Server, after_s: float) -> None:
    await asyncio.sleep(after_s)
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


class Names:
    """Names that nobody else has, the same in every run."""

    def __init__(self) -> None:
        self._random = random.Random(0)
        self.given: set[str] = set()

    def new(self) -> str:
        """A new one."""
        while True:
            last = "".join(self._random.choices(LAST, k=SYLLABLES)).capitalize()
            if last not in self.given:
                self.given.add(last)
                return last

    def others_in(self, text: str, own: str) -> set[str]:
        """The names of others that a text holds."""
        return {word for word in re.findall(r"[A-Z][a-z]+", text) if word in self.given} - {own}


@dataclass
class Visitor:
    """One of those who come at once."""

    client: httpx.AsyncClient
    server: Server
    tally: Tally
    names: Names
    number: int


async def _visit(visitor: Visitor, examples: Sequence[str], until: float) -> None:
    chance = random.Random(visitor.number)
    server, tally = visitor.server, visitor.tally
    while time.monotonic() < until:
        if not server.runs:
            await asyncio.sleep(POLL_S)
            continue
        kills = server.kills
        try:
            await _round(visitor, chance, examples)
        except httpx.TransportError as error:
            if server.kills != kills:
                tally.cut_off += 1
            else:
                tally.faults.append(f"a call got no response: {type(error).__name__}")
        except RefusedError as refused:
            if "There is no article" in str(refused) and server.kills != kills:
                tally.forgotten += 1  # it was in memory alone, as the server says
            else:
                tally.faults.append(f"a call failed: {refused.told}")


async def _round(visitor: Visitor, chance: random.Random, examples: Sequence[str]) -> None:
    """What a visitor does once: bring an article, ask, take it away."""
    client, tally = visitor.client, visitor.tally
    secret = visitor.names.new()
    text = (
        f"The bridge at Oldmere was painted green by {chance.choice(FIRST)} {secret}."
        " It took two summers, and nobody was paid. The ferry still runs on Sundays."
    )
    added = await call(client, "add_document", {"text": text, "title": "The bridge"}, tally)
    for question in chance.sample(OWN_QUESTIONS, len(OWN_QUESTIONS)):
        asked = {"question": question, "article": added["id"]}
        answer = await call(client, "ask", asked, tally)
        tally.abstained += answer["text"] is None
        fault = fault_of(answer, text, secret)
        others = visitor.names.others_in(json.dumps(answer), secret)
        if fault or others:
            tally.faults.append(fault or f"the answer to {secret} has {sorted(others)} in it")
    example = await call(client, "ask", {"question": chance.choice(examples)}, tally)
    if visitor.names.others_in(json.dumps(example), ""):
        tally.faults.append("an answer about the examples has a visitor's name in it")
    removed = await call(client, "remove_document", {"id": added["id"]}, tally)
    if removed != {"id": added["id"], "removed": True}:
        tally.faults.append(f"the article was not removed: {removed}")


def fault_of(answer: dict[str, Any], text: str, secret: str) -> str | None:
    """What is wrong with an answer about a visitor's article, if anything is.

    Args:
        answer: its JSON.
        text: the article.
        secret: the name that is in it alone.
    """
    if answer["text"] is None:  # counted apart: a fault of the reader's, not of the server's
        return None
    if text[answer["start"] : answer["end"]] != answer["text"]:
        return f"a quote about {secret} is not at its place"
    if secret not in answer["text"]:
        return f"an answer about {secret} is {answer['text']!r}"
    return None


async def call(client: httpx.AsyncClient, name: str, body: dict[str, Any], tally: Tally) -> Any:
    """What an endpoint gives, asked again for as long as it is busy.

    Raises:
        RefusedError: it gives another error.
    """
    began = time.monotonic()
    while True:
        try:
            given = await _call_once(client, name, body)
        except RefusedError as refused:
            if refused.told.get("code") != "busy":
                raise
            tally.refused += 1
            await asyncio.sleep(wait_s(refused.told["remedy"]))
            continue
        tally.calls[name] += 1
        if name == "ask":
            tally.seconds.append(time.monotonic() - began)
        return given


def wait_s(remedy: str) -> float:
    """How long a busy server asks to wait."""
    found = re.fullmatch(r"Try again in (\d+) s\.", remedy)
    return float(found[1]) if found else BUSY_WAIT_S


async def _call_once(client: httpx.AsyncClient, name: str, body: dict[str, Any]) -> Any:
    called = await client.post(f"/gradio_api/call/v2/{name}", json=body)
    if called.status_code != httpx.codes.OK:
        raise RefusedError(called.json())
    event = called.json()["event_id"]
    kind = ""
    async with client.stream("GET", f"/gradio_api/call/{name}/{event}") as stream:
        async for line in stream.aiter_lines():
            key, _, value = line.partition(": ")
            if key == "event":
                kind = value
            elif key == "data" and kind == "complete":
                (given,) = json.loads(value)
                return given
            elif key == "data" and kind == "error":
                raise RefusedError(json.loads(json.loads(value)["error"]))
    raise httpx.RemoteProtocolError("The stream ended without an answer.")


if __name__ == "__main__":
    sys.exit(main())
