"""The load script itself: a few visitors, for some seconds."""

import json

import load
import pytest

SECRET, TEXT = "Kidera", "The bridge was painted by Ada Kidera."


def answer(quote, **changed):
    start = TEXT.index(quote)
    return {"text": quote, "start": start, "end": start + len(quote), **changed}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer("Ada Kidera"), None),
        ({"text": None}, None),
        (answer("The bridge"), "is 'The bridge'"),
        (answer("Ada Kidera", start=0), "not at its place"),
        (answer("Ada Kidera", text="Ada Lomura"), "not at its place"),
    ],
)
def test_an_answer_is_held_to_the_visitors_own_article(given, said):
    fault = load.fault_of(given, TEXT, SECRET)
    assert fault is None if said is None else said in fault


def test_a_name_of_another_is_found_wherever_it_is():
    names = load.Names()
    mine, other = names.new(), names.new()
    told = json.dumps({"text": f"Ada {mine}", "passage": {"text": f"by Ada {other}."}})
    assert names.others_in(told, mine) == {other}
    assert names.others_in(f"Ada {mine} and Ada Nobody", mine) == set()


@pytest.mark.parametrize(("remedy", "seconds"), [("Try again in 7 s.", 7), ("In a minute.", 60)])
def test_a_busy_server_is_asked_again_when_it_says(remedy, seconds):
    assert load.wait_s(remedy) == seconds


def test_growth_is_told_from_a_full_cache():
    rising = [(at, 100 + at / 6) for at in range(0, 600, 10)]
    assert load.memory_of(rising)["memory_slope_mb_per_minute"] == pytest.approx(10)
    filled = [(at, min(400, 100 + 10 * at)) for at in range(0, 600, 10)]
    assert load.memory_of(filled)["memory_slope_mb_per_minute"] == pytest.approx(0, abs=0.01)


def test_a_few_visitors_and_a_server_that_is_killed(tmp_path):
    output = tmp_path / "load.json"
    code = load.main(["--users", "3", "--minutes", "0.2", "--kill", "--output", str(output)])
    report = json.loads(output.read_text("utf-8"))
    assert (code, report["faults"], report["killed"]) == (0, [], True)
    assert report["questions"] == report["calls"]["ask"] > 3
    assert report["calls"]["remove_document"] > 0
    assert 0 < report["p50_ms"] <= report["p95_ms"]
    assert 50 < report["memory_first_mb"] < 5_000
