"""Ask questions of their own paragraph and of one of another article: who is told apart?

    python benchmarks/wrong_article.py FILE... --limit N

Each question is asked twice: of its paragraph, and of one drawn from an article with another
title, which must not answer it (none of its accepted answers stands in it). ``abstained_at_90``
is the share of the latter with a higher null score than 90 % of the former. Writes
``benchmarks/results/wrong_article.json``.
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

from timing import RESULTS, machine

from qa.evaluate import figures, read_squad
from qa.reader import ExtractiveReader
from qa.squad import SquadQuestion, SquadSet

SHOWN = ("abstained_at_90", "auroc", "ece", "best_f1")


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask questions of the wrong article too.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, help="questions of each, drawn with seed 0")
    options = parser.parse_args()
    reader = ExtractiveReader.shipped()
    rows = {}
    for file in options.files:
        asked = with_wrong_articles(SquadSet.from_file(file), limit=options.limit)
        found = figures(read_squad(asked, reader=reader, progress=True))
        rows[file.name.removesuffix(".dev.json.gz")] = found
    report = {"machine": machine(), "sets": rows}
    (RESULTS / "wrong_article.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(f"| set | questions | {' | '.join(SHOWN)} |\n|---|--:|{'--:|' * len(SHOWN)}")
    for name, row in rows.items():
        shown = " | ".join(
            f"{row[key]:.1f}" if key == "best_f1" else f"{row[key]:.3f}" for key in SHOWN
        )
        print(f"| {name} | {row['total']:,} | {shown} |")


def with_wrong_articles(squad: SquadSet, *, limit: int | None) -> SquadSet:
    """Every answerable question as it is, and once more of another article.

    Args:
        squad: of two articles or more.
        limit: most of its questions, drawn with seed 0.
    """
    rng = random.Random(0)
    answerable = [one for one in squad.sample(limit, seed=0).questions if one.answers]
    asked = []
    for question in answerable:
        others = others_of(squad, question)
        if others:
            wrong = replace(question, paragraph=rng.choice(others), answers=(), items=None)
            asked += [question, wrong]
    if not asked:
        raise SystemExit("It has no two articles.")
    return SquadSet(squad.paragraphs, tuple(asked))


def others_of(squad: SquadSet, question: SquadQuestion) -> list[int]:
    """Numbers of the paragraphs of other articles in which no accepted answer stands."""
    title = squad.paragraphs[question.paragraph].title
    golds = [answer.lower() for answer in question.answers]
    return [
        number
        for number, paragraph in enumerate(squad.paragraphs)
        if paragraph.title != title and not any(gold in paragraph.text.lower() for gold in golds)
    ]


if __name__ == "__main__":
    main()
