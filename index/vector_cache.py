"""The FAISS index of a saved index, kept beside it so that opening is fast.

Nothing is lost with it: it is made again from the vectors in the database.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.errors import DamagedIndexError
from index.nearest import Making, NearestVectors

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
    numbers = cached.vectors.numbers.tobytes()
    held = cached.vectors.to_bytes()
    head = {
        "version": cached.version,
        "contents": cached.contents,
        "count": len(cached.vectors.numbers),
        "making": asdict(cached.vectors.making),
    }
    text = json.dumps(head, sort_keys=True)
    digest = hashlib.sha256(text.encode() + numbers)
    digest.update(held)
    fresh = folder / f"{FILE}.new"
    try:
        with fresh.open("wb") as stream:  # not forced to the disk: a torn file is noticed
            stream.write(f"{digest.hexdigest()} {text}\n".encode())
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
    file = folder / FILE
    try:
        with file.open("rb") as stream:
            first = stream.readline()
            rest = memoryview(stream.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedIndexError(f"{file} cannot be read ({error.strerror}).", DELETE) from error
    wanted, _, text = first.partition(b" ")
    digest = hashlib.sha256(text.rstrip(b"\n"))
    digest.update(rest)
    if not first.endswith(b"\n") or digest.hexdigest().encode() != wanted:
        raise DamagedIndexError(f"{file} is damaged.", DELETE)
    try:
        return _parsed(json.loads(text), rest)
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        # Its checksum is right: whoever altered it renewed that too.
        raise DamagedIndexError(f"{file} is damaged.", DELETE) from error


def _parsed(head: Mapping[str, object], rest: memoryview) -> CachedVectors:
    size = int(str(head["count"])) * np.dtype(np.int64).itemsize
    made = head["making"]
    if not isinstance(made, dict):
        raise TypeError("making")
    vectors = NearestVectors.from_bytes(
        rest[size:],
        numbers=np.frombuffer(rest[:size], dtype=np.int64),
        making=Making(**made),
    )
    return CachedVectors(int(str(head["version"])), str(head["contents"]), vectors)
