"""Where conversations are kept, and the secrets beside them."""

import stat
import threading

import pytest

from index.errors import InputError, StoreError
from qa import kept_folder
from qa.kept_folder import (
    BROWSER_SECRET,
    VISITOR_BYTES,
    browser_key,
    browser_secret,
    check_visitor,
    default_folder,
    new_visitor,
)


def test_visitors_are_secrets_that_nobody_guesses():
    assert VISITOR_BYTES * 8 == 192
    made = {new_visitor() for _ in range(100)}
    assert len(made) == 100
    assert all(check_visitor(one) == one for one in made)


@pytest.mark.parametrize("stranger", ["", "x" * 31, "x" * 31 + "\n", "x" * 33, "é" * 32, None, 5])
def test_nothing_else_is_a_visitor(stranger):
    with pytest.raises(InputError):
        check_visitor(stranger)


def test_the_browsers_secret_is_made_once_and_its_owner_s_alone(tmp_path):
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(browser_secret(tmp_path / "kept")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(made[0]) == 32
    file = tmp_path / "kept" / BROWSER_SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == made[0] == browser_secret(tmp_path / "kept")
    assert not list((tmp_path / "kept").glob(f".{BROWSER_SECRET}-*"))


def test_each_folder_has_notes_of_its_own_in_a_browser(tmp_path):
    one, two = (browser_secret(tmp_path / name) for name in ("one", "two"))
    assert browser_key(one) == browser_key(one) != browser_key(two)
    assert one not in browser_key(one)


def test_an_empty_secret_is_made_anew(tmp_path):
    (tmp_path / BROWSER_SECRET).write_text("")
    assert len(browser_secret(tmp_path)) == 32


def test_a_secret_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / BROWSER_SECRET).write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match=BROWSER_SECRET):
        browser_secret(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file"):
        browser_secret(tmp_path / "file")


def test_where_nobody_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder({}).name == "pullquote"
    monkeypatch.setattr(kept_folder, "SPACE_DATA", tmp_path)
    assert default_folder({"SPACE_ID": "me/it"}) == tmp_path / "pullquote"
    monkeypatch.setattr(kept_folder, "SPACE_DATA", tmp_path / "none")
    assert default_folder({"SPACE_ID": "me/it"}) is None, "it would be gone with a restart"
