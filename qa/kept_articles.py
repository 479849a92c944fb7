"""The articles that visitors brought, kept with the documents that they are."""

from collections.abc import Sequence

from index.errors import InputError
from index.records import Document
from index.stored_document import content_digest, fields_of
from qa.brought_name import brought_name, brought_title
from qa.kept_bounds import BoundedFile
from qa.kept_rows import KeptArticle, document_of
from qa.kept_visitors import digest_of, visitor_number


class BroughtArticles:
    """Keeps what visitors brought, each visitor's for that one alone.

    Args:
        file: what they are kept in.
    """

    def __init__(self, file: BoundedFile) -> None:
        self._file = file

    def bring(self, visitor: str, documents: Sequence[Document]) -> None:
        """Keep articles that a visitor brought together, known by their ``brought_name``.

        Raises:
            InputError: there are none, or the visitor has brought too much.
            StoreError: they cannot be kept.
        """
        if not documents:
            raise InputError("There is no article to keep.", "Add one.")
        bounds = self._file.bounds
        known, now_s = brought_name(documents), self._file.clock()
        chars = sum(len(one.text) for one in documents)
        rows = [(one.id, one.title, fields_of(one), one.text) for one in documents]
        new_bytes = sum(len(part.encode()) for row in rows for part in row)
        with self._file.adding(new_bytes) as connection:
            owner = visitor_number(connection, visitor)
            connection.execute("DELETE FROM brought WHERE visitor = ? AND id = ?", (owner, known))
            articles, held = connection.execute(
                "SELECT count(*), coalesce(sum(chars), 0) FROM brought WHERE visitor = ?", (owner,)
            ).fetchone()
            if articles >= bounds.articles or held + chars > bounds.article_chars:
                raise InputError(
                    f"You keep {articles} articles with {held:,} characters; at most"
                    f" {bounds.articles} with {bounds.article_chars:,} are kept.",
                    "Remove one first.",
                )
            number = connection.execute(
                "INSERT INTO brought (visitor, id, used_s, chars) VALUES (?, ?, ?, ?)",
                (owner, known, now_s, chars),
            ).lastrowid
            connection.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (number, place, content_digest(row[0], row[1], row[3], row[2]), *row)
                    for place, row in enumerate(rows)
                ),
            )

    def all_of(self, visitor: str) -> list[KeptArticle]:
        """What a visitor brought, without the texts, the last used first.

        Raises:
            StoreError: it cannot be read.
        """
        self._file.sweep()
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT b.id, d.title,"
                " (SELECT count(*) FROM documents WHERE brought = b.number) FROM brought AS b"
                " JOIN visitors AS v ON v.number = b.visitor"
                " JOIN documents AS d ON d.brought = b.number AND d.place = 0"
                " WHERE v.digest = ? ORDER BY b.used_s DESC, b.number DESC",
                (digest_of(visitor),),
            ).fetchall()
        return [KeptArticle(known, brought_title(first, count)) for known, first, count in rows]

    def documents(self, visitor: str, article: str) -> tuple[Document, ...] | None:
        """What a visitor brought under an id; None where it is not kept (any more).

        Raises:
            StoreError: it cannot be read, or is damaged.
        """
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT d.digest, d.id, d.title, d.fields, d.text FROM documents AS d"
                " JOIN brought AS b ON b.number = d.brought"
                " JOIN visitors AS v ON v.number = b.visitor"
                " WHERE v.digest = ? AND b.id = ? ORDER BY d.place",
                (digest_of(visitor), article),
            ).fetchall()
            return tuple(document_of(*row) for row in rows) or None

    def use(self, visitor: str, article: str) -> None:
        """Note that an article was used, from when on it is kept for as long again.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._file.changing() as connection:
            connection.execute(
                "UPDATE brought SET used_s = ? WHERE id = ? AND visitor ="
                " (SELECT number FROM visitors WHERE digest = ?)",
                (self._file.clock(), article, digest_of(visitor)),
            )

    def remove(self, visitor: str, article: str) -> bool:
        """Forget an article that a visitor brought; whether it was kept.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._file.changing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM brought WHERE id = ? AND visitor ="
                    " (SELECT number FROM visitors WHERE digest = ?)",
                    (article, digest_of(visitor)),
                ).rowcount
            )
