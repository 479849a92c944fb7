"""Write an evaluation as one HTML page that needs nothing else, and its numbers as JSON."""

import json
import platform
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from qa import __version__
from qa.evaluate import Outcome
from qa.palette import MARK, data_of, page_style
from qa.question_kinds import (
    by_answer_length,
    by_answer_type,
    by_passage_length,
    by_question_word,
)
from qa.report_figures import Figures, value_of
from qa.report_section import section_of
from qa.score_curves import reliability, risk_coverage, sweep

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
        section_of(number, file, found, results[file])
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
    night = "@media screen and (prefers-color-scheme:dark){:root{}}"
    style = page_style("report.css", night=night)
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
    shown = [
        f"{name} {value_of(name, figures[name])}" for name in ("exact", "f1") if name in figures
    ]
    return ", ".join([f"{count:,} questions", *shown])
