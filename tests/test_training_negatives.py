"""Passages that look as if they answered, found by the retriever."""

import random
from dataclasses import replace

import pytest
from examples import Example
from negatives import Searched
from passages import without
from squad import Asked
from stub import StubEmbedder
from training_data import BRIDGE, HALL, HALL_ASKED

pytestmark = pytest.mark.usefixtures("one_thread")


def test_hard_negatives_are_other_paragraphs_of_the_article(examples: list[Example]) -> None:
    found = [one for one in examples if one.kind == "retrieved"]
    for one in found:
        of_hall = any(asked[-12:-1].lower() in one.question.lower()[-14:] for asked in HALL_ASKED)
        assert one.passage in (BRIDGE if of_hall else HALL)
    assert found


def test_where_no_other_paragraph_lacks_the_answer_there_is_no_negative() -> None:
    asked = Asked("Where?", "It is in Oldmere.", 0, ("Oldmere",), ((9, 16),), ())
    other = replace(asked, context="Oldmere is far.")
    searched = Searched(
        [asked, other], most_paragraphs=9, embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert searched.negative(asked, asked.question) is None


def test_of_an_article_that_is_not_searched_the_negative_is_another_articles() -> None:
    asked = Asked("Where is Ada?", "Ada is in Oldmere.", 0, ("Oldmere",), ((10, 17),), ())
    others = [
        replace(asked, article=article, context=context)
        for article in (0, 1)
        for context in ("Ada sang of him.", "Bo slept there.", "Ada is of Oldmere.")
    ]
    for seed in range(9):  # either article may be the one that is searched
        searched = Searched(
            [asked, *others], most_paragraphs=3, embedder=StubEmbedder(), rng=random.Random(seed)
        )
        for article in (0, 1, 2):
            piece = searched.negative(replace(asked, article=article), asked.question)
            assert piece is not None
            assert piece.text in {"Ada sang of him.", "Bo slept there."}


def test_a_passage_that_says_one_of_several_answers_is_no_negative() -> None:
    context = "Ann and Bob met. It rained. Later Ann left. The sun came out."
    asked = Asked("Who met?", context, 0, ("Bob",), ((0, 3), (8, 11)), ())
    other = replace(asked, context="Ann slept.")
    searched = Searched(
        [asked, other], most_paragraphs=9, embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert searched.negative(asked, asked.question) is None
    piece = without(context, asked.spans, asked.wordings, 900, random.Random(0))
    assert piece is not None
    assert piece.text == "It rained. The sun came out."
