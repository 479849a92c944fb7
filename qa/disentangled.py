"""DeBERTa's attention, which scores distances beside words: the same scores in fewer steps.

transformers looks up, for each pair of tokens, the score of their distance. But the scores of
one token lie side by side, by distance, and each row of them belongs one place further on than
the row above: read with a stride that is one less, all are where they belong (as the relative
attention of Transformer-XL shifts its rows, Dai et al. 2019, appendix B).
"""

import math
from typing import TYPE_CHECKING

import torch
from transformers.models.deberta_v2.modeling_deberta_v2 import (
    DisentangledSelfAttention,
    make_log_bucket_position,
)

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# Of He et al. 2021, DeBERTa: what a word says of a word, of a distance, and a distance of a word.
KINDS = frozenset(("c2p", "p2c"))
SUMMANDS = 1 + len(KINDS)


class ShiftedAttention(torch.nn.Module):
    """What it is made of, with the scores of distances shifted instead of looked up.

    Args:
        made_of: an attention of both kinds of distances, which share the projections of words.
    """

    def __init__(self, made_of: DisentangledSelfAttention) -> None:
        super().__init__()
        # By the names they have there, under which weights are kept.
        self.query_proj = made_of.query_proj
        self.key_proj = made_of.key_proj
        self.value_proj = made_of.value_proj
        self.pos_dropout = made_of.pos_dropout
        self.dropout = made_of.dropout
        self._heads = made_of.num_attention_heads
        self._scale = 1 / math.sqrt(made_of.attention_head_size * SUMMANDS)
        span = made_of.pos_ebd_size
        self._farthest = made_of.max_relative_positions
        distances = torch.arange(-self._farthest, self._farthest + 1)
        if made_of.position_buckets > 0:
            distances = make_log_bucket_position(
                distances, made_of.position_buckets, made_of.max_relative_positions
            )
        places = (distances.long() + span).clamp(0, 2 * span - 1)
        self._places: torch.Tensor  # which embedding is of each distance, from the least on
        self.register_buffer("_places", places, persistent=False)

    def forward(
        self,
        hidden_states: torch.Tensor,
        attention_mask: torch.Tensor,
        output_attentions: bool = False,
        *,
        query_states: torch.Tensor | None = None,
        relative_pos: torch.Tensor | None = None,
        rel_embeddings: torch.Tensor,
    ) -> tuple[torch.Tensor, None]:
        """What each token makes of the others.

        Args:
            hidden_states: (B, L, hidden) float32.
            attention_mask: (B, 1, L, L), whether a token may look at another.
            output_attentions: not given here.
            query_states: not taken here, as tokens look at themselves alone.
            relative_pos: not taken here; transformers computes it for all layers at once.
            rel_embeddings: (2 * span, hidden) float32, of the distances.

        Returns:
            (B, L, hidden) float32, and None in place of the attention.
        """
        del output_attentions, query_states, relative_pos  # transformers gives them all the same
        length = hidden_states.shape[1]
        distances = self.pos_dropout(rel_embeddings)
        # How far behind a token the others are, from the first to the last, and one that is none.
        behind = torch.arange(2 * length) - (length - 1)
        queries = self._by_head(self.query_proj(hidden_states) * self._scale)
        keys = self._by_head(self.key_proj(hidden_states))
        distant_keys = self._by_head(self.key_proj(distances)[None, self._of(-behind)])
        distant_queries = self._by_head(
            (self.query_proj(distances) * self._scale)[None, self._of(behind)]
        )
        scores = queries @ keys.transpose(-1, -2)
        scores = scores + _shifted(_of_distances(queries, distant_keys))
        scores = scores + _shifted(_of_distances(keys, distant_queries)).transpose(-1, -2)
        scores = scores.masked_fill(~attention_mask[:, 0].bool(), torch.finfo(scores.dtype).min)
        given = self.dropout(scores.softmax(-1)) @ self._by_head(self.value_proj(hidden_states))
        return given.permute(1, 2, 0, 3).flatten(2), None

    def _of(self, distances: torch.Tensor) -> torch.Tensor:
        """Which embedding is of each distance from a token that looks to one it looks at."""
        return self._places[(distances + self._farthest).clamp(0, 2 * self._farthest)]

    def _by_head(self, states: torch.Tensor) -> torch.Tensor:
        """(B, L, hidden) as (heads, B, L, size): rows of a head lie side by side."""
        rows, length, _ = states.shape
        return states.reshape(rows, length, self._heads, -1).permute(2, 0, 1, 3).contiguous()


def shift_distances(model: "PreTrainedModel") -> None:
    """Let a DeBERTa shift the scores of distances; other models stay as they are.

    Args:
        model: of any architecture.
    """
    for module in list(model.modules()):
        for name, part in list(module.named_children()):
            if (
                isinstance(part, DisentangledSelfAttention)
                and part.relative_attention
                and part.share_att_key
                and set(part.pos_att_type) == KINDS
                # With more buckets than distances, those behind the farthest still differ.
                and part.pos_ebd_size <= part.max_relative_positions
            ):
                setattr(module, name, ShiftedAttention(part))


def _of_distances(states: torch.Tensor, distant: torch.Tensor) -> torch.Tensor:
    """What words and distances score together, in one product for all rows of a head.

    Args:
        states: (heads, B, L, size), of words.
        distant: (heads, 1, 2L, size), of distances.

    Returns:
        (heads, B, L, 2L).
    """
    heads, rows, length, size = states.shape
    scores = states.reshape(heads, rows * length, size) @ distant[:, 0].transpose(-1, -2)
    return scores.reshape(heads, rows, length, 2 * length)


def _shifted(scores: torch.Tensor) -> torch.Tensor:
    """The scores of distances, as those of pairs.

    Args:
        scores: (heads, B, L, 2L); of row i, column c is of the token c - (L - 1) behind token i.

    Returns:
        (heads, B, L, L); of row i, column j is of token j.
    """
    heads, rows, length, wide = scores.shape
    flat = scores.reshape(heads, rows, -1)[..., length - 1 : length - 1 + length * (wide - 1)]
    return flat.reshape(heads, rows, length, wide - 1)[..., :length]
