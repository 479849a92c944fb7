"""A follow-up question beside what was said before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.conversation import (
    ANSWER_WORDS,
    EARLIER_CHARS,
    TURNS_TAKEN,
    expand,
    leans_on_history,
    with_history,
)
from qa.records import Question, Turn


def test_without_history_the_question_stays_as_it_is():
    assert with_history("who was released?", ()) == "who was released?"


def test_the_earlier_turn_stands_before_the_question():
    history = [Turn("Who was released?", "Viktor Babariko")]
    assert with_history("Why?", history) == "Who was released? Viktor Babariko Why?"


def test_only_the_last_two_turns_are_read():
    history = [Turn(f"question {number}?", f"answer {number}") for number in range(5)]
    assert TURNS_TAKEN == 2
    assert with_history("And?", history) == "question 3? answer 3 question 4? answer 4 And?"


def test_turns_without_an_answer_are_left_out_and_do_not_count():
    history = [
        Turn("one?", "first"),
        Turn("two?", None),
        Turn("three?", "third"),
        Turn("four?", ""),
    ]
    assert with_history("And?", history) == "one? first three? third And?"


def test_history_without_any_answer_changes_nothing():
    assert with_history("And?", [Turn("one?"), Turn("two?")]) == "And?"


@pytest.mark.parametrize("words", [ANSWER_WORDS - 1, ANSWER_WORDS, ANSWER_WORDS + 1, 200])
def test_a_long_quote_is_cut_to_its_first_words(words):
    quote = [f"w{number}" for number in range(words)]
    asked = with_history("And?", [Turn("What?", " ".join(quote))])
    assert asked.split() == ["What?", *quote[:15], "And?"]


def test_what_has_no_words_is_cut_to_its_first_characters():
    long = "東" * 600
    asked = with_history("Why?", [Turn(f"{long}?", long)])
    assert asked == f"{long[:EARLIER_CHARS]} {long[:EARLIER_CHARS]} Why?"


def test_line_breaks_of_a_quote_become_spaces():
    assert with_history("And?", [Turn("What?", "a\nb\t c")]) == "What? a b c And?"


words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8)
sentences = st.lists(words, min_size=1, max_size=20).map(" ".join)
turns = st.builds(Turn, sentences, st.none() | sentences)


@settings(max_examples=60)
@given(sentences, st.lists(turns, max_size=6))
def test_the_question_comes_last_and_whole(question, history):
    asked = with_history(question, history)
    assert asked.endswith(question)
    answered = [turn for turn in history if turn.answer]
    before = asked.removesuffix(question).split()
    wanted = [
        word
        for turn in answered[-2:]
        for word in (*turn.question.split(), *turn.answer.split()[:15])
    ]
    assert before == wanted


@pytest.mark.parametrize(
    "question",
    [
        "What for?",
        "How long was he jailed?",
        "And his chief of staff?",
        "When?",
        "What about the ferry to Arran on Sundays?",
        "Why did they leave the house?",
        "What else was decided at the meeting of May?",
        "Who's his brother in the second chapter?",
        "How many were there?",
        "What other towns are named in it or beside it?",
        "Which part of Italy is it in?",
        "What did Lopez say about her mother?",
        "Did Lopez like it?",
        "When did his brother meet Ann Lee?",
        "Why did the council do that?",
        "How long did it take?",
        "Who won the election that year?",
        "Where in London was his house?",
        "On which Sunday was his funeral?",
        "When did the German police find his body?",
        "When did Congress reject his plan?",
        "What year did Harvard accept her application?",
        "What was the impact its closure had?",
    ],
)
def test_follow_up_leans_on_what_was_said(question):
    assert leans_on_history(question)
    history = (Turn("Who was released?", "Viktor Babariko"),)
    expanded = expand(Question(question, history))
    assert expanded == f"Who was released? Viktor Babariko {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Which airline had restrictions lifted?",
        "How much water does the kettle hold?",
        "How many members are there in the council?",
        "Is it true that the bridge was painted green?",
        "Who is the man that was released in Minsk?",
        "Are there lions in Kenya?",
        "How did Romeo and Juliet meet each other?",
        "Which countries other than France border Spain?",
        "When did Maria Lopez lose her job?",
        "How old was Maria Lopez when she lost the job?",
        "Does the museum have its own restaurant?",
        "Who wrote the law that bans smoking?",
        "What is the name of the firm that bought the site?",
        "How long does it take to bake the bread?",
        "How much did it cost to build the bridge?",
    ],
)
def test_change_of_subject_is_noticed(question):
    assert not leans_on_history(question)
    assert expand(Question(question, (Turn("Who?", "Anna"),))) is None


def test_question_stands_alone_after_turns_without_an_answer():
    assert expand(Question("What for?")) is None
    assert expand(Question("What for?", (Turn("Who wrote Hamlet?"),))) is None
