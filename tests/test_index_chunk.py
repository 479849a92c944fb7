"""Cutting a document into passages."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise

import pytest
from conftest import SEEDS
from covered import is_covered
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import articles, few, many

from index.chunk import cut
from index.errors import InputError
from index.read import read_sources
from index.records import Document
from index.sentences import sentence_spans

BUDGETS = st.sampled_from((1, 2, 3, 7, 20, 192))
OVERLAPS = st.sampled_from((0, 1, 2, 5))


def check_cut(text, token_spans, budget, overlap):
    """Hold everything that ``cut`` promises of the passages of a text."""
    passages = cut(
        Document(id="a", title="A", text=text),
        token_spans=token_spans,
        budget_tokens=budget,
        overlap_sentences=overlap,
    )
    tokens = token_spans(text)
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    assert starts == sorted(starts)
    assert ends == sorted(ends)

    def size(start, end):  # the tokens that have a part in the span
        return bisect_left(starts, end) - bisect_right(ends, start)

    sentences = sentence_spans(text)
    most = max([budget, *Counter(starts).values()])  # a character is never cut
    long = [span for span in sentences if size(*span) > budget]

    def in_long(position):
        return any(start < position < end for start, end in long)

    assert is_covered(text, [(passage.start, passage.end) for passage in passages])
    for passage in passages:
        assert passage.text == text[passage.start : passage.end] == passage.text.strip() != ""
        assert size(passage.start, passage.end) <= most
        assert passage.start in {start for start, _ in sentences} or in_long(passage.start)
        assert passage.end in {end for _, end in sentences} or in_long(passage.end)
    for before, after in pairwise(passages):
        assert before.start < after.start
        assert before.end < after.end
        shared = [s for s in sentences if after.start < s[1] and s[0] < before.end]
        assert len(shared) <= overlap or before.end <= after.start
        # No passage ends early: what comes next would have gone over the budget.
        follows = next((s for s in sentences if s[0] >= before.end), None)
        if follows is not None and not in_long(before.end):
            assert follows in long or size(before.start, follows[1]) > budget
    return passages


@many
@given(articles(), BUDGETS, OVERLAPS)
@example("Cats run. Dogs bark. Birds sing.", 4, 1)
def test_passages_counted_in_words(stub_embedder, text, budget, overlap):
    assert check_cut(text, stub_embedder.token_spans, budget, overlap)


@many
@given(articles(), BUDGETS, OVERLAPS)
@example("한국어는 아름답다 " * 3, 4, 1)  # up to three tokens start at one syllable
@example("국" * 50, 2, 0)
def test_passages_counted_in_tokens(embedder, text, budget, overlap):
    assert check_cut(text, embedder.token_spans, budget, overlap)


@few
@given(articles(), st.integers(1, 12), OVERLAPS)
def test_passages_counted_in_characters(text, budget, overlap):
    def characters(text):
        return [(at, at + 1) for at in range(len(text))]

    assert check_cut(text, characters, budget, overlap)


def tokens_with_spaces(text):
    """Tokens as of byte-level BPE, which takes the space before a word into its token."""
    return [match.span() for match in re.finditer(r"\s?\S{1,4}|\s", text)]


@many
@given(articles(), BUDGETS, OVERLAPS)
@example("Cats run. Dogs bark. Birds sing. " * 2, 6, 1)
def test_passages_counted_in_tokens_that_hold_spaces(text, budget, overlap):
    assert check_cut(text, tokens_with_spaces, budget, overlap)


@few
@given(articles(), BUDGETS, OVERLAPS)
def test_a_text_of_no_tokens_is_one_passage(text, budget, overlap):
    (passage,) = check_cut(text, lambda _: [], budget, overlap)
    assert passage.text == text.strip()


def test_the_embedder_reads_every_passage_to_its_end(embedder):
    for document in read_sources(SEEDS):
        for passage in check_cut(document.text, embedder.token_spans, 192, 1):
            assert len(embedder.token_spans(passage.text)) <= 192


def words(text, budget, overlap, token_spans):
    document = Document(id="a", title="A", text=text)
    passages = cut(
        document, token_spans=token_spans, budget_tokens=budget, overlap_sentences=overlap
    )
    return [passage.text for passage in passages]


SHORT = "Cats run. Dogs bark. Birds sing. Fish swim. Cows moo."


@pytest.mark.parametrize(
    ("budget", "overlap", "expected"),
    [
        (10, 1, [SHORT]),
        (9, 0, ["Cats run. Dogs bark. Birds sing. Fish swim.", "Cows moo."]),
        (4, 0, ["Cats run. Dogs bark.", "Birds sing. Fish swim.", "Cows moo."]),
        (
            4,
            1,
            [
                "Cats run. Dogs bark.",
                "Dogs bark. Birds sing.",
                "Birds sing. Fish swim.",
                "Fish swim. Cows moo.",
            ],
        ),
        (
            6,
            2,
            [
                "Cats run. Dogs bark. Birds sing.",
                "Dogs bark. Birds sing. Fish swim.",
                "Birds sing. Fish swim. Cows moo.",
            ],
        ),
        (6, 1, ["Cats run. Dogs bark. Birds sing.", "Birds sing. Fish swim. Cows moo."]),
        (
            4,
            5,
            [
                "Cats run. Dogs bark.",
                "Dogs bark. Birds sing.",
                "Birds sing. Fish swim.",
                "Fish swim. Cows moo.",
            ],
        ),
        (
            3,
            1,
            ["Cats run.", "Dogs bark.", "Birds sing.", "Fish swim.", "Cows moo."],
        ),  # no room to overlap
        (2, 1, ["Cats run.", "Dogs bark.", "Birds sing.", "Fish swim.", "Cows moo."]),
        (1, 0, SHORT.split()),
    ],
)
def test_sentences_are_packed_and_overlap(stub_embedder, budget, overlap, expected):
    assert words(SHORT, budget, overlap, stub_embedder.token_spans) == expected


def test_an_overlap_leaves_room_for_something_new(stub_embedder):
    text = "Cats. Dogs bark loud. Birds sing high."
    expected = [
        "Cats. Dogs bark loud.",
        "Birds sing high.",
    ]  # with the sentence before it, six words
    assert words(text, 4, 2, stub_embedder.token_spans) == expected


def test_a_long_sentence_is_cut_between_words(embedder):
    spans = embedder.token_spans
    text = "a unbelievablenesses incomprehensibilities"
    assert [len(spans(word)) for word in text.split()] == [1, 3, 6]
    assert words(text, 4, 0, spans) == ["a unbelievablenesses", "incomprehen", "sibilities"]
    assert words(text, 3, 0, spans)[:2] == ["a", "unbelievablenesses"]
    for spans in (embedder.token_spans, tokens_with_spaces):
        assert words("one " * 10, 4, 0, spans) == ["one one one one"] * 2 + ["one one"]
    assert words("unbelievable " * 3, 4, 0, tokens_with_spaces) == ["unbelievable"] * 3


def test_a_long_sentence_is_cut_between_lines_where_it_has_some(embedder):
    rows = [f"Boat {number} | forty crowns" for number in range(6)]
    for end in ("\n", "\r\n", "\n  "):
        for spans in (embedder.token_spans, tokens_with_spaces):
            budget = len(spans(end.join(rows[:2]))) + 4  # two rows and a part of the third
            expected = [end.join(rows[at : at + 2]) for at in (0, 2, 4)]
            assert words(end.join(rows), budget, 0, spans) == expected
    assert words(f"Prices\n{'one ' * 9}", 4, 0, embedder.token_spans)[:2] == [
        "Prices",
        "one one one one",
    ]


def test_offsets_count_carriage_returns(stub_embedder):
    text = "One two.\r\n\r\nThree four.\r\n"
    assert words(text, 2, 0, stub_embedder.token_spans) == ["One two.", "Three four."]


@pytest.mark.parametrize(
    ("budget", "overlap", "message"),
    [
        (0, 0, "budget_tokens is 0"),
        (-5, 0, "budget_tokens is -5"),
        (2.5, 0, r"budget_tokens is 2\.5"),
        (1, -1, "overlap_.* is -1"),
    ],
)
def test_options_out_of_range(stub_embedder, budget, overlap, message):
    with pytest.raises(InputError, match=message):
        words(SHORT, budget, overlap, stub_embedder.token_spans)
