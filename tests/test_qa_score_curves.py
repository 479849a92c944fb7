"""The curves of an evaluation's scores, worked out again."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from made_outcomes import make, score_of, some_outcomes
from strategies import few

from qa import score_curves
from qa.evaluate import figures
from qa.metrics import Prediction, calibration_error, score_predictions
from qa.records import Answer


@few
@given(some_outcomes)
def test_risk_and_coverage_are_those_of_every_threshold(outcomes):
    curve = score_curves.risk_coverage(outcomes)
    thresholds = {score_of(one) for one in outcomes} - {None}
    expected, risks = [], {}
    for threshold in sorted(thresholds, reverse=True):
        answered = [one for one in outcomes if one.best and one.best.score >= threshold]
        risks[threshold] = sum(not one.is_best_right for one in answered) / len(answered)
        expected.append((len(answered) / len(outcomes), risks[threshold]))
    assert [(point.coverage, point.risk) for point in curve.points] == expected
    area = math.fsum(risks[one.best.score] for one in outcomes if one.best) / len(outcomes)
    assert curve.area == pytest.approx(area)
    enough = [(coverage, risk) for coverage, risk in expected if coverage >= 0.9]
    assert (curve.at_90 is None) == (not enough)
    if curve.at_90:
        assert (curve.at_90.coverage, curve.at_90.risk) == enough[0]
    answers = [one for one in outcomes if one.answer.text is not None]
    assert (curve.present is None) == (not answers)
    if curve.present:
        assert curve.present.coverage == len(answers) / len(outcomes)
        wrong = sum(not one.is_right for one in answers)
        assert curve.present.risk == wrong / len(answers)


def test_area_without_ties_is_the_mean_of_the_risks():
    outcomes = [make(["grey herons"], score=0.9), make(score=0.8), make(["May"], score=0.7)]
    assert score_curves.risk_coverage(outcomes).area == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


@few
@given(some_outcomes)
def test_sweep_is_the_official_f1_of_what_is_left(outcomes):
    points = score_curves.sweep(outcomes)
    assert [point.least_score for point in points] == [step / 100 for step in range(101)]
    for point in points[::25]:
        said = [
            one.best_text if one.best and one.best.score >= point.least_score else ""
            for one in outcomes
        ]
        official = score_predictions(
            [
                Prediction(one.question.answers, text, text, 0.0)
                if one.asked
                else Prediction(one.question.answers, one.unquoted_text, one.unquoted_text, 0.0)
                for one, text in zip(outcomes, said, strict=True)
            ]
        )
        assert point.f1 == pytest.approx(official["f1"])
        assert point.answered == sum(map(bool, said)) / len(outcomes)
        left = [
            one.asked and not text
            for one, text in zip(outcomes, said, strict=True)
            if not one.is_answerable
        ]
        assert point.abstained == (sum(left) / len(left) if left else None)


@few
@given(some_outcomes)
def test_sweep_agrees_with_the_figures_where_no_quote_is_given(outcomes):
    without = [
        replace(one, answer=Answer(one.question.question, None, 0.5, 0.5)) for one in outcomes
    ]
    found = figures(without)
    for point in score_curves.sweep(without)[::50]:
        assert point.answered == 0
        assert point.f1 == pytest.approx(found["f1"])
        abstained = None if point.abstained is None else 100 * point.abstained
        assert abstained == pytest.approx(found.get("NoAns_exact"))


@few
@given(some_outcomes)
def test_reliability_has_the_bins_of_the_calibration_error(outcomes):
    bins = score_curves.reliability(outcomes)
    assert len(bins) == 10
    asked = [one for one in outcomes if one.asked]
    assert sum(one.count for one in bins) == len(asked)
    error = sum(one.count * abs(one.claimed - one.right) for one in bins) / max(len(asked), 1)
    scores = [one.answer.score for one in asked]
    assert error == pytest.approx(calibration_error(scores, [one.is_right for one in asked]))
    assert error == pytest.approx(figures(outcomes)["ece"])
    for number, one in enumerate(bins):
        assert not one.count or number / 10 <= one.claimed + 1e-9 <= (number + 1) / 10 + 2e-9


@few
@given(some_outcomes)
def test_the_present_least_score_tells_given_from_withheld(outcomes):
    least = score_curves.present_least_score(outcomes)
    given_scores = [one.best.score for one in outcomes if one.answer.text is not None]
    if least is None:
        withheld = [one.best.score for one in outcomes if one.answer.text is None and one.best]
        assert not given_scores or max(withheld) >= min(given_scores)
    else:
        for one in outcomes:
            assert (one.answer.text is not None) == (
                one.best is not None and score_of(one) >= least
            )
