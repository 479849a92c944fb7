"""What ends a keeper, fills its disk or spoils its file: nothing is half kept, all is named."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from conftest import ROOT
from keepers import answer

from index.errors import StoreError
from index.records import Document
from index.stored_document import content_digest
from qa.kept import Kept
from qa.kept_file import FILE
from qa.kept_folder import new_visitor

KILLS_INSIDE = 8  # of processes in the midst of a change, and as many turns kept as well:
MOST_KILLS = 80  # where a kill falls is chance, so there are as many as that takes
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def keeper(*message):
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "keepers.py"), json.dumps(message)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_what_was_kept_outlives_a_kill_at_any_moment(tmp_path):
    folder, visitor = tmp_path / "kept", new_visitor()
    lot = random.Random(0)
    kept_turns: dict[str, list[str]] = {}
    killed_inside = 0
    for seed in range(MOST_KILLS):
        with keeper("keep", str(folder), visitor, seed) as process:
            said = [json.loads(process.stdout.readline())]  # it has begun
            killer = threading.Timer(lot.uniform(0.0, 0.15), process.kill)
            killer.start()
            said += [json.loads(line) for line in process.stdout]
            killer.join()
        for message in said:
            if "started" in message:
                kept_turns[message["started"]] = []
            elif "added" in message:
                kept_turns[message["added"]].append(message["question"])
            elif "deleted" in message:
                del kept_turns[message["deleted"]]
        last = said[-1]
        kept = Kept(folder)
        found = {
            one.id: [turn.answer.question for turn in kept.conversations.turns(visitor, one.id)]
            for one in kept.conversations.search(visitor, "")
        }
        # What was being done when it ended is done or not; nothing else is open.
        if "adding" in last and found[last["adding"]] != kept_turns[last["adding"]]:
            kept_turns[last["adding"]].append(last["question"])
        if "deleting" in last and last["deleting"] not in found:
            del kept_turns[last["deleting"]]
        if "starting" in last:
            begun = found.keys() - kept_turns.keys()
            assert len(begun) <= 1
            kept_turns |= {one: [] for one in begun}
        assert found == kept_turns
        for document in kept.articles.documents(visitor, "d") or ():
            sentence = document.text[: len(document.text) // 500]
            assert document.text == sentence * 500
        killed_inside += bool(last.keys() & {"starting", "adding", "bringing", "deleting"})
        if min(killed_inside, sum(map(len, kept_turns.values()))) >= KILLS_INSIDE:
            break
    else:
        pytest.fail(f"{killed_inside} of {MOST_KILLS} were killed in the midst of a change")


def test_processes_keep_beside_each_other(tmp_path):
    folder, visitor = tmp_path / "kept", new_visitor()
    one = Kept(folder).conversations.start(visitor, name="x", articles=[]).id
    call = ("add", str(folder), visitor, one, 15)
    with keeper(*call) as first, keeper(*call) as second:
        pass  # they are waited for
    assert (first.returncode, second.returncode) == (0, 0)
    assert [turn.number for turn in Kept(folder).conversations.turns(visitor, one)] == list(
        range(30)
    )


def test_many_may_make_the_file_at_once(tmp_path):
    folder, failed, made = tmp_path / "kept", [], []

    def make():
        try:
            made.append(Kept(folder))
        except Exception as error:  # noqa: BLE001 - a thread's errors would be lost
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    visitor = new_visitor()
    made[0].conversations.start(visitor, name="x", articles=[])
    assert [len(kept.conversations.search(visitor, "")) for kept in made] == [1] * 6


def for_each(values, act):
    for value in values:
        act(value)


def test_a_full_disk_is_named_and_loses_nothing(small_disk, caplog):
    kept, visitor = Kept(small_disk / "kept"), new_visitor()
    one = kept.conversations.start(visitor, name="x", articles=[]).id
    kept.conversations.add(visitor, one, answer(1))
    large = [Document(f"{number}", "Large", "x" * 200_000) for number in range(20)]
    with pytest.raises(StoreError, match="cannot read or write what it keeps") as raised:
        for_each(large, lambda document: kept.articles.bring(visitor, [document]))
    assert str(small_disk) not in str(raised.value), "visitors need not know where"
    assert str(small_disk) in caplog.text
    assert "full" in caplog.text
    assert [turn.answer for turn in kept.conversations.turns(visitor, one)] == [answer(1)]
    brought = [kept.articles.documents(visitor, one.id) for one in kept.articles.all_of(visitor)]
    assert brought == [(one,) for one in reversed(large[: len(brought)])]
    assert brought
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as stream:
        while True:
            stream.write(b"x" * 4096)
            stream.flush()
    with pytest.raises(StoreError, match="cannot read or write what it keeps"):
        for_each(range(50), lambda number: kept.conversations.add(visitor, one, answer(number)))
    filler.unlink()
    assert kept.conversations.add(visitor, one, answer(2)) is not None


# Files that are no good


@pytest.fixture
def filled(tmp_path):
    kept, visitor = Kept(tmp_path / "kept"), new_visitor()
    for name in ("First", "Second"):
        one = kept.conversations.start(visitor, name=name, articles=["d"]).id
        for number in range(4):
            kept.conversations.add(visitor, one, answer(number))
    kept.articles.bring(visitor, [Document("d", "Title", "It was there. " * 500)])
    return kept.folder, visitor


def everything(folder, visitor):
    kept = Kept(folder)
    listed = kept.conversations.search(visitor, "")
    articles = [kept.articles.documents(visitor, one.id) for one in kept.articles.all_of(visitor)]
    return listed, [kept.conversations.turns(visitor, one.id) for one in listed], articles


def altered(folder, *statements):
    with contextlib.closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        ("PRAGMA user_version = 2", "has format version 2; this Pullquote reads version 1"),
        ("PRAGMA application_id = 5", "is not a file of Pullquote's conversations"),
        ("UPDATE turns SET json = '{}'", "is damaged (the turn 0)"),
        ("UPDATE turns SET digest = x''", "is damaged (the turn 0)"),
        ("UPDATE documents SET text = text || 'x'", "is damaged (the article d)"),
        ("UPDATE documents SET fields = '[]'", "is damaged (the article d)"),
        ("UPDATE conversations SET articles = '{'", "is damaged (the conversation "),
        ("DROP TABLE turns", "is damaged (no such table: "),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_by_name(filled, spoil, problem, caplog):
    folder, visitor = filled
    altered(folder, spoil)
    with pytest.raises(StoreError) as raised:
        everything(folder, visitor)
    told = raised.value.problem
    if told == "What the server keeps is damaged.":  # found only when it was read
        told = caplog.text
    assert str(folder / FILE) in told
    assert problem in told
    assert type(raised.value) is StoreError


def test_a_field_of_a_later_version_is_passed_over(filled):
    folder, visitor = filled
    *_, ((document,),) = everything(folder, visitor)
    later = '{"mood": "glad", "page_starts": [0, 5]}'
    digest = content_digest(document.id, document.title, document.text, later)
    altered(folder, f"UPDATE documents SET fields = '{later}', digest = x'{digest.hex()}'")
    *_, ((read,),) = everything(folder, visitor)
    assert read == replace(document, page_starts=(0, 5))


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path, content):
    file = tmp_path / FILE
    file.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged") as raised:
        Kept(tmp_path)
    assert str(file) in raised.value.problem
    assert file.read_bytes() == content


def test_a_database_of_somebody_else_is_refused_and_left_alone(tmp_path):
    altered(tmp_path, "CREATE TABLE theirs (x)")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError, match="is not a file of Pullquote's conversations"):
        Kept(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_place_that_is_a_file_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"cannot be kept in .*file"):
        Kept(tmp_path / "file")


def test_spoiled_bytes_are_named_or_change_nothing(filled, tmp_path, caplog):
    folder, visitor = filled
    expected = everything(folder, visitor)
    named = 0
    for seed in range(40):
        lot = random.Random(seed)
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        data = bytearray((copy / FILE).read_bytes())
        filled_bytes = [at for at, byte in enumerate(data) if byte]
        for at in lot.sample(filled_bytes, lot.choice([1, 8, 100])):
            data[at] = lot.randrange(256)
        (copy / FILE).write_bytes(data)
        try:
            _, turns, articles = everything(copy, visitor)
        except StoreError as error:
            named += 1
            refused = str(error)
        else:
            refused = None
        if refused is not None:
            assert str(copy / FILE) in refused + caplog.text
            caplog.clear()
            continue
        # A name, a time or a digest of a visitor may be another; never what was said or read.
        assert all(turn in expected[1][0] + expected[1][1] for one in turns or () for turn in one)
        assert all(article in expected[2] for article in articles)
    assert named > 10


def test_a_file_that_is_deleted_meanwhile_is_named(filled):
    folder, visitor = filled
    kept = Kept(folder)
    (folder / FILE).unlink()
    with pytest.raises(StoreError, match="cannot read or write what it keeps"):
        kept.conversations.search(visitor, "")
