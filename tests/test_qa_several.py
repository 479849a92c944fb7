"""The items that answer a question for several things."""

import math
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from listing import candidates, texts

from index.records import Document, Passage
from qa.rank import Candidate, Ranking, gathered
from qa.several import COUNTED_SHARE, MOST_CANDIDATES, MOST_ITEMS, items_of

PLACES = "The road passes Oldmere, Fenwick and Port Ellen. A ferry goes to Arran every day."


def test_as_many_are_given_as_are_asked_for():
    text = "Anna came. Ben came too. Carl stayed at home. Dora slept."
    little = COUNTED_SHARE / 2
    quotes = [("Anna", 0.9), ("Ben", 0.08), ("Carl", 0.05), ("Dora", 0.9 * little)]
    assert texts("Which people came?", text, *quotes) == []
    assert texts("Which two people came?", text, *quotes) == ["Anna", "Ben"]
    assert texts("Which three people came?", text, *quotes) == ["Anna", "Ben", "Carl"]
    assert texts("Which four people came?", text, *quotes) == ["Anna", "Ben", "Carl"]


def test_no_more_are_given_though_a_later_quote_enumerates():
    text = "Rye was flooded. So were Deal and Hythe."
    quotes = [("Rye", 0.6), ("Deal and Hythe", 0.3)]
    assert texts("Which two towns were flooded?", text, *quotes) == ["Rye", "Deal"]
    assert texts("Which towns were flooded?", text, *quotes) == ["Rye", "Deal", "Hythe"]


def test_one_thing_that_is_named_twice_is_one_item():
    text = "Rye was flooded in spring. The water in RYE stood for weeks. Deal was flooded too."
    quotes = [("Rye", 0.9), ("RYE", 0.5), ("Deal", 0.4)]
    assert texts("Which two towns were flooded?", text, *quotes) == ["Rye", "Deal"]
    assert texts("Which towns were flooded?", text, *quotes) == ["Rye", "Deal"]
    assert texts("Which towns were flooded?", text, *quotes[:2]) == []


@pytest.mark.parametrize("asked", ["What determines the climate?", "Which things do they sell?"])
def test_an_enumeration_is_a_list_whatever_is_asked(asked):
    text = "It is said: latitude, altitude and the sea."
    found = texts(asked, text, "latitude, altitude and the sea")
    assert found == ["latitude", "altitude", "the sea"]


@pytest.mark.parametrize("asked", ["What is built?", "What are built?"])
@pytest.mark.parametrize("introduced", ["great works such as ", "many: ", "works including "])
def test_what_introduces_an_enumeration_is_no_part_of_it(asked, introduced):
    text = f"They built {introduced}levees, locks and dams."
    found = texts(asked, text, f"{introduced}levees, locks and dams")
    assert found == ["levees", "locks", "dams"]


def test_neighbours_that_are_no_names_are_no_items():
    text = "Ross thinks little of them, Crash and Penny, Throughout her life, Anna has sung."
    assert texts("Which people came?", text, "Penny", ("Crash", 0.4)) == ["Crash", "Penny"]


@pytest.mark.parametrize("number", [0, 26, MOST_ITEMS - 1])
def test_a_long_list_is_given_whole_and_a_table_not_at_all(number):
    names = [f"Land{place:03}" for place in range(MOST_ITEMS)]
    text = f"The treaty was signed by {', '.join(names[:-1])} and {names[-1]}."
    assert texts("Which countries signed the treaty?", text, names[number]) == names
    # With another item they are too many.
    longer = text.replace("Land000", "Zara, Land000")
    quotes = [names[number], ("Zara", 0.4)]
    assert texts("Which countries signed the treaty?", longer, *quotes) == []
    assert len(texts("Which two countries signed the treaty?", longer, *quotes)) == 2
    text += " Zara signed it later."
    others = texts("Which countries signed the treaty?", text, "Zara", (names[number], 0.4))
    assert others == [names[number], "Zara"]


def test_no_more_candidates_are_looked_at_than_may_be_items():
    names = [f"Land{place:03}" for place in range(MOST_CANDIDATES + 1)]
    text = " ".join(f"{name} signed." for name in names)
    assert texts("Which countries signed?", text, *names) == names[:-1]


def test_the_document_of_the_best_item_comes_first():
    first, second = (
        Passage(Document(name, name, f"{who} came. Ben came."), 0, 20)
        for name, who in (("x:2", "Anna"), ("x:10", "Dora"))
    )
    found = [
        Candidate((first,), 11, 14, 0.0, 0.5, math.log(0.5)),
        Candidate((second,), 0, 4, 0.0, 0.4, math.log(0.4)),
        Candidate((first,), 0, 4, 0.0, 0.3, math.log(0.3)),
    ]
    items = items_of("Which people came?", found, item_share=0.2)
    assert [(item.passage.document.id, item.start) for item in items] == [
        ("x:2", 0),
        ("x:2", 11),
        ("x:10", 0),
    ]


def test_what_several_items_have_together_is_the_best_ones():
    text = "Anna came. Ben came too. Carl stayed at home."
    found = candidates(text, ("Anna", 0.3), ("Ben", 0.25), ("Carl", 0.2))
    ranking = gathered(Ranking(tuple(found), 0.25), found[:2])
    best, *others = ranking.candidates
    assert math.isclose(math.exp(best.mass), 0.55)
    assert math.isclose(best.score, 0.55)
    assert (best.start, best.end) == (found[0].start, found[0].end)
    assert others == found[1:]
    assert gathered(Ranking(tuple(found), 0.25), found[:1]).candidates == tuple(found)


def test_enumeration_is_taken_apart():
    found = texts("Which towns does it pass?", PLACES, "Oldmere, Fenwick and Port Ellen")
    assert found == ["Oldmere", "Fenwick", "Port Ellen"]


@pytest.mark.parametrize("item", ["Oldmere", "Fenwick", "Port Ellen"])
def test_item_brings_its_neighbours(item):
    text = "They are Oldmere, Fenwick and Port Ellen."
    found = texts("Which towns does it pass?", text, item)
    assert set(found) >= {"Fenwick", "Port Ellen"}
    assert item in found


def test_neighbours_are_named_without_the_article_where_the_item_is():
    text = "They are of the US, the UK, Latvia and the Netherlands."
    assert texts("Which countries?", text, "US") == ["US", "UK", "Latvia", "Netherlands"]
    assert texts("Which countries?", text, "the UK")[1:] == ["the UK", "Latvia", "the Netherlands"]


def test_the_first_and_the_last_name_have_the_rest_of_the_sentence_about_them():
    text = "There are citizens of the US, Latvia, Ukraine and Japan among the released."
    for item in ("US", "Latvia", "Ukraine", "Japan"):
        assert texts("Which countries?", text, item) == ["US", "Latvia", "Ukraine", "Japan"]


@pytest.mark.parametrize(
    "text",
    [
        "In the town of Paris, Anna and Ben met.",  # an introduction
        "When they met Carl, Anna and Ben were glad.",
        "During January, Anna and Ben met.",
        "Then came Anna and Ben, Mary of Kent was late.",  # no "and" before the last
    ],
)
def test_a_name_of_another_part_of_the_sentence_is_no_item(text):
    assert texts("Who were they?", text, "Anna") == ["Anna", "Ben"]


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        ("1,500 men", []),
        ("Fenn, Inc. and Lind, Ltd.", ["Fenn, Inc.", "Lind, Ltd."]),
        ("Washington, D.C., and Rome", ["Washington, D.C.", "Rome"]),
        ("Ann Lee, M.D., and Ben Roe, Esq., and Cy", ["Ann Lee, M.D.", "Ben Roe, Esq.", "Cy"]),
        ("$1,500 and $2,300", ["$1,500", "$2,300"]),
        ("C++, C# and Java", ["C++", "C#", "Java"]),
        ("the U.S., the U.K. and France", ["the U.S.", "the U.K.", "France"]),
        ("Apple Inc. and Yahoo!", ["Apple Inc.", "Yahoo!"]),
        ("Rose\N{COMBINING ACUTE ACCENT} and Beaujolais", None),
        ("100 €; 200 €", ["100 €", "200 €"]),
    ],
)
def test_items_are_whole(quote, items):
    text = f"There were {quote} among them."
    expected = quote.split(" and ") if items is None else items
    assert texts("What are the things?", text, quote) == expected


def test_what_stands_in_brackets_is_neither_taken_apart_nor_part_of_an_item():
    text = "It takes vodka , coffee liqueur ( e.g. , Kahl or Maria ) and cream ."
    whole = text[len("It takes ") : -2]
    assert texts("What are the ingredients?", text, whole) == ["vodka", "coffee liqueur", "cream"]
    cast = "The friends are Rachel Green (Jennifer Aniston), Monica (Cox) and Ross (Schwimmer)."
    quote = cast[len("The friends are ") : -1]
    assert texts("Who are the friends?", cast, quote) == ["Rachel Green", "Monica", "Ross"]
    nuts = "You need nuts [walnuts, pecans], sugar and eggs then."
    quote = nuts[len("You need ") : -len(" then.")]
    assert texts("Which things?", nuts, quote) == ["nuts [walnuts, pecans]", "sugar", "eggs"]
    metals = "It holds iron(II), iron(III) and copper(I) then."
    quote = metals[len("It holds ") : -len(" then.")]
    assert texts("Which ions?", metals, quote) == ["iron(II)", "iron(III)", "copper(I)"]
    songs = 'They sang "Hello, Goodbye", "Help!" and "Girl" that day.'
    quote = songs[len("They sang ") : -len(" that day.")]
    assert texts("Which songs?", songs, quote) == ['"Hello, Goodbye"', '"Help!"', '"Girl"']


def test_roles_are_no_items():
    text = "It stars Ann Lee as Portia , Ben Roe as Antonio , and Cara Day as Jessica ."
    quotes = ["Ann Lee", ("Ben Roe", 0.4), ("Cara Day", 0.4)]
    assert texts("Who were the stars?", text, *quotes) == ["Ann Lee", "Ben Roe", "Cara Day"]


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        ("J.K. Rowling and Steve Kloves", ["J.K. Rowling", "Steve Kloves"]),
        ("Sammy Davis Jr. and Dean Martin", ["Sammy Davis Jr.", "Dean Martin"]),
        ("Robert Downey, Jr., and Meg Ryan", ["Robert Downey, Jr.", "Meg Ryan"]),
        ("Washington, D.C., Rome and Paris", ["Washington, D.C.", "Rome", "Paris"]),
        ("Ann Lee, M.D., Ben Roe, Ph.D., and Cy", ["Ann Lee, M.D.", "Ben Roe, Ph.D.", "Cy"]),
        ("Ann Lee, MBA, Ben Roe, III, and Cy", ["Ann Lee, MBA", "Ben Roe, III", "Cy"]),
        ("Classes I, II and III", ["Classes I", "II", "III"]),
        ("the Senate and the House of Lords", ["the Senate", "the House of Lords"]),
        ("1958, 1962 and 1970", ["1958", "1962", "1970"]),
        ("1958 and 1962", ["1958", "1962"]),
        ("June 5, 1990 and 1992", []),
        ("He sat. Ann and Ben", []),
        ("12 and 14", []),
    ],
)
def test_names_with_points_or_articles_and_years_are_items(quote, items):
    text = f"There was {quote} then."
    assert texts("When was it, and who was there?", text, quote) == items


def test_the_end_of_the_sentence_is_no_part_of_the_last_item():
    text = "He saw Anna, Ben and Carl! That was all."
    assert texts("Who were they?", text, "Ben") == ["Anna", "Ben", "Carl"]
    assert texts("Who were they?", text, "Carl!") == ["Anna", "Ben", "Carl!"]
    text = "He left the U.K. and the U.S. He came back."
    assert texts("Which countries?", text, "U.K.") == ["U.K.", "U.S."]


def test_what_is_twice_as_many_as_was_asked_for_may_be_pairs():
    whole = "Paris, France, and Rome, Italy"
    text = f"She had seen {whole}."
    pairs = ["Paris, France", "Rome, Italy"]
    assert texts("Which two cities had she seen?", text, whole) == pairs
    assert texts("Which four places had she seen?", text, whole) == regex.split(", and |, ", whole)


def test_neighbours_are_left_out_where_they_are_more_than_was_asked_for():
    text = "He went to Brest, Minsk, Grodno and Vitebsk. Then he saw Pinsk."
    assert texts("Which two towns did he visit?", text, "Brest", ("Pinsk", 0.1)) == [
        "Brest",
        "Pinsk",
    ]
    whole = "Brest, Minsk, Grodno and Vitebsk"  # what the reader quotes is given whole
    assert texts("Which two towns did he visit?", text, whole) == regex.split(", | and ", whole)


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


@pytest.mark.parametrize(
    ("question", "quote", "items"),
    [
        ("Which degrees has she?", "a BA, MA and PhD", ["a BA", "MA", "PhD"]),
        ("Which states are they?", "NY, MA and CT", ["NY", "MA", "CT"]),
        ("Which films?", "Rocky, II and III", ["Rocky", "II", "III"]),
        ("Which two actors starred?", "Tom Hanks & Meg Ryan", ["Tom Hanks", "Meg Ryan"]),
        ("Which firms do people who live in Rye run?", "Marks & Spencer", []),
        ("Who were the sponsors?", "Fenn, Marks & Lind and Roe", ["Fenn", "Marks & Lind", "Roe"]),
        ("Who came?", "Anna, the twins, and Ben", ["Anna", "the twins", "Ben"]),
        ("Who came?", "Ann Lee, the children, and Ben", ["Ann Lee", "the children", "Ben"]),
    ],
)
def test_what_stands_between_commas_is_an_item(question, quote, items):
    text = f"There were {quote} then."
    assert texts(question, text, quote) == items


def test_a_decade_opens_no_quotation():
    text = "They sold, in the '90s, tents, the scouts' knives and rope."
    found = texts("Which things were sold?", text, "tents")
    assert found == ["tents", "scouts' knives", "rope"]


@pytest.mark.parametrize("gap", [" ", "\t", "\xa0", " , ", "; ", ".", "\u0301"])
def test_a_long_gap_takes_no_time(gap):
    # If each character of it were tried as the beginning of all, this would take hours.
    text = f"The towns named were Anna{gap * 300_000}Ben in the north."
    for quote in ("Anna", "Ben"):
        assert texts("Which towns were named?", text, quote) in ([], ["Anna", "Ben"])
        behind = text.replace("Anna", "Anna,", 1)
        assert texts("Which towns were named?", behind, quote) in ([], ["Anna", "Ben"])


def test_a_long_sentence_of_many_items_takes_no_time():
    # If each comma were held against each pair of marks, this would take an hour.
    text = "They sang " + '"Help, me", ' * 100_000 + '"Girl" and "Boys" with Anna and Ben.'
    assert texts("Which songs?", text, '"Girl"')[-2:] == ['"Girl"', '"Boys"']
    assert texts("Who sang?", text, "Anna and Ben") == ["Anna", "Ben"]
    assert texts("Who were they?", text, "Ben") == ["Anna", "Ben"]
    # So with each item and each other one.
    many = ", ".join(f"Town{number}" for number in range(20_000))
    assert texts("Which towns are there?", f"There are {many} and Rye.", "Rye") == []


def test_separators_that_only_python_takes_for_space_are_no_items():
    text = "They named the Ardal, the \x1f and the Bode."
    assert "\x1f" not in "".join(texts("Which rivers were named?", text, "Ardal"))


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
    st.sampled_from('ab AB,;.é“”"•1-()\n') | st.characters(codec="utf-8"), min_size=1, max_size=60
)


@settings(max_examples=300)
@given(LETTERS, st.data())
def test_items_are_apart_in_order_and_within_the_document(text, data):
    passage = Passage(Document("d", "D", f"x{text}y and Z, "), 1, len(text) + 1)
    found, start = [], 1
    while start < passage.end and len(found) < 30:
        end = data.draw(st.integers(start + 1, passage.end))
        found.append(Candidate((passage,), start, end, 0.0, data.draw(st.floats(0, 1)), 0.0))
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
