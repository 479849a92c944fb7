"""What lies in the folder of a saved index, and whether one is there."""

from pathlib import Path

from index.database import FILE, REBUILD
from index.errors import StoreError
from index.facts import another_version
from index.vector_cache import FILE as CACHE
from index.writer_lock import HOLDER, LOCK

FRESH = f"{FILE}.new"  # a database that is being made
PARTIAL = "reembedding"  # a folder with the index that another model makes
JOURNALS = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a database
FIRST_FORMAT = ("manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss")


def is_stored_index(folder: Path) -> bool:
    """Whether a folder looks like a saved index, of whichever format."""
    return (folder / FILE).is_file() or _is_of_first_format(folder)


def database_of(folder: Path) -> Path:
    """The database of a saved index.

    Raises:
        StoreError: there is none.
        IncompatibleIndexError: it is of the first format, which had no database.
    """
    file = folder / FILE
    if file.is_file():
        return file
    if _is_of_first_format(folder):
        raise another_version(folder, 1)
    raise StoreError(f"There is no index in {folder}.", REBUILD)


def _is_of_first_format(folder: Path) -> bool:
    """All of its files are there: a web site, too, may have a ``manifest.json``."""
    return all((folder / name).is_file() for name in FIRST_FORMAT)


def is_free(folder: Path) -> bool:
    """Whether a folder is empty, but for what an index that was not finished left."""
    ours = {LOCK, HOLDER, FRESH, CACHE, *(FRESH + ending for ending in JOURNALS)}
    return all(file.name in ours for file in folder.iterdir())
