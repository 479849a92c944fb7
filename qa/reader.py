"""Read passages with an extractive question-answering model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import torch

from index.errors import InputError, ModelError
from index.hub import is_local
from index.quiet import quiet_loading
from qa.settings import ReaderSettings
from qa.spans import best_spans
from qa.windows import Window, Windower

if TYPE_CHECKING:
    from transformers import PreTrainedModel

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


class Reader(Protocol):
    """What the assistant needs of a reader."""

    @property
    def settings(self) -> ReaderSettings:
        """What was fitted for it."""
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
    """Any transformers model with a span head: BERT, RoBERTa, DistilBERT, MPNet and others.

    Make one with ``shipped`` or ``from_pretrained``.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        *,
        tokenizer_json: str,
        cls_token_id: int | None,
        pad_token_id: int,
        uses_type_ids: bool,
        settings: ReaderSettings,
        longest_input: int,
        window_tokens: int = WINDOW_TOKENS,
        stride_tokens: int = STRIDE_TOKENS,
    ) -> None:
        self._model = model
        self._tokenizer_json = tokenizer_json
        self._cls_token_id = cls_token_id
        self._pad_token_id = pad_token_id
        self._uses_type_ids = uses_type_ids
        self._settings = settings
        self._longest_input = longest_input
        self._windower = Windower(
            tokenizer_json,
            window_tokens=min(window_tokens, longest_input),
            stride_tokens=stride_tokens,
        )

    @classmethod
    def shipped(cls) -> Self:
        """The reader that comes with Pullquote; its MODEL_CARD.md says what it is.

        Raises:
            ModelError: its files are missing or damaged.
        """
        return cls.from_pretrained(SHIPPED_READER)

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path,
        *,
        window_tokens: int = WINDOW_TOKENS,
        stride_tokens: int = STRIDE_TOKENS,
    ) -> Self:
        """Load a reader from a folder, or from the hub if no such folder exists.

        Args:
            name: a folder, or a hub id such as ``deepset/tinyroberta-squad2``.
            window_tokens: most tokens in a window; less if the model takes fewer.
            stride_tokens: passage tokens that neighbouring windows share.

        Raises:
            ModelError: there is no such model, or it is no extractive reader.
            InputError: the windows leave no room for a question.
        """
        from safetensors import SafetensorError
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        local = is_local(name)
        try:
            with quiet_loading():
                tokenizer = AutoTokenizer.from_pretrained(
                    name, local_files_only=local, trust_remote_code=False
                )
                model, report = AutoModelForQuestionAnswering.from_pretrained(
                    name,
                    local_files_only=local,
                    trust_remote_code=False,
                    dtype=torch.float32,
                    output_loading_info=True,
                )
            settings = ReaderSettings.from_folder(Path(name))
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            RuntimeError,  # weights of other shapes than the configuration says
            SafetensorError,  # a torn file
        ) as error:
            raise ModelError(
                f"There is no extractive reader at “{name}” that could be loaded"
                f" ({str(error).strip().split(chr(10), 1)[0]}).",
                "Give a folder with such a model, or a hub id and a network.",
            ) from error
        if any("qa_outputs" in key for key in report["missing_keys"]):
            raise ModelError(
                f"The model “{name}” has no span head: its answers would be random.",
                "Give a model fine-tuned for extractive question answering.",
            )
        if report["missing_keys"]:
            lacking = min(report["missing_keys"])
            raise ModelError(
                f"The weights of “{name}” lack {lacking}, which would be random.",
                "Get the whole model, or mend its config.json.",
            )
        if len(tokenizer) <= len(tokenizer.all_special_ids):
            raise ModelError(
                f"The reader “{name}” has no vocabulary.", "Put its tokenizer.json into the folder."
            )
        if not tokenizer.is_fast:
            raise ModelError(
                f"The reader “{name}” has no fast tokenizer, so its tokens have no offsets.",
                "Choose a model that has a tokenizer.json.",
            )
        return cls(
            model.eval(),
            tokenizer_json=tokenizer.backend_tokenizer.to_str(),
            cls_token_id=tokenizer.cls_token_id,
            pad_token_id=tokenizer.pad_token_id or 0,
            uses_type_ids="token_type_ids" in tokenizer.model_input_names,
            settings=settings,
            longest_input=_longest_input(model, tokenizer),
            window_tokens=window_tokens,
            stride_tokens=stride_tokens,
        )

    @property
    def settings(self) -> ReaderSettings:
        """What was fitted for this reader."""
        return self._settings

    def with_windows(self, *, window_tokens: int, stride_tokens: int) -> "ExtractiveReader":
        """The same model with other windows, shorter than asked if it takes fewer tokens.

        Raises:
            InputError: the windows leave no room for a question.
        """
        return ExtractiveReader(
            self._model,
            tokenizer_json=self._tokenizer_json,
            cls_token_id=self._cls_token_id,
            pad_token_id=self._pad_token_id,
            uses_type_ids=self._uses_type_ids,
            settings=self._settings,
            longest_input=self._longest_input,
            window_tokens=window_tokens,
            stride_tokens=stride_tokens,
        )

    def shorten(self, question: str, *, max_tokens: int) -> str:
        """The question's beginning, as many of the reader's tokens as asked for."""
        return self._windower.shorten(question, max_tokens=max_tokens)

    def read(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int = 32,
        max_answer_tokens: int = MAX_ANSWER_TOKENS,
    ) -> list[Reading]:
        """Read passages for questions: all windows in one stream, sorted by length.

        Args:
            pairs: a question and the text of a passage each.
            batch_size: windows in one pass through the model.
            max_answer_tokens: longest span.

        Returns:
            One reading for each pair, in order.

        Raises:
            InputError: an option is out of range, or a question leaves no room for a passage.
            ModelError: the model's scores are not finite numbers.
        """
        if batch_size < 1:
            raise InputError(f"batch_size is {batch_size}.", "Give 1 or more.")
        if max_answer_tokens < 1:
            raise InputError(f"max_answer_tokens is {max_answer_tokens}.", "Give 1 or more.")
        windows = self._windower.cut(pairs) if pairs else []
        windows.sort(key=lambda window: len(window.token_ids), reverse=True)
        found: list[list[ReadSpan]] = [[] for _ in pairs]
        rests: list[list[float]] = [[] for _ in pairs]
        for start in range(0, len(windows), batch_size):
            batch = windows[start : start + batch_size]
            for window, (spans, rest) in zip(
                batch, self._read_batch(batch, max_answer_tokens), strict=True
            ):
                found[window.pair].extend(spans)
                rests[window.pair].append(rest)
        return [
            Reading(_best_of(spans), float(torch.tensor(rest).logsumexp(0)))
            for spans, rest in zip(found, rests, strict=True)
        ]

    def _read_batch(
        self, batch: Sequence[Window], max_answer_tokens: int
    ) -> list[tuple[list[ReadSpan], float]]:
        length = max(len(window.token_ids) for window in batch)
        shape = (len(batch), length)
        token_ids = torch.full(shape, self._pad_token_id)
        type_ids = torch.zeros(shape, dtype=torch.long)
        attended = torch.zeros(shape, dtype=torch.long)
        start_allowed = torch.zeros(shape, dtype=torch.bool)
        end_allowed = torch.zeros(shape, dtype=torch.bool)
        sentences = torch.zeros(shape, dtype=torch.long)
        for row, window in enumerate(batch):
            size, first = len(window.token_ids), window.first
            token_ids[row, :size] = torch.tensor(window.token_ids)
            type_ids[row, :size] = torch.tensor(window.type_ids)
            attended[row, :size] = 1
            start_allowed[row, first:size] = torch.tensor(window.starts, dtype=torch.bool)
            end_allowed[row, first:size] = torch.tensor(window.ends, dtype=torch.bool)
            sentences[row, first:size] = torch.tensor(window.sentences, dtype=torch.long)
        inputs = {"input_ids": token_ids, "attention_mask": attended}
        if self._uses_type_ids:
            inputs["token_type_ids"] = type_ids
        with torch.inference_mode():
            output = self._model(**inputs)
            start_logits, end_logits = output.start_logits.float(), output.end_logits.float()
            scores = torch.stack((start_logits, end_logits))[:, attended.bool()]
            if not bool(torch.isfinite(scores).all()):
                raise ModelError(
                    "The reader's scores are not finite numbers.",
                    "Its weights are damaged, or unfit for float32.",
                )
            null = self._null_positions(token_ids)[:, None]
            best = best_spans(
                start_logits,
                end_logits,
                (start_logits.gather(1, null) + end_logits.gather(1, null))[:, 0],
                start_allowed=start_allowed,
                end_allowed=end_allowed,
                max_answer_tokens=max_answer_tokens,
                top_n=SPANS_PER_WINDOW,
                temperature=self._settings.temperature,
                sentences=sentences,
            )
        rows = zip(
            batch,
            best.log_odds.tolist(),
            best.starts.tolist(),
            best.ends.tolist(),
            best.rest.tolist(),
            strict=True,
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
                    if log_odds != -torch.inf
                ],
                rest,
            )
            for window, values, starts, ends, rest in rows
        ]

    def _null_positions(self, token_ids: torch.Tensor) -> torch.Tensor:
        """(W,) int64: where each row has the token that stands for "no answer"."""
        if self._cls_token_id is None:
            return torch.zeros(len(token_ids), dtype=torch.long)
        return (token_ids == self._cls_token_id).long().argmax(dim=1)


def _best_of(spans: Sequence[ReadSpan]) -> tuple[ReadSpan, ...]:
    """The spans of all windows of a passage, best first, each once at its best."""
    best: dict[tuple[int, int], ReadSpan] = {}
    for span in sorted(spans, key=lambda span: (-span.log_odds, span.start, span.end)):
        best.setdefault((span.start, span.end), span)
    return tuple(best.values())


def _longest_input(model: "PreTrainedModel", tokenizer: Any) -> int:
    """How many tokens the model takes at once."""
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions is None:
        return int(tokenizer.model_max_length)
    # RoBERTa and MPNet count positions from the padding index on.
    return int(min(positions - 2, tokenizer.model_max_length))
