"""What in the file is whose: rows found by the visitor's secret, and not without it."""

import sqlite3

from qa.kept_folder import check_visitor
from qa.kept_rows import text_digest


def digest_of(visitor: str) -> bytes:
    """What the file knows a visitor by.

    Raises:
        InputError: this is no visitor's secret.
    """
    return text_digest(check_visitor(visitor))


def visitor_number(connection: sqlite3.Connection, visitor: str) -> int:
    """The number of a visitor, who may be new.

    Raises:
        InputError: this is no visitor's secret.
    """
    digest = digest_of(visitor)
    connection.execute("INSERT OR IGNORE INTO visitors (digest) VALUES (?)", (digest,))
    (number,) = connection.execute(
        "SELECT number FROM visitors WHERE digest = ?", (digest,)
    ).fetchone()
    return int(number)


def find_conversation(
    connection: sqlite3.Connection, visitor: str, conversation: str
) -> tuple[int, int] | None:
    """The numbers of a visitor's conversation and of the visitor, if it is kept.

    Raises:
        InputError: this is no visitor's secret.
    """
    found: tuple[int, int] | None = connection.execute(
        "SELECT c.number, v.number FROM conversations AS c"
        " JOIN visitors AS v ON v.number = c.visitor WHERE v.digest = ? AND c.id = ?",
        (digest_of(visitor), conversation),
    ).fetchone()
    return found
