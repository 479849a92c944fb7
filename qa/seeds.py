"""The articles that come with Pullquote, and what to ask them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import SourceError

QUESTIONS_SUFFIX = ".questions.json"
# Installed beside this file, in a checkout at the top level.
FOLDERS = (Path(__file__).parent / "seeds", Path(__file__).parent.parent / "seeds")


@dataclass(frozen=True, slots=True)
class SeedQuestion:
    """A question with a known answer.

    Args:
        id: its name in the file.
        question: what is asked.
        answers: accepted quotes; none where the article does not say.
    """

    id: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeedQuestions:
    """What a question file beside a seed article holds.

    Args:
        article: name of the article's file.
        examples: questions to show a newcomer.
        questions: single questions, answerable and not.
        conversations: questions that lean on the ones before them.
    """

    article: str
    examples: tuple[str, ...]
    questions: tuple[SeedQuestion, ...]
    conversations: tuple[tuple[SeedQuestion, ...], ...]

    @classmethod
    def from_file(cls, file: Path) -> "SeedQuestions":
        """Read a ``.questions.json`` file."""
        data = json.loads(file.read_text("utf-8"))
        return cls(
            article=data["article"],
            examples=tuple(data["examples"]),
            questions=tuple(map(_question, data["answerable"] + data["unanswerable"])),
            conversations=tuple(
                tuple(map(_question, conversation)) for conversation in data["conversations"]
            ),
        )


def seed_folder() -> Path:
    """Where the seeds are.

    Raises:
        SourceError: they are missing from this installation.
    """
    for folder in FOLDERS:
        if folder.is_dir():
            return folder
    raise SourceError("The example articles are missing.", "Install Pullquote again.")


def seed_questions() -> list[SeedQuestions]:
    """The question files of all seeds, the news story first: it is the shortest."""
    folder = seed_folder()
    found = map(SeedQuestions.from_file, folder.glob(f"*{QUESTIONS_SUFFIX}"))
    return sorted(found, key=lambda seed: (folder / seed.article).stat().st_size)


def seed_articles() -> list[Path]:
    """The seed articles, in the order of ``seed_questions``."""
    return [seed_folder() / seed.article for seed in seed_questions()]


def seed_examples() -> dict[str, tuple[str, ...]]:
    """By the id that a seed article has when it is loaded, questions to show a newcomer."""
    return {seed.article: seed.examples for seed in seed_questions()}


def _question(row: dict[str, Any]) -> SeedQuestion:
    return SeedQuestion(row["id"], row["question"], tuple(row.get("answers", ())))
