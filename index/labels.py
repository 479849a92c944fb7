"""What filters ask of documents, kept as arrays: collection, language and days of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.dates import days_of
from index.errors import InputError
from index.filters import Filter, is_of_language
from index.numbers import Numbers
from index.records import Document

Mask = npt.NDArray[np.bool_]

SHOWN_NAMES = 10  # of collections, in an error
SHOWN_CHARS = 100  # of an id that is none: enough to see what was mixed up


@dataclass(frozen=True, slots=True)
class Label:
    """What filters ask of one document, but for its id.

    Args:
        collection: that it is in; empty for none.
        language: as its source writes it.
        date: as its source writes it.
    """

    collection: str = ""
    language: str | None = None
    date: str | None = None

    @classmethod
    def of(cls, document: Document) -> Self:
        """That of a document."""
        return cls(document.collection, document.language, document.date)


class Labels:
    """Those of the documents of one version of an index; never changed once made.

    Args:
        labels: of the documents, in their order.
    """

    def __init__(self, labels: Iterable[Label]) -> None:
        collections: dict[str, int] = {}
        languages: dict[str | None, int] = {}
        dates: dict[str | None, int] = {}
        rows = [
            (
                collections.setdefault(label.collection, len(collections)),
                languages.setdefault(label.language, len(languages)),
                dates.setdefault(label.date, len(dates)),
            )
            for label in labels
        ]
        table: npt.NDArray[Any] = np.array(rows, dtype=np.int32).reshape(len(rows), 3)
        self._collection, self._language, self._date = np.ascontiguousarray(table.T)
        self._collections, self._languages, self._dates = collections, languages, dates
        # Days are 0 where there are none: the first of all is 1.
        days = np.array([_days(date) for date in dates], dtype=np.int32).reshape(len(dates), 2)
        self._first, self._last = days[self._date].T

    def __iter__(self) -> Iterator[Label]:
        """The labels, in the order of the documents."""
        names = [list(one) for one in (self._collections, self._languages, self._dates)]
        codes = (self._collection.tolist(), self._language.tolist(), self._date.tolist())
        for collection, language, date in zip(*codes, strict=True):
            yield Label(names[0][collection], names[1][language], names[2][date])

    @property
    def collections(self) -> Mapping[str, int]:
        """How many documents are in each collection, by name; ``""`` for those in none."""
        counts = np.bincount(self._collection, minlength=len(self._collections)).tolist()
        return dict(sorted(zip(self._collections, counts, strict=True)))

    def chosen(self, where: Filter, *, place_of: Callable[[str], int | None]) -> Numbers:
        """The places of the documents for which a filter holds, ascending.

        Args:
            where: the filter.
            place_of: gives the place of a document by its id, or None if there is none.

        Raises:
            InputError: it names a document or a collection that there is not.
        """
        holds = np.ones(len(self._collection), dtype=bool)
        if where.documents is not None:
            holds &= self._with_ids(where, place_of)
        if where.collections is not None:
            holds &= self._in_collections(where)
        if where.languages is not None:
            wanted = [
                code
                for language, code in self._languages.items()
                if is_of_language(language, where.languages)
            ]
            holds &= np.isin(self._language, wanted)
        first, last = where.days
        if first is not None:
            holds &= self._first >= first
        if last is not None:
            holds &= (self._last > 0) & (self._last <= last)
        return np.flatnonzero(holds)

    def _with_ids(self, where: Filter, place_of: Callable[[str], int | None]) -> Mask:
        holds = np.zeros(len(self._collection), dtype=bool)
        for name in where.documents or ():
            place = place_of(name)
            if place is None:
                raise InputError(
                    f"There is no article {name[:SHOWN_CHARS]}.", "Choose one of the index."
                )
            holds[place] = True
        return holds

    def _in_collections(self, where: Filter) -> Mask:
        wanted = []
        for name in where.collections or ():
            if name in self._collections:
                wanted.append(self._collections[name])
            elif name:  # that in none there may be none is no mistake
                raise InputError(f"There is no collection {name[:SHOWN_CHARS]!r}.", self._remedy())
        holds: Mask = np.isin(self._collection, wanted)
        return holds

    def _remedy(self) -> str:
        names = [name for name in sorted(self._collections) if name]
        if not names:
            return "No article of the index is in one; put some in when they are added."
        more = ", …" if len(names) > SHOWN_NAMES else ""
        return f"Choose one of the index: {', '.join(names[:SHOWN_NAMES])}{more}."


def _days(date: str | None) -> tuple[int, int]:
    return (days_of(date) if date is not None else None) or (0, 0)
