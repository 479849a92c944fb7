"""The passages that a filter leaves, worked out once for one version of an index."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import numpy as np

from index.filters import Filter
from index.labels import Labels
from index.numbers import Choice, Numbers

CHOICES_KEPT = 16  # some ten megabytes each where there are a million passages


class Choices:
    """What filters leave of one version; safe to share between threads.

    Args:
        read_labels: gives the labels of the documents, in their order; called when a filter
            first needs them.
        place_of: gives the place of a document by its id, or None if there is none.
        starts: how many passages stand before each document, and before the end.
        numbers: of the passages, in the order of the documents.
    """

    def __init__(
        self,
        read_labels: Callable[[], Labels],
        *,
        place_of: Callable[[str], int | None],
        starts: Numbers,
        numbers: Numbers,
    ) -> None:
        self._read_labels = read_labels
        self._place_of = place_of
        self._starts = starts
        self._numbers = numbers
        self._labels: Labels | None = None
        self._kept: OrderedDict[Filter, Choice] = OrderedDict()
        self._lock = Lock()

    @property
    def labels(self) -> Labels:
        """Those of the documents.

        Raises:
            DamagedIndexError: they are not what was stored.
            StoreError: some went, and their room was taken back.
        """
        labels = self._labels  # two threads may read them at once, to the same end
        if labels is None:
            labels = self._labels = self._read_labels()
        return labels

    def choice(self, where: Filter) -> Choice:
        """The passages of the documents for which a filter holds.

        Raises:
            InputError: it names a document or a collection that there is not.
            StoreError: as for ``labels``.
        """
        with self._lock:
            known = self._kept.get(where)
            if known is not None:
                self._kept.move_to_end(where)
                return known
        places = self.labels.chosen(where, place_of=self._place_of)
        chosen = np.zeros(len(self._starts) - 1, dtype=bool)
        chosen[places] = True
        made = Choice(self._numbers[np.repeat(chosen, np.diff(self._starts))])
        with self._lock:
            self._kept[where] = made
            while len(self._kept) > CHOICES_KEPT:
                self._kept.popitem(last=False)
        return made
