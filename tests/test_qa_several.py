"""Questions that ask for several things, and the items that answer them."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Document, Passage
from qa.rank import Candidate
from qa.several import MOST_ITEMS, asks_for_several, items_of

PLACES = "The road passes Oldmere, Fenwick and Port Ellen. A ferry goes to Arran every day."


def candidates(text: str, *quotes: str | tuple[str, float]) -> list[Candidate]:
    """Candidates for these parts of a text, each said once, best first."""
    passage = Passage(Document("d", "D", text), 0, len(text))
    found = []
    for quote in quotes:
        words, score = (quote, 0.5) if isinstance(quote, str) else quote
        assert text.count(words) == 1
        start = text.index(words)
        found.append(Candidate(passage, start, start + len(words), 0.0, score, math.log(score)))
    return found


def texts(question: str, text: str, *quotes: str | tuple[str, float], share: float = 0.2):
    items = items_of(question, candidates(text, *quotes), item_share=share)
    return [text[item.start : item.end] for item in items]


@pytest.mark.parametrize(
    "question",
    [
        "Which countries border Belarus?",
        "which of the three largest cities lie on the river?",
        "What are the ingredients?",
        "Who were released?",
        "Who all came?",
        "Name the herbs",
        "List two airlines.",
        "What colours does it come in?",
        "Which European countries border it?",
        "Which people signed?",
        "With what two teams did the league join?",
    ],
)
def test_asks_for_several(question):
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Who was released?",
        "Which country borders Belarus?",
        "What is the name of Anna's sister?",
        "What happens if it rains?",
        "Which tactic involves the stick?",
        "How many years did it take?",
        "What years did he spend there?",
        "When was it built?",
        "What was the bus like?",
        "Name the river",
        "Where are the factories?",
    ],
)
def test_asks_for_one(question):
    assert not asks_for_several(question)


def test_enumeration_is_taken_apart():
    found = texts("Which towns does it pass?", PLACES, "Oldmere, Fenwick and Port Ellen")
    assert found == ["Oldmere", "Fenwick", "Port Ellen"]


@pytest.mark.parametrize("item", ["Oldmere", "Fenwick", "Port Ellen"])
def test_item_brings_its_neighbours(item):
    text = "They are Oldmere, Fenwick and Port Ellen."
    found = texts("Which towns does it pass?", text, item)
    assert set(found) >= {"Fenwick", "Port Ellen"}
    assert item in found


def test_other_candidates_are_items_by_their_share_of_the_best_odds():
    text = "Anna came. Ben came too. Carl stayed at home. Dora slept."
    quotes = [("Anna", 0.5), ("Ben", 0.3), ("Carl", 0.11), ("Dora", 0.09)]
    assert texts("Which people came?", text, *quotes) == ["Anna", "Ben", "Carl"]
    assert texts("Which people came?", text, *quotes, share=0.5) == ["Anna", "Ben"]
    assert texts("Which people came?", text, *quotes, share=0.7) == []


def test_items_are_in_the_order_of_the_document():
    text = "Carl came first. Ben was next. Anna was the last."
    found = texts("Which people came?", text, ("Anna", 0.6), ("Carl", 0.5), ("Ben", 0.4))
    assert found == ["Carl", "Ben", "Anna"]


def test_who_may_be_answered_with_several_names():
    text = "In the morning Anna Fenn and Tom Fenn were released. It rained and was cold."
    assert texts("Who was released?", text, "Anna Fenn and Tom Fenn") == ["Anna Fenn", "Tom Fenn"]
    assert texts("Who was released?", text, "Anna Fenn") == []
    assert texts("What was the weather?", text, "rained and was cold") == []


def test_place_and_its_country_stay_together_where_one_is_asked_for():
    text = "She was born in Paris, France."
    assert texts("Where was she born?", text, "Paris, France") == []


def test_clauses_are_no_items():
    text = (
        "It fell because the bridge that the town had built in haste gave way at night,"
        " and because nobody had thought of looking at it since the war was over."
    )
    assert texts("What are the reasons?", text, text[11:-1]) == []


@pytest.mark.parametrize("mark", ["both ", "either ", "such as ", "including "])
def test_words_before_an_enumeration_are_no_part_of_it(mark):
    text = f"They sell {mark}mint and sage."
    assert texts("Which herbs do they sell?", text, f"{mark}mint and sage") == ["mint", "sage"]


def test_comma_behind_a_name_is_no_part_of_it():
    text = "Anna, who had sung, was free. Ben was free."
    assert texts("Which people were free?", text, "Anna,", ("Ben", 0.4)) == ["Anna", "Ben"]


def test_nothing_found_has_no_items():
    assert items_of("Which towns are there?", [], item_share=0.2) == []


LETTERS = st.text(
    st.sampled_from("ab AB,;.é“”1-()\n") | st.characters(codec="utf-8"), min_size=1, max_size=60
)


@settings(deadline=None, max_examples=300)
@given(LETTERS, st.data())
def test_items_are_apart_in_order_and_within_the_document(text, data):
    passage = Passage(Document("d", "D", f"x{text}y and Z, "), 1, len(text) + 1)
    found, start = [], 1
    while start < passage.end and len(found) < 30:
        end = data.draw(st.integers(start + 1, passage.end))
        found.append(Candidate(passage, start, end, 0.0, data.draw(st.floats(0, 1)), 0.0))
        start = end + data.draw(st.integers(0, 4))
    found.sort(key=lambda one: -one.score)
    question = data.draw(st.sampled_from(["Which towns are there?", "Who came?"]))
    items = items_of(question, found, item_share=0.1)
    assert len(items) != 1
    assert len(items) <= MOST_ITEMS
    places = [(item.start, item.end) for item in items]
    assert places == sorted(places)
    assert all(start < end for start, end in places)
    assert all(start >= 0 and end <= len(passage.document.text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
