"""What a reader is checked on while it learns, and what is left out of that."""

import json
from pathlib import Path

import pytest
from devcheck import DevSource, check, draw_sets
from training_data import ASKED, BRIDGE, rows_of

from qa.reader import ExtractiveReader

pytestmark = pytest.mark.usefixtures("one_thread")

LONG = "who held the ladder " * 99
TALK = DevSource(name="talk", layout="conversation")


def write_rows(folder: Path, rows: list[dict[str, object]]) -> None:
    paragraphs = [{"context": BRIDGE, "qas": rows}]
    (folder / "talk.dev.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))


def test_a_set_of_which_nothing_is_left_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = {"question": "Who paid?", "answers": [{"text": "Tom", "answer_start": 0}]}
    write_rows(tmp_path, [lost])
    with pytest.raises(
        ValueError, match=r"talk\.dev\.json gives no questions .*1 left out: answer is"
    ):
        draw_sets(tmp_path, [TALK], questions=9, seed=7)
    write_rows(tmp_path, [lost, *rows_of(BRIDGE, ASKED, "1")])
    (drawn,) = draw_sets(tmp_path, [TALK], questions=9, seed=7)
    assert sorted(drawn.alone) == sorted(ASKED)
    told = "talk.dev: 1 left out: answer is not where the file says"
    assert told in capsys.readouterr().out


def test_questions_that_are_too_long_are_left_out_and_counted(
    tiny: dict[str, str], tmp_path: Path
) -> None:
    reader = ExtractiveReader.from_pretrained(
        tiny["bert"], plain=True, window_tokens=36, stride_tokens=12
    )
    rows = rows_of(BRIDGE, ASKED, "1")
    write_rows(tmp_path, rows)
    (drawn,) = draw_sets(tmp_path, [TALK], questions=9, seed=7)
    assert not all(reader.takes(told) for told, _ in drawn.pairs)  # behind turns
    assert check(reader, [drawn])["talk"].keys() == {"exact", "f1", "questions"}
    write_rows(tmp_path, [*rows, {"question": LONG, "answers": []}])
    figures = check(reader, draw_sets(tmp_path, [TALK], questions=9, seed=7))["talk"]
    assert (figures["questions"], figures["too_long"]) == (len(ASKED), 1)
    write_rows(tmp_path, [{"question": LONG, "answers": []}])
    with pytest.raises(ValueError, match="Every one of the 1 questions of talk is too long"):
        check(reader, draw_sets(tmp_path, [TALK], questions=9, seed=7))
