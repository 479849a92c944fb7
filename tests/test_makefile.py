"""What make would run."""

import shlex
import shutil
import subprocess

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="This needs make.")


def commands(*arguments: str) -> list[list[str]]:
    """The commands of a target as the shell would take them, none of which is run."""
    printed = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [shlex.split(line) for line in printed.replace("\\\n", " ").splitlines()]


def command_of(script: str, *arguments: str) -> list[str]:
    """That which runs a script, from its first argument on."""
    (found,) = (command for command in commands(*arguments) if script in command)
    return found[found.index(script) + 1 :]


def test_names_with_spaces_stay_whole() -> None:
    names = ("data", "start", "encoder", "teacher", "recipes", "out")
    given = [f"{name.upper()}=my {name}; x" for name in names]
    trained = command_of("training/chain.py", "train", *given)
    assert trained[1::2] == [f"my {name}; x" for name in names]
    assert command_of("benchmarks/peers.py", "bench-peers", *given) == ["my data; x"]


def test_clean_removes_no_training() -> None:
    given = command_of("training/chain.py", "train", "DATA=data")
    output = ROOT / given[given.index("--output") + 1]
    (removing,) = commands("clean")
    assert removing[:2] == ["rm", "-rf"]
    assert "build" in removing
    removed = {path for name in removing[2:] for path in (ROOT / name, *ROOT.glob(name))}
    assert not removed & {output, *output.parents}
    assert f"{output.name}/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
