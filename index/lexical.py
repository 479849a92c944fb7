"""Find passages by their words: BM25, in SQLite's full-text search."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, Self

import regex

# Stems of English; words of other languages are left almost as they are.
TOKENIZER = "porter unicode61 remove_diacritics 2"
WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# Scripts without spaces: each of their characters is a word, or a whole clause would be one.
UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
)
QUERY_WORDS = 64  # different ones; a longer query is a text, which its vector finds
# From so many passages on, words that more than half of them have are not looked for, unless there
# are no others: SQLite gives them a weight of a millionth, and scoring all that have them takes
# most of the time.
MANY_PASSAGES = 10_000
COUNTS_KEPT = 10_000  # of words, a megabyte
# Without the texts themselves, which whoever asks has.
TABLE = f"VIRTUAL TABLE {{}}words USING fts5(body, content='', tokenize='{TOKENIZER}')"
# The tables that SQLite keeps it in, and what they are sorted by.
PARTS = {"data": "id", "idx": "segid, term", "docsize": "id", "config": "k"}


class LexicalIndex:
    """The words of passages; safe to share between threads.

    Args:
        texts: of the passages; a row is a text's number.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._lock = Lock()
        self._counts: dict[str, int] = {}
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        create_words(self._database)
        add_words(self._database, enumerate(texts))

    @classmethod
    def of_numbered(cls, texts: Iterable[tuple[int, str]]) -> Self:
        """The words of passages that have numbers of their own for rows."""
        index = cls([])
        add_words(index._database, texts)
        return index

    @classmethod
    def of_copy(cls, database: sqlite3.Connection) -> Self:
        """The words that ``copy_words`` copied, in a database of their own.

        Args:
            database: that which it was given, outside a transaction.
        """
        index = cls([])
        database.backup(index._database, name="held")
        return index

    @property
    def digest(self) -> bytes:
        """The SHA-256 of everything that SQLite keeps of the words."""
        return words_digest(self._database)

    def places(self) -> Iterator[tuple[Any, ...]]:
        """Every word at each of its places: the word, the row, and where in it, in this order."""
        with self._lock:
            self._database.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.places"
                " USING fts5vocab('main', 'words', 'instance')"
            )
        yield from self._database.execute("SELECT term, doc, offset FROM temp.places")

    def search(self, query: str, *, top_k: int) -> dict[int, float]:
        """The BM25 scores of the rows that share most with a query, best first.

        Args:
            query: any text.
            top_k: most rows.
        """
        return self._scores(query, "ORDER BY rank, rowid LIMIT ?", (top_k,))

    def scores(self, query: str, rows: Sequence[int]) -> Mapping[int, float]:
        """The BM25 scores of given rows (Robertson and Zaragoza 2009; SQLite's k1 1.2, b 0.75).

        Args:
            query: any text.
            rows: which; those that share no word with the query are left out.
        """
        marks = ", ".join("?" * len(rows))
        # The plus keeps SQLite from beginning the search anew for each row.
        return self._scores(query, f"AND +rowid IN ({marks})", tuple(rows))

    def _scores(self, query: str, condition: str, values: tuple[int, ...]) -> dict[int, float]:
        words = list(dict.fromkeys(WORD.findall(plain(query))))[:QUERY_WORDS]
        if not words:
            return {}
        with self._lock:
            either = " OR ".join(f'"{word}"' for word in self._telling(words))
            rows = self._database.execute(
                # SQLite's ranks are negative, the best lowest.
                f"SELECT rowid, -rank FROM words WHERE words MATCH ? {condition}",  # noqa: S608 - question marks only
                (either, *values),
            )
            return dict(rows)

    def _telling(self, words: list[str]) -> list[str]:
        """Those of a query's words that tell passages apart."""
        ((passages,),) = self._database.execute("SELECT count(*) FROM words_docsize")
        if passages < MANY_PASSAGES:
            return words
        return [word for word in words if 0 < 2 * self._having(word) <= passages] or words

    def _having(self, word: str) -> int:
        """How many passages have a word."""
        if len(self._counts) >= COUNTS_KEPT:
            self._counts.clear()
        if word not in self._counts:
            ((self._counts[word],),) = self._database.execute(
                "SELECT count(*) FROM words WHERE words MATCH ?", (f'"{word}"',)
            )
        return self._counts[word]


def plain(text: str) -> str:
    """A text as it is indexed and asked for."""
    return UNSPACED.sub(r" \g<0> ", text).casefold()


def create_words(database: sqlite3.Connection) -> None:
    """Make the table of words."""
    database.execute(f"CREATE {TABLE.format('')}")


def add_words(database: sqlite3.Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Index texts by their words.

    Args:
        database: with the table of words.
        texts: each with a number that is not there yet.
    """
    database.executemany(
        "INSERT INTO words (rowid, body) VALUES (?, ?)",
        ((number, plain(text)) for number, text in texts),
    )


def remove_words(database: sqlite3.Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Take texts out again.

    Args:
        database: with the table of words.
        texts: numbers and texts as they were added; another text would spoil the table.
    """
    database.executemany(
        "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)",
        ((number, plain(text)) for number, text in texts),
    )


def copy_words(database: sqlite3.Connection) -> None:
    """Copy the table of words into memory.

    Args:
        database: with an empty database ``held`` attached, inside a transaction or not.
    """
    database.execute(f"CREATE {TABLE.format('held.')}")
    for part in PARTS:
        database.execute(f"DELETE FROM held.words_{part}")  # noqa: S608 - our own names
        database.execute(f"INSERT INTO held.words_{part} SELECT * FROM main.words_{part}")  # noqa: S608 - as above


def words_digest(database: sqlite3.Connection) -> bytes:
    """The SHA-256 of everything that SQLite keeps of the words."""
    # SQLite holds new words back until the transaction ends, or a part of it begins.
    database.execute("SAVEPOINT words_written")
    database.execute("RELEASE words_written")
    digest = hashlib.sha256()
    for part, order in PARTS.items():
        rows = database.execute(f"SELECT * FROM words_{part} ORDER BY {order}")  # noqa: S608 - our own names
        for *key, value in rows:
            digest.update(repr(key).encode())
            digest.update(value if isinstance(value, bytes) else repr(value).encode())
    return digest.digest()
