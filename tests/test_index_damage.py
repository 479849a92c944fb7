"""Saved indexes that are torn, altered, or of another kind: each is named."""

import hashlib
import json
import random
import shutil
import sqlite3

import pytest
from small_indexes import CACHE, DATABASE, LEFT_BY_A_LOCK, build, found, load_index
from stub import StubEmbedder

from index.engine import PassageIndex
from index.errors import (
    DamagedIndexError,
    IncompatibleIndexError,
    PullquoteError,
    StoreError,
)
from index.facts import FORMAT_VERSION


class OtherEmbedder(StubEmbedder):
    identity = "other@2"


def assert_as_before_or_named(folder, file, expected):
    """Opening gives what was there, or an error of ours that names a file."""
    try:
        index = load_index(folder)
        now = (tuple(index.documents), found(index))
    except StoreError as error:
        assert str(file) in str(error)  # noqa: PT017 - it may or may not be
        return False
    assert now == expected
    return True


def read_whole(folder):
    """Open an index and read all that it has, so that nothing is left unchecked."""
    index = load_index(folder)
    return (tuple(index.documents), tuple(index.passages), found(index))


@pytest.mark.parametrize(("name", "times"), [(DATABASE, 400), (CACHE, 60)])
def test_flipped_bytes_are_noticed_or_change_nothing(saved, tmp_path, name, times):
    # Bytes by lot, of those that are not zero: the rest is almost all free space.
    before = load_index(saved)
    expected = (tuple(before.documents), found(before))
    whole = (saved / name).read_bytes()
    filled = [at for at, byte in enumerate(whole) if byte]
    positions = random.Random(0).sample(filled, min(len(filled), times))
    noticed = 0
    for position in positions:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(saved, copy)
        torn = bytearray(whole)
        torn[position] ^= random.Random(position).choice([0x01, 0x80, 0xFF])
        (copy / name).write_bytes(torn)
        noticed += not assert_as_before_or_named(copy, copy / name, expected)
    if name == CACHE:
        assert noticed == 0  # it is made anew
    else:
        assert noticed > len(positions) / 3


def test_cuts_are_noticed(saved):
    file = saved / DATABASE
    whole = file.read_bytes()
    # Whole pages: the last bytes of the last one are free space.
    for size in [0, 1, 99, 100, 512, *range(1024, len(whole) - 4096, 1111)]:
        file.write_bytes(whole[:size])
        with pytest.raises(DamagedIndexError) as raised:
            load_index(saved)
        assert str(file) in str(raised.value)
    file.write_bytes(whole)
    assert len(load_index(saved).passages) == 3


@pytest.mark.parametrize("data", [b"", b"x", b"{}\n", b"no database at all, but words" * 99, None])
def test_something_else_in_its_place(saved, data):
    whole = (saved / CACHE).read_bytes()
    (saved / CACHE).write_bytes(whole + b"x" if data is None else data)
    assert len(load_index(saved).passages) == 3
    assert (saved / CACHE).read_bytes() == whole  # it was made again
    if data is not None:
        (saved / DATABASE).write_bytes(data)
        with pytest.raises(DamagedIndexError, match=r"index\.sqlite is damaged"):
            load_index(saved)


def test_what_is_missing(saved):
    (saved / CACHE).unlink()
    assert len(load_index(saved).passages) == 3
    (saved / DATABASE).unlink()
    with pytest.raises(StoreError, match="There is no index"):
        load_index(saved)
    (saved / DATABASE).mkdir()
    with pytest.raises(StoreError, match="There is no index"):
        load_index(saved)


def test_a_cache_of_another_index_is_not_used(saved, tmp_path):
    other = build("Cats run. Dogs bark. Birds fly.", "Größe zählt!")
    other.save(tmp_path / "other")
    load_index(tmp_path / "other")
    expected = found(load_index(saved))
    shutil.copy(tmp_path / "other" / CACHE, saved / CACHE)
    assert found(load_index(saved)) == expected


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE texts SET text = replace(text, 'Cats', 'Rats')", "the document 0"),
        ("UPDATE texts SET title = 'Other'", "the document 0"),
        ('UPDATE texts SET fields = \'{"source": "x"}\'', "the document 0"),
        ("UPDATE texts SET text = 12", "the document 0"),
        ("UPDATE texts SET text = CAST(x'ff' AS TEXT)", "is damaged"),
        ("DELETE FROM texts WHERE number = 0", "the document 0"),
        ("UPDATE texts SET spans = x'00'", "the passages of the document 0"),
        ("UPDATE texts SET spans = 'x'", "the document 0"),
        ("UPDATE documents SET id = id || 'x'", "the document 0x"),
        ("UPDATE documents SET id = 7 WHERE number = 0", "the document 7"),
        ("UPDATE documents SET content = x'00'", "the document 0"),
        ("UPDATE documents SET digest = x'00'", "the document 0"),
        ("UPDATE documents SET gone = 1 WHERE number = 0", "list of documents"),
        ("UPDATE documents SET first = 1 - first", "list of documents"),
        ("UPDATE documents SET passages = passages + 1", "list of documents"),
        ("UPDATE documents SET number = number + 5", "list of documents"),
        ("DELETE FROM documents WHERE number = 1", "list of documents"),
        ("UPDATE words SET first = 7", "its words"),
        ("DELETE FROM words", "its words"),
        ("UPDATE pieces SET data = zeroblob(100)", "its words"),
        ("DELETE FROM pieces", "its words"),
        ("UPDATE facts SET json = replace(json, 'stub@1', 'stub@2')", "its facts"),
        ("DELETE FROM facts", "its facts"),
        ("DROP TABLE texts", "no such table"),
        ("DROP TABLE words", "no such table"),
        ("DROP TABLE pieces", "no such table"),
    ],
)
def test_altered_rows_are_noticed(saved, statement, what):
    with sqlite3.connect(saved / DATABASE) as database:
        assert database.execute(statement).rowcount
    database.close()
    with pytest.raises(DamagedIndexError, match=what) as raised:
        read_whole(saved)
    assert "index repair" in raised.value.remedy
    assert str(saved / DATABASE) in str(raised.value)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM vectors WHERE number = 1",
        "UPDATE vectors SET vector = zeroblob(64) WHERE number = 1",
        "UPDATE vectors SET vector = 'x'",
    ],
)
def test_altered_vectors_are_noticed_when_they_are_read(saved, statement):
    with sqlite3.connect(saved / DATABASE) as database:
        assert database.execute(statement).rowcount
    database.close()
    assert found(load_index(saved)) == found(
        build("Cats run. Dogs bark. Birds sing.", "Größe zählt.")
    )
    (saved / CACHE).unlink()
    with pytest.raises(DamagedIndexError, match=r"the vectors of the document 0|damaged"):
        load_index(saved)


def altered_facts(folder, **changes):
    """Write facts with a valid checksum, as one would who alters an index on purpose."""
    with sqlite3.connect(folder / DATABASE) as database:
        ((text,),) = database.execute("SELECT json FROM facts")
        text = json.dumps(json.loads(text) | changes)
        digest = hashlib.sha256(text.encode()).digest()
        database.execute("UPDATE facts SET json = ?, digest = ?", (text, digest))
    database.close()


def test_facts_with_a_renewed_checksum_are_accepted(saved):
    altered_facts(saved)  # else the tests below would prove nothing
    assert len(load_index(saved).passages) == 3


@pytest.mark.parametrize("version", [0, 1, 2, 5, "3", None])
def test_another_format_version(saved, version):
    altered_facts(saved, format_version=version)
    with pytest.raises(
        IncompatibleIndexError, match=f"version {version}; .* reads versions 3 and 4"
    ):
        load_index(saved)
    assert FORMAT_VERSION == 4


def test_another_format(saved):
    altered_facts(saved, format="someone-elses-index")
    with pytest.raises(IncompatibleIndexError, match="not an index of Pullquote"):
        load_index(saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"embedder": None},
        {"dimension": "16"},
        {"dimension": 8},
        {"version": -1},
        {"gone": True},
        {"kind": 32},
        {"contents": ""},
        {"words": None},
        {"more": 1},
    ],
    ids=str,
)
def test_altered_facts_that_make_no_sense(saved, changes):
    altered_facts(saved, **changes)
    (saved / CACHE).unlink()
    with pytest.raises(DamagedIndexError):
        load_index(saved)


def test_another_model(saved):
    with pytest.raises(IncompatibleIndexError, match="embedder stub@1, not with other@2"):
        PassageIndex.load(saved, embedder=OtherEmbedder())
    with pytest.raises(IncompatibleIndexError, match="embedder stub@1, not with other@2"):
        PassageIndex.open(saved, embedder=OtherEmbedder(), create=True)


def test_a_target_that_cannot_be_written(tmp_path):
    file = tmp_path / "a-file"
    file.write_text("Words.", "utf-8")
    for target in (file, file / "index", tmp_path / ("long" * 100)):
        with pytest.raises(StoreError, match="cannot be written"):
            build("Fish swim.").save(target)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text("utf-8") == "Words."


@pytest.mark.parametrize("change", ["add", "save"])
def test_a_limit_on_files_leaves_the_old_index(saved, change):
    resource = pytest.importorskip("resource", reason="only POSIX can limit a file's size")
    before = load_index(saved)
    index = load_index(saved)
    larger = build("Fish swim. " * 3000)
    limit = (saved / DATABASE).stat().st_size + 20_000  # bytes, short of all
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
    try:
        with pytest.raises(PullquoteError, match="cannot be written") as raised:
            larger.save(saved) if change == "save" else index.add(larger.documents)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert type(raised.value) is StoreError
    again = load_index(saved)
    assert again.passages == before.passages
    assert found(again) == found(before)
    assert {file.name for file in saved.iterdir()} - LEFT_BY_A_LOCK == {DATABASE, CACHE}
