"""Conversations that outlive a page and a server: kept by visitor, found again, forgotten."""

import json
import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from index.database import content_digest, fields_of
from index.errors import InputError, StoreError
from index.records import Document
from qa.feedback import Feedback, Judged
from qa.kept_file import KeptFile
from qa.kept_folder import check_visitor
from qa.kept_rows import (
    KeptArticle,
    KeptConversation,
    KeptTurn,
    conversation_of,
    document_of,
    text_digest,
    turn_of,
)
from qa.records import Answer

DAYS_KEPT = 90  # after the last use
ID_BYTES = 8  # of a conversation, which only its visitor can ask for
MAX_NAME_CHARS = 200
MAX_SEARCHED_CHARS = 200  # what is longer is no search for words
SWEEP_S = 3_600  # how often what is unused for too long is looked for
DAY_S = 86_400
TURNS = (
    "SELECT t.number, t.digest, t.json, f.verdict, f.note FROM turns AS t"
    " LEFT JOIN feedback AS f ON f.conversation = t.conversation AND f.turn = t.number"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept.

    Args:
        conversations: of a visitor; one more, and the one longest unused goes.
        turns: of a conversation; one more, and its oldest goes.
        turn_chars: of all conversations of a visitor, as JSON; the longest unused go.
        articles: that a visitor brought; one more is refused.
        article_chars: of all of a visitor's; more are refused.
        file_bytes: of all visitors; beyond it nothing more is kept, since nobody may push
            out what others keep.
        days: after its last use something is forgotten.
    """

    conversations: int = 200
    turns: int = 200
    turn_chars: int = 20_000_000
    articles: int = 20
    article_chars: int = 5_000_000
    file_bytes: int = 2_000_000_000
    days: float = DAYS_KEPT


class Kept:
    """Keeps visitors' conversations and articles in one file; safe between threads and processes.

    A visitor is the secret that ``kept_folder.new_visitor`` made. The file has its digest
    alone, and nothing is found without it.

    Args:
        folder: where the file lies; both are made if they are not there.
        bounds: how much is kept.
        clock: seconds since 1970.

    Raises:
        StoreError: the file cannot be made or read, is damaged, or of a newer Pullquote.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.bounds = bounds or Bounds()
        self._clock = clock
        self._file = KeptFile(folder)
        self._swept_s = 0.0
        self._lock = Lock()
        self._sweep()

    # Conversations

    def conversations(self, visitor: str) -> list[KeptConversation]:
        """A visitor's conversations, the last used first.

        Raises:
            StoreError: they cannot be read.
        """
        return self.search(visitor, "")

    def search(self, visitor: str, words: str) -> list[KeptConversation]:
        """A visitor's conversations that have all of some words, the last used first.

        Args:
            visitor: whose.
            words: what their names, questions or quotes have, in any case; without any,
                all are given.

        Raises:
            InputError: that is too long to be searched for.
            StoreError: they cannot be read.
        """
        if len(words) > MAX_SEARCHED_CHARS:
            raise InputError(
                f"The search has {len(words):,} characters; at most {MAX_SEARCHED_CHARS} fit.",
                "Search for a few words.",
            )
        wanted = _folded(words).split()
        # instr knows no wildcards, and finds words inside of writing without spaces.
        has_word = (
            " AND (instr(c.words, ?) OR EXISTS (SELECT 1 FROM turns AS t"
            " WHERE t.conversation = c.number AND instr(t.words, ?)))"
        )
        self._sweep()
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT id, name, articles, created_s, updated_s,"  # noqa: S608 - no word is in it
                " (SELECT count(*) FROM turns AS t WHERE t.conversation = c.number)"
                " FROM conversations AS c JOIN visitors AS v ON v.number = c.visitor"
                f" WHERE v.digest = ?{has_word * len(wanted)}"
                " ORDER BY updated_s DESC, c.number DESC",
                (_digest_of(visitor), *(word for one in wanted for word in (one, one))),
            ).fetchall()
            return [conversation_of(row) for row in rows]

    def start(self, visitor: str, *, name: str, articles: Sequence[str]) -> KeptConversation:
        """Begin a conversation.

        Args:
            visitor: whose.
            name: what to show it under; cut to 200 characters.
            articles: ids of the articles that it is about.

        Raises:
            StoreError: it cannot be kept.
        """
        made, now_s, named = secrets.token_hex(ID_BYTES), self._clock(), _name(name)
        with self._adding(len(named)) as connection:
            number = _visitor(connection, visitor)
            connection.execute(
                "INSERT INTO conversations"
                " (visitor, id, name, words, articles, created_s, updated_s, next_turn, chars)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
                (number, made, named, _folded(named), json.dumps(list(articles)), now_s, now_s),
            )
            self._drop_many(connection, number)
        return KeptConversation(made, named, tuple(articles), now_s, now_s, 0)

    def add(
        self, visitor: str, conversation: str, answer: Answer, *, in_place_of: int | None = None
    ) -> KeptTurn | None:
        """Keep an answer as the next turn of a conversation, or in the place of an earlier one.

        Args:
            visitor: whose.
            conversation: which.
            answer: what the article said.
            in_place_of: number of the turn that it replaces, feedback included; one that is
                not kept (any more) replaces nothing.

        Returns:
            The turn; None where the conversation is not kept (any more).

        Raises:
            StoreError: it cannot be kept.
        """
        said, now_s = json.dumps(answer.to_dict(), ensure_ascii=False), self._clock()
        words = _folded("\n".join([answer.question, *(one.text or "" for one in answer.quotes)]))
        with self._adding(len(said.encode()) + len(words.encode())) as connection:
            found = _find(connection, visitor, conversation)
            if found is None:
                return None
            number, owner = found
            turn, is_new = in_place_of, False
            if turn is None or not _forget_turn(connection, number, turn):
                is_new = True
                (turn,) = connection.execute(
                    "SELECT next_turn FROM conversations WHERE number = ?", (number,)
                ).fetchone()
            connection.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?)",
                (number, turn, words, text_digest(said), said),
            )
            connection.execute(
                "DELETE FROM turns WHERE conversation = ? AND number NOT IN (SELECT number FROM"
                " turns WHERE conversation = ? ORDER BY number DESC LIMIT ?)",
                (number, number, self.bounds.turns),
            )
            connection.execute(
                "UPDATE conversations SET next_turn = next_turn + ? WHERE number = ?",
                (is_new, number),
            )
            _count(connection, number, now_s)
            # The articles that it is about are in use as well.
            connection.execute(
                "UPDATE brought SET used_s = ? WHERE visitor = ? AND id IN (SELECT value FROM"
                " json_each((SELECT articles FROM conversations WHERE number = ?)))",
                (now_s, owner, number),
            )
            self._drop_many(connection, owner)
        return KeptTurn(int(turn), answer)

    def take_back(self, visitor: str, conversation: str, turn: int) -> bool:
        """Forget one turn, and what was said of it; whether it was kept.

        Args:
            visitor: whose.
            conversation: which.
            turn: the turn's number, which is not given again.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._file.changing() as connection:
            found = _find(connection, visitor, conversation)
            if found is None or not _forget_turn(connection, found[0], turn):
                return False
            _count(connection, found[0], self._clock())
        return True

    def turns(self, visitor: str, conversation: str) -> list[KeptTurn] | None:
        """The turns of a conversation, oldest first; None where it is not kept (any more).

        Raises:
            StoreError: they cannot be read, or are damaged.
        """
        with self._file.reading() as connection:
            found = _find(connection, visitor, conversation)
            if found is None:
                return None
            rows = connection.execute(
                f"{TURNS} WHERE t.conversation = ? ORDER BY t.number", (found[0],)
            ).fetchall()
            return [turn_of(row) for row in rows]

    def rename(self, visitor: str, conversation: str, name: str) -> bool:
        """Show a conversation under another name; whether it is kept.

        Raises:
            StoreError: that cannot be kept.
        """
        named = _name(name)
        with self._adding(len(named)) as connection:
            found = _find(connection, visitor, conversation)
            if found is not None:
                connection.execute(
                    "UPDATE conversations SET name = ?, words = ?, updated_s = ? WHERE number = ?",
                    (named, _folded(named), self._clock(), found[0]),
                )
        return found is not None

    def delete(self, visitor: str, conversation: str) -> bool:
        """Forget a conversation, and what was said of its answers; whether it was kept.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._file.changing() as connection:
            found = _find(connection, visitor, conversation)
            if found is not None:
                connection.execute("DELETE FROM conversations WHERE number = ?", (found[0],))
        return found is not None

    def forget(self, visitor: str) -> None:
        """Forget all of a visitor: conversations, articles, feedback.

        Raises:
            StoreError: that cannot be deleted.
        """
        with self._file.changing() as connection:
            connection.execute("DELETE FROM visitors WHERE digest = ?", (_digest_of(visitor),))

    # Articles

    def bring(self, visitor: str, documents: Sequence[Document]) -> None:
        """Keep articles that a visitor brought together, known by the first one's id.

        Raises:
            InputError: there are none, or the visitor has brought too much.
            StoreError: they cannot be kept.
        """
        if not documents:
            raise InputError("There is no article to keep.", "Bring one.")
        first, now_s = documents[0].id, self._clock()
        chars = sum(len(one.text) for one in documents)
        rows = [(one.id, one.title, fields_of(one), one.text) for one in documents]
        new_bytes = sum(len(part.encode()) for row in rows for part in row)
        with self._adding(new_bytes) as connection:
            owner = _visitor(connection, visitor)
            connection.execute("DELETE FROM brought WHERE visitor = ? AND id = ?", (owner, first))
            articles, held = connection.execute(
                "SELECT count(*), coalesce(sum(chars), 0) FROM brought WHERE visitor = ?", (owner,)
            ).fetchone()
            if articles >= self.bounds.articles or held + chars > self.bounds.article_chars:
                raise InputError(
                    f"You keep {articles} articles with {held:,} characters; at most"
                    f" {self.bounds.articles} with {self.bounds.article_chars:,} are kept.",
                    "Remove one first.",
                )
            number = connection.execute(
                "INSERT INTO brought (visitor, id, used_s, chars) VALUES (?, ?, ?, ?)",
                (owner, first, now_s, chars),
            ).lastrowid
            connection.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (number, place, content_digest(row[0], row[1], row[3], row[2]), *row)
                    for place, row in enumerate(rows)
                ),
            )

    def articles(self, visitor: str) -> list[KeptArticle]:
        """What a visitor brought, without the texts, the last used first.

        Raises:
            StoreError: it cannot be read.
        """
        self._sweep()
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT b.id, d.title,"
                " (SELECT count(*) FROM documents AS every WHERE every.brought = b.number),"
                " b.chars, b.used_s FROM brought AS b"
                " JOIN visitors AS v ON v.number = b.visitor"
                " JOIN documents AS d ON d.brought = b.number AND d.place = 0"
                " WHERE v.digest = ? ORDER BY b.used_s DESC, b.number DESC",
                (_digest_of(visitor),),
            ).fetchall()
        return [KeptArticle(*row) for row in rows]

    def article(self, visitor: str, article: str) -> tuple[Document, ...] | None:
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
                (_digest_of(visitor), article),
            ).fetchall()
            return tuple(document_of(*row) for row in rows) or None

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
                    (article, _digest_of(visitor)),
                ).rowcount
            )

    # Feedback

    def judge(self, visitor: str, conversation: str, turn: int, feedback: Feedback | None) -> bool:
        """Keep what a visitor says of an answer, in place of what they said before.

        Args:
            visitor: whose.
            conversation: which.
            turn: the turn's number.
            feedback: what they say; None takes back what they said.

        Returns:
            Whether the turn is kept.

        Raises:
            StoreError: that cannot be kept.
        """
        with self._adding(len(feedback.note.encode()) if feedback else 0) as connection:
            found = _find(connection, visitor, conversation)
            if (
                found is None
                or not connection.execute(
                    "SELECT 1 FROM turns WHERE conversation = ? AND number = ?", (found[0], turn)
                ).fetchone()
            ):
                return False
            place = (found[0], turn)
            connection.execute("DELETE FROM feedback WHERE conversation = ? AND turn = ?", place)
            if feedback is not None:
                connection.execute(
                    "INSERT INTO feedback VALUES (?, ?, ?, ?, ?)",
                    (*place, str(feedback.verdict), feedback.note, self._clock()),
                )
        return True

    def judged(self) -> list[Judged]:
        """Every answer that a visitor said something of, and that: for whoever owns the file.

        Raises:
            StoreError: they cannot be read, or are damaged.
        """
        with self._file.reading() as connection:
            rows = connection.execute(
                f"{TURNS} WHERE f.verdict IS NOT NULL ORDER BY t.conversation, t.number"
            ).fetchall()
            turns = [turn_of(row) for row in rows]
        return [Judged(one.answer, one.feedback) for one in turns if one.feedback is not None]

    # Bounds

    def drop_unused(self) -> None:
        """Forget what was not used for as many days as the bounds say.

        Raises:
            StoreError: it cannot be deleted.
        """
        oldest_s = self._clock() - self.bounds.days * DAY_S
        with self._file.changing() as connection:
            connection.execute("DELETE FROM conversations WHERE updated_s < ?", (oldest_s,))
            connection.execute("DELETE FROM brought WHERE used_s < ?", (oldest_s,))
            connection.execute(
                "DELETE FROM visitors WHERE number NOT IN (SELECT visitor FROM conversations)"
                " AND number NOT IN (SELECT visitor FROM brought)"
            )

    def _sweep(self) -> None:
        """Drop what is unused, if that was not done for an hour."""
        with self._lock:
            now_s = self._clock()
            if now_s - self._swept_s < SWEEP_S:
                return
            self._swept_s = now_s
        self.drop_unused()

    @contextmanager
    def _adding(self, new_bytes: int) -> Iterator[sqlite3.Connection]:
        """A change that makes the file longer, if it may be."""
        self._sweep()
        with self._file.changing() as connection:
            pages, free, page_bytes = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
            if (pages - free) * page_bytes + new_bytes > self.bounds.file_bytes:
                raise StoreError(
                    f"The server keeps {self.bounds.file_bytes:,} bytes of conversations already.",
                    "Delete what you no longer need; the others' is kept for"
                    f" {self.bounds.days:g} days.",
                )
            yield connection

    def _drop_many(self, connection: sqlite3.Connection, owner: int) -> None:
        """Forget the conversations that are too many or too long, but never the last used."""
        rows = connection.execute(
            "SELECT number, chars FROM conversations WHERE visitor = ?"
            " ORDER BY updated_s DESC, number DESC",
            (owner,),
        ).fetchall()
        chars = 0
        for place, (number, held) in enumerate(rows):
            chars += held
            too_many = place >= self.bounds.conversations or chars > self.bounds.turn_chars
            if place and too_many:
                connection.execute("DELETE FROM conversations WHERE number = ?", (number,))

    def __str__(self) -> str:
        return f"Conversations kept in {self.folder}"


def kept_in(folder: Path | None) -> Kept | None:
    """What keeps conversations in a folder; None where there is no folder for them.

    Raises:
        StoreError: nothing can be kept in the folder.
    """
    return Kept(folder) if folder is not None else None


def _visitor(connection: sqlite3.Connection, visitor: str) -> int:
    """The number of a visitor, who may be new."""
    digest = _digest_of(visitor)
    connection.execute("INSERT OR IGNORE INTO visitors (digest) VALUES (?)", (digest,))
    (number,) = connection.execute(
        "SELECT number FROM visitors WHERE digest = ?", (digest,)
    ).fetchone()
    return int(number)


def _find(
    connection: sqlite3.Connection, visitor: str, conversation: str
) -> tuple[int, int] | None:
    """The numbers of a visitor's conversation and of the visitor, if it is kept."""
    found: tuple[int, int] | None = connection.execute(
        "SELECT c.number, v.number FROM conversations AS c"
        " JOIN visitors AS v ON v.number = c.visitor WHERE v.digest = ? AND c.id = ?",
        (_digest_of(visitor), conversation),
    ).fetchone()
    return found


def _forget_turn(connection: sqlite3.Connection, conversation: int, turn: int) -> bool:
    """Delete a turn with its feedback; whether it was there."""
    return bool(
        connection.execute(
            "DELETE FROM turns WHERE conversation = ? AND number = ?", (conversation, turn)
        ).rowcount
    )


def _count(connection: sqlite3.Connection, conversation: int, now_s: float) -> None:
    """Note how long a conversation has become, and when."""
    connection.execute(
        "UPDATE conversations SET updated_s = ?, chars = (SELECT coalesce(sum(length(json)), 0)"
        " FROM turns WHERE conversation = ?) WHERE number = ?",
        (now_s, conversation, conversation),
    )


def _digest_of(visitor: str) -> bytes:
    """What the file knows a visitor by.

    Raises:
        InputError: this is no visitor's secret.
    """
    return text_digest(check_visitor(visitor))


def _name(name: str) -> str:
    """A name on one line, as long as a list can show."""
    whole = name.encode(errors="replace").decode()
    return " ".join(whole.split())[:MAX_NAME_CHARS].rstrip() or "Conversation"


def _folded(text: str) -> str:
    """A text as it is searched: the same for each way to write the same letters."""
    whole = text.encode(errors="replace").decode()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold())
