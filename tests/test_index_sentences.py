"""Where sentences begin and end, and what white space is trimmed."""

import re
from itertools import pairwise

import pytest
from covered import is_covered
from hypothesis import example, given
from hypothesis import strategies as st
from sentencex import get_sentence_boundaries
from strategies import SENTENCES, articles, many, spans_in

from index.sentences import plainly_written, sentence_spans, trim


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


def without_lines_by_themselves(text):
    """A text of no heading and of no line that is as long as a paragraph."""
    return re.sub(r"([^\r\n]{100})", r"\1\n", text.replace("#", "§"))


@many
@given(articles().map(without_lines_by_themselves))
def test_a_text_within_the_window_is_split_as_a_whole(text):
    whole = [
        trim(text, found["start_index"], found["end_index"])
        for found in get_sentence_boundaries("en", plainly_written(text))
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
        ["She thanked Ms. Lee and Mx. Lo.", "He left Ft.\nWorth."],
        ["It took approx. 40 days.", "See vol. 3, Ch. IV and Eqs. (4).", "Call Tel. +47 55."],
        [
            "He has a Ph.D.",
            "She is an M.D.",
            "It is 3 ft.",
            "He has MS.",
            "See the last ch.",
            "No.",
        ],
    ],
)
def test_abbreviations_end_no_sentence(sentences):
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        [
            "**Price.**",
            "It costs *forty.*",
            "__Really?!__",
            "“_Yes._”",
            "She said **“no.”**",
            "Go.",
        ],
        ["It ended.[^note]", "Then[^1] it began![^a][^b]", "He left.[1]", "No."],
        ["![A chart](a.png) shows it.", "See ![it](b.png).", "Look!", "[Here](c) it is."],
    ],
)
def test_marks_of_markdown_stay_with_their_sentence(sentences):
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


MARKS = st.sampled_from(
    [
        "Ms.",
        "approx.",
        "Vol.",
        "ft.",
        "A",
        "4",
        " ",
        "\n",
        ".",
        "!",
        "”",
        "*",
        "_",
        "[",
        "^",
        "](",
        "]",
    ]
)


@many
@given(st.lists(MARKS).map("".join) | articles())
@example("." * 20_000)
def test_what_the_splitter_is_given_is_as_long(text):
    written = plainly_written(text)
    assert len(written) == len(text)
    assert [one.isspace() for one in written] == [one.isspace() for one in text]
    assert is_covered(text, sentence_spans(text))


@pytest.mark.parametrize(
    "unit", [".", "!", "**", ".*", "![", "[^", "Ms. ", "approx.", "![a](", "?_ "]
)
def test_no_marks_take_long(unit):
    assert len(plainly_written(unit * 200_000)) == len(unit) * 200_000


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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \n"])
def test_a_line_too_long_to_be_wrapped_is_a_paragraph(end):
    paragraph = "The mill closes at the end of the year, " * 5 + "as the union feared"
    lines = ["What happens next", paragraph, "By Ann Lee", paragraph, "Wrapped lines", "go on"]
    expected = [*lines[:4], end.join(lines[4:])]
    text = end.join(lines)
    assert [text[start:end] for start, end in sentence_spans(text)] == expected


@pytest.mark.parametrize("first", ["And the cow", "And the cow that they had,"])
def test_a_sentence_goes_on_from_a_paragraph_to_the_next_page(first):
    text = f"{'The field lay behind the house of the old man and his wife. ' * 4}{first}\nran off."
    start, end = sentence_spans(text)[-1]
    assert text[start:end] == f"{first}\nran off."
    text = text.replace("ran off", "Ran off")
    start, end = sentence_spans(text)[-1]
    assert text[start:end] == (f"{first}\nRan off." if first[-1] == "," else "Ran off.")


def test_wrapped_lines_are_one_sentence():
    text = "\n".join(
        ["a line of some eighty characters, as a letter or a text of old times has it"] * 9
    )
    assert sentence_spans(text) == [(0, len(text))]


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
