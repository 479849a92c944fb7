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
EVERYTHING = [None, None, None, "", ""]  # collections, documents, languages, since, until
# What an endpoint takes, by the name of its argument, so that some calls go through.
LIKELY = {
    "question": st.just("who wrote it?"),
    "query": st.just("song"),
    "questions": st.lists(st.just("who wrote it?"), max_size=3),
    "article": st.sampled_from([None, "", "song", "nowhere"]),
    "text": st.sampled_from([None, "", TEXT]),
    "title": st.just("A song"),
    "history": st.sampled_from([None, [], [["who?", None]], [["who?", "Ada"]]]),
    "top_k": st.integers(1, 5),
    "min_score": st.none() | st.floats(0, 1),
    "id": st.just("nowhere"),
    "collections": st.none() | st.lists(st.sampled_from(["", "songs", "none"]), max_size=2),
    "documents": st.none() | st.lists(st.sampled_from(["song", "nowhere"]), max_size=2),
    "languages": st.none() | st.lists(st.sampled_from(["en", "de", ""]), max_size=2),
    "since": st.sampled_from([None, "", "2024", "2024-13"]),
    "until": st.sampled_from(["", "2023", "2024-02"]),
}


@pytest.fixture(scope="module")
def blocks(reader: ExtractiveReader) -> ApiBlocks:
    song = Document("song", "A song", TEXT, collection="songs", language="en-GB", date="2024-02-10")
    index = PassageIndex.from_documents([song], embedder=StubEmbedder())
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


@settings(max_examples=60)
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


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([None, None, None, "", ""], True),
        ([["songs"], ["song"], ["en"], "2024-02", "2024"], True),
        ([[""], None, None, "", ""], False),
        ([[], None, None, "", ""], False),
        ([None, None, ["de"], "", ""], False),
        ([None, None, None, "2024-03", ""], False),
        ([None, None, None, "", "2024-02-09"], False),
    ],
)
def test_only_what_a_filter_holds_for_is_asked(
    blocks: ApiBlocks, where: list[Any], found: bool
) -> None:
    assert bool(call(blocks, "search", ["song", "", None, 1, *where], {})) is found
    asked = [["who wrote it?"], "", None, 1, 0.0, *where]
    for name, values in (
        ("ask", ["who wrote it?", "", None, None, 1, 0.0, *where]),
        ("ask_many", asked),
        ("ask_stream", asked),
    ):
        if not found:  # a fault: no article was read, so none was found not to say
            with pytest.raises(gr.Error) as raised:
                call(blocks, name, values, {})
            told = json.loads(raised.value.message)
            assert told["code"] == "input"
            assert told["message"].startswith("The filter leaves no article to ask: ")
            continue
        answer = call(blocks, name, values, {})
        assert (answer[0] if isinstance(answer, list) else answer)["text"] is not None


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ([["nowhere"], None, None, "", ""], "no collection 'nowhere'"),
        ([None, ["nowhere"], None, "", ""], "no article nowhere"),
        ([None, None, None, "soon", ""], "since is 'soon'"),
        ([["songs"] * 1001, None, None, "", ""], "1,001 names"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    blocks: ApiBlocks, where: list[Any], problem: str
) -> None:
    with pytest.raises(gr.Error) as raised:
        call(blocks, "search", ["song", "", None, 1, *where], {})
    told = json.loads(raised.value.message)
    assert told["code"] == "input"
    assert problem in told["message"]
    assert told["remedy"]


def test_gradios_mcp_server_gets_text(blocks: ApiBlocks) -> None:
    mcp = {"x-gradio-user": "mcp"}
    plain = call(blocks, "search", ["song", "", None, 1, *EVERYTHING], {})
    assert json.loads(call(blocks, "search", ["song", "", None, 1, *EVERYTHING], mcp)) == plain
    questions = ["who wrote it?", "who sang it?"]
    asked = [questions, "", None, 1, None, *EVERYTHING]
    assert call(blocks, "ask_stream", asked, {})["question"] == questions[0]
    streamed = json.loads(call(blocks, "ask_stream", asked, mcp))
    assert [answer["question"] for answer in streamed] == questions
