"""The words of a saved index as it grows: a part for each change, and parts made one."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.facts import Facts
from index.kept_words import (
    Part,
    all_to_merge,
    insert_part,
    merge_parts,
    parts_digest,
    parts_to_merge,
    read_parts,
)
from index.postings import Postings
from index.storing import living_passages
from index.terms import Terms


class GrowingWords:
    """What changes the words of a saved index, inside the transactions of its writer.

    Each change gives the facts that are to be kept with it; their ``words`` are those of before
    until ``settled``.

    Args:
        connection: to the database.
        file: of the database.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self._terms = Terms()
        self._added_postings = 0

    def put(self, numbers: Sequence[int], texts: Sequence[str], facts: Facts) -> Facts:
        """Keep the words of passages as a part, and make the last parts one if they are many.

        Args:
            numbers: of the passages, ascending.
            texts: theirs.
            facts: of the index.
        """
        if not numbers:
            return facts
        postings = Postings.from_texts(numbers, texts, terms=self._terms)
        self._added_postings += len(postings.rows)
        insert_part(self._connection, postings, number=facts.next_words)
        facts = replace(facts, next_words=facts.next_words + 1)
        parts = read_parts(self._connection)
        return self.merge(parts_to_merge(parts, added=self._added_postings), facts)

    def worth_merging(self) -> Sequence[Part]:
        """All parts, if a good share of them was added here."""
        return all_to_merge(read_parts(self._connection), added=self._added_postings)

    def merge(self, parts: Sequence[Part], facts: Facts) -> Facts:
        """Make parts that are neighbours one; nothing happens if there are none.

        Raises:
            DamagedIndexError: one is not what was written.
        """
        if not parts:
            return facts
        merge_parts(
            self._connection,
            parts,
            self._file,
            living=living_passages(self._connection, parts[0].first),  # begins with a document
            number=facts.next_words,
        )
        return replace(facts, next_words=facts.next_words + 1)

    def merge_all(self, facts: Facts) -> Facts:
        """Make all parts one."""
        return self.merge(read_parts(self._connection), facts)

    def settled(self, facts: Facts) -> Facts:
        """The facts with the checksum of the parts that there are now."""
        return replace(facts, words=parts_digest(read_parts(self._connection)))
