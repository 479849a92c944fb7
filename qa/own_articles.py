"""Visitors' own articles on a server: in memory, for a while, each known only by its token."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.errors import InputError
from qa.assistant import Assistant

ARTICLES_KEPT = 200
CHARS_KEPT = 20_000_000  # of all of them; with vectors and passages some 200 MB
KEPT_S = 3_600  # after its last use
TOKEN_BYTES = 24  # 192 random bits: nobody guesses one


@dataclass(slots=True)
class _Held:
    """An article that is kept.

    Args:
        assistant: answers about it.
        chars: characters of its text.
        used_s: when it was last used, on the store's clock.
    """

    assistant: Assistant
    chars: int
    used_s: float


class OwnArticles:
    """Keeps what visitors add, the most recently used longest, and nothing on disk.

    There is no way to list them: whoever does not know an article's token cannot find it.

    Args:
        most_articles: how many are kept.
        most_chars: how many characters all of them may have.
        kept_s: seconds after its last use when an article is dropped.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        *,
        most_articles: int = ARTICLES_KEPT,
        most_chars: int = CHARS_KEPT,
        kept_s: float = KEPT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_articles = most_articles
        self._most_chars = most_chars
        self.kept_s = kept_s
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()  # the longest unused first
        self._lock = threading.Lock()

    def add(self, assistant: Assistant) -> str:
        """Keep an article.

        Args:
            assistant: answers about it, and about nothing else.

        Returns:
            The token that it can be asked by.

        Raises:
            InputError: it is longer than all that is kept together.
        """
        chars = sum(len(document.text) for document in assistant.documents)
        if chars > self._most_chars:
            raise InputError(
                f"The article has {chars:,} characters; at most {self._most_chars:,} are kept.",
                "Split it.",
            )
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._lock:
            self._held[token] = _Held(assistant, chars, self._clock())
            self._drop()
        return token

    def get(self, token: str) -> Assistant | None:
        """What answers about an article, or None where it is not kept (any more)."""
        with self._lock:
            self._drop()
            held = self._held.get(token)
            if held is None:
                return None
            held.used_s = self._clock()
            self._held.move_to_end(token)
            return held.assistant

    def remove(self, token: str) -> bool:
        """Forget an article; whether it was kept."""
        with self._lock:
            self._drop()
            return self._held.pop(token, None) is not None

    def _drop(self) -> None:
        """Forget what is too old or too much."""
        oldest_s = self._clock() - self.kept_s
        chars = sum(held.chars for held in self._held.values())
        while self._held:
            first = next(iter(self._held.values()))
            too_much = len(self._held) > self._most_articles or chars > self._most_chars
            if first.used_s > oldest_s and not too_much:
                return
            chars -= first.chars
            self._held.popitem(last=False)
