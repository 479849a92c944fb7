"""Whatever is asked or named in Python, over HTTP or by MCP: refused in words, or taken as text."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
import serving
from conftest import ROOT
from hostile_articles import SOME, TEXTS, WholePassages, article
from hostile_inputs import HOSTILE_INPUTS, is_text
from mcp.types import TextContent
from mcp_calls import with_session
from stub import StubEmbedder

from index.engine import PassageIndex
from index.errors import InputError
from index.records import Document
from qa.assistant import Assistant
from qa.callers import HEADER
from qa.questions import check_question

LEAKS = (str(ROOT), "site-packages", "Traceback", "/tmp/")
AT_ONCE = 8


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    """Answers about an article for each text, named by it."""
    documents = [Document(text, text, article(text)) for text in TEXTS]
    index = PassageIndex.from_documents(documents, embedder=StubEmbedder())
    return Assistant(index=index, reader=WholePassages())


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[str]:
    with serving.served(assistant, **serving.LIMITLESS) as address:
        yield address


def test_the_corpus_is_what_it_says() -> None:
    assert len(HOSTILE_INPUTS) >= 500
    assert len(set(HOSTILE_INPUTS)) == len(HOSTILE_INPUTS)
    assert 0 < len(HOSTILE_INPUTS) - len(TEXTS) < 10  # halves of surrogates


# Python and the saved index


def test_python_quotes_it_at_its_place_or_refuses_it_in_words(assistant: Assistant) -> None:
    texts = {document.id: document.text for document in assistant.documents}
    asked = []
    for hostile in HOSTILE_INPUTS:
        try:
            asked.append(check_question(hostile))
        except InputError:
            assert not hostile.strip() or not is_text(hostile) or len(hostile) > 1_000
    assert len(asked) > 400
    for question, answer in zip(asked, assistant.ask_many(asked), strict=True):
        assert answer.question == question
        for quote in (answer, *answer.alternatives):
            if quote.text is not None:
                assert texts[quote.document_id][quote.start : quote.end] == quote.text
        assert json.loads(json.dumps(answer.to_dict(), allow_nan=False)) == answer.to_dict()


@pytest.mark.parametrize("hostile", [one for one in HOSTILE_INPUTS if not is_text(one)])
def test_half_a_character_is_no_document(hostile: str) -> None:
    for fields in (("a", "A", hostile), ("a", hostile, "A."), (hostile, "A", "A.")):
        with pytest.raises(InputError, match="half a surrogate pair"):
            Document(*fields)


def test_the_saved_index_gives_back_what_it_was_given(assistant: Assistant, tmp_path) -> None:
    assistant.index.save(tmp_path / "shelf")
    again = PassageIndex.load(tmp_path / "shelf", embedder=StubEmbedder())
    assert again.documents == assistant.documents
    queries = [text for text in TEXTS if text.strip()]
    for ours, loaded in zip(
        assistant.index.search(queries, top_k=3), again.search(queries, top_k=3), strict=True
    ):
        assert [hit.passage for hit in loaded] == [hit.passage for hit in ours]
    again.remove([TEXTS[0]])
    assert TEXTS[0] not in {document.id for document in again.documents}
    assert len(again.documents) == len(TEXTS) - 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["shelf"]


# Over HTTP and MCP


def told_or_json(status: int, body: str) -> Any:
    """A response that is our JSON, and shows nothing of the server."""
    assert not any(leak in body for leak in LEAKS), body[:300]
    assert status < 500, (status, body[:300])
    return body


async def called(client: httpx.AsyncClient, name: str, given: dict[str, Any]) -> Any:
    """What an endpoint gives, or its error."""
    content = json.dumps(given).encode()
    post = await client.post(
        f"/gradio_api/call/v2/{name}", content=content, headers={"Content-Type": "application/json"}
    )
    told_or_json(post.status_code, post.text)
    if post.status_code != httpx.codes.OK:
        return post.json()
    event = post.json()["event_id"]
    lines = (await client.get(f"/gradio_api/call/{name}/{event}")).text.split("\n")
    told_or_json(200, "\n".join(lines))
    kind = lines[-4].removeprefix("event: ") if len(lines) > 3 else ""
    data = json.loads(lines[-3].removeprefix("data: "))
    assert kind in {"complete", "error"}, lines
    if kind == "complete":
        return data[0]
    error = json.loads(data["error"])
    assert error.keys() == {"code", "message", "remedy"}
    assert error["code"] == "input", error
    return error


def all_called(url: str, name: str, givens: Sequence[dict[str, Any]]) -> list[Any]:
    async def run() -> list[Any]:
        turn = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(base_url=url, timeout=120) as client:

            async def one(given: dict[str, Any]) -> Any:
                async with turn:
                    return await called(client, name, given)

            return await asyncio.gather(*map(one, givens))

    return asyncio.run(run())


def test_articles_and_titles_over_http(served: str) -> None:
    given = [{"text": article(hostile), "title": hostile} for hostile in HOSTILE_INPUTS]
    for hostile, result in zip(
        HOSTILE_INPUTS, all_called(served, "add_document", given), strict=True
    ):
        if "code" in result:
            assert not is_text(hostile) or len(hostile.strip()) > 300, hostile
        else:
            assert result["characters"] == len(article(hostile))
            assert result["title"] == hostile.strip() or not hostile.strip()


def test_questions_over_http(served: str, assistant: Assistant) -> None:
    asked = [text for text in TEXTS if text.strip() and len(text) < 500]
    (answers,) = all_called(served, "ask_many", [{"questions": asked, "top_k": 1}])
    assert [answer["question"] for answer in answers] == [
        check_question(question) for question in asked
    ]
    for answer in answers:
        if answer["text"] is not None:
            text = next(one.text for one in assistant.documents if one.id == answer["document_id"])
            assert text[answer["start"] : answer["end"]] == answer["text"]


def test_every_other_value_over_http(served: str) -> None:
    some = HOSTILE_INPUTS[::SOME]
    all_called(served, "ask", [{"question": one, "article": one} for one in some])
    all_called(served, "search", [{"query": "who?", "text": one} for one in some])
    all_called(served, "ask", [{"question": "who?", "history": [[one, one]]} for one in some])
    all_called(served, "ask", [{"question": "who?", "top_k": one} for one in some])
    for result in all_called(served, "remove_document", [{"id": one} for one in some]):
        assert result["code"] == "input"  # on offer to everyone, or there is none
    all_called(served, "ask", [{one: one, "question": "who?"} for one in some])
    assert len(all_called(served, "documents", [{}])[0]) == len(TEXTS)


def test_addresses_and_headers_over_http(served: str) -> None:
    with httpx.Client(base_url=served, timeout=60) as client:
        for hostile in TEXTS[::SOME]:
            if len(hostile) > 2_000:
                continue
            for path in ("/gradio_api/call/{}", "/gradio_api/file={}", "/{}", "/assets/{}"):
                name = "".join(f"%{byte:02x}" for byte in hostile.encode())
                got = client.get(path.format(name), follow_redirects=False)
                told_or_json(got.status_code, got.text if got.status_code >= 400 else "")
                assert "forged" not in str(got.headers)
                if path.startswith("/gradio_api/call/") and got.status_code == httpx.codes.OK:
                    assert got.text.startswith("event: error\n")  # a call that there is none of
            raw = re.sub(rb"[\x00-\x1f\x7f]", b"", hostile.encode()).strip()  # as clients send it
            got = client.get(
                "/healthz", headers=[(b"X-Forwarded-For", raw), (HEADER.encode(), raw)]
            )
            told_or_json(got.status_code, got.text)


def test_names_of_files_over_http(served: str) -> None:
    with httpx.Client(base_url=served, timeout=60) as client:
        for hostile in TEXTS[::SOME]:
            files = {"files": (f"{hostile[:200]}.txt", b"It was Ada.")}
            got = client.post("/gradio_api/upload", files=files)
            assert got.status_code < 500, (hostile, got.text[:300])
            if got.status_code == httpx.codes.OK:
                (kept,) = got.json()
                assert ".." not in kept.split("/")
                assert "\x00" not in kept


def test_by_mcp(served: str) -> None:
    async def use(session: Any) -> list[Any]:
        return [
            await session.call_tool("search", {"query": one, "article": one, "top_k": 1})
            for one in TEXTS[::SOME]
        ]

    for result in with_session(served, use):
        (content,) = result.content
        assert isinstance(content, TextContent)
        told = json.loads(content.text)
        assert not any(leak in content.text for leak in LEAKS)
        assert (told.get("code") == "input") if result.isError else isinstance(told, list)


def test_the_server_goes_on(served: str) -> None:
    assert httpx.get(f"{served}/readyz", timeout=60).json() == {"status": "ready"}
