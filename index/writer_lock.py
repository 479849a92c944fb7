"""Who may write a saved index: one process at a time, and the others learn which."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import StoreError

LOCK = "write.lock"
# Not in the lock's own file, which whoever waits for it empties.
HOLDER = "writer.json"
WAIT_S = 10.0  # longer than one article takes to be added


@contextmanager
def writing(folder: Path, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Be the only writer of a folder inside the block.

    The lock goes with the process that holds it, however that ends.

    Args:
        folder: of the index; it must exist.
        wait_s: seconds to wait for another writer.

    Raises:
        StoreError: another still writes, or the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise StoreError(
            f"{folder} is being written by {_holder(folder)}; waited {wait_s:g} s for it.",
            "Try again when it is done.",
        ) from None
    except OSError as error:
        raise StoreError.cannot_write(folder, error.strerror) from error
    try:
        with suppress(OSError):  # only for the others to read
            (folder / HOLDER).write_text(
                json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n", "utf-8"
            )
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER).read_text("utf-8"))
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
