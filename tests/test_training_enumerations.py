"""Enumerations in the answers that people marked, taken apart for more examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import many

from qa.enumerations import enumerated


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("snow, ice needles, ice pellets, hail, and graupel", "What falls?",
         ["snow", "ice needles", "ice pellets", "hail", "graupel"]),
        ("the king, Tom and a dog", "Who came?", ["the king", "Tom", "a dog"]),
        ("New York and Massachusetts", "Which states are near?", ["New York", "Massachusetts"]),
        ("Stockton and Darlington", "For what railroad was it?", []),
        ("an end which is aesthetic, functional and artistic", "What are they?", []),
        ("Lebanon, New Hampshire", "What are they?", []),
        ("there is rise and fall", "What are they?", []),
        ("40,000", "What are they?", []),
    ],
)  # fmt: skip
def test_enumerations_are_taken_apart(text: str, question: str, expected: list[str]) -> None:
    assert [text[slice(*item)] for item in enumerated(text, question)] == expected


@many
@given(
    st.lists(st.sampled_from(["ale", "red wine", "Tom Hall", "the cat"]), min_size=3, max_size=6)
)
def test_what_is_joined_is_taken_apart(items: list[str]) -> None:
    text = f"{', '.join(items[:-1])} and {items[-1]}"
    once = [*dict.fromkeys(items)]  # what is said again is one item
    found = [text[slice(*item)] for item in enumerated(text, "Which were they?")]
    assert found == (once if len(once) > 1 else [])
