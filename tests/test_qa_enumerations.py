"""An answer that is an enumeration, taken apart."""

import pytest

from qa.enumerations import enumerated


@pytest.mark.parametrize(
    "quote", ["green virgin oil and fresh rock salt", "extra virgin oil and fresh sea salt"]
)
def test_the_end_of_a_word_is_no_article(quote):
    # Three words each are too many for two items in lower case.
    assert enumerated(quote, "What are the ingredients?") == ()
    assert len(enumerated("the sea salt and the oil", "What are the ingredients?")) == 2


@pytest.mark.parametrize(
    ("quote", "question"),
    [
        ("Trinidad and Tobago", "Where were they?"),
        ("Johnson and Johnson", "Who advised them?"),
        ("Farrar, Straus and Giroux", "Which company published it?"),
    ],
)
def test_a_name_of_several_is_one(quote, question):
    assert enumerated(quote, question) == ()


@pytest.mark.parametrize(
    ("quote", "question", "items"),
    [
        ("Ada, Ben and Cy", "Which band members sang?", 3),
        ("drums, bass and guitar", "What did the band play?", 3),
        ("Paris and Geneva", "Where were the treaties signed?", 2),
        ("Paris, Rome, Milan and Paris", "Where did she live?", 3),
    ],
)
def test_what_is_no_name_of_several_is_taken_apart(quote, question, items):
    found = enumerated(quote, question)
    assert len(found) == items
    assert found == tuple(sorted(found))
