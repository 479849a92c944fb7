"""What each means of the training gives."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest
from ablate import Variant, ablate
from calibrate import null_scores
from card import ABLATIONS_FILE, card
from cases import make_cases
from devcheck import DevSource, check, draw_sets
from distil import distil, load_recipe
from examples import Example, read_examples, write_examples
from label import label
from training_data import HALL

from qa.reader import ExtractiveReader

pytestmark = pytest.mark.usefixtures("one_thread")

VARIANTS = """
[[variants]]
name = "everything"

[[variants]]
name = "no teacher"
distilling = { weight = 0.0 }

[[variants]]
name = "nothing taken out"
without_kinds = ["removed"]
training = { seed = 8 }
"""


def example(kind: str = "people", set_name: str = "single") -> Example:
    return Example("Who?", HALL, (), set_name, kind, 0)


def test_a_variant_takes_the_first_that_are_not_left_out() -> None:
    examples = [example(), example("swap"), example(set_name="talk"), example(), example()]
    assert Variant(name="all").choose(examples, most=3) == [0, 1, 2]
    some = Variant(name="some", without_kinds=["swap"], without_sets=["talk"])
    assert some.choose(examples, most=3) == [0, 3, 4]
    with pytest.raises(ValueError, match="“some” leaves 3 of 5 examples"):
        some.choose(examples, most=4)


def test_null_scores_are_higher_where_a_passage_does_not_say(
    data: Path, reader: ExtractiveReader
) -> None:
    config = {
        "seed": 7,
        "sets": ["single"],
        "conversations": [],
        "questions_of_a_set": 99,
        "passages": 1,
        "places": {"own": 1.0, "beside": 1.0, "article": 0.0, "lacking": 0.0, "wrong": 0.0},
    }
    cases = make_cases(data, config)
    scores = dict(
        zip([(one.question, one.kind) for one in cases], null_scores(reader, cases), strict=True)
    )
    question = "When was the town hall of Oldmere built?"
    assert scores[question, "own"] < 0.3 < 0.7 < scores[question, "beside"]


@pytest.fixture
def taught(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path, examples: list[Example]
) -> Callable[[str], dict[str, dict[str, float]]]:
    """Ablates with a recipe of these variants, in the same folder each time."""
    file, labels = tmp_path / "examples.jsonl.gz", tmp_path / "labels"
    write_examples(file, examples)
    label(file, Path(tiny["mpnet"]), labels, recipe=recipes / "teacher.toml")
    recipe = tmp_path / "ablate.toml"
    (tmp_path / "calibrate.toml").write_text((recipes / "calibrate.toml").read_text("utf-8"))
    before, _ = (recipes / "ablate.toml").read_text("utf-8").split("[[variants]]", 1)
    dev = '[[dev_sets]]\nname = "single"\nlayout = "single"\n'

    def run(variants: str) -> dict[str, dict[str, float]]:
        recipe.write_text(before + variants + dev, "utf-8")
        return ablate(data, file, labels, tiny["bert"], tmp_path / "out", recipe=recipe)

    return run


def test_variants_are_trained_and_measured_once(
    taught: Callable[[str], dict[str, dict[str, float]]],
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
) -> None:
    rows = taught(VARIANTS)
    assert list(rows) == ["everything", "no teacher", "nothing taken out"]
    assert all(list(row) == ["single", "mean", "auroc", "abstained_at_90"] for row in rows.values())
    assert json.loads((tmp_path / "out" / ABLATIONS_FILE).read_text("utf-8"))["variants"] == rows

    # Without a teacher it is the reader that distil.py makes of the same examples without labels.
    first, recipe = tmp_path / "first.jsonl.gz", tmp_path / "ablate.toml"
    write_examples(first, read_examples(tmp_path / "examples.jsonl.gz")[:12])
    distil(first, tiny["bert"], tmp_path / "plain", recipe=load_recipe(recipe, from_encoder=False))
    plain = ExtractiveReader.from_pretrained(tmp_path / "plain", plain=True)
    sets = draw_sets(data, [DevSource(name="single", layout="single")], questions=300, seed=7)
    assert rows["no teacher"]["single"] == check(plain, sets)["single"]["f1"]
    config = tomllib.loads((recipes / "calibrate.toml").read_text("utf-8"))
    cases = make_cases(data, config | {"questions_of_a_set": 60})
    cases = [case for case in cases if case.told is None]  # follow-ups are the fit's alone
    scored = list(zip(cases, null_scores(plain, cases), strict=True))
    pairs = [
        (absent > there) + (absent == there) / 2
        for with_answer, there in scored
        for without, absent in scored
        if with_answer.answers and not without.answers
    ]
    assert rows["no teacher"]["auroc"] == pytest.approx(fmean(pairs), abs=1e-4)
    assert rows["no teacher"] != rows["everything"]

    made = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("ablation.json")}
    assert len(made) == 3
    assert taught(VARIANTS) == rows
    assert {file: file.stat().st_mtime_ns for file in made} == made
    with pytest.raises(ValueError, match="of other examples, models, recipes or development sets"):
        taught(VARIANTS.replace("weight = 0.0", "weight = 0.5"))
    calibrating = tmp_path / "calibrate.toml"
    calibrating.write_text(calibrating.read_text("utf-8").replace("own = 1.0", "own = 0.5"))
    with pytest.raises(ValueError, match="of other examples, models, recipes or development sets"):
        taught(VARIANTS)


def test_the_card_shows_what_each_means_gives(tmp_path: Path) -> None:
    assert "ablate.py" not in card(tmp_path, [])
    rows = {"everything": {"single": 61.26, "auroc": 0.7512}, "no teacher": {"single": 58.0}}
    told = {"command": "python training/ablate.py", "variants": rows}
    (tmp_path / ABLATIONS_FILE).write_text(json.dumps(told), "utf-8")
    text = card(tmp_path, [])
    assert "`python training/ablate.py`" in text
    assert "|  | single | auroc |\n|---|--:|--:|\n| everything | 61.26 | 0.751 |\n" in text
    assert "| no teacher | 58 |  |" in text
