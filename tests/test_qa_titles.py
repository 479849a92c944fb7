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


@pytest.mark.parametrize("marks", ["‘’", "''", "«»", "„“", "„”", "“”", ("« ", " »")])
def test_titles_may_have_other_marks(marks):
    left, right = marks
    plain = ["Hello, Goodbye", "Rain and Tom's Rain", "Girl"]
    marked = [f"{left}{title}{right}" for title in plain]
    text = f"The band's songs are {marked[0]}, {marked[1]} and {marked[2]} then."
    for title, quote in zip(plain, marked, strict=True):
        assert texts("Which songs?", text, title) == plain
        assert texts("Which songs?", text, quote) == marked
    whole = f"{marked[0]}, {marked[1]} and {marked[2]}"
    assert texts("Which songs?", text, whole) == marked


def test_an_apostrophe_ends_no_title():
    text = "The band’s songs are ‘Tom’s Rain, Rain’ and ‘Girl’ then."
    assert texts("Which songs?", text, "Girl") == ["Tom’s Rain, Rain", "Girl"]


@pytest.mark.parametrize("mark", ["‘", "'", "«", "„", "[", "’", " 'a", " ‘a’b", "« ", "'a "])
def test_many_marks_without_their_other_ones_take_no_time(mark):
    # If each were held against all behind it, this would take hours.
    text = f"{mark * 30_000} and they sang of Anna and Ben."
    assert texts("Who sang?", text, "Anna and Ben") == ["Anna", "Ben"]
    assert texts("Who were they?", text, "Ben")[-1] == "Ben"


def test_what_is_said_beside_a_title_is_passed_over():
    text = "He wrote “Help!” (1965), “Girl” and “Let It Be” then."
    assert texts("Which songs?", text, "“Girl”") == ["“Help!”", "“Girl”", "“Let It Be”"]


def test_titles_with_other_words_between_are_apart():
    text = '"Yes," he said, "I will."'
    assert texts("What are they?", text, "Yes") == []
    assert texts("What are they?", 'They sang "Yes" "No".', "Yes") == []
