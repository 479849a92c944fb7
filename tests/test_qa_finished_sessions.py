"""What Gradio's queue keeps of sessions is dropped once all was delivered, and no sooner."""

from types import SimpleNamespace

from gradio.utils import LRUCache
from hypothesis import given
from hypothesis import strategies as st
from strategies import many

from qa.finished_sessions import LEFT_ALONE, FinishedSessions

FEW = 3  # left alone where lists are drawn, which are hardly ever as long as a hundred


def queue_of(most=2_000):
    return SimpleNamespace(
        pending_event_ids_session={}, pending_messages_per_session=LRUCache(most)
    )


def call(queue, finished, name, *, delivered=True):
    """A call as Gradio notes it, done and delivered."""
    queue.pending_messages_per_session.setdefault(name, object())
    ids = queue.pending_event_ids_session.setdefault(name, set())
    ids.add(f"event of {name}")
    finished.note(name)
    if delivered:
        ids.clear()


def test_what_was_delivered_is_dropped_but_the_last():
    queue = queue_of()
    finished = FinishedSessions(queue)
    for number in range(3 * LEFT_ALONE):
        call(queue, finished, number)
    last = list(range(2 * LEFT_ALONE, 3 * LEFT_ALONE))
    assert list(queue.pending_event_ids_session) == last
    assert list(queue.pending_messages_per_session) == last


def test_a_page_that_goes_on_is_left_alone():
    queue = queue_of()
    finished = FinishedSessions(queue)
    for number in range(3 * LEFT_ALONE):
        call(queue, finished, "page")
        call(queue, finished, number)
    assert "page" in queue.pending_messages_per_session


@many
@given(st.lists(st.booleans(), max_size=5 * FEW))
def test_what_waits_to_be_fetched_is_kept_as_long_as_gradio_keeps_it(monkeypatch, fetched):
    monkeypatch.setattr("qa.finished_sessions.LEFT_ALONE", FEW)
    queue = queue_of(most=2 * FEW)
    finished = FinishedSessions(queue)
    for number, delivered in enumerate(fetched):
        call(queue, finished, number, delivered=delivered)
        if len(fetched) <= 2 * FEW:
            waiting = [n for n, done in enumerate(fetched[: number + 1]) if not done]
            assert all(queue.pending_event_ids_session[n] for n in waiting)
            assert all(n in queue.pending_messages_per_session for n in waiting)
    # What nobody ever fetches does not add up either.
    assert len(queue.pending_event_ids_session) <= 2 * FEW + 1
