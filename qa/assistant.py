"""Ask articles: retrieve passages, read them, quote the answer."""

import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Self

from tqdm import tqdm

from index.counts import check_count
from index.embed import Embedder
from index.engine import PassageIndex
from index.errors import InputError
from index.filters import Filter, check_filter
from index.in_memory import Embedded
from index.limits import DEFAULT_LIMITS, ReadLimits
from index.read import Source
from index.records import Document
from qa.conversation import expand
from qa.defaults import BATCH_SIZE, PASSAGES_FOUND, TOP_K
from qa.opening import open_sources
from qa.pipeline import LEAST_SHARE, PASSAGES_READ, SURE_SCORE, Pipeline
from qa.questions import check_min_score, check_question, numbered, parse_history
from qa.reader import ExtractiveReader, Reader
from qa.records import Answer, Excerpt, Found, Question, Timings, Turn
from qa.remembered import ANSWERS_KEPT, RememberedAnswers

# Questions answered in one stream: enough to fill the batches with pairs of like length,
# few enough that a million questions need no more memory than a hundred.
STREAM_QUESTIONS = 64
SHOWN_CHARS = 60  # of a question, in an error
PROGRESS_FROM = 32  # questions; fewer are answered before a bar could be read


class Assistant:
    """Answers questions about the documents of an index with their own words.

    Make one with ``from_sources`` or ``qa.load``.

    Args:
        index: the passages.
        reader: what reads them.
        passages_read: most passages the reader reads for a question.
        sure_score: score of an answer above which no more passages are read.
        least_share: share of the nearest passage's score that another needs to be read. With 0,
            and a sure_score of 1, all are.
        answers_kept: how many answers are kept for whoever asks the same again; 0 keeps none.

    Raises:
        InputError: passages_read is below 1, answers_kept below 0, or sure_score or
            least_share not from 0 to 1.
    """

    def __init__(
        self,
        *,
        index: PassageIndex,
        reader: Reader,
        passages_read: int = PASSAGES_READ,
        sure_score: float = SURE_SCORE,
        least_share: float = LEAST_SHARE,
        answers_kept: int = ANSWERS_KEPT,
    ) -> None:
        self.passages_read = check_count("passages_read", passages_read)
        if not 0 <= sure_score <= 1:
            raise InputError(f"sure_score is {sure_score}.", "Give a probability, from 0 to 1.")
        if not 0 <= least_share <= 1:
            raise InputError(f"least_share is {least_share}.", "Give a share, from 0 to 1.")
        self._index = index
        self._reader = reader
        self.sure_score = sure_score
        self.least_share = least_share
        self._answers_kept = check_count("answers_kept", answers_kept, least=0)
        self._remembered = RememberedAnswers(most=self._answers_kept)

    @classmethod
    def from_sources(
        cls,
        sources: Source | Iterable[Source],
        *,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        passages_read: int = PASSAGES_READ,
        sure_score: float = SURE_SCORE,
        least_share: float = LEAST_SHARE,
        progress: bool = False,
        limits: ReadLimits = DEFAULT_LIMITS,
        allow_private: bool = False,
    ) -> Self:
        """Read and index articles, or open an index that was saved.

        Args:
            sources: a file, a folder, a page of the web, a text or a document, or several of
                them; or one folder that ``pullquote index build`` wrote.
            reader: the reader; without one, the reader we ship.
            embedder: the embedding model; without one, the model we ship.
            passages_read: most passages the reader reads for a question.
            sure_score: score of an answer above which no more passages are read.
            least_share: share of the nearest passage's score that another needs to be read.
            progress: show progress bars while the articles are read and embedded.
            limits: how much of a source is read.
            allow_private: read pages of the web from this machine and its own network too.

        Raises:
            SourceError: an article is missing or cannot be read.
            StoreError: a saved index cannot be opened.
            ModelError: a model cannot be loaded.
            InputError: an article is empty, or an option out of range.
        """
        index = open_sources(
            sources,
            embedder=embedder,
            limits=limits,
            allow_private=allow_private,
            progress=progress,
        )
        return cls(
            index=index,
            reader=reader or ExtractiveReader.shipped(),
            passages_read=passages_read,
            sure_score=sure_score,
            least_share=least_share,
        )

    def only(self, document_id: str) -> "Assistant":
        """The same assistant for one of its documents.

        Raises:
            InputError: there is no such document.
        """
        return self._over(self.index.only(document_id))

    def about(self, documents: Sequence[Document]) -> "Assistant":
        """The same models for other documents.

        Args:
            documents: the articles to index, each with an id of its own.

        Raises:
            InputError: there are none, or two have the same id.
        """
        return self._over(PassageIndex.from_documents(documents, embedder=self.index.embedder))

    def about_in_steps(
        self, documents: Sequence[Document]
    ) -> Generator[Embedded, None, "Assistant"]:
        """As ``about``, told how far it has come, and stopped by closing it.

        Args:
            documents: the articles to index, each with an id of its own.

        Yields:
            How many of their passages are embedded.

        Raises:
            InputError: there are none, or two have the same id.
        """
        return self._over(
            (yield from PassageIndex.in_steps(documents, embedder=self.index.embedder))
        )

    def beside(self, others: Sequence["Assistant"]) -> "Assistant":
        """The same models for these documents and those of others; nothing is embedded again.

        Args:
            others: assistants that ``about`` made of this one.
        """
        return self._over(self.index.beside([other.index for other in others]))

    def _over(self, index: PassageIndex) -> "Assistant":
        return Assistant(
            index=index,
            reader=self.reader,
            passages_read=self.passages_read,
            sure_score=self.sure_score,
            least_share=self.least_share,
            answers_kept=self._answers_kept,
        )

    @property
    def index(self) -> PassageIndex:
        """The passages."""
        return self._index

    @property
    def reader(self) -> Reader:
        """What reads them."""
        return self._reader

    @property
    def documents(self) -> Sequence[Document]:
        """The articles that can be asked."""
        return self.index.documents

    def document(self, id: str) -> Document | None:
        """The article with this id, or None if it cannot be asked.

        Raises:
            StoreError: it cannot be read.
        """
        return self.index.document(id)

    def ask(
        self,
        question: str,
        *,
        history: Iterable[Turn | Answer] | None = None,
        top_k: int = TOP_K,
        min_score: float | None = None,
        where: Filter | None = None,
    ) -> Answer:
        """Answer one question.

        Args:
            question: what to ask.
            history: earlier turns of the conversation, oldest first: answers, turns, or
                (question, answer) pairs.
            top_k: how many quotes to give: the answer and top_k - 1 alternatives. For more than
                three every passage found is read, so that the answer itself may be another.
            min_score: least score of an answer, from 0 to 1, below which the article does
                not say; without it, the one fitted for the reader.
            where: which articles are asked; all of them without it.

        Raises:
            InputError: the question is blank or too long, an option out of range, an article
                or a collection that is named not there, or no article left to ask.
        """
        asked = Question(question, parse_history(history))
        return next(self.ask_stream([asked], top_k=top_k, min_score=min_score, where=where))

    def ask_many(
        self,
        questions: Iterable[str | Question],
        *,
        top_k: int = TOP_K,
        batch_size: int = BATCH_SIZE,
        min_score: float | None = None,
        progress: bool | None = None,
        where: Filter | None = None,
    ) -> list[Answer]:
        """Answer many questions, read together in batches.

        Args:
            questions: what to ask.
            top_k: how many quotes each gets: the answer and top_k - 1 alternatives.
            batch_size: windows in one pass through the reader.
            min_score: least score of an answer; without it, the one fitted for the reader.
            progress: show a progress bar on standard error; by default for many questions
                on a terminal.
            where: which articles are asked; all of them without it.

        Returns:
            The answers in the order of the questions.

        Raises:
            InputError: as for ``ask``; raised before any is answered.
        """
        _check_several(questions)
        asked = [
            _checked(question, number, self.reader) for number, question in enumerate(questions)
        ]
        if progress is None:
            progress = len(asked) >= PROGRESS_FROM and sys.stderr.isatty()
        answers = self.ask_stream(
            asked, top_k=top_k, batch_size=batch_size, min_score=min_score, where=where
        )
        return list(tqdm(answers, total=len(asked), unit=" questions", disable=not progress))

    def ask_stream(
        self,
        questions: Iterable[str | Question],
        *,
        top_k: int = TOP_K,
        batch_size: int = BATCH_SIZE,
        min_score: float | None = None,
        where: Filter | None = None,
    ) -> Iterator[Answer]:
        """Answer questions as they come, 64 at a time, holding only these in memory.

        Up to 64 are gathered, and read together, before the first of them is answered: ask one
        that is waited for alone, by ``ask``.

        Args:
            questions: what to ask; may be endless.
            top_k: how many quotes each gets: the answer and top_k - 1 alternatives.
            batch_size: windows in one pass through the reader.
            min_score: least score of an answer; without it, the one fitted for the reader.
            where: which articles are asked; all of them without it.

        Yields:
            The answers in the order of the questions.

        Raises:
            InputError: as for ``ask``; the questions before it are answered first.
        """
        _check_several(questions)
        top_k = check_count("top_k", top_k)
        batch_size = check_count("batch_size", batch_size)
        check_min_score(min_score)
        check_filter(where)
        for block, fault in _blocks(questions, self.reader):
            pipeline = Pipeline(
                index=self.index,
                state=self.index.state,
                reader=self.reader,
                passages_read=self.passages_read,
                sure_score=self.sure_score,
                least_share=self.least_share,
                top_k=top_k,
                min_score=min_score,
                where=where,
                batch_size=batch_size,
            )
            yield from self._answer_block(block, pipeline)
            if fault is not None:
                raise fault

    def search(
        self, query: str, *, top_k: int = PASSAGES_FOUND, where: Filter | None = None
    ) -> list[Found]:
        """Find the passages nearest to a query in meaning and words, without reading them.

        Args:
            query: what to look for: a question or any other words.
            top_k: most passages to give.
            where: which articles are searched; all of them without it.

        Returns:
            The passages, nearest first.

        Raises:
            InputError: the query is blank or too long, top_k below 1, or an article or a
                collection that is named not there.
        """
        asked = [check_question(query, name="query")]
        (hits,) = self.index.search(asked, top_k=top_k, where=where)
        return [Found(Excerpt.from_passage(hit.passage), hit.score) for hit in hits]

    def _answer_block(self, questions: Sequence[Question], pipeline: Pipeline) -> list[Answer]:
        """The answers to some questions; what was asked before is not read again."""
        if not questions:
            return []
        began = time.perf_counter()
        expanded = [expand(question) for question in questions]
        keys = [
            (pipeline, question.text, told)
            for question, told in zip(questions, expanded, strict=True)
        ]
        answers = [self._remembered.find(key) for key in keys]
        looked_up_ms = 1000 * (time.perf_counter() - began) / len(questions)
        new = [number for number, answer in enumerate(answers) if answer is None]
        fresh = pipeline.answer(
            [questions[number] for number in new], [expanded[number] for number in new]
        )
        for number, answer in zip(new, fresh, strict=True):
            self._remembered.keep(keys[number], answer)
        again = Timings(retrieve_ms=0.0, read_ms=0.0, total_ms=looked_up_ms)
        known = iter(fresh)
        return [next(known) if one is None else replace(one, timings=again) for one in answers]


def _check_several(questions: object) -> None:
    if isinstance(questions, str | Question):  # a text would be asked letter by letter
        kind = "text" if isinstance(questions, str) else "question"
        raise InputError(f"The questions are one {kind}.", "Give a list, or call ask.")


def _blocks(
    questions: Iterable[str | Question], reader: Reader
) -> Iterator[tuple[list[Question], InputError | None]]:
    """The questions, so many at a time, and what is wrong with the one behind the last of them."""
    block: list[Question] = []
    for number, question in enumerate(questions):
        try:
            block.append(_checked(question, number, reader))
        except InputError as fault:
            yield block, fault
            return
        if len(block) == STREAM_QUESTIONS:
            yield block, None
            block = []
    yield block, None


def _checked(question: str | Question, number: int, reader: Reader) -> Question:
    text, history = (
        (question.text, question.history) if isinstance(question, Question) else (question, ())
    )
    try:
        return Question(_fitting(check_question(text), reader), parse_history(history))
    except InputError as error:
        raise numbered(error, number) from None


def _fitting(question: str, reader: Reader) -> str:
    if reader.takes(question):
        return question
    raise InputError(
        f"The question “{question[:SHOWN_CHARS]}…” is longer than the reader takes.",
        "Ask it in fewer words.",
    )
