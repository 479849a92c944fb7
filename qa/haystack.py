"""Pullquote's reader as a component of Haystack: ``pip install -e '.[haystack]'`` in a checkout.

It does the work of Haystack's own extractive reader in a pipeline, with fewer options.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from haystack import Document as HaystackDocument
from haystack import component
from haystack.dataclasses import ExtractedAnswer

from index.counts import check_count
from index.records import Document, Passage
from qa.answering import make_answer
from qa.defaults import BATCH_SIZE, TOP_K
from qa.hearing import ToRead, read_all
from qa.questions import check_min_score, check_question
from qa.reader import ExtractiveReader, reader_of
from qa.records import Answer


@component
class PullquoteReader:
    """Quotes answers from the documents that a retriever found.

    Args:
        model: folder or hub id of an extractive reader; without one, the one we ship.
        top_k: most quotes to give.
        no_answer: whether to give as well that the documents do not say, with its probability.
        min_score: least score of a quote that comes before that; without it, the one fitted
            for the reader.
        batch_size: windows in one pass through the model.

    Raises:
        InputError: the least score is no probability, or top_k or batch_size below 1.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        top_k: int = TOP_K,
        no_answer: bool = True,
        min_score: float | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        check_min_score(min_score)
        self.model = model
        self.top_k = check_count("top_k", top_k)
        self.no_answer = no_answer
        self.min_score = min_score
        self.batch_size = check_count("batch_size", batch_size)
        self._reader: ExtractiveReader | None = None

    def warm_up(self) -> None:
        """Load the reader; ``run`` does it too.

        Raises:
            ModelError: it cannot be loaded.
        """
        self._loaded()

    @component.output_types(answers=list[ExtractedAnswer])
    def run(
        self, query: str, documents: list[HaystackDocument], top_k: int | None = None
    ) -> dict[str, Any]:
        """Answer a question.

        Args:
            query: what is asked.
            documents: what is read, all of it; those without text are passed over.
            top_k: most quotes to give; without it, the component's.

        Returns:
            In ``answers`` the quotes, each with its offsets in its document's content and in the
            sentence around it. One whose ``data`` is None stands for "the documents do not say",
            before the quotes where that is the answer and behind them elsewhere.

        Raises:
            InputError: the question is blank or too long, or top_k no number of quotes.
            ModelError: the reader cannot be loaded.
        """
        most = self.top_k if top_k is None else check_count("top_k", top_k)
        asked = check_question(query)
        known = {
            str(number): one for number, one in enumerate(documents) if (one.content or "").strip()
        }
        if not known:
            return {"answers": [_none(asked, 1.0)] if self.no_answer else []}
        answer = self._answer(asked, known, top_k=most)
        found = list(islice(_extracted(answer, known), most))
        if self.no_answer:
            found.insert(0 if answer.text is None else len(found), _none(asked, answer.null_score))
        return {"answers": found}

    def _loaded(self) -> ExtractiveReader:
        if self._reader is None:
            self._reader = reader_of(self.model)
        return self._reader

    def _answer(self, asked: str, known: dict[str, HaystackDocument], *, top_k: int) -> Answer:
        reader = self._loaded()
        passages = [_passage(name, document) for name, document in known.items()]
        readings = read_all(
            reader,
            [ToRead(asked, None, passage.text) for passage in passages],
            batch_size=self.batch_size,
        )
        return make_answer(
            asked,
            list(zip(passages, readings, strict=True)),
            settings=reader.settings,
            top_k=top_k,
            searched=True,
            min_score=self.min_score,
        )


def _passage(id: str, document: HaystackDocument) -> Passage:
    text = document.content or ""
    title = str(document.meta.get("title") or document.id)
    return Passage(Document(id, title, text), 0, len(text))


def _extracted(answer: Answer, known: dict[str, HaystackDocument]) -> Iterator[ExtractedAnswer]:
    """What an answer quotes, best first; of a list each of its items."""
    # Items stand as in the document, and a limit would cut off the best.
    best = sorted(answer.items or (answer,), key=lambda quote: -quote.score)
    for quote in (*best, *answer.alternatives):
        place, around = quote.quote, quote.sentence
        if place is not None and around is not None:
            yield ExtractedAnswer(
                query=quote.question,
                score=quote.score,
                data=place.text,
                document=known[place.document_id],
                context=around.text,
                document_offset=ExtractedAnswer.Span(place.start, place.end),
                context_offset=ExtractedAnswer.Span(
                    place.start - around.start, place.end - around.start
                ),
            )


def _none(asked: str, score: float) -> ExtractedAnswer:
    return ExtractedAnswer(query=asked, score=score)
