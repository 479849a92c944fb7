"""What gives the tokens of a window their scores: the seam between reader and runtime."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


class SpanScorer(Protocol):
    """A model with a span head."""

    def score(self, token_ids: Ints, type_ids: Ints, attended: Ints) -> tuple[Floats, Floats]:
        """Score every token as the start and as the end of an answer.

        Args:
            token_ids: (W, L) int64, the windows, padded.
            type_ids: (W, L) int64, the segment of each token, for models that take it.
            attended: (W, L) int64, 0 where a window is padded.

        Returns:
            The start and the end logits, (W, L) float32 each.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderModel:
    """A loaded reader's model, and what is known of its tokens.

    Args:
        scorer: the model.
        tokenizer_json: its fast tokenizer, serialised.
        cls_token_id: the token that stands for "no answer"; None if that is the first.
        pad_token_id: what fills windows that are shorter than others.
        longest_input: how many tokens it takes at once.
    """

    scorer: SpanScorer
    tokenizer_json: str
    cls_token_id: int | None
    pad_token_id: int
    longest_input: int
