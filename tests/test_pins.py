"""The pins of requirements.txt stand at or above the versions that mended known faults."""

import re
import tomllib

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.version import Version

# By package the least version, and what was mended in it.
FLOORS = {
    "gradio": (
        "6.20",
        (
            "CVE-2026-59806, CVE-2026-49119, CVE-2026-48545, CVE-2026-28414, CVE-2026-28415,"
            " CVE-2026-28416, CVE-2026-27167"
        ),
    ),
}
PINNED = {
    found[1].lower(): Version(found[2])
    for found in re.finditer(
        r"^([\w.-]+)==(\S+)$", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
}


@pytest.mark.parametrize("package", FLOORS)
def test_no_pin_is_below_what_was_mended(package: str) -> None:
    least, mended = FLOORS[package]
    assert PINNED[package] >= Version(least), mended


@pytest.mark.parametrize("package", FLOORS)
def test_nor_may_an_older_one_be_installed(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (wanted,) = (
        one for one in map(Requirement, project["dependencies"]) if one.name.lower() == package
    )
    least, mended = FLOORS[package]
    major, _, minor = least.partition(".")
    assert not wanted.specifier.contains(f"{major}.{int(minor) - 1}"), mended
    assert wanted.specifier.contains(PINNED[package])


def test_every_dependency_is_pinned_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for wanted in map(Requirement, project["dependencies"]):
        assert wanted.specifier.contains(PINNED[wanted.name.lower()]), wanted
