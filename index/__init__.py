"""Find the passages of a shelf of articles that are nearest to a text.

This package knows nothing of questions and answers: it reads articles, cuts them
into passages, embeds the passages and searches them. The package ``qa`` answers.
"""

from typing import TYPE_CHECKING, Any

from index.errors import (
    DamagedIndexError,
    IncompatibleIndexError,
    InputError,
    ModelError,
    PullquoteError,
    SourceError,
    StoreError,
)
from index.filters import Filter
from index.limits import ReadLimits
from index.records import Document, Hit, Passage

if TYPE_CHECKING:
    from index.engine import PassageIndex

__all__ = [
    "DamagedIndexError",
    "Document",
    "Filter",
    "Hit",
    "IncompatibleIndexError",
    "InputError",
    "ModelError",
    "Passage",
    "PassageIndex",
    "PullquoteError",
    "ReadLimits",
    "SourceError",
    "StoreError",
]


def __getattr__(name: str) -> Any:
    """Import FAISS and numpy only when the index itself is asked for (PEP 562)."""
    if name == "PassageIndex":
        from index.engine import PassageIndex

        return PassageIndex
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
