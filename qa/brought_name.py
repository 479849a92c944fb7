"""What the articles that were brought in one file are known by."""

import hashlib
import json
from collections.abc import Sequence

from index.records import TEXT_ID_CHARS, Document


def brought_name(documents: Sequence[Document]) -> str:
    """The name of articles that were brought together: another where any of them is another.

    Args:
        documents: one or more; of one the name is its own id.
    """
    ids = [document.id for document in documents]
    if len(ids) == 1:
        return ids[0]
    digest = hashlib.sha256(json.dumps(ids).encode()).hexdigest()
    return f"together-{digest[:TEXT_ID_CHARS]}"
