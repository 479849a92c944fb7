"""Evaluate the shipped reader on SQuAD-format files and print the README's table.

    .venv/bin/python benchmarks/quality.py FILE... --limit N

The same as ``pullquote evaluate FILE --limit N --json`` for each, with ``--history`` and
``--mode open`` where the row says so, and with the models loaded once; but of conversations whole
ones are drawn without history too, so that both rows are of the same questions.
Writes ``benchmarks/results/quality.json``.
"""

import argparse
import json
from pathlib import Path

from timing import RESULTS, machine

from index.embedder import shipped_embedder
from index.engine import PassageIndex
from qa.assistant import Assistant
from qa.evaluate import figures, read_squad, recall_figures, search_squad
from qa.reader import ExtractiveReader
from qa.squad import SquadSet

BETWEEN_0_AND_1 = ("auroc", "ece", "recall@5")


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate the shipped reader on SQuAD files.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--open", nargs="*", default=["new_wiki"], help="sets also asked openly")
    parser.add_argument(
        "--history",
        nargs="*",
        default=["coqa_wikipedia", "doqa_travel"],
        help="sets that are conversations, asked with and without what was said before",
    )
    parser.add_argument("--limit", type=int, help="questions of each, drawn with seed 0")
    options = parser.parse_args()
    reader, embedder = ExtractiveReader.shipped(), shipped_embedder()
    rows: dict[str, dict[str, float | int]] = {}
    for file in options.files:
        name = file.name.removesuffix(".dev.json.gz")
        squad = SquadSet.from_file(file)
        talks = squad.sample_conversations(options.limit, seed=0)
        drawn = talks if name in options.history else squad.sample(options.limit, seed=0)
        rows[name] = figures(read_squad(drawn, reader=reader, progress=True))
        if name in options.history:
            told = read_squad(drawn, reader=reader, history=True, progress=True)
            rows[f"{name}, history"] = figures(told)
        if name in options.open:
            index = PassageIndex.from_documents(drawn.paragraphs, embedder=embedder)
            found = search_squad(
                drawn, assistant=Assistant(index=index, reader=reader), progress=True
            )
            rows[f"{name}, open"] = figures(found) | recall_figures(found, index)
    RESULTS.mkdir(exist_ok=True)
    report = {"machine": machine(), "sets": rows}
    (RESULTS / "quality.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    columns = ("exact", "f1", "best_f1", "auroc", "ece", "recall@5")
    print(f"| set | questions | {' | '.join(columns)} |\n|---|--:|{'--:|' * len(columns)}")
    for name, row in rows.items():
        shown = " | ".join(_shown(row, key) for key in columns)
        print(f"| {name} | {row['total']:,} | {shown} |")


def _shown(row: dict[str, float | int], key: str) -> str:
    """A figure to one place in percent, or to three between 0 and 1."""
    if key not in row:
        return ""
    return f"{row[key]:.3f}" if key in BETWEEN_0_AND_1 else f"{row[key]:.1f}"


if __name__ == "__main__":
    main()
