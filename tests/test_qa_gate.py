"""Every call is counted and logged, and no error tells what it must not."""

import json
import logging
import traceback

import pytest
from prometheus_client.parser import text_string_to_metric_families

from index.errors import InputError, ModelError
from qa.counters import Counters
from qa.faults import BusyError, InternalError, trace_of
from qa.gate import Gate
from qa.logs import JsonLines
from qa.rates import Rate

SECRET = "what does my doctor say?"


def samples(counters: Counters) -> dict[tuple[str, ...], float]:
    """The counters as a Prometheus server reads them: values by name and labels."""
    text = counters.exposition().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_outcome_is_counted_and_logged(caplog):
    caplog.set_level(logging.INFO, logger="qa")
    counters = Counters()
    gate = Gate(rate=Rate(per_minute=1, burst=3), counters=counters)
    with gate.passing("ask", "a"):
        pass
    with pytest.raises(InputError, match="wrong"), gate.passing("ask", "a"):
        raise InputError("It is wrong.", "Mend it.")
    with pytest.raises(BusyError), gate.passing("ask", "a", questions=2):
        pytest.fail("a refused call must not run")
    with pytest.raises(InternalError), gate.passing("search", "a"):
        raise ValueError(SECRET)
    with pytest.raises(GeneratorExit), gate.passing("search", "b"):
        raise GeneratorExit
    found = samples(counters)
    name = "pullquote_requests_total"
    assert {key: value for key, value in found.items() if key[0] == name} == {
        (name, "ask", "ok"): 1,
        (name, "ask", "input"): 1,
        (name, "ask", "busy"): 1,
        (name, "search", "internal"): 1,
        (name, "search", "gone"): 1,
    }
    assert found["pullquote_request_seconds_count", "ask"] == 3
    calls = [record for record in caplog.records if record.message == "call"]
    outcomes = [(record.endpoint, record.outcome) for record in calls]
    assert outcomes == [
        ("ask", "ok"),
        ("ask", "input"),
        ("ask", "busy"),
        ("search", "internal"),
        ("search", "gone"),
    ]


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), KeyError(SECRET), ModelError("/srv/model is gone.", "Fetch it.")]
)
def test_an_unforeseen_error_tells_nothing_of_the_question_or_the_server(caplog, error):
    caplog.set_level(logging.INFO, logger="qa")
    gate = Gate(rate=Rate(), counters=Counters())
    with pytest.raises(InternalError) as raised, gate.passing("ask", "a"):
        raise error
    assert raised.value.to_dict() == {
        "code": "internal",
        "message": "The server could not do this.",
        "remedy": "Try again, or tell whoever runs the server.",
    }
    shown = "".join(traceback.format_exception(raised.value))
    lines = [JsonLines().format(record) for record in caplog.records]
    for text in (shown, *lines):
        assert SECRET not in text
        assert "/srv/model" not in text
    failed, call = map(json.loads, lines)
    assert failed["level"] == "error"
    assert type(error).__name__ in failed["message"]
    assert "test_qa_gate.py:" in failed["message"]
    assert (call["endpoint"], call["outcome"]) == ("ask", "internal")
    assert call["seconds"] >= 0


def test_counters_of_two_servers_are_apart():
    one, other = Counters(), Counters()
    one.note("ask", "ok", 0.5)
    one.watch_queue(lambda: 7)
    assert samples(one)["pullquote_queue_length",] == 7
    assert samples(one)["pullquote_request_seconds_sum", "ask"] == 0.5
    assert ("pullquote_requests_total", "ask", "ok") not in samples(other)


def test_a_trace_names_places_but_no_folders():
    try:
        json.loads("{")
    except ValueError as error:
        trace = trace_of(error)
    assert trace.startswith("JSONDecodeError in decoder.py:")
    assert "/" not in trace
