"""Read a question's passages, the nearest first, until its answer is sure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.records import Hit
from qa.answering import ReadPassage, make_answer
from qa.hearing import ToRead, read_all
from qa.reader import Reader
from qa.records import Answer
from qa.several import asks_for_several


@dataclass(frozen=True, slots=True)
class Task:
    """A question, where to look, and what was found there so far.

    Args:
        question: as it was asked.
        told: the same behind the earlier turns it leans on; None where it stands alone.
        hits: its passages, the nearest first.
        found: what was read, from the first of them on.
    """

    question: str
    told: str | None
    hits: Sequence[Hit]
    found: list[ReadPassage] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How questions are read: some passages of each, and the others where no answer is sure.

    A question that asks for several things is read to the end, and so is one that no sure
    answer was found to. What a score says does not depend on how many passages were read.

    Args:
        first_passages: passages that are read of every question.
        sure_score: score above which an answer is sure.
        top_k: quotes for each.
        min_score: least score of an answer; without it, the one fitted for the reader.
        batch_size: windows in one pass through the model.
    """

    first_passages: int
    sure_score: float
    top_k: int
    min_score: float | None
    batch_size: int

    def answer(self, reader: Reader, tasks: Sequence[Task]) -> list[Answer]:
        """The answers, in the order of the tasks."""
        self._read(reader, tasks, most=self.first_passages)
        answers = [self._answer(reader, task) for task in tasks]
        unsure = [
            number
            for number, (task, answer) in enumerate(zip(tasks, answers, strict=True))
            if len(task.found) < len(task.hits) and not self._is_sure(answer)
        ]
        self._read(reader, [tasks[number] for number in unsure], most=None)
        for number in unsure:
            answers[number] = self._answer(reader, tasks[number])
        return answers

    def _read(self, reader: Reader, tasks: Sequence[Task], *, most: int | None) -> None:
        wanted = [(task, hit) for task in tasks for hit in task.hits[len(task.found) : most]]
        readings = read_all(
            reader,
            [ToRead(task.question, task.told, hit.passage.text) for task, hit in wanted],
            batch_size=self.batch_size,
        )
        for (task, hit), reading in zip(wanted, readings, strict=True):
            task.found.append(ReadPassage(hit.passage, reading, hit.similarity))

    def _answer(self, reader: Reader, task: Task) -> Answer:
        return make_answer(
            task.question,
            task.found,
            settings=reader.settings,
            top_k=self.top_k,
            min_score=self.min_score,
            resolved=task.told,
        )

    def _is_sure(self, answer: Answer) -> bool:
        return (
            answer.text is not None
            and answer.score > self.sure_score
            and not asks_for_several(answer.question)
        )
