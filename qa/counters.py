"""What a server counts of its work, as Prometheus reads it."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

# An answer takes some tenths of a second, a thousand of them minutes.
SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Counters:
    """One server's counters; they know endpoints and outcomes, never what was asked."""

    def __init__(self) -> None:
        # A registry of our own: the library's default one is shared by the whole process.
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "pullquote_requests",
            "Calls that ended, by endpoint and outcome.",
            ("endpoint", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "pullquote_request_seconds",
            "How long calls took, without their waiting in the queue.",
            ("endpoint",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "pullquote_queue_length", "Calls that wait their turn.", registry=self._registry
        )

    def note(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count a call.

        Args:
            endpoint: its name.
            outcome: ``ok``, or the error's code.
            seconds: how long it took.
        """
        self._requests.labels(endpoint, outcome).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def watch_queue(self, length: Callable[[], float]) -> None:
        """Show the queue's length, asked for whenever the counters are read."""
        self._waiting.set_function(length)

    def exposition(self) -> bytes:
        """The counters in Prometheus' text format."""
        return generate_latest(self._registry)
