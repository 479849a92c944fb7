"""Write a passage index to a folder and read it back, trusting nothing in between.

The folder holds a manifest (format version, embedder, a SHA-256 of every other file and
one of itself), the documents and passages as JSON lines, and the FAISS index.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss

from index.errors import DamagedIndexError, IncompatibleIndexError, StoreError
from index.records import Document, Passage

FORMAT = "pullquote-index"
FORMAT_VERSION = 2
READ_VERSIONS = (1, FORMAT_VERSION)  # version 1 lacked only what may be missing
MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"
VECTORS = "vectors.faiss"
REBUILD = "Build it again with: pullquote index build SOURCE --output DIR"


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """What a saved index holds.

    Args:
        embedder: identity of the model that made the vectors.
        documents: the articles.
        passages: their passages, in the order of the vectors.
        vectors: FAISS inner-product index over one normalised float32 vector a passage.
    """

    embedder: str
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    vectors: faiss.Index


def is_stored_index(folder: Path) -> bool:
    """Whether a folder looks like a saved index."""
    return (folder / MANIFEST).is_file()


def write(folder: Path, stored: StoredIndex) -> None:
    """Save an index as a folder: the new one appears whole, or the old one stays.

    Args:
        folder: where to; an index that is there is replaced.
        stored: what to write.

    Raises:
        StoreError: the folder holds something else, or cannot be written.
    """
    try:
        if folder.exists() and not is_stored_index(folder) and any(folder.iterdir()):
            raise StoreError(
                f"{folder} exists and is not an index.", "Name a new or an empty folder."
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pullquote-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            _write_files(fresh, stored)
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            fresh.rename(folder)
    except OSError as error:
        raise StoreError(
            f"The index cannot be written to {folder} ({error.strerror}).",
            "Check the folder's permissions and the free space.",
        ) from error


def read(folder: Path) -> StoredIndex:
    """Open a saved index.

    Args:
        folder: a folder that ``write`` made.

    Raises:
        StoreError: there is no index.
        DamagedIndexError: a file is missing, torn or altered.
        IncompatibleIndexError: it has another format version.
    """
    manifest = _read_manifest(folder)
    for name, expected in manifest["files"].items():
        if _sha256(folder / name) != expected:
            raise DamagedIndexError(f"{folder / name} is damaged.", REBUILD)
    try:
        documents = {
            row["id"]: Document(**row | {"page_starts": tuple(row.get("page_starts", ()))})
            for row in _json_lines((folder / DOCUMENTS).read_text("utf-8"))
        }
        passages = tuple(
            Passage(documents[row["document"]], row["start"], row["end"])
            for row in _json_lines((folder / PASSAGES).read_text("utf-8"))
        )
        vectors = faiss.read_index(str(folder / VECTORS))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        # Their checksums are right: whoever altered them renewed the manifest too.
        raise DamagedIndexError(f"The files of {folder} are no index.", REBUILD) from error
    if vectors.ntotal != len(passages):
        raise DamagedIndexError(
            f"{folder} has {len(passages)} passages but {vectors.ntotal} vectors.", REBUILD
        )
    return StoredIndex(manifest["embedder"], tuple(documents.values()), passages, vectors)


def _write_files(folder: Path, stored: StoredIndex) -> None:
    _dump_lines(folder / DOCUMENTS, map(asdict, stored.documents))
    _dump_lines(
        folder / PASSAGES,
        (
            {"document": passage.document.id, "start": passage.start, "end": passage.end}
            for passage in stored.passages
        ),
    )
    # Not faiss.write_index: it does not raise when the last of the file cannot be written.
    (folder / VECTORS).write_bytes(faiss.serialize_index(stored.vectors).tobytes())
    manifest = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "embedder": stored.embedder,
        "files": {name: _sha256(folder / name) for name in (DOCUMENTS, PASSAGES, VECTORS)},
    }
    manifest["checksum"] = _checksum(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _read_manifest(folder: Path) -> dict[str, Any]:
    if not is_stored_index(folder):
        raise StoreError(f"There is no index in {folder}.", REBUILD)
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        checksum = manifest.pop("checksum")
        if manifest["format"] != FORMAT:
            raise IncompatibleIndexError(f"{folder} is not an index of Pullquote.", REBUILD)
        if manifest["version"] not in READ_VERSIONS:
            raise IncompatibleIndexError(
                f"{folder} has format version {manifest['version']};"
                f" this Pullquote reads version {' and '.join(map(str, READ_VERSIONS))}.",
                REBUILD,
            )
        intact = (
            checksum == _checksum(manifest)
            and isinstance(manifest["embedder"], str)
            and manifest["files"].keys() == {DOCUMENTS, PASSAGES, VECTORS}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedIndexError(f"{folder / MANIFEST} is damaged.", REBUILD) from error
    if not intact:
        raise DamagedIndexError(f"{folder / MANIFEST} is damaged.", REBUILD)
    return dict(manifest)


def _checksum(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DamagedIndexError(f"{file} cannot be read ({error.strerror}).", REBUILD) from error


def _dump_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text(lines, "utf-8", newline="\n")


def _json_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line]
