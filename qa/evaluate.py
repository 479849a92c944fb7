"""Measure answers on a SQuAD-format file."""

import gzip
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from index.embed import Embedder
from index.engine import PassageIndex
from index.errors import InputError, SourceError
from index.records import Document, Passage
from qa.assistant import PASSAGES_READ, Assistant
from qa.metrics import Prediction, recall_at, score_predictions
from qa.rank import rank
from qa.reader import Reader
from qa.records import Answer, Question

RECALL_CUTOFFS = (1, 5, 10, 20)
# Passages searched for the first 20 paragraphs: a long paragraph has several.
PASSAGES_SEARCHED = 4 * max(RECALL_CUTOFFS)
Item = TypeVar("Item")
BLOCK_PAIRS = 256  # pairs sorted by length together; more would only make the bar jump


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question of a SQuAD-format file.

    Args:
        question: what is asked.
        paragraph: which of the file's paragraphs it is asked of.
        answers: accepted answers; none where it is unanswerable.
    """

    question: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SquadSet:
    """A SQuAD-format file.

    Args:
        paragraphs: its paragraphs as documents, none twice.
        questions: its questions.
    """

    paragraphs: tuple[Document, ...]
    questions: tuple[SquadQuestion, ...]

    @classmethod
    def from_file(cls, file: Path) -> "SquadSet":
        """Read a file in the format of SQuAD 1.1 or 2.0, gzipped or not.

        Raises:
            SourceError: it is missing, or not of that format.
        """
        try:
            data = file.read_bytes()
            if file.suffix == ".gz":
                data = gzip.decompress(data)
            articles = json.loads(data)["data"]
            return _parse(articles)
        except OSError as error:
            problem = error.strerror or str(error)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            EOFError,
            RecursionError,
            zlib.error,
            InputError,
        ) as error:
            problem = f"{type(error).__name__}: {error}"
        raise SourceError(
            f"{file} cannot be read as SQuAD questions ({problem}).",
            "Give a .json or .json.gz file in SQuAD's format.",
        )

    def sample(self, limit: int | None, *, seed: int) -> "SquadSet":
        """The same paragraphs with at most ``limit`` of the questions, drawn at random."""
        if limit is None or limit >= len(self.questions):
            return self
        if limit < 1:
            raise InputError(f"The limit is {limit}.", "Take 1 or more questions.")
        drawn = random.Random(seed).sample(range(len(self.questions)), limit)  # noqa: S311 - no secret
        return SquadSet(self.paragraphs, tuple(self.questions[number] for number in sorted(drawn)))


def evaluate_reader(
    squad: SquadSet, *, reader: Reader, batch_size: int = 32, progress: bool = False
) -> dict[str, Any]:
    """Give the reader each question with its own paragraph, and score what it says.

    Args:
        squad: questions and their paragraphs.
        reader: what to measure.
        batch_size: windows in one pass through the model.
        progress: show a progress bar on standard error.

    Returns:
        The official figures (``qa.metrics.score_predictions``).
    """
    predictions = []
    questions = tqdm(squad.questions, unit=" questions", disable=not progress)
    for block in _blocks(questions, BLOCK_PAIRS):
        paragraphs = [squad.paragraphs[question.paragraph] for question in block]
        pairs = [
            (question.question, paragraph.text)
            for question, paragraph in zip(block, paragraphs, strict=True)
        ]
        for question, paragraph, reading in zip(
            block, paragraphs, reader.read(pairs, batch_size=batch_size), strict=True
        ):
            passage = Passage(paragraph, 0, len(paragraph.text))
            ranking = rank([(passage, reading)], top_k=1)
            best = ranking.candidates[0] if ranking.candidates else None
            span = paragraph.text[best.start : best.end] if best else ""
            said = best is not None and best.log_odds >= reader.settings.null_threshold
            predictions.append(
                Prediction(question.answers, span if said else "", span, ranking.null_score)
            )
    return dict(score_predictions(predictions))


def evaluate_open(
    squad: SquadSet,
    *,
    reader: Reader,
    embedder: Embedder,
    passages_read: int = PASSAGES_READ,
    batch_size: int = 32,
    progress: bool = False,
) -> dict[str, Any]:
    """Ask each question of all paragraphs of the file together.

    Args:
        squad: questions and paragraphs.
        reader: what reads the passages found.
        embedder: what finds them.
        passages_read: most passages the reader reads for a question.
        batch_size: windows, or texts, in one pass through a model.
        progress: show progress bars on standard error.

    Returns:
        The official figures, and ``recall@k``: the share of answerable questions whose own
        paragraph is among the first k that the retriever finds.
    """
    index = PassageIndex.from_documents(
        squad.paragraphs, embedder=embedder, batch_size=batch_size, progress=progress
    )
    assistant = Assistant(index=index, reader=reader, passages_read=passages_read)
    asked = [Question(question.question) for question in squad.questions]
    answers = assistant.ask_stream(asked, top_k=1, batch_size=batch_size)
    shown = tqdm(answers, total=len(asked), unit=" questions", disable=not progress)
    predictions = [
        _as_prediction(question, answer)
        for question, answer in zip(squad.questions, shown, strict=True)
    ]
    answerable = [question for question in squad.questions if question.answers]
    ranks = _paragraph_ranks(squad, answerable, index)
    return dict(score_predictions(predictions)) | dict(recall_at(ranks, RECALL_CUTOFFS))


def _as_prediction(question: SquadQuestion, answer: Answer) -> Prediction:
    best = answer if answer.text is not None else next(iter(answer.alternatives), None)
    return Prediction(
        gold=question.answers,
        answer=answer.text or "",
        best_span=(best.text or "") if best else "",
        null_score=answer.null_score,
    )


def _paragraph_ranks(
    squad: SquadSet, questions: Sequence[SquadQuestion], index: PassageIndex
) -> list[int | None]:
    found = index.search([question.question for question in questions], top_k=PASSAGES_SEARCHED)
    ranks: list[int | None] = []
    for question, hits in zip(questions, found, strict=True):
        paragraphs = list(dict.fromkeys(hit.passage.document.id for hit in hits))
        own = squad.paragraphs[question.paragraph].id
        ranks.append(paragraphs.index(own) + 1 if own in paragraphs else None)
    return ranks


def _parse(articles: Sequence[dict[str, Any]]) -> SquadSet:
    numbers: dict[str, int] = {}
    paragraphs: list[Document] = []
    questions: list[SquadQuestion] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            if text not in numbers:
                numbers[text] = len(paragraphs)
                title = article.get("title") or "Untitled"
                paragraphs.append(Document(f"p{len(paragraphs)}", title, text))
            for row in paragraph["qas"]:
                impossible = row.get("is_impossible", False)
                golds = () if impossible else tuple(gold["text"] for gold in row["answers"])
                questions.append(SquadQuestion(row["question"].strip(), numbers[text], golds))
    if not questions:
        raise InputError("It has no questions.", "Give a file with some.")
    return SquadSet(tuple(paragraphs), tuple(questions))


def _blocks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block
