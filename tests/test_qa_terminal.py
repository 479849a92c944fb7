"""Whatever articles, ids and files are called: nothing of it gives a terminal orders."""

import ast
import json
import os
import re
import sys
import warnings

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from index.hub import UnfittedModelWarning
from qa.cli import main
from qa.terminal import shown, skipped_files_named

ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp.exe\u2066\x08\r"
ARTICLE = "Ada Fenn was born in Port Ellen. She built the bridge of Lirra there."


@given(st.text(st.characters(codec=None)))
def test_what_is_shown_has_no_orders_and_no_halves(text: str) -> None:
    told = shown(text)
    assert not ORDERS.search(told)
    told.encode()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert shown(f"a\tb\n{text}\N{ZERO WIDTH JOINER}") == f"a\tb\n{text}\N{ZERO WIDTH JOINER}"


def test_orders_are_spelt_out() -> None:
    assert shown("a\x1b[2J\x9b\u202eb\udc80") == r"a\x1b[2J\x9b\u202eb\udc80"


def test_what_a_model_lacks_is_said_in_a_line(capfd) -> None:
    with skipped_files_named() as skipped:
        warnings.warn("It has no\nsettings.", UnfittedModelWarning, stacklevel=1)
    assert skipped == []
    assert capfd.readouterr().err == "pullquote: It has no settings.\n"


@pytest.fixture
def run(capfd):
    """What a command answers with, prints and complains of; of none of it a terminal obeys."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.fixture
def shelf_of_names(tmp_path, run):
    """A saved index in a folder, of a table and a file that are all named to harm."""
    rows = [{"id": f"a{HOSTILE}", "title": f"Title\n{HOSTILE}", "text": ARTICLE}]
    table = tmp_path / "table.jsonl"
    table.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    file = tmp_path / f"story{HOSTILE}.txt"
    file.write_text(ARTICLE, "utf-8")
    folder = tmp_path / f"shelf{HOSTILE}"
    code, out, err = run("index", "build", str(table), str(file), "--output", str(folder))
    assert (code, err) == (0, "")
    assert not ORDERS.search(out)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="no file can be called so there")
def test_index_commands_are_harmless(shelf_of_names, run) -> None:
    folder = str(shelf_of_names)
    for action, *rest in (["list"], ["info"], ["verify"], ["repair"], ["compact"]):
        code, out, err = run("index", action, folder, *rest)
        assert (code, err) == (0, "")
        assert not ORDERS.search(out), action
    _, out, _ = run("index", "list", folder)
    assert r"story\x1b[2J" in out
    assert len(out.splitlines()) == 2  # no title makes a line of its own
    _, out, _ = run("index", "list", folder, "--json")
    assert {row["id"] for row in json.loads(out)} >= {f"story{HOSTILE}.txt"}  # as it is
    code, out, err = run("index", "remove", folder, f"b{HOSTILE}")
    assert (code, out) == (1, "")
    assert "x1b[2J" in err
    assert not ORDERS.search(err)


@pytest.mark.skipif(sys.platform == "win32", reason="no file can be called so there")
@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "who built the bridge?", "FOLDER"),
        ("ask", f"who built the bridge of {HOSTILE}?", "FOLDER"),
        ("search", "the bridge", "FOLDER"),
        ("search", "the bridge", f"none{HOSTILE}.txt"),
        ("feedback", f"none{HOSTILE}", "--output", "-"),
        ("index", "info", f"none{HOSTILE}"),
        ("index", "add", "FOLDER", f"none{HOSTILE}.txt"),
        ("evaluate", f"none{HOSTILE}.json"),
    ],
)
def test_answers_and_errors_are_harmless(shelf_of_names, run, arguments) -> None:
    named = [str(shelf_of_names) if one == "FOLDER" else one for one in arguments]
    code, out, err = run(*named)
    assert out if code == 0 else err
    assert not ORDERS.search(out + err)


def test_wrong_usage_is_harmless(capfd) -> None:
    with pytest.raises(SystemExit):
        main(["search", "who?", f"--{HOSTILE}"])
    told = capfd.readouterr().err
    assert "x1b[2J" in told
    assert not ORDERS.search(told)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_utf8_is_told(tmp_path, run) -> None:
    file = os.fsdecode(os.fsencode(tmp_path) + b"/st\xffory.pdf")
    with open(file, "w", encoding="ascii") as stream:  # noqa: PTH123 - no path of text
        stream.write("no PDF")
    code, out, err = run("search", "who?", file)
    assert (code, out) == (1, "")
    assert r"st\udcffory.pdf" in err


def test_commands_print_for_people_in_one_place_only() -> None:
    for file in (ROOT / "qa").glob("*.py"):
        if file.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
                # JSON, and what `pullquote password` hands to a file.
                told = ast.unparse(node.args[0])
                assert told.startswith(("json.dumps(", "account_line(", "squad_json")), file.name
