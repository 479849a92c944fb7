"""The FAISS index of an open index made anew in a thread, while the old one is searched."""

import logging
import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread, current_thread

import faiss

from index.database import connected, faults_named
from index.errors import DamagedIndexError, PullquoteError, StoreError
from index.facts import Facts
from index.folder import database_of
from index.nearest import NearestVectors
from index.on_demand import Articles
from index.rows import was_version
from index.store import Contents, made_anew, open_articles
from index.vector_cache import CachedVectors, read_cache, write_cache
from index.writer_lock import writing

EXIT_WAIT_S = 5.0  # that the end of a process waits: most steps of a making are over by then
CORES_SHARE = 2  # of the cores one in so many makes it, so that searches have the others

logger = logging.getLogger(__name__)


class Current:
    """The contents that an open index searches, replaced as a whole by whichever thread.

    Args:
        contents: the first.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._turn = _Turn()

    def change(self, changed: Callable[[Contents], Contents | None]) -> bool:
        """Replace the contents.

        Args:
            changed: gives what takes the place of what it is given, or None if nothing does;
                asked again where another thread has replaced that meanwhile.

        Returns:
            Whether they were replaced.
        """
        while True:
            seen = self.contents
            fresh = changed(seen)
            if fresh is None:
                return False
            with self._turn.lock():
                if self.contents is seen:
                    self.contents = fresh
                    return True


class Remaking:
    """Makes FAISS indexes anew, one at a time, each in a thread that ends with the process.

    A process that was forked has none of it, and begins its own.

    Args:
        before_part: called in the thread before each part of the vectors is read.
    """

    def __init__(self, *, before_part: Callable[[], None] | None = None) -> None:
        self._before_part = before_part
        self._turn = _Turn()
        self._stopped = Event()
        self._thread: Thread | None = None

    def start_if_outgrown(self, folder: Path, current: Current) -> None:
        """Begin to make the FAISS index of a folder anew, if it has outgrown its kind.

        When it is made, what is current by then is searched with it, and the folder keeps it.
        Where that fails, a warning is logged and the old one is searched on; the next change
        begins again.

        Args:
            folder: of the saved index.
            current: what is searched.
        """
        contents = current.contents
        if not contents.vectors.has_outgrown(kind=contents.facts.kind):
            return
        with self._turn.lock():
            if self._thread is not None and self._thread.is_alive():
                return
            stopped = Event()
            thread = Thread(
                target=self._run,
                args=(folder, current, stopped, max(1, faiss.omp_get_max_threads() // CORES_SHARE)),
                name=f"making {folder}",
                daemon=True,
            )
            thread.start()
            self._stopped, self._thread = stopped, thread

    def join(self) -> None:
        """Wait until nothing is being made."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Let nothing go on being made after the step that it is at."""
        if self._thread is not None and self._thread.is_alive():
            self._stopped.set()

    def _run(self, folder: Path, current: Current, stopped: Event, cores: int) -> None:
        # FAISS should not be at work any more when its libraries are taken down.
        end = weakref.finalize(self, _end, stopped, current_thread())
        faiss.omp_set_num_threads(cores)  # of this thread alone
        try:
            self._make(folder, current, stopped)
        except _Stopped:
            pass
        except (PullquoteError, RuntimeError, MemoryError, OSError) as error:  # FAISS's too
            if not stopped.is_set():
                logger.warning(
                    "The FAISS index of %s could not be made anew; the old one is searched on: %s",
                    folder,
                    error,
                )
        finally:
            end.detach()

    def _make(self, folder: Path, current: Current, stopped: Event) -> None:
        def check() -> None:
            if stopped.is_set():
                raise _Stopped

        def before_part() -> None:
            if self._before_part is not None:
                self._before_part()
            check()

        # Read by a connection of its own: nobody waits for it, and none is forked while in use.
        facts, articles = open_articles(folder)
        made = _made_elsewhere(folder, facts, articles)
        if made is not None:
            current.change(lambda seen: _searched_with(seen, made, articles))
            return
        fresh = made_anew(facts, articles, before_part=before_part)
        check()
        if current.change(lambda seen: _searched_with(seen, fresh, articles)):
            check()
            _keep(folder, facts, fresh, current)


class _Turn:
    """A lock that a process forked while another thread held it has free."""

    def __init__(self) -> None:
        self._process, self._lock = os.getpid(), Lock()

    def lock(self) -> Lock:
        if self._process != os.getpid():
            self._process, self._lock = os.getpid(), Lock()
        return self._lock


class _Stopped(Exception):  # noqa: N818 - no error: it ends a making from inside
    pass


def _made_elsewhere(folder: Path, facts: Facts, articles: Articles) -> NearestVectors | None:
    """What the folder keeps by now, if another process has made that anew already."""
    with suppress(DamagedIndexError):
        kept = read_cache(folder)
        if kept is not None and articles.had_version(kept.version, kept.contents):
            vectors = kept.vectors.brought_up(articles.listing.passages, articles.vectors_of)
            if not vectors.has_outgrown(kind=facts.kind):
                return vectors
    return None


def _searched_with(seen: Contents, made: NearestVectors, articles: Articles) -> Contents | None:
    """Contents with a FAISS index, brought up; None where that is of a file that was replaced."""
    if not articles.had_version(seen.facts.version, seen.facts.contents):
        return None
    vectors = made.brought_up(seen.vectors.numbers, articles.vectors_of)
    return replace(seen, vectors=vectors, is_cached=False)


def _keep(folder: Path, facts: Facts, made: NearestVectors, current: Current) -> None:
    """Keep a FAISS index beside the database; where that fails, the next change does."""
    file = database_of(folder)
    with suppress(OSError, StoreError), writing(folder):
        with faults_named(file), connected(file) as connection:
            if not was_version(connection, facts.version, facts.contents):  # it was replaced
                return
        write_cache(folder, CachedVectors(facts.version, facts.contents, made))
        current.change(
            lambda seen: replace(seen, is_cached=True) if seen.vectors.held is made.held else None
        )


def _end(stopped: Event, thread: Thread) -> None:
    stopped.set()
    thread.join(EXIT_WAIT_S)
