"""Titles in quotation marks beside one that a quote is."""

import pytest
from listing import texts

BRITISH = 'He wrote "Hello, Goodbye", "Yesterday" and "Let It Be".'
AMERICAN = 'He wrote "Hello," "Yesterday," and "Let It Be." Then he left.'


@pytest.mark.parametrize("title", ["Hello, Goodbye", "Yesterday", "Let It Be"])
def test_a_title_brings_the_others(title):
    plain = ["Hello, Goodbye", "Yesterday", "Let It Be"]
    assert texts("Which songs?", BRITISH, title) == plain
    assert texts("Which songs?", BRITISH, f'"{title}"') == [f'"{one}"' for one in plain]


@pytest.mark.parametrize("quote", ["Hello", '"Yesterday,"', "Yesterday", '"Let It Be."'])
def test_a_mark_within_is_no_part_of_a_title(quote):
    assert texts("Which songs?", AMERICAN, quote) == ["Hello", "Yesterday", "Let It Be"]
    whole = '"Hello," "Yesterday," and "Let It Be."'
    assert texts("Which songs?", AMERICAN, whole) == ["Hello", "Yesterday", "Let It Be"]


def test_what_is_said_beside_a_title_is_passed_over():
    text = "He wrote “Help!” (1965), “Girl” and “Let It Be” then."
    assert texts("Which songs?", text, "“Girl”") == ["“Help!”", "“Girl”", "“Let It Be”"]


def test_titles_with_other_words_between_are_apart():
    text = '"Yes," he said, "I will."'
    assert texts("What are they?", text, "Yes") == []
    assert texts("What are they?", 'They sang "Yes" "No".', "Yes") == []
