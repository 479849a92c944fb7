"""The model card that the chain writes."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from card import CARD_FILE, card
from training_data import TRAINING

from qa.reader import MAX_ANSWER_TOKENS, SHIPPED_READER


def test_the_card_names_every_source_and_seen_article(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    figures.write_text(json.dumps({"new_wiki": {"command": "measure it", "f1": 81.5}}))
    text = card(tmp_path, [figures])
    facts = tomllib.loads((TRAINING / "card.toml").read_text("utf-8"))
    assert all(source["source"] in text for source in facts["sources"])
    assert len(facts["seen_articles"]) == 9
    assert all(article in text for article in facts["seen_articles"])
    assert "| new_wiki | 81.5 |" in text
    assert "`measure it`" in text


def test_the_card_tells_of_a_teacher_only_where_one_taught(tmp_path: Path) -> None:
    assert "*Teacher*" in card(tmp_path, [])
    assert "*Teacher*" not in card(tmp_path, [], taught=False)


def test_the_card_of_another_start_tells_of_it(tmp_path: Path) -> None:
    ours = tomllib.loads((TRAINING / "card.toml").read_text("utf-8"))
    text = card(tmp_path, [], start="some/reader", teacher="some/encoder")
    assert "some/reader" in text
    assert "some/encoder" in text
    for fact in (ours["base"], ours["teacher"], ours["name"], *ours["start"]):
        assert fact not in text
        assert fact in card(tmp_path, [])


def test_the_card_of_a_reader_made_from_the_shipped_one_keeps_its_sources(
    recipes: Path, tmp_path: Path
) -> None:
    ours = tomllib.loads((TRAINING / "card.toml").read_text("utf-8"))
    text = card(tmp_path, [], recipes=recipes, start=str(SHIPPED_READER))
    assert "whose own card says how it was made" in text
    assert "| single, sentences, talk | us | free |" in text
    assert len(ours["sources"]) > 5
    for one in ours["sources"]:
        assert (
            f"| the start: {', '.join(one['sets'])} | {one['source']} | {one['licence']} |" in text
        )
    assert "licences of the shipped reader it began with (Apache-2.0) and of the sources" in text
    for fact in (ours["base"], *ours["seen_articles"]):
        assert fact in text
    for fact in (ours["name"], ours["drawn"], *ours["start"], *ours["then"]):
        assert fact not in text


def test_only_a_reader_that_has_seen_articles_of_squad_is_said_to_have(
    recipes: Path, tmp_path: Path
) -> None:
    seen = "It has seen these articles"
    assert seen not in card(tmp_path, [], recipes=recipes, start="some/reader")
    assert seen in card(tmp_path, [], start="some/reader")  # by the recipe of the shipped one


def test_the_shipped_card_is_what_the_chain_writes() -> None:
    written = (SHIPPED_READER / CARD_FILE).read_text("utf-8")
    assert written == card(SHIPPED_READER, [SHIPPED_READER / "figures.json"], taught=False)


def test_the_limits_in_the_card_are_those_of_the_recipe(tmp_path: Path) -> None:
    recipes = tmp_path / "recipes"
    shutil.copytree(TRAINING, recipes, ignore=shutil.ignore_patterns("__pycache__"))
    text = (recipes / "prepare.toml").read_text("utf-8")
    for shipped, other in (("min_passage_chars = 350", 60), ("max_passage_chars = 900", 70)):
        text = text.replace(shipped, f"{shipped.split()[0]} = {other}")
    (recipes / "prepare.toml").write_text(text, "utf-8")
    limits = card(tmp_path, [], recipes=recipes).split("## Limits")[1]
    assert "passages of 60 to 70 characters" in limits
    assert f"have {MAX_ANSWER_TOKENS} of its tokens at most" in limits


def test_small_rates_are_written_out(tmp_path: Path) -> None:
    assert "1 epoch at 0.00008 in batches of 32" in card(tmp_path, [], start="some/reader")


def test_a_set_without_a_source_is_no_card(recipes: Path, tmp_path: Path) -> None:
    shutil.copytree(recipes, tmp_path / "recipes")
    shutil.copy(TRAINING / "card.toml", tmp_path / "recipes")
    with pytest.raises(ValueError, match="no source of sentences, single, talk"):
        card(tmp_path, [], recipes=tmp_path / "recipes")


def test_the_card_of_an_encoder_made_smaller_tells_of_it(tmp_path: Path) -> None:
    assert "Made smaller" not in card(tmp_path, [], start="some/reader")
    text = card(tmp_path, [], start="some/encoder", from_encoder=True, shrunk=True)
    assert "its 9 lowest layers, and 17,664 tokens of its vocabulary" in text
