"""Sources made an index: one that was saved is opened, of anything else one is made."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from index.embed import Embedder
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.folder import is_stored_index
from index.limits import ReadLimits
from index.read import Source, listed, read_sources
from index.records import Document


def open_sources(
    sources: Source | Iterable[Source],
    *,
    embedder: Embedder | None,
    limits: ReadLimits,
    allow_private: bool,
    progress: bool,
) -> PassageIndex:
    """Open an index that was saved, or read and index articles.

    Args:
        sources: a file, a folder, a page of the web, a text or a document, or several of them; or
            one folder that ``pullquote index build`` wrote.
        embedder: the embedding model; without one, the model we ship.
        limits: how much of a source is read.
        allow_private: read pages of the web from this machine and its own network too.
        progress: show progress bars while the articles are read and embedded.

    Raises:
        SourceError: an article is missing or cannot be read.
        StoreError: a saved index cannot be opened.
        ModelError: a model cannot be loaded.
        InputError: an article is empty, or what is given is no source.
    """
    given = listed(sources)  # a generator gives them once only
    folder = _stored_index(given)
    if folder is not None:
        return PassageIndex.load(folder, embedder=embedder)
    documents = read_sources(given, limits=limits, allow_private=allow_private, progress=progress)
    return PassageIndex.from_documents(
        documents, embedder=embedder or shipped_embedder(), progress=progress
    )


def _stored_index(sources: Sequence[Source]) -> Path | None:
    """The folder of a saved index, if that is all there is."""
    if len(sources) != 1 or isinstance(sources[0], Document):
        return None
    folder = Path(sources[0])
    try:
        return folder if is_stored_index(folder) else None
    except (OSError, ValueError):  # a text, too long for a path
        return None
