"""Questions to answers: their passages are retrieved, then read, and both are timed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.engine import PassageIndex
from index.errors import InputError
from index.filters import Filter
from qa.defaults import TOP_K
from qa.reader import Reader
from qa.records import Answer, Question, Timings
from qa.retrieval import retrieve
from qa.rounds import Rounds, Task

# Reading is what costs. More passages find no better answers, where the first or the second gives
# an answer this sure the others do not either, nor do those that fit so much worse than the
# nearest: `python benchmarks/reading.py FILE...` prints what other numbers give. A second that fits
# about as well as the first may say something else, of another article for example.
PASSAGES_READ, STEPS, SURE_SCORE, LEAST_SHARE, RIVAL_SHARE = 5, (1, 2), 0.6, 0.7, 0.9
SHOWN_CHARS = 200  # of a filter, in an error: it may name a thousand articles


def check_asked(index: PassageIndex, where: Filter | None) -> None:
    """Refuse to ask no article at all: that it does not say would be said of nothing.

    Args:
        index: the articles.
        where: which of them are asked; all of them without it.

    Raises:
        InputError: there is no article, the filter holds for none, or it names one or a
            collection that is not there.
    """
    if not index.has_any():
        raise InputError(
            "The index has no article to ask.", "Add one: pullquote index add FOLDER ARTICLE."
        )
    if not index.has_any(where):
        told = str(where)
        shown = told if len(told) <= SHOWN_CHARS else f"{told[:SHOWN_CHARS]}…"
        raise InputError(
            f"The filter leaves no article to ask: {shown}.",
            "Widen the filter, or drop it; a language or date filter leaves out articles"
            " whose own is unknown.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """All that an answer depends on besides its question: equal ones give the same.

    Args:
        index: the passages.
        state: what of the index is searched, which may change (``PassageIndex.state``).
        reader: what reads them. An assistant has but one, and anyone's own may have no hash:
            it is not compared.
        passages_read: most passages the reader reads for a question.
        sure_score: score of an answer above which no more passages are read.
        least_share: share of the nearest passage's score that another needs to be read.
        top_k: how many quotes each question gets: the answer and top_k - 1 alternatives.
        min_score: least score of an answer; without it, the one fitted for the reader.
        where: which articles are asked; all of them without it.
        batch_size: windows in one pass through the reader; no answer depends on it.
    """

    index: PassageIndex
    state: tuple[int, str]
    reader: Reader = field(compare=False)
    passages_read: int
    sure_score: float
    least_share: float
    top_k: int
    min_score: float | None
    where: Filter | None
    batch_size: int = field(compare=False)

    def answer(self, questions: Sequence[Question], expanded: Sequence[str | None]) -> list[Answer]:
        """The answers in the order of the questions.

        Args:
            questions: what is asked.
            expanded: each behind the earlier turns it leans on; None where it stands alone.

        Raises:
            InputError: as for ``check_asked``.
        """
        if not questions:
            return []
        check_asked(self.index, self.where)
        began = time.perf_counter()
        hits = retrieve(
            self.index,
            [question.text for question in questions],
            expanded,
            top_k=self.passages_read,
            where=self.where,
        )
        retrieved = time.perf_counter()
        more = self.top_k > TOP_K  # who wants more quotes than usual wants them from everywhere
        rounds = Rounds(
            steps=() if more else STEPS,
            rival_share=RIVAL_SHARE,
            sure_score=self.sure_score,
            least_share=0.0 if more else self.least_share,
            top_k=self.top_k,
            min_score=self.min_score,
            batch_size=self.batch_size,
        )
        tasks = [
            Task(question.text, told, found)
            for question, told, found in zip(questions, expanded, hits, strict=True)
        ]
        drafts = rounds.answer(self.reader, tasks)
        read = time.perf_counter()
        share = 1000 / len(questions)
        timings = Timings(
            retrieve_ms=(retrieved - began) * share,
            read_ms=(read - retrieved) * share,
            total_ms=(read - began) * share,
        )
        return [replace(draft, timings=timings) for draft in drafts]
