"""The live server: the same answers over HTTP as from Python."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jsonschema
import pytest
from conftest import SEEDS
from gradio_client import Client
from gradio_client.exceptions import AppError

from qa import answer_schema
from qa.assistant import Assistant
from qa.chat import MAX_ARTICLE_CHARS, MAX_QUESTIONS

EASY = "how many prisoners were pardoned?"


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    connected = Client(url, verbose=False)
    yield connected
    connected.close()


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings"}


def test_ask_gives_the_json_that_python_gives(client: Client, news: Assistant) -> None:
    answer = client.predict(EASY, "belarus-pardons.txt", api_name="/ask")
    jsonschema.validate(answer, answer_schema())
    assert timeless(answer) == timeless(news.ask(EASY).to_dict())


def test_ask_by_plain_http(url: str, shelf: Assistant) -> None:
    request = urllib.request.Request(
        f"{url}/gradio_api/call/ask",
        data=json.dumps({"data": [EASY, "", "", None, 3, None]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{url}/gradio_api/call/ask/{event}") as stream:
        lines = stream.read().decode().splitlines()
    assert lines[0] == "event: complete"
    (answer,) = json.loads(lines[1].removeprefix("data: "))
    assert timeless(answer) == timeless(shelf.ask(EASY).to_dict())


def test_ask_many_keeps_the_order(client: Client, shelf: Assistant) -> None:
    questions = ["who is Trump's special envoy?", EASY, "who painted the Mona Lisa?"]
    answers = client.predict(questions, top_k=2, api_name="/ask_many")
    assert [answer["question"] for answer in answers] == questions
    assert [answer["text"] for answer in answers] == [
        answer.text for answer in shelf.ask_many(questions, top_k=2)
    ]
    for answer in answers:
        jsonschema.validate(answer, answer_schema())


def test_ask_about_a_text_of_ones_own(client: Client) -> None:
    text = "The bridge at Oldmere was painted green by Ada Fenn."
    answer = client.predict("who painted the bridge?", text=text, api_name="/ask")
    assert answer["text"] == "Ada Fenn"
    assert text[answer["start"] : answer["end"]] == "Ada Fenn"


def test_history_is_taken(client: Client) -> None:
    answer = client.predict(
        "how long was he jailed?",
        "belarus-pardons.txt",
        history=[["who is Viktor Babariko?", "a veteran opposition figure"], ["who else?", None]],
        api_name="/ask",
    )
    assert answer["question"] == "how long was he jailed?"
    jsonschema.validate(answer, answer_schema())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"question": " "}, "The question is empty."),
        ({"question": "x" * 10_000}, "10,000 characters"),
        ({"question": EASY, "article": "nowhere.txt"}, "no article 'nowhere.txt'"),
        ({"question": EASY, "text": "  \n"}, "is empty"),
        ({"question": EASY, "text": "a " * MAX_ARTICLE_CHARS}, "the chat reads at most"),
        ({"question": EASY, "top_k": 0}, "top_k is 0"),
        ({"question": EASY, "history": [["only a question"]]}, "not a question and an answer"),
    ],
)
def test_faults_say_what_is_wrong(client: Client, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(**arguments, api_name="/ask")


def test_too_many_questions_are_refused(client: Client) -> None:
    with pytest.raises(AppError, match="at most 1,000 fit"):
        client.predict([EASY] * (MAX_QUESTIONS + 1), api_name="/ask_many")


def test_a_text_of_one_character_is_an_article(client: Client) -> None:
    answer = client.predict("who wrote this?", text="a", api_name="/ask")
    jsonschema.validate(answer, answer_schema())


def test_only_the_two_endpoints_are_offered(client: Client) -> None:
    offered = client.view_api(print_info=False, return_format="dict")
    assert set(offered["named_endpoints"]) == {"/ask", "/ask_many"}
    assert not offered["unnamed_endpoints"]


def test_no_file_of_the_server_is_served(url: str) -> None:
    seed = SEEDS / "belarus-pardons.txt"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/gradio_api/file={seed}")
    assert refused.value.code in {403, 404}


def test_no_address_is_fetched_for_a_visitor(client: Client) -> None:
    asked = []

    class Private(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Private) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/secret"
        answer = client.predict("what is the secret?", "", address, api_name="/ask")
        with pytest.raises(AppError, match="There is no article"):
            client.predict("what is the secret?", address, api_name="/ask")
        server.shutdown()
    places = [answer["passage"], *answer["nearest"]]
    assert {place["text"] for place in places if place} <= {address}  # a text like any other
    assert asked == []
