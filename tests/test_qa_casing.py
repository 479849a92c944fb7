"""Questions in small letters, in capitals and as headlines, as their passages write them."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.casing import cased_as
from qa.overlap import WORD, folded

TEXT = (
    "Lukashenko released Viktor Babariko in Minsk. The US and the WHO welcomed it. The talks lasted"
    " two days. Erdoğan flew to Zürich and São Paulo. Polish firms polish shoes. 3 men died."
)
WORDS = st.sampled_from([*TEXT.replace(".", "").split(), "who", "Was", "HOW", "London", "gdp", "I"])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who was released by lukashenko?", "who was released by Lukashenko?"),
        ("Who was released by Lukashenko?", "Who was released by Lukashenko?"),
        ("did us officials meet babariko", "did US officials meet Babariko"),
        ("who spoke for the who", "who spoke for the who"),  # no WHO, whatever was meant
        ("Talks lasted how long?", "talks lasted how long?"),
        ("Did Firms polish Shoes?", "Did Firms polish Shoes?"),  # they may be names
        ("What did the US do? 123", "What did the US do? 123"),
        ("does she resume talks", "does she resume talks"),
        ("Who is Will Smith?", "Who is Will Smith?"),
        ("What happened in May 2020?", "What happened in May 2020?"),
        ("What is the WHO?", "What is the WHO?"),
        ("Who runs AT&T, A.I. and Q&A?", "Who runs AT&T, A.I. and Q&A?"),
        ("Who is A. J. Foyt of WHO/UNICEF?", "Who is A. J. Foyt of WHO/UNICEF?"),
        ("which polish firms", "which polish firms"),  # the text has both
        ("where is sao paulo?", "where is São Paulo?"),
        ("How did Erdogan fly?", "How did Erdoğan fly?"),
        ("why did london welcome it?", "why did london welcome it?"),
        ("WHO WAS RELEASED IN MINSK?", "who was released in Minsk?"),
        ("DID 3 MEN DIE?", "did 3 men die?"),
        ("WHAT'S UP IN LONDON?", "what's up in london?"),
        ("NATO?", "NATO?"),
        ("US GDP?", "US GDP?"),
        ("Did EU and UK GDP rise?", "Did EU and UK GDP rise?"),
        (
            "Who was freed? Viktor Babariko HOW OLD IS HE?",
            "Who was freed? Viktor Babariko how old is he?",
        ),
        ("Who Was Released in London?", "who was released in london?"),
        ("Who is Ann Lee?", "Who is Ann Lee?"),
        ("Who Met Lukashenko?", "Who Met Lukashenko?"),  # Met may be a name
        ("Who Is Viktor Babariko?", "who is Viktor Babariko?"),
        ("Ann Lee", "Ann Lee"),
        ("", ""),
    ],
)
def test_words_are_written_as_the_text_has_them(question, expected):
    assert cased_as(question, TEXT) == expected


def test_the_commoner_of_two_forms_is_taken():
    assert cased_as("what did nasa do?", "Nasa, NASA and NASA again.") == "what did NASA do?"


def test_an_accent_in_its_other_spelling_is_read_as_the_text_spells_it():
    text, asked = unicodedata.normalize("NFC", "Zürich"), unicodedata.normalize("NFD", "Zürich")
    assert cased_as(f"is {asked} big", text) == f"is {text} big"


def test_marks_that_make_another_letter_are_no_accents():
    assert cased_as("мой", "мои") == "мой"
    assert cased_as("カス", "ガス") == "カス"


@given(st.lists(WORDS, max_size=8).map(" ".join), st.lists(WORDS, max_size=8).map(" ".join))
def test_nothing_but_case_and_accents_changes(question, text):
    cased = cased_as(question, text)
    assert folded(cased) == folded(question)
    assert cased_as(cased, text) == cased


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_question_keeps_its_words(question, text):
    assert len(WORD.findall(cased_as(question, text))) == len(WORD.findall(question))


@given(st.text(alphabet=string.ascii_lowercase + " ", max_size=60))
def test_a_question_of_its_own_words_stays(question):
    assert cased_as(question, question) == question


@pytest.mark.parametrize(
    "question",
    ["Who is the US envoy to Belarus?", "How many prisoners were pardoned?", "Who was released?"],
)
def test_the_answer_is_the_same_however_a_question_is_typed(news, question):
    as_asked, *others = news.ask_many(
        [question, question.lower(), question.upper(), question.title()]
    )
    assert as_asked.text is not None
    assert [(one.text, one.start) for one in others] == [(as_asked.text, as_asked.start)] * 3
    assert [one.question for one in others] == [
        question.lower(),
        question.upper(),
        question.title(),
    ]
