"""Lines with measures become paragraphs; no word is lost and every page begins where it should."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import many

from index.paragraphs import Line, join_pages

SIZE = 10.0
PITCH = 12.0


def column(*texts, left=72.0, top=700.0, width=200.0, pitch=PITCH):
    """Lines under each other that fill their column, but for those that end in a mark."""
    return [
        Line(
            text,
            left=left,
            right=left + (width if not text.endswith((".", "!")) else width / 2),
            bottom=top - number * pitch,
            size=SIZE,
            first_word=20.0,
        )
        for number, text in enumerate(texts)
    ]


def joined(*pages):
    return join_pages(pages)[0]


def test_lines_of_a_paragraph():
    assert joined(column("The keeper came", "to the island.")) == "The keeper came to the island."


def test_a_gap_ends_a_paragraph():
    first = column("The keeper came", "to the island.")
    second = column("He stayed.", top=600.0)
    assert joined([*first, *second]) == "The keeper came to the island.\n\nHe stayed."


def test_a_short_last_line_ends_a_paragraph():
    lines = column("The keeper came and", "stayed.", "The sea was rough and", "the boats small.")
    assert joined(lines) == "The keeper came and stayed.\n\nThe sea was rough and the boats small."


def test_an_indent_ends_a_paragraph():
    full = [Line("He came to the island.", 72, 272, 700, SIZE, 20)]
    indented = [Line("The sea was rough.", 90, 272, 688, SIZE, 20)]
    assert joined(full + indented) == "He came to the island.\n\nThe sea was rough."


def test_a_larger_heading_stands_by_itself():
    heading = Line("The island", 72, 272, 716, 18.0, 20)
    assert joined([heading, *column("It is small.")]) == "The island\n\nIt is small."


def test_a_sentence_that_goes_on_in_the_next_column():
    left = column("The keeper came", "to the island and")
    right = column("stayed for good.", left=320.0)
    assert joined([*left, *right]) == "The keeper came to the island and stayed for good."


def test_lists_and_rows_keep_their_lines():
    lines = column("These came along", "• Anders", "• Berta", "Boat\tPrice", "Small\t40 crowns")
    assert joined(lines) == "These came along\n• Anders\n• Berta\nBoat\tPrice\nSmall\t40 crowns"


def test_items_that_go_on_for_several_lines():
    intro = column("Of the rules these")
    rules = column("1. Pay first, at the", "office", "2. Moor", left=90.0, top=688.0)
    ropes = column("(a) A rope.", "(b) Another", left=108.0, top=652.0)
    assert joined([*intro, *rules, *ropes]) == (
        "Of the rules these\n1. Pay first, at the office\n2. Moor\n(a) A rope.\n(b) Another"
    )


@pytest.mark.parametrize(
    "beginning", ["12. The new one", "J. Smith, who", "– and which cost", "(3) of them", "- or so"]
)
def test_a_line_that_begins_like_an_item_goes_on_in_a_sentence(beginning):
    lines = column("The bridge was opened on May", f"{beginning} was there", "to see it.")
    assert joined(lines) == f"The bridge was opened on May {beginning} was there to see it."
    columns = [*lines[:1], *column(f"{beginning} was there", left=320.0, top=750.0)]
    assert joined(columns) == f"The bridge was opened on May {beginning} was there"
    ended = column("The bridge was opened.", f"{beginning} was there", "to see it.")
    assert joined(ended) == f"The bridge was opened.\n{beginning} was there to see it."


def test_between_lines_of_chinese_and_japanese_stands_no_space():
    assert joined(column("港口建于一八四三年，", "建设者是卡尔", "和他的")) == (
        "港口建于一八四三年，建设者是卡尔和他的"
    )
    assert joined(column("港は作られ", "ました ABC", "と")) == "港は作られました ABC と"
    assert joined(column("항구는", "지어졌다")) == "항구는 지어졌다"
    columns = [*column("冬には誰も"), *column("訪れない", left=320.0, top=750.0)]
    assert joined(columns) == "冬には誰も訪れない"


def test_a_soft_hyphen_goes_whatever_follows():
    assert joined(column("He was remark\u00ad", "able to all who saw")).startswith(
        "He was remarkable"
    )


def test_a_hyphenated_word_overleaf():
    text, starts = join_pages([column("a remark-"), column("able man came by")])
    assert text == "a remarkable man came by"
    assert starts == (0, len("a remark"))


WORDS = st.text("abcXYZ漢é", min_size=1, max_size=6)
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
MEASURES = st.floats(0, 800, allow_nan=False)


@st.composite
def lines(draw):
    left, right = sorted((draw(MEASURES), draw(MEASURES)))
    return Line(draw(LINES), left, right, draw(MEASURES), draw(st.floats(0, 40)), draw(MEASURES))


@many
@given(st.lists(st.lists(lines(), max_size=5), max_size=5))
def test_wherever_the_lines_stand_no_word_is_lost(pages):
    text, starts = join_pages(pages)
    repeated = {line.text for page in pages for line in page}
    words = re.compile(r"漢|[^漢\s]+")  # between lines of Chinese no space stands
    assert set(words.findall(text)) == {word for line in repeated for word in words.findall(line)}
    assert list(starts) == sorted(starts)
    assert starts == () or (starts[0] == 0 and starts[-1] < len(text))
    filled = [number for number, page in enumerate(pages) if page]
    assert len(starts) == (filled[-1] + 1 if filled else 0)
    for number in filled:
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        assert end > starts[number]
        # Its first line may be a running head.
        assert text[starts[number]] in {line.text[0] for line in pages[number]}


def test_no_pages():
    assert join_pages([]) == ("", ())
    assert join_pages([[], []]) == ("", ())


def test_a_sentence_with_a_word_in_another_type_stays_whole():
    lines = [Line("The option", 72, 272, 700, 14.0, 20), Line("burns oil.", 72, 172, 688, SIZE, 20)]
    assert joined(lines) == "The option burns oil."


def test_a_line_that_a_hyphen_made_of_two():
    lines = [
        Line("The remarkable man of the", 72, 272, 676, SIZE, 20, first_bottom=688),
        Line("island came.", 72, 172, 664, SIZE, 20),
        Line("He stayed.", 72, 172, 652, SIZE, 20),
    ]
    before = Line("Then, in the winter,", 72, 272, 700, SIZE, 20)
    assert joined([before, *lines]) == (
        "Then, in the winter, The remarkable man of the island came.\n\nHe stayed."
    )
