"""A document as it is stored: its fields as JSON, and the checksums of its parts."""

import hashlib
import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from index.database import damaged
from index.errors import InputError
from index.records import Document

VECTOR_DIGEST_BYTES = 16  # of a SHA-256: enough to notice, and there are many


def content_digest(id: str, title: str, text: str, fields_json: str) -> bytes:
    """The checksum of a document, given what is stored of it: of all that it says."""
    digest = hashlib.sha256()
    for part in (id, title, text, fields_json):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def digest_of(document: Document) -> bytes:
    """The checksum of a document: of all that it says."""
    return content_digest(document.id, document.title, document.text, fields_of(document))


def spans_digest(spans: bytes) -> bytes:
    """The checksum of the spans of a document's passages."""
    return hashlib.sha256(spans).digest()


def vector_digest(vector: bytes) -> bytes:
    """The checksum of a vector."""
    return hashlib.sha256(vector).digest()[:VECTOR_DIGEST_BYTES]


def fields_of(document: Document) -> str:
    """Whatever else a document has than id, title and text, as JSON.

    What is at its default is left out, so that a field that is added later changes no checksum.

    Raises:
        InputError: a field holds something that JSON does not know.
    """
    others = {
        field.name: getattr(document, field.name)
        for field in fields(document)
        if field.name not in ("id", "title", "text")
        and (field.default is MISSING or getattr(document, field.name) != field.default)
    }
    try:
        return json.dumps(others, ensure_ascii=False, sort_keys=True)
    except TypeError as error:
        raise InputError(
            f"The document {document.id} cannot be stored ({error}).",
            "Give its fields as texts, numbers or tuples of them.",
        ) from None


def fields_from(fields_json: str) -> dict[str, Any]:
    """What ``fields_of`` wrote; fields that this version does not know are left out.

    Raises:
        ValueError: it is not JSON, or no object.
        TypeError: the same.
    """
    known = {field.name for field in fields(Document)}
    held = dict(json.loads(fields_json)).items()
    return {name: _frozen(value) for name, value in held if name in known}


def document_of(id: str, title: str, text: str, fields_json: str, *, file: Path) -> Document:
    """The document that was stored; fields that this version does not know are left out.

    Raises:
        DamagedIndexError: it is none.
    """
    try:
        return Document(id=id, title=title, text=text, **fields_from(fields_json))
    except InputError as error:
        raise damaged(file, f"the document {id}") from error


def _frozen(value: Any) -> Any:
    """JSON's lists as the tuples that they were."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
