"""Ask an article, get its own words back.

::

    import qa

    assistant = qa.load("article.txt")
    answer = assistant.ask("who was released?")
    answer.text, answer.start, answer.end, answer.score
"""

from collections.abc import Iterable
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
from index.records import Document
from qa.records import Answer, Excerpt, Question, Timings, Turn
from qa.schema import answer_schema
from qa.seeds import seed_articles

if TYPE_CHECKING:
    from index.read import Source
    from qa.assistant import Assistant
    from qa.extraction import extract

__all__ = [
    "Answer",
    "Assistant",
    "DamagedIndexError",
    "Document",
    "Excerpt",
    "IncompatibleIndexError",
    "InputError",
    "ModelError",
    "PullquoteError",
    "Question",
    "SourceError",
    "StoreError",
    "Timings",
    "Turn",
    "answer_schema",
    "extract",
    "load",
]

__version__ = "0.1.0"


def load(
    sources: "Source | Iterable[Source] | None" = None,
    *,
    reader: str | None = None,
    embedder: str | None = None,
    passages_read: int | None = None,
    progress: bool = False,
) -> "Assistant":
    """Load articles, so that they can be asked.

    Args:
        sources: a file, a folder, a text or a ``Document``, or several of them, or the folder
            of a saved index; without any, the articles that come with Pullquote.
        reader: folder or hub id of an extractive reader; without one, the one we ship.
        embedder: folder or hub id of a sentence-transformers model; without one, ours.
        passages_read: most passages the reader reads for a question.
        progress: show a progress bar while the articles are embedded.

    Raises:
        SourceError: an article is missing or cannot be read.
        StoreError: a saved index cannot be opened.
        ModelError: a model cannot be loaded.
        InputError: an article is empty, or an option out of range.
    """
    from index.embed import SentenceEmbedder
    from qa.assistant import PASSAGES_READ, Assistant
    from qa.reader import ExtractiveReader

    return Assistant.from_sources(
        seed_articles() if sources is None else sources,
        reader=ExtractiveReader.from_pretrained(reader) if reader else None,
        embedder=SentenceEmbedder.from_pretrained(embedder) if embedder else None,
        passages_read=PASSAGES_READ if passages_read is None else passages_read,
        progress=progress,
    )


def __getattr__(name: str) -> Any:
    """Import the models' libraries only when something needs them (PEP 562)."""
    if name == "Assistant":
        from qa.assistant import Assistant

        return Assistant
    if name == "extract":
        from qa.extraction import extract

        return extract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
