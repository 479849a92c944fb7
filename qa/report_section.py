"""A file's section of an evaluation's report: its figures, its curves, its worst errors."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from qa.evaluate import Outcome
from qa.plots import reliability_svg, risk_coverage_svg, sweep_svg
from qa.question_kinds import (
    Group,
    by_answer_length,
    by_answer_type,
    by_passage_length,
    by_question_word,
)
from qa.report_errors import worst_errors
from qa.report_figures import Figures, absence, meaning_of, percent, value_of
from qa.score_curves import present_least_score, reliability, risk_coverage, sweep


def section_of(number: int, file: str, outcomes: Sequence[Outcome], figures: Figures) -> str:
    """All that is shown of a file, as HTML.

    Args:
        number: of the file, from 1 on; its id on the page has it.
        file: as it was named.
        outcomes: what came of its questions.
        figures: by their official names.
    """
    name = Path(file).name
    whole = f'<p class="meta">{escape(file)}</p>' if file != name else ""
    parts = [_figures_table(figures)]
    if outcomes:
        parts += [
            _groups(outcomes),
            _risk(file, outcomes),
            _reliability(file, outcomes, figures),
            _sweep(file, outcomes),
            worst_errors(outcomes),
        ]
    else:
        parts.append(absence("The file has no questions, so there is nothing to take apart."))
    return f'<section id="file-{number}"><h2>{escape(name)}</h2>{whole}{"".join(parts)}</section>'


def _figures_table(figures: Figures) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(meaning_of(name))}</th><td><code>{escape(name)}</code></td>'
        f"<td>{value_of(name, value)}</td></tr>"
        for name, value in figures.items()
    )
    return (
        '<h3>The figures</h3><table class="figures"><thead><tr><th scope="col">Meaning</th>'
        f'<th scope="col">Name</th><th scope="col">Value</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _groups(outcomes: Sequence[Outcome]) -> str:
    heading = "<h3>F1 by kind of question</h3>"
    answerable = sum(one.is_answerable for one in outcomes)
    if not answerable:
        return heading + absence("None of the questions is answerable, so there is no F1 to split.")
    counted = (
        "the best quote counts, whether or not it was given, as in SQuAD 1.1"
        if answerable == len(outcomes)
        else "an answer that was withheld counts 0, as in SQuAD 2.0"
    )
    tables = "".join(
        _bars(caption, found)
        for caption, found in (
            ("First question word", by_question_word(outcomes)),
            ("Type of the answer", by_answer_type(outcomes)),
            ("Words of the answer", by_answer_length(outcomes)),
            ("Words of the passage", by_passage_length(outcomes)),
        )
    )
    return (
        f"{heading}<p>Of the {answerable:,} answerable questions; {counted}. Type and length are"
        " those of the first accepted answer, told by its letters alone: a clause has seven words"
        f' or more, a name begins with capitals.</p><div class="side-by-side">{tables}</div>'
    )


def _bars(caption: str, groups: Sequence[Group]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(group.name)}</th><td>{group.count:,}</td>'
        f'<td>{group.f1:.1f}</td><td><svg class="bar" aria-hidden="true">'
        f'<rect width="{group.f1:.2f}%" height="100%"/></svg></td></tr>'
        for group in groups
    )
    return (
        f'<table class="bars"><thead><tr><th scope="col">{escape(caption)}</th>'
        '<th scope="col"><abbr title="number of questions">n</abbr></th>'
        f'<th scope="col">F1</th><td></td></tr></thead><tbody>{rows}</tbody></table>'
    )


def _risk(file: str, outcomes: Sequence[Outcome]) -> str:
    heading = "<h3>Risk and coverage</h3>"
    if not any(one.is_answerable for one in outcomes):
        return heading + absence("None of the questions is answerable, so every quote is wrong.")
    curve = risk_coverage(outcomes)
    if not curve.points:
        return heading + absence("No question has a quote, so there is nothing to sort.")
    present = (
        f"At present {percent(100 * curve.present.coverage)} are answered,"
        f" {percent(100 * curve.present.risk)} of them wrongly."
        if curve.present
        else "At present none is answered."
    )
    at_90 = (
        f"With 90 % answered, {percent(100 * curve.at_90.risk)} would be wrong."
        if curve.at_90
        else "Fewer than 90 % have a quote at all."
    )
    return _figure(
        heading,
        risk_coverage_svg(curve, title=f"Risk and coverage, {file}"),
        "If only the questions with the highest scores of their best quotes were answered, from"
        f" the first to all: which share of those answers would be wrong. {present} {at_90}"
        f" The area under the curve is <b>{curve.area:.3f}</b>; 0 would be without fault."
        " (El-Yaniv and Wiener 2010)",
    )


def _reliability(file: str, outcomes: Sequence[Outcome], figures: Figures) -> str:
    error = f" <code>ece</code> is <b>{figures['ece']:.3f}</b>:" if "ece" in figures else ""
    return _figure(
        "<h3>Reliability</h3>",
        reliability_svg(reliability(outcomes), title=f"Reliability, {file}"),
        "In each tenth of the scores, the share of answers that is right, “not in the article”"
        f" among them, and the mean score, which claims that share.{error} the mean distance of"
        " the two, each tenth weighted by its answers. (Guo et al. 2017)",
    )


def _sweep(file: str, outcomes: Sequence[Outcome]) -> str:
    least = present_least_score(outcomes)
    points = sweep(outcomes)
    best = max(points, key=lambda point: point.f1)
    marked = (
        f"The upright line is the lowest score given as an answer, {least:.2f}."
        if least is not None
        else "No single score tells the answers given from those withheld, so none is marked."
    )
    abstained = (
        "; and the share of the unanswerable questions that is rightly not answered"
        if points[0].abstained is not None
        else ""
    )
    absent = "" if abstained else " All of the questions are answerable."
    return _figure(
        "<h3>The least score of an answer</h3>",
        sweep_svg(points, least_score=least, title=f"Least score of an answer, {file}"),
        "What each least score would give: the share answered; F1 over all questions, where what"
        f" is withheld is an empty answer{abstained}. F1 is highest, {percent(best.f1)}, where"
        f" quotes with scores from {best.least_score:.2f} on are given. {marked}{absent}",
    )


def _figure(heading: str, svg: str, caption: str) -> str:
    return f"{heading}<figure>{svg}<figcaption>{caption}</figcaption></figure>"
