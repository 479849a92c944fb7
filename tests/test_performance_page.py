"""PERFORMANCE.md says what the kept results say."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from conftest import ROOT


@pytest.fixture
def performance(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import performance

    yield performance
    for name in ("performance", "timing"):
        sys.modules.pop(name, None)


def test_the_page_is_written_from_the_results(performance: ModuleType) -> None:
    written = (ROOT / "PERFORMANCE.md").read_text("utf-8")
    assert written == performance.page(), "write it anew: python benchmarks/performance.py"


def test_what_it_shows_is_there(performance: ModuleType) -> None:
    assert f"({performance.RESULTS.relative_to(ROOT)}/{performance.READING_PLOT})" in (
        ROOT / "PERFORMANCE.md"
    ).read_text("utf-8")
    assert (performance.RESULTS / performance.READING_PLOT).is_file()
