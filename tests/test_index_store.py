"""Saved indexes: what comes back."""

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import DATABASE, load_index, opened
from strategies import articles, documents, few
from stub import StubEmbedder

from index.adding import Changes
from index.engine import PassageIndex
from index.errors import InputError
from index.records import Document
from index.stored_document import document_of, fields_of
from index.verify import verify

any_character = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@st.composite
def any_documents(draw):
    """Documents with NULs, line ends and control characters wherever they may be."""
    return Document(
        id=draw(any_character),
        title=draw(any_character),
        text=draw(any_character) + "x" + draw(any_character),
        source=draw(st.none() | any_character),
    )


@few
@given(
    st.lists(
        documents() | any_documents(),
        min_size=1,
        max_size=4,
        unique_by=lambda document: document.id,
    ),
    st.lists(articles(), max_size=3),
)
def test_an_index_comes_back_as_it_was(tmp_path, shelf, queries):
    index = PassageIndex.from_documents(shelf, embedder=StubEmbedder(), budget_tokens=8)
    index.save(tmp_path / "index")
    again = load_index(tmp_path / "index")
    assert again.documents == index.documents == tuple(shelf)
    assert again.passages == index.passages
    assert again.search(queries) == index.search(queries)
    assert str(again) == str(index)
    again.save(tmp_path / "again")
    first, second = ((tmp_path / name / DATABASE).read_bytes() for name in ("index", "again"))
    assert first == second


@pytest.mark.parametrize("kind", ["PCA8,Flat", "HNSW8_SQ8"])
def test_a_kind_that_compresses_loses_nothing(tmp_path, kind):
    shelf = [Document(f"d{n}", "D", f"Cats {n} run. Dogs {n} bark.") for n in range(150)]
    index = opened(tmp_path / "index", kind=kind)
    index.add(shelf)
    index.settle()
    assert index.info().making.kind == kind
    assert verify(tmp_path / "index") == []
    queries = ["cats", "dogs"]
    for query, hits in zip(StubEmbedder().embed(queries), index.search(queries), strict=True):
        true = StubEmbedder().embed([hit.passage.text for hit in hits]) @ query
        assert [hit.similarity for hit in hits] == pytest.approx(true.tolist(), abs=1e-6)
    index.save(tmp_path / "other", kind="Flat")
    other = load_index(tmp_path / "other")
    vectors = other._contents.vectors_of(other._contents.vectors.numbers)
    expected = StubEmbedder().embed([passage.text for passage in other.passages])
    np.testing.assert_array_equal(vectors, expected)


def test_the_shipped_embedder_opens_an_index_by_itself(tmp_path, embedder):
    document = Document("a", "A", "The cat sat on the mat. The dog barked at the moon.")
    index = PassageIndex.from_documents([document], embedder=embedder, budget_tokens=8)
    index.save(tmp_path / "index")
    again = PassageIndex.load(str(tmp_path / "index"))
    ((before, *_),) = index.search(["an animal making noise"])
    ((after, *_),) = again.search(["an animal making noise"])
    assert before.passage == after.passage
    assert before.passage.text == "The dog barked at the moon."
    assert before.score == pytest.approx(after.score, abs=1e-6)


def test_a_forked_process_reads_by_itself(saved):
    if not hasattr(os, "fork"):
        pytest.skip("only POSIX forks")
    reader, expected = load_index(saved), [*load_index(saved).documents]
    child = os.fork()
    if child == 0:
        try:
            same = [*reader.documents] == expected
        except BaseException:  # noqa: BLE001 - pytest must not go on in the fork
            os._exit(2)
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert [*reader.documents] == expected


def test_threads_share_one_that_is_open(saved):
    reader = load_index(saved)
    expected = [*reader.documents]
    fresh = load_index(saved)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(lambda: [*fresh.documents]) for _ in range(20)]
        assert all(job.result() == expected for job in jobs)


def test_documents_and_passages_are_sequences(saved):
    index = load_index(saved)
    assert index.documents[-1] == [*index.documents][1]
    assert index.passages[1:] == tuple(index.passages)[1:]
    assert index.documents != index.passages
    assert index.documents != "ab"
    assert index.passages[2] in index.passages
    with pytest.raises(IndexError):
        index.documents[2]
    only = index.only("1")
    assert [one.document.id for one in only.passages] == ["1"]
    with pytest.raises(InputError, match="no article 7"):
        index.only("7")


def test_fields_of_documents_are_kept_by_their_names():
    document = Document("a", "A", "Text.", source="x.txt")
    assert json.loads(fields_of(document)) == {"source": "x.txt"}
    assert fields_of(Document("a", "A", "Text.")) == "{}"  # a new field changes no checksum
    of = {"source": "x.txt", "from_a_later_version": [1, 2]}
    assert document_of("a", "A", "Text.", json.dumps(of), file=None) == document


@dataclass(frozen=True)
class LaterDocument(Document):
    """A document with more fields than there are today."""

    rating: object = None


def test_fields_that_come_later_are_stored_too(tmp_path):
    paged = LaterDocument("a", "A", "Text.", page_starts=(0, 3), date="2026", rating=4)
    expected = {"page_starts": [0, 3], "date": "2026", "rating": 4}
    assert json.loads(fields_of(paged)) == expected
    index = opened(tmp_path / "index")
    index.add([paged])
    assert index.add([paged]) == Changes(0, 0, 1)
    assert index.add([replace(paged, page_starts=(0, 2))]) == Changes(0, 1, 0)
    (read,) = load_index(tmp_path / "index").documents
    assert (read.page_starts, read.date, read.page_of(2)) == ((0, 2), "2026", 2)
    with pytest.raises(InputError, match=r"document b cannot be stored .*object"):
        index.add([LaterDocument("b", "B", "Text.", rating=object())])
    assert verify(tmp_path / "index") == []


def test_vectors_are_kept_to_the_bit(saved):
    with sqlite3.connect(saved / DATABASE) as database:
        rows = database.execute("SELECT vector FROM vectors ORDER BY number").fetchall()
    database.close()
    held = np.array([np.frombuffer(row, np.float32) for (row,) in rows])
    texts = [passage.text for passage in load_index(saved).passages]
    np.testing.assert_array_equal(held, StubEmbedder().embed(texts))
