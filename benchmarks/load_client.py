"""Calls to a server as programs make them, and as its page does."""

import asyncio
import json
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

# Of one call from end to end. A stream's heartbeat would keep it open for ever.
CALL_S = 300
BUSY_WAIT_S = 60  # where the remedy says "a minute"
BUSY_PAGE_S = 5
BUSY_CODES = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


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
    forgotten: int = 0  # articles that the killed server had in memory, as it says
    found_again: Counter[str] = field(default_factory=Counter)  # of what is kept
    faults: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds, megabytes


async def call(client: httpx.AsyncClient, name: str, body: dict[str, Any], tally: Tally) -> Any:
    """What an endpoint gives, asked again for as long as it is busy.

    Raises:
        RefusedError: it gives another error.
        TimeoutError: it gives nothing.
    """
    began = time.monotonic()
    while True:
        try:
            async with asyncio.timeout(CALL_S):
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


@dataclass(frozen=True)
class Shown:
    """What an act on the page leaves it with, as HTML.

    Args:
        noted: what the browser is to note of its visitor.
        shelf_html: the articles there are, and the conversations.
        conversation_html: what was asked and answered.
        source_html: the article; empty where it stays as it was.
    """

    noted: dict[str, Any]
    shelf_html: str
    conversation_html: str
    source_html: str

    def __str__(self) -> str:
        return self.shelf_html + self.conversation_html + self.source_html


class Page:
    """The page as a browser has it open: its acts, without drawing anything.

    Make one with ``open``.
    """

    def __init__(self, client: httpx.AsyncClient, tally: Tally, config: dict[str, Any]) -> None:
        self._client = client
        self._tally = tally
        self._session = secrets.token_hex(8)
        names = {one["id"]: one["props"].get("elem_id") for one in config["components"]}
        self._acts = {
            (names.get(component), event): dependency
            for dependency in config["dependencies"]
            for component, event in dependency["targets"]
        }

    @classmethod
    async def open(cls, client: httpx.AsyncClient, tally: Tally) -> "Page":
        """Open it anew, with a session that nobody had."""
        return cls(client, tally, (await client.get("/config")).json())

    async def arrive(self, visitor: str, *, private: bool = False) -> Shown:
        """Say who one is; the secret is empty for a new visitor."""
        load = next(act for (_, event), act in self._acts.items() if event == "load")
        body = self._body(load, [{"visitor": visitor, "private": private}, None])
        called = await self._client.post("/gradio_api/run/predict", json=body)
        called.raise_for_status()
        self._tally.calls["page: arrive"] += 1
        return _shown(called.json()["data"])

    async def act(self, name: str, **data: str) -> Shown:
        """Do what a click on the page does and the models have no part in."""
        clicked = self._acts["pq-library", "click"]
        body = self._body(clicked, ["", None], {"act": name, **data})
        called = await self._client.post("/gradio_api/run/predict", json=body)
        called.raise_for_status()
        self._tally.calls[f"page: {name}"] += 1
        return _shown(called.json()["data"])

    async def keep(self, name: str, noted: dict[str, Any]) -> Shown:
        """Change what is kept, as one of whom the browser has noted this."""
        body = self._body(self._acts["pq-library", "keep"], [noted, None], {"act": name})
        called = await self._client.post("/gradio_api/run/predict", json=body)
        called.raise_for_status()
        self._tally.calls[f"page: {name}"] += 1
        return _shown(called.json()["data"])

    async def work(self, name: str, **data: str) -> Shown:
        """Do what waits for the models."""
        work = self._acts["pq-library", "work"]
        shown = await self._queued(self._body(work, ["", None], {"act": name, **data}))
        self._tally.calls[f"page: {name}"] += 1
        return shown

    async def ask(self, question: str) -> Shown:
        """Ask the open article."""
        began = time.monotonic()
        shown = await self._queued(self._body(self._acts["pq-ask", "click"], [question, None]))
        self._tally.calls["page: ask"] += 1
        self._tally.seconds.append(time.monotonic() - began)
        return shown

    def _body(self, act: dict[str, Any], values: list[Any], data: Any = None) -> dict[str, Any]:
        return {
            "fn_index": act["id"],
            "data": values,
            "event_data": data,
            "session_hash": self._session,
            "trigger_id": act["targets"][0][0],
        }

    async def _queued(self, body: dict[str, Any]) -> Shown:
        while True:
            async with asyncio.timeout(CALL_S):
                joined = await self._client.post("/gradio_api/queue/join", json=body)
                if joined.status_code not in BUSY_CODES:
                    joined.raise_for_status()
                    return await self._completed(joined.json()["event_id"])
            self._tally.refused += 1
            await asyncio.sleep(BUSY_PAGE_S)

    async def _completed(self, event: str) -> Shown:
        where = {"session_hash": self._session}
        async with self._client.stream("GET", "/gradio_api/queue/data", params=where) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data: "):
                    continue
                message = json.loads(line.removeprefix("data: "))
                if message["msg"] == "process_completed" and message["event_id"] == event:
                    if not message["success"]:
                        raise RefusedError({"message": str(message["output"].get("error"))})
                    return _shown(message["output"]["data"])
        raise httpx.RemoteProtocolError("The stream ended without an answer.")


def _shown(values: list[Any]) -> Shown:
    """The values of a handler of the page; what it skips comes as a dictionary."""
    *_, library, conversation, source, _ = (one if isinstance(one, str) else "" for one in values)
    noted = values[0] if isinstance(values[0], dict) and "visitor" in values[0] else {}
    return Shown(noted, library, conversation, source)
