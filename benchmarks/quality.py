"""Evaluate the shipped reader on SQuAD-format files and print the README's table.

    .venv/bin/python benchmarks/quality.py FILE... --limit N

The same as ``pullquote evaluate FILE --limit N --json`` for each, with the models loaded once.
Writes ``benchmarks/results/quality.json``.
"""

import argparse
import json
from pathlib import Path

from index.embed import SentenceEmbedder
from qa.evaluate import SquadSet, evaluate_open, evaluate_reader
from qa.reader import ExtractiveReader

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate the shipped reader on SQuAD files.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--open", nargs="*", default=["new_wiki"], help="sets also asked openly")
    parser.add_argument("--limit", type=int, help="questions of each, drawn with seed 0")
    options = parser.parse_args()
    reader, embedder = ExtractiveReader.shipped(), SentenceEmbedder.shipped()
    figures = {}
    for file in options.files:
        name = file.name.removesuffix(".dev.json.gz")
        squad = SquadSet.from_file(file).sample(options.limit, seed=0)
        figures[name] = evaluate_reader(squad, reader=reader, progress=True)
        if name in options.open:
            figures[f"{name}, open"] = evaluate_open(
                squad, reader=reader, embedder=embedder, progress=True
            )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "quality.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    print("| set | questions | exact | f1 | best_f1 | recall@5 |\n|---|--:|--:|--:|--:|--:|")
    for name, row in figures.items():
        best = f"{row['best_f1']:.1f}" if "best_f1" in row else ""
        recall = f"{row['recall@5']:.3f}" if "recall@5" in row else ""
        scores = f"{row['exact']:.1f} | {row['f1']:.1f}"
        print(f"| {name} | {row['total']:,} | {scores} | {best} | {recall} |")


if __name__ == "__main__":
    main()
