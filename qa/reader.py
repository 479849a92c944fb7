"""Read passages with an extractive question-answering model."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from index.counts import check_count
from index.errors import ModelError
from index.hub import file_beside
from qa.defaults import BATCH_SIZE
from qa.reader_model import load_reader
from qa.scorer import Ints, ReaderModel
from qa.settings import SETTINGS_FILE, ReaderSettings
from qa.spans import best_spans, log_sum
from qa.torch_scorer import load_torch_reader
from qa.windows import Window, Windower, batches

SHIPPED_READER = Path(__file__).parent / "models" / "reader"
# As the shipped reader was trained; transformers' scripts for SQuAD use 384 and 128.
WINDOW_TOKENS = 320
STRIDE_TOKENS = 96
MAX_ANSWER_TOKENS = 30  # as in the official BERT script; 99 % of SQuAD's answers are shorter
SPANS_PER_WINDOW = 20  # the n-best size of that script: room for overlaps to be removed


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A span of a passage that a reader thinks an answer.

    Args:
        start: first character in the passage.
        end: one past the last.
        log_odds: log of its probability over that of "not in this passage".
    """

    start: int
    end: int
    log_odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage.

    Args:
        spans: the best spans, best first, none twice.
        rest: log of the summed odds of all spans not listed.
    """

    spans: tuple[ReadSpan, ...]
    rest: float


def best_first(spans: Iterable[ReadSpan]) -> tuple[ReadSpan, ...]:
    """Spans as a reading has them; of equal ones the first in the passage is first."""
    return tuple(sorted(spans, key=lambda span: (-span.log_odds, span.start, span.end)))


class Reader(Protocol):
    """What the assistant needs of a reader."""

    @property
    def settings(self) -> ReaderSettings:
        """What was fitted for it."""
        ...

    def takes(self, question: str) -> bool:
        """Whether it reads a question of this length: none is ever cut."""
        ...

    def read(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int = ...,
        max_answer_tokens: int = ...,
    ) -> list[Reading]:
        """One reading for each pair of a question and a passage's text, in order."""
        ...


class ExtractiveReader:
    """Any model with a span head: BERT, RoBERTa, DistilBERT, MPNet and others.

    Make one with ``shipped`` or ``from_pretrained``.
    """

    def __init__(
        self,
        model: ReaderModel,
        *,
        settings: ReaderSettings,
        window_tokens: int = WINDOW_TOKENS,
        stride_tokens: int = STRIDE_TOKENS,
    ) -> None:
        self._model = model
        self._settings = settings
        self._window_tokens = min(window_tokens, model.longest_input)
        self._windower = Windower(
            model.tokenizer_json,
            window_tokens=self._window_tokens,
            stride_tokens=stride_tokens,
        )

    @classmethod
    def shipped(cls) -> Self:
        """The reader that comes with Pullquote, in its fast form.

        That is made when it is first asked for. Its MODEL_CARD.md says what it is.

        Raises:
            ModelError: its files are missing or damaged.
        """
        return cls.from_pretrained(SHIPPED_READER, make_fast=True)

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path,
        *,
        window_tokens: int = WINDOW_TOKENS,
        stride_tokens: int = STRIDE_TOKENS,
        plain: bool = False,
        make_fast: bool = False,
    ) -> Self:
        """Load a reader from a folder, or from the hub if no such folder exists.

        Args:
            name: a folder, or a hub id such as ``deepset/tinyroberta-squad2``.
            window_tokens: most tokens in a window; less if the model takes fewer.
            stride_tokens: passage tokens that neighbouring windows share.
            plain: load the model itself with torch, even where its fast form is kept.
            make_fast: make its fast form if it is not kept yet.

        Raises:
            ModelError: there is no such model, or it is no extractive reader.
            InputError: the windows leave no room for a question.
        """
        model = load_torch_reader(name) if plain else load_reader(name, make_fast=make_fast)
        return cls(
            model,
            settings=_settings_of(name),
            window_tokens=window_tokens,
            stride_tokens=stride_tokens,
        )

    @property
    def settings(self) -> ReaderSettings:
        """What was fitted for this reader."""
        return self._settings

    @property
    def longest_window(self) -> int:
        """The most tokens that a window of its model may have."""
        return self._model.longest_input

    def with_windows(self, *, window_tokens: int, stride_tokens: int) -> "ExtractiveReader":
        """The same model with other windows, shorter than asked if it takes fewer tokens.

        Raises:
            InputError: the windows leave no room for a question.
        """
        return ExtractiveReader(
            self._model,
            settings=self._settings,
            window_tokens=window_tokens,
            stride_tokens=stride_tokens,
        )

    def takes(self, question: str) -> bool:
        """Whether a question leaves room for a passage in a window."""
        return self._windower.fits(question)

    def shorten(self, question: str, *, max_tokens: int) -> str:
        """The question's beginning, as many of the reader's tokens as asked for."""
        return self._windower.shorten(question, max_tokens=max_tokens)

    def read(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int = BATCH_SIZE,
        max_answer_tokens: int = MAX_ANSWER_TOKENS,
    ) -> list[Reading]:
        """Read passages for questions: all windows in one stream, sorted by length.

        Args:
            pairs: a question and the text of a passage each.
            batch_size: windows of full length in one pass through the model; of shorter ones
                as many as have the same number of tokens.
            max_answer_tokens: longest span.

        Returns:
            One reading for each pair, in order.

        Raises:
            InputError: an option is out of range, or a question leaves no room for a passage.
            ModelError: the model's scores are not finite numbers.
        """
        batch_size = check_count("batch_size", batch_size)
        max_answer_tokens = check_count("max_answer_tokens", max_answer_tokens)
        windows = self._windower.cut(pairs) if pairs else []
        windows.sort(key=lambda window: len(window.token_ids), reverse=True)
        budget_tokens = batch_size * self._window_tokens
        found: list[list[ReadSpan]] = [[] for _ in pairs]
        rests: list[list[float]] = [[] for _ in pairs]
        for batch in batches(windows, budget_tokens=budget_tokens):
            for window, (spans, rest) in zip(
                batch, self._read_batch(batch, max_answer_tokens), strict=True
            ):
                found[window.pair].extend(spans)
                rests[window.pair].append(rest)
        return [
            Reading(_best_of(spans), float(log_sum(np.array(rest))))
            for spans, rest in zip(found, rests, strict=True)
        ]

    def _read_batch(
        self, batch: Sequence[Window], max_answer_tokens: int
    ) -> list[tuple[list[ReadSpan], float]]:
        shape = (len(batch), max(len(window.token_ids) for window in batch))
        token_ids = np.full(shape, self._model.pad_token_id)
        type_ids = np.zeros(shape, np.int64)
        attended = np.zeros(shape, np.int64)
        start_allowed, end_allowed = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        sentences = np.zeros(shape, np.int64)
        for row, window in enumerate(batch):
            size, first = len(window.token_ids), window.first
            token_ids[row, :size] = window.token_ids
            type_ids[row, :size] = window.type_ids
            attended[row, :size] = 1
            start_allowed[row, first:size] = window.starts
            end_allowed[row, first:size] = window.ends
            sentences[row, first:size] = window.sentences
        start_logits, end_logits = self._model.scorer.score(token_ids, type_ids, attended)
        if not np.isfinite(np.stack((start_logits, end_logits))[:, attended > 0]).all():
            raise ModelError(
                "The reader's scores are not finite numbers.",
                "Its weights are damaged, or unfit for float32.",
            )
        rows, null = np.arange(len(batch)), self._null_positions(token_ids)
        best = best_spans(
            start_logits,
            end_logits,
            start_logits[rows, null] + end_logits[rows, null],
            start_allowed=start_allowed,
            end_allowed=end_allowed,
            max_answer_tokens=max_answer_tokens,
            top_n=SPANS_PER_WINDOW,
            temperature=self._settings.temperature,
            sentences=sentences,
        )
        return [
            (
                [
                    ReadSpan(
                        window.offsets[start - window.first][0],
                        window.offsets[end - window.first][1],
                        log_odds,
                    )
                    for log_odds, start, end in zip(values, starts, ends, strict=True)
                    if log_odds != -math.inf
                ],
                rest,
            )
            for window, values, starts, ends, rest in zip(
                batch,
                best.log_odds.tolist(),
                best.starts.tolist(),
                best.ends.tolist(),
                best.rest.tolist(),
                strict=True,
            )
        ]

    def _null_positions(self, token_ids: Ints) -> Ints:
        """(W,) int64: where each row has the token that stands for "no answer"."""
        if self._model.cls_token_id is None:
            return np.zeros(len(token_ids), np.int64)
        first: Ints = (token_ids == self._model.cls_token_id).argmax(axis=1)
        return first


def reader_of(name: str | None) -> ExtractiveReader:
    """Load a reader: the one that is shipped, without a name.

    Args:
        name: folder or hub id.

    Raises:
        ModelError: it cannot be loaded.
    """
    return ExtractiveReader.shipped() if name is None else ExtractiveReader.from_pretrained(name)


def _best_of(spans: Sequence[ReadSpan]) -> tuple[ReadSpan, ...]:
    """The spans of all windows of a passage, best first, each once at its best."""
    best: dict[tuple[int, int], ReadSpan] = {}
    for span in best_first(spans):
        best.setdefault((span.start, span.end), span)
    return tuple(best.values())


def _settings_of(name: str | Path) -> ReaderSettings:
    file = file_beside(name, SETTINGS_FILE)
    if file is None:
        return ReaderSettings()
    try:
        return ReaderSettings.from_folder(file.parent)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The settings of the reader in {name} are damaged.",
            "Fit them again, or delete the file.",
        ) from error
