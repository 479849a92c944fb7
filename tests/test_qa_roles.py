"""What is said of people behind their names, and who is no role."""

import pytest
import regex
from listing import texts


def test_roles_behind_names_are_no_items():
    whole = "Ann Lee, the mayor, Ben Roe, a baker, and Carl Fox, a night nurse"
    names = ["Ann Lee", "Ben Roe", "Carl Fox"]
    text = f"The winners were {whole}."
    for quote in (whole, *names, "Ann Lee, the mayor"):
        assert texts("Who were the winners?", text, quote) == names
    assert texts(
        "Who wrote it?", "Ann Lee, the mayor, and Ben Roe", "Ann Lee, the mayor, and Ben Roe"
    ) == ["Ann Lee", "Ben Roe"]


@pytest.mark.parametrize(
    "quote",
    ["Ann, the mayor, and a nurse", "the king, Tom, the queen, and Ann", "Ann, the cat and Ben"],
)
def test_people_without_names_are_items(quote):
    items = regex.split(", and |, | and ", quote)
    for question in ("Who were they?", "Who came?"):
        assert texts(question, f"There were {quote}.", quote) == items
