"""Write a reader's MODEL_CARD.md from the recipes it was made with and its figures.

    python training/card.py --figures figures.json --output FOLDER/MODEL_CARD.md

The facts are in card.toml; figures files are objects of a name and its figures, each with
the command that prints them.
"""

import argparse
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prepare import Recipe

RECIPES = Path(__file__).parent


def card(recipes: Path, figures: Sequence[Path]) -> str:
    """The text of the card.

    Args:
        recipes: folder of prepare.toml, teacher.toml, distil.toml and card.toml.
        figures: JSON files: name to figures, "command" among them.

    Raises:
        ValueError: a set was trained on whose source and licence card.toml does not say.
    """
    facts, distil, teacher = (
        tomllib.loads((recipes / f"{name}.toml").read_text("utf-8"))
        for name in ("card", "distil", "teacher")
    )
    recipe = Recipe.load(recipes / "prepare.toml")
    training, distilling = distil["training"], distil["distilling"]
    measured = {
        name: row for file in figures for name, row in json.loads(file.read_text("utf-8")).items()
    }
    parts = [
        f"# {facts['name']}",
        (
            f"A span head on {facts['base']}, float16, {facts['licence']}. It reads a question and"
            " a passage and scores every start and end; token 0 stands for “not in this passage”."
            " `reader_settings.json` holds what was fitted for it."
        ),
        "## How it was made",
        "`make train` does all of this; the recipes are in `training/`.",
        (
            f"1. *Examples* (`prepare.toml`): {len(recipe.sets)} sets, passages of"
            f" {recipe.min_passage_chars} to {recipe.max_passage_chars} characters; questions made"
            f" unanswerable in these ways: {', '.join(recipe.unanswerable_ways)}.\n"
            f"2. *Teacher* (`teacher.toml`): {facts['teacher']}, {teacher['training']['epochs']}"
            f" epoch at {teacher['training']['learning_rate']:g}.\n"
            f"3. *Reader* (`distil.toml`): {training['epochs']} epochs in batches of"
            f" {training['batch_size']} at {training['learning_rate']:g}; the teacher's weight is"
            f" {distilling['weight']:g} at temperature {distilling['temperature']:g} (Hinton et al."
            " 2015).\n"
            "4. *Settings* (`calibrate.py`): fitted on development sets."
        ),
        "## Data",
        _sources(facts, {one.name for one in recipe.sets}),
        (
            "**It has seen these articles of the SQuAD 2.0 development set:"
            f"** {', '.join(facts['seen_articles'])}. Do not evaluate it on them."
        ),
        "## Figures",
        _table(measured),
        "## Limits",
        "\n".join(f"- {limit}" for limit in facts["limits"]),
    ]
    return "\n\n".join(parts) + "\n"


def _sources(facts: dict[str, Any], trained_on: set[str]) -> str:
    rows = ["| sets | source | licence |", "|---|---|---|"]
    told: set[str] = set()
    for source in facts["sources"]:
        used = [name for name in source["sets"] if name in trained_on]
        told.update(used)
        if used:
            rows.append(f"| {', '.join(used)} | {source['source']} | {source['licence']} |")
    if trained_on - told:
        raise ValueError(f"card.toml names no source of {', '.join(sorted(trained_on - told))}.")
    return "\n".join(rows)


def _table(measured: dict[str, dict[str, Any]]) -> str:
    if not measured:
        return "None were measured."
    columns = list(
        dict.fromkeys(column for row in measured.values() for column in row if column != "command")
    )
    rows = [f"| | {' | '.join(columns)} |", "|---|" + "--:|" * len(columns)]
    for name, row in measured.items():
        cells = [f"{row[column]:g}" if column in row else "" for column in columns]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    commands = dict.fromkeys(row["command"] for row in measured.values())
    return "\n".join(["Printed by", *(f"`{command}`" for command in commands), "", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a reader's model card.")
    parser.add_argument("--figures", type=Path, nargs="*", default=(), help="of devcheck.py")
    parser.add_argument("--recipes", type=Path, default=RECIPES, help="folder of the TOML files")
    parser.add_argument("--output", type=Path, required=True, help="MODEL_CARD.md")
    options = parser.parse_args()
    options.output.write_text(card(options.recipes, options.figures), "utf-8")


if __name__ == "__main__":
    main()
