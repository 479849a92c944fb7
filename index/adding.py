"""Documents added to a saved index: what is there as it is costs nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from index.embed import Embedder
from index.errors import InputError
from index.prepare import prepare
from index.records import Document
from index.storing import Prepared
from index.writer import Writer

BLOCK_DOCUMENTS, BLOCK_CHARS = 256, 4_000_000  # embedding them does not wait for more

Item = TypeVar("Item", bound=Document | Prepared)


@dataclass(frozen=True, slots=True)
class Changes:
    """What came of documents that were to be added.

    Args:
        added: how many are new.
        replaced: how many stand in place of one with the same id.
        unchanged: how many were there as they are.
    """

    added: int
    replaced: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.added} added, {self.replaced} replaced, {self.unchanged} unchanged"

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.added + other.added,
            self.replaced + other.replaced,
            self.unchanged + other.unchanged,
        )


def check_ids(documents: Sequence[Document]) -> None:
    """Refuse documents that cannot be told apart.

    Raises:
        InputError: two have the same id.
    """
    if len({document.id for document in documents}) < len(documents):
        raise InputError("Two documents have the same id.", "Give each its own.")


def add_documents(
    writer: Writer,
    documents: Sequence[Document],
    embedder: Embedder,
    *,
    batch_size: int,
    progress: bool = False,
    ready: Mapping[str, Prepared] | None = None,
) -> Changes:
    """Add documents, a batch at a time; one whose id is there takes its place, at the end.

    Args:
        writer: of the index.
        documents: the articles, each with an id of its own.
        embedder: the model that the index was made with.
        batch_size: passages in one pass through the embedder.
        progress: show a progress bar on standard error.
        ready: documents whose passages and vectors are there, by id.

    Raises:
        StoreError: the index cannot be written, or is damaged.
        ModelError: the embedder gives other vectors than it promises.
    """
    added = replaced = unchanged = 0
    new: list[Document] = []
    renamed: list[Document] = []
    for document in documents:
        if writer.has(document):
            unchanged += 1
        elif writer.has_text_of(document):
            renamed.append(document)
        else:
            new.append(document)
    if renamed:
        writer.rename(renamed)
    replaced += len(renamed)
    known = [ready[document.id] for document in new if ready and document.id in ready]
    rest = [document for document in new if not ready or document.id not in ready]
    batches = prepare(
        rest, writer.facts, embedder, batch_size=batch_size, progress=progress and bool(rest)
    )
    for batch in (known, *batches) if known else batches:
        again = sum(one.document.id in writer for one in batch)
        writer.put(batch)
        replaced += again
        added += len(batch) - again
    return Changes(added, replaced, unchanged)


def in_blocks(documents: Iterable[Item]) -> Iterator[list[Item]]:
    """Many documents, so many at a time as memory does not notice.

    Args:
        documents: the articles, some with their passages and vectors perhaps.
    """
    block: list[Item] = []
    chars = 0
    for one in documents:
        block.append(one)
        chars += len((one.document if isinstance(one, Prepared) else one).text)
        if len(block) >= BLOCK_DOCUMENTS or chars >= BLOCK_CHARS:
            yield block
            block, chars = [], 0
    if block:
        yield block
