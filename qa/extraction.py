"""Extract answers from contexts given with the questions: the old pipeline's call.

transformers had a ``question-answering`` pipeline until version 5. This takes the same
arguments and gives the same dictionaries, over a reader of ours or any other.
"""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypedDict

import numpy as np

from index.counts import check_count
from index.errors import InputError
from index.records import Document, Passage
from qa.asked_kind import against_other_kinds
from qa.defaults import BATCH_SIZE
from qa.hearing import as_written
from qa.questions import MAX_QUESTION_CHARS, check_question
from qa.rank import Ranking, rank
from qa.reader import SHIPPED_READER, ExtractiveReader, Reading

MODELS_KEPT = 2  # readers held ready between calls
USUAL_STRIDE = 128  # the pipeline's, where windows are twice as long or longer
EXAMPLES = 'Give {"question": ..., "context": ...}, or a list of these.'


class Extracted(TypedDict):
    """An answer as the pipeline gave it: probability, half-open span, and quote."""

    score: float
    start: int
    end: int
    answer: str


def extract(
    examples: Mapping[str, object] | Iterable[Mapping[str, object]] | None = None,
    /,
    *,
    question: str | Iterable[str] | None = None,
    context: str | Iterable[str] | None = None,
    model: str | None = None,
    top_k: int = 1,
    doc_stride: int | None = None,
    max_seq_len: int = 384,
    max_question_len: int | None = None,
    max_answer_len: int = 15,
    handle_impossible_answer: bool = False,
    align_to_words: bool = True,
    batch_size: int = BATCH_SIZE,
) -> Extracted | list[Extracted] | list[Extracted | list[Extracted]]:
    """Answer questions from their contexts.

    Differences from the pipeline: spans keep to whole words; no two of the top_k overlap;
    scores compare between the windows of a context; what is of another kind than the question
    asks for scores less (``qa.asked_kind``); a question is cut only if ``max_question_len`` says
    so; a list of one question gives a list of one answer.

    Args:
        examples: a mapping with a ``question`` and its ``context``, or several, in place of the
            two below; what else is in one is passed over.
        question: one question or several.
        context: the text to answer it from; one for all questions, or one for each.
        model: folder or hub id of an extractive reader; without one, the one we ship.
        top_k: how many answers for a question, at most.
        doc_stride: context tokens that neighbouring windows share; without it, half a window,
            128 at most.
        max_seq_len: most tokens in a window, the question included; less if the model takes
            fewer.
        max_question_len: tokens to keep of a question; all, without it.
        max_answer_len: most tokens in an answer.
        handle_impossible_answer: whether "no answer" may be an answer, with the text "".
        align_to_words: taken for the pipeline's sake; answers always keep to whole words.
        batch_size: windows in one pass through the model.

    Returns:
        For one question a dictionary, or a list of them where top_k is above 1, best first;
        for several questions a list of these.

    Raises:
        InputError: a question or context is missing, empty or no text, their numbers differ, or
            an option is out of range.
        ModelError: the model cannot be loaded.
    """
    top_k = check_count("top_k", top_k)
    max_seq_len = check_count("max_seq_len", max_seq_len)
    max_answer_len = check_count("max_answer_len", max_answer_len)
    batch_size = check_count("batch_size", batch_size)
    if doc_stride is not None:
        doc_stride = check_count("doc_stride", doc_stride, least=0)
    if max_question_len is not None:
        max_question_len = check_count("max_question_len", max_question_len)
    if not align_to_words:
        raise InputError(
            f"align_to_words is {align_to_words}.", "Leave it out: answers keep to whole words."
        )
    if examples is not None:
        if question is not None or context is not None:
            raise InputError(
                "There are examples, and a question or a context beside them.",
                "Give the one or the other.",
            )
        is_one = isinstance(examples, Mapping)
        questions, contexts = _columns(examples)
    else:
        is_one = isinstance(question, str) and isinstance(context, str)
        questions, contexts = _paired(question, context)
    pairs = _checked(questions, contexts, is_cut=max_question_len is not None)
    reader = _reader(model or str(SHIPPED_READER), max_seq_len, doc_stride)
    if max_question_len is not None:
        pairs = [
            (reader.shorten(asked, max_tokens=max_question_len), text) for asked, text in pairs
        ]
    passages = [Passage(Document("context", "context", text), 0, len(text)) for _, text in pairs]
    written = [(as_written(reader, asked, text), text) for asked, text in pairs]
    readings = reader.read(written, batch_size=batch_size, max_answer_tokens=max_answer_len)
    results: list[Extracted | list[Extracted]] = []
    for (asked, text), passage, read in zip(pairs, passages, readings, strict=True):
        reading = against_other_kinds(asked, text, read)
        ranking = rank([(passage, reading)], top_k=max(len(reading.spans), 1))
        found = _as_pipeline(ranking, reading, passage.text, top_k, handle_impossible_answer)
        results.append(found if top_k > 1 else found[0])
    return results[0] if is_one else results


def _columns(examples: Any) -> tuple[list[Any], list[Any]]:
    """The questions of examples, and their contexts."""
    is_one = isinstance(examples, Mapping | str) or not isinstance(examples, Iterable)
    questions: list[Any] = []
    contexts: list[Any] = []
    for example in [examples] if is_one else examples:
        if not isinstance(example, Mapping):
            raise InputError(f"An example is a {type(example).__name__}, no mapping.", EXAMPLES)
        for name, column in (("question", questions), ("context", contexts)):
            if name not in example:
                raise InputError(f"An example has no “{name}”.", EXAMPLES)
            column.append(example[name])
    return questions, contexts


def _paired(question: Any, context: Any) -> tuple[list[Any], list[Any]]:
    """As many questions as contexts; one text goes with every one of several."""
    questions, contexts = _listed("question", question), _listed("context", context)
    if isinstance(question, str):
        questions *= max(len(contexts), 1)
    if isinstance(context, str):
        contexts *= max(len(questions), 1)
    if len(questions) != len(contexts):
        raise InputError(
            f"There are {len(questions)} questions and {len(contexts)} contexts.",
            "Give one context for all, or one for each question.",
        )
    return questions, contexts


def _listed(name: str, given: Any) -> list[Any]:
    if isinstance(given, str):
        return [given]
    if given is None:
        raise InputError(f"There is no {name}.", f"Give one as {name}=, or examples with both.")
    # A mapping's items are its keys, and a set's stand in no order to pair them by.
    if isinstance(given, Mapping | set | frozenset | bytes) or not isinstance(given, Iterable):
        raise InputError(
            f"The {name} is a {type(given).__name__}, not text.", "Give a text, or a list of texts."
        )
    return list(given)


def _checked(questions: list[Any], contexts: list[Any], *, is_cut: bool) -> list[tuple[str, str]]:
    """The pairs; a question that is to be cut to some tokens may have any length."""
    for text in contexts:
        if not isinstance(text, str):
            raise InputError(f"A context is a {type(text).__name__}, not text.", "Give a text.")
        if not text.strip():
            raise InputError("A context is empty.", "Give every question a text to answer it from.")
    if is_cut:
        questions = [
            one.strip()[:MAX_QUESTION_CHARS] if isinstance(one, str) else one for one in questions
        ]
    return list(zip(map(check_question, questions), contexts, strict=True))


def _as_pipeline(
    ranking: Ranking, reading: Reading, text: str, top_k: int, handle_impossible_answer: bool
) -> list[Extracted]:
    """The answers of a ranking of all that was read."""
    null = Extracted(score=ranking.null_score, start=0, end=0, answer="")
    scores = [candidate.score for candidate in ranking.candidates]
    if not handle_impossible_answer:
        # Without a null, what is left makes 1; in logs, since all of it may be next to nothing.
        masses = [candidate.mass for candidate in ranking.candidates]
        log_total = float(np.logaddexp.reduce([reading.rest, *masses]))
        scores = [min(math.exp(mass - log_total), 1.0) for mass in masses]
    found = [
        Extracted(
            score=score,
            start=candidate.start,
            end=candidate.end,
            answer=text[candidate.start : candidate.end],
        )
        for candidate, score in zip(ranking.candidates, scores, strict=True)
    ]
    if handle_impossible_answer:
        found.append(null)
    return sorted(found, key=lambda answer: -answer["score"])[:top_k] or [null]


@lru_cache(maxsize=MODELS_KEPT)
def _model(name: str) -> ExtractiveReader:
    if name == str(SHIPPED_READER):
        return ExtractiveReader.shipped()
    # Each call has windows of its own; these must only be of a length that any model takes.
    return ExtractiveReader.from_pretrained(name, stride_tokens=0)


@lru_cache(maxsize=MODELS_KEPT)
def _reader(name: str, window_tokens: int, stride_tokens: int | None) -> ExtractiveReader:
    model = _model(name)
    if stride_tokens is None:
        stride_tokens = min(min(window_tokens, model.longest_window) // 2, USUAL_STRIDE)
    return model.with_windows(window_tokens=window_tokens, stride_tokens=stride_tokens)
