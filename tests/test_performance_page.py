"""PERFORMANCE.md says what the kept results say."""

import performance
from conftest import ROOT


def test_the_page_is_written_from_the_results() -> None:
    written = (ROOT / "PERFORMANCE.md").read_text("utf-8")
    assert written == performance.page(), "write it anew: python benchmarks/performance.py"


def test_what_it_shows_is_there() -> None:
    assert f"({performance.RESULTS.relative_to(ROOT)}/{performance.READING_PLOT})" in (
        ROOT / "PERFORMANCE.md"
    ).read_text("utf-8")
    assert (performance.RESULTS / performance.READING_PLOT).is_file()
