"""Conversations that outlive a page and a server: kept by visitor, found again, forgotten."""

import time
from collections.abc import Callable
from pathlib import Path

from qa.kept_articles import BroughtArticles
from qa.kept_bounds import BoundedFile, Bounds
from qa.kept_conversations import Conversations
from qa.kept_feedback import KeptFeedback
from qa.kept_visitors import digest_of


class Kept:
    """Keeps visitors' conversations and articles in one file; safe between threads and processes.

    A visitor is the secret that ``kept_folder.new_visitor`` made. The file has its digest
    alone, and nothing is found without it.

    Args:
        folder: where the file lies; both are made if they are not there.
        bounds: how much is kept.
        clock: seconds since 1970.
        sweep: drop what is unused for too long at once; who only reads drops nothing.

    Raises:
        StoreError: the file cannot be made or read, is damaged, or of a newer Pullquote.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.time,
        sweep: bool = True,
    ) -> None:
        self.folder = folder
        self.bounds = bounds or Bounds()
        self._file = BoundedFile(folder, bounds=self.bounds, clock=clock, sweep=sweep)
        self.conversations = Conversations(self._file)
        self.articles = BroughtArticles(self._file)
        self.feedback = KeptFeedback(self._file)

    def forget(self, visitor: str) -> None:
        """Forget all of a visitor: conversations, articles, feedback.

        Raises:
            StoreError: that cannot be deleted.
        """
        with self._file.changing() as connection:
            connection.execute("DELETE FROM visitors WHERE digest = ?", (digest_of(visitor),))

    def __str__(self) -> str:
        return f"Conversations kept in {self.folder}"


def kept_in(folder: Path | None) -> Kept | None:
    """What keeps conversations in a folder; None where there is no folder for them.

    Raises:
        StoreError: nothing can be kept in the folder.
    """
    return Kept(folder) if folder is not None else None
