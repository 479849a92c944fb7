"""An index made anew with another model: like a fresh build, as a whole, and stopped anywhere."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import CACHE, found, load_index, opened
from strategies import documents, few
from stub import CountingEmbedder, EmbedderMeanwhile, StubEmbedder
from writers import OtherEmbedder

from index.engine import PassageIndex
from index.errors import IncompatibleIndexError, StoreError
from index.records import Document
from index.reembed import reembed
from index.verify import verify
from index.writer_lock import writing

KILLS_INSIDE = 10  # of processes in the midst of it; where a kill falls is chance,
MOST_KILLS = 200  # so there are as many as that takes
SHELF = [
    Document("a", "A", "Cats run. Dogs bark at the moon all night long.", collection="news"),
    Document("b", "B", "Birds sing.", date="2024"),
    Document("c", "C", "Cats sing. Fish swim. Cows moo."),
]


class CountingOther(OtherEmbedder, CountingEmbedder):
    """The same model, and the texts that it was given."""


class Stopped(CountingOther):
    """One that is stopped, as by Ctrl+C, when it comes to a text."""

    def embed(self, texts, *, batch_size=32, progress=False):
        if any("Cats sing." in text for text in texts):
            raise KeyboardInterrupt
        return super().embed(texts, batch_size=batch_size, progress=progress)


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path / "index").add(SHELF)
    return tmp_path / "index"


def anew(folder):
    return PassageIndex.open(folder, embedder=OtherEmbedder())


def assert_like_a_fresh_build(folder, shelf):
    index = anew(folder)
    fresh = PassageIndex.from_documents(shelf, embedder=OtherEmbedder(), budget_tokens=4)
    assert index.documents == fresh.documents
    assert index.passages == fresh.passages
    assert found(index) == found(fresh)
    assert verify(folder) == []
    assert not (folder / "reembedding").exists()
    assert dict(index.collections()) == dict(fresh.collections())


@few
@given(st.lists(documents(), min_size=1, max_size=5, unique_by=lambda one: one.id))
def test_it_is_like_a_fresh_build(tmp_path_factory, shelf):
    folder = tmp_path_factory.mktemp("reembed") / "index"
    index = opened(folder)
    index.add([Document("gone", "Gone", "Cats go."), *shelf])
    index.remove(["gone"])
    assert reembed(folder, embedder=OtherEmbedder()) == len(shelf)
    assert_like_a_fresh_build(folder, shelf)


def test_passages_are_cut_for_the_model(folder):
    """It reads three tokens, where the index asks for four."""
    before = load_index(folder).passages
    reembed(folder, embedder=OtherEmbedder())
    after = anew(folder).passages
    assert max(len(one.text.split()) for one in before) > OtherEmbedder.max_tokens
    assert max(len(one.text.split()) for one in after) <= OtherEmbedder.max_tokens
    assert anew(folder).info().facts.budget_tokens == 4


def test_readers_see_the_old_one_until_they_refresh(folder):
    reader = load_index(folder)
    before = found(reader)
    reembed(folder, embedder=OtherEmbedder())
    assert found(reader) == before
    assert tuple(reader.documents) == tuple(SHELF)
    with pytest.raises(IncompatibleIndexError, match="other@2"):
        reader.refresh()
    assert found(reader) == before
    with pytest.raises(IncompatibleIndexError, match="other@2"):
        load_index(folder)
    anew(folder).add([Document("d", "D", "Cats bark.")])
    assert_like_a_fresh_build(folder, [*SHELF, Document("d", "D", "Cats bark.")])


def test_one_that_ends_while_the_index_is_opened_is_noticed(folder):
    late = EmbedderMeanwhile(lambda: reembed(folder, embedder=OtherEmbedder()))
    with pytest.raises(IncompatibleIndexError, match="other@2, not with stub@1"):
        PassageIndex.open(folder, embedder=late)


def test_one_that_ends_while_the_index_is_refreshed_is_noticed(folder):
    late = EmbedderMeanwhile(lambda: None)
    reader = PassageIndex.open(folder, embedder=late)
    before = found(reader)
    load_index(folder).add([Document("d", "D", "Cats bark.")])
    late.again(lambda: reembed(folder, embedder=OtherEmbedder()))
    for _ in range(2):
        with pytest.raises(IncompatibleIndexError, match="other@2, not with stub@1"):
            reader.refresh()
        assert found(reader) == before


def test_another_model_changes_nothing(folder):
    reader = load_index(folder)
    before = found(reader)
    reembed(folder, embedder=OtherEmbedder())
    for change in (
        lambda: reader.remove(["a"]),
        lambda: reader.rename_collection("news", "olds"),
        lambda: reader.add([Document("d", "D", "Cats bark.")]),
    ):
        with pytest.raises(IncompatibleIndexError, match="other@2, not with stub@1"):
            change()
        assert found(reader) == before
    assert_like_a_fresh_build(folder, SHELF)


def test_the_same_model_costs_nothing(folder):
    counting = CountingEmbedder()
    version = load_index(folder).version
    assert reembed(folder, embedder=counting) == 0
    assert counting.texts == []
    assert load_index(folder).version == version


def test_it_goes_on_where_it_was_stopped(folder, monkeypatch):
    monkeypatch.setattr("index.adding.BLOCK_CHARS", 1)
    before = found(load_index(folder))
    with pytest.raises(KeyboardInterrupt):
        reembed(folder, embedder=Stopped())
    assert found(load_index(folder)) == before
    assert verify(folder) == []
    counting = CountingOther()
    assert reembed(folder, embedder=counting) == 1
    assert not any("Birds" in text for text in counting.texts)
    assert_like_a_fresh_build(folder, SHELF)


@pytest.mark.parametrize("change", ["removed", "renamed", "added", "model", "damage"])
def test_what_changed_meanwhile_is_noticed(folder, monkeypatch, change):
    monkeypatch.setattr("index.adding.BLOCK_CHARS", 1)
    with pytest.raises(KeyboardInterrupt):
        reembed(folder, embedder=Stopped())
    shelf = list(SHELF)
    if change == "removed":
        load_index(folder).remove(["a"])
        shelf = shelf[1:]
    elif change == "renamed":
        shelf[0] = Document("a", "Alpha", SHELF[0].text)
        load_index(folder).add(shelf[:1])
    elif change == "added":
        shelf.append(Document("d", "D", "Cats bark."))
        load_index(folder).add(shelf[-1:])
    elif change == "model":
        assert reembed(folder, embedder=StubEmbedder()) == 0  # what was begun is given up
        assert not (folder / "reembedding").exists()
    else:
        (folder / "reembedding" / "index.sqlite").write_bytes(b"no database")
    again = 2 if change == "added" else len(shelf)
    assert reembed(folder, embedder=OtherEmbedder()) == again
    assert_like_a_fresh_build(folder, shelf)


def test_one_writer_at_a_time(folder):
    with writing(folder), pytest.raises(StoreError, match="is being written"):
        reembed(folder, embedder=OtherEmbedder(), wait_s=0)
    with pytest.raises(StoreError, match="There is no index"):
        reembed(folder / "none", embedder=OtherEmbedder())


def test_an_empty_index_gets_the_model_too(tmp_path):
    opened(tmp_path / "index")
    assert reembed(tmp_path / "index", embedder=OtherEmbedder()) == 0
    anew(tmp_path / "index").add(SHELF)
    assert_like_a_fresh_build(tmp_path / "index", SHELF)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_a_killed_one_leaves_the_old_or_the_new(tmp_path):
    shelf = [
        Document(f"d{n}", f"Title {n}", f"Cats {n} run. Dogs bark. Größe {n} zählt. " * 4)
        for n in range(30)
    ]
    opened(tmp_path / "old").add(shelf)
    old = found(load_index(tmp_path / "old"))
    folder = tmp_path / "index"
    shutil.copytree(tmp_path / "old", folder)
    writers = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "writers.py"), "--reembed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    lot = random.Random(0)
    life_s, stopped = 0.2, 0
    try:
        for _ in range(MOST_KILLS):
            print(json.dumps(str(folder)), file=writers.stdin, flush=True)
            victim = json.loads(writers.stdout.readline())["pid"]
            killer = threading.Timer(lot.uniform(0, life_s), kill, (victim,))
            began = time.monotonic()
            killer.start()
            assert "ended" in json.loads(writers.stdout.readline())
            killer.cancel()
            killer.join()
            assert verify(folder) == []
            try:
                assert found(load_index(folder)) == old
                stopped += (folder / "reembedding").exists()
                if stopped == KILLS_INSIDE:
                    break
            except IncompatibleIndexError:
                life_s = 0.8 * life_s + 0.2 * (time.monotonic() - began)
                assert_searches_like_a_fresh_build(folder, shelf)
                shutil.rmtree(folder)
                shutil.copytree(tmp_path / "old", folder)
    finally:
        writers.stdin.close()
        writers.wait(timeout=10)
        writers.stdout.close()
    assert stopped == KILLS_INSIDE, "hardly any was killed in the midst"
    reembed(folder, embedder=OtherEmbedder())
    assert_like_a_fresh_build(folder, shelf)
    assert (folder / CACHE).is_file()


def kill(pid):
    with suppress(ProcessLookupError):  # it was done by then
        os.kill(pid, signal.SIGKILL)


def assert_searches_like_a_fresh_build(folder, shelf):
    fresh = PassageIndex.from_documents(shelf, embedder=OtherEmbedder(), budget_tokens=4)
    index = anew(folder)
    assert index.documents == fresh.documents
    assert found(index) == found(fresh)
