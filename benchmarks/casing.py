"""Ask questions as people type them: what do small letters and capitals cost?

    python benchmarks/casing.py FILE... --limit N

Every question is asked as it is, in small letters, in capitals and as a headline, each of its own
paragraph; F1 of the best quote, read as it was typed and as Pullquote reads it, with its words
as the paragraph writes them. Writes ``benchmarks/results/casing.json``.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from timing import RESULTS, machine

from index.records import Passage
from qa.casing import cased_as
from qa.defaults import BATCH_SIZE
from qa.metrics import best_against
from qa.rank import rank
from qa.reader import ExtractiveReader, Reading
from qa.squad import SquadQuestion, SquadSet

TYPED: dict[str, Callable[[str], str]] = {
    "as asked": str,
    "small letters": str.lower,
    "capitals": str.upper,
    "headline": lambda question: " ".join(map(str.capitalize, question.split())),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Ask in small letters, in capitals, as a headline."
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, help="questions of each, drawn with seed 0")
    options = parser.parse_args()
    reader = ExtractiveReader.shipped()
    print("| set | typed | as typed | as the text |\n|---|---|--:|--:|")
    sets: dict[str, dict[str, list[float]]] = {}
    for file in options.files:
        squad = SquadSet.from_file(file).sample(options.limit, seed=0)
        name = file.name.removesuffix(".dev.json.gz")
        sets[name] = {}
        for typed, typing in TYPED.items():
            found = [f1_of(reader, squad, typing, as_text=as_text) for as_text in (False, True)]
            sets[name][typed] = [round(one, 1) for one in found]
            print(f"| {name} | {typed} | {found[0]:.1f} | {found[1]:.1f} |", flush=True)
    report = {"machine": machine(), "limit": options.limit, "sets": sets}
    (RESULTS / "casing.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def f1_of(
    reader: ExtractiveReader, squad: SquadSet, typing: Callable[[str], str], *, as_text: bool
) -> float:
    """Mean F1 in percent of the best quotes of the answerable questions.

    Args:
        reader: what reads.
        squad: the questions and their paragraphs.
        typing: how a question is typed.
        as_text: whether its words are read as its paragraph writes them.
    """
    asked = [question for question in squad.questions if question.answers]
    pairs = []
    for question in asked:
        typed, text = typing(question.question), squad.paragraphs[question.paragraph].text
        pairs.append((cased_as(typed, text) if as_text else typed, text))
    readings = reader.read(pairs, batch_size=BATCH_SIZE)
    return 100 * fmean(_f1(squad, *one) for one in zip(asked, readings, strict=True))


def _f1(squad: SquadSet, question: SquadQuestion, reading: Reading) -> float:
    paragraph = squad.paragraphs[question.paragraph]
    found: Sequence[str] = [
        paragraph.text[one.start : one.end]
        for one in rank([(Passage(paragraph, 0, len(paragraph.text)), reading)], top_k=1).candidates
    ]
    return best_against(found[0] if found else "", question.answers)[1]


if __name__ == "__main__":
    main()
