"""Extract answers from contexts given with the questions: the old pipeline's call.

transformers had a ``question-answering`` pipeline until version 5. This takes the same
arguments and gives the same dictionaries, over a reader of ours or any other.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypedDict

from index.errors import InputError
from index.records import Document, Passage
from qa.questions import check_question
from qa.rank import Ranking, rank
from qa.reader import SHIPPED_READER, ExtractiveReader

MODELS_KEPT = 2  # readers held ready between calls


class Extracted(TypedDict):
    """An answer as the pipeline gave it: probability, half-open span, and quote."""

    score: float
    start: int
    end: int
    answer: str


def extract(
    *,
    question: str | Sequence[str],
    context: str | Sequence[str],
    model: str | None = None,
    top_k: int = 1,
    doc_stride: int = 128,
    max_seq_len: int = 384,
    max_question_len: int | None = None,
    max_answer_len: int = 15,
    handle_impossible_answer: bool = False,
    batch_size: int = 32,
) -> Extracted | list[Extracted] | list[Extracted | list[Extracted]]:
    """Answer questions from their contexts.

    Differences from the pipeline: spans keep to whole words; no two of the top_k overlap;
    scores compare between the windows of a context; a question is cut only if
    ``max_question_len`` says so.

    Args:
        question: one question or several.
        context: the text to answer it from; one for all questions, or one for each.
        model: folder or hub id of an extractive reader; without one, the one we ship.
        top_k: how many answers for a question, at most.
        doc_stride: context tokens that neighbouring windows share.
        max_seq_len: most tokens in a window, the question included.
        max_question_len: tokens to keep of a question; all, without it.
        max_answer_len: most tokens in an answer.
        handle_impossible_answer: whether "no answer" may be an answer, with the text "".
        batch_size: windows in one pass through the model.

    Returns:
        For one question a dictionary, or a list of them where top_k is above 1, best first;
        for several questions a list of these.

    Raises:
        InputError: a question or context is empty, their numbers differ, or an option is
            out of range.
        ModelError: the model cannot be loaded.
    """
    if top_k < 1:
        raise InputError(f"top_k is {top_k}.", "Ask for 1 or more.")
    pairs = _pair_up(question, context)
    reader = _reader(model or str(SHIPPED_READER), max_seq_len, doc_stride)
    if max_question_len is not None:
        if max_question_len < 1:
            raise InputError(f"max_question_len is {max_question_len}.", "Give 1 or more.")
        pairs = [
            (reader.shorten(asked, max_tokens=max_question_len), text) for asked, text in pairs
        ]
    passages = [Passage(Document("context", "context", text), 0, len(text)) for _, text in pairs]
    readings = reader.read(pairs, batch_size=batch_size, max_answer_tokens=max_answer_len)
    results: list[Extracted | list[Extracted]] = []
    for passage, reading in zip(passages, readings, strict=True):
        found = _as_pipeline(
            rank([(passage, reading)], top_k=top_k), passage.text, top_k, handle_impossible_answer
        )
        results.append(found if top_k > 1 else found[0])
    return results[0] if isinstance(question, str) and isinstance(context, str) else results


def _pair_up(question: str | Sequence[str], context: str | Sequence[str]) -> list[tuple[str, str]]:
    several = max(
        1 if isinstance(question, str) else len(question),
        1 if isinstance(context, str) else len(context),
    )
    questions = [question] * several if isinstance(question, str) else list(question)
    contexts = [context] * several if isinstance(context, str) else list(context)
    if len(questions) != len(contexts):
        raise InputError(
            f"There are {len(questions)} questions and {len(contexts)} contexts.",
            "Give one context for all, or one for each question.",
        )
    if not all(text.strip() for text in contexts):
        raise InputError("A context is empty.", "Give every question a text to answer it from.")
    return [(check_question(asked), text) for asked, text in zip(questions, contexts, strict=True)]


def _as_pipeline(
    ranking: Ranking, text: str, top_k: int, handle_impossible_answer: bool
) -> list[Extracted]:
    null = Extracted(score=ranking.null_score, start=0, end=0, answer="")
    # Without a null, what is left makes 1.
    share = 1.0 if handle_impossible_answer else 1.0 / max(1.0 - ranking.null_score, 1e-12)
    found = [
        Extracted(
            score=min(candidate.score * share, 1.0),
            start=candidate.start,
            end=candidate.end,
            answer=text[candidate.start : candidate.end],
        )
        for candidate in ranking.candidates
    ]
    if handle_impossible_answer:
        found = sorted([*found, null], key=lambda answer: -answer["score"])
    return found[:top_k] or [null]


@lru_cache(maxsize=MODELS_KEPT)
def _model(name: str) -> ExtractiveReader:
    if name == str(SHIPPED_READER):
        return ExtractiveReader.shipped()
    return ExtractiveReader.from_pretrained(name)


@lru_cache(maxsize=MODELS_KEPT)
def _reader(name: str, window_tokens: int, stride_tokens: int) -> ExtractiveReader:
    return _model(name).with_windows(window_tokens=window_tokens, stride_tokens=stride_tokens)
