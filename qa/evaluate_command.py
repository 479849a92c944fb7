"""``pullquote evaluate``: answers measured on question files, with the official metrics."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.options import add_batch_size, add_min_score, add_models, folder, positive
from qa.terminal import OK, add_command, complain, say, say_line

# As in qa.cli: what needs a library is imported in the function that uses it.
if TYPE_CHECKING:
    from index.embed import Embedder
    from qa.evaluate import Outcome
    from qa.reader import ExtractiveReader
    from qa.squad import SquadSet


def add_evaluate(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "evaluate",
        "measure answers on a SQuAD-format file, with the official metrics",
        "  pullquote evaluate dev-v2.0.json --report report/\n"
        "  pullquote evaluate dev-v1.1.json.gz --mode open --limit 500 --json\n"
        "  pullquote evaluate coqa.json --history",
    )
    command.add_argument("files", metavar="SQUAD.json[.gz]", nargs="+")
    command.add_argument(
        "--mode",
        choices=("reader", "open"),
        default="reader",
        help="reader: each question with its paragraph (default);"
        " open: over an index of all the file's paragraphs",
    )
    command.add_argument(
        "--history",
        action="store_true",
        help="the questions of a paragraph are a conversation: each sees the earlier ones"
        " and what was answered to them",
    )
    add_min_score(command)
    command.add_argument(
        "--report", metavar="DIR", type=folder, help="write a report there, as HTML with plots"
    )
    command.add_argument("--limit", type=positive, metavar="N", help="how many, drawn at random")
    command.add_argument("--seed", type=int, default=0, metavar="S", help="for the draw (0)")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_batch_size(command)
    add_models(command)
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.errors import InputError
    from qa.evaluate import figures
    from qa.reader import reader_of
    from qa.squad import SquadSet

    if options.embedder is not None and options.mode != "open":
        raise InputError(
            "An embedder finds paragraphs, and each question comes with its own.",
            "Add --mode open, or leave --embedder out.",
        )
    if options.report is not None:  # before the work, which would be lost
        options.report.mkdir(parents=True, exist_ok=True)
    squads = {file: SquadSet.from_file(Path(file)) for file in options.files}
    reader = reader_of(options.reader)
    embedder = load_embedder(options.embedder) if options.mode == "open" else None
    results: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for file, squad in squads.items():
        drawn = (squad.sample_conversations if options.history else squad.sample)(
            options.limit, seed=options.seed
        )
        outcomes[file], recalls = _outcomes(drawn, reader, embedder, options)
        results[file] = figures(outcomes[file]) | recalls
        if options.history and len(drawn.conversations) == len(drawn.questions):
            complain(
                f"{file}: no conversation has two turns, so no question was read behind another."
                " Give a paragraph's questions in one list, or a “turn” in each row."
            )
        if "unasked" in results[file]:
            complain(
                f"{file}: of the questions {results[file]['unasked']:,} could not be asked, being"
                " blank, longer than the reader takes, or no Unicode: they count as not answered."
            )
    if options.report is not None:
        from qa.report import write_report

        written = write_report(outcomes, results, folder=options.report, command=sys.argv[1:])
        complain(f"The report is in {written}")
    if options.json:
        print(json.dumps(results if len(results) > 1 else next(iter(results.values()))))
        return OK
    for file, found in results.items():
        if len(results) > 1:
            say_line(file)
        for key, value in found.items():
            told = str(value) if isinstance(value, int) else f"{value:.{2 if value > 1 else 4}f}"
            say(f"{key:>20}  {told}")
    return OK


def _outcomes(
    squad: "SquadSet",
    reader: "ExtractiveReader",
    embedder: "Embedder | None",
    options: argparse.Namespace,
) -> "tuple[list[Outcome], dict[str, float]]":
    """What comes of a file's questions, and how often their paragraphs are found."""
    from index.engine import PassageIndex
    from qa.assistant import Assistant
    from qa.evaluate import read_squad, recall_figures, search_squad

    progress = sys.stderr.isatty()
    if embedder is None:
        return read_squad(
            squad,
            reader=reader,
            history=options.history,
            min_score=options.min_score,
            batch_size=options.batch_size,
            progress=progress,
        ), {}
    index = PassageIndex.from_documents(squad.paragraphs, embedder=embedder, progress=progress)
    outcomes = search_squad(
        squad,
        assistant=Assistant(index=index, reader=reader),
        history=options.history,
        min_score=options.min_score,
        batch_size=options.batch_size,
        progress=progress,
    )
    return outcomes, recall_figures(outcomes, index)
