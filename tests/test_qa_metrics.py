"""The official SQuAD figures, worked by hand."""

import itertools
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.metrics import (
    Prediction,
    best_against,
    calibration_error,
    exact_match,
    f1,
    normalize,
    recall_at,
    score_answerability,
    score_predictions,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat!", "cat"),
        ("an apple, a pear and the plum", "apple pear and plum"),
        ("A.", ""),
        ("the", ""),
        ("", ""),
        ("   ", ""),
        ("U.S.A.", "usa"),
        ("don't", "dont"),
        ("3.50", "350"),
        ("$1,234.5 %", "12345"),
        ("Theodore another Ann", "theodore another ann"),  # not articles, though they begin so
        ("the-cat", "thecat"),  # punctuation goes first, so no article is left to remove
        ("the_cat", "thecat"),
        ("ÉCOLE", "école"),
        ("“lifting sanctions”", "“lifting sanctions”"),  # only ASCII punctuation is removed
        ("Trump’s", "trump’s"),
        ("1990–95 …", "1990–95 …"),
        ("tabs\tand\nlines", "tabs and lines"),
        ("10 a² m", "10 a² m"),  # to Python a word, no article with a sign behind it
        ("a\u0301 b", "\u0301 b"),  # but an accent of its own ends one
    ],
)
def test_normalize(text, normal):
    assert normalize(text) == normal


@settings(max_examples=100)
@given(st.text(st.sampled_from("Aa nthe.!“’É\n-"), max_size=15))
def test_normal_text_is_lower_case_tidy_and_without_articles(text):
    normal = normalize(text)
    assert normal == normal.lower()
    assert normal == " ".join(normal.split())
    assert not {"a", "an", "the"} & set(normal.split())
    assert not set(".!-") & set(normal)


def plain_normal(text):
    """The official normalisation, character by character: words are what ``isalnum`` says."""
    kept = [one for one in text.lower() if one not in string.punctuation]
    words = ["".join(run) for _, run in itertools.groupby(kept, key=lambda one: one.isalnum())]
    return " ".join("".join(" " if one in ("a", "an", "the") else one for one in words).split())


PARTS = st.sampled_from(["a", "An", "the", " ", ".", "²", "½", "\u0301", "\u200d", "北", "ª", "١"])


@settings(max_examples=300)
@given(st.lists(PARTS | st.characters(codec="utf-8"), max_size=12).map("".join))
def test_normal_text_is_that_of_the_official_script(text):
    assert normalize(text) == plain_normal(text)


@pytest.mark.parametrize(
    ("prediction", "gold", "same"),
    [
        ("the 123 prisoners.", "123 Prisoners", 1.0),
        ("123", "123 prisoners", 0.0),
        ("", "", 1.0),
        ("the", "", 1.0),
        ("“deal”", '"deal"', 0.0),
    ],
)
def test_exact_match(prediction, gold, same):
    assert exact_match(prediction, gold) == same


@pytest.mark.parametrize(
    ("prediction", "gold", "value"),
    [
        ("pardoned 123 prisoners", "123 prisoners", 0.8),  # precision 2/3, recall 1
        ("123", "123 prisoners", 2 / 3),  # precision 1, recall 1/2
        ("a b c d", "b c x y z", 2 * (2 / 3) * (2 / 5) / (2 / 3 + 2 / 5)),  # "a" is an article
        ("dog dog dog", "dog dog", 0.8),  # two in common, not three
        ("dog", "dog dog", 2 / 3),
        ("Minsk", "London", 0.0),
        ("", "", 1.0),
        ("", "Minsk", 0.0),
        ("Minsk", "", 0.0),
        ("the", "an", 1.0),  # nothing is left of either
    ],
)
def test_f1(prediction, gold, value):
    assert f1(prediction, gold) == pytest.approx(value)
    assert f1(gold, prediction) == pytest.approx(value)


def test_best_against_takes_the_best_of_each_figure():
    # The first gives the exact match; for F1 it is the best as well.
    assert best_against("John Cole", ["John Cole", "envoy John Cole"]) == (1.0, 1.0)
    assert best_against("envoy Cole", ["John Cole", "envoy John Cole"]) == (0.0, pytest.approx(0.8))


def test_best_against_without_gold_accepts_only_the_empty_answer():
    assert best_against("", []) == (1.0, 1.0)
    assert best_against("Minsk", []) == (0.0, 0.0)


def test_gold_that_normalises_to_nothing_is_passed_over():
    assert best_against("", ["the", "Minsk"]) == (0.0, 0.0)
    assert best_against("Minsk", ["the", "Minsk"]) == (1.0, 1.0)
    assert best_against("", ["the", "."]) == (1.0, 1.0)  # as if there were none


def test_no_predictions():
    assert score_predictions([]) == {"exact": 0.0, "f1": 0.0, "total": 0}


def test_squad_1_is_scored_by_the_best_span_whatever_was_answered():
    figures = score_predictions(
        [
            Prediction(("Minsk",), answer="", best_span="Minsk", null_score=0.9),
            Prediction(("John Cole",), answer="Cole", best_span="Cole", null_score=0.1),
            Prediction(("2020",), answer="2019", best_span="2019", null_score=0.1),
        ]
    )
    assert figures == {
        "exact": pytest.approx(100 / 3),
        "f1": pytest.approx(100 * (1 + 2 / 3 + 0) / 3),
        "total": 3,
    }


def test_squad_2_is_scored_by_the_answer_given():
    # Answers given: right, half right, wrongly abstained, rightly abstained, wrongly answered.
    predictions = [
        Prediction(("Minsk",), answer="Minsk", best_span="Minsk", null_score=0.05),
        Prediction(("John Cole",), answer="Cole", best_span="Cole", null_score=0.2),
        Prediction(("2020",), answer="", best_span="2020", null_score=0.6),
        Prediction((), answer="", best_span="Trump", null_score=0.7),
        Prediction((), answer="Belavia", best_span="Belavia", null_score=0.3),
    ]
    figures = score_predictions(predictions)
    # Best threshold, from two points for abstaining always; in the order of the null scores:
    #   0.05 right +1 = 3, 0.2 exact +0 = 3 (F1 +2/3), 0.3 unanswerable -1 = 2,
    #   0.6 right +1 = 3, 0.7 unanswerable -1 = 2.
    # Exact: 3 at 0.05 first. F1: 3 + 2/3 at 0.2, then 2 + 2/3, 3 + 2/3, 2 + 2/3.
    assert figures == {
        "exact": pytest.approx(100 * 2 / 5),
        "f1": pytest.approx(100 * (1 + 2 / 3 + 0 + 1 + 0) / 5),
        "total": 5,
        "HasAns_exact": pytest.approx(100 / 3),
        "HasAns_f1": pytest.approx(100 * (1 + 2 / 3) / 3),
        "HasAns_total": 3,
        "NoAns_exact": pytest.approx(50),
        "NoAns_f1": pytest.approx(50),
        "NoAns_total": 2,
        "best_exact": pytest.approx(60),
        "best_exact_thresh": 0.05,
        "best_f1": pytest.approx(100 * (3 + 2 / 3) / 5),
        "best_f1_thresh": 0.2,
    }


def test_best_threshold_is_zero_where_abstaining_always_is_best():
    figures = score_predictions(
        [
            Prediction((), answer="a b", best_span="a b", null_score=0.1),
            Prediction((), answer="c", best_span="c", null_score=0.2),
            Prediction(("x",), answer="y", best_span="y", null_score=0.3),
        ]
    )
    assert figures["best_exact"] == figures["best_f1"] == pytest.approx(100 * 2 / 3)
    assert figures["best_exact_thresh"] == figures["best_f1_thresh"] == 0.0
    assert figures["exact"] == 0.0


def test_best_threshold_passes_through_a_dip():
    # 1 for abstaining; 0.1 unanswerable -1 = 0, 0.2 +1 = 1, 0.3 +1 = 2, 0.4 +1 = 3.
    figures = score_predictions(
        [
            Prediction((), answer="", best_span="q", null_score=0.1),
            *(
                Prediction((gold,), answer="", best_span=gold, null_score=null)
                for gold, null in (("x", 0.4), ("y", 0.2), ("z", 0.3))
            ),
        ]
    )
    assert figures["best_exact"] == 75.0
    assert figures["best_exact_thresh"] == 0.4
    assert figures["exact"] == 25.0


def test_unanswerable_question_without_any_span_costs_nothing_to_answer():
    figures = score_predictions(
        [
            Prediction((), answer="", best_span="", null_score=0.1),
            Prediction(("x",), answer="x", best_span="x", null_score=0.2),
        ]
    )
    assert figures["best_exact"] == 100.0
    assert figures["best_exact_thresh"] == 0.2


def test_set_of_unanswerable_questions_alone_has_no_part_for_the_others():
    figures = score_predictions([Prediction((), answer="", best_span="x", null_score=0.5)])
    assert figures["exact"] == figures["f1"] == figures["NoAns_exact"] == 100.0
    assert "HasAns_exact" not in figures
    assert figures["NoAns_total"] == 1


golds = st.lists(st.sampled_from(["x", "x y", "y z"]), max_size=2).map(tuple)
spans = st.sampled_from(["", "x", "x y", "z", "w"])
predictions = st.builds(
    Prediction, gold=golds, answer=spans, best_span=spans, null_score=st.floats(0, 1)
)


@settings(max_examples=100)
@given(st.lists(predictions, min_size=1, max_size=6, unique_by=lambda given: given.null_score))
def test_best_threshold_is_the_best_of_all_thresholds(given_predictions):
    figures = score_predictions(given_predictions)
    if all(prediction.gold for prediction in given_predictions):
        assert set(figures) == {"exact", "f1", "total"}
        return
    for column, name in enumerate(("exact", "f1")):

        def mean_at(threshold, column=column):
            points = [
                best_against(
                    prediction.best_span if prediction.null_score <= threshold else "",
                    prediction.gold,
                )[column]
                for prediction in given_predictions
            ]
            return 100 * sum(points) / len(points)

        nulls = [prediction.null_score for prediction in given_predictions]
        assert figures[f"best_{name}"] == pytest.approx(max(map(mean_at, [-1.0, *nulls])))


def test_recall_at():
    ranks = [1, 3, None, 6, 20]
    assert recall_at(ranks, (1, 5, 10, 20)) == {
        "recall@1": 0.2,
        "recall@5": 0.4,
        "recall@10": 0.6,
        "recall@20": 0.8,
    }


def test_recall_of_no_questions_is_zero():
    assert recall_at([], (1, 5)) == {"recall@1": 0.0, "recall@5": 0.0}


# Telling unanswerable questions, and claimed probabilities

NULLS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.3, 0.5, 0.9])), max_size=12)


@settings(max_examples=150)
@given(NULLS)
def test_answerability_agrees_with_every_pair(questions):
    present = [null for has, null in questions if has]
    absent = [null for has, null in questions if not has]
    figures = score_answerability([has for has, _ in questions], [null for _, null in questions])
    if not present or not absent:
        assert figures == {}
        return
    wins = [1.0 if no > yes else 0.5 if no == yes else 0.0 for no in absent for yes in present]
    assert figures["auroc"] == pytest.approx(sum(wins) / len(wins))
    # The lowest threshold that answers nine of ten answerable questions.
    least = min(t for t in present if sum(yes <= t for yes in present) >= 0.9 * len(present))
    assert figures["abstained_at_90"] == sum(no > least for no in absent) / len(absent)


def test_calibration_error_worked_by_hand():
    assert calibration_error([], []) == 0.0
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0
    # In the bin from 0.8: claimed 0.85 and 0.81, one of the two right; from 0.2: none right.
    error = calibration_error([0.85, 0.81, 0.25], [True, False, False])
    assert error == pytest.approx((abs(1.66 - 1) + 0.25) / 3)
