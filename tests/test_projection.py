"""What was not measured is worked out right, where it grows as it is taken to."""

import math

import pytest
from projection import Growth, rows_of


def measured(passages):
    return {
        "passages": passages,
        "memory_mb": 50 + passages / 1000,
        "store_s": 3e-6 * passages**1.5,
        "search_p50_ms": 5 + 0.002 * math.sqrt(passages),
        "first_open_s": passages / 10_000,
        "open_s": 1 + passages / 1e6,
        "add_one_s": 0.2 + passages / 1e6,
        "bytes_per_passage": 4_000,
    }


GROWTH = Growth.from_report({str(n): measured(n) for n in (10_000, 1_000_000, 100_000)})


@pytest.mark.parametrize("passages", [1_000_000, 10_000_000, 100_000_000])
def test_what_grows_so_is_found_so(passages):
    true = measured(passages)
    assert GROWTH.line("memory_mb", passages) == pytest.approx(true["memory_mb"])
    assert GROWTH.root("search_p50_ms", passages) == pytest.approx(true["search_p50_ms"])
    assert GROWTH.power("store_s", passages) == pytest.approx(true["store_s"])


def test_what_fits_into_memory():
    most = GROWTH.most_within(16)
    assert measured(most)["memory_mb"] == pytest.approx(16_000, rel=1e-4)


def test_the_table():
    rows = rows_of(GROWTH, embedded_per_second=100)
    assert rows["memory of an open index, GB"] == ["10", "100"]
    assert rows["disk, GB"] == ["40", "400"]
    assert rows["embedding, days"] == ["1", "12"]
    assert rows["search p50, ms"] == ["11", "25"]
