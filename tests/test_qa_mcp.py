"""The MCP tools, called with the protocol's own client over streamable HTTP."""

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from asked import timeless
from conftest import ROOT
from mcp_calls import result, with_session

from qa import answer_schema
from qa.assistant import Assistant
from qa.mcp_errors import as_json

EASY = "how many prisoners were pardoned?"
OWN = "The bridge at Oldmere was painted green by Ada Fenn."
TOOLS = {"add_document", "ask", "ask_many", "documents", "remove_document", "search"}


def value(url: str, tool: str, arguments: dict[str, Any]) -> Any:
    called = result(url, tool, arguments)
    assert not called.isError, called
    (content,) = called.content
    return json.loads(content.text)


def test_the_tools_are_ours_alone_and_explain_themselves(url: str) -> None:
    listed = with_session(url, lambda session: session.list_tools()).tools
    assert {tool.name for tool in listed} == TOOLS
    for tool in listed:
        assert len(tool.description.split()) > 8, tool.name
        assert tool.inputSchema["type"] == "object"
        for name, parameter in tool.inputSchema["properties"].items():
            assert parameter["description"], (tool.name, name)
            assert "type" in parameter or "oneOf" in parameter, (tool.name, name)
    required = {tool.name: tool.inputSchema.get("required", []) for tool in listed}
    assert required == {
        "add_document": ["text"],
        "ask": ["question"],
        "ask_many": ["questions"],
        "documents": [],
        "remove_document": ["id"],
        "search": ["query"],
    }
    described = {tool.name: tool.inputSchema["properties"] for tool in listed}
    assert "request" not in described["ask"]


def test_ask_gives_the_json_that_python_gives(url: str, news: Assistant) -> None:
    answer = value(url, "ask", {"question": EASY, "article": "belarus-pardons.txt"})
    jsonschema.validate(answer, answer_schema())
    assert timeless(answer) == timeless(news.ask(EASY).to_dict())


def test_ask_many_and_search_give_the_json_that_python_gives(url: str, shelf: Assistant) -> None:
    questions = [EASY, "who painted the Mona Lisa?"]
    answers = value(url, "ask_many", {"questions": questions, "top_k": 1})
    assert list(map(timeless, answers)) == [
        timeless(answer.to_dict()) for answer in shelf.ask_many(questions, top_k=1)
    ]
    found = value(url, "search", {"query": EASY, "top_k": 2})
    assert found == [one.to_dict() for one in shelf.search(EASY, top_k=2)]


def test_documents_come_and_go(url: str, shelf: Assistant) -> None:
    listed = value(url, "documents", {})
    assert [one["id"] for one in listed] == [document.id for document in shelf.documents]
    added = value(url, "add_document", {"text": OWN})
    answer = value(url, "ask", {"question": "who painted it?", "article": added["id"]})
    assert answer["text"] == "Ada Fenn"
    assert value(url, "documents", {}) == listed
    assert value(url, "remove_document", {"id": added["id"]})["removed"] is True
    gone = result(url, "ask", {"question": "who painted it?", "article": added["id"]})
    assert gone.isError


def test_errors_are_json_with_a_remedy(url: str) -> None:
    failed = result(url, "ask", {"question": " "})
    assert failed.isError
    (content,) = failed.content
    assert json.loads(content.text) == {
        "code": "input",
        "message": "The question is empty.",
        "remedy": "Type a question.",
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"question": EASY, "top_k": "3"}, "'3' is not of type 'integer'"),
        ({"question": EASY, "tpo_k": 3}, "parameter `tpo_k`"),
        ({}, "'question' is a required property"),
    ],
)
def test_what_is_refused_before_a_tool_runs_is_told_as_json(url: str, arguments, told) -> None:
    failed = result(url, "ask", arguments)
    (content,) = failed.content
    error = json.loads(content.text)
    assert failed.isError
    assert error["code"] == "input"
    assert told in error["message"]
    assert "input schema" in error["remedy"]


def test_an_unknown_tool_is_an_input_error(url: str) -> None:
    failed = result(url, "forget", {})
    assert failed.isError
    assert json.loads(failed.content[0].text)["code"] == "input"


def test_who_asks_for_progress_gets_errors_as_json_too(url: str) -> None:
    async def seen(*_: Any) -> None:
        pass

    failed = with_session(
        url, lambda session: session.call_tool("ask", {"question": " "}, progress_callback=seen)
    )
    assert failed.isError
    assert json.loads(failed.content[0].text)["message"] == "The question is empty."


def test_a_full_queue_is_busy_and_the_unforeseen_internal() -> None:
    assert json.loads(as_json("Queue is full! Please try again."))["code"] == "busy"
    assert json.loads(as_json("list index out of range"))["code"] == "internal"
    assert "index" not in as_json("list index out of range")


def test_the_server_starts_without_the_package() -> None:
    code = (
        "import sys, urllib.request\n"
        "sys.modules['mcp'] = None\n"  # so importing it fails
        "from index.records import Document\n"
        "from qa import load\n"
        "from qa.serve import serve\n"
        "article = Document.from_text('The song was written by Ada.')\n"
        "served = serve(load(article), examples={}, host='127.0.0.1', block=False)\n"
        "with urllib.request.urlopen(served.local_url + 'readyz') as response:\n"
        "    print(response.read().decode())\n"
        "served.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '{"status":"ready"}' in done.stdout
    assert "MCP" not in done.stdout
    assert "The MCP tools are not served" in done.stderr
