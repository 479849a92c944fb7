"""``pullquote feedback``, from a chat's folder to a file that reads back."""

import contextlib
import json
import sqlite3
from dataclasses import replace

import pytest
from keepers import Clock, answer, begun

from index.records import Document
from qa.cli import main
from qa.feedback import Feedback, Verdict
from qa.kept import Kept
from qa.kept_file import FILE
from qa.kept_folder import new_visitor
from qa.records import Excerpt
from qa.squad import SquadSet


@pytest.fixture
def folder(tmp_path, news_answers):
    """Where somebody said of every answer that it was right."""
    kept, visitor = Kept(tmp_path / "kept"), new_visitor()
    one = kept.conversations.start(visitor, name="News", articles=["belarus-pardons.txt"]).id
    for said in news_answers:
        turn = kept.conversations.add(visitor, one, said)
        kept.feedback.judge(visitor, one, turn.number, Feedback(Verdict.RIGHT))
    last = kept.conversations.add(visitor, one, news_answers[0])
    kept.feedback.judge(visitor, one, last.number, Feedback(Verdict.INCOMPLETE))
    return kept.folder


def test_it_writes_what_reads_back(folder, tmp_path, news, news_answers, capsys):
    file = tmp_path / "feedback.json"
    assert main(["feedback", str(folder), "--output", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{len(news_answers)} questions; 1 judged answers left out" in said.err
    read = SquadSet.from_file(file)
    expected = {one.question: (one.text,) if one.text else () for one in news_answers}
    assert {one.question: one.answers for one in read.questions} == expected
    (document,) = news.documents
    assert all(paragraph.text in document.text for paragraph in read.paragraphs)


def test_it_prints(folder, capsys):
    assert main(["feedback", str(folder), "--output", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "v2.0"


def test_it_deletes_nothing(tmp_path, visitor, capsys):
    kept = Kept(tmp_path / "kept", clock=Clock())  # whose seconds are long ago
    idle, said = begun(kept, visitor), answer(1)
    passage = Excerpt("d", "Title", 0, len(said.text), said.text)
    turn = kept.conversations.add(visitor, idle, replace(said, passage=passage))
    kept.feedback.judge(visitor, idle, turn.number, Feedback(Verdict.RIGHT))
    kept.articles.bring(visitor, [Document("mine", "Mine", "A text.")])

    def held():
        with contextlib.closing(sqlite3.connect(kept.folder / FILE)) as connection:
            return list(connection.iterdump())

    before = held()
    for _ in range(2):  # the first writes what the second still finds
        assert main(["feedback", str(kept.folder), "--output", "-"]) == 0
        assert "1 questions; 0 judged answers left out" in capsys.readouterr().err
    assert held() == before


def test_what_cannot_be_done_is_said(folder, tmp_path, capsys):
    def refused(place, output):
        assert main(["feedback", str(place), "--output", str(output)]) == 1
        return capsys.readouterr().err

    assert "No conversations are kept in" in refused(tmp_path / "none", "-")
    assert not (tmp_path / "none").exists()
    (tmp_path / "empty").mkdir()
    Kept(tmp_path / "empty")
    assert "makes a question (0 questions; 0 judged" in refused(tmp_path / "empty", "-")
    assert "cannot be written" in refused(folder, tmp_path / "none" / "file.json")
    (folder / FILE).write_bytes(b"something else")
    assert "is damaged" in refused(folder, "-")
