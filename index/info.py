"""What a saved index holds, and how large it is."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.database import connected, faults_named
from index.errors import DamagedIndexError
from index.facts import Facts
from index.folder import database_of
from index.rows import was_version
from index.store import read_facts_of
from index.vector_cache import read_making
from index.vector_making import Making

# Of what an index says of itself, what nobody asks for; the kind is told in another way.
INTERNAL = ("next_document", "next_passage", "next_words", "listed", "words", "labels", "kind")


@dataclass(frozen=True, slots=True)
class Info:
    """What a saved index holds.

    Args:
        facts: what it says of itself.
        making: how its FAISS index was made, or None where none is kept for this version.
        bytes_on_disk: of all its files.
    """

    facts: Facts
    making: Making | None
    bytes_on_disk: int

    def to_dict(self) -> dict[str, object]:
        """The same as JSON has it."""
        facts = asdict(self.facts)
        for internal in INTERNAL:
            del facts[internal]
        return facts | {
            "kind": self.making.kind if self.making else None,
            "kind_asked_for": self.facts.kind,
            "recall_at_10": self.making.recall_at_10 if self.making else None,
            "bytes_on_disk": self.bytes_on_disk,
        }

    def __str__(self) -> str:
        return "\n".join(
            f"{name.replace('_', ' '):>18}  {'–' if value is None else value}"
            for name, value in self.to_dict().items()
        )


def info_of(folder: Path) -> Info:
    """What a saved index holds.

    Args:
        folder: where it is.

    Raises:
        StoreError: it is not there, or damaged.
    """
    facts = read_facts_of(folder)
    making = None
    file = database_of(folder)
    with suppress(DamagedIndexError), faults_named(file), connected(file) as connection:
        kept = read_making(folder)
        if kept is not None:
            version, contents, made = kept
            making = made if was_version(connection, version, contents) else None
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return Info(facts, making, size)
