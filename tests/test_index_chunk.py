import re
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise

import pytest
from conftest import SEEDS
from hypothesis import example, given
from hypothesis import strategies as st
from sentencex import get_sentence_boundaries
from strategies import SENTENCES, articles, few, many, spans_in

from index.chunk import cut
from index.errors import InputError
from index.read import read_sources
from index.records import Document
from index.sentences import plainly_spaced, sentence_spans, trim

BUDGETS = st.sampled_from((1, 2, 3, 7, 20, 192))
OVERLAPS = st.sampled_from((0, 1, 2, 5))


def is_covered(text, spans):
    """Whether every character that is not white space is in one of the spans."""
    inside = {position for start, end in spans for position in range(start, end)}
    return all(character.isspace() or at in inside for at, character in enumerate(text))


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
    [(0, 0, "budget_tokens is 0"), (-5, 0, "budget_tokens is -5"), (1, -1, "overlap_.* is -1")],
)
def test_options_out_of_range(stub_embedder, budget, overlap, message):
    with pytest.raises(InputError, match=message):
        words(SHORT, budget, overlap, stub_embedder.token_spans)


@many
@given(articles())
def test_sentences_cover_the_text_in_order(text):
    spans = sentence_spans(text)
    assert is_covered(text, spans)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


ODD_SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


@many
@given(st.lists(st.sampled_from([*"AÉ. .?!“”(", "Dr", "words", "。", *ODD_SPACES])).map("".join))
@example("And I\u00a0.\u00a0.\u00a0. I do not know.")
@example("Vitamin C\u00a0. It helps.")
@example("A\u3000. B\u2028. C\u0085. D\u202f.")
def test_white_space_of_any_kind_brings_no_splitter_down(text):
    spans = sentence_spans(text)
    assert is_covered(text, spans)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@pytest.mark.parametrize("space", ODD_SPACES)
def test_every_white_space_may_stand_before_a_full_stop(space):
    text = f"Vitamin C{space}. It helps."
    assert is_covered(text, sentence_spans(text))


@pytest.mark.parametrize("text", ["", " ", "\r\n\u2028\u0085\t"])
def test_white_space_has_no_sentences(text):
    assert sentence_spans(text) == []


ENDED = [sentence for sentence in SENTENCES if sentence.endswith((".", "!", "…", "。", "।"))]
LINES = st.lists(
    st.tuples(
        st.sampled_from(ENDED), st.sampled_from((" ", "\n", "\r\n", "\n\n", "\n\r\n", "\n\n\n"))
    ),
    min_size=20,
    max_size=150,
).map(lambda parts: "".join(words + after for words, after in parts))


@many
@given(LINES)
def test_windows_change_no_sentence_of_prose(text):
    assert sentence_spans(text, window_chars=800) == sentence_spans(text, window_chars=len(text))


@many
@given(articles(), st.integers(1, 40))
@example("北京。" * 50, 10)
@example("“A b. " * 50, 10)
@example("\n\r\n\r\n" * 9 + "A", 2)
def test_windows_of_any_size_cover_the_text_in_order(text, window_chars):
    spans = sentence_spans(text, window_chars=window_chars)
    assert is_covered(text, spans)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(end - start <= window_chars for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@many
@given(articles().map(lambda text: text.replace("#", "§")))  # a heading is cut out of its sentence
def test_a_text_within_the_window_is_split_as_a_whole(text):
    whole = [
        trim(text, found["start_index"], found["end_index"])
        for found in get_sentence_boundaries("en", plainly_spaced(text))
    ]
    assert sentence_spans(text, window_chars=len(text)) == list(filter(None, whole))


@pytest.mark.parametrize(
    "unit",
    [
        "我们去了北京。",
        "He said “no. ",
        "A (b. ",
        '"A. ',
        "word ",
        "x",
        "\n",
        "One. Two. Three. ",
        "A.\n\n" + "y" * 999,  # a window that ends soon, and one that must be cut
    ],
)
def test_no_long_text_goes_through_the_splitter_in_one_piece(unit):
    """It takes as long as the square of a piece: so pieces are bounded, and few are read twice."""
    text = unit * (50_000 // len(unit))
    pieces = []

    def counting(language, piece):
        pieces.append(len(piece))
        return get_sentence_boundaries(language, piece)

    spans = sentence_spans(text, window_chars=1_000, splitter=counting)
    assert is_covered(text, spans)
    assert max(pieces) <= 1_000
    assert sum(pieces) <= 2.5 * len(text)


def test_a_text_without_a_line_end_is_split_within_windows_by_default():
    pieces = []

    def counting(language, piece):
        pieces.append(len(piece))
        return get_sentence_boundaries(language, piece)

    assert len(sentence_spans("我们去了北京。" * 5_000, splitter=counting)) == 5_000
    assert max(pieces) <= 10_000


def test_a_sentence_longer_than_a_window_is_cut_between_words():
    text = "one two " * 5
    assert [text[slice(*span)] for span in sentence_spans(text, window_chars=14)] == [
        "one two one",
        "two one two",
        "one two one",
        "two",
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Smith came.", "He left at 5 p.m. on Jan. 5.", "Why?"],
        ["“Stop!” he said.", "Nobody did."],
        ["你好。", "再见！"],
    ],
)
def test_abbreviations_end_no_sentence(sentences):
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@pytest.mark.parametrize(
    "blank", ["\n\n", "\r\n\r\n", "\n \n", "\r\n\t\r\n", "\r\r", "\n\u3000\n", "\n\n \n"]
)
def test_a_blank_line_ends_a_sentence(blank):
    text = f"A heading{blank}then a text."
    assert [text[start:end] for start, end in sentence_spans(text)] == text.split(blank)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \n"])
def test_a_heading_is_a_sentence_by_itself(end):
    lines = "# Harbour|## “Hours” of Dr.|it opens|at nine. And|### Prices|#1 is|x".split("|")
    text = end.join(lines)
    expected = [*lines[:2], f"it opens{end}at nine.", "And", "### Prices", f"#1 is{end}x"]
    assert [text[start:end] for start, end in sentence_spans(text)] == expected


@many
@given(st.data(), articles() | st.text(" \n\u2028ab", min_size=1))
def test_trimming_takes_white_space_and_nothing_else(data, text):
    start, end = data.draw(spans_in(text))
    trimmed = trim(text, start, end)
    if trimmed is None:
        assert text[start:end].isspace()
    else:
        assert start <= trimmed[0] < trimmed[1] <= end
        assert text[slice(*trimmed)] == text[start:end].strip()
        assert not text[start : trimmed[0]].strip()


def test_trimming_an_empty_span():
    assert trim("words", 2, 2) is None
