"""Suggested questions are made of plain sentences, and only those that are answered are given."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import articles, many

from index.records import Document
from qa.question_forms import own_questions
from qa.records import Answer
from qa.suggested import SUGGESTED, TRIES, answered, candidates_in

# So that it is told to be English; no sentence of it gives a question.
PLAIN = " And then there was the thing that was with the others of that kind from the start."


def asked(sentence, title="Notes", language=None):
    """The questions that a sentence gives, with what each of them asks for."""
    document = Document("d", title, sentence + PLAIN, language=language)
    found = candidates_in(document)
    return {one.question: document.text[one.start : one.end] for one in found}


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The wall at Skerrow was built in 1823 to keep the sea out.",
         "When was the wall at Skerrow built?", "1823"),
        ("The next parish meeting will be held on Thursday, 11 April 2024, in the hall.",
         "When will the next parish meeting be held?", "Thursday, 11 April 2024"),
        ("The Ormezzo cannery opened in 1891.", "When did the Ormezzo cannery open?", "1891"),
        ("The Fenn Act takes effect on 1 May.", "When does the Fenn Act take effect?", "1 May"),
        ("It was said by the town attorney, Priscilla Nye, at once.",
         "Who is the town attorney?", "Priscilla Nye"),
        ("We met Trump’s special envoy John Cole.", "Who is Trump’s special envoy?", "John Cole"),
        ("Also there was Leontyne Varga, library director; and Bo.",
         "Who is Leontyne Varga?", "library director"),
        ("Greta Ilves thanked the staff for help with the papers, and left.",
         "Who thanked the staff for help with the papers?", "Greta Ilves"),
        ("Ms Varga estimated the cost of it at $11,600, nearly all wages.", None, None),
        ("Ms Varga estimated the cost of Sundays at $11,600, nearly all wages.",
         "Who estimated the cost of Sundays at $11,600?", "Ms Varga"),
        ("The song of Fenn was designed by Ada Fenn.", "Who designed the song of Fenn?",
         "Ada Fenn"),
        ("The Pell costs £119.", "How much does the Pell cost?", "£119"),
        ("Tickets to Lirra cost €5 each.", "How much do tickets to Lirra cost?", "€5"),
        ("The Traders’ Guild has promised $1,500 for prizes.",
         "How much has the Traders’ Guild promised for prizes?", "$1,500"),
        ("She reported an operating cash balance of $212,480 in May.",
         "How much was the operating cash balance?", "$212,480"),
        ("Ada Fenn has pardoned 123 prisoners as part of a deal.",
         "How many prisoners has Ada Fenn pardoned?", "123"),
        ("Boris said that the Quill library had received 9,314 visits in February.",
         "How many visits had the Quill library received in February?", "9,314"),
        ("The Pell holds 1.7 litres.", "How many litres does the Pell hold?", "1.7"),
        ("About 8,200 people live in Port Lirra all year.",
         "How many people live in Port Lirra all year?", "8,200"),
        ("The ride to Lirra takes about two hours and ten minutes.",
         "How long does the ride to Lirra take?", "two hours and ten minutes"),
        ("Ada Fenn was born in Port Ellen.", "Where was Ada Fenn born?", "Port Ellen"),
    ],
)  # fmt: skip
def test_a_sentence_of_a_plain_form_is_turned_round(sentence, question, answer):
    assert asked(sentence) == ({} if question is None else {question: answer})


@pytest.mark.parametrize(
    "sentence",
    [
        "It was built in 1823.",
        "This house was built in 1823.",
        "The move was announced on Saturday.",
        "In recent months was founded in 1823.",
        "What nobody knows was built in 1823.",
        "The ride takes 50 minutes and costs €3.",
        "Tickets cost €5.",
        "A double costs €78.",
        "The report cost £5.",
        "He thanked the staff for all of the help.",
        "The United States won the cup of the year again.",
        "“The wall at Skerrow was built in 1823,” she said.",
        "The wall (at Skerrow) was built in 1823.",
        "# The wall at Skerrow was built in 1823.",
        "About 8,200 people live here all year.",
    ],
)
def test_what_would_not_be_understood_is_not_asked(sentence):
    assert asked(sentence) == {}


def test_a_plain_subject_is_asked_about_if_the_title_names_it():
    assert asked("The wall was built in 1823.") == {}
    assert asked("The wall was built in 1823.", title="A wall") == {
        "When was the wall built?": "1823"
    }


def test_the_article_s_own_questions():
    text = (
        "# Kettle\n\n## What is in the box?\n\nThe kettle.\n\n### Do I need the app?\n\nNo.\n\n"
        "### How much do they cost?\n\n£5.\n\n## How long is the warranty?\n\n"
        "## Why does it stop?\n\nThe heat.\n" + PLAIN
    )
    document = Document("d", "Kettle", text)
    (only,) = candidates_in(document)
    assert only.question == "What is in the box?"
    assert text[only.start : only.end].strip() == "The kettle."


@pytest.mark.parametrize("gap", [" ", "\t", "\xa0", "\r"])
def test_a_long_gap_in_a_heading_takes_no_time(gap):
    # If each character of it were tried as the end of the heading, this would take hours.
    blanks = gap * 300_000
    assert list(own_questions(f"# What is{blanks}it\n\nA kettle.")) == []
    (only,) = own_questions(f"#  What is it?{blanks}\n\nA kettle.")
    assert only.question == "What is it?"


@pytest.mark.parametrize(
    "text",
    [
        "Die Brücke von Lirra wurde 1823 gebaut. Ada Fenn was born in Port Ellen. Er ist neu.",
        "北京是中国的首都。人口很多！" * 10,
        "12345 67890",
        "!?",
    ],
)
def test_other_languages_give_none(text):
    assert candidates_in(Document("d", "T", text)) == []


def test_what_says_that_it_is_not_english_is_not():
    sentence = "Ada Fenn was born in Port Ellen."
    assert asked(sentence, language="de") == {}
    assert asked(sentence, language="en-GB") == asked(sentence) != {}


@many
@given(articles(), st.sampled_from(["", PLAIN]))
def test_whatever_the_article_every_candidate_asks_for_something_in_it(text, more):
    document = Document("d", "T", text + more)
    for one in candidates_in(document):
        assert 0 <= one.start < one.end <= len(document.text)
        assert document.text[one.start : one.end].strip()
        assert one.question.endswith("?")
        assert "\n" not in one.question


def test_every_suggestion_is_answered_with_what_it_was_made_of(shelf):
    given_any = 0
    names = ("belarus-pardons.txt", "tidal-marsh-survey.txt", "council-minutes.txt")
    for name in names:
        alone = shelf.only(name)
        (document,) = alone.documents
        questions = answered(alone, document, candidates_in(document)[:TRIES])
        assert len(questions) <= SUGGESTED
        assert len(set(questions)) == len(questions)
        given_any += bool(questions)
        wanted = {one.question: one for one in candidates_in(document)}
        places = []
        for question, answer in zip(questions, alone.ask_many(questions), strict=True):
            assert answer.text is not None
            start, end = wanted[question].start, wanted[question].end
            assert max(answer.start, start) < min(answer.end, end)
            places.append(start)
        assert places == sorted(places), "in the order of the article"
    assert given_any == len(names)


def test_what_the_assistant_does_not_answer_is_not_suggested(timid, news):
    (document,) = news.documents
    candidates = candidates_in(document)
    assert candidates
    assert answered(timid, document, candidates) == []


def test_so_many_are_suggested_and_no_more():
    text = "\n".join(f"Ada Fenn{'n' * number} was born in Port Ellen." for number in range(50))
    document = Document("d", "Notes", text + PLAIN)
    candidates = candidates_in(document)
    assert len(candidates) == 50
    right = {
        one.question: Answer(one.question, "Port Ellen", 1.0, 0.0, one.start, one.end, "d", "Notes")
        for one in candidates
    }
    knowing = SimpleNamespace(ask_many=lambda asked, **_: [right[question] for question in asked])
    assert len(answered(knowing, document, candidates[:TRIES])) == SUGGESTED
    assert answered(knowing, document, []) == []
