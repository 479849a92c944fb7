"""A saved index written to one portable file, and taken in again."""

import sys
from pathlib import Path

from tqdm import tqdm

from index.adding import Changes, add_documents, in_blocks
from index.embed import BATCH_SIZE, Embedder
from index.export_file import ExportFile, Head, write_export
from index.facts import MADE_BY, are_made_alike
from index.folder import is_stored_index
from index.limits import DEFAULT_LIMITS, ReadLimits
from index.making import create_index
from index.on_demand import Articles
from index.prepare import check_embedder, new_facts
from index.store import keep_cache, open_articles, read
from index.storing import Prepared
from index.writer import changing
from index.writer_lock import WAIT_S


def export_index(
    folder: str | Path, file: str | Path, *, vectors: bool = False, progress: bool = False
) -> int:
    """Write the documents of a saved index, with all that is known of them, to one file.

    It is written a document at a time, of one version, and appears whole or not at all.

    Args:
        folder: where the index is.
        file: where to; one that is there is replaced.
        vectors: write passages and vectors too, so that another index with the same embedder
            and the same passages need not embed them.
        progress: show a progress bar on standard error.

    Returns:
        How many documents there are.

    Raises:
        StoreError: the index is not there, is damaged, or what went of it meanwhile was needed.
        SourceError: the file is a folder, or cannot be written.
    """
    facts, articles = open_articles(Path(folder))
    told = {name: getattr(facts, name) for name in MADE_BY}
    head = Head(documents=facts.documents, vectors=vectors, **told)
    places = tqdm(range(facts.documents), unit=" articles", disable=not progress, file=sys.stderr)
    write_export(
        Path(file), head, (_prepared(articles, place, vectors=vectors) for place in places)
    )
    return facts.documents


def import_index(
    folder: str | Path,
    file: str | Path,
    *,
    embedder: Embedder,
    limits: ReadLimits = DEFAULT_LIMITS,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
    wait_s: float = WAIT_S,
) -> Changes:
    """Add the documents of an exported file to a saved index, as ``PassageIndex.add`` does.

    The file is read to its end first: of one that is damaged nothing is taken. Vectors that it
    has are taken where the index has the same embedder and cuts the same passages.

    Args:
        folder: where the index is; without one, it is made, with passages as in the file.
        file: what was exported.
        embedder: the model the index was made with.
        limits: how long an article may be (``text_chars``) and its line in the file
            (``file_bytes``), and how many times larger than packed the file (``archive_ratio``).
        batch_size: passages in one pass through the embedder.
        progress: show a progress bar on standard error.
        wait_s: seconds to wait for another writer.

    Raises:
        SourceError: the file is not an export, is damaged, or too large.
        StoreError: the folder cannot be written, is damaged, or another process writes.
        IncompatibleIndexError: the index was made with another model.
    """
    folder, exported = Path(folder), ExportFile(Path(file), limits=limits)
    exported.check()
    head = exported.head
    if not is_stored_index(folder):
        create_index(
            folder,
            new_facts(
                embedder,
                budget_tokens=head.budget_tokens,
                overlap_sentences=head.overlap_sentences,
            ),
            replacing=False,
            wait_s=wait_s,
        )
    total = Changes(0, 0, 0)
    shown = tqdm(
        exported.documents(),
        total=head.documents,
        unit=" articles",
        disable=not progress,
        file=sys.stderr,
    )
    with changing(folder, wait_s=wait_s) as writer:
        check_embedder(folder, writer.facts, embedder)
        usable = are_made_alike(head, writer.facts)
        for block in in_blocks(shown):
            ready = {one.document.id: one for one in block if isinstance(one, Prepared)}
            total += add_documents(
                writer,
                [one.document if isinstance(one, Prepared) else one for one in block],
                embedder,
                batch_size=batch_size,
                ready=ready if usable else None,
            )
        writer.tidy()
        keep_cache(folder, read(folder, in_its_kind=True))
    return total


def _prepared(articles: Articles, place: int, *, vectors: bool) -> Prepared:
    document, spans = articles.article(place)
    first = int(articles.listing.starts[place])
    numbers = articles.listing.passages[first : first + len(spans)]
    return Prepared(document, spans, articles.vectors_of(numbers if vectors else numbers[:0]))
