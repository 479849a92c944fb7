"""Find the best spans of many windows at once, and the mass of all the others."""

from typing import NamedTuple

import torch

# In log-odds. A span across the end of a sentence is nearly always two answers run together;
# but a name with an initial may be taken for an end, so that it is not forbidden.
CROSSING_COST = 3.0


class BestSpans(NamedTuple):
    """The best spans of each window; W windows, N spans each.

    Args:
        log_odds: (W, N) float32, best first; -inf where a window has fewer spans.
        starts: (W, N) int64, index of the first token.
        ends: (W, N) int64, index of the last token, inclusive.
        rest: (W,) float32, log of the summed odds of all other allowed spans.
    """

    log_odds: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    rest: torch.Tensor


def best_spans(
    start_logits: torch.Tensor,
    end_logits: torch.Tensor,
    null_logits: torch.Tensor,
    *,
    start_allowed: torch.Tensor,
    end_allowed: torch.Tensor,
    max_answer_tokens: int,
    top_n: int,
    temperature: float = 1.0,
    sentences: torch.Tensor | None = None,
) -> BestSpans:
    """Search all spans up to a length, scored by start plus end logit (BERT, Devlin et al. 2019).

    Start and end are chosen together, so an answer never ends before it starts. Memory
    is W x L x max_answer_tokens numbers, not W x L x L.

    Args:
        start_logits: (W, L) float32.
        end_logits: (W, L) float32.
        null_logits: (W,) float32, the score of "not in this window"; spans are measured
            against it, which makes them comparable between windows.
        start_allowed: (W, L) bool, tokens that may start an answer.
        end_allowed: (W, L) bool, tokens that may end one.
        max_answer_tokens: longest span.
        top_n: how many spans of a window to return, at most.
        temperature: divides the log-odds (Guo et al. 2017, On Calibration of Modern
            Neural Networks).
        sentences: (W, L) int64, the sentence that each token is in; a span from one into
            another loses ``CROSSING_COST``. Without it none does.
    """
    width, length = start_logits.shape
    reach = min(max_answer_tokens, length)
    starts = start_logits.masked_fill(~start_allowed, -torch.inf)
    ends = end_logits.masked_fill(~end_allowed, -torch.inf)
    ends = torch.nn.functional.pad(ends, (0, reach - 1), value=-torch.inf)
    # (W, L, reach): the span that starts at token i and has j more tokens
    spans = starts[:, :, None] + ends.unfold(1, reach, 1)
    if sentences is not None:
        last = torch.nn.functional.pad(sentences, (0, reach - 1)).unfold(1, reach, 1)
        spans = spans - CROSSING_COST * (last != sentences[:, :, None])
    log_odds = ((spans - null_logits[:, None, None]) / temperature).reshape(width, -1)
    best = log_odds.topk(min(top_n, log_odds.shape[1]), dim=1)
    others = log_odds.scatter(1, best.indices, -torch.inf)
    first = best.indices // reach
    return BestSpans(
        best.values, first, first + best.indices % reach, torch.logsumexp(others, dim=1)
    )
