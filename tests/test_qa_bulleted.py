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


def test_a_part_of_a_line_brings_no_other_line():
    assert texts("Which sources?", SOURCES, "egg yolks") == ["egg yolks", "raw"]
    assert texts("Which sources?", SOURCES, "They are good") == []


@pytest.mark.parametrize("marks", ["1. 2. 3.", "1) 2) 3)", "(a) (b) (c)", "a) b) c)", "• • •"])
def test_lines_may_have_numbers_or_other_marks(marks):
    words = ["root", "green stem", "leaf of the tree"]
    lines = (f"{mark} {word}." for mark, word in zip(marks.split(), words, strict=True))
    text = "The parts\n\n" + "\n".join(lines)
    for word in words:
        assert texts("Which parts?", text, word) == words


def test_a_paragraph_among_the_lines_is_no_item():
    text = f"- liver\n- {'word ' * 30}\n- fish"
    assert texts("Which sources?", text, "liver") == ["liver", "fish"]


def test_bullets_within_a_line_part_items():
    text = "• liver • egg yolks • fish"
    assert texts("Which sources?", text, "egg yolks") == ["liver", "egg yolks", "fish"]
