"""What a server offers to everyone: its articles together, and each by itself."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from qa.assistant import Assistant

# Articles by themselves: a long one's passages and a thousand answers have some ten megabytes.
ALONE_KEPT = 50


class Offered:
    """The articles on offer; safe to share between threads.

    Args:
        everything: answers about all of them.
        most_alone: how many are held by themselves; the one longest not asked for goes first.

    Attributes:
        titles: of the articles, by id, in their order.
    """

    def __init__(self, everything: Assistant, *, most_alone: int = ALONE_KEPT) -> None:
        self.everything = everything
        self._most_alone = most_alone
        # Once: a saved index reads every article for it.
        self.titles = {document.id: document.title for document in everything.documents}
        self._folded = {name: title.casefold() for name, title in self.titles.items()}
        self._alone: OrderedDict[str, Assistant] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, id: object) -> bool:
        return id in self.titles

    def titled(self, words: str) -> Sequence[str]:
        """Ids of the articles whose titles have all of some words, in any case; without any, all.

        Args:
            words: what to look for.
        """
        wanted = words.casefold().split()
        if not wanted:
            return list(self.titles)
        return [name for name, title in self._folded.items() if all(w in title for w in wanted)]

    def alone(self, id: str) -> Assistant:
        """What answers about one article, and remembers what it answered while it is held.

        It is made when it is asked for, since of a large index few articles are.

        Raises:
            InputError: the article is not on offer.
        """
        with self._lock:
            alone = self._alone.get(id)
            if alone is None:
                alone = self._alone[id] = self.everything.only(id)
            self._alone.move_to_end(id)
            if len(self._alone) > self._most_alone:
                self._alone.popitem(last=False)
            return alone
