"""Who is logged in, and until when."""

import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass

from index.errors import InputError

LOGIN_DAYS = 30  # after its last use
DAY_S = 86_400
SERVER = "(the server)"  # itself, by its MCP tools; no name can have blanks in it


@dataclass(slots=True)
class _Held:
    """A login.

    Args:
        name: whose.
        mark: what the account had, which is another once its password is.
        used_s: when it was last used, on the clock of all.
    """

    name: str
    mark: object
    used_s: float


class Logins(MutableMapping[str, str]):
    """Names by token, in Gradio's place for them.

    A login that was not used for a while is none, nor is one whose account has another password
    by now, or is gone. They are in memory alone: after a restart everyone logs in again.

    Args:
        mark_of: gives what changes with a name's password, or None for a name that is none.
        days: after its last use, when a login ends.
        clock: seconds that only go forward.

    Raises:
        InputError: days is not above 0.
    """

    def __init__(
        self,
        mark_of: Callable[[str], object],
        *,
        days: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not days > 0:
            raise InputError(f"A login would end after {days} days.", "Give more than 0.")
        self._mark_of = mark_of
        self._longest_s = days * DAY_S
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()  # Gradio looks from several threads

    def __getitem__(self, token: str) -> str:
        with self._lock:
            held = self._held[token]
            if not self._lasts(held):
                del self._held[token]
                raise KeyError(token)
            return held.name

    def __setitem__(self, token: str, name: str) -> None:
        with self._lock:
            self._drop()
            self._held[token] = _Held(name, self._mark_of(name), self._clock())

    def __delitem__(self, token: str) -> None:
        with self._lock:
            del self._held[token]

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            self._drop()
            return iter([*self._held])

    def __len__(self) -> int:
        with self._lock:
            self._drop()
            return len(self._held)

    def use(self, token: str | None) -> bool:
        """Whether a token is that of a login, which is thereby used."""
        if token is None or token not in self:
            return False
        with self._lock:
            if token in self._held:
                self._held[token].used_s = self._clock()
        return True

    def _drop(self) -> None:
        self._held = {token: held for token, held in self._held.items() if self._lasts(held)}

    def _lasts(self, held: _Held) -> bool:
        if held.name == SERVER:
            return True
        mark = self._mark_of(held.name)
        unused_s = self._clock() - held.used_s
        return mark is not None and mark == held.mark and unused_s <= self._longest_s
