"""The one file that an index is exported to: compressed lines of JSON, the last with a checksum.

The first line says what the file is, then each line holds a document, with the spans and the
vectors of its passages where they were asked for. It is written and read a document at a time.
"""

import base64
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from index.errors import InputError, SourceError
from index.limits import ReadLimits, size
from index.numbers import Vectors, are_unit
from index.records import Document
from index.rows import SPAN_TYPE, VECTOR_TYPE, spans_of, spans_to_bytes
from index.sentences import Span
from index.stored_document import fields_of
from index.storing import Prepared

FORMAT = "pullquote-documents"
FORMAT_VERSION = 1
LEVEL = 6  # of compression; more takes longer for next to nothing
FREE_BYTES = 1_000_000  # of a short file, however small it was packed
MOST = 10**9  # of a number in the first line
REMEDY = "Export it again with: pullquote index export DIR FILE"
DAMAGE = (gzip.BadGzipFile, zlib.error, EOFError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an exported file says of itself.

    Args:
        documents: how many it has.
        vectors: whether it has their passages and vectors.
        embedder: identity of the model of the index.
        dimension: how many numbers a vector has.
        budget_tokens: most tokens of a passage.
        overlap_sentences: sentences that neighbouring passages share.
    """

    documents: int
    vectors: bool
    embedder: str
    dimension: int
    budget_tokens: int
    overlap_sentences: int

    def __str__(self) -> str:
        return f"{self.documents:,} documents{' with vectors' if self.vectors else ''}"


def write_export(file: Path, head: Head, prepared: Iterable[Prepared]) -> None:
    """Write a file; it appears whole, or what was there stays.

    Args:
        file: where to.
        head: what it says of itself.
        prepared: the documents; their spans and vectors are written if the head says so.

    Raises:
        SourceError: it is a folder, or cannot be written.
    """
    try:
        if file.is_dir():
            raise SourceError(f"{file} is a folder.", "Name a file, such as shelf.jsonl.gz.")
        fresh = file.with_name(f"{file.name}.new")
        try:
            with fresh.open("wb") as stream:
                with gzip.GzipFile("", "wb", LEVEL, stream, mtime=0) as packed:
                    _write_lines(packed, head, prepared)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(file)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(
            f"{file} cannot be written ({error.strerror}).",
            "Check the folder's permissions and the free space.",
        ) from error


def _write_lines(packed: gzip.GzipFile, head: Head, prepared: Iterable[Prepared]) -> None:
    digest = hashlib.sha256()

    def write(values: Mapping[str, object]) -> None:
        line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        packed.write(line)

    told = {field.name: getattr(head, field.name) for field in fields(head)}
    write({"format": FORMAT, "format_version": FORMAT_VERSION} | told)
    for one in prepared:
        document = one.document
        values = {"id": document.id, "title": document.title, "text": document.text}
        values |= json.loads(fields_of(document))
        if head.vectors:
            values["spans"] = _packed(spans_to_bytes(one.spans))
            values["vectors"] = _packed(one.vectors.astype(VECTOR_TYPE).tobytes())
        write(values)
    write({"digest": digest.hexdigest()})


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


class ExportFile:
    """An exported file, read a document at a time.

    Args:
        file: where it is.
        limits: ``file_bytes`` for each line, ``text_chars`` for each text, and how many times
            larger than packed it may be (``archive_ratio``).

    Raises:
        SourceError: it is not there, or something else.
    """

    def __init__(self, file: Path, *, limits: ReadLimits) -> None:
        self._file = file
        self._limits = limits
        with self._opened() as stream:
            self.head = self._head(next(self._lines(stream), b""))

    def check(self) -> None:
        """Read it to its end, so that nothing is taken of a file that is damaged.

        Raises:
            SourceError: it is damaged, too large, or holds what is not a document; by its line.
        """
        ids: set[str] = set()
        for number, (document, _, _) in enumerate(self._documents(), start=2):
            if document.id in ids:
                raise self._bad(number, f"has the id {document.id!r} again")
            ids.add(document.id)

    def documents(self) -> Iterator[Document | Prepared]:
        """The documents, with their passages and vectors where the file has them.

        Raises:
            SourceError: as for ``check``.
        """
        for document, spans, vectors in self._documents():
            yield document if vectors is None else Prepared(document, spans, vectors)

    def _documents(self) -> Iterator[tuple[Document, Sequence[Span], Vectors | None]]:
        digest = hashlib.sha256()
        with self._opened() as stream:
            lines = self._lines(stream)
            digest.update(next(lines, b""))
            for number in range(2, self.head.documents + 2):
                line = next(lines, b"")
                digest.update(line)
                yield self._document(line, number)
            number = self.head.documents + 2
            if self._values(next(lines, b""), number) != {"digest": digest.hexdigest()}:
                raise self._bad(number, "is not the checksum of the file")
            if next(lines, None) is not None:
                raise self._bad(number + 1, "is one too many")

    def _opened(self) -> BinaryIO:
        try:
            return self._file.open("rb")
        except OSError as error:
            raise SourceError(
                f"{self._file} cannot be read ({error.strerror}).", "Check its name."
            ) from error

    def _lines(self, stream: BinaryIO) -> Iterator[bytes]:
        """The lines, each whole and none longer than allowed."""
        most = self._limits.file_bytes
        read = number = 0
        try:
            with gzip.GzipFile(fileobj=stream) as packed:
                while line := packed.readline(most + 1):
                    number += 1
                    read += len(line)
                    if len(line) > most:
                        raise self._bad(number, f"has more than {size(most)}")
                    if read > FREE_BYTES + self._limits.archive_ratio * stream.tell():
                        raise SourceError(
                            f"{self._file} unpacks to more than"
                            f" {self._limits.archive_ratio:g} times its size.",
                            "Look at what it is.",
                        )
                    if not line.endswith(b"\n"):
                        raise self._bad(number, "is cut off")
                    yield line
        except DAMAGE as error:
            raise SourceError(f"{self._file} is damaged, or no export.", REMEDY) from error
        except OSError as error:
            raise SourceError(
                f"{self._file} cannot be read ({error.strerror}).", "Try again."
            ) from error

    def _head(self, line: bytes) -> Head:
        values = self._values(line, 1)
        named, version = values.pop("format", None), values.pop("format_version", None)
        if named != FORMAT:
            raise SourceError(f"{self._file} is not an export of an index.", REMEDY)
        if version != FORMAT_VERSION:
            raise SourceError(
                f"{self._file} has format version {str(version)[:20]};"
                f" this Pullquote reads version {FORMAT_VERSION}.",
                REMEDY,
            )
        kinds = {field.name: field.type for field in fields(Head)}
        if values.keys() != kinds.keys() or not all(
            type(value) is kinds[name] and (type(value) is not int or 0 <= value <= MOST)
            for name, value in values.items()
        ):
            raise self._bad(1, "does not say what the file holds")
        return Head(**values)

    def _document(
        self, line: bytes, number: int
    ) -> tuple[Document, Sequence[Span], Vectors | None]:
        values = self._values(line, number)
        spans, vectors = values.pop("spans", None), values.pop("vectors", None)
        document = self._made(values, number)
        if not self.head.vectors:
            return document, (), None
        try:
            found = spans_of(base64.b64decode(spans, validate=True))
            data = base64.b64decode(vectors, validate=True)
            matrix = np.frombuffer(data, dtype=VECTOR_TYPE).reshape(len(found), self.head.dimension)
        except (ValueError, TypeError) as error:
            raise self._bad(number, "has no passages and vectors that belong together") from error
        edges = np.array(found, dtype=SPAN_TYPE).reshape(len(found), 2)
        starts, ends = edges.T
        if (
            not len(found)
            or not (starts.min() >= 0 and ends.max() <= len(document.text))
            or not ((starts < ends).all() and (np.diff(starts) > 0).all())
            or not are_unit(matrix)
        ):
            raise self._bad(number, "has passages out of its text, or vectors that are none")
        return document, found, matrix.astype(np.float32, copy=False)

    def _made(self, values: dict[str, Any], number: int) -> Document:
        pages = values.pop("page_starts", [])
        known = {field.name: field.default for field in fields(Document)}
        are_texts = values.keys() <= known.keys() and all(
            isinstance(value, str) or (value is None and known[name] is None)
            for name, value in values.items()
        )
        are_pages = isinstance(pages, list) and all(type(page) is int for page in pages)
        if not are_texts or not are_pages or not values.keys() >= {"id", "title", "text"}:
            raise self._bad(number, "is not a document")
        if len(values["text"]) > self._limits.text_chars:
            raise self._bad(
                number,
                f"has {len(values['text']):,} characters of text; an article may have"
                f" {self._limits.text_chars:,}",
            )
        try:
            return Document(**values, page_starts=tuple(pages))
        except InputError as error:
            raise self._bad(number, f"is not a document: {error.problem.rstrip('.')}") from error

    def _values(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise self._bad(number, "is not a JSON object" if line else "is missing")
        return values

    def _bad(self, number: int, problem: str) -> SourceError:
        return SourceError(f"Line {number} of {self._file} {problem}.", REMEDY)
