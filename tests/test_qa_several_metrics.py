"""The figures of several answers, against the published definition of MultiSpanQA."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.metrics import f1, list_f1, normalize, score_several


def longest_run(gold, predicted):
    """The longest run of characters in common as the official script finds it, by trying all.

    Of a prediction of 200 characters or more, those that make up more than a hundredth of it,
    and one more, are frequent. A run is looked for without them, the first of the longest in the
    gold and then in the prediction, and grows over them at both ends; without any it is the
    beginning that both share.
    """
    many = len(predicted) // 100 + 1
    frequent = {one for one in predicted if predicted.count(one) > many}
    if len(predicted) < 200:
        frequent = set()

    def run_from(a, b, without):
        size = 0
        while a + size < len(gold) and b + size < len(predicted):
            if gold[a + size] != predicted[b + size] or gold[a + size] in without:
                break
            size += 1
        return size

    places = itertools.product(range(len(gold)), range(len(predicted)))
    size, a, b = max(((run_from(a, b, frequent), -a, -b) for a, b in places), default=(0, 0, 0))
    a, b = (-a, -b) if size else (0, 0)
    while a and b and gold[a - 1] == predicted[b - 1]:
        a, b = a - 1, b - 1
    return run_from(a, b, set())


def plain_several(golds, predictions):
    """The figures by their definition, one pair of answers after the other."""
    exact = precision = recall = found = wanted = 0.0
    for gold, predicted in zip(golds, predictions, strict=True):
        gold, predicted = {normalize(one) for one in gold}, {normalize(one) for one in predicted}
        wanted, found = wanted + max(len(gold), 1), found + max(len(predicted), 1)
        if not gold and not predicted:
            exact += 1
        if not gold and predicted <= {""}:
            precision, recall = precision + 1, recall + 1
        for one in predicted:
            exact += one in gold
            precision += max(
                (longest_run(other, one) / max(len(one), 1) for other in gold), default=0
            )
        for one in gold:
            recall += max(
                (longest_run(one, other) / max(len(one), 1) for other in predicted), default=0
            )

    def harmonic(p, r):
        return 200 * p * r / (p + r) if p + r else 0.0

    return {
        "multi_exact_f1": harmonic(exact / found, exact / wanted),
        "multi_overlap_f1": harmonic(precision / found, recall / wanted),
    }


def test_several_answers_worked_by_hand():
    # Of three answers two are given, one of them to the letter, and one more that is none.
    golds = [["red", "dark blue", "green"]]
    given = [["Red", "blue", "zzz"]]
    figures = score_several(golds, given)
    # exact: precision 1/3, recall 1/3; overlap: precision (1 + 1 + 0) / 3, and recall
    # (1 + 4/9 + 2/5) / 3, since "green" and "red" have "re" in common.
    assert figures["multi_exact_f1"] == pytest.approx(100 / 3)
    recall = (1 + 4 / 9 + 2 / 5) / 3
    assert figures["multi_overlap_f1"] == pytest.approx(200 * (2 / 3) * recall / (2 / 3 + recall))
    assert score_several([[]], [[]]) == {"multi_exact_f1": 100.0, "multi_overlap_f1": 100.0}
    assert score_several([["red"]], [[]])["multi_overlap_f1"] == 0.0


def test_a_long_prediction_is_measured_as_the_official_script_measures_it():
    # Of 200 characters "b" and "c" are frequent: only what both begin with is in common.
    assert score_several([["cbcb"]], [["bc" * 100]])["multi_overlap_f1"] == 0.0
    begins = score_several([["bcbc"]], [["bc" * 100]])["multi_overlap_f1"]
    assert begins == pytest.approx(200 * (4 / 200) / (1 + 4 / 200))
    shorter = score_several([["cbcb"]], [["bc" * 99]])["multi_overlap_f1"]
    assert shorter == pytest.approx(200 * (4 / 198) / (1 + 4 / 198))
    # Around the rare "xyz" it grows over what is frequent.
    grown = score_several([["cbxyzbb"]], [["bc" * 100 + "bxyzbc"]])["multi_overlap_f1"]
    precision, recall = 6 / 206, 6 / 7
    assert grown == pytest.approx(200 * precision * recall / (precision + recall))
    # A long gold alone has nothing frequent.
    gold_long = score_several([["bc" * 100]], [["cbcb"]])["multi_overlap_f1"]
    assert gold_long == pytest.approx(200 * (4 / 200) / (1 + 4 / 200))


def test_what_normalises_to_nothing_is_no_overlap_with_nothing():
    assert score_several([[]], [["The"]]) == {"multi_exact_f1": 0.0, "multi_overlap_f1": 100.0}
    assert score_several([["red"]], [["The"]])["multi_overlap_f1"] == 0.0


WORDS = st.sampled_from(["x", "yz", "bc" * 30, "cb" * 40, "bcd " * 20, "Ada Fenn wrote it "])
LONG = st.lists(WORDS, min_size=1, max_size=6).map("".join)
ANSWERS = st.lists(
    st.one_of(st.text("ab c", min_size=1, max_size=6), st.just("The"), LONG), max_size=4
)


@settings(max_examples=150)
@given(st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=4))
def test_several_answers_agree_with_the_definition(pairs):
    golds, predictions = [gold for gold, _ in pairs], [given for _, given in pairs]
    assert score_several(golds, predictions) == pytest.approx(plain_several(golds, predictions))


# One list judged by itself


def plain_list_f1(said, golds, *, alike_f1):
    """The same by trying every way to pair the items of the two."""
    said, golds = ({normalize(one) for one in texts} - {""} for texts in (said, golds))
    if not said or not golds:
        return float(said == golds)
    few, many = sorted((said, golds), key=len)
    pairs = max(
        sum(f1(one, other) >= alike_f1 for one, other in zip(few, order, strict=True))
        for order in itertools.permutations(many, len(few))
    )
    precision, recall = pairs / len(said), pairs / len(golds)
    return 2 * precision * recall / (precision + recall) if pairs else 0.0


ITEMS = st.lists(
    st.sampled_from(["red wine", "white wine", "the wine", "Red  wine", "red", "rum", "the", ""]),
    max_size=5,
)


@settings(max_examples=150)
@given(ITEMS, ITEMS, st.sampled_from([0.4, 0.5, 0.8, 1.0]))
def test_a_list_is_judged_by_the_best_pairs_of_items(said, golds, alike_f1):
    found = list_f1(said, golds, alike_f1=alike_f1)
    assert found == pytest.approx(plain_list_f1(said, golds, alike_f1=alike_f1))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["World War I", "World War II", "World War III"], 1.0),
        (["the World War II", "World War III", "World War I."], 1.0),
        (["World War I"], 0.5),  # though it has two thirds of the words of each
        (["World War I", "World War II"], 0.8),
        (["World War I", "World War II", "World War III", "Crimea", "Boers"], 6 / 8),
        ([], 0.0),
    ],
)
def test_an_item_is_the_partner_of_one_other(said, expected):
    golds = ["World War I", "World War II", "World War III"]
    assert list_f1(said, golds, alike_f1=0.5) == pytest.approx(expected)
    assert list_f1(["1994", "1996"], ["1990", "1995"], alike_f1=0.5) == 0.0
