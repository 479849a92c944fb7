"""The README's code gives what it shows, and its commands exist."""

import doctest
import inspect
import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from asked import timeless
from conftest import ROOT

from index.errors import InputError, PullquoteError
from qa import faults
from qa.assistant import STREAM_QUESTIONS, Assistant
from qa.bounds import MAX_ARTICLE_CHARS, MAX_QUESTIONS
from qa.cli import main
from qa.endpoints import Endpoints
from qa.kept_bounds import DAYS_KEPT
from qa.login import ATTEMPTS_PER_MINUTE, BURST_ATTEMPTS
from qa.logins import LOGIN_DAYS
from qa.own_articles import KEPT_S, TOKEN_BYTES
from qa.rates import BURST_QUESTIONS, CHARS_PER_QUESTION, QUESTIONS_PER_MINUTE
from qa.serve import MAX_BODY_BYTES, WAITING_QUESTIONS

README = (ROOT / "README.md").read_text("utf-8")
SERVED = "http://127.0.0.1:7860"
RELEASED = "who was released?"
PARDONED = "how many prisoners were pardoned?"


def test_examples_give_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    examples = doctest.DocTestParser().get_doctest(README, {}, "README", "README.md", 0)
    assert len(examples.examples) >= 7
    failed, tried = doctest.DocTestRunner().run(examples)
    assert (failed, tried) == (0, len(examples.examples))


def test_lists_are_as_good_as_was_measured() -> None:
    measured = json.loads((ROOT / "benchmarks/results/several.json").read_text("utf-8"))
    assert (
        f"For {measured['questions']} questions whose accepted answers are lists"
        ' ("snow, hail and graupel"), the lists given have an overlap F1 of'
        f" {measured['multi_overlap_f1']} % and an exact F1 of {measured['multi_exact_f1']} %"
    ) in " ".join(README.split())


def over_http(url: str, language: str) -> list[str]:
    """The section's examples in a language, to be run against the server at a URL."""
    section = README.split("## Over HTTP\n")[1].split("\n## ")[0]
    assert SERVED in section
    blocks = re.findall(rf"^```{language}\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    return [block.replace(SERVED, url) for block in blocks]


def test_the_client_example_runs(
    url: str, shelf: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    example, _ = over_http(url, "python")
    names: dict[str, Any] = {}
    exec(example, names)
    names["client"].close()
    printed = capsys.readouterr().out.splitlines()
    expected = [answer.text for answer in shelf.ask_many([RELEASED, PARDONED])]
    assert printed[-2:] == [str(text) for text in expected]
    assert timeless(names["answer"]) == timeless(shelf.ask(PARDONED).to_dict())


def test_the_mcp_example_runs(
    url: str, shelf: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    _, example = over_http(url, "python")
    exec(example, {})
    printed = json.loads(capsys.readouterr().out)
    assert timeless(printed) == timeless(shelf.ask(RELEASED).to_dict())


@pytest.mark.skipif(shutil.which("curl") is None, reason="This needs curl.")
def test_the_curl_example_runs(url: str, shelf: Assistant) -> None:
    (example,) = over_http(url, "sh")
    done = subprocess.run(["sh", "-ec", example], capture_output=True, text=True, check=True)
    event, data = done.stdout.strip().splitlines()
    assert event == "event: complete"
    (answer,) = json.loads(data.removeprefix("data: "))
    assert timeless(answer) == timeless(shelf.ask(RELEASED).to_dict())


def test_the_endpoints_are_those_described() -> None:
    described = re.findall(r"^\| `/(\w+)` \| (.*) \|$", README, flags=re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", text.split(":")[0])) for name, text in described}
    taken = {
        name: set(inspect.signature(endpoint).parameters) - {"self"}
        for name, endpoint in inspect.getmembers(Endpoints, inspect.isfunction)
        if not name.startswith("_")
    }
    # "`questions` and the same but `history`", "as `/ask_many`"
    assert (told.pop("ask_many"), told.pop("ask_stream")) == ({"questions", "history"}, set())
    assert taken["ask_many"] == taken["ask"] - {"question", "history"} | {"questions"}
    assert taken.pop("ask_stream") == taken.pop("ask_many")
    assert told == taken


def test_the_codes_of_errors_are_those_described() -> None:
    told = README.split("An error carries JSON")[1].split("\n\n")[0]
    codes = set(re.findall(r"`(\w+)`", told.split("Its code is ")[1]))
    of_the_server = inspect.getmembers(
        faults, lambda one: inspect.isclass(one) and one.__module__ == faults.__name__
    )
    assert codes == {InputError.code, *(error.code for _, error in of_the_server)}
    assert all(issubclass(error, PullquoteError) for _, error in of_the_server)
    assert f"more than {MAX_BODY_BYTES:,} bytes gets 413" in told


def test_commands_and_their_options_exist(capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^pullquote (index \w+|\w+)(.*)$", README, flags=re.MULTILINE)
    every = {"chat", "password", "ask", "search", "batch", "evaluate", "export", "feedback"}
    index = "build add collections rename remove list info verify repair compact"
    index += " export import reembed"
    every |= {f"index {action}" for action in index.split()}
    assert {name for name, _ in commands} == every
    for name, rest in commands:
        with pytest.raises(SystemExit) as ended:
            main([*name.split(), "--help"])
        assert ended.value.code == 0
        offered = re.findall(r"--[\w-]+", capsys.readouterr().out)
        if name == "index reembed":
            rest = rest.split("#")[0]  # what is told behind it is an option of the other commands
        assert set(re.findall(r"--[\w-]+", rest)) <= set(offered), name


def test_the_limits_told_are_those_held() -> None:
    readme, security = (
        " ".join((ROOT / name).read_text("utf-8").split()) for name in ("README.md", "SECURITY.md")
    )
    for text in (readme, security):
        assert f"{QUESTIONS_PER_MINUTE} questions a minute" in text
        assert "an hour after its last use" in text
        assert "ach address has ten attempts a minute" in text
        assert f"{LOGIN_DAYS} days after its last use" in text
        assert f"{DAYS_KEPT} days" in text
    assert KEPT_S == 3600
    assert ATTEMPTS_PER_MINUTE == BURST_ATTEMPTS == 10
    assert f"at most {WAITING_QUESTIONS} wait" in security
    assert f"{TOKEN_BYTES * 8} random bits" in security
    assert f"at most {BURST_QUESTIONS} at once" in readme
    assert f"what one asks beyond the {BURST_QUESTIONS} (" in readme
    assert f"{CHARS_PER_QUESTION:,} characters of an article count as one" in readme
    assert f"One call takes {MAX_QUESTIONS:,} questions" in readme
    assert f"an article {MAX_ARTICLE_CHARS:,} characters" in readme
    assert f"for {DAYS_KEPT} days after their last use" in readme
    assert f"up to {STREAM_QUESTIONS} are gathered" in readme


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`?make (\w[\w-]*)", README)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_files_linked_exist() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_space_runs_what_is_pinned() -> None:
    pinned = re.search(r"^gradio==(.+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"sdk_version: {pinned[1]}\n" in README
