"""A saved index made anew with another embedding model, and put in the place of the old one."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from index.adding import add_documents, in_blocks
from index.embed import BATCH_SIZE, Embedder
from index.errors import StoreError
from index.facts import Facts, are_made_alike
from index.folder import PARTIAL, is_stored_index
from index.making import create_index, put_in_place
from index.on_demand import Articles
from index.prepare import new_facts
from index.store import keep_cache, open_articles, read, read_facts_of
from index.writer import changing
from index.writer_lock import WAIT_S, writing


def reembed(
    folder: str | Path,
    *,
    embedder: Embedder,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
    wait_s: float = WAIT_S,
) -> int:
    """Cut and embed the documents of a saved index anew, as a fresh build with the model would.

    The new index is made beside the old one, which is searched meanwhile and stays until the
    new one takes its place as a whole. Stopped, it goes on where it was when it is called again
    with the same model, unless the index has changed. Whoever has the old one open reads it
    until he refreshes, and is then told of the other model.

    Args:
        folder: where the index is.
        embedder: the model it is to have.
        batch_size: passages in one pass through the embedder.
        progress: show a progress bar on standard error.
        wait_s: seconds to wait for another writer.

    Returns:
        How many documents were embedded anew by this call; none where the model is the one that
        the index has.

    Raises:
        StoreError: it is not there, is damaged, cannot be written, or another process writes.
    """
    folder = Path(folder)
    partial = folder / PARTIAL
    read_facts_of(folder)
    with writing(folder, wait_s=wait_s):
        facts = read_facts_of(folder)
        if facts.embedder == embedder.identity:
            _forget(partial)  # of a model that was not wanted any more
            return 0
        wanted = new_facts(
            embedder,
            budget_tokens=facts.budget_tokens,
            overlap_sentences=facts.overlap_sentences,
            kind=facts.kind,
        )
        count = _make(partial, folder, wanted, embedder, batch_size=batch_size, progress=progress)
        put_in_place(partial, folder)
        _forget(partial)
        keep_cache(folder, read(folder))
        return count


def _make(
    partial: Path,
    folder: Path,
    wanted: Facts,
    embedder: Embedder,
    *,
    batch_size: int,
    progress: bool,
) -> int:
    """Make the new index, or what of it an earlier call left to do."""
    facts, articles = open_articles(folder)
    done = _done_before(partial, wanted, articles, facts.documents)
    if done is None:
        _forget(partial)
        create_index(partial, wanted)
    places = range(done or 0, facts.documents)
    bar = tqdm(places, unit=" articles", disable=not progress, file=sys.stderr)
    with changing(partial) as writer:
        for block in in_blocks(articles.document(place) for place in bar):
            add_documents(writer, block, embedder, batch_size=batch_size)
        writer.tidy()
    return len(places)


def _done_before(partial: Path, wanted: Facts, articles: Articles, count: int) -> int | None:
    """How many documents an earlier call has done, or None where there is nothing to go on from."""
    if not is_stored_index(partial):
        return None
    with suppress(StoreError):  # damaged: it is made again
        facts, made = open_articles(partial)
        if not are_made_alike(facts, wanted) or facts.documents > count:
            return None
        for place in range(facts.documents):
            if made.document(place) != articles.document(place):  # what was there has changed
                return None
        return facts.documents
    return None


def _forget(partial: Path) -> None:
    try:
        if partial.exists():
            shutil.rmtree(partial)
    except OSError as error:
        raise StoreError.cannot_write(partial, error.strerror) from error
