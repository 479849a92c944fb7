"""The passages nearest to a question, as it stands and behind what was said before it."""

from collections.abc import Sequence

from index.engine import PassageIndex
from index.filters import Filter
from index.records import Hit


def retrieve(
    index: PassageIndex,
    questions: Sequence[str],
    expanded: Sequence[str | None],
    *,
    top_k: int,
    where: Filter | None = None,
) -> list[list[Hit]]:
    """Search for each question, and for it behind the turns it leans on.

    The two searches are fused, each passage at its better score, so that what was said
    before never hides what the question says itself.

    Args:
        index: the passages.
        questions: what is asked.
        expanded: each behind the earlier turns it leans on; None where it stands alone.
        top_k: most passages for each.
        where: which articles are searched; all of them without it.

    Returns:
        For each question its passages, nearest first.

    Raises:
        InputError: as for ``PassageIndex.search``.
    """
    told = [number for number, text in enumerate(expanded) if text is not None]
    queries = [*questions, *(text for text in expanded if text is not None)]
    hits = index.search(queries, top_k=top_k, where=where)
    found, more = hits[: len(questions)], hits[len(questions) :]
    for number, others in zip(told, more, strict=True):
        best: dict[tuple[str, int], Hit] = {}
        for hit in sorted([*found[number], *others], key=lambda hit: -hit.score):
            best.setdefault((hit.passage.document.id, hit.passage.start), hit)
        found[number] = list(best.values())[:top_k]
    return found
