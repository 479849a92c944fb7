"""The reader's fine-tuning and calibration, on a handful of questions."""

import gzip
import json
import random
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

from qa.reader import SETTINGS_FILE, SHIPPED_READER, ExtractiveReader

TRAINING = ROOT / "training"
CONTEXT = (
    "Ada Fenn was born in Oldmere in 1881. She painted the iron bridge green in 1911."
    " The work took four months. Her brother Tom held the ladder. It cost ninety pounds."
)
ASKED = {
    "Where was Ada Fenn born?": "Oldmere",
    "What colour is the bridge?": "green",
    "How long did the work take?": "four months",
    "Who held the ladder?": "Her brother Tom",
    "How much did it cost?": "ninety pounds",
}


def write_set(folder: Path, name: str, part: str, *, turns: bool = False) -> None:
    """A SQuAD-format file of one paragraph, twice, so that one can stand in for the other."""
    rows = [
        {
            "id": f"a:b:1:{number}-0",
            "question": question,
            "answers": [{"text": answer, "answer_start": CONTEXT.index(answer)}],
            **({"turn": number} if turns else {}),
        }
        for number, (question, answer) in enumerate(ASKED.items())
    ]
    rows.append({"id": "a:b:1:9-0", "question": "Who paid?", "answers": [], "is_impossible": True})
    other = {
        "context": "The town hall of Oldmere was built in 1790 of red brick.",
        "qas": rows[-1:],
    }
    data = {"data": [{"title": "Bridge", "paragraphs": [{"context": CONTEXT, "qas": rows}, other]}]}
    with gzip.open(folder / f"{name}.{part}.json.gz", "wt", encoding="utf-8") as file:
        json.dump(data, file)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """The real recipe over three small sets, in batches of four."""
    lines = (TRAINING / "finetune.toml").read_text("utf-8").split("[[sets]]")[0]
    lines = lines.replace("batch_size = 32", "batch_size = 4").replace("450", "60")
    for name, kind in (("one", "single"), ("two", "conversation")):
        lines += f'[[sets]]\nname = "{name}"\nkind = "{kind}"\nunanswerable = 0.5\n'
        write_set(tmp_path, name, "train", turns=kind == "conversation")
    file = tmp_path / "recipe.toml"
    file.write_text(lines, "utf-8")
    return file


def test_examples_hold_their_answers(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TRAINING))
    from examples import make_examples

    config = tomllib.loads(recipe.read_text("utf-8"))
    made = [
        one for seed in range(20) for one in make_examples(tmp_path, config, random.Random(seed))
    ]
    assert len(made) > 100
    for example in made:
        question = next((asked for asked in ASKED if example.question.endswith(asked)), None)
        if example.answer is not None:
            start, end = example.answer
            assert question is not None
            assert example.passage[start:end] == ASKED[question]
        elif question is not None:
            assert ASKED[question] not in example.passage
    assert any(example.answer is None for example in made)
    assert any(example.question not in {*ASKED, "Who paid?"} for example in made)


def test_finetuning_writes_a_reader_that_loads_and_can_be_calibrated(
    recipe: Path, tmp_path: Path
) -> None:
    output = tmp_path / "reader"
    subprocess.run(
        [sys.executable, TRAINING / "finetune.py", "--data", tmp_path, "--start", SHIPPED_READER,
         "--output", output, "--recipe", recipe],
        check=True, capture_output=True,
    )  # fmt: skip
    assert not (output / "checkpoint.pt").exists()
    assert (output / "model.safetensors").stat().st_size < 46_000_000
    trained = ExtractiveReader.from_pretrained(output)
    (reading,) = trained.read([("Where was Ada Fenn born?", CONTEXT)])
    best = reading.spans[0]
    assert CONTEXT[best.start : best.end] == "Oldmere"

    for name in ("new_wiki", "reddit", "amazon", "qamr", "fairytale", "doqa_travel"):
        write_set(tmp_path, name, "dev")
    shutil.copy(SHIPPED_READER / "config.json", output)
    done = subprocess.run(
        [sys.executable, TRAINING / "calibrate.py", "--data", tmp_path, "--reader", output],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    settings = json.loads((output / SETTINGS_FILE).read_text("utf-8"))
    assert 0.5 <= settings["temperature"] <= 3.0
    assert str(settings["temperature"]) in done.stdout
    assert ExtractiveReader.from_pretrained(output).settings.null_threshold == pytest.approx(
        settings["null_threshold"]
    )
