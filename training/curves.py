"""Draw how far a reader's scores hold: reliability, and risk against coverage."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.metrics import CALIBRATION_BINS

Floats = npt.NDArray[np.float64]

PLOT_INCHES = (9, 4)


def draw_curves(
    scores: Sequence[float], rights: Sequence[bool], file: Path, *, least_score: float
) -> None:
    """Write both plots as one SVG file.

    On the left, of the quotes in each tenth of the scores, the share that is right beside the mean
    score (DeGroot and Fienberg 1983); on the right the share that is wrong of the surest quotes,
    by how many of them are given (El-Yaniv and Wiener 2010).

    Args:
        scores: (N,) of the best quote of each case, from 0 to 1; at least one.
        rights: (N,) whether that quote is right.
        file: SVG file to write.
        least_score: from where on a quote is given.
    """
    from matplotlib import rc_context  # slow to import, and wanted once
    from matplotlib.figure import Figure

    score, right = np.array(scores, np.float64), np.array(rights, np.float64)
    with rc_context({"svg.hashsalt": file.name, "svg.fonttype": "none"}):
        figure = Figure(figsize=PLOT_INCHES, layout="constrained", facecolor="white")
        reliable, risky = figure.subplots(1, 2)
        claimed, held = reliability(score, right)
        reliable.plot([0, 1], [0, 1], color="0.6", linestyle=":", label="as claimed")
        reliable.plot(claimed, held, marker="o", label="share right")
        reliable.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean score", ylabel="share right")
        reliable.legend(frameon=False)
        coverage, risk = risk_coverage(score, right)
        risky.plot(coverage, risk, label="share wrong")
        given = float((score >= least_score).mean())
        risky.axvline(given, color="0.6", linestyle=":", label=f"given from {least_score:g} on")
        risky.set(xlim=(0, 1), ylim=(0, None), xlabel="share given", ylabel="share of them wrong")
        risky.legend(frameon=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None})


def reliability(score: Floats, right: Floats) -> tuple[list[float], list[float]]:
    """Mean score and share right of each bin of scores that holds any."""
    numbers = np.minimum((score * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    filled = np.unique(numbers)
    return (
        [float(score[numbers == number].mean()) for number in filled],
        [float(right[numbers == number].mean()) for number in filled],
    )


def risk_coverage(score: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Share given and share of it that is wrong, after each of the quotes, the surest first."""
    order = np.argsort(-score, kind="stable")
    given = np.arange(1, len(score) + 1)
    return given / len(score), np.cumsum(1 - right[order]) / given
