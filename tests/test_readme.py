"""The README's code gives what it shows, and its commands exist."""

import doctest
import re

import pytest
from conftest import ROOT

from qa.cli import main

README = (ROOT / "README.md").read_text("utf-8")


def test_examples_give_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    examples = doctest.DocTestParser().get_doctest(README, {}, "README", "README.md", 0)
    assert len(examples.examples) >= 7
    failed, tried = doctest.DocTestRunner().run(examples)
    assert (failed, tried) == (0, len(examples.examples))


def test_commands_and_their_options_exist(capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^pullquote (index build|\w+)(.*)$", README, flags=re.MULTILINE)
    every = {"chat", "ask", "batch", "index build", "evaluate", "export"}
    assert {name for name, _ in commands} == every
    for name, rest in commands:
        with pytest.raises(SystemExit) as ended:
            main([*name.split(), "--help"])
        assert ended.value.code == 0
        offered = capsys.readouterr().out
        for option in re.findall(r"--[\w-]+", rest.split("#")[0]):
            assert option in offered


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
