"""The FAISS index of a saved index, kept beside it so that opening is fast.

Nothing is lost with it: it is made again from the vectors in the database.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np

from index.errors import DamagedIndexError
from index.nearest import NearestVectors
from index.vector_making import Making

FILE = "vectors.cache"
DELETE = "Delete it, or run: pullquote index repair DIR. It is made again."


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """A FAISS index that was kept.

    Args:
        version: of the saved index it belongs to.
        contents: checksum of that version.
        vectors: the FAISS index.
    """

    version: int
    contents: str
    vectors: NearestVectors


def write_cache(folder: Path, cached: CachedVectors) -> None:
    """Keep a FAISS index; the file appears whole or not at all.

    Args:
        folder: of the saved index.
        cached: what to keep.

    Raises:
        OSError: the file cannot be written.
    """
    numbers = cached.vectors.held.tobytes()
    held = cached.vectors.to_bytes()
    digest = hashlib.sha256(numbers)
    digest.update(held)
    head = {
        "version": cached.version,
        "contents": cached.contents,
        "count": len(cached.vectors.held),
        "making": asdict(cached.vectors.making),
        "digest": digest.hexdigest(),
    }
    text = json.dumps(head, sort_keys=True).encode()
    fresh = folder / f"{FILE}.new"
    try:
        with fresh.open("wb") as stream:  # not forced to the disk: a torn file is noticed
            stream.write(hashlib.sha256(text).hexdigest().encode() + b" " + text + b"\n")
            stream.write(numbers)
            stream.write(held)
        fresh.replace(folder / FILE)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def read_cache(folder: Path) -> CachedVectors | None:
    """The FAISS index that was kept, or None if there is none.

    Args:
        folder: of the saved index.

    Raises:
        DamagedIndexError: the file is torn or altered.
    """
    with _stream(folder) as stream:
        if stream is None:
            return None
        line = stream.readline()
        head = _head(line, folder / FILE)
        try:
            # Mapped, not read: it is large, and copied once only.
            mapped = mmap(stream.fileno(), 0, access=ACCESS_READ)
            return _parsed(head, memoryview(mapped)[len(line) :])
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise DamagedIndexError(f"{folder / FILE} is damaged.", DELETE) from error


def read_making(folder: Path) -> tuple[int, str, Making] | None:
    """Version and checksum that the kept FAISS index belongs to, and how it was made.

    Args:
        folder: of the saved index.

    Raises:
        DamagedIndexError: what the file says of itself is torn or altered.
    """
    with _stream(folder) as stream:
        if stream is None:
            return None
        head = _head(stream.readline(), folder / FILE)
        try:
            return int(str(head["version"])), str(head["contents"]), _making(head)
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedIndexError(f"{folder / FILE} is damaged.", DELETE) from error


@contextmanager
def _stream(folder: Path) -> Iterator[BinaryIO | None]:
    file = folder / FILE
    try:
        with file.open("rb") as stream:
            yield stream
    except FileNotFoundError:
        yield None
    except OSError as error:
        raise DamagedIndexError(f"{file} cannot be read ({error.strerror}).", DELETE) from error


def _head(line: bytes, file: Path) -> Mapping[str, object]:
    wanted, _, text = line.partition(b" ")
    whole = hashlib.sha256(text.rstrip(b"\n")).hexdigest().encode() == wanted
    if not whole or not line.endswith(b"\n"):
        raise DamagedIndexError(f"{file} is damaged.", DELETE)
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:  # whoever altered it renewed its checksum
        raise DamagedIndexError(f"{file} is damaged.", DELETE) from error


def _parsed(head: Mapping[str, object], rest: memoryview) -> CachedVectors:
    if hashlib.sha256(rest).hexdigest() != head["digest"]:
        raise ValueError("digest")
    size = int(str(head["count"])) * np.dtype(np.int64).itemsize
    vectors = NearestVectors.from_bytes(
        rest[size:],
        numbers=np.frombuffer(rest[:size], dtype=np.int64).copy(),
        making=_making(head),
    )
    return CachedVectors(int(str(head["version"])), str(head["contents"]), vectors)


def _making(head: Mapping[str, object]) -> Making:
    made = head["making"]
    if not isinstance(made, dict):
        raise TypeError("making")
    return Making(**made)
