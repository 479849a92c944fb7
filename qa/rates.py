"""How much a visitor may ask in a while: a bucket of questions for each, filled steadily."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.errors import InputError
from qa.faults import BusyError

QUESTIONS_PER_MINUTE = 120  # what an ordinary computer answers, so that one visitor may use it all
BURST_QUESTIONS = 60  # at once, after a pause
CHARS_PER_QUESTION = 10_000  # of an article: as much as the passages that one question reads
# The longest unseen are forgotten, even if they still owe something: it takes as many addresses.
CALLERS_REMEMBERED = 10_000


def worth_of(text: str, *, questions: int = 1) -> int:
    """How many questions a call is worth.

    An article is worth no more than empties a bucket: whoever has waited for it to be embedded
    may ask about it.

    Args:
        text: an article that comes with it and must be embedded.
        questions: how many it asks.
    """
    return questions + min(len(text) // CHARS_PER_QUESTION, BURST_QUESTIONS - 1)


@dataclass(slots=True)
class _Bucket:
    """What a caller may still ask.

    Args:
        questions: how many, when last seen; below none while a long list is paid off.
        seen_s: when that was, on the rate's clock.
    """

    questions: float
    seen_s: float


# Our own, since the library for it, limits, counts in windows and by the clock on the wall.
class Rate:
    """A token bucket for each caller, whose tokens are questions.

    Args:
        per_minute: questions that flow into a bucket in a minute.
        burst: questions that a bucket holds.
        clock: seconds that only go forward.

    Raises:
        InputError: per_minute or burst is below 1.
    """

    def __init__(
        self,
        *,
        per_minute: int = QUESTIONS_PER_MINUTE,
        burst: int = BURST_QUESTIONS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if per_minute < 1 or burst < 1:
            raise InputError(
                f"The rate is {per_minute} questions a minute, {burst} at once.",
                "Allow 1 or more of both.",
            )
        self._per_second = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def spare(self, caller: str) -> int:
        """How many questions a caller's bucket holds beyond its half; nothing is taken.

        Args:
            caller: the caller's address.
        """
        with self._lock:
            bucket = self._buckets.get(caller)
            if bucket is None:
                held: float = self._burst
            else:
                held = bucket.questions + (self._clock() - bucket.seen_s) * self._per_second
            return max(math.floor(min(self._burst, held) - self._burst / 2), 0)

    def take(self, caller: str, questions: int = 1) -> None:
        """Take questions from a caller's bucket.

        More than a bucket holds needs a full one, so that a long list can be asked at all, and
        is owed: nothing more is granted until as much has flowed in.

        Args:
            caller: the caller's address.
            questions: how many.

        Raises:
            BusyError: there are not so many in it; nothing was taken.
        """
        needed = min(questions, self._burst)
        with self._lock:
            now_s = self._clock()
            bucket = self._buckets.pop(caller, None) or _Bucket(self._burst, now_s)
            held = bucket.questions + (now_s - bucket.seen_s) * self._per_second
            held = min(self._burst, held)
            enough = held >= needed
            self._buckets[caller] = _Bucket(held - questions if enough else held, now_s)
            while len(self._buckets) > CALLERS_REMEMBERED:
                self._buckets.popitem(last=False)
        if not enough:
            raise BusyError(math.ceil((needed - held) / self._per_second))
