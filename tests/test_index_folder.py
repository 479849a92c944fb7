"""Folders of saved indexes: what is made in them, taken for an index, and left alone."""

import threading

import pytest
from small_indexes import CACHE, DATABASE, LEFT_BY_A_LOCK, build, load_index, opened
from stub import EmbedderMeanwhile

from index.errors import IncompatibleIndexError, StoreError
from index.folder import is_stored_index
from index.making import create_index
from index.verify import verify
from index.writer_lock import writing


def test_nothing_is_made_unless_asked_for(tmp_path):
    with pytest.raises(StoreError, match="There is no index"):
        opened(tmp_path / "index", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_second_save_replaces_the_first(saved):
    build("Fish swim.").save(saved)
    assert not (saved / CACHE).exists()  # it was of the first
    assert [document.text for document in load_index(saved).documents] == ["Fish swim."]
    assert {file.name for file in saved.iterdir()} - LEFT_BY_A_LOCK == {DATABASE, CACHE}
    assert list(saved.parent.iterdir()) == [saved]  # nothing of the old one is left about


def test_folders_are_made_as_needed(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "deep" / "er", tmp_path / "a%20b? #é"):
        build("Fish swim.").save(str(folder))
        assert len(load_index(str(folder)).passages) == 1


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("Ten years of work.", "utf-8")
    for make in (build("Fish swim.").save, opened):
        with pytest.raises(StoreError, match="exists and is not an index"):
            make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "Ten years of work."


def test_a_web_site_s_manifest_is_left_alone(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "a web site"}', "utf-8")
    assert not is_stored_index(tmp_path)
    with pytest.raises(StoreError, match="exists and is not an index"):
        build("Fish swim.").save(tmp_path)
    with pytest.raises(StoreError, match="There is no index in"):
        load_index(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_no_index_to_open(tmp_path):
    (tmp_path / "notes.txt").write_text("Words.", "utf-8")
    for folder in (tmp_path, tmp_path / "gone", tmp_path / "notes.txt"):
        with pytest.raises(StoreError, match="There is no index in") as raised:
            load_index(folder)
        assert str(folder) in str(raised.value)


def test_what_another_process_made_meanwhile_is_opened(tmp_path):
    """Both found no index; while this one loads its embedder, the other makes it and adds to it."""
    folder = tmp_path / "index"
    index = opened(folder, EmbedderMeanwhile(lambda: build("Fish swim.").save(folder)))
    assert [document.text for document in index.documents] == ["Fish swim."]
    assert [document.text for document in load_index(folder).documents] == ["Fish swim."]
    assert verify(folder) == []


def test_what_is_made_while_one_waits_to_make_it_stays(tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    facts = build("Cats run.")._contents.facts
    waiting = threading.Thread(
        target=create_index, args=(folder, facts), kwargs={"replacing": False}
    )
    build("Fish swim.").save(tmp_path / "made")
    with writing(folder):
        waiting.start()
        (tmp_path / "made" / DATABASE).replace(folder / DATABASE)
    waiting.join()
    assert [document.text for document in load_index(folder).documents] == ["Fish swim."]


def test_what_an_index_left_unfinished_is_built_upon(tmp_path):
    for name in ("write.lock", "index.sqlite.new", "index.sqlite.new-journal"):
        (tmp_path / name).write_bytes(b"torn")
    build("Fish swim.").save(tmp_path)
    assert len(load_index(tmp_path).passages) == 1
    assert not list(tmp_path.glob("*.new*"))


def test_the_first_format_is_refused_by_name_and_built_over(tmp_path):
    for name in ("manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss"):
        (tmp_path / name).write_text('{"version": 1}', "utf-8")
    assert is_stored_index(tmp_path)
    with pytest.raises(IncompatibleIndexError, match=r"version 1; .*versions 3 and 4.*index build"):
        load_index(tmp_path)
    build("Fish swim.").save(tmp_path)
    assert len(load_index(tmp_path).passages) == 1
    assert {file.name for file in tmp_path.iterdir()} - LEFT_BY_A_LOCK == {DATABASE, CACHE}
