"""Draw the curves of an evaluation as SVG that takes its colours and its serif from the page."""

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from html import escape
from typing import TYPE_CHECKING

import regex

from qa.score_curves import COVERAGE, RiskCoverage, ScoreBin, SweepPoint

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Matplotlib takes no CSS variable for a colour, so it draws with these and they are replaced.
INK, MUTED, RULE, ACCENT = "#000001", "#000002", "#000003", "#000004"
PAGE_COLOURS = {
    INK: "var(--pq-ink)",
    MUTED: "var(--pq-muted)",
    RULE: "var(--pq-rule)",
    ACCENT: "var(--pq-accent)",
}
# Narrow, so that the letters are still large enough where a phone shrinks it to its width.
WIDTH_INCHES, HEIGHT_INCHES = 4.9, 3.5
POINTS_PER_INCH = 72
STYLE = {
    "svg.fonttype": "none",  # text stays text
    # To measure with, as it comes with Matplotlib; the style sheet puts the serif of the page.
    "font.family": "DejaVu Serif",
    "font.size": 11,
    "legend.fontsize": 10.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 7,  # or the two zeros in the corner touch
    "lines.linewidth": 1.8,
    "legend.frameon": False,
}
DASHES, DOTS = (0, (5, 2)), (0, (1.2, 1.8))
THOUSANDS_FROM = 10_000  # a count above a bar has no room for more than four digits


def risk_coverage_svg(curve: RiskCoverage, *, title: str) -> str:
    """The risk–coverage curve, with what is given at present and 90 % coverage marked.

    Args:
        curve: at least one point.
        title: what a screen reader says of it; none twice on a page.
    """
    with _style(title):
        figure = _figure()
        axes = figure.subplots()
        coverages = [0.0, *(point.coverage for point in curve.points)]
        risks = [point.risk for point in curve.points]
        axes.step(coverages, [risks[0], *risks], where="pre", color=INK, label="wrong")
        if curve.at_90:
            axes.axvline(COVERAGE, color=MUTED, linestyle=DASHES, linewidth=1.2, label="90 %")
        if curve.present:
            axes.plot(
                [curve.present.coverage],
                [curve.present.risk],
                marker="o",
                linestyle="",
                color=ACCENT,
                markersize=8,
                clip_on=False,
                label="at present",
            )
        axes.set(xlim=(0, 1), xlabel="share answered", ylabel="share of them wrong")
        axes.set_ylim(bottom=0)
        _in_percent(axes.xaxis, axes.yaxis)
        _legend(figure)
        return _svg(figure, title)


def reliability_svg(bins: Sequence[ScoreBin], *, title: str) -> str:
    """The reliability diagram: in each bin of scores what was claimed, what held, how often.

    Args:
        bins: of equal width, from 0 to 1.
        title: what a screen reader says of it; none twice on a page.
    """
    with _style(title):
        figure = _figure()
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        width = 1 / len(bins)
        centres = [(number + 0.5) * width for number in range(len(bins))]
        filled = [(centre, one) for centre, one in zip(centres, bins, strict=True) if one.count]
        above.plot([0, 1], [0, 1], color=MUTED, linestyle=DOTS, linewidth=1.2, label="as claimed")
        above.bar(
            [centre for centre, _ in filled],
            [one.right for _, one in filled],
            0.8 * width,
            color=MUTED,
            alpha=0.45,
            label="right",
        )
        above.hlines(
            [one.claimed for _, one in filled],
            [centre - 0.4 * width for centre, _ in filled],
            [centre + 0.4 * width for centre, _ in filled],
            color=ACCENT,
            linewidth=2.5,
            label="mean score",
        )
        above.set(xlim=(0, 1), ylim=(0, 1), ylabel="share right")
        _in_percent(above.yaxis)
        counts = below.bar(
            centres, [one.count for one in bins], 0.8 * width, color=MUTED, alpha=0.45
        )
        below.bar_label(counts, [_short(one.count) for one in bins], padding=1, fontsize=9)
        below.margins(y=0.4)  # room for the numbers
        below.set(xticks=[0, 0.2, 0.4, 0.6, 0.8, 1], yticks=[], xlabel="score", ylabel="answers")
        below.spines["left"].set_visible(False)
        _legend(figure)
        return _svg(figure, title)


def sweep_svg(points: Sequence[SweepPoint], *, least_score: float | None, title: str) -> str:
    """What each least score would give, with the lowest score given marked.

    Args:
        points: by rising score, at least one.
        least_score: the lowest score given as an answer; None for no marker.
        title: what a screen reader says of it; none twice on a page.
    """
    with _style(title):
        figure = _figure()
        axes = figure.subplots()
        scores = [point.least_score for point in points]
        axes.plot(scores, [point.f1 / 100 for point in points], color=ACCENT, label="F1")
        axes.plot(
            scores,
            [point.answered for point in points],
            color=INK,
            linestyle=DASHES,
            label="answered",
        )
        abstained = [point.abstained for point in points if point.abstained is not None]
        if abstained:
            axes.plot(scores, abstained, color=MUTED, linestyle=DOTS, label="rightly withheld")
        if least_score is not None:
            axes.axvline(least_score, color=MUTED, linewidth=1.2, label="lowest given")
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="least score of an answer")
        _in_percent(axes.yaxis)
        _legend(figure)
        return _svg(figure, title)


def _style(title: str) -> AbstractContextManager[None]:
    """Matplotlib's own defaults, whatever the user's are, and ours; until the end of the block."""
    from matplotlib.style import context

    # The salt goes into the ids, so that those of two plots on a page differ.
    return context(["default", {**STYLE, "svg.hashsalt": ascii(title)}])


def _figure() -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")


def _in_percent(*sides: "Axis") -> None:
    from matplotlib.ticker import PercentFormatter

    for side in sides:
        side.set_major_formatter(PercentFormatter(1, decimals=0, symbol="\u00a0%"))


def _legend(figure: "Figure") -> None:
    """Above the plot, where no curve runs."""
    figure.legend(loc="outside upper left", ncols=4, handlelength=1.5, columnspacing=1.1)


def _short(count: int) -> str:
    return f"{count}" if count < THOUSANDS_FROM else f"{count / 1000:.0f}k"


def _svg(figure: "Figure", title: str) -> str:
    """The figure's SVG element alone, named, and without what would reach the rest of the page."""
    drawn = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(drawn, format="svg", transparent=True, metadata=nothing)
    body = regex.split(r"<svg [^>]*>", drawn.getvalue(), maxsplit=1)[1].strip()
    body = regex.sub(r"<style .*?</style>", "", body)  # rules for every element of the page
    # Only the hashed ids are referred to; the others would be on the page several times.
    body = regex.sub(r' id="[\w.]+_\d+"', "", body)
    for stand_in, colour in PAGE_COLOURS.items():
        body = body.replace(stand_in, colour)
    view = f"0 0 {POINTS_PER_INCH * WIDTH_INCHES:g} {POINTS_PER_INCH * HEIGHT_INCHES:g}"
    return (
        f'<svg class="plot" role="img" viewBox="{view}" xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink"><title>{escape(title)}</title>{body}'
    )
