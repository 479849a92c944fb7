"""Write a reader's MODEL_CARD.md from the recipes it was made with and its figures.

    python training/card.py --reader FOLDER --figures figures.json

The facts are in card.toml. Figures files are objects of a name and its figures, each with the
command that prints them; what calibrate.py left beside the reader is told too, and, where they are
beside it, steps.json: what each step gave, held_out_figures.json of held_out.py: what it makes of
articles that are held out of the training, and ablations.json of ablate.py: what each means gives.
"""

import argparse
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from average import SHARE_OF
from calibrate import CALIBRATION_FILE, CURVES_FILE
from distil import load_recipe
from held_out import FIGURES_FILE
from prepare import Recipe
from whole_file import write_whole

from qa.reader import MAX_ANSWER_TOKENS, SHIPPED_READER

RECIPES = Path(__file__).parent
CARD_FILE = "MODEL_CARD.md"
FACTS = "card"  # the recipe of what no other recipe knows
STEPS_FILE = "steps.json"
ABLATIONS_FILE = "ablations.json"
SEEN_IN = "squad2_part"  # the set that holds card.toml's seen_articles
CALIBRATE = "python training/calibrate.py --data DATA --reader READER"
CALIBRATED = ("cases", "right", "ece", "auroc", "abstained_at_90", "answered")


def card(
    reader: Path,
    figures: Sequence[Path],
    *,
    recipes: Path = RECIPES,
    taught: bool = True,
    start: str | None = None,
    from_encoder: bool = False,
    shrunk: bool = False,
    teacher: str | None = None,
) -> str:
    """The text of a reader's card.

    Args:
        reader: its folder.
        figures: JSON files: name to figures, "command" among them.
        recipes: folder of prepare.toml, shrink.toml, teacher.toml, distil.toml and card.toml.
        taught: whether a teacher's labels were learned from.
        start: what the chain began with; without it, all that card.toml tells of, which is how
            the reader that is shipped was made.
        from_encoder: whether that start is an encoder.
        shrunk: whether that was made smaller.
        teacher: what the teacher was made of, if not of what card.toml says.

    Raises:
        ValueError: a set was trained on whose source and licence card.toml does not say.
    """
    facts, teaching = (
        tomllib.loads((recipes / f"{name}.toml").read_text("utf-8")) for name in (FACTS, "teacher")
    )
    if start is None:
        from_encoder = facts["shrunk"]
    distil = load_recipe(recipes / "distil.toml", from_encoder=from_encoder)
    recipe = Recipe.load(recipes / "prepare.toml")
    trained_on = {one.name for one in recipe.sets}
    sources = source_rows(facts, trained_on)
    seen = facts["seen_articles"] if SEEN_IN in trained_on else []
    if start is not None:
        facts |= {
            "name": "A reader",
            "base": f"`{start}`",
            "licence": "under the licences of that and of the sources below",
            "start": [f"*Start.* `{start}`, whose own card says how it was made."],
            "drawn": None,
            "then": [],
            "shrunk": shrunk,
        }
        if Path(start).resolve() == SHIPPED_READER.resolve():  # of that, all is known
            shipped = tomllib.loads((RECIPES / f"{FACTS}.toml").read_text("utf-8"))
            facts |= {
                "base": shipped["base"],
                "licence": (
                    f"under the licences of the shipped reader it began with ({shipped['licence']})"
                    " and of the sources below"
                ),
            }
            shipped_sets = {one.name for one in Recipe.load(RECIPES / "prepare.toml").sets}
            sources += [
                (f"the start: {sets}", source, licence)
                for sets, source, licence in source_rows(shipped, shipped_sets)
            ]
            seen = [*dict.fromkeys([*seen, *shipped["seen_articles"]])]
    if teacher is not None:
        facts["teacher"] = f"`{teacher}`"
    measured = {
        name: row for file in figures for name, row in json.loads(file.read_text("utf-8")).items()
    }
    if facts["shrunk"]:
        shrinking = tomllib.loads((recipes / "shrink.toml").read_text("utf-8"))
        facts["start"] = [*facts["start"], _shrunk(shrinking)]
    made = [*facts["start"], *_chain(recipe, teaching if taught else None, distil, facts)]
    parts = [
        f"# {facts['name']}",
        (
            f"A span head on {facts['base']}, float16, {facts['licence']}. It reads a question and"
            " a passage and scores every start and end; token 0 stands for “not in this passage”."
            " `reader_settings.json` holds what was fitted for it."
        ),
        "## How it was made",
        "The recipes are in `training/`; `make train` runs them from a model of your choice.",
        "\n".join(f"{number}. {step}" for number, step in enumerate(made, start=1)),
        "## Data",
        _table(("sets", "source", "licence"), sources, numbers=False),
        *_seen(seen),
        "## Figures",
        _figures(measured, facts["figures"].format(**distil["training"])),
        *_steps(reader / STEPS_FILE),
        *_held_out(reader / FIGURES_FILE, facts["held_out"]),
        *_ablations(reader / ABLATIONS_FILE, facts["ablations"]),
        *_calibration(reader, facts),
        "## Limits",
        "\n".join(
            f"- {limit.format(recipe=recipe, answer_tokens=MAX_ANSWER_TOKENS)}"
            for limit in facts["limits"]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _shrunk(shrinking: Mapping[str, Any]) -> str:
    """How the encoder was made smaller."""
    return (
        f"*Made smaller* (`shrink.toml`): its {shrinking['layers']} lowest layers, and"
        f" {shrinking['vocabulary']:,} tokens of its vocabulary; rarer words are read in pieces."
    )


def _chain(
    recipe: Recipe,
    teacher: Mapping[str, Any] | None,
    distil: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> list[str]:
    """What each step of the chain did."""
    training, distilling = distil["training"], distil["distilling"]
    share = distil[SHARE_OF]["share"]
    learned = (
        f"*Reader* (`distil.toml`): {_epochs(training)} in batches of {training['batch_size']}"
    )
    if training["frozen_layers"]:
        learned += f", {training['frozen_layers']} layers and the embeddings kept as they were"
    steps = [
        (
            f"*Examples* (`prepare.toml`): {len(recipe.sets)} sets, passages of"
            f" {recipe.min_passage_chars} to {recipe.max_passage_chars} characters; questions made"
            f" unanswerable in these ways: {', '.join(recipe.unanswerable_ways)}"
            f"{'; ' + facts['drawn'] if facts.get('drawn') else ''}."
        )
    ]
    if teacher is not None:
        steps.append(
            f"*Teacher* (`teacher.toml`): {facts['teacher']}, {_epochs(teacher['training'])}."
        )
        learned += (
            f"; for where an answer lies the teacher's weight is {distilling['weight']:g}, at"
            f" temperature {distilling['temperature']:g} (Hinton et al. 2015);"
            " whether there is one is learned from people alone"
        )
    steps.append(f"{learned}.")
    if share < 1:
        steps.append(
            f"*Average* (`average.py`): {share:g} of that reader and {1 - share:g} of the one it"
            " was trained from (Wortsman et al. 2022)."
        )
    return [*steps, *facts["then"], "*Settings* (`calibrate.py`): fitted on development sets."]


def _epochs(training: Mapping[str, Any]) -> str:
    count = training["epochs"]
    most = training["most_examples"]
    some = f" over at most {most:,} examples" if most else ""
    rate = f"{training['learning_rate']:.8f}".rstrip("0")
    return f"{count} epoch{'' if count == 1 else 's'}{some} at {rate}"


def source_rows(facts: Mapping[str, Any], trained_on: Set[str]) -> list[tuple[str, str, str]]:
    """Sets, source and licence of all that was trained on.

    Args:
        facts: the entries of card.toml.
        trained_on: names of the sets.

    Raises:
        ValueError: of some it does not say source and licence.
    """
    rows = []
    told: set[str] = set()
    for source in facts["sources"]:
        used = [name for name in source["sets"] if name in trained_on]
        told.update(used)
        if used:
            rows.append((", ".join(used), source["source"], source["licence"]))
    if trained_on - told:
        raise ValueError(
            f"card.toml names no source of {', '.join(sorted(trained_on - told))}."
            " Say in [[sources]] whence they are, and under which licence."
        )
    return rows


def _seen(articles: Sequence[str]) -> list[str]:
    """What it must not be evaluated on."""
    if not articles:
        return []
    return [
        (
            "**It has seen these articles of the SQuAD 2.0 development set:"
            f"** {', '.join(articles)}. Do not evaluate it on them."
        )
    ]


def _figures(measured: Mapping[str, Mapping[str, Any]], meaning: str) -> str:
    if not measured:
        return "None were measured."
    columns = list(
        dict.fromkeys(column for row in measured.values() for column in row if column != "command")
    )
    commands = dict.fromkeys(row["command"] for row in measured.values())
    rows = [(name, *_cells(row, columns)) for name, row in measured.items()]
    return "\n".join(
        [
            f"{meaning} Printed by",
            *(f"`{command}`" for command in commands),
            "",
            _table(("", *columns), rows),
        ]
    )


def _steps(file: Path) -> list[str]:
    """What each step gave, where that was measured."""
    if not file.is_file():
        return []
    told = json.loads(file.read_text("utf-8"))
    steps = told["steps"]
    sets = list(next(iter(steps.values())))
    rows = [(name, *(f"{steps[step][name]:.1f}" for step in steps)) for name in sets]
    means = [sum(steps[step].values()) / len(sets) for step in steps]
    rows.append(("mean", *(f"{mean:.1f}" for mean in means)))
    return [f"{told['what']} Printed by `{told['command']}`:", _table(("", *steps), rows)]


def _held_out(file: Path, meaning: str) -> list[str]:
    """What it makes of articles that it has not seen, where that was measured."""
    if not file.is_file():
        return []
    told = json.loads(file.read_text("utf-8"))
    titles = [title.replace("_", " ") for title in told["articles"]]
    rows = [_cells(told["figures"], told["figures"])]
    return [
        f"{meaning.format(articles=', '.join(titles))} Printed by `{told['command']}`:",
        _table(tuple(told["figures"]), rows),
    ]


def _ablations(file: Path, meaning: str) -> list[str]:
    """What each means of the training gives, where that was measured."""
    if not file.is_file():
        return []
    told = json.loads(file.read_text("utf-8"))
    variants = told["variants"]
    columns = list(next(iter(variants.values())))
    rows = [(name, *_cells(row, columns)) for name, row in variants.items()]
    return [f"{meaning} Printed by `{told['command']}`:", _table(("", *columns), rows)]


def _calibration(reader: Path, facts: Mapping[str, Any]) -> list[str]:
    """How far its scores hold, where they were fitted."""
    file = reader / CALIBRATION_FILE
    if not file.is_file():
        return []
    found = json.loads(file.read_text("utf-8"))
    rows = [(name, *_cells(row, CALIBRATED)) for name, row in found.items()]
    parts = [
        "## How far its scores hold",
        f"{facts['calibration']} Printed by `{CALIBRATE}`:",
        _table(("", *CALIBRATED), rows),
    ]
    if (reader / CURVES_FILE).is_file():
        parts.append(f"![Reliability, and risk against coverage]({CURVES_FILE})")
    return parts


def _cells(row: Mapping[str, float], columns: Iterable[str]) -> list[str]:
    return [f"{round(row[column], 3):g}" if column in row else "" for column in columns]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    rule = "--:|" if numbers else "---|"
    lines = [f"| {' | '.join(head)} |", "|---|" + rule * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a reader's model card.")
    parser.add_argument("--reader", type=Path, required=True, help="folder of the reader")
    parser.add_argument("--figures", type=Path, nargs="*", default=(), help="of devcheck.py")
    parser.add_argument("--recipes", type=Path, default=RECIPES, help="folder of the TOML files")
    parser.add_argument(
        "--without-teacher", action="store_true", help="no teacher's labels were learned from"
    )
    options = parser.parse_args()
    text = card(
        options.reader,
        options.figures,
        recipes=options.recipes,
        taught=not options.without_teacher,
    )
    write_whole(options.reader / CARD_FILE, text)


if __name__ == "__main__":
    main()
