"""The enumeration in a sentence that a quote is, or is an item of."""

import pytest
from listing import texts


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "It borders Bosnia and Herzegovina, Serbia, and Montenegro.",
            ["Bosnia and Herzegovina", "Serbia", "Montenegro"],
        ),
        (
            "They cut Trade and Industry, Health and Safety, and Education.",
            ["Trade and Industry", "Health and Safety", "Education"],
        ),
        (
            "The branches are the legislative branch, the executive branch, and the courts.",
            ["the legislative branch", "the executive branch", "the courts"],
        ),
        ("In Germany, the rivers are called Rhine, Elbe and Oder.", ["Rhine", "Elbe", "Oder"]),
        ("Dough consists of flour, salty water and yeast.", ["flour", "salty water", "yeast"]),
        (
            "A plant has (a) the root, (b) the stem and (c) the leaf.",
            ["the root", "the stem", "the leaf"],
        ),
        ("A plant has 1) root, 2) stem and 3) leaf.", ["root", "stem", "leaf"]),
        ("They sell herbs: mint, sage and many others.", ["mint", "sage"]),
        ("They sell herbs: mint, sage, etc.", ["mint", "sage"]),
        ("They sell herbs: mint, sage, and so on.", ["mint", "sage"]),
    ],
)
def test_each_item_brings_the_others(text, items):
    for item in items[1:]:
        assert texts("Which are they?", text, item) == items
    # What the first begins with may be more than it.
    assert texts("Which are they?", text, items[0])[-2:] == items[-2:]


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        (
            "Bosnia and Herzegovina, Serbia, and Montenegro",
            ["Bosnia and Herzegovina", "Serbia", "Montenegro"],
        ),
        ("Bosnia and Herzegovina", ["Bosnia and Herzegovina", "Serbia", "Montenegro"]),
        ("Bosnia", ["Bosnia", "Herzegovina", "Serbia", "Montenegro"]),  # what the reader parts
    ],
)
def test_an_item_with_a_conjunction_is_one_where_commas_show_it(quote, items):
    text = "It borders Bosnia and Herzegovina, Serbia, and Montenegro."
    assert texts("Which countries?", text, quote) == items


@pytest.mark.parametrize(
    ("text", "quote", "items"),
    [
        (
            "They voted on March 3, 1990 and Sept. 5, 1994.",
            "March 3, 1990 and Sept. 5, 1994",
            ["March 3, 1990", "Sept. 5, 1994"],
        ),
        ("They met in Atlanta, Georgia.", "Atlanta, Georgia", []),
        ("They met in Atlanta, Georgia, in 1990.", "Atlanta, Georgia", []),
        ("Languages: English, French.", "English, French", ["English", "French"]),
        ("They met Ada, Ben and Cy.", "Ada, Ben", ["Ada", "Ben", "Cy"]),
        (
            "It was March 3rd, 1990 and April 4th, 1991.",
            "March 3rd, 1990 and April 4th, 1991",
            ["March 3rd, 1990", "April 4th, 1991"],
        ),
        ("They met in 1990, 1994.", "1990, 1994", ["1990", "1994"]),
        (
            "They met on Monday, May 3, and Tuesday, 4 May.",
            "Monday, May 3, and Tuesday, 4 May",
            ["Monday, May 3", "Tuesday, 4 May"],
        ),
        (
            "They met in Albany, New York, and Macon, Georgia.",
            "Albany, New York, and Macon, Georgia",
            ["Albany, New York", "Macon, Georgia"],
        ),
    ],
)
def test_a_date_and_a_place_are_one_item(text, quote, items):
    assert texts("Which were they?", text, quote) == items


@pytest.mark.parametrize(
    ("text", "quote", "items"),
    [
        ("The gases are argon, neon, xenon and radon.", "argon, neon", 4),
        ("The gases are argon, neon, xenon and radon.", "neon, xenon", 4),
        ("The gases are argon, neon, xenon and radon.", "xenon and radon", 4),
        ("The gases are argon (Ar), neon (Ne), and xenon (Xe).", "argon (Ar)", 3),
        ("The gases are argon (Ar), neon (Ne), and xenon (Xe).", "neon (Ne)", 3),
        ("They are Quebec, Newfoundland and Labrador, Nova Scotia, and Yukon.", "Quebec", 4),
    ],
)  # fmt: skip
def test_a_part_of_an_enumeration_brings_the_rest(text: str, quote: str, items: int) -> None:
    found = texts("Which are they?", text, quote)
    assert len(found) == items
    assert not any("(" in item for item in found)


def test_what_stands_in_brackets_is_no_list() -> None:
    quote = "Portland (Oregon, US)"
    assert texts("Which are they?", f"They met in {quote}.", quote) == []


def test_an_enumeration_that_has_ended_is_not_gone_on_with() -> None:
    text = "The countries are Spain, France and Italy, Germany and its neighbours stayed away."
    assert texts("Which are they?", text, "France and Italy") == ["Spain", "France", "Italy"]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Yesterday, France and Italy signed it.", ["France", "Italy"]),
        ("According to Reuters, France and Italy signed it.", ["France", "Italy"]),
        ("Unlike Spain, France and Italy signed it.", ["France", "Italy"]),
        ("It was signed by France and Italy, and Spain lost.", ["France", "Italy"]),
        ("The US exports oil, gas and cotton and imports cars.", ["oil", "gas", "cotton"]),
    ],
)
def test_a_whole_enumeration_takes_in_nothing_beside_it(text: str, items: list[str]) -> None:
    quote = text[text.index(items[0]) : text.index(items[-1]) + len(items[-1])]
    assert texts("Which are they?", text, quote) == items


@pytest.mark.parametrize(
    "quote", ["Smith (guitar and vocals)", "Smith (guitar and vocals), Jones (bass)"]
)
def test_what_is_said_of_an_item_ends_no_enumeration(quote: str) -> None:
    text = "They are Smith (guitar and vocals), Jones (bass), Roe (drums) and Poe (keys)."
    assert texts("Who are they?", text, quote) == ["Smith", "Jones", "Roe", "Poe"]


def test_of_a_part_as_many_as_are_asked_for() -> None:
    text = "The gases are argon, neon, xenon and radon."
    assert texts("Which two gases are they?", text, "neon, xenon") == ["neon", "xenon"]
    assert texts("Which four gases are they?", text, "neon, xenon")[0] == "argon"


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        ("Hall & Son, Barnes & Noble and Boots", ["Hall & Son", "Barnes & Noble", "Boots"]),
        ("Tesco, Marks & Spencer, and Boots", ["Tesco", "Marks & Spencer", "Boots"]),
        ("Tesco and Marks & Spencer", ["Tesco", "Marks & Spencer"]),
        ("Marks & Spencer", []),
        ("Tesco, Aldi & Boots", ["Tesco", "Aldi", "Boots"]),
        ("bread & butter", ["bread", "butter"]),
    ],
)
def test_a_firm_with_an_ampersand_is_one_item(quote, items):
    for text in (f"The chains are {quote}.", f"They were, in May, {quote}, as was said and heard."):
        assert texts("Which chains are there?", text, quote) == items
    for item in items[1:]:
        assert texts("Which chains are there?", f"The chains are {quote}.", item) == items


def test_an_ampersand_parts_people():
    assert texts("Who were they?", "There were Anna & Ben.", "Anna & Ben") == ["Anna", "Ben"]
    assert texts("Who were they?", "Anna, Ben & Cy sang.", "Ben") == ["Anna", "Ben", "Cy"]


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        ("Portland, Oregon, and Seattle, Washington", ["Portland, Oregon", "Seattle, Washington"]),
        ("Boise, Idaho; Ames, Iowa; and Rome", ["Boise, Idaho", "Ames, Iowa", "Rome"]),
        ("Haiti, Florida and Cuba", ["Haiti", "Florida", "Cuba"]),
        ("Cuba, Florida and Georgia", ["Cuba", "Florida", "Georgia"]),
        ("Brady, Montana, and Elway", ["Brady", "Montana", "Elway"]),
        ("Boston, New York and Rome", ["Boston", "New York", "Rome"]),
        ("Turkey, Georgia, and Armenia", ["Turkey", "Georgia", "Armenia"]),
        ("Superior, Michigan, Huron, and Erie", ["Superior", "Michigan", "Huron", "Erie"]),
        ("Texas, Oregon and Ohio", ["Texas", "Oregon", "Ohio"]),
        ("Duke, Kansas and Ohio", ["Duke", "Kansas", "Ohio"]),
        ("Yale, Ohio State and Duke", ["Yale", "Ohio State", "Duke"]),
    ],
)
def test_a_town_and_its_state_are_one_item(quote, items):
    text = f"She had seen {quote}."
    assert texts("Which places had she seen?", text, quote) == items
    for item in (items[0], items[-1]):
        assert texts("Which places had she seen?", text, item) == items


def test_a_conjunction_between_clauses_shows_nothing():
    text = "Anna and Ben sang, and Carl danced."
    assert texts("Who sang?", text, "Anna and Ben") == ["Anna", "Ben"]
    assert texts("Who were they?", text, "Ben") == ["Anna", "Ben"]


def test_numbers_of_items_are_no_part_of_them():
    text = "A plant has (a) the root, (b) the stem and (c) the leaf."
    whole = "(a) the root, (b) the stem and (c) the leaf"
    assert texts("Which parts?", text, whole) == ["the root", "the stem", "the leaf"]
    assert texts("Which parts?", text, "(b) the stem") == ["the root", "the stem", "the leaf"]


@pytest.mark.parametrize("asked", ["Which herbs are sold?", "What is sold?"])
def test_what_stands_for_further_items_is_none(asked):
    for more in ("others", "many others", "more", "so on"):
        assert texts(asked, f"mint, sage and {more}.", f"mint, sage and {more}") == ["mint", "sage"]
        assert texts(asked, f"mint and {more}.", f"mint and {more}") == []


def test_a_clause_before_a_list_is_no_item_of_it():
    text = "When you are done, dirt, dust and mud are gone."
    assert texts("What are they?", text, "dust") == ["dirt", "dust"]
