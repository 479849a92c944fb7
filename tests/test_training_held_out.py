"""Articles that are held out of the training, to evaluate a reader on."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import regex
from card import card
from held_out import FIGURES_FILE, measure_held_out, write_held_out
from prepare import Recipe, make_examples
from stub import StubEmbedder
from training_data import HALL, HALL_ASKED, rows_of

from qa.evaluate import figures, read_squad
from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.squad import SquadSet

MILL = "The mill of Oldmere was sold in 1902 to Ida Fry. She tore it down."
MILL_ASKED = {"Who bought the mill?": "Ida Fry", "When was it sold?": "1902"}


@pytest.fixture
def two_articles(recipes: Path, tmp_path: Path) -> tuple[Path, Recipe]:
    """A set of two articles, one of them held out, and its recipe."""
    articles = [
        {"title": title, "paragraphs": [{"context": text, "qas": rows_of(text, asked, "1")}]}
        for title, text, asked in (("Hall", HALL, HALL_ASKED), ("Mill", MILL, MILL_ASKED))
    ]
    (tmp_path / "towns.train.json").write_text(json.dumps({"data": articles}), "utf-8")
    head, _, _ = (recipes / "prepare.toml").read_text("utf-8").partition("[[sets]]")
    text = regex.sub("unrelated_history = .*", "unrelated_history = 0", head)
    text += '[[sets]]\nname = "towns"\nlayout = "single"\nheld_out = ["Mill"]\n'
    (tmp_path / "prepare.toml").write_text(text, "utf-8")
    return tmp_path, Recipe.load(tmp_path / "prepare.toml")


def test_nothing_is_learned_from_what_is_held_out(two_articles: tuple[Path, Recipe]) -> None:
    data, recipe = two_articles
    made = make_examples(data, recipe, embedder=StubEmbedder(), skipped=Counter())
    assert {one.question.lower().rstrip("?") for one in made} == {
        question.lower().rstrip("?") for question in HALL_ASKED
    }
    assert all("mill" not in one.passage for one in made)


def test_what_is_held_out_can_be_evaluated(two_articles: tuple[Path, Recipe]) -> None:
    data, recipe = two_articles
    write_held_out(data, data / "held.json", recipe=recipe)
    squad = SquadSet.from_file(data / "held.json")
    assert [one.text for one in squad.paragraphs] == [MILL]
    assert {one.question: {*one.answers} for one in squad.questions} == {
        question: {answer} for question, answer in MILL_ASKED.items()
    }


def test_an_article_that_is_not_there_cannot_be_held_out(
    two_articles: tuple[Path, Recipe],
) -> None:
    data, _ = two_articles
    file = data / "prepare.toml"
    file.write_text(file.read_text("utf-8").replace('"Mill"', '"Mil"'), "utf-8")
    with pytest.raises(ValueError, match=r"towns\.train\.json has no articles Mil to hold out"):
        make_examples(data, Recipe.load(file), embedder=StubEmbedder(), skipped=Counter())


def test_a_recipe_that_holds_out_nothing_has_nothing_to_evaluate(
    two_articles: tuple[Path, Recipe],
) -> None:
    data, _ = two_articles
    file = data / "prepare.toml"
    file.write_text(file.read_text("utf-8").replace('held_out = ["Mill"]', ""), "utf-8")
    with pytest.raises(ValueError, match="holds out no articles"):
        write_held_out(data, data / "held.json", recipe=Recipe.load(file))


def test_its_figures_stand_in_the_card(two_articles: tuple[Path, Recipe]) -> None:
    data, recipe = two_articles
    reader = shutil.copytree(
        SHIPPED_READER, data / "reader", ignore=shutil.ignore_patterns(FIGURES_FILE)
    )
    write_held_out(data, data / "held.json", recipe=recipe)
    assert "nothing was learned from" not in card(reader, [])
    measure_held_out(data / "held.json", reader)
    told = json.loads((reader / FIGURES_FILE).read_text("utf-8"))
    read = read_squad(
        SquadSet.from_file(data / "held.json"),
        reader=ExtractiveReader.from_pretrained(reader, plain=True),
    )
    assert told["figures"].items() <= figures(read).items()
    assert told["figures"]["total"] == len(MILL_ASKED)
    assert told["articles"] == ["Mill"]
    text = card(reader, [])
    assert "each of their questions asked: Mill." in text
    assert f"`{told['command']}`" in text
    assert f"| total |\n|---|\n| {len(MILL_ASKED)} |" in text
