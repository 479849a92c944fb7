"""An evaluation taken apart: its statistics worked out again."""

import math

import pytest
from hypothesis import given
from made_outcomes import make, score_of, some_outcomes
from strategies import few

from qa import breakdown
from qa.evaluate import figures
from qa.metrics import Prediction, calibration_error, score_predictions


@few
@given(some_outcomes)
def test_risk_and_coverage_are_those_of_every_threshold(outcomes):
    curve = breakdown.risk_coverage(outcomes)
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
    assert breakdown.risk_coverage(outcomes).area == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


@few
@given(some_outcomes)
def test_sweep_is_the_official_f1_of_what_is_left(outcomes):
    points = breakdown.sweep(outcomes)
    assert [point.least_score for point in points] == [step / 100 for step in range(101)]
    for point in points[::25]:
        said = [
            one.best_text if one.best and one.best.score >= point.least_score else ""
            for one in outcomes
        ]
        official = score_predictions(
            [
                Prediction(one.question.answers, text, text, 0.0)
                for one, text in zip(outcomes, said, strict=True)
            ]
        )
        assert point.f1 == pytest.approx(official["f1"])
        assert point.answered == sum(map(bool, said)) / len(outcomes)
        left = [not text for one, text in zip(outcomes, said, strict=True) if not one.is_answerable]
        assert point.abstained == (sum(left) / len(left) if left else None)


@few
@given(some_outcomes)
def test_reliability_has_the_bins_of_the_calibration_error(outcomes):
    bins = breakdown.reliability(outcomes)
    assert len(bins) == 10
    assert sum(one.count for one in bins) == len(outcomes)
    error = sum(one.count * abs(one.claimed - one.right) for one in bins) / len(outcomes)
    scores = [one.answer.score for one in outcomes]
    assert error == pytest.approx(calibration_error(scores, [one.is_right for one in outcomes]))
    for number, one in enumerate(bins):
        assert not one.count or number / 10 <= one.claimed + 1e-9 <= (number + 1) / 10 + 2e-9


@few
@given(some_outcomes)
def test_groups_add_up_to_the_whole(outcomes):
    answerable = [one for one in outcomes if one.is_answerable]
    official = figures(outcomes)
    for split in (
        breakdown.by_question_word,
        breakdown.by_answer_type,
        breakdown.by_answer_length,
        breakdown.by_passage_length,
    ):
        groups = split(outcomes)
        assert all(group.count for group in groups)
        assert len({group.name for group in groups}) == len(groups)
        assert sum(group.count for group in groups) == len(answerable)
        if answerable:
            whole = sum(group.count * group.f1 for group in groups) / len(answerable)
            assert whole == pytest.approx(official.get("HasAns_f1", official["f1"]))


def test_groups_keep_the_order_of_their_names():
    asked = [("How many?", "42"), ("Why?", "May"), ("Who is it?", "grey herons"), ("Is it?", "a b")]
    outcomes = [make([gold, "May"], question=question) for question, gold in asked]
    found = [group.name for group in breakdown.by_question_word(outcomes)]
    assert found == ["who", "why", "how many/much", "other"]
    found = [(group.name, group.count, group.f1) for group in breakdown.by_answer_type(outcomes)]
    assert found == [("number", 1, 0), ("date", 1, 0), ("other short", 2, 50)]
    found = [(group.name, group.count) for group in breakdown.by_answer_length(outcomes)]
    assert found == [("1", 2), ("2–3", 2)]
    found = [(group.name, group.count) for group in breakdown.by_passage_length(outcomes)]
    assert found == [("1–50", 4)]


@pytest.mark.parametrize(
    ("words", "name"),
    [(1, "1"), (2, "2–3"), (3, "2–3"), (4, "4–6"), (12, "7–12"), (13, "13 or more")],
)
def test_answer_lengths(words, name):
    (group,) = breakdown.by_answer_length([make(["x " * words, "x"])])
    assert group.name == name


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Who’s there?", "who"),
        ("Of WHOM is it said?", "who"),
        ("whose is it?", "who"),
        ("In what year was it, and where?", "what"),
        ("What's up?", "what"),
        ("How\u00a0\n many are there?", "how many/much"),
        ("how much", "how many/much"),
        ("How did many come?", "how"),
        ("However it was, why?", "why"),
        ("Is it somewhere?", "other"),
        ("为什么？", "other"),
        ("", "other"),
    ],
)
def test_question_words(question, word):
    assert breakdown.question_word(question) == word
    assert word in breakdown.QUESTION_WORDS


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("1,832 metres", "number"),
        ("twenty-one", "number"),
        ("half of it", "number"),
        ("1500 people", "number"),
        ("١٢", "number"),
        ("1832", "date"),
        ("in the 1990s", "date"),
        ("1914–18", "date"),
        ("5 May 1832", "date"),
        ("last Tuesday", "date"),
        ("the 19th century", "date"),
        ("Ada Lovelace", "name"),
        ("the University of Port Ellen", "name"),
        ("“Élan”", "name"),
        ("a steel kettle", "other short"),
        ("the", "other short"),
        ("北京", "other short"),
        ("", "other short"),
        ("because it rained on 5 May, and nobody came", "clause"),
    ],
)
def test_answer_types(answer, kind):
    assert breakdown.answer_type(answer) == kind
    assert kind in breakdown.ANSWER_TYPES


@few
@given(some_outcomes)
def test_the_present_least_score_tells_given_from_withheld(outcomes):
    least = breakdown.present_least_score(outcomes)
    given_scores = [one.best.score for one in outcomes if one.answer.text is not None]
    if least is None:
        withheld = [one.best.score for one in outcomes if one.answer.text is None and one.best]
        assert not given_scores or max(withheld) >= min(given_scores)
    else:
        for one in outcomes:
            assert (one.answer.text is not None) == (
                one.best is not None and score_of(one) >= least
            )


@few
@given(some_outcomes)
def test_errors_are_what_is_wrong_and_the_worst_first(outcomes):
    confident = breakdown.confident_errors(outcomes)
    withheld = breakdown.withheld_answers(outcomes)
    groundless = breakdown.answers_to_unanswerable(outcomes)
    for kind in (confident, withheld, groundless):
        scores = [score_of(one) for one in kind]
        assert len(kind) <= 10
        assert scores == sorted(scores, reverse=True)
        assert not any(one.is_right for one in kind)
    assert all(one.answer.text and one.is_answerable for one in confident)
    assert all(one.answer.text is None and one.is_best_right for one in withheld)
    assert all(one.answer.text and not one.is_answerable for one in groundless)
    wrong = [one for one in outcomes if not one.is_right]
    hopeless = [
        one for one in wrong if one.answer.text is None and not (one.best and one.is_best_right)
    ]
    if len(outcomes) <= 10:
        assert len(confident) + len(withheld) + len(groundless) + len(hopeless) == len(wrong)


def test_no_more_than_ten_errors_of_a_kind():
    worst = breakdown.answers_to_unanswerable([make(score=number / 20) for number in range(20)])
    assert [round(20 * score_of(one)) for one in worst] == list(range(19, 9, -1))
