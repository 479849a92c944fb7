"""What visitors say of the answers that are kept."""

from qa.feedback import Feedback, Judged
from qa.kept_bounds import BoundedFile
from qa.kept_rows import TURNS, turn_of
from qa.kept_visitors import find_conversation


class KeptFeedback:
    """Keeps what visitors say of answers, beside the turns that these are.

    Args:
        file: what it is kept in.
    """

    def __init__(self, file: BoundedFile) -> None:
        self._file = file

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
        with self._file.adding(len(feedback.note.encode()) if feedback else 0) as connection:
            found = find_conversation(connection, visitor, conversation)
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
                    (*place, str(feedback.verdict), feedback.note, self._file.clock()),
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
