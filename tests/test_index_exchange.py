"""An index written to one file and taken in again; and files that are no such thing."""

import base64
import gzip
import hashlib
import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import found, load_index, opened
from strategies import documents, few
from stub import CountingEmbedder, EmbedderMeanwhile, StubEmbedder

from index.adding import Changes
from index.errors import IncompatibleIndexError, SourceError, StoreError
from index.exchange import export_index, import_index
from index.filters import Filter
from index.limits import ReadLimits
from index.records import Document
from index.verify import verify

SHELF = [
    Document("a", "A", "Cats run. Dogs bark. Größe zählt.", collection="news", date="2024"),
    Document("b", "B", "Birds sing.\0", source="b.txt", language="en", author="Ada"),
    Document("c", "C", "Cats sing.\fFish swim.", page_starts=(0, 11)),
]


class OtherEmbedder(CountingEmbedder):
    identity = "other@2"


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path / "index").add(SHELF)
    return tmp_path / "index"


@pytest.fixture
def exported(folder, tmp_path):
    file = tmp_path / "shelf.jsonl.gz"
    assert export_index(folder, file, vectors=True) == 3
    return file


def lines_of(file):
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def written(file, lines, *, digest=True):
    """Lines of JSON values or bytes as a file, by one who knows how the checksum is made."""
    data = [
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
    ]
    if digest:
        told = hashlib.sha256(b"".join(data)).hexdigest()
        data.append(json.dumps({"digest": told}).encode() + b"\n")
    file.write_bytes(gzip.compress(b"".join(data)))
    return file


def taken(folder, file, embedder=None, **options):
    return import_index(folder, file, embedder=embedder or StubEmbedder(), **options)


@few
@given(st.lists(documents(), min_size=1, max_size=5, unique_by=lambda one: one.id), st.booleans())
def test_what_is_exported_comes_back(tmp_path_factory, shelf, vectors):
    folder = tmp_path_factory.mktemp("exchange")
    index = opened(folder / "index")
    index.add(shelf)
    assert export_index(folder / "index", folder / "file", vectors=vectors) == len(shelf)
    counting = CountingEmbedder()
    assert taken(folder / "copy", folder / "file", counting) == Changes(len(shelf), 0, 0)
    assert (counting.texts == []) is vectors
    copy = load_index(folder / "copy")
    assert copy.documents == index.documents == tuple(shelf)
    assert copy.passages == index.passages
    assert dict(copy.collections()) == dict(index.collections())
    assert found(copy) == found(index)
    where = Filter(collections=[shelf[0].collection])
    assert copy.search(["cats"], where=where) == index.search(["cats"], where=where)
    assert verify(folder / "copy") == []
    export_index(folder / "copy", folder / "again", vectors=vectors)
    assert (folder / "again").read_bytes() == (folder / "file").read_bytes()


def test_unchanged_documents_cost_nothing(folder, exported):
    counting = CountingEmbedder()
    version = load_index(folder).version
    assert taken(folder, exported, counting) == Changes(0, 0, 3)
    assert load_index(folder).version == version
    index = load_index(folder)
    index.add([Document("a", "A", "Something else."), Document("d", "D", "Fish swim.")])
    index.add([Document("b", "Renamed", SHELF[1].text)])
    assert taken(folder, exported, counting) == Changes(0, 2, 1)
    assert counting.texts == []
    assert set(load_index(folder).documents) == {*SHELF, Document("d", "D", "Fish swim.")}
    assert verify(folder) == []


def test_what_another_process_made_meanwhile_stays(exported, tmp_path):
    """Both found no index; while this one loads its embedder, the other makes it and adds to it."""
    copy, other = tmp_path / "copy", Document("d", "D", "Cows moo.")
    late = EmbedderMeanwhile(lambda: opened(copy).add([other]))
    assert import_index(copy, exported, embedder=late) == Changes(3, 0, 0)
    assert list(load_index(copy).documents) == [other, *SHELF]
    assert verify(copy) == []


def test_vectors_of_another_making_are_made_anew(exported, tmp_path):
    counting = OtherEmbedder()
    assert taken(tmp_path / "other", exported, counting) == Changes(3, 0, 0)
    assert "Birds sing.\0" in counting.texts
    opened(tmp_path / "longer", budget_tokens=60)
    counting = CountingEmbedder()
    assert taken(tmp_path / "longer", exported, counting) == Changes(3, 0, 0)
    assert counting.texts == [one.text for one in SHELF]
    with pytest.raises(IncompatibleIndexError):
        taken(tmp_path / "longer", exported, OtherEmbedder())


def test_an_export_is_of_one_version_and_keeps_nobody_waiting(folder, tmp_path, monkeypatch):
    other = load_index(folder)

    def meanwhile(*given, **options):
        other.add([Document("new", "New", "Cats run.")], wait_s=1)
        other.remove(["b"], wait_s=1)
        return write(*given, **options)

    from index import exchange

    write = exchange.write_export
    monkeypatch.setattr(exchange, "write_export", meanwhile)
    assert export_index(folder, tmp_path / "file") == 3
    taken(tmp_path / "copy", tmp_path / "file")
    assert load_index(tmp_path / "copy").documents == tuple(SHELF)


def test_a_file_is_written_whole_or_not_at_all(folder, exported, tmp_path):
    with pytest.raises(SourceError, match="cannot be written"):
        export_index(folder, tmp_path / "none" / "file")
    before = exported.read_bytes()
    (folder / "index.sqlite").write_bytes((folder / "index.sqlite").read_bytes()[:-9000])
    with pytest.raises(StoreError):
        export_index(folder, exported)
    assert exported.read_bytes() == before
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize("place", [".", "..", "made"])
def test_a_folder_is_no_file_to_write(folder, tmp_path, monkeypatch, place):
    inside = tmp_path / "inside"
    (inside / "made").mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(SourceError, match=r"is a folder\. Name a file"):
        export_index(folder, place)
    assert [one.name for one in inside.iterdir()] == ["made"]


def test_damage_is_named_and_nothing_is_taken(exported, tmp_path):
    """Cut and flipped bytes."""
    whole = exported.read_bytes()
    copy = tmp_path / "copy"
    file = tmp_path / "spoilt"
    lot = random.Random(0)
    cuts = [whole[:size] for size in (0, 1, 9, 10, 40, len(whole) // 2, len(whole) - 1)]
    flips = []
    for at in lot.sample(range(10, len(whole)), 60):
        torn = bytearray(whole)
        torn[at] ^= lot.choice([1, 0x80, 0xFF])
        flips.append(bytes(torn))
    for data in [*cuts, *flips, b"no archive", gzip.compress(b""), gzip.compress(b"\n")]:
        file.write_bytes(data)
        with pytest.raises(SourceError, match=r"is damaged|Line \d+ of") as raised:
            taken(copy, file)
        assert str(file) in raised.value.problem
        assert not copy.exists()


HEAD = {
    "format": "pullquote-documents",
    "format_version": 1,
    "documents": 1,
    "vectors": False,
    "embedder": "stub@1",
    "dimension": 16,
    "budget_tokens": 4,
    "overlap_sentences": 1,
}
ONE = {"id": "x", "title": "X", "text": "Cats run."}
SPANS = base64.b64encode(np.array([[0, 9]], "<i8").tobytes()).decode()
UNIT = base64.b64encode(np.eye(1, 16, dtype="<f4").tobytes()).decode()


def spans(*edges):
    return base64.b64encode(np.array(edges, "<i8").tobytes()).decode()


def vector(*numbers):
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


def test_what_is_written_by_hand_is_taken(tmp_path):
    file = written(tmp_path / "file", [HEAD, ONE])
    assert taken(tmp_path / "index", file) == Changes(1, 0, 0)
    with_vectors = [HEAD | {"vectors": True}, ONE | {"spans": SPANS, "vectors": UNIT}]
    written(tmp_path / "file", with_vectors)
    counting = CountingEmbedder()
    assert taken(tmp_path / "other", tmp_path / "file", counting) == Changes(1, 0, 0)
    assert counting.texts == []
    (hit,) = load_index(tmp_path / "other").search(["Cats run."])[0]
    assert hit.similarity == pytest.approx(StubEmbedder().embed(["Cats run."])[0][0], abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([[]], "Line 1 of .* is not a JSON object"),
        ([b"[" * 100_000 + b"\n"], "Line 1 of .* is not a JSON object"),
        ([{}], "is not an export of an index"),
        ([HEAD | {"format": "other"}], "is not an export"),
        ([HEAD | {"format_version": 2}], "has format version 2; this Pullquote reads version 1"),
        ([HEAD | {"format_version": "9" * 99}], "has format version 9{20};"),
        ([HEAD | {"documents": 10**30}], "Line 1 of"),
        ([HEAD | {"documents": -1}], "Line 1 of"),
        ([HEAD | {"documents": True}], "Line 1 of"),
        ([HEAD | {"dimension": 1.5}], "Line 1 of"),
        ([HEAD | {"embedder": None}], "Line 1 of"),
        ([HEAD | {"more": 1}], "Line 1 of"),
        ([HEAD | {"documents": 2}, ONE], "Line 3 of .* is not a document"),
        ([HEAD | {"documents": 2}, ONE, ONE], "Line 3 of .* has the id 'x' again"),
        ([HEAD, ONE, ONE], "Line 3 of .* is not the checksum"),
        ([HEAD | {"documents": 10**9}, ONE], "Line 3 of .* is not a document"),
        ([HEAD, 7], "Line 2 of .* is not a JSON object"),
        ([HEAD, b"\xff\xfe\n"], "Line 2 of .* is not a JSON object"),
        ([HEAD, {"id": "x", "title": "X"}], "is not a document"),
        ([HEAD, ONE | {"text": 7}], "is not a document"),
        ([HEAD, ONE | {"text": None}], "is not a document"),
        ([HEAD, ONE | {"text": " "}], "is not a document: The article “X” is empty"),
        ([HEAD, ONE | {"id": ""}], "is not a document: A document has an empty id"),
        ([HEAD, ONE | {"title": "\ud800"}], "half a surrogate pair"),
        ([HEAD, ONE | {"collection": None}], "is not a document"),
        ([HEAD, ONE | {"author": ["Ada"]}], "is not a document"),
        ([HEAD, ONE | {"unknown": "x"}], "is not a document"),
        ([HEAD, ONE | {"page_starts": {"0": 0}}], "is not a document"),
        ([HEAD, ONE | {"page_starts": [0, "1"]}], "is not a document"),
        ([HEAD, ONE | {"page_starts": [0, 10**30]}], "pages of “X” do not begin within"),
        ([HEAD, ONE | {"text": "Cats run. " * 200}], "has 2,000 characters of text"),
        ([HEAD, ONE | {"source": "x" * 6000}], "Line 2 of .* has more than 5,000 bytes"),
        ([HEAD | {"vectors": True}, ONE], "passages and vectors that belong together"),
        *(
            ([HEAD | {"vectors": True}, ONE | {"spans": given, "vectors": of}], "passages")
            for given, of in [
                ("", ""),
                (7, UNIT),
                ("###", UNIT),
                (SPANS, UNIT[:-8]),
                (SPANS, UNIT + UNIT),
                (spans((0, 9), (0, 9)), UNIT + UNIT),
                (spans((0, 10)), UNIT),
                (spans((-1, 9)), UNIT),
                (spans((5, 5)), UNIT),
                (spans((2**62, 2**63 - 1)), UNIT),
                (SPANS, vector(*[0.0] * 16)),
                (SPANS, vector(*[9.0] * 16)),
                (SPANS, vector(*[float("nan")] * 16)),
                (SPANS, vector(*[3e38] * 16)),
            ]
        ),
    ],
)
def test_what_is_no_export_is_refused_by_name(tmp_path, lines, problem):
    file = written(tmp_path / "file", lines)
    limits = ReadLimits(text_chars=1000, file_bytes=5000 if b"[" not in lines[0] else 200_000)
    with pytest.raises(SourceError, match=problem) as raised:
        taken(tmp_path / "index", file, limits=limits)
    assert str(file) in raised.value.problem
    assert not (tmp_path / "index").exists()


def test_a_file_that_swells_is_refused_early(tmp_path):
    file = written(tmp_path / "file", [HEAD, ONE | {"text": "x" * 60_000_000}])
    assert file.stat().st_size < 100_000
    with pytest.raises(SourceError, match="unpacks to more than 200 times its size"):
        taken(tmp_path / "index", file)
    file.write_bytes(gzip.compress(b"x" * 3_000_000))
    with pytest.raises(SourceError, match=r"Line 1 of .* has more than 2 MB"):
        taken(tmp_path / "index", file, limits=ReadLimits(file_bytes=2_000_000))


def test_what_cannot_be_read_is_named(tmp_path):
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(SourceError, match="cannot be read") as raised:
            taken(tmp_path / "index", place)
        assert str(place) in raised.value.problem
    with pytest.raises(StoreError, match="There is no index"):
        export_index(tmp_path / "none", tmp_path / "file")


def test_a_stopped_import_goes_on(exported, tmp_path, monkeypatch):
    monkeypatch.setattr("index.adding.BLOCK_DOCUMENTS", 1)

    class Failing(CountingEmbedder):
        identity = "other@2"

        def embed(self, texts, *, batch_size=32, progress=False):
            if "Cats sing." in " ".join(texts):
                raise ValueError("out of tune")
            return super().embed(texts, batch_size=batch_size, progress=progress)

    with pytest.raises(ValueError, match="out of tune"):
        taken(tmp_path / "copy", exported, Failing())
    counting = OtherEmbedder()
    assert taken(tmp_path / "copy", exported, counting) == Changes(1, 0, 2)
    assert "Birds sing.\0" not in counting.texts
