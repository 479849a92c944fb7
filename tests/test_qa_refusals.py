"""What fails outside of an endpoint is refused in plain JSON, and shows nothing of the server."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.middleware import Middleware
from starlette.responses import StreamingResponse

from qa.refusals import Refusals, handlers

SECRET = "what does my doctor say?"


def app() -> FastAPI:
    """One whose routes fail, each in its way."""
    made = FastAPI(exception_handlers=handlers(), middleware=[Middleware(Refusals)])

    @made.post("/full")
    def full() -> None:
        raise HTTPException(503, "Queue is full. Max size is 64 and size is 64.")

    @made.post("/private")
    def private() -> None:
        raise HTTPException(403, "not yours")

    @made.post("/broken")
    def broken() -> None:
        raise KeyError(SECRET)

    @made.post("/gradio_api/call/ask")
    def ask() -> None:
        raise KeyError(SECRET)

    @made.post("/gradio_api/call/fail")
    def fail() -> None:
        raise RuntimeError(SECRET)

    @made.post("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "event: error\n"
            raise HTTPException(404)

        return StreamingResponse(parts())

    @made.post("/take")
    def take(question: dict[str, int]) -> dict[str, int]:
        return question

    return made


def post(path: str, content: bytes = b"") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app())
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.post(
                path, content=content, headers={"Content-Type": "application/json"}
            )

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        ("/full", b"", 503, "busy"),
        ("/broken", b"", 500, "internal"),
        ("/gradio_api/call/ask", b"", 400, "input"),
        ("/gradio_api/call/fail", b"", 500, "internal"),
        ("/take", b"not JSON", 422, "input"),
        ("/take", b'{"a": "b"}', 422, "input"),
    ],
)
def test_refusals_are_our_json(caplog, path: str, content: bytes, status: int, code: str) -> None:
    refused = post(path, content)
    assert refused.status_code == status
    assert refused.json().keys() == {"code", "message", "remedy"}
    assert refused.json()["code"] == code
    assert SECRET not in refused.text + caplog.text
    # What nobody foresaw is in the log, by its place.
    assert ("test_qa_refusals.py:" in caplog.text) is (code == "internal")


def test_a_stream_of_a_call_that_there_is_none_of_ends_as_a_stream_does(caplog) -> None:
    said = post("/stream")
    assert (said.status_code, said.text) == (200, "event: error\n")
    assert caplog.text == ""


def test_what_is_not_refused_passes() -> None:
    taken = post("/take", b'{"a": 1}')
    assert (taken.status_code, taken.json()) == (200, {"a": 1})
    assert post("/private").json() == {"detail": "not yours"}
