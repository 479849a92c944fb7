"""Ask questions whose answer is an enumeration: does the reader give its items as a list?

    python benchmarks/several.py FILE... [--reader FOLDER]

No development set has lists of answers. But of some questions an accepted answer enumerates
("snow, hail and graupel"): its items are taken for what should be given, and the figures are
those of MultiSpanQA (Li et al. 2022). ``listed`` is the share of them that get a list;
``listed_single`` that of questions which ask for several by their grammar, and of which no
accepted answer enumerates. Writes ``benchmarks/results/several.json``.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from timing import RESULTS, machine

from qa.asking_several import asks_for_several
from qa.enumerations import enumerated
from qa.evaluate import Outcome, figures, read_squad
from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.squad import SquadQuestion, SquadSet

SHOWN = ("multi_exact_f1", "multi_overlap_f1", "listed", "listed_single")


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask for several things.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--reader", type=Path, default=SHIPPED_READER, help="folder of a reader")
    options = parser.parse_args()
    reader = ExtractiveReader.from_pretrained(options.reader, make_fast=True)
    several, single = [], []
    for file in options.files:
        squad = SquadSet.from_file(file)
        enumerating = [with_items(one) for one in squad.questions]
        several += read_squad(_of(squad, [one for one in enumerating if one.items]), reader=reader)
        others = [one for one in enumerating if not one.items and asks_for_several(one.question)]
        single += read_squad(_of(squad, others), reader=reader)
    found = figures(several)
    report = {
        "questions": len(several),
        "single": len(single),
        **{name: round(found[name], 1) for name in SHOWN if name in found},
        "listed": listed(several),
        "listed_single": listed(single),
    }
    if options.reader == SHIPPED_READER:
        (RESULTS / "several.json").write_text(
            json.dumps({"machine": machine()} | report, indent=2) + "\n", "utf-8"
        )
    for name, value in report.items():
        print(f"{name:18}{value}")


def with_items(question: SquadQuestion) -> SquadQuestion:
    """A question, and the items of the first accepted answer that enumerates, if one does."""
    for answer in question.answers:
        items = enumerated(answer, question.question)
        if items:
            return replace(question, items=tuple(answer[slice(*item)] for item in items))
    return replace(question, items=None)


def listed(outcomes: Sequence[Outcome]) -> float:
    """The share of questions that got a list, from 0 to 1."""
    return round(sum(bool(one.answer.items) for one in outcomes) / max(len(outcomes), 1), 3)


def _of(squad: SquadSet, questions: Sequence[SquadQuestion]) -> SquadSet:
    return SquadSet(squad.paragraphs, tuple(questions))


if __name__ == "__main__":
    main()
