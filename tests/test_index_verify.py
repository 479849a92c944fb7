"""Whether damage is named, and what mending saves."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT
from small_indexes import CACHE, DATABASE, load_index
from stub import CountingEmbedder, StubEmbedder

from index.database import MEND, faults_named
from index.document_table import read_rows, with_rows
from index.engine import PassageIndex
from index.errors import DamagedIndexError, IncompatibleIndexError, StoreError
from index.facts import read_facts, write_facts
from index.info import info_of
from index.kept_words import insert_part, parts_digest, read_parts
from index.postings import Postings
from index.records import Document
from index.repair import DAMAGED_COPY, compact, repair
from index.rows import vectors_digest
from index.stored_document import vector_digest
from index.terms import Terms
from index.verify import verify
from index.writer import changing

# Looks at an index, then mends it, in a process whose SQLite gets eight million bytes.
SHORT_OF_MEMORY = """
import sqlite3, sys
from pathlib import Path
from index import repair, verify
from index.errors import StoreError

assert sqlite3.connect(":memory:").execute("PRAGMA hard_heap_limit=8000000").fetchone()
for act in (verify.verify, lambda folder: repair.repair(folder, embedder=None)):
    try:
        print(act(Path(sys.argv[1])))
    except StoreError as error:
        print(type(error).__name__, error.problem)
"""
SHELF = [
    Document("a", "A", "Cats run. Dogs bark. Birds sing.", source="a.txt"),
    Document("b", "B", "Größe zählt.\0 Und 東京は高い。"),
    Document("c", "C", "Cats sing. Fish swim. Cows moo. Dogs run.", collection="long"),
]


def found(index):
    return [
        [(hit.passage, round(hit.score, 5)) for hit in hits]
        for hits in index.search(["cats run", "東京", "dogs"], top_k=100)
    ]


def read_whole(folder):
    """Open an index, read all that it has, and make its FAISS index of it."""
    index = load_index(folder)
    return (*index.documents, *index.passages, index.collections(), found(index))


def altered(folder, *statements):
    with sqlite3.connect(folder / DATABASE) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.fixture
def folder(tmp_path):
    """An index that has seen changes."""
    index = PassageIndex.open(
        tmp_path / "index", embedder=StubEmbedder(), create=True, budget_tokens=4
    )
    index.add([Document("gone", "Gone", "Cats go. " * 40), *SHELF[:2]])
    index.add(SHELF[2:])
    index.remove(["gone"])
    return tmp_path / "index"


def test_a_sound_index_has_no_faults(folder):
    assert verify(folder) == []
    (folder / CACHE).unlink()
    assert verify(folder) == []  # nothing is lost with it
    done = repair(folder, embedder=lambda: pytest.fail("nothing is to be embedded"))
    assert str(done) == "nothing to repair"


FAULTS = [
    ("UPDATE texts SET text = replace(text, 'Fish', 'Bugs')", {"documents"}),
    ("UPDATE texts SET title = 'X' WHERE number = 1", {"documents"}),
    ("DELETE FROM texts WHERE number = 1", {"documents"}),
    ("DELETE FROM documents WHERE id = 'a'", {"documents", "vectors"}),
    ("UPDATE documents SET content = x'00' WHERE id = 'a'", {"documents", "vectors"}),
    ("UPDATE texts SET spans = zeroblob(16) WHERE number = 2", {"passages"}),
    ("UPDATE texts SET spans = x'00' WHERE number = 2", {"passages"}),
    ("DELETE FROM vectors WHERE number = (SELECT max(number) FROM vectors)", {"vectors"}),
    ("INSERT INTO vectors VALUES (9999, x'00', x'00')", {"vectors"}),
    ("UPDATE vectors SET vector = zeroblob(64)", {"vectors"}),
    ("UPDATE vectors SET vector = x'00'", {"vectors"}),
    ("UPDATE vectors SET digest = x'00'", {"vectors"}),
    ("UPDATE labels SET collection = 'other'", {"labels"}),
    ("DELETE FROM labels", {"labels"}),
    ("INSERT INTO labels VALUES (1, 'other', NULL, NULL)", {"labels"}),
    ("DROP TABLE labels", {"labels"}),
    ("DELETE FROM words", {"words"}),
    ("UPDATE pieces SET data = zeroblob(64)", {"words"}),
    ("DELETE FROM pieces", {"words"}),
    ("DROP TABLE words", {"words"}),
    ("DELETE FROM facts", {"facts"}),
    ("UPDATE facts SET json = '{}'", {"facts"}),
]


@pytest.mark.parametrize(("statement", "parts"), FAULTS)
def test_faults_are_named_and_mended(folder, statement, parts):
    before = load_index(folder)
    expected = found(before)
    altered(folder, statement)
    (folder / CACHE).unlink()
    faults = verify(folder)
    assert {fault.part for fault in faults} == parts
    assert all(str(folder) in fault.problem for fault in faults)
    if "INSERT" not in statement:  # what nobody asks for is in nobody's way
        with pytest.raises(StoreError):
            read_whole(folder)
    counting = CountingEmbedder()
    done = repair(folder, embedder=lambda: counting)
    assert done.faults == tuple(faults)
    assert verify(folder) == []
    after = load_index(folder)
    if "documents" in parts:
        assert done.lost_count > 0
        assert (folder / DAMAGED_COPY).is_file()
        kept = [one for one in before.documents if one.id not in (*done.lost, "a")]
        assert {one.id for one in kept} <= {one.id for one in after.documents}
        assert set(after.documents) <= set(before.documents)  # never another text
    else:
        assert done.lost_count == 0
        assert after.documents == before.documents
        if parts != {"facts"}:  # whose options are lost: passages are cut otherwise
            assert found(after) == expected
    if parts == {"words"}:
        assert counting.texts == []
    if parts in ({"vectors"}, {"passages"}) and "INSERT" not in statement:
        assert done.embedded > 0
        assert set(counting.texts) <= {passage.text for passage in before.passages}


def test_what_is_renewed_with_its_checksum_is_found_all_the_same(folder):
    """Words and vectors that somebody altered on purpose, and their checksums with them."""
    with sqlite3.connect(folder / DATABASE) as database:
        facts = read_facts(database, folder)
        wrong = Postings.from_texts([500], ["cats"], terms=Terms())
        insert_part(database, wrong, number=facts.next_words)
        write_facts(database, replace(facts, words=parts_digest(read_parts(database))))
    database.close()
    assert verify(folder) == []  # words of no passage, which are left out
    with sqlite3.connect(folder / DATABASE) as database:
        facts = read_facts(database, folder)
        database.execute("DELETE FROM words")
        numbers = [number for row in read_rows(database) if not row.gone for number in row.numbers]
        wrong = Postings.from_texts(numbers, ["cats"] * len(numbers), terms=Terms())
        insert_part(database, wrong, number=facts.next_words + 1)
        write_facts(database, replace(facts, words=parts_digest(read_parts(database))))
    database.close()
    assert [str(fault) for fault in verify(folder)] == [
        f"words: The words in {folder / DATABASE} are not those of its passages."
    ]
    repair(folder, embedder=StubEmbedder)
    assert verify(folder) == []
    for value in (0.9, np.nan):
        with sqlite3.connect(folder / DATABASE) as database:
            facts = read_facts(database, folder)
            (row, *_) = read_rows(database)
            wrong = np.full(StubEmbedder.dimension, value, np.float32).tobytes()
            for number in row.numbers:
                database.execute(
                    "UPDATE vectors SET vector = ?, digest = ? WHERE number = ?",
                    (wrong, vector_digest(wrong), number),
                )
            forged = replace(row, vectors=vectors_digest([vector_digest(wrong)] * row.passages))
            database.execute(
                "UPDATE documents SET vectors = ?, digest = ? WHERE number = ?",
                (forged.vectors, forged.digest, row.number),
            )
            contents = with_rows(facts.contents, come=[forged], gone=[row])
            write_facts(database, replace(facts, contents=contents))
        database.close()
        assert {fault.part for fault in verify(folder)} == {"vectors"}
        assert repair(folder, embedder=StubEmbedder).embedded == 1
        assert verify(folder) == []


def test_a_cache_that_is_wrong(folder, tmp_path):
    expected = found(load_index(folder))
    whole = (folder / CACHE).read_bytes()
    other = PassageIndex.open(
        tmp_path / "other", embedder=StubEmbedder(), create=True, budget_tokens=4
    )
    other.add(SHELF)
    for data, problem in [
        (whole[:-1], "is damaged"),
        (b"", "is damaged"),
        ((tmp_path / "other" / CACHE).read_bytes(), "of another index"),
    ]:
        (folder / CACHE).write_bytes(data)
        (fault,) = verify(folder)
        assert fault.part == "cache"
        assert problem in fault.problem
        assert str(folder / CACHE) in fault.problem
        done = repair(folder, embedder=lambda: pytest.fail("nothing is to be embedded"))
        assert done.embedded == done.lost_count == 0
        assert verify(folder) == []
        assert found(load_index(folder)) == expected


def test_pages_that_are_overwritten(folder):
    """Whichever page is wiped out: it is named, and what is elsewhere is saved."""
    before = load_index(folder)
    whole = (folder / DATABASE).read_bytes()
    saved = 0
    for start in range(4096, len(whole), 4096):
        (folder / DATABASE).write_bytes(whole[:start] + b"\xa5" * 4096 + whole[start + 4096 :])
        faults = verify(folder)
        if not faults:  # a page that was free
            assert found(load_index(folder)) == found(before)
            continue
        try:
            done = repair(folder, embedder=StubEmbedder)
        except DamagedIndexError as error:
            assert str(folder / DATABASE) in error.problem  # noqa: PT017 - it may or may not be
            continue
        assert verify(folder) == []
        after = load_index(folder)
        assert set(after.documents) <= set(before.documents)
        assert done.lost_count == 0 or done.lost_count >= 3 - len(after.documents)
        saved += len(after.documents) == 3
    assert saved > 3


def test_nothing_left_to_save(folder):
    (folder / DATABASE).write_bytes(b"no database at all, but words" * 999)
    (fault,) = verify(folder)
    assert fault.part == "database"
    with pytest.raises(DamagedIndexError, match="nothing in it is sound") as raised:
        repair(folder, embedder=StubEmbedder)
    assert "index build" in raised.value.remedy
    assert "repair" in MEND


def test_what_is_short_of_memory_is_no_damage(folder):
    """An article that cannot be read for now is never taken for one that is lost."""
    load_index(folder).add([Document("large", "L" * 20_000_000, "Cats run.")])
    before = (folder / DATABASE).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    problem = f"StoreError There is not enough memory to read {folder / DATABASE}."
    assert done.stdout.splitlines() == [problem, problem]
    assert (folder / DATABASE).read_bytes() == before
    assert not (folder / DAMAGED_COPY).exists()
    assert verify(folder) == []


def test_memory_that_python_is_short_of_is_no_damage_either(folder):
    with pytest.raises(StoreError, match="not enough memory") as raised, faults_named(folder):
        raise MemoryError
    assert type(raised.value) is StoreError
    assert raised.value.remedy == "Free some memory, and try again."


def test_every_damaged_database_is_kept(folder):
    torn = []
    for name in ("a", "b"):
        number = f"SELECT number FROM documents WHERE id = '{name}'"
        altered(folder, f"UPDATE texts SET title = 'X' WHERE number IN ({number})")
        torn.append((folder / DATABASE).read_bytes())
        assert repair(folder, embedder=StubEmbedder).lost == (name,)
    kept = [folder / DAMAGED_COPY, folder / f"{DAMAGED_COPY}.1"]
    assert [file.read_bytes() for file in kept] == torn


def test_another_model_mends_nothing(folder):
    class Other(StubEmbedder):
        identity = "other@2"

    altered(folder, "UPDATE vectors SET vector = x'00'")
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(IncompatibleIndexError, match="stub@1, not with other@2"):
        repair(folder, embedder=Other)
    assert (folder / DATABASE).read_bytes() == before


def test_mended_indexes_grow_on(folder):
    reader = load_index(folder)
    altered(folder, "DELETE FROM words")
    repair(folder, embedder=StubEmbedder)
    assert reader.refresh()
    reader.add([Document("d", "D", "Cats run again.")])
    assert verify(folder) == []
    assert found(reader) == found(load_index(folder))


def test_compacting_gives_room_back_and_changes_nothing(folder):
    index = load_index(folder)
    index.add([Document("large", "Large", "Cats run home. " * 3000)])
    index.remove(["large"])
    before, size = found(index), (folder / DATABASE).stat().st_size
    given_back = compact(folder)
    assert given_back == size - (folder / DATABASE).stat().st_size > 100_000
    assert verify(folder) == []
    assert not index.refresh()
    assert found(load_index(folder)) == before


def test_info(folder):
    info = info_of(folder)
    index = load_index(folder)
    assert info == index.info()
    told = json.loads(json.dumps(info.to_dict()))
    assert told["embedder"] == "stub@1"
    assert (told["documents"], told["passages"]) == (3, len(index.passages))
    assert (told["kind"], told["recall_at_10"], told["version"]) == ("Flat", 1.0, index.version)
    assert told["bytes_on_disk"] >= (folder / DATABASE).stat().st_size
    assert "stub@1" in str(info)
    (folder / CACHE).unlink()
    assert info_of(folder).making is None


def test_where_there_is_no_index(tmp_path):
    for act in (
        verify,
        info_of,
        compact,
        lambda folder: repair(folder, embedder=StubEmbedder),
        lambda folder: changing(folder).__enter__(),
    ):
        with pytest.raises(StoreError, match="There is no index"):
            act(tmp_path)
    assert list(tmp_path.iterdir()) == []
