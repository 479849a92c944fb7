"""Turn examples into what a model takes: tokens, the places of answers, and batches."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from examples import Example

NULL_TOKEN = 0  # where "not in this passage" is scored: the [CLS] of BERT and its kin
BATCHES_SORTED_TOGETHER = 20  # enough for batches of like length, few enough to stay mixed
ENCODED_TOGETHER = 1000  # pairs in one call of the tokenizer
# Beside a question with its own marks, at least: RoBERTa's two more, and a token of the passage.
OTHER_TOKENS = 3

# Why an example is left out.
LONG_QUESTION = "question leaves no room for a passage"
BEYOND = "answer lies beyond the tokens"

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Feature:
    """An example as tokens.

    Args:
        example: its number in the file.
        group: the same for all examples of one question.
        token_ids: (tokens,) int32, question and passage.
        type_ids: (tokens,) int32, the segment of each.
        first: the first token of the passage.
        offsets: (passage tokens, 2) int32, half-open span in the passage of each token of it.
        starts: the first token of each answer; ``NULL_TOKEN`` where there is none.
        ends: the last token of each answer, likewise.
    """

    example: int
    group: int
    token_ids: Ints
    type_ids: Ints
    first: int
    offsets: Ints
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Features side by side; B of them, L tokens in the longest.

    Args:
        features: what it was made of.
        inputs: the model's arguments, (B, L) int64 each.
        allowed: (B, L) bool, the tokens of the passage and the null.
        start_targets: (B, L) float32, what the starts should be: each row sums to 1.
        end_targets: (B, L) float32, likewise for the ends.
        groups: (B,) int64, which question each row is of.
    """

    features: tuple[Feature, ...]
    inputs: dict[str, torch.Tensor]
    allowed: torch.Tensor
    start_targets: torch.Tensor
    end_targets: torch.Tensor
    groups: torch.Tensor


def encode(
    examples: Sequence[Example],
    tokenizer: Any,
    *,
    max_tokens: int,
    skipped: Counter[str] | None = None,
) -> list[Feature]:
    """Tokenise examples; those whose questions or answers do not fit are left out.

    Args:
        examples: numbered by their place.
        tokenizer: any fast tokenizer of transformers.
        max_tokens: most tokens of question and passage; passages are cut to it.
        skipped: counts, for each reason, the examples left out.
    """
    features = []
    skipped = Counter() if skipped is None else skipped
    for begin in range(0, len(examples), ENCODED_TOGETHER):
        part = range(begin, min(begin + ENCODED_TOGETHER, len(examples)))
        questions = tokenizer([examples[number].question for number in part])["input_ids"]
        # No question is cut: of a conversation's its own words stand last.
        taken = [
            number
            for number, ids in zip(part, questions, strict=True)
            if len(ids) + OTHER_TOKENS <= max_tokens
        ]
        skipped.update([LONG_QUESTION] * (len(part) - len(taken)))
        if not taken:
            continue
        encoded = tokenizer(
            [examples[number].question for number in taken],
            [examples[number].passage for number in taken],
            truncation="only_second",
            max_length=max_tokens,
            return_offsets_mapping=True,
            return_token_type_ids=True,
        )
        for row, number in enumerate(taken):
            example = examples[number]
            sequence = encoded.sequence_ids(row)
            first = sequence.index(1) if 1 in sequence else len(sequence)
            past = len(sequence) - sequence[::-1].index(1) if 1 in sequence else first
            offsets = _without_space(
                np.array(encoded["offset_mapping"][row][first:past], np.int32).reshape(-1, 2),
                example.passage,
            )
            places = [_tokens_of(span, offsets) for span in example.spans]
            inside = [(start + first, end + first) for start, end in filter(None, places)]
            if first == past or (example.spans and not inside):
                skipped[BEYOND] += 1
                continue
            inside = inside or [(NULL_TOKEN, NULL_TOKEN)]
            features.append(
                Feature(
                    example=number,
                    group=example.group,
                    token_ids=np.array(encoded["input_ids"][row], np.int32),
                    type_ids=np.array(encoded["token_type_ids"][row], np.int32),
                    first=first,
                    offsets=offsets,
                    starts=tuple(dict.fromkeys(start for start, _ in inside)),
                    ends=tuple(dict.fromkeys(end for _, end in inside)),
                )
            )
    return features


def cut_batches(
    features: Sequence[Feature], *, batch_size: int, rng: random.Random, together: bool = False
) -> list[list[int]]:
    """Numbers of features in batches of like length, in random order.

    Args:
        features: what to batch.
        batch_size: features in a batch; more where the last question of one has several.
        rng: shuffles.
        together: whether all features of a question go into one batch.
    """
    units: dict[int, list[int]] = defaultdict(list)
    for number, feature in enumerate(features):
        units[feature.group if together else number].append(number)
    order = list(units.values())
    rng.shuffle(order)
    sizes = [max(len(features[number].token_ids) for number in unit) for unit in order]
    batches: list[list[int]] = []
    chunk = batch_size * BATCHES_SORTED_TOGETHER
    for begin in range(0, len(order), chunk):
        places = sorted(range(begin, min(begin + chunk, len(order))), key=sizes.__getitem__)
        cut: list[list[int]] = [[]]
        for place in places:
            if len(cut[-1]) >= batch_size:
                cut.append([])
            cut[-1].extend(order[place])
        rng.shuffle(cut)
        batches += cut
    return batches


def collate(features: Iterable[Feature], *, pad_id: int, uses_type_ids: bool) -> Batch:
    """Put features side by side.

    Args:
        features: at least one.
        pad_id: fills what is shorter than the longest.
        uses_type_ids: whether the model takes segments.
    """
    rows = tuple(features)
    shape = (len(rows), max(len(feature.token_ids) for feature in rows))
    token_ids = torch.full(shape, pad_id)
    type_ids = torch.zeros(shape, dtype=torch.long)
    attended = torch.zeros(shape, dtype=torch.long)
    allowed = torch.zeros(shape, dtype=torch.bool)
    start_targets, end_targets = torch.zeros(shape), torch.zeros(shape)
    for row, feature in enumerate(rows):
        size = len(feature.token_ids)
        token_ids[row, :size] = torch.from_numpy(feature.token_ids)
        type_ids[row, :size] = torch.from_numpy(feature.type_ids)
        attended[row, :size] = 1
        allowed[row, feature.first : feature.first + len(feature.offsets)] = True
        start_targets[row, list(feature.starts)] = 1 / len(feature.starts)
        end_targets[row, list(feature.ends)] = 1 / len(feature.ends)
    allowed[:, NULL_TOKEN] = True
    inputs = {"input_ids": token_ids, "attention_mask": attended}
    if uses_type_ids:
        inputs["token_type_ids"] = type_ids
    groups = torch.tensor([feature.group for feature in rows])
    return Batch(rows, inputs, allowed, start_targets, end_targets, groups)


def _without_space(offsets: Ints, passage: str) -> Ints:
    """Spans without the space before a word, which some tokenizers count to it."""
    for row, (start, end) in enumerate(offsets.tolist()):
        while start < end and passage[start].isspace():
            start += 1
        offsets[row, 0] = start
    return offsets


def _tokens_of(span: tuple[int, int], offsets: Ints) -> tuple[int, int] | None:
    """The first and the last token of a span, or None if it is not all there."""
    inside = np.flatnonzero((offsets[:, 0] < span[1]) & (span[0] < offsets[:, 1]))
    # Its own last token may end before it, where a mark over a letter is in none.
    if not len(inside) or offsets[-1, 1] < span[1]:
        return None
    return int(inside[0]), int(inside[-1])
