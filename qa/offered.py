"""What a server offers to everyone: its articles together, and each by itself."""

from collections.abc import Sequence
from threading import Lock

from qa.assistant import Assistant


class Offered:
    """The articles on offer; safe to share between threads.

    Args:
        everything: answers about all of them.

    Attributes:
        titles: of the articles, by id, in their order.
    """

    def __init__(self, everything: Assistant) -> None:
        self.everything = everything
        # Once: a saved index reads every article for it.
        self.titles = {document.id: document.title for document in everything.documents}
        self._folded = {name: title.casefold() for name, title in self.titles.items()}
        self._alone: dict[str, Assistant] = {}
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
        """What answers about one article, and remembers what it answered.

        It is made when it is first asked for, since of a large index few articles are.

        Raises:
            InputError: the article is not on offer.
        """
        with self._lock:
            if id not in self._alone:
                self._alone[id] = self.everything.only(id)
            return self._alone[id]
