"""Whatever JSON a call brings, it gets JSON back, or is told what to mend."""

import asyncio
import inspect
import json
from typing import Any

import gradio as gr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from stub import StubEmbedder

from index.engine import PassageIndex
from index.records import Document
from qa.api import ApiBlocks, offer
from qa.assistant import Assistant
from qa.counters import Counters
from qa.endpoints import Endpoints
from qa.gate import Gate
from qa.offered import Offered
from qa.own_articles import OwnArticles
from qa.rates import Rate
from qa.reader import ExtractiveReader

TEXT = "The song was written by Ada. It was sung by Ben."
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
# What an endpoint takes, by the name of its argument, so that some calls go through.
LIKELY = {
    "question": st.just("who wrote it?"),
    "query": st.just("song"),
    "questions": st.lists(st.just("who wrote it?"), max_size=3),
    "article": st.sampled_from(["", "song", "nowhere"]),
    "text": st.sampled_from(["", TEXT]),
    "title": st.just("A song"),
    "history": st.sampled_from([None, [], [["who?", None]], [["who?", "Ada"]]]),
    "top_k": st.integers(1, 5),
    "min_score": st.none() | st.floats(0, 1),
    "id": st.just("nowhere"),
}


@pytest.fixture(scope="module")
def blocks(reader: ExtractiveReader) -> ApiBlocks:
    index = PassageIndex.from_documents([Document("song", "A song", TEXT)], embedder=StubEmbedder())
    gate = Gate(rate=Rate(per_minute=10**9, burst=10**9), counters=Counters())
    with ApiBlocks(analytics_enabled=False) as made:
        offer(Endpoints(Offered(Assistant(index=index, reader=reader)), OwnArticles()), gate)
    return made


def call(blocks: ApiBlocks, name: str, values: list[Any], headers: dict[str, str]) -> Any:
    (endpoint,) = (one for one in blocks.fns.values() if one.api_name == name)
    raw = [(key.encode(), value.encode()) for key, value in headers.items()]
    request = gr.Request(Request({"type": "http", "headers": raw}))
    found = asyncio.run(blocks.process_api(block_fn=endpoint, inputs=values, request=request))
    (data,) = found["data"]
    return data


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(
    "name", ["ask", "ask_many", "search", "documents", "add_document", "remove_document"]
)
def test_any_json_gets_json_or_what_to_mend(blocks: ApiBlocks, name: str, data: st.DataObject):
    arguments = list(inspect.signature(getattr(Endpoints, name)).parameters)[1:]
    values = [data.draw(LIKELY[one] | JSON, label=one) for one in arguments]
    try:
        result = call(blocks, name, values, {})
    except gr.Error as error:
        told = json.loads(error.message)
    else:
        assert json.loads(json.dumps(result, allow_nan=False)) == result
        return
    assert told.keys() == {"code", "message", "remedy"}
    assert told["code"] == "input", told
    assert told["message"].endswith(".")


def test_gradios_mcp_server_gets_text(blocks: ApiBlocks) -> None:
    mcp = {"x-gradio-user": "mcp"}
    plain = call(blocks, "search", ["song", "", "", 1], {})
    assert json.loads(call(blocks, "search", ["song", "", "", 1], mcp)) == plain
    questions = ["who wrote it?", "who sang it?"]
    assert call(blocks, "ask_stream", [questions, "", "", 1, None], {})["question"] == questions[0]
    streamed = json.loads(call(blocks, "ask_stream", [questions, "", "", 1, None], mcp))
    assert [answer["question"] for answer in streamed] == questions
