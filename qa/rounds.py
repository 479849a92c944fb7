"""Read a question's passages, the nearest first, until its answer is sure or the rest far away."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.records import Hit, Passage
from qa.answering import make_answer
from qa.asking_several import asks_for_several
from qa.hearing import ToRead, read_all
from qa.reader import Reader, Reading
from qa.records import Answer


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
    found: list[tuple[Passage, Reading]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How questions are read: some passages of each, and the others where no answer is sure.

    A passage that fits the question much worse than the nearest does is not read at all, but
    for questions that lean on others. One that asks for several things is read to the end. Passages
    that say nothing change no score; one that has the same quote is further evidence.

    Args:
        steps: of every question so many passages are read before its answer is looked at,
            each more than the one before; after the last of them the others.
        rival_share: of the nearest passage's score, the share from which others are read
            together with it, up to the last of the steps: they may say something else.
        sure_score: score above which an answer is sure.
        least_share: of the nearest passage's score, the share that another needs to be read.
        top_k: quotes for each.
        min_score: least score of an answer; without it, the one fitted for the reader.
        batch_size: windows in one pass through the model.
    """

    steps: Sequence[int]
    rival_share: float
    sure_score: float
    least_share: float
    top_k: int
    min_score: float | None
    batch_size: int

    def answer(self, reader: Reader, tasks: Sequence[Task]) -> list[Answer]:
        """The answers, in the order of the tasks."""
        worth = [self._worth(task) for task in tasks]
        least = [self._at_first(hits) for hits in worth]
        answers: dict[int, Answer] = {}
        unsure = list(range(len(tasks)))
        for step in (*self.steps, len(max(worth, key=len, default=()))):
            wanted = [
                (tasks[n], worth[n][len(tasks[n].found) : max(step, least[n])]) for n in unsure
            ]
            self._read(reader, wanted)
            answers |= {n: self._answer(reader, tasks[n]) for n in unsure}
            unsure = [
                n
                for n in unsure
                if len(tasks[n].found) < len(worth[n]) and not self._is_sure(answers[n])
            ]
        return [answers[n] for n in range(len(tasks))]

    def _worth(self, task: Task) -> Sequence[Hit]:
        """The passages that are read if need be: the first of them, as they are sorted."""
        if not task.hits or asks_for_several(task.question) or not self.least_share:
            return task.hits
        nearest = task.hits[0].score
        # Of half a question, or where nothing is near, the nearest passage says little.
        if task.told is not None or nearest <= 0:
            return task.hits
        return [hit for hit in task.hits if hit.score >= self.least_share * nearest]

    def _at_first(self, hits: Sequence[Hit]) -> int:
        """How many passages are about as near as the nearest, and read together with it."""
        rivals = [hit for hit in hits if hit.score >= self.rival_share * hits[0].score]
        return min(len(rivals), max(self.steps, default=0))

    def _read(self, reader: Reader, wanted: Sequence[tuple[Task, Sequence[Hit]]]) -> None:
        pairs = [(task, hit) for task, hits in wanted for hit in hits]
        readings = read_all(
            reader,
            [ToRead(task.question, task.told, hit.passage.text) for task, hit in pairs],
            batch_size=self.batch_size,
        )
        for (task, hit), reading in zip(pairs, readings, strict=True):
            task.found.append((hit.passage, reading))

    def _answer(self, reader: Reader, task: Task) -> Answer:
        return make_answer(
            task.question,
            task.found,
            settings=reader.settings,
            top_k=self.top_k,
            searched=True,
            min_score=self.min_score,
            resolved=task.told,
            nearest=[hit.passage for hit in task.hits],
        )

    def _is_sure(self, answer: Answer) -> bool:
        return (
            answer.text is not None
            and answer.score > self.sure_score
            and not asks_for_several(answer.question)
        )
