"""Collections of a saved index: named, renamed, and read from the format before them."""

import hashlib
import json
import sqlite3

import pytest
from small_indexes import DATABASE, found, load_index, opened
from stub import CountingEmbedder

from index.adding import Changes
from index.errors import DamagedIndexError, InputError
from index.filters import Filter
from index.records import Document
from index.repair import compact, repair
from index.verify import verify

SHELF = [
    Document("a", "A", "Cats run. Dogs bark.", collection="news", language="en", date="2024-03"),
    Document("b", "B", "Birds sing.", collection="news"),
    Document("c", "C", "Cats sing.", collection="notes"),
    Document("d", "D", "Fish swim."),
]


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path / "index").add(SHELF)
    return tmp_path / "index"


def ids(index, **where):
    (hits,) = index.search(["cats"], where=Filter(**where))
    return {hit.passage.document.id for hit in hits}


def to_format_3(folder):
    """What an index was before labels were kept apart."""
    with sqlite3.connect(folder / DATABASE) as database:
        ((text,),) = database.execute("SELECT json FROM facts")
        facts = json.loads(text) | {"format_version": 3}
        del facts["labels"]
        text = json.dumps(facts)
        digest = hashlib.sha256(text.encode()).digest()
        database.execute("UPDATE facts SET json = ?, digest = ?", (text, digest))
        database.execute("DROP TABLE labels")
    database.close()


def test_a_collection_gets_another_name(folder):
    counting = CountingEmbedder()
    index = opened(folder, counting)
    reader = load_index(folder)
    before, version = found(index), index.version
    counting.texts.clear()
    assert index.rename_collection("news", "archive") == 2
    assert index.version == version + 1
    assert counting.texts == []
    assert dict(index.collections()) == {"": 1, "archive": 2, "notes": 1}
    assert [document.id for document in index.documents] == ["a", "b", "c", "d"]
    assert ids(index, collections=["archive"]) == {"a", "b"}
    with pytest.raises(InputError, match="no collection 'news'"):
        ids(index, collections=["news"])
    assert ids(reader, collections=["news"]) == {"a", "b"}  # its version
    reader.refresh()
    assert reader.documents == index.documents
    assert len(found(index)) == len(before)
    assert verify(folder) == []
    assert index.rename_collection("", "rest") == 1
    assert index.rename_collection("archive", "") == 2
    assert dict(load_index(folder).collections()) == {"": 2, "notes": 1, "rest": 1}
    compact(folder)
    assert verify(folder) == []
    assert dict(load_index(folder).collections()) == {"": 2, "notes": 1, "rest": 1}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("none", "x", "no collection 'none'"),
        ("news", "notes", "a collection 'notes' already"),
        ("", "notes", "a collection 'notes' already"),
        ("news", "x\udcff", "half a surrogate pair"),
        ("x\udcff", "news", "half a surrogate pair"),
    ],
)
def test_what_cannot_be_renamed_is_named(folder, old, new, problem):
    index = load_index(folder)
    with pytest.raises(InputError, match=problem):
        index.rename_collection(old, new)
    assert load_index(folder).documents == tuple(SHELF)
    assert index.version == load_index(folder).version


def test_a_name_that_stays_changes_nothing(folder):
    index = load_index(folder)
    version = index.version
    assert index.rename_collection("news", "news") == 2
    assert index.version == version


def test_an_index_of_the_format_before_is_read_and_brought_up_when_it_is_written(folder):
    to_format_3(folder)
    data = (folder / DATABASE).read_bytes()
    index = load_index(folder)
    assert dict(index.collections()) == {"": 1, "news": 2, "notes": 1}
    assert ids(index, languages=["en"]) == {"a"}
    assert verify(folder) == []
    assert (folder / DATABASE).read_bytes() == data  # it was only read
    version = index.version
    assert index.add(SHELF[:1]) == Changes(0, 0, 1)
    assert load_index(folder).version == version
    with sqlite3.connect(folder / DATABASE) as database:
        rows = database.execute("SELECT * FROM labels ORDER BY number").fetchall()
    database.close()
    assert rows == [
        (0, "news", "en", "2024-03"),
        (1, "news", None, None),
        (2, "notes", None, None),
    ]
    assert verify(folder) == []
    assert ids(index, collections=["notes"]) == {"c"}  # opened before, asked after
    index.remove(["a"])
    assert dict(load_index(folder).collections()) == {"": 1, "news": 1, "notes": 1}


def test_a_damaged_index_of_the_format_before_is_mended(folder):
    to_format_3(folder)
    with sqlite3.connect(folder / DATABASE) as database:
        database.execute("DELETE FROM words")
    database.close()
    assert {fault.part for fault in verify(folder)} == {"words"}
    repair(folder, embedder=lambda: pytest.fail("nothing is to be embedded"))
    assert verify(folder) == []
    assert dict(load_index(folder).collections()) == {"": 1, "news": 2, "notes": 1}


def test_the_format_before_kept_no_labels(folder):
    with sqlite3.connect(folder / DATABASE) as database:
        ((text,),) = database.execute("SELECT json FROM facts")
        text = json.dumps(json.loads(text) | {"format_version": 3})
        digest = hashlib.sha256(text.encode()).digest()
        database.execute("UPDATE facts SET json = ?, digest = ?", (text, digest))
    database.close()
    with pytest.raises(DamagedIndexError, match="its facts"):
        load_index(folder)
