"""Whatever is said in logs, headers and terminals: it ends no line and gives no orders."""

import asyncio
import json
import logging
import re
from typing import Any

from hostile_articles import SOME, TEXTS, article
from hostile_inputs import HOSTILE_INPUTS, is_text

from index.errors import InputError, PullquoteError
from qa.callers import HEADER, CallerNote, caller_of
from qa.cli import main
from qa.headers import policy_with
from qa.logs import JsonLines
from qa.terminal import complain, shown


def test_a_line_of_the_log_is_one_line(caplog) -> None:
    for hostile in HOSTILE_INPUTS:
        record = logging.LogRecord("qa", logging.INFO, "", 0, "%s", (hostile,), None)
        record.endpoint = hostile
        line = JsonLines().format(record)
        assert len(line.splitlines()) == 1
        assert line.isascii()
        assert line.isprintable()
        assert json.loads(line)["message"] == hostile
    assert caplog.records == []


def test_nothing_ends_a_header() -> None:
    for hostile in HOSTILE_INPUTS:
        try:
            policy = policy_with([hostile])
        except InputError:
            continue
        assert policy.isascii()
        assert policy.isprintable()
        assert policy.count(";") == policy_with(["https://a.example"]).count(";")


def test_nobody_says_for_another_who_calls() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(caller_of({key.decode(): value.decode() for key, value in scope["headers"]}))

    note = CallerNote(app)
    for hostile in TEXTS:
        raw = hostile.encode("utf-8")
        if not raw.isascii():
            continue
        scope = {"type": "http", "client": ("192.0.2.1", 1), "headers": [(HEADER.encode(), raw)]}
        asyncio.run(note(scope, None, None))  # type: ignore[arg-type]
    assert set(seen) == {"192.0.2.1"}


def test_a_terminal_is_shown_no_orders(capsys) -> None:
    for hostile in HOSTILE_INPUTS:
        if is_text(hostile):  # a terminal is written to in UTF-8, what is none with backslashes
            complain(hostile)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", shown(hostile))
            assert shown(hostile).count("\ufffd") <= len(hostile)
    told = capsys.readouterr().err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told)
    assert len(told.split("\n")) == len(TEXTS) + 1


def test_on_the_command_line(tmp_path, capsys) -> None:
    file = tmp_path / "story.txt"
    file.write_text(
        "\n\n".join(article(text) for text in TEXTS[::SOME] if len(text) < 500), "utf-8"
    )
    for hostile in TEXTS[:: 12 * SOME]:
        code = main(["search", "--top-k", "1", "--", hostile, str(file)])
        out, err = capsys.readouterr()
        assert code in {0, 1}
        assert (code == 0) is (err == "")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out + err)
        assert "Traceback" not in err


def test_errors_have_a_message_whatever_they_quote() -> None:
    for hostile in HOSTILE_INPUTS:
        error = PullquoteError(f"“{hostile}” is none.", "Give another.")
        assert json.loads(json.dumps(error.to_dict())) == error.to_dict()
