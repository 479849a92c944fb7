"""Where the output of the command line goes: unread pipes, full disks, encodings that lack much."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT
from stub import StubEmbedder

from index.engine import PassageIndex
from index.records import Document
from qa.accounts import Accounts

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is full")
FULL_DISK = (
    "pullquote: The output cannot be written (No space left on device)."
    " Check the free space, or write it elsewhere.\n"
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved index, the list of which is longer than what Python holds back."""
    folder = tmp_path_factory.mktemp("shelves") / "long"
    documents = [Document(f"{number}", "T" * 5_000, "It was Ada.") for number in range(20)]
    PassageIndex.from_documents(documents, embedder=StubEmbedder()).save(folder)
    return folder


@pytest.fixture(scope="module")
def short_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved index, the list of which is shorter."""
    folder = tmp_path_factory.mktemp("shelves") / "short"
    documents = [Document("1", "Title", "It was Ada.")]
    PassageIndex.from_documents(documents, embedder=StubEmbedder()).save(folder)
    return folder


def run(
    *arguments: object, out: object, err: object = subprocess.PIPE, **said: str
) -> tuple[int, str]:
    """Exit code and standard error of ``pullquote``, which holds back what it prints."""
    held = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        cwd=ROOT,
        env=held | said,
        timeout=120,
        check=False,
    )
    return done.returncode, (done.stderr or b"").decode()


@contextmanager
def unread() -> Iterator[int]:
    """The end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_a_reader_that_has_had_enough_is_no_fault(shelf: Path, short_shelf: Path) -> None:
    with unread() as out:
        for arguments in (
            ["--help"],
            ["index", "--help"],
            ["--version"],
            ["index", "list", short_shelf],
            ["index", "list", shelf],
            ["index", "list", shelf, "--json"],
        ):
            assert run(*arguments, out=out) == (0, ""), arguments
        assert run("index", "list", shelf, out=out, PYTHONUNBUFFERED="1") == (0, "")
        with unread() as err:
            assert run("index", "list", shelf, out=out, err=err) == (0, "")


def test_other_faults_keep_their_code_where_nobody_reads(short_shelf: Path) -> None:
    with unread() as out:
        code, err = run("index", "list", short_shelf / "none", out=out)
        assert (code, err.count("\n"), err.startswith("pullquote: ")) == (1, 1, True)
        code, err = run("index", "list", out=out)
        assert (code, "arguments are required" in err) == (2, True)
        assert run("index", "list", short_shelf / "none", out=out, err=out) == (1, "")
        assert run("index", "list", out=out, err=out) == (2, "")


@needs_full
def test_a_full_disk_is_said(shelf: Path, short_shelf: Path) -> None:
    with FULL.open("wb") as full:
        for arguments in (
            ["--help"],
            ["--version"],
            ["index", "list", short_shelf],
            ["index", "list", shelf],
            ["index", "list", shelf, "--json"],
        ):
            assert run(*arguments, out=full) == (1, FULL_DISK), arguments
        assert run("index", "list", shelf, out=full, PYTHONUNBUFFERED="1") == (1, FULL_DISK)
        assert run("index", "list", shelf, out=full, err=full) == (1, "")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that can close it")
def test_a_closed_output_is_no_fault(short_shelf: Path) -> None:
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            '"$@" >&-',
            "sh",
            sys.executable,
            "-m",
            "qa.cli",
            "index",
            "info",
            short_shelf,
        ],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


# Encodings

TITLE = "“Größe” \N{GRINNING FACE}"
PASSWORD = "x" * 8


@pytest.fixture(scope="module")
def foreign_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved index of an article whose name few encodings have."""
    folder = tmp_path_factory.mktemp("shelves") / "foreign"
    documents = [Document("1", TITLE, "It was Ada.")]
    PassageIndex.from_documents(documents, embedder=StubEmbedder()).save(folder)
    return folder


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_files_and_programs_get_utf8(foreign_shelf: Path, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "out"

    def printed(*arguments: object) -> str:
        with file.open("wb") as out:
            said = run(*arguments, out=out, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert said == (0, "")
        return file.read_text("utf-8")

    assert TITLE in printed("index", "list", foreign_shelf)
    (row,) = json.loads(printed("index", "list", foreign_shelf, "--json"))
    assert row["title"] == TITLE
    code, err = run("ask", TITLE, f"none{TITLE}", out=subprocess.DEVNULL, PYTHONIOENCODING=encoding)
    assert (code, TITLE in err) == (1, True)


def test_an_account_is_read_as_it_was_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", "password", "Zoë"],
        input=f"{PASSWORD}\n{PASSWORD}\n".encode(),
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        start_new_session=True,  # else the password is asked for at the terminal
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file = tmp_path / "accounts"
    file.write_bytes(done.stdout)
    assert Accounts.from_file(file).admit("Zoë", PASSWORD)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal that can be read")
def test_a_terminal_keeps_its_encoding_and_json_stays_json(foreign_shelf: Path) -> None:
    def shown(*arguments: object, encoding: str) -> str:
        reading, writing = os.openpty()
        try:
            assert run(*arguments, out=writing, PYTHONIOENCODING=encoding) == (0, "")
            return os.read(reading, 10_000).decode(encoding)
        finally:
            os.close(reading)
            os.close(writing)

    listed = ("index", "list", foreign_shelf)
    assert r"\u201cGröße\u201d \ud83d\ude00" in shown(*listed, encoding="latin-1")
    assert r"\u201cGr\u00f6\u00dfe\u201d \ud83d\ude00" in shown(*listed, encoding="ascii")
    assert TITLE in shown(*listed, encoding="utf-8")
    for encoding in ("latin-1", "ascii", "utf-8"):
        (row,) = json.loads(shown(*listed, "--json", encoding=encoding))
        assert row["title"] == TITLE
