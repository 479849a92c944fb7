"""What more passages would need than were measured, worked out from how it grew."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORKED_OUT = (10_000_000, 100_000_000)
MEMORY_GB = 16  # of an ordinary computer


@dataclass(frozen=True)
class Growth:
    """Two sizes of an index that were measured, and what lies beyond.

    Args:
        small: the measures of the one, as ``scale.json`` has them.
        large: those of the other.
    """

    small: Mapping[str, Any]
    large: Mapping[str, Any]

    @classmethod
    def from_report(cls, report: Mapping[str, Mapping[str, Any]]) -> "Growth":
        """Of the two largest sizes of a report."""
        *_, small, large = sorted(report.values(), key=lambda row: int(row["passages"]))
        return cls(small, large)

    def line(self, name: str, passages: int) -> float:
        """What grows by as much with every passage."""
        return self._at(name, passages, lambda size: size)

    def root(self, name: str, passages: int) -> float:
        """What grows with the square root of the passages, as a search in lists does."""
        return self._at(name, passages, math.sqrt)

    def power(self, name: str, passages: int) -> float:
        """What grows faster than the passages do: by the power that it grew by."""
        sizes = self.large["passages"] / self.small["passages"]
        exponent = math.log(self.large[name] / self.small[name]) / math.log(sizes)
        grown: float = self.large[name] * (passages / self.large["passages"]) ** exponent
        return grown

    def most_within(self, gigabytes: float) -> int:
        """How many passages an open index may have in so much memory."""
        first, last = self.small["memory_mb"], self.large["memory_mb"]
        per_passage = (last - first) / (self.large["passages"] - self.small["passages"])
        return int(self.large["passages"] + (1000 * gigabytes - last) / per_passage)

    def _at(self, name: str, passages: int, scale: Any) -> float:
        low, high = scale(self.small["passages"]), scale(self.large["passages"])
        slope = (self.large[name] - self.small[name]) / (high - low)
        return float(self.large[name] + slope * (scale(passages) - high))


def rows_of(growth: Growth, *, embedded_per_second: float) -> dict[str, list[str]]:
    """What each of the sizes needs, by what is needed.

    Args:
        growth: as it was measured.
        embedded_per_second: passages that one machine embeds.
    """
    rows: dict[str, list[str]] = {}
    for passages in WORKED_OUT:
        disk_bytes = passages * growth.large["bytes_per_passage"]
        told = {
            "memory of an open index, GB": f"{growth.line('memory_mb', passages) / 1000:.0f}",
            "disk, GB": f"{disk_bytes / 1e9:.0f}",
            "embedding, days": f"{passages / embedded_per_second / 86_400:.0f}",
            "storing, hours": f"{growth.power('store_s', passages) / 3_600:.0f}",
            "making the FAISS index, minutes": f"{growth.line('first_open_s', passages) / 60:.0f}",
            "opening, s": f"{growth.line('open_s', passages):.0f}",
            "adding one article, s": f"{growth.line('add_one_s', passages):.1f}",
            "search p50, ms": f"{growth.root('search_p50_ms', passages):.0f}",
        }
        for name, value in told.items():
            rows.setdefault(name, []).append(value)
    return rows
