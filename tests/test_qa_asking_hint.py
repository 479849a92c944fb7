"""What is said where the article does not say: only what is true."""

from dataclasses import replace

from rendered import STORY, excerpt, not_found

from qa.asking_hint import asking_hint
from qa.overlap import missing_words


def test_words_that_were_found_nowhere_are_named():
    near = excerpt(STORY, "She met Boris & Clara.")
    answer = not_found(near, question="What is the price of the potassium?")
    assert asking_hint(answer) == (
        "The nearest passages do not contain “price” or “potassium”: try other words."
    )


def test_a_word_in_another_form_is_not_missing():
    assert missing_words("who was pardoned, Pardons?", "He pardons them.") == []
    assert missing_words("Which price, which price?", "No.") == ["price"]


def test_a_word_of_the_title_is_not_missing():
    near = excerpt(STORY, "Anna came home.")
    assert "story" not in asking_hint(not_found(near, question="Which story of the sea?"))


def test_a_follow_up_is_told_from_what_was_said_before():
    near = excerpt(STORY, "Anna came home.")
    answer = replace(not_found(near, question="why home?"), resolved="who came? why home?")
    assert asking_hint(answer).startswith("It was read as a follow-up")


def test_where_nothing_is_known_something_general_is_said():
    near = excerpt(STORY, "Anna came home.")
    assert asking_hint(not_found(near, question="Why is Anna home?")).startswith("Ask for one")
