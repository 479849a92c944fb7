"""The live server: the same answers over HTTP as from Python."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jsonschema
import pytest
from asked import timeless
from conftest import SEEDS
from gradio_client import Client
from gradio_client.exceptions import AppError
from serving import connected

from qa import answer_schema
from qa.assistant import Assistant
from qa.bounds import MAX_ARTICLE_CHARS, MAX_QUESTIONS, MAX_TOP_K

EASY = "how many prisoners were pardoned?"
OWN = "The bridge at Oldmere was painted green by Ada Fenn."
ENDPOINTS = {
    "/add_document",
    "/ask",
    "/ask_many",
    "/ask_stream",
    "/documents",
    "/remove_document",
    "/search",
}


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    one = connected(url)
    yield one
    one.close()


def test_ask_gives_the_json_that_python_gives(client: Client, news: Assistant) -> None:
    answer = client.predict(EASY, "belarus-pardons.txt", api_name="/ask")
    jsonschema.validate(answer, answer_schema())
    assert timeless(answer) == timeless(news.ask(EASY).to_dict())


def post(url: str, body: bytes) -> Any:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


# Collections, documents, languages, since and until, of a call that gives them by position.
EVERYTHING = [None, None, None, "", ""]


def events(url: str, name: str, body: object) -> list[tuple[str, Any]]:
    """The events that a call by plain HTTP gives, with their data."""
    event = post(f"{url}/gradio_api/call/{name}", json.dumps(body).encode())["event_id"]
    with urllib.request.urlopen(f"{url}/gradio_api/call/{name}/{event}") as stream:
        lines = [line for line in stream.read().decode().split("\n") if line]
    names = [line.removeprefix("event: ") for line in lines[::2]]
    data = [json.loads(line.removeprefix("data: ")) for line in lines[1::2]]
    # Where an answer takes a while, Gradio says that it is still there.
    return [event for event in zip(names, data, strict=True) if event[0] != "heartbeat"]


def error_of(event: tuple[str, Any]) -> dict[str, str]:
    name, data = event
    assert name == "error"
    return json.loads(data["error"])


def test_ask_by_plain_http(url: str, shelf: Assistant) -> None:
    ((name, (answer,)),) = events(
        url, "ask", {"data": [EASY, "", None, None, 3, None, *EVERYTHING]}
    )
    assert name == "complete"
    assert timeless(answer) == timeless(shelf.ask(EASY).to_dict())


def test_ask_by_name_of_its_arguments(url: str, shelf: Assistant) -> None:
    ((name, (answer,)),) = events(url, "v2/ask", {"question": EASY, "top_k": 1})
    assert name == "complete"
    assert timeless(answer) == timeless(shelf.ask(EASY, top_k=1).to_dict())


def test_search_gives_the_json_that_python_gives(client: Client, shelf: Assistant) -> None:
    found = client.predict("potash", top_k=4, api_name="/search")
    assert found == [one.to_dict() for one in shelf.search("potash", top_k=4)]
    assert len(found) == 4
    for one in found:
        (document,) = (each for each in shelf.documents if each.id == one["document_id"])
        assert document.text[one["start"] : one["end"]] == one["text"]


def test_documents_lists_the_shelf_without_its_paths(client: Client, shelf: Assistant) -> None:
    listed = client.predict(api_name="/documents")
    assert listed == [
        {
            "id": document.id,
            "title": document.title,
            "characters": len(document.text),
            "source": document.id,  # the seeds are named by their files
            "collection": "",
            "language": document.language,
            "date": document.date,
        }
        for document in shelf.documents
    ]
    assert str(SEEDS) not in json.dumps(listed)


def test_stream_sends_each_answer_when_it_is_there(url: str, news: Assistant) -> None:
    questions = [EASY, "who was released?", "who painted the Mona Lisa?"]
    body = {"questions": questions, "article": "belarus-pardons.txt"}
    *sent, (last, (repeated,)) = events(url, "v2/ask_stream", body)
    assert [name for name, _ in sent] == ["generating"] * len(questions)
    assert last == "complete"
    answers = [answer for _, (answer,) in sent]
    assert [timeless(answer) for answer in answers] == [
        timeless(news.ask(question).to_dict()) for question in questions
    ]
    assert repeated == answers[-1]


def test_stream_by_the_client(client: Client, news: Assistant) -> None:
    questions = [EASY, "who painted the Mona Lisa?"]
    job = client.submit(questions, "belarus-pardons.txt", api_name="/ask_stream")
    job.result()
    assert [timeless(answer) for answer in job.outputs()[: len(questions)]] == [
        timeless(news.ask(question).to_dict()) for question in questions
    ]


def test_a_question_gone_wrong_ends_the_stream(url: str) -> None:
    *sent, last = events(url, "v2/ask_stream", {"questions": [EASY, " "]})
    assert [name for name, _ in sent] == ["generating"]
    assert error_of(last)["message"] == "Question 2: The question is empty."


def test_an_article_of_ones_own_is_asked_by_its_secret_id(client: Client, url: str) -> None:
    added = client.predict(OWN, "The bridge", api_name="/add_document")
    assert (added["title"], added["characters"]) == ("The bridge", len(OWN))
    answer = client.predict("who painted the bridge?", added["id"], api_name="/ask")
    assert answer["text"] == OWN[answer["start"] : answer["end"]] == "Ada Fenn"
    assert answer["document_id"] == added["document_id"]
    assert added["id"] not in json.dumps(answer)
    # Another visitor sees nothing of it, neither by list nor by what is no secret of it.
    other = connected(url)
    listed = json.dumps(other.predict(api_name="/documents"))
    assert added["id"] not in listed
    assert added["document_id"] not in listed
    for guess in (added["document_id"], added["title"], added["id"][:-1], added["id"].lower()):
        with pytest.raises(AppError, match="There is no article"):
            other.predict("who painted the bridge?", guess, api_name="/ask")
    answer = other.predict("who painted the bridge?", api_name="/ask")
    assert answer["document_id"] != added["document_id"]
    other.close()
    # The same text once more has another id, so an id says nothing of a text.
    again = client.predict(OWN, "The bridge", api_name="/add_document")
    assert again["id"] != added["id"]
    assert client.predict(added["id"], api_name="/remove_document") == {
        "id": added["id"],
        "removed": True,
    }
    for endpoint, arguments in {
        "/ask": ("who?", added["id"]),
        "/search": ("who?", added["id"]),
        "/remove_document": (added["id"],),
    }.items():
        with pytest.raises(AppError, match="There is no article"):
            client.predict(*arguments, api_name=endpoint)
    assert client.predict("who?", again["id"], api_name="/ask")["question"] == "who?"


def test_an_article_on_offer_is_not_removed(client: Client) -> None:
    with pytest.raises(AppError, match="is on offer to everyone"):
        client.predict("belarus-pardons.txt", api_name="/remove_document")
    assert client.predict(EASY, "belarus-pardons.txt", api_name="/ask")["text"] == "123"


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


def test_what_is_not_given_may_be_null(client: Client) -> None:
    names = ("article", "text", "history", "min_score", "collections", "since", "until")
    answer = client.predict(EASY, **dict.fromkeys(names), api_name="/ask")
    assert answer["text"] == "123"


def test_answers_are_taken_back_as_history(client: Client) -> None:
    article = "belarus-pardons.txt"
    first = client.predict("who is Viktor Babariko?", article, api_name="/ask")
    question = "how long was he jailed?"
    pairs = client.predict(
        question, article, history=[[first["question"], first["text"]]], api_name="/ask"
    )
    whole = client.predict(question, article, history=[first], api_name="/ask")
    assert whole["resolved"] == pairs["resolved"] is not None
    assert whole["text"] == pairs["text"]


@pytest.mark.parametrize("name", ["run", "api"])
def test_nothing_passes_by_the_queue(url: str, name: str) -> None:
    body = json.dumps({"data": [EASY, None, None, None, 3, None, *EVERYTHING]}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{url}/gradio_api/{name}/ask", body)
    assert refused.value.code == 404


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"question": " "}, "The question is empty."),
        ({"question": "x" * 10_000}, "10,000 characters"),
        ({"question": 7}, "question cannot be used: input should be a valid string"),
        ({"question": EASY, "article": "nowhere.txt"}, "no article 'nowhere.txt'"),
        ({"question": EASY, "text": "  \n"}, "is empty"),
        ({"question": EASY, "text": ""}, "is empty"),
        ({"question": EASY, "text": "Words.", "article": "belarus-pardons.txt"}, "Give one"),
        ({"question": EASY, "text": "a " * MAX_ARTICLE_CHARS}, "the chat reads at most"),
        ({"question": EASY, "top_k": 0}, "top_k is 0"),
        ({"question": EASY, "top_k": MAX_TOP_K + 1}, "top_k is 101"),
        ({"question": EASY, "top_k": "3"}, "top_k cannot be used: input should be a valid integer"),
        ({"question": EASY, "min_score": 2}, "min_score is 2"),
        ({"question": EASY, "history": [["only a question"]]}, "not a question and an answer"),
        ({"question": EASY, "history": [[1, 2]]}, "history[0][0] cannot be used"),
    ],
)
def test_faults_say_what_is_wrong(
    client: Client, url: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(AppError) as raised:
        client.predict(**arguments, api_name="/ask")
    error = json.loads(str(raised.value))
    assert error.keys() == {"code", "message", "remedy"}
    assert error["code"] == "input"
    assert said in f"{error['message']} {error['remedy']}"
    (event,) = events(url, "v2/ask", arguments)
    assert error_of(event) == error


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nonesuch", b'{"data": []}', 400),
        ("v2/nonesuch", b"{}", 400),
        ("v2/ask", b'{"question": "who?", "answer": "she"}', 400),
        ("v2/ask", b"{}", 400),
        ("ask", b"{}", 422),
        ("ask", b"not JSON", 422),
    ],
)
def test_calls_that_no_endpoint_takes(url: str, name: str, body: bytes, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{url}/gradio_api/call/{name}", body)
    assert refused.value.code == status
    error = json.load(refused.value)
    assert error["code"] == "input"
    assert "There is no such endpoint" in error["message"]


@pytest.mark.parametrize("values", [[EASY], [EASY, "", "", None, 3, None, *EVERYTHING, 7]])
def test_a_call_with_too_few_or_too_many_values_says_so(url: str, values: list[Any]) -> None:
    (event,) = events(url, "ask", {"data": values})
    assert error_of(event)["message"] == f"The call has {len(values)} values; ask takes 11."


@pytest.mark.parametrize("name", ["question", "article", "text"])
def test_half_a_character_is_refused(url: str, name: str) -> None:
    (event,) = events(url, "v2/ask", {"question": EASY, name: "who \ud800?"})
    assert error_of(event)["code"] == "input"


def test_too_many_questions_are_refused(client: Client) -> None:
    with pytest.raises(AppError, match="at most 1,000 fit"):
        client.predict([EASY] * (MAX_QUESTIONS + 1), api_name="/ask_many")


def test_a_text_of_one_character_is_an_article(client: Client) -> None:
    answer = client.predict("who wrote this?", text="a", api_name="/ask")
    jsonschema.validate(answer, answer_schema())
    assert answer["text"] in (None, "a")


def test_only_our_endpoints_are_offered(client: Client, url: str) -> None:
    offered = client.view_api(print_info=False, return_format="dict")
    assert set(offered["named_endpoints"]) == ENDPOINTS
    assert not offered["unnamed_endpoints"]
    with urllib.request.urlopen(f"{url}/gradio_api/info") as response:
        info = json.load(response)
    assert set(info["named_endpoints"]) == ENDPOINTS
    assert not info["unnamed_endpoints"]
    for name, endpoint in info["named_endpoints"].items():
        assert endpoint["description"], name
        assert all(one["type"] != {} for one in endpoint["parameters"]), name
    with urllib.request.urlopen(f"{url}/gradio_api/openapi.json") as response:
        paths = json.load(response)["paths"]
    # Gradio adds its upload to them.
    assert set(paths) == {
        "/gradio_api/upload",
        *(f"/gradio_api/call/v2{name}" for name in ENDPOINTS),
        *(f"/gradio_api/call{name}/{{event_id}}" for name in ENDPOINTS),
    }


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
