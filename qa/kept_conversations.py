"""A visitor's conversations and their turns: listed, searched, continued, deleted."""

import json
import secrets
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from index.errors import InputError
from qa.kept_bounds import BoundedFile
from qa.kept_rows import TURNS, KeptConversation, KeptTurn, conversation_of, text_digest, turn_of
from qa.kept_visitors import digest_of, find_conversation, visitor_number
from qa.records import Answer

ID_BYTES = 8  # of a conversation, which only its visitor can ask for
MAX_NAME_CHARS = 200
MAX_SEARCHED_CHARS = 200  # what is longer is no search for words


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer as it is written down.

    Args:
        json: all of it.
        words: what it is found by.
    """

    json: str
    words: str

    @classmethod
    def of(cls, answer: Answer) -> Self:
        texts = [answer.question, *(one.text or "" for one in answer.quotes)]
        return cls(json.dumps(answer.to_dict(), ensure_ascii=False), _folded("\n".join(texts)))

    @property
    def bytes(self) -> int:
        """How much longer it makes the file, about."""
        return len(self.json.encode()) + len(self.words.encode())


class Conversations:
    """Keeps the conversations of all visitors, each found by its own alone.

    Args:
        file: what they are kept in.
    """

    def __init__(self, file: BoundedFile) -> None:
        self._file = file

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
        self._file.sweep()
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT id, name, articles"  # noqa: S608 - no word is in it
                " FROM conversations AS c JOIN visitors AS v ON v.number = c.visitor"
                f" WHERE v.digest = ?{has_word * len(wanted)}"
                " ORDER BY updated_s DESC, c.number DESC",
                (digest_of(visitor), *(word for one in wanted for word in (one, one))),
            ).fetchall()
            return [conversation_of(row) for row in rows]

    def start(
        self,
        visitor: str,
        *,
        name: str,
        articles: Sequence[str],
        answers: Sequence[Answer] = (),
    ) -> KeptConversation:
        """Begin a conversation, with its first turns or not at all.

        Args:
            visitor: whose.
            name: what to show it under; cut to 200 characters.
            articles: ids of the articles that it is about.
            answers: what was said in it so far: turns that are numbered from 0.

        Raises:
            StoreError: it cannot be kept.
        """
        made, now_s, named = secrets.token_hex(ID_BYTES), self._file.clock(), _name(name)
        said = [_Said.of(answer) for answer in answers]
        with self._file.adding(len(named) + sum(one.bytes for one in said)) as connection:
            owner = visitor_number(connection, visitor)
            connection.execute(
                "INSERT INTO conversations"
                " (visitor, id, name, words, articles, created_s, updated_s, next_turn, chars)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
                (owner, made, named, _folded(named), json.dumps(list(articles)), now_s, now_s),
            )
            (number,) = connection.execute("SELECT last_insert_rowid()").fetchone()
            for one in said:
                self._insert(connection, number, one)
            _count(connection, number, now_s)
            _use_articles(connection, number, owner, now_s)
            self._drop_many(connection, owner)
        return KeptConversation(made, named, tuple(articles))

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
        said, now_s = _Said.of(answer), self._file.clock()
        with self._file.adding(said.bytes) as connection:
            found = find_conversation(connection, visitor, conversation)
            if found is None:
                return None
            number, owner = found
            turn = self._insert(connection, number, said, in_place_of=in_place_of)
            _count(connection, number, now_s)
            _use_articles(connection, number, owner, now_s)
            self._drop_many(connection, owner)
        return KeptTurn(turn, answer)

    def _insert(
        self,
        connection: sqlite3.Connection,
        conversation: int,
        said: _Said,
        *,
        in_place_of: int | None = None,
    ) -> int:
        """Write a turn behind the others, or in the place of one that is there; its number."""
        turn, is_new = in_place_of, False
        if turn is None or not _forget_turn(connection, conversation, turn):
            is_new = True
            (turn,) = connection.execute(
                "SELECT next_turn FROM conversations WHERE number = ?", (conversation,)
            ).fetchone()
        connection.execute(
            "INSERT INTO turns VALUES (?, ?, ?, ?, ?)",
            (conversation, turn, said.words, text_digest(said.json), said.json),
        )
        connection.execute(
            "DELETE FROM turns WHERE conversation = ? AND number NOT IN (SELECT number FROM"
            " turns WHERE conversation = ? ORDER BY number DESC LIMIT ?)",
            (conversation, conversation, self._file.bounds.turns),
        )
        connection.execute(
            "UPDATE conversations SET next_turn = next_turn + ? WHERE number = ?",
            (is_new, conversation),
        )
        return int(turn)

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
            found = find_conversation(connection, visitor, conversation)
            if found is None or not _forget_turn(connection, found[0], turn):
                return False
            _count(connection, found[0], self._file.clock())
        return True

    def turns(self, visitor: str, conversation: str) -> list[KeptTurn] | None:
        """The turns of a conversation, oldest first; None where it is not kept (any more).

        Raises:
            StoreError: they cannot be read, or are damaged.
        """
        with self._file.reading() as connection:
            found = find_conversation(connection, visitor, conversation)
            if found is None:
                return None
            rows = connection.execute(
                f"{TURNS} WHERE t.conversation = ? ORDER BY t.number", (found[0],)
            ).fetchall()
            return [turn_of(row) for row in rows]

    def use(self, visitor: str, conversation: str) -> None:
        """Note that a conversation was used, from when on it is kept for as long again.

        Raises:
            StoreError: it cannot be noted.
        """
        with self._file.changing() as connection:
            found = find_conversation(connection, visitor, conversation)
            if found is not None:
                connection.execute(
                    "UPDATE conversations SET updated_s = ? WHERE number = ?",
                    (self._file.clock(), found[0]),
                )

    def rename(self, visitor: str, conversation: str, name: str) -> bool:
        """Show a conversation under another name; whether it is kept.

        Raises:
            StoreError: that cannot be kept.
        """
        named = _name(name)
        with self._file.adding(len(named)) as connection:
            found = find_conversation(connection, visitor, conversation)
            if found is not None:
                connection.execute(
                    "UPDATE conversations SET name = ?, words = ?, updated_s = ? WHERE number = ?",
                    (named, _folded(named), self._file.clock(), found[0]),
                )
        return found is not None

    def delete(self, visitor: str, conversation: str) -> bool:
        """Forget a conversation, and what was said of its answers; whether it was kept.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._file.changing() as connection:
            found = find_conversation(connection, visitor, conversation)
            if found is not None:
                connection.execute("DELETE FROM conversations WHERE number = ?", (found[0],))
        return found is not None

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
            too_many = (
                place >= self._file.bounds.conversations or chars > self._file.bounds.turn_chars
            )
            if place and too_many:
                connection.execute("DELETE FROM conversations WHERE number = ?", (number,))


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


def _use_articles(
    connection: sqlite3.Connection, conversation: int, owner: int, now_s: float
) -> None:
    """Note that the articles that a conversation is about are in use as well."""
    connection.execute(
        "UPDATE brought SET used_s = ? WHERE visitor = ? AND id IN (SELECT value FROM"
        " json_each((SELECT articles FROM conversations WHERE number = ?)))",
        (now_s, owner, conversation),
    )


def _name(name: str) -> str:
    """A name on one line, as long as a list can show."""
    whole = name.encode(errors="replace").decode()
    return " ".join(whole.split())[:MAX_NAME_CHARS].rstrip() or "Conversation"


def _folded(text: str) -> str:
    """A text as it is searched: the same for each way to write the same letters."""
    whole = text.encode(errors="replace").decode()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold())
