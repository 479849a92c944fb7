"""From a ranking to probabilities, against sums worked out by hand."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Document, Passage
from qa.confidence import features, is_answer, judge
from qa.rank import rank
from qa.reader import Reading, ReadSpan
from qa.settings import SETTINGS_FILE, Logistic, ReaderSettings

DOCUMENT = Document("d", "D", "abcdefghijklmnopqrstuvwxyz" * 40)
QUESTION = "which letters follow D in Ohio?"
LEFT, RIGHT = Passage(DOCUMENT, 0, 500), Passage(DOCUMENT, 500, 1000)
FITTED = ReaderSettings(
    min_score=0.4,
    right=Logistic(1.0, {"mass": 0.5, "searched": 0.25, "words_lacking": -2.0}),
    absent=Logistic(0.5, {"mass": -0.5}),
)


def reading(*spans, rest=-math.inf):
    return Reading(tuple(ReadSpan(*span) for span in spans), rest)


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def test_features_of_a_candidate():
    ranking = rank(
        [
            (LEFT, reading((10, 60, 2.0), (10, 70, 1.0), (100, 103, -1.0))),
            (RIGHT, reading((5, 8, 0.5))),
        ],
        top_k=20,
    )
    found = features(QUESTION, ranking.candidates[0], searched=True)
    mass = math.log(math.exp(2.0) + math.exp(1.0))
    assert found == pytest.approx({"mass": mass, "searched": 1.0, "words_lacking": 0.75})
    assert features(QUESTION, ranking.candidates[0], searched=False)["searched"] == 0.0


def test_what_a_question_names_may_stand_in_any_passage_that_has_the_quote():
    text = "Ada Fenn opened the Oldmere bridge. It cost three million. The toll is low."
    document = Document("d", "D", text)
    first, second = Passage(document, 0, 58), Passage(document, 36, len(text))
    question, cost = "What did the Oldmere bridge cost?", text.index("three")
    alone = rank([(first, reading((cost, cost + 13, 2.0)))], top_k=3)
    both = rank(
        [
            (first, reading((cost, cost + 13, 2.0))),
            (second, reading((cost - 36, cost - 23, 2.1))),
        ],
        top_k=3,
    )
    other_edges = rank(
        [
            (first, reading((cost, cost + 13, 2.0))),
            (second, reading((cost - 36, cost - 31, 2.1))),
        ],
        top_k=3,
    )
    for ranking in (alone, both, other_edges):
        assert features(question, ranking.candidates[0], searched=True)["words_lacking"] == 0
    assert both.candidates[0].passage == second  # the likeliest
    score = judge(question, alone, FITTED, searched=True).candidates[0].score
    assert judge(question, both, FITTED, searched=True).candidates[0].score >= score


def test_probabilities_are_those_of_the_regression():
    ranking = rank([(LEFT, reading((0, 3, 2.0), (10, 13, 1.0)))], top_k=3)
    judged = judge(QUESTION, ranking, FITTED, searched=True)
    assert judged.candidates[0].score == pytest.approx(sigmoid(1 + 0.5 * 2 + 0.25 - 2 * 0.75))
    assert judged.candidates[1].score == pytest.approx(sigmoid(1 + 0.5 * 1 + 0.25 - 2 * 0.75))
    assert judged.null_score == pytest.approx(sigmoid(0.5 - 0.5 * 2))


def test_a_follow_up_is_judged_by_a_fit_of_its_own():
    ranking = rank([(LEFT, reading((0, 3, 2.0)))], top_k=3)
    alone = judge(QUESTION, ranking, FITTED, searched=True)
    assert judge(QUESTION, ranking, FITTED, searched=True, told=True) == alone
    told = replace(
        FITTED,
        told_right=Logistic(0.5, {"mass": 0.25, "words_lacking": 1.0}),
        told_absent=Logistic(-1.0, {"mass": -0.25}),
    )
    assert judge(QUESTION, ranking, told, searched=True) == alone
    behind = judge(QUESTION, ranking, told, searched=True, told=True)
    assert behind.candidates[0].score == pytest.approx(sigmoid(0.5 + 0.25 * 2 + 0.75))
    assert behind.null_score == pytest.approx(sigmoid(-1 - 0.25 * 2))


def test_order_is_that_of_the_probabilities():
    ohio = Passage(Document("o", "D", "Which letters follow? Those of Ohio."), 0, 36)
    ranking = rank([(LEFT, reading((0, 3, 2.0))), (ohio, reading((0, 3, 1.9)))], top_k=3)
    judged = judge(QUESTION, ranking, FITTED, searched=True)
    assert [candidate.passage for candidate in judged.candidates] == [ohio, LEFT]
    scores = [candidate.score for candidate in judged.candidates]
    assert scores == sorted(scores, reverse=True)


def test_the_null_is_judged_by_the_quote_that_came_out_best():
    ohio = Passage(Document("o", "D", "Which letters follow? Those of Ohio."), 0, 36)
    ranking = rank([(LEFT, reading((0, 3, 2.0))), (ohio, reading((0, 3, 1.9)))], top_k=3)
    judged = judge(QUESTION, ranking, FITTED, searched=True)
    assert judged.candidates[0].passage == ohio
    assert judged.null_score == pytest.approx(sigmoid(0.5 - 0.5 * 1.9))


def test_reader_without_a_fit_goes_by_its_odds_whatever_else_was_read():
    said, more = (LEFT, reading((0, 3, 2.0))), (RIGHT, reading((0, 3, 1.0), (10, 13, 1.0)))
    for readings in ([said], [said, more]):
        judged = judge(QUESTION, rank(readings, top_k=3), ReaderSettings(), searched=True)
        assert judged.candidates[0].score == pytest.approx(sigmoid(2.0))
        assert judged.null_score == pytest.approx(sigmoid(-2.0))
    empty = rank([(LEFT, reading())], top_k=3)
    assert judge(QUESTION, empty, FITTED, searched=True) is empty


def test_least_score():
    ranking = judge(QUESTION, rank([(LEFT, reading((0, 3, 0.0)))], top_k=3), FITTED, searched=True)
    score = ranking.candidates[0].score
    assert score > 0.4
    assert is_answer(ranking, FITTED, min_score=None)
    assert is_answer(ranking, FITTED, min_score=score)
    assert not is_answer(ranking, FITTED, min_score=score + 0.01)
    assert not is_answer(rank([(LEFT, reading())], top_k=3), FITTED, min_score=0.0)


def test_reader_without_a_fit_answers_what_is_likelier_than_nothing():
    likely = rank([(LEFT, reading((0, 3, 0.1)))], top_k=3)
    unlikely = rank([(LEFT, reading((0, 3, -0.1)))], top_k=3)
    assert is_answer(likely, ReaderSettings(), min_score=None)
    assert not is_answer(unlikely, ReaderSettings(), min_score=None)
    assert is_answer(unlikely, ReaderSettings(), min_score=0.1)


LOG_ODDS = st.floats(-20, 20)


@settings(max_examples=100)
@given(st.lists(LOG_ODDS, min_size=1, max_size=5), st.integers(1, 12), LOG_ODDS)
def test_passages_that_say_nothing_change_nothing(values, silent, rest):
    spans = sorted(values, reverse=True)
    said = (LEFT, reading(*((20 * n, 20 * n + 5, value) for n, value in enumerate(spans))))
    others = [
        (Passage(DOCUMENT, start, start + 10), reading(rest=min(rest, 0.0)))
        for start in range(500, 500 + silent)
    ]
    few = judge(QUESTION, rank([said], top_k=20), FITTED, searched=True)
    many = judge(QUESTION, rank([said, *others], top_k=20), FITTED, searched=True)
    assert [one.score for one in few.candidates] == pytest.approx(
        [one.score for one in many.candidates]
    )
    assert few.null_score == pytest.approx(many.null_score)
    assert is_answer(few, FITTED, min_score=None) == is_answer(many, FITTED, min_score=None)


@given(st.floats(-1e4, 1e4), st.dictionaries(st.sampled_from("abc"), st.floats(-1e3, 1e3)))
def test_probability_is_one_even_at_the_ends(bias, values):
    weights = dict.fromkeys("abc", 2.0)
    found = Logistic(bias, weights).probability(values)
    assert 0 <= found <= 1
    log_odds = bias + 2 * math.fsum(values.values())
    if abs(log_odds) < 30:
        assert found == pytest.approx(sigmoid(log_odds))


def test_settings_come_back_from_their_file(tmp_path):
    FITTED.save(tmp_path)
    assert ReaderSettings.from_folder(tmp_path) == FITTED
    assert ReaderSettings.from_folder(tmp_path / "none") == ReaderSettings()
    both = replace(FITTED, told_right=FITTED.right, told_absent=FITTED.absent)
    both.save(tmp_path)
    assert ReaderSettings.from_folder(tmp_path) == both
    values = json.loads((tmp_path / SETTINGS_FILE).read_text("utf-8"))
    assert values["right"]["weights"] == {"mass": 0.5, "searched": 0.25, "words_lacking": -2.0}
