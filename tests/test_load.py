"""The load script itself: a few visitors, for some seconds."""

import asyncio
import json
import socket

import load
import load_client
import load_visitors
import pytest
from load_client import Shown, Tally

from qa.dialogue import TURNS_KEPT

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
    fault = load_visitors.fault_of(given, TEXT, SECRET)
    assert fault is None if said is None else said in fault


def test_a_name_of_another_is_found_wherever_it_is():
    names = load_visitors.Names(2)
    mine, other = names.new(0), names.new(1)
    told = json.dumps({"text": f"Ada {mine}", "passage": {"text": f"by Ada {other}."}})
    assert names.others_in(told, {mine}) == {other}
    assert names.others_in(f"Ada {mine} and Ada Nobody", {mine}) == set()


def test_there_is_always_another_name(monkeypatch):
    monkeypatch.setattr(load_visitors, "NAME_SYLLABLES", 2)
    names = load_visitors.Names(2)
    given = [names.new(number % 2) for number in range(500)]  # of two syllables there are 36
    assert len(set(given)) == 500
    again = load_visitors.Names(2)  # in another order
    assert [[again.new(one) for _ in range(250)] for one in (1, 0)] == [given[1::2], given[::2]]
    assert all(names.others_in(f"by {name}.", ()) == {name} for name in given)


@pytest.mark.parametrize(
    ("kept", "doubtful", "right"),
    [
        (["a", "b"], None, True),
        (["a", "b"], "c", True),
        (["a", "b", "c"], "c", True),
        (["a", "b", "c"], None, False),
        (["b", "a"], None, False),
        (["a"], "b", False),
        (["a", "c", "b"], "c", False),
        ([], None, False),
    ],
)
def test_a_talk_is_kept_as_it_was_seen(kept, doubtful, right):
    assert (load_visitors.talk_fault(kept, ["a", "b"], doubtful) is None) is right


@pytest.mark.parametrize(("forgotten", "right"), [(20, True), (19, False), (21, False), (0, False)])
def test_the_end_of_a_long_talk_is_kept(forgotten, right):
    seen = [str(turn) for turn in range(TURNS_KEPT + 20)]
    assert (load_visitors.talk_fault(seen[forgotten:], seen, None) is None) is right


def came_back(library, brought):
    """The faults that a visitor with articles finds in a library."""
    tally, names = Tally(), load_visitors.Names(1)
    names.given |= {SECRET, "Lomura"}
    visitor = load_visitors.Visitor(None, None, tally, names, 0, brought=brought)
    shown = Shown({}, library, "", "")
    load_visitors.alone(visitor, shown)
    load_visitors.held_library(visitor, shown)
    return tally.faults


def test_what_is_lost_is_missed_and_what_is_anothers_is_seen():
    def mine():
        return [load_visitors.Brought(SECRET, TEXT, asked=["who?"])]

    title, talk = f"The village of {SECRET}", '<button data-act="recall" data-id="7">who?</button>'
    assert came_back(f"<li>{title}</li>{talk}", mine()) == []
    assert came_back(talk, mine()) == [f"the article of {SECRET} is lost"]
    assert came_back(title, mine()) == ["visitor 0 has 0 conversations, not 1 to 1"]
    assert came_back(title + talk + talk, mine()) == ["visitor 0 has 2 conversations, not 1 to 1"]
    assert came_back(f"{title} Lomura {talk}", mine()) == ["visitor 0 sees ['Lomura']"]


@pytest.mark.parametrize(("remedy", "seconds"), [("Try again in 7 s.", 7), ("In a minute.", 60)])
def test_a_busy_server_is_asked_again_when_it_says(remedy, seconds):
    assert load_client.wait_s(remedy) == seconds


def test_growth_is_told_from_a_full_cache():
    rising = [(at, 100 + at / 6) for at in range(0, 600, 10)]
    assert load.memory_of(rising)["memory_slope_mb_per_minute"] == pytest.approx(10)
    filled = [(at, min(400, 100 + 10 * at)) for at in range(0, 600, 10)]
    assert load.memory_of(filled)["memory_slope_mb_per_minute"] == pytest.approx(0, abs=0.01)
    assert load.memory_of(rising)["memory_mb_by_minute"][:2] == [104, 114]


def test_growth_is_that_of_the_server_that_was_started_last():
    killed = [(at, (100 if at < 300 else 0) + at / 6) for at in range(0, 600, 10)]
    slope = load.memory_of(killed, since_s=300)["memory_slope_mb_per_minute"]
    assert slope == pytest.approx(10)


def test_a_call_that_gets_nothing_ends(monkeypatch):
    async def asked(url):
        async with load.client_of(url) as client:
            await load_client.call(client, "documents", {}, Tally())

    monkeypatch.setattr(load_client, "CALL_S", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,  # takes calls, and says nothing
        pytest.raises(TimeoutError),
    ):
        asyncio.run(asked(f"http://127.0.0.1:{silent.getsockname()[1]}"))


def test_a_few_visitors_and_a_server_that_is_killed(tmp_path):
    output = tmp_path / "load.json"
    code = load.main(["--users", "3", "--minutes", "0.2", "--kill", "--output", str(output)])
    report = json.loads(output.read_text("utf-8"))["killed"]
    assert (code, report["faults"], report["killed"]) == (0, [], True)
    calls, found = report["calls"], report["found_again"]
    assert report["questions"] == calls["ask"] + calls["page: ask"] > 3
    assert calls["remove_document"] > 0
    assert found["articles"] >= calls["page: paste"] >= 3
    assert found["turns"] >= calls["page: ask"] >= 3
    assert 0 < report["p50_ms"] <= report["p95_ms"]
    assert 50 < report["memory_first_mb"] < 5_000
