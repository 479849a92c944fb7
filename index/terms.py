"""The words that texts are found by, as SQLite's full-text search cuts and stems them."""

import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt
import regex

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

# Stems of English; words of other languages are left almost as they are.
TOKENIZER = "porter unicode61 remove_diacritics 2"
WORD = regex.compile(r"[\p{L}\p{N}\p{M}\p{Co}]+")
# The same, several times as fast, for texts of scripts that have spaces and no marks of their own.
EASY_WORD = re.compile(r"[^\W_]+")
NOT_EASY = re.compile("[^\u0000-\u02ff\u1e00-\u2bff]")
# Scripts without spaces: each of their characters is a word, or a whole clause would be one.
UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
)
KEY_BYTES = 8  # of a term's digest: among a million terms, two are the same once in ten million
WORDS_KEPT = 100_000  # with their terms, some ten megabytes


class Terms:
    """Texts cut into terms; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Sequence[int]] = {}
        self._database: sqlite3.Connection | None = None

    def of_texts(self, texts: Sequence[str]) -> tuple[Keys, Places]:
        """Every term of texts, as often as it stands there: its key, and the place of its text."""
        words: list[str] = []
        ends = []
        for text in texts:
            words += _words(text)
            ends.append(len(words))
        different = list(dict.fromkeys(words))
        known = self._keys_of(different)
        at = {word: place for place, word in enumerate(different)}
        which = np.fromiter(map(at.__getitem__, words), np.int64, len(words))
        sizes = np.array([len(known[word]) for word in different], dtype=np.int64)
        firsts = np.cumsum(sizes) - sizes
        every = np.array([key for word in different for key in known[word]], dtype=np.uint64)
        places = np.repeat(np.arange(len(texts)), np.diff([0, *ends]))
        times = sizes[which]
        # Most words are one term; others are several, or none.
        offsets = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        return every[np.repeat(firsts[which], times) + offsets], np.repeat(places, times)

    def of_query(self, query: str, *, most: int) -> Mapping[int, int]:
        """The keys of a query's terms, and how many of its different words each stands for.

        Args:
            query: any text.
            most: different words that count, the first ones.
        """
        words = list(dict.fromkeys(_words(query)))[:most]
        known = self._keys_of(words)
        return Counter(key for word in words for key in set(known[word]))

    def _keys_of(self, words: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """The keys of the terms of different words."""
        with self._lock:
            if len(self._known) > WORDS_KEPT:
                self._known = {}
            known = self._known
            new = [word for word in words if word not in known]
            if new:
                self._learn(new)
        return known

    def _learn(self, words: Sequence[str]) -> None:
        database = self._database = self._database or _tokeniser()
        run = database.execute
        run("BEGIN")
        database.executemany("INSERT INTO words (rowid, body) VALUES (?, ?)", enumerate(words))
        run("COMMIT")
        keys: list[list[int]] = [[] for _ in words]
        for term, place in run("SELECT term, doc FROM terms"):
            keys[place].append(_key(term))
        run("INSERT INTO words (words) VALUES ('delete-all')")
        self._known |= zip(words, map(tuple, keys), strict=True)


def _tokeniser() -> sqlite3.Connection:
    """A database in memory that says what the terms of words are."""
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    # Without the texts themselves.
    database.execute(
        f"CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize='{TOKENIZER}')"
    )
    database.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('words', 'instance')")
    return database


def _words(text: str) -> list[str]:
    """The words of a text in their order, in small letters."""
    folded = text.casefold()
    if NOT_EASY.search(folded) is None:
        return EASY_WORD.findall(folded)
    return WORD.findall(UNSPACED.sub(r" \g<0> ", text).casefold())


def _key(term: str) -> int:
    digest = hashlib.blake2b(term.encode(), digest_size=KEY_BYTES).digest()
    return int.from_bytes(digest, "little")
