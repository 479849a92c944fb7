"""Examples that a reader is trained on: their kinds, spans and histories, and the recipe."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import regex
from devcheck import DevSource
from examples import Example, read_examples, write_examples
from passages import says
from prepare import Recipe, SetMaker, SetRecipe, make_examples, summary
from squad import Asked
from stub import StubEmbedder
from training_data import ASKED, BRIDGE, HALL_ASKED, rows_of

from qa.conversation import with_history
from qa.records import Turn

pytestmark = pytest.mark.usefixtures("one_thread")


def test_spans_are_the_gold_texts_and_unanswerable_passages_lack_them(
    examples: list[Example],
) -> None:
    assert len(examples) > 300
    golds = {**ASKED, **HALL_ASKED}
    for example in examples:
        texts = [example.passage[start:end] for start, end in example.spans]
        question = next(
            (
                asked
                for asked in golds
                if example.question.rstrip("?").lower().endswith(asked.rstrip("?").lower())
            ),
            None,
        )
        if example.kind == "enumeration":
            assert texts == ["brushes", "turpentine", "rope"]
        elif example.kind in {"swap", "word", "negation", "antonym", "kind"}:
            assert question is None
            assert not texts
        elif question is not None:
            assert texts == [golds[question]] or not says(example.passage, [golds[question]])
            assert (texts == []) == (example.kind in {"removed", "retrieved"})
        else:
            assert "who paid" in example.question.lower()
            assert texts == []


def test_every_kind_is_made(examples: list[Example]) -> None:
    kinds = Counter(example.kind for example in examples)
    assert set(kinds) == {
        "people", "removed", "retrieved", "swap", "word", "negation", "antonym", "kind",
        "enumeration", "unrelated history",
    }  # fmt: skip
    shown = summary(examples, Counter({"one: empty question": 2}))
    assert "Warning: left out 2 of one: empty question" in shown
    assert f"{len(examples)}" in shown


def test_history_is_what_the_reader_sees_at_run_time(examples: list[Example]) -> None:
    turns = [Turn(question, answer) for question, answer in ASKED.items()]
    expected = {
        with_history(turn.question, turns[:number]).lower() for number, turn in enumerate(turns)
    }
    talk = {
        one.question.lower() for one in examples if one.set_name == "talk" and one.kind == "people"
    }
    assert len(expected & talk) > 3


def test_the_same_seed_makes_the_same_file(data: Path, recipes: Path, tmp_path: Path) -> None:
    recipe = Recipe.load(recipes / "prepare.toml")
    for name in ("one", "two"):
        made = make_examples(data, recipe, embedder=StubEmbedder(), skipped=Counter())
        write_examples(tmp_path / name, made)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert read_examples(tmp_path / "one") == made


def test_a_way_of_share_0_is_never_taken(data: Path, recipes: Path, tmp_path: Path) -> None:
    text = (recipes / "prepare.toml").read_text("utf-8")
    for way in ("retrieved", "swap", "negation", "antonym"):
        text = regex.sub(rf"(?m)^{way} = [\d.]+", f"{way} = 0", text)
    file = tmp_path / "prepare.toml"
    file.write_text(text.replace("unanswerable = 0.6", "unanswerable = 1.0"), "utf-8")
    recipe = Recipe.load(file)
    # Where the only sentence is taken out, nothing is left, and no other way is to be tried.
    short = [Asked("Where is Oldmere?", "In Kent.", 0, ("Kent",), ((3, 7),), ())] * 9
    maker = SetMaker(
        short, recipe=recipe, of_set=recipe.sets[0], embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert {made.kind for made in maker.examples()} <= {"people", "unrelated history"}
    made = make_examples(data, recipe, embedder=StubEmbedder(), skipped=Counter())
    assert "removed" in {one.kind for one in made}


def test_a_way_that_is_none_is_refused(recipes: Path, tmp_path: Path) -> None:
    text = (recipes / "prepare.toml").read_text("utf-8")
    file = tmp_path / "prepare.toml"
    file.write_text(regex.sub(r"(?m)^negation =", "negtion =", text), "utf-8")
    with pytest.raises(ValueError, match=r"prepare\.toml has unanswerable_ways negtion\."):
        Recipe.load(file)


@pytest.mark.parametrize("kind", [SetRecipe, DevSource])
def test_a_layout_that_is_none_is_refused(kind: type[SetRecipe] | type[DevSource]) -> None:
    assert kind(name="talk", layout="conversation").layout == "conversation"
    with pytest.raises(ValueError, match=r"set talk has layout 'conversations'\. Give one of"):
        kind(name="talk", layout="conversations")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [{**row, "answers": [{"text": "Kent", "answer_start": 4}]}
             for row in rows_of(BRIDGE, ASKED, "1")[:4]] + rows_of(BRIDGE, ASKED, "1")[4:],
            rf"has 4 of {len(ASKED)} answerable questions whose answer is not at its answer_start",
        ),
        ([{"question": " ", "answers": []}], r"gives no examples \(1 left out: empty question\)"),
        ([], r"gives no examples \(it has no questions\)"),
    ],
)  # fmt: skip
def test_a_set_that_is_lost_is_refused(
    recipes: Path, tmp_path: Path, rows: list[dict[str, object]], told: str
) -> None:
    file = tmp_path / "single.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": [{"context": BRIDGE, "qas": rows}]}]}))
    recipe = Recipe.load(recipes / "prepare.toml")
    with pytest.raises(ValueError, match=rf"single\.train\.json {told}"):
        make_examples(
            tmp_path,
            replace(recipe, sets=recipe.sets[:1]),
            embedder=StubEmbedder(),
            skipped=Counter(),
        )


def test_an_empty_paragraph_does_not_stop_the_others(recipes: Path, tmp_path: Path) -> None:
    nothing = {"question": "Who paid?", "answers": [], "is_impossible": True}
    paragraphs = [
        {"context": " ", "qas": [nothing]},
        {"context": BRIDGE, "qas": rows_of(BRIDGE, ASKED, "1")},
    ]
    file = tmp_path / "single.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    recipe = Recipe.load(recipes / "prepare.toml")
    skipped: Counter[str] = Counter()
    made = make_examples(
        tmp_path,
        replace(recipe, sets=recipe.sets[:1]),
        embedder=StubEmbedder(),
        skipped=skipped,
    )
    assert made
    assert skipped == {"single: empty paragraph": 1}
