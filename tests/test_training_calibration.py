"""What is fitted for a reader: from which cases, and how its curves are drawn."""

import json
import shutil
import sys
import tomllib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import regex
from calibrate import Judged, choose_min_score, figures_of, fit
from calibrate import main as calibrate_main
from cases import Case, make_cases
from curves import draw_curves, reliability, risk_coverage
from export import export
from squad import find_set, read_articles
from training_data import ASKED, BRIDGE, HALL, HALL_ASKED, rows_of

from index.records import Document, Hit, Passage
from qa.hearing import ToRead, read_all
from qa.rank import Ranking, rank
from qa.reader import SHIPPED_READER, ExtractiveReader, Reading, ReadSpan
from qa.settings import ReaderSettings
from qa.several import MOST_CANDIDATES
from qa.torch_scorer import load_torch_reader

pytestmark = pytest.mark.usefixtures("one_thread")


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
    broken.write_text(fitted.replace("folds = 5", "folds = 1"), "utf-8")
    with pytest.raises(ValueError, match="Of 0 cases that stand alone"):  # after all has been read
        calibrated(monkeypatch, data, reader, broken)
    assert {file.name: file.read_bytes() for file in reader.iterdir()} == before


def test_what_was_fitted_before_does_not_change_what_is_fitted(
    data: Path, recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    new = ReaderSettings(reads_closer=True)
    for name, before in (("new", new), ("old", replace(new, temperature=3.0))):
        shutil.copytree(SHIPPED_READER, tmp_path / name)
        before.save(tmp_path / name)
        calibrated(monkeypatch, data, tmp_path / name, recipes / "calibrate.toml")
        files = ("reader_settings.json", "calibration.svg", "calibration.json")
        found.append([(tmp_path / name / file).read_bytes() for file in files])
        assert ReaderSettings.from_folder(tmp_path / name).reads_closer
    assert found[0] == found[1]


def test_what_is_fitted_was_read_at_the_temperature_that_is_chosen(
    data: Path, recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED_READER, tmp_path / "reader")
    text = (recipes / "calibrate.toml").read_text("utf-8")
    config = tomllib.loads(text)
    given = next(line for line in text.splitlines() if line.startswith("temperatures"))
    (tmp_path / "hot.toml").write_text(text.replace(given, "temperatures = [3.0, 3.0, 1.0]"))
    calibrated(monkeypatch, data, tmp_path / "reader", tmp_path / "hot.toml")
    fitted = ReaderSettings.from_folder(tmp_path / "reader")
    assert fitted.temperature == 3.0

    hot = replace(ReaderSettings.from_folder(SHIPPED_READER), temperature=3.0)
    reader = ExtractiveReader(load_torch_reader(SHIPPED_READER), settings=hot)
    cases = make_cases(data, config)
    rankings = []
    for case in cases:
        asked = [ToRead(case.question, case.told, hit.passage.text) for hit in case.hits]
        found = read_all(reader, asked, batch_size=8)
        passages = [hit.passage for hit in case.hits]
        rankings.append(rank(list(zip(passages, found, strict=True)), top_k=MOST_CANDIDATES))
    expected = fit(cases, rankings, hot, names=config["features"])
    for name in ("right", "absent"):
        one, other = getattr(fitted, name), getattr(expected, name)
        assert one.bias == pytest.approx(other.bias, abs=0.01)
        assert one.weights == pytest.approx(other.weights, abs=0.01)


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
        "conversations": [],
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
        *own, elsewhere = cases
        assert [(case.kind, case.searched) for case in own] == [("told", False), ("told", True)]
        assert (elsewhere.kind, elsewhere.searched, elsewhere.answers) == ("told wrong", True, ())
        # All paragraphs of the set have one title: each is an article.
        assert {hit.passage.document.text for hit in elsewhere.hits} == {HALL}
        for case in own:
            assert set(case.answers) == {ASKED[question]} if question in ASKED else not case.answers
            assert {hit.passage.document.text for hit in case.hits} == {BRIDGE}
    assert asked["talk"] == {next(iter(ASKED)), next(iter(HALL_ASKED))}
    assert len(asked["single"]) == config["questions_of_a_set"]


def test_conversations_that_are_no_sets_are_refused(data: Path, recipes: Path) -> None:
    config = tomllib.loads((recipes / "calibrate.toml").read_text("utf-8"))
    with pytest.raises(ValueError, match="conversations names talks, which sets does not: it has"):
        make_cases(data, config | {"conversations": ["talk", "talks"]})


def test_a_question_that_is_too_long_is_left_out(
    data: Path,
    recipes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(SHIPPED_READER, tmp_path / "reader")
    own = shutil.copytree(data, tmp_path / "data")
    articles = read_articles(find_set(own, "single", "dev"))
    (row, *_) = articles[0]["paragraphs"][0]["qas"]
    row["question"] = "Where was Ada Fenn born? " * 99
    find_set(own, "single", "dev").unlink()
    (own / "single.dev.json").write_text(json.dumps({"data": articles}), "utf-8")
    calibrated(monkeypatch, own, tmp_path / "reader", recipes / "calibrate.toml")
    assert "cases left out: question too long" in capsys.readouterr().out


def case_of(number: int, *, answered: bool, name: str = "single", told: str | None = None) -> Case:
    """A question asked of a passage that answers it, or does not."""
    hit = Hit(Passage(Document("p", "p", BRIDGE), 0, len(BRIDGE)), 0.5, 0.5)
    answers = ("Oldmere",) if answered else ()
    return Case(name, number, "own", "Where was she born?", (hit,), False, answers, told)


def ranking_of(case: Case, quote: str) -> Ranking:
    """A reading of a case whose best quote this is."""
    start = BRIDGE.index(quote)
    reading = Reading((ReadSpan(start, start + len(quote), 1.0),), -1.0)
    return rank([(case.hits[0].passage, reading)], top_k=1)


@pytest.mark.parametrize(
    ("kinds", "lacking"),
    [
        ([], "whose best quote is right and none whose best quote is wrong and none that is ans"),
        ([(True, "Oldmere")], "whose best quote is wrong and none that is not answered"),
        ([(True, "green")], "whose best quote is right and none that is not answered"),
        ([(False, "green")], "whose best quote is right and none that is answered"),
        ([(True, "Oldmere"), (False, "green")], ""),
    ],
)
def test_a_fit_says_which_cases_it_lacks(kinds: list[tuple[bool, str]], lacking: str) -> None:
    cases = [case_of(number, answered=answered) for number, (answered, _) in enumerate(kinds)]
    rankings = [ranking_of(case, quote) for case, (_, quote) in zip(cases, kinds, strict=True)]
    if lacking:
        with pytest.raises(ValueError, match=f"Of {len(kinds)} cases .* there is none {lacking}"):
            fit(cases, rankings, ReaderSettings(), names=["mass"])
        return
    told = [case_of(number, answered=True, told="And then?") for number in range(2)]
    heard = [ranking_of(case, "Oldmere") for case in told]
    fitted = fit([*cases, *told], [*rankings, *heard], ReaderSettings(), names=["mass"])
    assert fitted.right is not None
    assert fitted.told_right is None  # of follow-ups too, some are lacking


def test_without_an_answerable_question_no_least_score_is_chosen() -> None:
    judged = [Judged(case_of(0, answered=False), 0.2, 0.8, right=False)]
    with pytest.raises(ValueError, match="None of 1 cases is answerable"):
        choose_min_score(judged, coverage=0.8)


def test_without_cases_nothing_is_fitted(
    data: Path, recipes: Path, tiny: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (recipes / "calibrate.toml").read_text("utf-8")
    config = regex.sub(r"(?m)^(sets|conversations) = .*", r"\1 = []", config)
    (tmp_path / "none.toml").write_text(config, "utf-8")
    with pytest.raises(ValueError, match=r"none\.toml gives no cases to fit to"):
        calibrated(monkeypatch, data, Path(tiny["bert"]), tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["own", "all"])
def test_a_set_is_not_taken_for_a_kind_of_case(name: str) -> None:
    judged = [
        Judged(case_of(0, answered=True, name=name), 0.9, 0.1, right=True),
        Judged(case_of(1, answered=True), 0.3, 0.7, right=False),
    ]
    found = figures_of(judged, 0.5)
    assert {group: row["cases"] for group, row in found.items()} == {
        "own": 2, f"{name} (set)": 1, "single": 1, "all": 2,
    }  # fmt: skip
    assert list(found)[-1] == "all"
