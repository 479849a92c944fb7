"""Write an evaluation as one HTML page that needs nothing else, and its numbers as JSON."""

import json
import platform
import shlex
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from index.records import Document
from qa import __version__
from qa.breakdown import (
    Group,
    answers_to_unanswerable,
    by_answer_length,
    by_answer_type,
    by_passage_length,
    by_question_word,
    confident_errors,
    present_least_score,
    reliability,
    risk_coverage,
    sweep,
    withheld_answers,
)
from qa.evaluate import Outcome
from qa.palette import ASSETS, MARK, dark_variables, data_of, font_faces, light_variables
from qa.plots import reliability_svg, risk_coverage_svg, sweep_svg
from qa.records import Answer, Excerpt

PAGE, NUMBERS = "index.html", "figures.json"
LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "sentence-transformers",
    "faiss-cpu",
    "numpy",
    "matplotlib",
)
Figures = Mapping[str, float | int]

# What the official names mean. Those in the first are in percent, the others from 0 to 1.
IN_PERCENT = {
    "exact": "Answered with an accepted answer, word for word",
    "f1": "Words in common with an accepted answer (F1)",
    "HasAns_exact": "The answerable questions: word for word",
    "HasAns_f1": "The answerable questions: words in common (F1)",
    "NoAns_exact": "The unanswerable questions: rightly not answered",
    "NoAns_f1": "The same: F1 of no answer is all or nothing",
    "best_exact": "Word for word, had the best threshold been known",
    "best_f1": "Words in common (F1), had the best threshold been known",
    "multi_exact_f1": "Questions with several answers: answers found word for word (F1)",
    "multi_overlap_f1": "Questions with several answers: characters in common (F1)",
}
OTHERS = {
    "total": "Questions",
    "HasAns_total": "The answerable questions",
    "NoAns_total": "The unanswerable questions",
    "best_exact_thresh": "That threshold: the highest null score with an answer",
    "best_f1_thresh": "That threshold: the highest null score with an answer",
    "ece": "Calibration error: how far scores are from how often they are right",
    "auroc": "How well null scores tell the unanswerable questions: 0.5 by chance, 1 without fault",
    "abstained_at_90": "Unanswerable questions not answered where 90 % of the answerable ones are",
}
RECALL, RECALL_WORDS = "recall@", "Paragraph among the first {} found"


def write_report(
    outcomes: Mapping[str, Sequence[Outcome]],
    results: Mapping[str, Figures],
    *,
    folder: Path,
    command: Sequence[str],
) -> Path:
    """Write ``index.html`` and ``figures.json``.

    Args:
        outcomes: what came of the questions of each file.
        results: the figures of each file.
        folder: where the two go; made if it is not there.
        command: what stood behind ``pullquote``.

    Returns:
        The page.

    Raises:
        OSError: the folder cannot be written.
    """
    made: dict[str, Any] = {
        "command": list(command),
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": _versions(),
    }
    numbers = {
        file: {"figures": dict(results[file]), **_numbers(found)}
        for file, found in outcomes.items()
    }
    sections = [
        _section(number, file, found, results[file])
        for number, (file, found) in enumerate(outcomes.items(), start=1)
    ]
    body = f"{_head(made)}{_contents(outcomes, results)}<main>{''.join(sections)}</main>"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NUMBERS).write_text(json.dumps(made | {"files": numbers}, indent=2) + "\n", "utf-8")
    page = folder / PAGE
    # A question may have half a surrogate pair, which no file can.
    page.write_text(_page(body), "utf-8", errors="replace")
    return page


def _numbers(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What the plots of a file show, as plain JSON values."""
    if not outcomes:
        return {}
    groups = {
        "question_word": by_question_word(outcomes),
        "answer_type": by_answer_type(outcomes),
        "answer_words": by_answer_length(outcomes),
        "passage_words": by_passage_length(outcomes),
    }
    return {
        "groups": {name: [asdict(group) for group in found] for name, found in groups.items()},
        "risk_coverage": asdict(risk_coverage(outcomes)),
        "reliability": [asdict(one) for one in reliability(outcomes)],
        "sweep": [asdict(point) for point in sweep(outcomes)],
    }


def _versions() -> dict[str, str]:
    found = {"pullquote": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):  # faiss comes under other names too
            found[name] = version(name)
    return found


def _page(body: str) -> str:
    sheet = (ASSETS / "report.css").read_text("utf-8")
    style = (
        f"{font_faces()}:root{{{light_variables()}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark_variables()}}}}}\n{sheet}"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" href="data:image/svg+xml;base64,{data_of(MARK)}">'
        f"<title>Evaluation – Pullquote</title><style>{style}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _head(made: Mapping[str, Any]) -> str:
    versions = dict(made["versions"])
    own = versions.pop("pullquote")
    libraries = ", ".join(f"{name} {number}" for name, number in versions.items())
    command = shlex.join(["pullquote", *made["command"]])
    date = datetime.fromisoformat(made["date"])
    return (
        f'<header class="masthead">{MARK.read_text("utf-8")}<p>Pullquote</p>'
        "<h1>Evaluation</h1></header>"
        f'<section class="made"><pre><code>{escape(command)}</code></pre>'
        f'<p>Made on <time datetime="{escape(made["date"])}">{date.day} {date:%B %Y, %H:%M}</time>'
        f" with Pullquote {escape(own)}; {escape(libraries)}.</p></section>"
    )


def _contents(outcomes: Mapping[str, Sequence[Outcome]], results: Mapping[str, Figures]) -> str:
    if not outcomes:
        return '<p class="absent">No file was evaluated.</p>'
    if len(outcomes) == 1:
        return ""
    items = "".join(
        f'<li><a href="#file-{number}">{escape(Path(file).name)}</a> '
        f"<span>{_brief(len(found), results[file])}</span></li>"
        for number, (file, found) in enumerate(outcomes.items(), start=1)
    )
    return f'<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{items}</ol></nav>'


def _brief(count: int, figures: Figures) -> str:
    shown = [f"{name} {_value(name, figures[name])}" for name in ("exact", "f1") if name in figures]
    return ", ".join([f"{count:,} questions", *shown])


def _section(number: int, file: str, outcomes: Sequence[Outcome], figures: Figures) -> str:
    name = Path(file).name
    whole = f'<p class="meta">{escape(file)}</p>' if file != name else ""
    parts = [_figures_table(figures)]
    if outcomes:
        parts += [
            _groups(outcomes),
            _risk(file, outcomes),
            _reliability(file, outcomes, figures),
            _sweep(file, outcomes),
            _errors(outcomes),
        ]
    else:
        parts.append(_absent("The file has no questions, so there is nothing to take apart."))
    return f'<section id="file-{number}"><h2>{escape(name)}</h2>{whole}{"".join(parts)}</section>'


def _figures_table(figures: Figures) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(_words(name))}</th><td><code>{escape(name)}</code></td>'
        f"<td>{_value(name, value)}</td></tr>"
        for name, value in figures.items()
    )
    return (
        '<h3>The figures</h3><table class="figures"><thead><tr><th scope="col">Meaning</th>'
        f'<th scope="col">Name</th><th scope="col">Value</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _words(name: str) -> str:
    if name.startswith(RECALL):
        return RECALL_WORDS.format(name.removeprefix(RECALL))
    return (IN_PERCENT | OTHERS).get(name, name)


def _value(name: str, value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return _percent(value) if name in IN_PERCENT else f"{value:.3f}"


def _groups(outcomes: Sequence[Outcome]) -> str:
    heading = "<h3>F1 by kind of question</h3>"
    answerable = sum(one.is_answerable for one in outcomes)
    if not answerable:
        return heading + _absent("None of the questions is answerable, so there is no F1 to split.")
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
        return heading + _absent("None of the questions is answerable, so every quote is wrong.")
    curve = risk_coverage(outcomes)
    if not curve.points:
        return heading + _absent("No question has a quote, so there is nothing to sort.")
    present = (
        f"At present {_percent(100 * curve.present.coverage)} are answered,"
        f" {_percent(100 * curve.present.risk)} of them wrongly."
        if curve.present
        else "At present none is answered."
    )
    at_90 = (
        f"With 90 % answered, {_percent(100 * curve.at_90.risk)} would be wrong."
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
        f" is withheld is an empty answer{abstained}. F1 is highest, {_percent(best.f1)}, from"
        f" {best.least_score:.2f} on. {marked}{absent}",
    )


def _figure(heading: str, svg: str, caption: str) -> str:
    return f"{heading}<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _errors(outcomes: Sequence[Outcome]) -> str:
    answerable = sum(one.is_answerable for one in outcomes)
    unanswerable = len(outcomes) - answerable
    kinds = (
        (
            "Confident and wrong",
            confident_errors(outcomes),
            "No answer to an answerable question is wrong."
            if answerable
            else "None of the questions is answerable.",
        ),
        (
            "Right and withheld",
            withheld_answers(outcomes),
            "No right quote was withheld."
            if answerable
            else "None of the questions is answerable.",
        ),
        (
            "Answers to unanswerable questions",
            answers_to_unanswerable(outcomes),
            "None of the unanswerable questions was answered."
            if unanswerable
            else "All of the questions are answerable.",
        ),
    )
    return "<h3>The worst errors</h3>" + "".join(
        f"<h4>{heading}</h4>"
        + (f'<ol class="errors">{"".join(map(_error, found))}</ol>' if found else _absent(without))
        for heading, found, without in kinds
    )


def _error(outcome: Outcome) -> str:
    quote = outcome.best
    if quote is None:  # cannot be: each kind of error has a quote
        return ""
    quotes = outcome.answer.items or (quote,)
    said = " · ".join(f"“{escape(one.text or '')}”" for one in quotes)
    accepted = "; ".join(
        f"<bdi>{escape(text)}</bdi>" for text in dict.fromkeys(outcome.question.answers)
    )
    resolved = outcome.answer.resolved
    return (
        f'<li><p class="question" dir="auto">{escape(outcome.question.question)}</p>'
        + (f'<p class="meta" dir="auto">Read as: {escape(resolved)}</p>' if resolved else "")
        + f'<blockquote dir="auto">{said}</blockquote>'
        f'<p class="meta">Score {quote.score:.2f}, “not in the article”'
        f" {outcome.answer.null_score:.2f}. Accepted:"
        f" {accepted or '<i>nothing, it is not in the passage</i>'}</p>"
        f"{_passages(outcome.paragraph, quotes)}</li>"
    )


def _passages(paragraph: Document, quotes: Sequence[Answer]) -> str:
    """The sentence with the quote, and what else there was to read, folded."""
    own = Excerpt.from_span(paragraph, 0, len(paragraph.text))
    sentence, passage = quotes[0].sentence, quotes[0].passage
    shown = f'<p class="passage" dir="auto">{_marked(sentence, quotes)}</p>' if sentence else ""
    if passage and passage.document_id != own.document_id:
        shown += _folded("The passage quoted", passage, quotes)
        return shown + _folded("The passage asked of", own, ())
    return shown + _folded("The passage", own, quotes)


def _folded(name: str, excerpt: Excerpt, quotes: Sequence[Answer]) -> str:
    words = len(excerpt.text.split())
    return (
        f"<details><summary>{name}: <bdi>{escape(excerpt.document_title)}</bdi>, {words:,} words"
        f'</summary><p class="passage" dir="auto">{_marked(excerpt, quotes)}</p></details>'
    )


def _marked(excerpt: Excerpt, quotes: Iterable[Answer]) -> str:
    """An excerpt with the quotes from it marked."""
    pieces, position = [], excerpt.start
    spans = [
        (quote.start, quote.end)
        for quote in quotes
        if quote.document_id == excerpt.document_id
        and quote.start is not None
        and quote.end is not None
    ]
    for first, last in sorted(spans):
        start, end = max(first, position), min(last, excerpt.end)
        if start < end:
            before = excerpt.text[position - excerpt.start : start - excerpt.start]
            marked = excerpt.text[start - excerpt.start : end - excerpt.start]
            pieces.append(f"{escape(before)}<mark>{escape(marked)}</mark>")
            position = end
    return "".join(pieces) + escape(excerpt.text[position - excerpt.start :])


def _absent(why: str) -> str:
    return f'<p class="absent">{why}</p>'


def _percent(value: float) -> str:
    return f"{value:.1f}\u00a0%"
