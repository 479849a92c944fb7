"""Answers that were given, kept for whoever asks the same again."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from qa.records import Answer

ANSWERS_KEPT = 1_000  # some ten kilobytes each


class RememberedAnswers:
    """The last answers, by all that they depend on; safe to share between threads.

    Args:
        most: how many are kept; the one that was longest not asked for goes first.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> Answer | None:
        """The answer that was kept for a key, if it still is."""
        with self._lock:
            if key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key]

    def keep(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, and let go of one if there are too many."""
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
