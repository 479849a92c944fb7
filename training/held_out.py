"""Write the articles that prepare.toml holds out, to evaluate a reader on.

    python training/held_out.py --data FOLDER --output held_out.json
    pullquote evaluate held_out.json --json

Of some sets there is no development part. A reader that is trained by the recipe has not seen these
articles, so what it makes of them tells what it makes of others like them.
"""

import argparse
import json
from pathlib import Path

from prepare import RECIPE, Recipe
from squad import find_set, read_articles
from whole_file import write_whole


def write_held_out(data: Path, output: Path, *, recipe: Recipe) -> None:
    """Write what a recipe holds out of all its sets, in the format of SQuAD.

    Args:
        data: folder of NAME.train.json or NAME.train.json.gz of each set.
        output: JSON file to write.
        recipe: its sets name the articles.

    Raises:
        ValueError: it holds out none.
    """
    held_out = [
        article
        for of_set in recipe.sets
        if of_set.held_out
        for article in read_articles(find_set(data, of_set.name, "train"))
        if article["title"] in of_set.held_out
    ]
    if not held_out:
        raise ValueError("The recipe holds out no articles: name some in held_out of a set.")
    write_whole(output, json.dumps({"data": held_out}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the articles that a recipe holds out.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.train.json[.gz]")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (prepare.toml)")
    options = parser.parse_args()
    write_held_out(options.data, options.output, recipe=Recipe.load(options.recipe))


if __name__ == "__main__":
    main()
