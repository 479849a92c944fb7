"""What was fitted for a reader of the hub is found beside it, and asked for only there."""

import shutil
from pathlib import Path

import httpx
import pytest
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
)

from index.hub import UnfittedModelWarning, file_beside
from qa.fast_scorer import make_fast_reader
from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.settings import SETTINGS_FILE, Logistic, ReaderSettings

NAME, VERSION = "someone/fitted", "0123456789abcdef0123456789abcdef01234567"
FITTED = ReaderSettings(min_score=0.3, reads_history=True, right=Logistic(0.1, {"odds": 1.0}))

pytestmark = pytest.mark.usefixtures("one_thread")


def answered(status: int) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request("HEAD", "https://huggingface.co"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which files the hub was asked for; it has none of them."""
    files: list[str] = []

    def download(name: str, file: str, *, revision: str) -> str:
        files.append(f"{name}/{revision}/{file}")
        raise RemoteEntryNotFoundError("There is none.", response=answered(404))

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    return files


@pytest.fixture
def snapshot(tmp_path: Path, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader in the hub's cache, where the hub cannot be reached."""
    kept = tmp_path / "hub" / f"models--{NAME.replace('/', '--')}"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text(VERSION)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("PULLQUOTE_CACHE", str(tmp_path / "fast"))
    return shutil.copytree(tiny_bert, kept / "snapshots" / VERSION)


def settings_of(name: str | Path) -> ReaderSettings:
    reader = ExtractiveReader.from_pretrained(name, window_tokens=48, stride_tokens=8)
    return reader.settings


def test_a_reader_of_the_hub_has_what_was_fitted_for_it(snapshot, asked, tmp_path):
    assert settings_of(NAME) == ReaderSettings()
    FITTED.save(snapshot)
    assert settings_of(NAME) == FITTED
    fast = tmp_path / "form"
    fast.mkdir()
    make_fast_reader(NAME, fast)
    assert settings_of(fast) == FITTED
    assert asked == []  # offline


def test_settings_of_the_version_that_was_loaded_are_fetched(snapshot, asked, monkeypatch):
    monkeypatch.setattr("index.hub.is_local", lambda _: False)
    assert file_beside(NAME, SETTINGS_FILE) is None
    assert asked == [f"{NAME}/{VERSION}/{SETTINGS_FILE}"]

    def download(name: str, file: str, *, revision: str) -> str:
        assert (name, revision) == (NAME, VERSION)
        FITTED.save(snapshot)
        return str(snapshot / file)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    found = file_beside(NAME, SETTINGS_FILE)
    assert found == snapshot / SETTINGS_FILE


@pytest.mark.usefixtures("snapshot")
@pytest.mark.parametrize(
    "fault",
    [
        HfHubHTTPError("Too many questions.", response=answered(429)),
        HfHubHTTPError("A fault of ours.", response=answered(500)),
        LocalEntryNotFoundError("Nothing answers."),
        httpx.ReadTimeout("Nothing more comes."),
        OSError(28, "No space left on device"),
    ],
    ids=["429", "500", "none", "midway", "full"],
)
def test_that_settings_could_not_be_fetched_is_said(fault, monkeypatch):
    def download(name: str, file: str, *, revision: str) -> str:  # noqa: ARG001
        raise fault

    monkeypatch.setattr("index.hub.is_local", lambda _: False)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    with pytest.warns(UnfittedModelWarning, match="someone/fitted may have a reader_settings"):
        assert file_beside(NAME, SETTINGS_FILE) is None


def test_the_hub_is_not_asked_where_the_answer_is_here(snapshot, asked, tiny_bert, monkeypatch):
    monkeypatch.setattr("index.hub.is_local", lambda name: pytest.fail(f"It asks for {name}."))
    assert file_beside(SHIPPED_READER, SETTINGS_FILE) == SHIPPED_READER / SETTINGS_FILE
    assert file_beside(tiny_bert, SETTINGS_FILE) is None
    assert file_beside("someone/never-loaded", SETTINGS_FILE) is None
    none = snapshot.parents[1] / ".no_exist" / VERSION  # by which the hub's library notes it
    none.mkdir(parents=True)
    (none / SETTINGS_FILE).touch()
    assert file_beside(NAME, SETTINGS_FILE) is None
    (snapshot / SETTINGS_FILE).write_text("{}")
    assert file_beside(NAME, SETTINGS_FILE) == snapshot / SETTINGS_FILE
    assert asked == []
