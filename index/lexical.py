"""Find passages by their words: BM25, in SQLite's full-text search."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

import regex

# Stems of English; words of other languages are left almost as they are.
TOKENIZER = "porter unicode61 remove_diacritics 2"
WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# Scripts without spaces: each of their characters is a word, or a whole clause would be one.
UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
)
QUERY_WORDS = 64  # different ones; a longer query is a text, which its vector finds


class LexicalIndex:
    """The words of passages; safe to share between threads.

    Args:
        texts: of the passages; a row is a text's number.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        # Without the texts themselves, which whoever asks has.
        self._database.execute(
            f"CREATE VIRTUAL TABLE passages USING fts5(words, content='', tokenize='{TOKENIZER}')"
        )
        self._database.executemany(
            "INSERT INTO passages (rowid, words) VALUES (?, ?)",
            ((row, _plain(text)) for row, text in enumerate(texts)),
        )

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
        return self._scores(query, f"AND rowid IN ({marks})", tuple(rows))

    def _scores(self, query: str, condition: str, values: tuple[int, ...]) -> dict[int, float]:
        words = list(dict.fromkeys(WORD.findall(_plain(query))))[:QUERY_WORDS]
        if not words:
            return {}
        either = " OR ".join(f'"{word}"' for word in words)
        with self._lock:
            rows = self._database.execute(
                # SQLite's ranks are negative, the best lowest.
                f"SELECT rowid, -rank FROM passages WHERE passages MATCH ? {condition}",  # noqa: S608 - question marks only
                (either, *values),
            )
            return dict(rows)


def _plain(text: str) -> str:
    return UNSPACED.sub(r" \g<0> ", text).casefold()
