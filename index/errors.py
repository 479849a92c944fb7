"""Every error Pullquote raises on purpose.

::

    PullquoteError
    ├── InputError                 a value the caller gave cannot be used (also a ValueError)
    ├── SourceError                an article could not be read
    ├── ModelError                 a model could not be found, loaded or trusted
    └── StoreError                 a saved index could not be written or opened
        ├── DamagedIndexError      its files are missing, torn or altered
        └── IncompatibleIndexError it is of another format version or another model

Those that only a server raises are in ``qa.faults``.

"Not in the article" is no error: it is an answer whose text is ``None``.
"""

from typing import ClassVar, Self


def first_line(error: Exception) -> str:
    """What another library's error says first, or its kind where it says nothing."""
    return str(error).strip().split("\n", 1)[0] or type(error).__name__


class PullquoteError(Exception):
    """The base of every error that Pullquote raises on purpose.

    Args:
        problem: what was wrong, and with what; a full sentence.
        remedy: how to mend it; a full sentence.
    """

    code: ClassVar[str] = "error"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"

    def to_dict(self) -> dict[str, str]:
        """The error as JSON values, for whoever calls over HTTP or MCP."""
        return {"code": self.code, "message": self.problem, "remedy": self.remedy}


class InputError(PullquoteError, ValueError):
    """A value the caller gave cannot be used."""

    code = "input"


class SourceError(PullquoteError):
    """An article could not be read."""

    code = "source"


class ModelError(PullquoteError):
    """A model could not be found, loaded or trusted."""

    code = "model"


class StoreError(PullquoteError):
    """A saved index could not be written or opened."""

    code = "store"

    @classmethod
    def cannot_write(cls, folder: object, reason: object) -> Self:
        """The error for a folder that cannot be written.

        Args:
            folder: which.
            reason: what the system says.
        """
        return cls(
            f"The index cannot be written to {folder} ({reason}).",
            "Check the folder's permissions and the free space.",
        )


class DamagedIndexError(StoreError):
    """A saved index has files that are missing, torn or altered."""

    code = "damaged-index"


class IncompatibleIndexError(StoreError):
    """A saved index is of another format version or another embedding model."""

    code = "incompatible-index"
