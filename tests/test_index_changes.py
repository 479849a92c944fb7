"""Saved indexes: what is added, removed and replaced, and who sees it."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_indexes import CACHE, DATABASE, QUERIES, build, found, load_index, opened
from strategies import few
from stub import CountingEmbedder, StubEmbedder

from index.adding import Changes
from index.engine import PassageIndex
from index.errors import InputError, StoreError
from index.records import Document
from index.repair import compact
from index.verify import verify


class StoppedEmbedder(StubEmbedder):
    """One that is stopped, as by Ctrl+C, when it comes to a text."""

    def __init__(self, at, error=None):
        self.at = at
        self.error = error or KeyboardInterrupt()

    def embed(self, texts, *, batch_size=32, progress=False):
        if any(self.at in text for text in texts):
            raise self.error
        return super().embed(texts, batch_size=batch_size, progress=progress)


words = st.sampled_from(["cats", "dogs", "run", "bark", "Größe", "zählt", "else"])


changes = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.dictionaries(
                st.sampled_from("abcd"), st.lists(words, min_size=1, max_size=12), max_size=3
            ),
        ),
        st.tuples(st.just("remove"), st.sets(st.sampled_from("abcd"), max_size=2)),
    ),
    max_size=6,
)


@settings(parent=few, max_examples=40)
@given(changes, st.sampled_from([None, "HNSW8"]), st.booleans())
def test_changes_come_to_the_same_as_building_anew(tmp_path_factory, steps, kind, reopened):
    folder = tmp_path_factory.mktemp("store") / "index"
    index = opened(folder, kind=kind)
    there = {}
    for step, what in steps:
        if step == "add":
            new = [Document(name, "T", ". ".join(text)) for name, text in what.items()]
            same = [document for document in new if there.get(document.id) == document]
            index.add(new)
            there = {
                name: document
                for name, document in there.items()
                if document in same or name not in what
            }
            there |= {document.id: document for document in new if document not in same}
        else:
            gone = [name for name in what if name in there]
            index.remove(gone)
            there = {name: document for name, document in there.items() if name not in gone}
        if reopened:
            index = load_index(folder)
    for current in (index, load_index(folder)):
        assert current.documents == tuple(there.values())
        if there:
            anew = PassageIndex.from_documents(
                list(there.values()), embedder=StubEmbedder(), budget_tokens=4
            )
            assert current.passages == anew.passages
            assert found(current) == found(anew)
        else:
            assert current.search(QUERIES) == [[], [], []]


@pytest.mark.parametrize("kind", ["IVF4,Flat", "HNSW16", "SQ8"])
def test_kinds_grow_shrink_and_come_back(tmp_path, kind):
    """Large enough to learn lists from; the smallest are compared whatever was asked for."""
    shelf = [Document(str(n), "T", f"Cats {n} run. Dogs {n} bark.") for n in range(200)]
    index = opened(tmp_path / "index", kind=kind, budget_tokens=3, overlap_sentences=0)
    index.add(shelf[:150])
    index.add(shelf[150:])
    index.remove([str(n) for n in range(0, 200, 3)])
    kept = [document for n, document in enumerate(shelf) if n % 3]
    for current in (index, load_index(tmp_path / "index")):
        assert current.documents == tuple(kept)
        assert verify(tmp_path / "index") == []
        assert current.info().making.kind == kind
        assert current.info().making.recall_at_10 > 0.9
        queries = [passage.text for passage in current.passages[::10]]
        for query, (hit, *others) in zip(queries, current.search(queries, top_k=10), strict=True):
            assert hit.passage.text == query
            assert hit.similarity == pytest.approx(1, abs=0.05 if kind == "SQ8" else 1e-5)
            assert len(others) == 9
    index.save(tmp_path / "copy")
    assert verify(tmp_path / "copy") == []
    assert load_index(tmp_path / "copy").info().making.kind == kind
    stale = load_index(tmp_path / "index")
    index.remove(["1"])
    stale.save(tmp_path / "copy")  # what it reads is of its version
    assert load_index(tmp_path / "copy").documents == tuple(kept)


def test_what_went_is_read_until_its_room_is_taken_back(saved):
    reader = load_index(saved)
    before = found(reader)
    writer = load_index(saved)
    writer.remove(["0"])
    writer.add([Document("1", "Renamed", "Größe zählt.")])
    assert found(reader) == before
    assert [one.title for one in reader.documents] == ["Title", "Title"]
    late = load_index(saved)
    compact(saved)
    assert [one.title for one in late.documents] == ["Renamed"]  # compacting is no change
    assert verify(saved) == []
    fresh = load_index(saved)
    assert [one.title for one in fresh.documents] == ["Renamed"]
    stale = PassageIndex.load(saved, embedder=StubEmbedder())
    assert not stale.refresh()
    # What it has not read, it can read no more, and says so.
    again = load_index(saved)
    writer.add([Document("2", "Two", "Fish swim.")])
    writer.remove(["1"])
    compact(saved)
    with pytest.raises(StoreError, match=r"has changed since it was read.*Refresh") as raised:
        found(again)
    assert str(saved) in str(raised.value)
    assert type(raised.value) is StoreError
    assert again.refresh()
    assert [one.title for one in again.documents] == ["Two"]


def test_the_room_of_many_that_went_is_taken_back(tmp_path, monkeypatch):
    monkeypatch.setattr("index.writer.GONE_PASSAGES", 3)
    index = opened(tmp_path / "index")
    index.add([Document(str(n), "T", f"Passage {n}.") for n in range(9)])
    rows = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM vectors)"
    counts = []
    for n in range(5):
        index.remove([str(n)])
        with sqlite3.connect(tmp_path / "index" / DATABASE) as database:
            counts += database.execute(rows).fetchall()
        database.close()
        assert verify(tmp_path / "index") == []
    assert counts == [(9, 9), (9, 9), (9, 9), (5, 5), (5, 5)]
    assert found(index) == found(load_index(tmp_path / "index"))


def test_a_title_that_changed_shares_its_passages(tmp_path):
    index = opened(tmp_path / "index")
    index.add([Document("a", "A", "Cats run."), Document("b", "B", "Dogs bark.")])
    for title in ("Alpha", "Beta", "Gamma"):
        index.add([Document("a", title, "Cats run.")])
        assert verify(tmp_path / "index") == []
    compact(tmp_path / "index")
    assert verify(tmp_path / "index") == []
    assert [one.title for one in load_index(tmp_path / "index").documents] == ["Gamma", "B"]
    assert found(load_index(tmp_path / "index")) == found(index)


def test_what_is_there_as_it_is_costs_no_embedding(tmp_path):
    counting = CountingEmbedder()
    index = opened(tmp_path / "index", counting)
    shelf = [Document("a", "A", "Cats run."), Document("b", "B", "Dogs bark.")]
    assert index.add(shelf) == Changes(2, 0, 0)
    assert counting.texts == ["Cats run.", "Dogs bark."]
    version = index.version
    assert index.add(shelf) == Changes(0, 0, 2)
    assert index.version == version
    assert index.add([shelf[0], Document("b", "B", "Dogs bite.")]) == Changes(0, 1, 1)
    assert counting.texts[2:] == ["Dogs bite."]
    renamed = Document("a", "Another title", "Cats run.", source="elsewhere")
    assert index.add([renamed]) == Changes(0, 1, 0)
    assert counting.texts[3:] == []
    assert load_index(tmp_path / "index").documents == (renamed, Document("b", "B", "Dogs bite."))


def test_a_build_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr("index.prepare.BATCH_PASSAGES", 2)
    shelf = [Document(str(n), "T", f"Passage {n}.") for n in range(9)]
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path / "index", StoppedEmbedder(at="Passage 5.")).add(shelf)
    assert load_index(tmp_path / "index").documents == tuple(shelf[:4])
    counting = CountingEmbedder()
    assert opened(tmp_path / "index", counting).add(shelf) == Changes(5, 0, 4)
    assert counting.texts == [f"Passage {n}." for n in range(4, 9)]
    assert load_index(tmp_path / "index").documents == tuple(shelf)


def test_what_an_embedder_raises_is_no_damage(saved):
    failing = StoppedEmbedder(at="faster", error=ValueError("out of tune"))
    with pytest.raises(ValueError, match="out of tune"):
        opened(saved, failing).add([Document("new", "New", "Cats run faster.")])
    assert len(load_index(saved).documents) == 2


def test_an_open_index_sees_its_version_until_it_is_refreshed(saved):
    reader, writer = load_index(saved), load_index(saved)
    before = found(reader)
    writer.add([Document("new", "New", "Cats run faster.")])
    writer.remove(["1"])
    assert found(reader) == before
    assert not writer.refresh()
    assert reader.refresh()
    assert found(reader) == found(writer) != before
    assert reader.version == writer.version
    assert not reader.refresh()
    build("Fish swim.").save(saved)  # another index altogether
    assert reader.refresh()
    assert [document.text for document in reader.documents] == ["Fish swim."]


def test_only_what_is_there_is_removed(saved):
    index = load_index(saved)
    with pytest.raises(InputError, match="no article 7"):
        index.remove(["0", "7"])
    assert len(load_index(saved).documents) == 2
    index.remove(["0", "0"])
    assert [document.id for document in load_index(saved).documents] == ["1"]


def test_an_index_in_memory_has_no_folder_to_change():
    index = build("Cats run.")
    for change in (lambda: index.add([]), lambda: index.remove([]), index.refresh):
        with pytest.raises(InputError, match="in memory only"):
            change()
    assert index.version == 0


def test_two_documents_with_one_id_are_not_added(saved):
    with pytest.raises(InputError, match="same id"):
        load_index(saved).add([Document("a", "A", "One."), Document("a", "B", "Two.")])
    assert len(load_index(saved).documents) == 2


def test_options_count_when_it_is_made(tmp_path):
    index = opened(tmp_path / "index", budget_tokens=2, overlap_sentences=0)
    index.add([Document("a", "A", "Cats run. Dogs bark.")])
    again = opened(tmp_path / "index", budget_tokens=60)
    again.add([Document("b", "B", "Cats run. Dogs bark.")])
    assert len(again.passages) == 4
    for options, problem in [
        ({"budget_tokens": 0}, "budget_tokens"),
        ({"overlap_sentences": -1}, "overlap_sentences"),
        ({"kind": "Nonesuch"}, "Nonesuch"),
    ]:
        with pytest.raises(InputError, match=problem):
            opened(tmp_path / "other", **options)
    assert not (tmp_path / "other").exists()


def test_a_cache_of_an_earlier_version_is_brought_up_to_date(saved):
    early = (saved / CACHE).read_bytes()
    index = load_index(saved)
    index.add([Document("new", "New", "Cats run faster. Dogs bark.")])
    index.remove(["1"])
    late = (saved / CACHE).read_bytes()
    (saved / CACHE).write_bytes(early)
    assert found(load_index(saved)) == found(index)
    assert (saved / CACHE).read_bytes() == late
