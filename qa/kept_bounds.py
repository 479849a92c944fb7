"""How much is kept and for how long, and the file held to that."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from index.errors import StoreError
from qa.kept_file import KeptFile

DAYS_KEPT = 90  # after the last use
SWEEP_S = 3_600  # how often what is unused for too long is looked for
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept.

    Args:
        conversations: of a visitor; one more, and the one longest unused goes.
        turns: of a conversation; one more, and its oldest goes.
        turn_chars: of all conversations of a visitor, as JSON; the longest unused go.
        articles: that a visitor brought; one more is refused.
        article_chars: of all of a visitor's; more are refused.
        file_bytes: of all visitors; beyond it nothing more is kept, since nobody may push
            out what others keep.
        days: after its last use something is forgotten.
    """

    conversations: int = 200
    turns: int = 200
    turn_chars: int = 20_000_000
    articles: int = 20
    article_chars: int = 5_000_000
    file_bytes: int = 2_000_000_000
    days: float = DAYS_KEPT


class BoundedFile(KeptFile):
    """The file as it grows within bounds, without what is unused for too long.

    Args:
        folder: where it lies; both are made if they are not there.
        bounds: how much is kept.
        clock: seconds since 1970.
        sweep: drop what is unused at once, as the server does; who only reads drops nothing.

    Raises:
        StoreError: it cannot be made or read, is damaged, or of a newer Pullquote.
    """

    def __init__(
        self, folder: Path, *, bounds: Bounds, clock: Callable[[], float], sweep: bool = True
    ) -> None:
        super().__init__(folder)
        self.bounds = bounds
        self.clock = clock
        self._swept_s = 0.0
        self._lock = Lock()
        if sweep:
            self.sweep()

    @contextmanager
    def adding(self, new_bytes: int) -> Iterator[sqlite3.Connection]:
        """A change that makes the file longer, if it may be.

        Args:
            new_bytes: by how much, about.

        Raises:
            StoreError: the file is full, or cannot be written.
        """
        self.sweep()
        with self.changing() as connection:
            pages, free, page_bytes = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
            if (pages - free) * page_bytes + new_bytes > self.bounds.file_bytes:
                raise StoreError(
                    f"The server keeps {self.bounds.file_bytes:,} bytes of conversations already.",
                    "Delete what you can; other visitors' expire after"
                    f" {self.bounds.days:g} days unused.",
                )
            yield connection

    def sweep(self) -> None:
        """Drop what is unused, if that was not done for an hour.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._lock:
            now_s = self.clock()
            if now_s - self._swept_s < SWEEP_S:
                return
            self._swept_s = now_s
        self._drop_unused()

    def _drop_unused(self) -> None:
        """Forget what was not used for as many days as the bounds say."""
        oldest_s = self.clock() - self.bounds.days * DAY_S
        with self.changing() as connection:
            connection.execute("DELETE FROM conversations WHERE updated_s < ?", (oldest_s,))
            connection.execute("DELETE FROM brought WHERE used_s < ?", (oldest_s,))
            connection.execute(
                "DELETE FROM visitors WHERE number NOT IN (SELECT visitor FROM conversations)"
                " AND number NOT IN (SELECT visitor FROM brought)"
            )
