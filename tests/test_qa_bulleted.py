"""The lines of a list that a quote is one of."""

import pytest
from listing import texts

SOURCES = """Good sources are these:

- liver
- egg yolks, raw
  - of hens
  - of ducks
- fish, and
- milk of the U.S.

- No bread.
They are good."""
ITEMS = ["liver", "egg yolks, raw", "fish", "milk of the U.S.", "No bread"]


@pytest.mark.parametrize("item", ITEMS)
def test_a_line_brings_the_others_of_its_list(item):
    assert texts("Which sources?", SOURCES, item) == ITEMS
    assert texts("Which sources?", SOURCES, f"- {item}") == ITEMS


def test_lines_further_right_are_a_list_of_their_own():
    assert texts("Which birds?", SOURCES, "of ducks") == ["of hens", "of ducks"]


def test_some_of_the_lines_are_no_more_than_they_are():
    assert texts("Which sources?", SOURCES, "liver\n- egg yolks, raw") == ITEMS[:2]


def test_what_a_line_is_about_brings_the_other_lines():
    assert texts("Which sources?", SOURCES, "egg yolks") == ITEMS
    cake = "Ingredients:\n– 250 g butter\n– 4 eggs\n– zest of 2 lemons\n\nHeat the oven."
    lines = ["250 g butter", "4 eggs", "zest of 2 lemons"]
    for quote in ("butter", "eggs", "zest", "2 lemons"):
        assert texts("What are the ingredients?", cake, quote) == lines
    assert texts("What are the ingredients?", cake, "butter\n– 4 eggs\n– zest") == [
        "butter",
        "4 eggs",
        "zest",
    ]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("1. Take a hammer\n2. Hit the nail\n3. Sit down", "hammer"),
        ("- Ann Lee from Rye\n- Ben Roe\n- Hot soup", "Rye"),
    ],
)
def test_a_word_that_a_line_is_not_about_brings_no_other_line(text, quote):
    assert texts("Which things are there?", text, quote) == []


def test_an_enumeration_within_a_line_brings_no_other_line():
    text = "- The shops in Rye and Deal\n- Kent: Dover, Hythe\n- They could sell it to Ann."
    assert texts("Which towns?", text, "Rye and Deal") == ["Rye", "Deal"]
    assert texts("Which towns?", text, "Hythe") == ["Dover", "Hythe"]
    assert texts("Who were they?", text, "Ann") == []
    assert texts("Which sources?", SOURCES, "They are good") == []


@pytest.mark.parametrize(
    "marks",
    ["1. 2. 3.", "1) 2) 3)", "(a) (b) (c)", "a) b) c)"]
    + [" ".join(mark * 3) for mark in "•–—·■□☐✓✔➢►"],
)
def test_lines_may_have_numbers_or_other_marks(marks):
    words = ["root", "green stem", "leaf of the tree"]
    lines = (f"{mark} {word}." for mark, word in zip(marks.split(), words, strict=True))
    text = "The parts\n\n" + "\n".join(lines)
    for word in words:
        assert texts("Which parts?", text, word) == words


def test_a_paragraph_among_the_lines_is_no_item():
    text = f"- liver\n- {'word ' * 30}\n- fish"
    assert texts("Which sources?", text, "liver") == ["liver", "fish"]


def test_a_dash_within_a_line_parts_nothing():
    text = "The shop – the old one — is open · daily."
    assert texts("Which shops?", text, "The shop – the old one — is open · daily") == []


def test_bullets_within_a_line_part_items():
    text = "• liver • egg yolks • fish"
    assert texts("Which sources?", text, "egg yolks") == ["liver", "egg yolks", "fish"]
