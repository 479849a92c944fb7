"""Evaluate a reader on the articles that prepare.toml holds out.

    python training/held_out.py --data FOLDER --output held_out.json --reader FOLDER

Of some sets there is no development part. A reader that is trained by the recipe has not seen these
articles, so what it makes of them tells what it makes of others like them. The output is a file in
SQuAD's format, for `pullquote evaluate`; the figures are written beside the reader.
"""

import argparse
import json
from pathlib import Path

from prepare import RECIPE, Recipe
from squad import find_set, read_articles
from whole_file import write_whole

from qa.evaluate import figures, read_squad
from qa.reader import ExtractiveReader
from qa.squad import SquadSet

QUESTIONS_FILE = "held_out.json"
FIGURES_FILE = "held_out_figures.json"  # beside the reader
COMMAND = "pullquote evaluate held_out.json --reader READER --json"
# Those that say how well people's unanswerable questions are told from the others.
SHOWN = ("total", "HasAns_f1", "HasAns_exact", "best_f1", "best_exact", "auroc", "abstained_at_90")


def write_held_out(data: Path, output: Path, *, recipe: Recipe) -> None:
    """Write what a recipe holds out of all its sets, in the format of SQuAD.

    Args:
        data: folder of NAME.train.json or NAME.train.json.gz of each set.
        output: JSON file to write.
        recipe: its sets name the articles.

    Raises:
        ValueError: it holds out none.
    """
    held_out = []
    for of_set in recipe.sets:
        if of_set.held_out:
            articles = read_articles(find_set(data, of_set.name, "train"))
            held_out += [one for one in articles if one.get("title") in of_set.held_out]
    if not held_out:
        raise ValueError("The recipe holds out no articles: name some in held_out of a set.")
    write_whole(output, json.dumps({"data": held_out}) + "\n")


def measure_held_out(file: Path, reader: Path) -> None:
    """Evaluate a reader on what was held out, and write its figures beside it.

    Args:
        file: what ``write_held_out`` wrote.
        reader: folder of the reader.
    """
    loaded = ExtractiveReader.from_pretrained(reader, plain=True)
    squad = SquadSet.from_file(file)
    found = figures(read_squad(squad, reader=loaded))
    told = {
        "command": COMMAND,
        "articles": list(dict.fromkeys(one.title for one in squad.paragraphs)),
        "figures": {name: found[name] for name in SHOWN if name in found},
    }
    write_whole(reader / FIGURES_FILE, json.dumps(told, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate on the articles a recipe holds out.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.train.json[.gz]")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--reader", type=Path, help="folder of a reader to evaluate")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (prepare.toml)")
    options = parser.parse_args()
    write_held_out(options.data, options.output, recipe=Recipe.load(options.recipe))
    if options.reader is not None:
        measure_held_out(options.output, options.reader)


if __name__ == "__main__":
    main()
