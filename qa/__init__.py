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
from index.filters import Filter
from index.limits import DEFAULT_LIMITS, ReadLimits
from index.records import Document
from qa.records import Answer, Excerpt, Found, Question, Timings, Turn
from qa.schema import answer_schema

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
    "Filter",
    "Found",
    "IncompatibleIndexError",
    "InputError",
    "ModelError",
    "PullquoteError",
    "Question",
    "ReadLimits",
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
    limits: ReadLimits = DEFAULT_LIMITS,
    allow_private: bool = False,
) -> "Assistant":
    """Load articles, so that they can be asked.

    Args:
        sources: a file, a folder, a page of the web, a text or a ``Document``, or several of
            them, or the folder of a saved index; without any, the articles that come with
            Pullquote.
        reader: folder or hub id of an extractive reader; without one, the one we ship.
        embedder: folder or hub id of a sentence-transformers model; without one, ours.
        passages_read: most passages the reader reads for a question.
        progress: show progress bars while the articles are read and embedded.
        limits: how much of a source is read.
        allow_private: read pages of the web from this machine and its own network too.

    Raises:
        SourceError: an article is missing or cannot be read.
        StoreError: a saved index cannot be opened.
        ModelError: a model cannot be loaded.
        InputError: an article is empty, or an option out of range.
    """
    from index.embedder import load_embedder
    from qa.assistant import Assistant
    from qa.pipeline import PASSAGES_READ
    from qa.reader import reader_of
    from qa.shelf import seed_shelf

    reads = reader_of(reader)
    embeds = load_embedder(embedder)
    most = PASSAGES_READ if passages_read is None else passages_read
    if sources is None:
        shelf = seed_shelf(embeds, progress=progress)
        return Assistant(index=shelf, reader=reads, passages_read=most)
    return Assistant.from_sources(
        sources,
        reader=reads,
        embedder=embeds,
        passages_read=most,
        progress=progress,
        limits=limits,
        allow_private=allow_private,
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
