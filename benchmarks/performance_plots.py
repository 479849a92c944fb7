"""The plots of PERFORMANCE.md, the same files from the same numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reading import SHIPPED

READING_PLOT, LENGTHS_PLOT, SCALE_PLOT = "reading.svg", "lengths.svg", "scale.svg"


def plot_reading(report: Mapping[str, Any], file: Path) -> None:
    with _drawn(file, (8.4, 3.6)) as ((axes,),):
        for name, rows in report["sets"].items():
            fixed = [row for way, row in rows.items() if way.startswith("the first")]
            (line,) = axes.plot(
                [row["passages"] for row in fixed],
                [row["f1"] for row in fixed],
                label=f"{name.split('.')[0]}: always as many",
            )
            early = [row for way, row in rows.items() if way.startswith("2, then 5")]
            axes.plot(
                [row["passages"] for row in early],
                [row["f1"] for row in early],
                "o--",
                color=line.get_color(),
                label=f"{name.split('.')[0]}: two, then five if unsure",
            )
            axes.plot(
                rows[str(SHIPPED)]["passages"],
                rows[str(SHIPPED)]["f1"],
                "*",
                color=line.get_color(),
                markersize=12,
                label=f"{name.split('.')[0]}: as shipped",
            )
        axes.set_xlabel("passages read of a question, mean")
        axes.set_ylabel("F1")
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))


def plot_lengths(report: Mapping[str, Any], file: Path) -> None:
    sets = report["sets"]
    with _drawn(file, (4.5 * len(sets), 3.6), columns=len(sets)) as panels:
        for axes, (name, ways) in zip(panels[0], sets.items(), strict=True):
            for way, row in ways.items():
                if "curve" not in row:
                    continue
                tokens, scores = zip(*row["curve"], strict=True)
                # Without a sentence shared: the colour of the line before, broken.
                if way.endswith("nothing shared"):
                    (line,) = axes.plot(tokens, scores, ":")
                else:
                    axes.plot(tokens, scores, color=line.get_color(), label=way.split(",")[0])
                    axes.plot(row["tokens"], row["best_f1"], "*", color=line.get_color())
            axes.set_title(name.split(".")[0], fontsize=9)
            axes.set_xlabel("tokens read of a question, mean")
        panels[0][0].set_ylabel("F1 of the best quote")
        panels[0][0].legend(frameon=False, fontsize=8)


GROWING: Mapping[str, tuple[str, ...]] = {
    "built, s": ("store_s", "first_open_s"),
    "one article added, s": ("add_one_s",),
    "opened, s": ("open_s",),
    "search, ms": ("search_p50_ms", "search_p95_ms"),
    "memory, MB": ("memory_mb",),
    "disk, bytes a passage": ("bytes_per_passage",),
}
STEEP = 10  # times the least, from which on a figure is drawn by its powers
CURVES: Mapping[str, str] = {
    "store_s": "stored",
    "first_open_s": "FAISS index made",
    "search_p50_ms": "p50",
    "search_p95_ms": "p95",
}


def plot_growth(report: Mapping[str, Mapping[str, Any]], file: Path) -> None:
    sizes = [row["passages"] for row in report.values()]
    with _drawn(file, (9.0, 5.0), rows=2, columns=3) as panels:
        for axes, (title, columns) in zip(panels.flat, GROWING.items(), strict=True):
            shown = [row[column] for row in report.values() for column in columns]
            for column in columns:
                figures = [row[column] for row in report.values()]
                axes.plot(sizes, figures, "o-", label=CURVES.get(column))
            axes.set_xscale("log")
            if max(shown) < STEEP * min(shown):  # as good as flat: from nothing on, so it looks it
                axes.set_ylim(0, 1.1 * max(shown))
            else:
                axes.set_yscale("log")
            axes.set_title(title, fontsize=9)
            if len(columns) > 1:
                axes.legend(frameon=False, fontsize=8)
        for axes in panels[-1]:
            axes.set_xlabel("passages")


@contextmanager
def _drawn(
    file: Path, size: tuple[float, float], *, rows: int = 1, columns: int = 1
) -> Iterator[Any]:
    """Panels to draw in, written to a file at the end: the same file from the same numbers."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    with plt.rc_context({"svg.hashsalt": "pullquote", "axes.spines.top": False}):
        figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False)
        yield panels
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        plt.close(figure)
