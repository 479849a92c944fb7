"""What ends a writer, or spoils its files, leaves the index as it was or as it was to be.

Writers are processes that are killed. ``PULLQUOTE_LONG_TESTS=1`` kills three times as many.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import ROOT
from stub import StubEmbedder
from writers import document, load, opened, state_of

from index.engine import PassageIndex
from index.errors import PullquoteError, StoreError
from index.making import create_index
from index.records import Document
from index.repair import repair
from index.verify import verify
from index.writer import changing
from index.writer_lock import HOLDER, writing

DATABASE, CACHE = "index.sqlite", "vectors.cache"
LONG = os.environ.get("PULLQUOTE_LONG_TESTS") == "1"
KILLS_INSIDE = 150 if LONG else 50  # in the midst of a change, and as many changes made:
MOST_KILLS = 1500 if LONG else 500  # where one falls is chance, so there are as many as it takes
CORRUPTIONS = 300 if LONG else 100
WRITER_LIFE_S = 0.2  # of changing, at most: some dozen changes; longer where it was too short

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="Windows has no signal that cannot be caught"
)

WRITERS = [sys.executable, str(ROOT / "tests" / "writers.py")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def found(index):
    return [
        {(hit.passage, round(hit.score, 5)) for hit in hits}
        for hits in index.search(["cats run home", "東京"], top_k=1000)
    ]


def test_killed_writers_leave_it_as_before_or_after(tmp_path):
    folder = tmp_path / "index"
    lot = random.Random(0)
    writers = subprocess.Popen(
        WRITERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    killed_inside = changed = 0
    life_s = WRITER_LIFE_S
    state = []
    try:
        for seed in range(MOST_KILLS):
            print(json.dumps([str(folder), seed]), file=writers.stdin, flush=True)
            said = []
            victim = None
            killer = None
            for line in writers.stdout:
                message = json.loads(line)
                if "pid" in message:
                    victim = message["pid"]
                    killer = threading.Timer(
                        lot.uniform(0.0, life_s), os.kill, (victim, signal.SIGKILL)
                    )
                    killer.start()
                elif "ended" in message:
                    break
                else:
                    said.append(message)
            killer.join()
            # What it said last: a change that it began, or one that it ended.
            begun = [message for message in said if "before" in message]
            if begun:
                allowed = [begun[-1]["before"], begun[-1]["after"]]
                if said[-1] == {"done": True}:
                    allowed = [begun[-1]["after"]]
                else:
                    killed_inside += 1
            else:
                allowed = [state]
            if (folder / DATABASE).is_file():
                assert verify(folder) == []
                index = load(folder)
                now = state_of(index)
                if seed % 10 == 0 and now:
                    anew = PassageIndex.from_documents(
                        index.documents, embedder=StubEmbedder(), budget_tokens=6
                    )
                    assert found(index) == found(anew)
            else:
                now = []  # killed before it was made
            assert now in allowed
            changed += now != state
            if now == state:
                life_s = min(10 * WRITER_LIFE_S, 1.05 * life_s)
            state = now
            if min(killed_inside, changed) == KILLS_INSIDE:
                break
    finally:
        writers.stdin.close()
        writers.wait(timeout=10)
        writers.stdout.close()
    assert min(killed_inside, changed) == KILLS_INSIDE, "hardly any was killed in the midst"


@pytest.fixture
def folder(tmp_path):
    index = opened(tmp_path / "index")
    index.add([document(f"d{number}", number) for number in range(12)])
    index.remove(["d3"])
    return tmp_path / "index"


def whole_of(folder):
    """All that an index has: what is not read is not checked."""
    index = load(folder)
    return set(index.documents), found(index)


def outcome(act):
    """What comes of an act: its result, or the words of an error of ours; any other is raised."""
    try:
        return act(), None
    except PullquoteError as error:
        return None, str(error)


def test_spoiled_bytes_are_named_or_change_nothing(folder, tmp_path):
    """Several bytes at a time, in either file: opened, verified, searched, and mended."""
    before = load(folder)
    expected, documents = found(before), set(before.documents)
    named = 0
    for seed in range(CORRUPTIONS):
        lot = random.Random(seed)
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        file = copy / lot.choice([DATABASE, DATABASE, CACHE])
        data = bytearray(file.read_bytes())
        filled = [at for at, byte in enumerate(data) if byte]
        for at in lot.sample(filled, lot.choice([1, 1, 8, 100])):
            data[at] = lot.randrange(256)
        file.write_bytes(data)
        faults, refused = outcome(lambda copy=copy: verify(copy))
        assert refused is None or str(file) in refused
        assert all(str(file) in fault.problem for fault in faults or ())
        now, refused = outcome(lambda copy=copy: whole_of(copy))
        if refused is None:
            assert now == (documents, expected)
            continue
        named += 1
        assert str(file) in refused
        _, refused = outcome(lambda copy=copy: repair(copy, embedder=StubEmbedder))
        if refused is None:  # else nothing could be saved
            assert set(load(copy).documents) <= documents  # never another text
    assert named > CORRUPTIONS / 4


def test_a_spoiled_journal_never_gives_another_text(folder, tmp_path):
    """A journal that a killed writer left is put back into the database: even a damaged one."""
    before = load(folder)
    documents = set(before.documents)
    journal = folder / f"{DATABASE}-journal"
    for seed in range(20):
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        with changing(folder) as writer:
            connection = writer._connection
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE texts SET title = title || 'x'")
            connection.execute("PRAGMA cache_spill = 1")
            connection.execute("PRAGMA cache_size = 1")
            connection.execute("UPDATE texts SET text = text || text")
            assert journal.is_file()
            shutil.copytree(folder, copy)  # as a kill would leave it
            connection.execute("ROLLBACK")
        if seed == 0:
            assert set(load(copy).documents) == documents
            continue
        file = copy / f"{DATABASE}-journal"
        data = bytearray(file.read_bytes())
        lot = random.Random(seed)
        for _ in range(lot.choice([1, 10, 200])):
            data[lot.randrange(len(data))] = lot.randrange(256)
        file.write_bytes(data)
        with contextlib.suppress(StoreError):
            assert set(load(copy).documents) == documents


@pytest.mark.parametrize("act", ["add", "remove", "save", "create"])
def test_a_full_disk_leaves_it_as_it_was(small_disk, act):
    folder = small_disk / "index"
    index = opened(folder)
    index.add([document(f"d{number}", number) for number in range(12)])
    before = found(index)
    large = Document("large", "Large", "Cats run home. Dogs bark at the moon. " * 6000)
    whole = PassageIndex.from_documents([large], embedder=StubEmbedder(), budget_tokens=6)
    fills = {
        "add": lambda: index.add([large]),
        "save": lambda: whole.save(folder),
        "create": lambda: whole.save(small_disk / "other"),
    }
    if act == "remove":  # even that needs room for its journal
        filler = (small_disk / "filler").open("wb")
        with contextlib.suppress(OSError), filler:
            while True:
                filler.write(b"x" * 4096)
                filler.flush()
        with contextlib.suppress(StoreError):
            index.remove(["d1"])
            before = found(index)
        (small_disk / "filler").unlink()
    else:
        with pytest.raises(StoreError, match="cannot be written") as raised:
            fills[act]()
        assert str(small_disk) in str(raised.value)
        assert type(raised.value) is StoreError
    assert verify(folder) == []
    assert found(load(folder)) == before
    load(folder).add([document("more", 1)])  # there is room again
    assert verify(folder) == []


def test_a_second_writer_waits_then_says_who_writes(folder):
    index = load(folder)
    with writing(folder):
        began = time.monotonic()
        with pytest.raises(StoreError) as raised:
            index.add([document("new", 1)], wait_s=0.2)
        waited = time.monotonic() - began
        assert f"process {os.getpid()} on " in raised.value.problem
        with pytest.raises(StoreError, match="is being written"):
            index.remove(["d1"], wait_s=0)
        with pytest.raises(StoreError, match="is being written"):
            create_index(folder, index._contents.facts, wait_s=0)
        assert len(load(folder).documents) == 11  # reading goes on
        (folder / HOLDER).unlink()
        with pytest.raises(StoreError, match="by another process"):
            index.remove(["d1"], wait_s=0)
    assert waited >= 0.2
    index.add([document("new", 1)], wait_s=0)
    assert len(load(folder).documents) == 12


def test_a_second_writer_comes_after_the_first(folder):
    shelf = {name: [document(f"{name}{n}", n) for n in range(8)] for name in "ab"}
    failed = []

    def add(documents):
        try:
            index = load(folder)
            for one in documents:
                index.add([one])
        except PullquoteError as error:  # a thread's errors would be lost
            failed.append(error)

    writers = [threading.Thread(target=add, args=(documents,)) for documents in shelf.values()]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert verify(folder) == []
    ids = [one.id for one in load(folder).documents]
    assert sorted(ids[11:]) == sorted(one.id for documents in shelf.values() for one in documents)


def test_readers_see_one_version_while_another_process_writes(tmp_path):
    folder = tmp_path / "index"
    opened(folder)
    command = [*WRITERS, str(folder)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, bufsize=0) as writer:
        reader, is_new = load(folder), True
        versions = set()
        while writer.poll() is None:
            if is_new:  # the writer waits now and then until what it has written is seen
                with contextlib.suppress(BrokenPipeError):  # it has made all changes
                    writer.stdin.write(b"\n")
            is_new = reader.refresh()
            ids = [one.id for one in reader.documents]
            # A pair is one change: never half of it, and never one without its passages.
            assert ids == [f"{side}{n}" for n in range(len(ids) // 2) for side in "lr"]
            assert {one.document for one in reader.passages} == set(reader.documents)
            hits = reader.search(["cats run home"], top_k=3)[0]
            assert all(hit.passage.document in reader.documents for hit in hits)
            versions.add(reader.version)
    assert writer.returncode == 0
    reader.refresh()
    assert len(reader.documents) == 60
    assert len(versions) > 5, "the reader saw hardly any of the changes"
