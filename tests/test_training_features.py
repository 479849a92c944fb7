"""From examples to tokens, the places of answers, and batches."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from boundaries import mend
from features import NULL_TOKEN, Feature, collate, cut_batches, encode
from hypothesis import given
from hypothesis import strategies as st
from models import load_tokenizer
from strategies import articles, few, many, spans_in
from training_data import BRIDGE, HALL, questions_about

pytestmark = pytest.mark.usefixtures("one_thread")


def feature_of(tokens: int, group: int) -> Feature:
    ids = np.arange(tokens, dtype=np.int32)
    return Feature(0, group, ids, ids * 0, 1, np.zeros((tokens - 1, 2), np.int32), (0,), (0,))


def test_an_answer_may_end_in_a_mark_that_is_in_no_token(tiny: dict[str, str]) -> None:
    text = "It was a\u0323\u0301\u0300bc. It rained."
    for end in range(7, text.index("bc") + 2):
        (feature,) = encode(
            [questions_about(text, [(0, end)])], load_tokenizer(tiny["bert"]), max_tokens=64
        )
        ((first, last),) = zip(feature.starts, feature.ends, strict=True)
        assert feature.offsets[first - feature.first].tolist() == [0, 2]
        assert feature.offsets[last - feature.first, 0] < end


@few
@given(st.data())
@pytest.mark.parametrize("name", ["bert", "mpnet"])
def test_tokens_of_answers_cover_them(
    tiny: dict[str, str], name: str, drawn: st.DataObject
) -> None:
    text = drawn.draw(articles())
    spans = [
        span
        for one in drawn.draw(st.lists(spans_in(text), max_size=3))
        if (span := mend(text, *one)) is not None
    ]
    encoded = encode([questions_about(text, spans)], load_tokenizer(tiny[name]), max_tokens=64)
    for feature in encoded:
        assert len(feature.token_ids) <= 64
        if not spans:
            assert feature.starts == feature.ends == (NULL_TOKEN,)
        # The first and the last of the tokens that have a character of it.
        tokens = [(left, right) for left, right in feature.offsets.tolist() if left < right]
        past = tokens[-1][1] if tokens else 0
        firsts, lasts = set(), set()
        for span in spans:
            inside = [
                number
                for number, (left, right) in enumerate(feature.offsets.tolist())
                if left < right and max(left, span[0]) < min(right, span[1])
            ]
            if inside and span[1] <= past:
                firsts.add(feature.first + inside[0])
                lasts.add(feature.first + inside[-1])
        assert firsts <= set(feature.starts)
        assert lasts <= set(feature.ends)
        if all(end <= past for _, end in spans):
            assert firsts == set(feature.starts) - {NULL_TOKEN}
            assert lasts == set(feature.ends) - {NULL_TOKEN}


def test_an_answers_tokens_are_its_first_and_its_last(tiny: dict[str, str]) -> None:
    tokenizer = load_tokenizer(tiny["bert"])
    start = BRIDGE.index("four months")
    asked = questions_about(BRIDGE, [(start, start + len("four months"))])
    (feature,) = encode([asked], tokenizer, max_tokens=120)
    words = tokenizer.convert_ids_to_tokens(feature.token_ids)
    ((begin,), (end,)) = feature.starts, feature.ends
    assert words[begin : end + 1] == ["four", "months"]


@pytest.mark.parametrize("name", ["bert", "mpnet", "deberta"])
def test_of_questions_only_those_that_are_too_long_are_left_out(
    tiny: dict[str, str], name: str
) -> None:
    tokenizer = load_tokenizer(tiny[name])
    asked = [questions_about(BRIDGE, [(0, 3)], number) for number in range(4)]
    long = "Who was it, and was it green, or was it in Oldmere, and who held the ladder?"
    asked[1] = replace(asked[1], question=long)  # longer than what is left of the passage
    asked[2] = replace(asked[2], question=f"{long} " * 9)
    asked[3] = replace(asked[3], spans=((len(BRIDGE) - 5, len(BRIDGE)),))
    size = len(tokenizer(long)["input_ids"])
    skipped: Counter[str] = Counter()
    encoded = encode(asked, tokenizer, max_tokens=size + 9, skipped=skipped)
    assert [(one.example, one.group) for one in encoded] == [(0, 0), (1, 1)]
    assert encoded[1].token_ids[:size].tolist() == tokenizer(long)["input_ids"]
    assert skipped == {
        "question leaves no room for a passage": 1,
        "answer lies beyond the tokens": 1,
    }
    assert encode(asked[2:3], tokenizer, max_tokens=size + 9) == []


@many
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)), min_size=1, max_size=60),
    st.integers(1, 8),
    st.booleans(),
)
def test_batches_hold_each_feature_once_and_a_question_together(
    sizes: list[tuple[int, int]], batch_size: int, together: bool
) -> None:
    encoded = [feature_of(tokens, group) for tokens, group in sizes]
    batches = cut_batches(encoded, batch_size=batch_size, rng=random.Random(0), together=together)
    assert sorted(number for batch in batches for number in batch) == list(range(len(sizes)))
    if together:
        homes = [{sizes[number][1] for number in batch} for batch in batches]
        assert sum(map(len, homes)) == len({group for _, group in sizes})
    else:
        assert all(len(batch) <= batch_size for batch in batches)


def test_padding_is_the_tokenizers_own(tiny: dict[str, str]) -> None:
    tokenizer = load_tokenizer(tiny["mpnet"])
    asked = [questions_about(BRIDGE, [(0, 3)]), questions_about(HALL, [])]
    encoded = encode(asked, tokenizer, max_tokens=200)
    batch = collate(encoded, pad_id=tokenizer.pad_token_id, uses_type_ids=False)
    assert set(batch.inputs) == {"input_ids", "attention_mask"}
    assert (batch.inputs["input_ids"][batch.inputs["attention_mask"] == 0] == 1).all()
    assert batch.start_targets.sum(dim=1).tolist() == [1, 1]
