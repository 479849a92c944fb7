"""The plots of PERFORMANCE.md, the same files from the same numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reading import SHIPPED


def plot_reading(report: Mapping[str, Mapping[str, Mapping[str, float]]], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # The same file from the same numbers.
    with plt.rc_context({"svg.hashsalt": "pullquote", "axes.spines.top": False}):
        figure, axes = plt.subplots(figsize=(8.4, 3.6))
        for name, rows in report.items():
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
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        plt.close(figure)


def plot_lengths(report: Mapping[str, Any], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    sets = report["sets"]
    with plt.rc_context({"svg.hashsalt": "pullquote", "axes.spines.top": False}):
        figure, panels = plt.subplots(1, len(sets), figsize=(4.5 * len(sets), 3.6), squeeze=False)
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
        figure.tight_layout()
        figure.savefig(file, metadata={"Date": None})
        plt.close(figure)
