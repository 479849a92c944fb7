"""What the articles that were brought in one file are known by, and what they are called."""

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


def brought_title(first: str, count: int) -> str:
    """What one article is called, or several together.

    Args:
        first: title of the first.
        count: how many there are.
    """
    return f"{first} and {count - 1:,} more" if count > 1 else first
