"""Lists in sentences of capitals."""

import pytest
from listing import texts


def test_a_sentence_in_capitals_has_conjunctions_too():
    text = "The pool closes. THE LIFEGUARDS ARE ANN LEE, BEN ROE AND CARL FOX. It opens again."
    guards = ["ANN LEE", "BEN ROE", "CARL FOX"]
    for quote in (*guards, "ANN LEE, BEN ROE AND CARL FOX"):
        assert texts("Who are the lifeguards?", text, quote) == guards
    assert texts("Who is on duty?", text, "ANN LEE, BEN ROE AND CARL FOX") == guards
    whole = "SALT AS WELL AS OIL"
    assert texts("What are the ingredients?", f"IT TAKES {whole}.", whole) == ["SALT", "OIL"]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("They moved to Portland, OR AND Salem.", "Portland, OR AND Salem"),
        ("They moved to Portland, OR in May.", "Portland, OR"),
        ("THEY MOVED TO PORTLAND, OR.", "PORTLAND, OR"),
    ],
)
def test_a_state_is_no_conjunction(text, quote):
    assert texts("Which places were they?", text, quote) == []


def test_pairs_are_known_in_capitals_too():
    whole = "PARIS, FRANCE, AND ROME, ITALY"
    pairs = ["PARIS, FRANCE", "ROME, ITALY"]
    assert texts("Which two cities had she seen?", f"SHE HAD SEEN {whole}.", whole) == pairs
