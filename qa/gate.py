"""What every call to the server passes: its caller's rate, the counters, the log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import InputError
from qa.counters import Counters
from qa.faults import BusyError, InternalError, trace_of
from qa.rates import Rate

OK = "ok"
GONE = "gone"  # the caller left before the end

logger = logging.getLogger(__name__)


class Gate:
    """Lets calls through, and notes what came of them.

    Args:
        rate: how much each caller may ask.
        counters: where calls are counted.
    """

    def __init__(self, *, rate: Rate, counters: Counters) -> None:
        self._rate = rate
        self._counters = counters

    def spare(self, caller: str) -> int:
        """How many questions may be asked on a caller's account that nobody typed.

        Half of what a caller may ask at once is left for those that are.

        Args:
            caller: the caller's address.
        """
        return self._rate.spare(caller)

    @contextmanager
    def passing(self, endpoint: str, caller: str, *, questions: int = 1) -> Iterator[None]:
        """Around the work of a call.

        Args:
            endpoint: its name.
            caller: the caller's address.
            questions: how many questions it is worth.

        Raises:
            BusyError: the caller has asked too much for now.
            InternalError: the work failed in a way that nobody foresaw.
        """
        began = time.perf_counter()
        outcome = GONE
        try:
            self._rate.take(caller, questions)
            yield
            outcome = OK
        except (InputError, BusyError) as error:
            outcome = error.code
            raise
        except Exception as error:  # noqa: BLE001 - the edge: any other may name our files
            outcome = InternalError.code
            logger.error("A call failed: %s", trace_of(error), extra={"endpoint": endpoint})  # noqa: TRY400 - a traceback may quote the question
            raise InternalError from None
        finally:
            seconds = time.perf_counter() - began
            self._counters.note(endpoint, outcome, seconds)
            logger.info(
                "call",
                extra={"endpoint": endpoint, "outcome": outcome, "seconds": round(seconds, 6)},
            )
