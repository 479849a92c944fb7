"""The answers that a file of questions accepts, in the many ways that files write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO_ANSWER = "CANNOTANSWER"  # of QuAC and DoQA, whose paragraphs end with it, to be quoted
NOT_SO = frozenset(("", "false", "no", "0"))  # ways to write that a question is not impossible


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted answer.

    Args:
        text: of it.
        start: its first character in the paragraph; None where the file does not say.
    """

    text: str
    start: int | None = None


def is_impossible(row: Mapping[str, Any]) -> bool:
    """Whether a file says of a question that its paragraph does not answer it.

    Args:
        row: the question, as it stands there.
    """
    said = row.get("is_impossible")
    return said.strip().lower() not in NOT_SO if isinstance(said, str) else bool(said)


def paragraph_of(context: str) -> str:
    """A paragraph as people read it: without the word that stands at its end for no answer.

    Args:
        context: as it stands in a file.
    """
    head, word, rest = context.rpartition(NO_ANSWER)
    ends_with_it = word and not rest.strip() and not head[-1:].strip()
    return head.rstrip() if ends_with_it else context


def answers_of(
    row: Mapping[str, Any],
) -> tuple[tuple[Accepted, ...], tuple[Accepted, ...] | None]:
    """The accepted answers of a question and its items, both none where it is unanswerable.

    Args:
        row: the question, as it stands in a file: with ``answers``, with ``all_spans``, or both.

    Returns:
        The items are None where the file does not say.

    Raises:
        TypeError: some of it is no answer.
        KeyError: it has neither, or an object has no text.
    """
    items = row.get("all_spans")
    none = (), None if items is None else ()
    if is_impossible(row):
        return none
    found = _agreed(accepted(items or ()))
    # Some files give answers as items only.
    marked = accepted(row["answers"] if items is None else row.get("answers") or ())
    golds = _agreed(marked)
    if marked and not golds:
        return none
    if found and not golds:
        return found, found
    # A file may fill its items only where there are several.
    return golds, None if items is None or (golds and not found) else found


def _agreed(marked: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """None where half of the people or more found none, as QuAC's official script has it."""
    kept = tuple(one for one in marked if one.text.strip() != NO_ANSWER)
    return kept if 2 * len(kept) > len(marked) else ()


def accepted(given: Any) -> tuple[Accepted, ...]:
    """The answers of a question, or its items; one that is blank is a way to say there is none.

    Args:
        given: a text, an object with one, a text beside its place, an object with a column of
            each, or a list of any of these.

    Raises:
        TypeError: it is, or holds, something else.
        KeyError: an object has no text.
    """
    return tuple(one for one in _all_in(given) if one.text.strip())


def _all_in(given: Any) -> Iterator[Accepted]:
    if isinstance(given, str):
        yield Accepted(given)
    elif isinstance(given, Mapping):
        texts, starts = given["text"], given.get("answer_start")
        if isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts):
            for pair in zip(texts, starts, strict=True):
                yield from _all_in(list(pair) if _is_placed(pair) else pair[0])
        else:
            yield from _all_in([texts, starts] if _is_placed((texts, starts)) else texts)
    elif isinstance(given, list) and _is_placed(given):
        yield Accepted(*given)
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _all_in(one)
    else:
        raise TypeError(f"{given!r} is no answer")


def _is_placed(pair: Sequence[Any]) -> bool:
    return len(pair) == 2 and isinstance(pair[0], str) and type(pair[1]) is int
