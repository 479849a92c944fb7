"""The curves of an evaluation, as SVG."""

from xml.etree import ElementTree as ET

import matplotlib as mpl
import regex
from made_outcomes import make

from qa import plots, score_curves


def drawn(title):
    outcomes = [make(["May"], score=0.3, given=False), make(["grey herons"]), make(score=0.5)]
    return [
        plots.risk_coverage_svg(score_curves.risk_coverage(outcomes), title=f"{title} 1"),
        plots.reliability_svg(score_curves.reliability(outcomes), title=f"{title} 2"),
        plots.sweep_svg(score_curves.sweep(outcomes), least_score=0.4, title=f"{title} 3"),
    ]


def test_plots_are_xml_with_a_title_and_the_colours_of_the_page():
    before = dict(mpl.rcParams)
    for number, svg in enumerate(drawn('<b> & "$x$" \udcff'), start=1):
        root = ET.fromstring(svg.replace("\udcff", "?"))
        assert root.tag.endswith("svg")
        assert root[0].text == f'<b> & "$x$" ? {number}'
        assert "var(--pq-ink)" in svg
        assert not regex.search("#0000[0-9a-f]{2}|<style|<script|<metadata|DOCTYPE", svg)
        assert "<text " in svg
    assert dict(mpl.rcParams) == before


def test_plots_come_out_the_same_with_ids_of_their_own():
    points = score_curves.sweep([make(["May"], score=0.3, given=False), make(score=0.5)])
    once, again, other = (
        plots.sweep_svg(points, least_score=0.4, title=title) for title in ("a", "a", "b")
    )
    assert once == again
    ids = [name for svg in (once, other) for name in regex.findall(r' id="([^"]*)"', svg)]
    assert ids
    assert len(ids) == len(set(ids))


def test_counts_of_ten_thousands_have_room():
    bins = [score_curves.ScoreBin(count, 0.5, 0.5) for count in (0, 9999, 10_000, 123_456)]
    svg = plots.reliability_svg(bins, title="counts")
    assert all(f">{count}<" in svg for count in ("0", "9999", "10k", "123k"))
