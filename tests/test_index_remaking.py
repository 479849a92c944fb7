"""An index that has outgrown its kind: another is made in a thread, while it is searched."""

import logging
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from small_indexes import DATABASE, LEFT_BY_A_LOCK, build, load_index, opened
from stub import StubEmbedder
from test_index_forked import ended

from index.records import Document
from index.remaking import Current, Remaking
from index.repair import compact
from index.verify import verify

KIND = "IVF4,Flat"  # which so few are too few to learn from, and so many are not
FEW, ENOUGH = 100, 160
ONCE = 2  # calls before the parts of so small an index: it is read twice
SECONDS = 60  # to wait for what takes milliseconds
QUERIES = [f"zz{number}" for number in range(10)]  # whose words no passage has
FILES = {DATABASE, "vectors.cache"}


class Gate:
    """Holds a making until it is opened."""

    def __init__(self):
        self.reached, self.opened = Event(), Event()
        self.calls = 0

    def __call__(self):
        self.calls += 1
        self.reached.set()
        assert self.opened.wait(SECONDS)


def documents(*numbers):
    return [Document(str(number), "T", f"passage {number}") for number in numbers]


def kind_of(index):
    return index._contents.vectors.making.kind


def nearest(index, top_k=10):
    """The ids of what is found for each query, best first."""
    found = index.search(QUERIES, top_k=top_k)
    return [[hit.passage.document.id for hit in hits] for hits in found]


def truly_nearest(numbers, top_k=10):
    """The same by comparing all."""
    numbers = list(numbers)
    vectors = StubEmbedder().embed([f"passage {number}" for number in numbers])
    similar = StubEmbedder().embed(QUERIES) @ vectors.T
    order = np.argsort(-similar, axis=1)[:, :top_k]
    return [[str(numbers[place]) for place in row] for row in order]


@pytest.fixture
def folder(tmp_path):
    """An index with too few passages for its kind."""
    index = opened(tmp_path / "index", kind=KIND)
    index.add(documents(*range(FEW)))
    assert kind_of(index) == "Flat"
    return tmp_path / "index"


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def outgrown(folder, gate):
    """One that has outgrown its kind, and whose making is held."""
    index = opened(folder, remaking=Remaking(before_part=gate))
    index.add(documents(*range(FEW, ENOUGH)))
    assert gate.reached.wait(SECONDS)
    yield index
    gate.opened.set()
    index.close()


def test_it_is_searched_while_another_is_made(outgrown, folder, gate):
    assert nearest(outgrown) == truly_nearest(range(ENOUGH))
    assert kind_of(outgrown) == outgrown.info().making.kind == "Flat"
    gate.opened.set()
    outgrown.settle()
    assert nearest(outgrown) == truly_nearest(range(ENOUGH))
    assert kind_of(outgrown) == outgrown.info().making.kind == KIND
    assert outgrown.info().making.made_of == ENOUGH
    assert verify(folder) == []
    never = Gate()
    again = opened(folder, remaking=Remaking(before_part=never))
    assert kind_of(again) == KIND
    assert nearest(again) == truly_nearest(range(ENOUGH))
    assert never.calls == 0


def test_changes_while_another_is_made_are_honoured(outgrown, folder, gate):
    best = truly_nearest(range(ENOUGH))[0][0]
    outgrown.add(documents(500, 501))
    outgrown.remove([best, "7", "501"])
    there = [n for n in (*range(ENOUGH), 500) if str(n) not in (best, "7")]
    assert kind_of(outgrown) == "Flat"
    assert nearest(outgrown) == truly_nearest(there)
    gate.opened.set()
    outgrown.settle()
    assert gate.calls == ONCE  # though it was outgrown after each of the changes
    assert kind_of(outgrown) == KIND
    assert nearest(outgrown) == truly_nearest(there)
    assert nearest(outgrown, top_k=1000) == truly_nearest(there, top_k=1000)
    assert nearest(load_index(folder)) == truly_nearest(there)
    assert {one.id for one in outgrown.documents} == {str(number) for number in there}
    outgrown.add(documents(600))
    outgrown.settle()
    assert nearest(outgrown, top_k=1000) == truly_nearest([*there, 600], top_k=1000)
    assert verify(folder) == []


def test_what_another_thread_replaced_is_looked_at_again(folder):
    index = opened(folder)
    first, looked_at = index._contents, []
    second, third = (replace(first, is_cached=value) for value in (True, False))
    current = Current(first)

    def changed(seen):
        looked_at.append(seen)
        if seen is first:
            current.change(lambda _: second)  # as another thread would meanwhile
        return third

    assert current.change(changed)
    assert list(map(id, looked_at)) == [id(first), id(second)]
    assert current.contents is third
    assert not current.change(lambda _: None)
    assert current.contents is third


def test_closing_ends_it_and_leaves_the_old_one(outgrown, folder, gate):
    outgrown._remaking.stop()  # before it is let go on
    gate.opened.set()
    outgrown.close()
    assert gate.calls < ONCE
    assert kind_of(outgrown) == outgrown.info().making.kind == "Flat"
    assert nearest(outgrown) == truly_nearest(range(ENOUGH))
    assert {file.name for file in folder.iterdir()} - LEFT_BY_A_LOCK == FILES
    assert verify(folder) == []
    outgrown.close()  # once more changes nothing


def test_opening_begins_again_and_compacting_waits_for_it(outgrown, folder, gate):
    outgrown._remaking.stop()
    gate.opened.set()
    outgrown.close()
    compacted = Gate()
    index = opened(folder, remaking=Remaking(before_part=compacted))
    assert compacted.reached.wait(SECONDS)
    assert kind_of(index) == "Flat"
    compact(folder)
    assert index.info().making.kind == KIND
    compacted.opened.set()
    index.settle()
    assert kind_of(index) == KIND
    assert nearest(index) == truly_nearest(range(ENOUGH))


def test_what_another_has_made_is_taken(outgrown, folder, gate):
    never = Gate()
    other = opened(folder, remaking=Remaking(before_part=never))
    assert never.reached.wait(SECONDS)
    other._remaking.stop()
    never.opened.set()
    other.close()
    calls = never.calls
    gate.opened.set()
    outgrown.settle()
    outgrown.add(documents(500))
    assert kind_of(other) == "Flat"
    assert other.refresh()
    other.settle()
    assert never.calls == calls
    assert kind_of(other) == KIND
    assert nearest(other) == truly_nearest([*range(ENOUGH), 500])


def test_a_failure_is_logged_and_leaves_the_old_one(folder, caplog):
    index = opened(folder)
    with sqlite3.connect(folder / DATABASE) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(64) WHERE number = 3")
    database.close()
    for last in (ENOUGH, ENOUGH + 1):  # each change tries it again
        caplog.clear()
        index.add(documents(*range(FEW, last)))
        index.settle()
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "(the vectors of the document 3)" in record.getMessage()
        assert str(folder) in record.getMessage()
        assert kind_of(index) == "Flat"
        assert nearest(index) == truly_nearest(range(last))


def test_what_took_the_place_of_the_file_is_left_alone(outgrown, folder, gate):
    build("Cats run.").save(folder)
    gate.opened.set()
    outgrown.settle()
    assert verify(folder) == []  # nothing that was made of the other is kept beside it
    assert outgrown.refresh()
    assert [one.text for one in outgrown.documents] == ["Cats run."]


def test_a_kind_that_cannot_forget(tmp_path, gate):
    index = opened(tmp_path / "index", kind="HNSW16", remaking=Remaking(before_part=gate))
    index.add(documents(*range(FEW)))
    index.remove([str(number) for number in range(0, FEW, 3)])
    left = [number for number in range(FEW) if number % 3]

    def share_found():  # its graph does not lead to all of them
        pairs = zip(nearest(index), truly_nearest(left), strict=True)
        return np.mean([len(set(got) & set(true)) / 10 for got, true in pairs])

    assert not index._contents.vectors.is_whole
    assert {name for names in nearest(index, 1000) for name in names} <= set(map(str, left))
    assert share_found() > 0.8
    gate.opened.set()
    index.settle()
    assert index._contents.vectors.is_whole
    assert index.info().making.made_of == len(left)
    assert {name for names in nearest(index, 1000) for name in names} <= set(map(str, left))
    assert share_found() > 0.8


def test_the_end_of_a_process_does_not_wait_for_it(folder):
    script = f"""
import threading
from small_indexes import opened
from test_index_remaking import documents
from index.remaking import Remaking

reached = threading.Event()

def held():
    reached.set()
    threading.Event().wait()

index = opened({str(folder)!r}, remaking=Remaking(before_part=held))
index.add(documents(*range({FEW}, {ENOUGH})))
reached.wait()
"""
    here = Path(__file__).parent
    places = os.pathsep.join([str(here), str(here.parent)])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": places},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert verify(folder) == []
    index = load_index(folder)
    index.settle()
    assert kind_of(index) == KIND
    assert nearest(index) == truly_nearest(range(ENOUGH))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks")
def test_a_fork_makes_its_own(outgrown, gate):
    child = os.fork()
    if child == 0:
        try:
            gate.opened.set()
            outgrown.settle()  # there is none here
            same = kind_of(outgrown) == "Flat" and nearest(outgrown) == truly_nearest(range(ENOUGH))
            outgrown.remove(["0"])
            outgrown.settle()
            same = same and kind_of(outgrown) == KIND
            same = same and nearest(outgrown) == truly_nearest(range(1, ENOUGH))
        except BaseException:  # noqa: BLE001 - pytest must not go on in the fork
            os._exit(2)
        os._exit(0 if same else 1)
    assert ended(child) == 0
    gate.opened.set()
    outgrown.settle()
    assert kind_of(outgrown) == KIND
    assert nearest(outgrown) == truly_nearest(range(ENOUGH))
    assert outgrown.refresh()
    assert nearest(outgrown) == truly_nearest(range(1, ENOUGH))
