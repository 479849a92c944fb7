"""PERFORMANCE.md says what the kept results say."""

import performance
import pytest
from conftest import ROOT
from performance_plots import LENGTHS_PLOT, READING_PLOT, SCALE_PLOT


def test_the_page_is_written_from_the_results() -> None:
    written = (ROOT / "PERFORMANCE.md").read_text("utf-8")
    assert written == performance.page(), "write it anew: python benchmarks/performance.py"


@pytest.mark.parametrize("plot", [READING_PLOT, LENGTHS_PLOT, SCALE_PLOT])
def test_what_it_shows_is_there(plot: str) -> None:
    assert f"({performance.RESULTS.relative_to(ROOT)}/{plot})" in (
        ROOT / "PERFORMANCE.md"
    ).read_text("utf-8")
    assert (performance.RESULTS / plot).is_file()
