"""Questions to the seed articles, readers that are altered, and what holds for every quote."""

import itertools
from dataclasses import replace

import pytest

from qa.answering import NEAREST_SHOWN
from qa.assistant import Assistant

PARDONED = "how many prisoners were pardoned?"
QUESTIONS = [
    PARDONED,
    "who pardoned the prisoners?",
    "Which airline is named, and what is it to Belarus?",
    "what is the recipe for onion soup?",
    "who?",
]


SHELF_QUESTIONS = [PARDONED, "how much water does the kettle hold?", "who wrote Hamlet?"]


class Recorder:
    """A reader that notes what it reads, nothing twice, and may have another threshold."""

    def __init__(self, reader, *, min_score=None, reads_history=False):
        self._reader = reader
        self._min_score = min_score
        self._reads_history = reads_history
        self.pairs = []

    @property
    def settings(self):
        fitted = replace(
            self._reader.settings, reads_history=self._reads_history, reads_closer=False
        )
        if self._min_score is None:
            return fitted
        return replace(fitted, min_score=self._min_score)

    def takes(self, question):
        return self._reader.takes(question)

    def read(self, pairs, *, batch_size=32, max_answer_tokens=30):
        self.pairs += pairs
        return self._reader.read(pairs, batch_size=batch_size, max_answer_tokens=max_answer_tokens)


def variant(assistant, **options):
    """The same index, read in another way, and all of a question's passages always."""
    recorder = Recorder(assistant.reader, **options)
    return Assistant(
        index=assistant.index,
        reader=recorder,
        passages_read=assistant.passages_read,
        sure_score=1.0,
        least_share=0.0,
    ), recorder


def timeless(answer):
    """An answer's JSON without how long it took."""
    return {key: value for key, value in answer.items() if key != "timings"}


def texts_and_scores(answers):
    return [
        (answer.text, answer.start, pytest.approx(answer.score, abs=1e-4)) for answer in answers
    ]


def assert_excerpt(excerpt, document):
    assert excerpt.document_id == document.id
    assert excerpt.document_title == document.title
    assert document.text[excerpt.start : excerpt.end] == excerpt.text
    assert excerpt.text.strip()


def assert_quotes(answer, documents, *, top_k):
    """What holds for every answer about some documents."""
    by_id = {document.id: document for document in documents}
    quotes = [*([answer] if answer.text is not None else []), *answer.alternatives]
    assert len(quotes) <= top_k
    for quote in quotes:
        document = by_id[quote.document_id]
        assert document.title == quote.document_title
        assert quote.question == answer.question
        assert quote.null_score == answer.null_score
        assert quote.text
        assert document.text[quote.start : quote.end] == quote.text
        assert quote.text == quote.text.strip()
        for around in (quote.passage, quote.sentence):
            assert_excerpt(around, document)
            assert around.start <= quote.start < quote.end <= around.end
        assert quote.passage.start <= quote.sentence.start
        assert quote.sentence.end <= quote.passage.end
    for one, other in itertools.combinations(quotes, 2):
        same = one.document_id == other.document_id
        assert not (same and max(one.start, other.start) < min(one.end, other.end))
    for alternative in answer.alternatives:
        assert alternative.alternatives == alternative.nearest == ()
        assert alternative.timings is None
    assert 0 <= answer.null_score <= 1
    assert all(0 <= quote.score <= 1 for quote in quotes)
    if answer.text is None:
        assert answer.quote is None
        assert {answer.start, answer.end, answer.document_id, answer.document_title} == {None}
        assert answer.passage is answer.sentence is None
        assert answer.score == answer.null_score
        assert 1 <= len(answer.nearest) <= NEAREST_SHOWN
        for excerpt in answer.nearest:
            assert_excerpt(excerpt, by_id[excerpt.document_id])
    else:
        assert answer.nearest == ()
        assert answer.quote.text == answer.text
    assert answer.timings.total_ms >= answer.timings.retrieve_ms >= 0
    assert answer.timings.total_ms >= answer.timings.read_ms >= 0
