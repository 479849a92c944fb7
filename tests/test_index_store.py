import hashlib
import json
import shutil

import faiss
import pytest
from conftest import StubEmbedder
from hypothesis import given
from hypothesis import strategies as st
from strategies import articles, documents, few

from index.engine import PassageIndex
from index.errors import DamagedIndexError, IncompatibleIndexError, StoreError
from index.records import Document

MANIFEST = "manifest.json"
CONTENTS = ("documents.jsonl", "passages.jsonl", "vectors.faiss")
DAMAGE = (DamagedIndexError, IncompatibleIndexError)


class OtherEmbedder(StubEmbedder):
    identity = "other@2"


def build(*texts):
    return PassageIndex.from_documents(
        [Document(str(number), "Title", text) for number, text in enumerate(texts)],
        embedder=StubEmbedder(),
        budget_tokens=4,
    )


def load(folder):
    return PassageIndex.load(folder, embedder=StubEmbedder())


@pytest.fixture
def saved(tmp_path):
    """A small saved index."""
    folder = tmp_path / "index"
    build("Cats run. Dogs bark. Birds sing.", "Größe zählt.").save(folder)
    return folder


@few
@given(
    st.lists(documents(), min_size=1, max_size=4, unique_by=lambda document: document.id),
    st.lists(articles(), max_size=3),
)
def test_an_index_comes_back_as_it_was(tmp_path, shelf, queries):
    index = PassageIndex.from_documents(shelf, embedder=StubEmbedder(), budget_tokens=8)
    index.save(tmp_path / "index")
    again = load(tmp_path / "index")
    assert again.documents == index.documents == tuple(shelf)
    assert again.passages == index.passages
    assert again.search(queries) == index.search(queries)
    assert str(again) == str(index)
    again.save(tmp_path / "again")
    for name in (*CONTENTS, MANIFEST):
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("index", "again"))
        assert first == second


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


def test_a_second_save_replaces_the_first(saved):
    build("Fish swim.").save(saved)
    assert [document.text for document in load(saved).documents] == ["Fish swim."]
    assert sorted(file.name for file in saved.iterdir()) == sorted((*CONTENTS, MANIFEST))
    assert list(saved.parent.iterdir()) == [saved]  # nothing of the old one is left about


def test_folders_are_made_as_needed(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "deep" / "er"):
        build("Fish swim.").save(str(folder))
        assert len(load(str(folder)).passages) == 1


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("Ten years of work.", "utf-8")
    with pytest.raises(StoreError, match="exists and is not an index"):
        build("Fish swim.").save(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "Ten years of work."


def test_no_index_to_open(tmp_path):
    (tmp_path / "notes.txt").write_text("Words.", "utf-8")
    for folder in (tmp_path, tmp_path / "gone", tmp_path / "notes.txt"):
        with pytest.raises(StoreError, match="There is no index in") as raised:
            load(folder)
        assert str(folder) in str(raised.value)


@pytest.mark.parametrize("name", [*CONTENTS, MANIFEST])
def test_every_flipped_byte_is_noticed(saved, name):
    file = saved / name
    whole = file.read_bytes()
    for position in range(len(whole)):
        for mask in (0x01, 0x80):
            torn = bytearray(whole)
            torn[position] ^= mask
            file.write_bytes(torn)
            with pytest.raises(DAMAGE if name == MANIFEST else DamagedIndexError):
                load(saved)
    file.write_bytes(whole)
    assert len(load(saved).passages) == 3


@pytest.mark.parametrize("name", [*CONTENTS, MANIFEST])
def test_every_cut_is_noticed(saved, name):
    file = saved / name
    whole = file.read_bytes()
    # Of the manifest, the line end at its end may go: as JSON it means the same.
    for size in range(len(whole) - (name == MANIFEST)):
        file.write_bytes(whole[:size])
        with pytest.raises(DamagedIndexError) as raised:
            load(saved)
        assert str(file) in str(raised.value)


@pytest.mark.parametrize("name", [*CONTENTS, MANIFEST])
@pytest.mark.parametrize("more", [b"x", b"\0", b"{}\n"])
def test_something_added_is_noticed(saved, name, more):
    with (saved / name).open("ab") as stream:
        stream.write(more)
    with pytest.raises(DamagedIndexError):
        load(saved)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_missing_file_is_noticed(saved, name):
    (saved / name).unlink()
    with pytest.raises(DamagedIndexError, match=f"{name} cannot be read"):
        load(saved)
    (saved / name).mkdir()
    with pytest.raises(DamagedIndexError, match=f"{name} cannot be read"):
        load(saved)


def test_without_a_manifest_there_is_no_index(saved):
    (saved / MANIFEST).unlink()
    with pytest.raises(StoreError, match="There is no index"):
        load(saved)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_of_another_index_is_noticed(saved, tmp_path, name):
    build("Cats run. Dogs bark. Birds fly.", "Größe zählt!", "More.").save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, saved / name)
    with pytest.raises(DamagedIndexError, match=f"{name} is damaged"):
        load(saved)


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"x"', "{}", "{", '{"checksum": 1}', "é"])
def test_a_manifest_of_another_kind(saved, text):
    (saved / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(DamagedIndexError, match=r"manifest\.json is damaged"):
        load(saved)


def renew_manifest(folder, **changes):
    """Write a manifest with valid checksums, as one would who alters an index on purpose."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    del manifest["checksum"]
    manifest["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in CONTENTS
    }
    manifest |= changes
    plain = json.dumps(manifest, sort_keys=True).encode()
    manifest["checksum"] = hashlib.sha256(plain).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


def test_a_renewed_manifest_is_accepted(saved):
    renew_manifest(saved)  # else the tests below would prove nothing
    assert len(load(saved).passages) == 3


def test_an_index_of_version_1_is_read(saved):
    """It knew of its documents no more than id, title, text and source."""
    before = load(saved)
    documents = saved / "documents.jsonl"
    rows = [json.loads(line) for line in documents.read_text("utf-8").splitlines()]
    kept = [{key: row[key] for key in ("id", "title", "text", "source")} for row in rows]
    documents.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    renew_manifest(saved, version=1)
    again = load(saved)
    assert again.documents == before.documents
    assert again.passages == before.passages


@pytest.mark.parametrize("version", [0, 3, "1", None])
def test_another_format_version(saved, version):
    renew_manifest(saved, version=version)
    with pytest.raises(
        IncompatibleIndexError, match=f"version {version}; .* reads version 1 and 2"
    ):
        load(saved)


def test_another_format(saved):
    renew_manifest(saved, format="someone-elses-index")
    with pytest.raises(IncompatibleIndexError, match="not an index of Pullquote"):
        load(saved)


@pytest.mark.parametrize(
    "changes",
    [{"embedder": None}, {"files": {}}, {"files": list(CONTENTS)}, {"files": None}],
    ids=str,
)
def test_a_renewed_manifest_that_makes_no_sense(saved, changes):
    renew_manifest(saved, **changes)
    with pytest.raises(DamagedIndexError):
        load(saved)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("passages.jsonl", '"document": "1"', '"document": "2"'),
        ("passages.jsonl", '"start": 0', '"start": -1'),
        ("passages.jsonl", '"start": 0', '"start": "0"'),
        ("passages.jsonl", '"end"', '"ends"'),
        ("passages.jsonl", '{"document"', '\n["document"'),
        ("documents.jsonl", '"Größe zählt."', '""'),
        ("documents.jsonl", '"Größe zählt."', "12"),
        ("documents.jsonl", '"id"', '"name"'),
        ("documents.jsonl", '"title"', '"headline"'),
        ("documents.jsonl", "ö", "\\ud800"),
        ("documents.jsonl", '"page_starts": []', '"page_starts": [1]'),
        ("documents.jsonl", '"page_starts": []', '"page_starts": ["0"]'),
        ("documents.jsonl", '"page_starts": []', '"page_starts": 0'),
        ("documents.jsonl", '"author": null', '"author": 1'),
    ],
)
def test_altered_contents_with_a_renewed_manifest(saved, name, old, new):
    text = (saved / name).read_text("utf-8")
    assert old in text
    (saved / name).write_text(text.replace(old, new), "utf-8")
    renew_manifest(saved)
    with pytest.raises(DamagedIndexError):
        load(saved)


@pytest.mark.parametrize("data", [b"", b"IxFI", b"no index at all, but words", None])
def test_altered_vectors_with_a_renewed_manifest(saved, data):
    if data is None:  # a good index, but of no vectors
        data = faiss.serialize_index(faiss.IndexFlatIP(StubEmbedder.dimension)).tobytes()
    (saved / "vectors.faiss").write_bytes(data)
    renew_manifest(saved)
    with pytest.raises(DamagedIndexError):
        load(saved)


def test_another_model(saved):
    with pytest.raises(IncompatibleIndexError, match="embedder stub@1, not with other@2"):
        PassageIndex.load(saved, embedder=OtherEmbedder())


def test_a_target_that_cannot_be_written(tmp_path):
    file = tmp_path / "a-file"
    file.write_text("Words.", "utf-8")
    for target in (file, file / "index", tmp_path / ("long" * 100)):
        with pytest.raises(StoreError, match="cannot be written"):
            build("Fish swim.").save(target)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text("utf-8") == "Words."


@pytest.mark.parametrize("room", ["documents", "vectors"])
def test_a_full_disk_leaves_the_old_index(saved, room):
    resource = pytest.importorskip("resource", reason="only POSIX can limit a file's size")
    before = load(saved)
    larger = build("Fish swim. " * 300)
    larger.save(saved.parent / "larger")
    sizes = {name: (saved.parent / "larger" / name).stat().st_size for name in CONTENTS}
    assert sizes["vectors.faiss"] - 100 > sizes["passages.jsonl"] > sizes["documents.jsonl"] > 1000
    limit = 1000 if room == "documents" else sizes["vectors.faiss"] - 100  # bytes short of all
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            larger.save(saved)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert load(saved).passages == before.passages
    assert {path.name for path in saved.parent.iterdir()} == {"index", "larger"}
