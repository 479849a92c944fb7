"""The index of the example articles, embedded once and kept in the user's cache."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from index.embed import Embedder
from index.engine import PassageIndex
from index.errors import StoreError
from index.fast_kept import RECIPE_VERSION, cache_folder
from index.prepare import BUDGET_TOKENS, OVERLAP_SENTENCES
from index.read import read_sources
from index.records import Document
from qa.seeds import seed_articles

KEY_CHARS = 24  # of a SHA-256


def seed_shelf(embedder: Embedder, *, progress: bool = False) -> PassageIndex:
    """The passages of the example articles.

    Args:
        embedder: the model that makes the vectors.
        progress: show a progress bar on standard error while they are embedded.

    Raises:
        SourceError: the articles are missing.
    """
    documents = read_sources(seed_articles())
    folder = cache_folder() / "shelves" / _key(documents, embedder)
    try:
        return PassageIndex.load(folder, embedder=embedder)
    except StoreError:  # not there yet, or damaged: it can be made again
        shelf = PassageIndex.from_documents(documents, embedder=embedder, progress=progress)
    # Where it cannot be written, or another process has just done so, the next time is slower.
    with suppress(StoreError):
        shelf.save(folder)
    return shelf


def _key(documents: Sequence[Document], embedder: Embedder) -> str:
    """One that changes with the articles, the model and its fast form, and how passages are cut."""
    made_by = f"{embedder.identity} {RECIPE_VERSION} {BUDGET_TOKENS} {OVERLAP_SENTENCES}"
    digest = hashlib.sha256(made_by.encode())
    for document in documents:
        digest.update(hashlib.sha256(document.text.encode()).digest())
    return digest.hexdigest()[:KEY_CHARS]
