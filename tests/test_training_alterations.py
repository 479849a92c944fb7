"""Questions altered so that their passage does not answer them."""

import random

import alterations
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from other_words import OtherWords
from strategies import few
from stub import StubEmbedder
from training_data import BRIDGE, HALL


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("Who did Ada meet?", {"Who didn't Ada meet?"}),
        ("What is it?", {"What isn't it?", "What is not it?"}),
        ("who painted it?", {"who never painted it?"}),
        ("Is it red?", {None}),
        ("Who never came?", {None}),
        ("What is his name?", {None}),
    ],
)
def test_negation(question: str, negated: set[str | None]) -> None:
    found = {alterations.negate(question, "", random.Random(seed)) for seed in range(20)}
    assert found == negated


def test_antonyms() -> None:
    assert alterations.oppose("Who came First?", "", random.Random(0)) == "Who came Last?"
    assert alterations.oppose("What is his first name?", "", random.Random(0)) is None
    assert alterations.oppose("Who came first?", "Tom was last.", random.Random(0)) is None
    assert alterations.oppose("How old is it?", "", random.Random(0)) is None


@few
@given(st.integers())
def test_a_swap_takes_a_name_of_the_article_that_is_not_in_question(seed: int) -> None:
    names = alterations.Names([BRIDGE, HALL, "He fled in 1843 to Ireland in May."])
    for question in (
        "What happened in 1911 there?",
        "What did she buy in June?",
        "Who is in Oldmere?",
    ):
        swapped = alterations.swap(question, "It was 1790.", [names, names], random.Random(seed))
        assert swapped is not None
        assert swapped != question
        (new,) = set(regex.findall(r"\w+", swapped)) - set(regex.findall(r"\w+", question))
        assert new in f"{BRIDGE} {HALL} Ireland May"
        assert new != "1790"


@few
@given(st.integers())
def test_another_word_is_of_the_paragraph_and_not_of_the_answer(seed: int) -> None:
    words = OtherWords(StubEmbedder(), random.Random(seed))
    sentence = BRIDGE.split(". ")[1]  # She painted the iron bridge green in 1911
    text = f"{BRIDGE} Ada also admired the steel tower of Newport and its Ferry Inn."
    swapped = words.swap("Who painted the bridge?", sentence, text)
    assert swapped is not None
    # Of the shape of what it replaces, and neither a small word nor one of the sentence.
    assert swapped in {
        *(f"Who {word} the bridge?" for word in ("admired",)),
        *(f"Who painted the {word}?" for word in ("born", "work", "four", "brother", "ladder",
                                                  "ninety", "turpentine", "rope", "steel",
                                                  "tower")),
    }  # fmt: skip
    # A name for a name, and never the first word of a sentence for one.
    assert words.swap("Where was Fenn born?", BRIDGE.split(". ")[0], text) in {
        "Where was Newport born?", "Where was June born?", "Where was Ferry born?",
        *(f"Where was Fenn {word}?" for word in ("iron", "bridge", "green", "work", "four",
          "brother", "ladder", "ninety", "turpentine", "rope", "steel", "tower")),
    }  # fmt: skip
    # Contractions and owners stand in the place of nothing.
    owned = words.swap("Who painted the bridge?", sentence, f"{sentence} It isn't Tom's wood's.")
    assert owned is None
    # Nothing to take, or nothing that the sentence shares.
    assert words.swap("Who painted the bridge?", sentence, sentence) is None
    assert words.swap("Who fled?", sentence, text) is None


def test_a_word_that_means_the_same_is_no_other_word() -> None:
    class AllAlike(StubEmbedder):
        def embed(self, texts, *, batch_size=32, progress=False):
            return super().embed(["one"] * len(texts), batch_size=batch_size, progress=progress)

    words = OtherWords(AllAlike(), random.Random(0))
    assert words.swap("Who painted the bridge?", BRIDGE.split(". ")[1], BRIDGE) is None
