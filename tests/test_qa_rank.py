"""Ranking made-up readings, against sums in fifty decimal digits."""

import itertools
import math
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Document, Passage
from qa.rank import rank
from qa.reader import Reading, ReadSpan

EVERYTHING = 1000
TEXT = "abcdefghijklmnopqrstuvwxyz" * 2
DOCUMENTS = (Document("a", "A", TEXT), Document("b", "B", TEXT))


def exp(log) -> Decimal:
    if log == -math.inf:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 50
        return Decimal(log).exp()


def best_odds(readings):
    """Each place that was read, once, at its best."""
    odds = {}
    for passage, reading in readings:
        for span in reading.spans:
            place = (passage.document.id, passage.start + span.start, passage.start + span.end)
            odds[place] = max(odds.get(place, -math.inf), span.log_odds)
    return odds


def naive_ranking(readings):
    """[(place, probability)], null and rest, by the plainest way there is."""
    with localcontext() as context:
        context.prec = 50
        odds = best_odds(readings)
        rest = sum((exp(reading.rest) for _, reading in readings), Decimal(0))
        total = 1 + rest + sum((exp(log) for log in odds.values()), Decimal(0))
        kept = {}
        for place in sorted(odds, key=lambda place: (-odds[place], place)):
            document, start, end = place
            for better in kept:
                if better[0] == document and max(start, better[1]) < min(end, better[2]):
                    kept[better] += exp(odds[place])
                    break
            else:
                kept[place] = exp(odds[place])
        shares = [(place, float(sum_of_odds / total)) for place, sum_of_odds in kept.items()]
        return shares, float(1 / total), float(rest / total)


MODERATE = st.floats(-30, 30)


@st.composite
def passages_read(draw, log_odds=MODERATE):
    """Passages that overlap or not, of one document or two, with a reading each."""
    readings = []
    documents = DOCUMENTS[: draw(st.integers(1, 2))]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.sampled_from([0, 4, 8, 20]))
        passage = Passage(draw(st.sampled_from(documents)), start, start + 16)
        places = draw(
            st.lists(
                st.tuples(st.integers(0, 15), st.integers(1, 4)).map(
                    lambda place: (place[0], min(sum(place), 16))
                ),
                unique=True,
                max_size=5,
            )
        )
        spans = sorted(
            (ReadSpan(*place, draw(log_odds)) for place in places), key=lambda span: -span.log_odds
        )
        rest = draw(st.just(-math.inf) | log_odds)
        readings.append((passage, Reading(tuple(spans), rest)))
    return readings


def places_of(ranking):
    return [
        (candidate.passage.document.id, candidate.start, candidate.end)
        for candidate in ranking.candidates
    ]


def reading(*spans, rest=-math.inf):
    return Reading(tuple(ReadSpan(*span) for span in spans), rest)


@settings(max_examples=80)
@given(passages_read())
def test_agrees_with_the_plain_sums(readings):
    ranking = rank(readings, top_k=EVERYTHING)
    shares, null, _ = naive_ranking(readings)
    scores = {
        place: candidate.score
        for place, candidate in zip(places_of(ranking), ranking.candidates, strict=True)
    }
    assert scores == pytest.approx(dict(shares), abs=1e-9)
    assert ranking.null_score == pytest.approx(null, abs=1e-9)


@settings(max_examples=80)
@given(passages_read())
def test_candidates_null_and_rest_make_one(readings):
    ranking = rank(readings, top_k=EVERYTHING)
    _, _, rest = naive_ranking(readings)
    scores = [candidate.score for candidate in ranking.candidates]
    assert math.fsum([*scores, ranking.null_score, rest]) == pytest.approx(1, abs=1e-9)
    assert all(0 <= score <= 1 for score in [*scores, ranking.null_score])


@settings(max_examples=80)
@given(passages_read())
def test_candidates_are_sorted_apart_and_where_they_were_read(readings):
    candidates = rank(readings, top_k=EVERYTHING).candidates
    scores = [candidate.score for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    for one, other in itertools.combinations(candidates, 2):
        same = one.passage.document.id == other.passage.document.id
        assert not (same and max(one.start, other.start) < min(one.end, other.end))
    read = best_odds(readings)
    for candidate in candidates:
        passage = candidate.passage
        assert passage.start <= candidate.start < candidate.end <= passage.end
        assert candidate.log_odds == read[passage.document.id, candidate.start, candidate.end]
        in_passage = ReadSpan(
            candidate.start - passage.start, candidate.end - passage.start, candidate.log_odds
        )
        assert any(passage == where and in_passage in found.spans for where, found in readings)


def test_a_mark_is_quoted_with_its_other_one_or_not_at_all():
    document = Document("a", "A", "It lifts “illegal sanctions” of the Union (EU) on potash.")
    passage = Passage(document, 3, len(document.text))
    places = [
        (passage.text.index(cut), cut) for cut in ("“illegal sanctions", "Union (EU", "sanctions”")
    ]
    read = reading(*((start, start + len(cut), -odds) for odds, (start, cut) in enumerate(places)))

    candidates = rank([(passage, read)], top_k=EVERYTHING).candidates

    assert [one.text for one in candidates] == ["illegal sanctions", "Union (EU)"]
    total = 1 + math.fsum(math.exp(-odds) for odds in range(3))
    assert candidates[0].score == pytest.approx((1 + math.exp(-2)) / total)


@settings(max_examples=60)
@given(passages_read(), st.integers(1, 5))
def test_top_k_cuts_the_list_and_nothing_else(readings, top_k):
    everything = rank(readings, top_k=EVERYTHING)
    ranking = rank(readings, top_k=top_k)
    assert ranking.candidates == everything.candidates[:top_k]
    assert ranking.null_score == everything.null_score


@settings(max_examples=60)
@given(passages_read(), st.randoms(use_true_random=False))
def test_order_of_the_passages_does_not_matter(readings, random):
    ranking = rank(readings, top_k=EVERYTHING)
    shuffled = readings.copy()
    random.shuffle(shuffled)
    again = rank(shuffled, top_k=EVERYTHING)
    assert places_of(again) == places_of(ranking)
    assert [candidate.score for candidate in again.candidates] == pytest.approx(
        [candidate.score for candidate in ranking.candidates], abs=1e-12
    )
    assert again.null_score == pytest.approx(ranking.null_score, abs=1e-12)


def test_a_span_read_in_two_overlapping_passages_counts_once():
    left, right = Passage(DOCUMENTS[0], 0, 20), Passage(DOCUMENTS[0], 10, 30)
    once = rank([(left, reading((12, 15, 1.5), rest=-1.0))], top_k=3)
    twice = rank(
        [(left, reading((12, 15, 1.5), rest=-1.0)), (right, reading((2, 5, 1.5)))], top_k=3
    )
    assert twice.null_score == once.null_score
    assert twice.candidates == (replace(once.candidates[0], passages=(left, right)),)
    assert twice.candidates[0].score == pytest.approx(
        math.exp(1.5) / (1 + math.exp(-1) + math.exp(1.5))
    )


def test_a_span_read_in_two_overlapping_passages_counts_at_its_best():
    left, right = Passage(DOCUMENTS[0], 0, 20), Passage(DOCUMENTS[0], 10, 30)
    ranking = rank([(left, reading((12, 15, 1.0))), (right, reading((2, 5, 2.0)))], top_k=3)
    (candidate,) = ranking.candidates
    assert (candidate.start, candidate.end, candidate.log_odds) == (12, 15, 2.0)
    assert candidate.passage == right
    assert candidate.score == pytest.approx(math.exp(2) / (1 + math.exp(2)))


def test_the_same_place_of_two_documents_is_two_places():
    readings = [(Passage(document, 0, 20), reading((3, 6, 1.0))) for document in DOCUMENTS]
    ranking = rank(readings, top_k=3)
    assert places_of(ranking) == [("a", 3, 6), ("b", 3, 6)]
    assert ranking.null_score == pytest.approx(1 / (1 + 2 * math.e))


def test_equal_text_at_different_places_is_kept():
    passage = Passage(DOCUMENTS[0], 0, 52)
    ranking = rank([(passage, reading((0, 3, 2.0), (26, 29, 1.0)))], top_k=3)
    texts = [TEXT[candidate.start : candidate.end] for candidate in ranking.candidates]
    assert texts == ["abc", "abc"]
    assert places_of(ranking) == [("a", 0, 3), ("a", 26, 29)]


def test_spans_that_touch_do_not_overlap():
    ranking = rank([(Passage(DOCUMENTS[0], 0, 20), reading((0, 4, 2.0), (4, 8, 1.0)))], top_k=3)
    assert places_of(ranking) == [("a", 0, 4), ("a", 4, 8)]


def test_what_overlaps_gives_its_probability_to_the_better_span():
    found = reading((2, 6, 1.0), (2, 8, 0.0), (5, 7, -1.0), (10, 12, -2.0))
    ranking = rank([(Passage(DOCUMENTS[0], 0, 20), found)], top_k=3)
    total = 1 + math.exp(1) + math.exp(0) + math.exp(-1) + math.exp(-2)
    assert places_of(ranking) == [("a", 2, 6), ("a", 10, 12)]
    assert ranking.candidates[0].score == pytest.approx(
        (math.exp(1) + math.exp(0) + math.exp(-1)) / total
    )
    assert ranking.candidates[1].score == pytest.approx(math.exp(-2) / total)
    assert ranking.null_score == pytest.approx(1 / total)


def test_equal_odds_keep_the_order_of_the_article():
    passage = Passage(DOCUMENTS[0], 0, 20)
    ranking = rank([(passage, reading((9, 11, 1.0), (3, 5, 1.0), (6, 8, 1.0)))], top_k=3)
    assert [candidate.start for candidate in ranking.candidates] == [3, 6, 9]


@settings(max_examples=60)
@given(passages_read(log_odds=st.floats(-8, 8)))
def test_a_passage_that_says_nothing_changes_nothing_visible(readings):
    other = Document("c", "C", TEXT)
    silent = (
        Passage(other, 0, 20),
        reading((0, 3, -50.0), (5, 9, -50.0), (12, 20, -50.0), rest=-50.0),
    )
    before = rank(readings, top_k=EVERYTHING)
    after = rank([*readings, silent], top_k=EVERYTHING)
    count = len(before.candidates)
    assert places_of(after)[:count] == places_of(before)
    assert [candidate.score for candidate in after.candidates[:count]] == pytest.approx(
        [candidate.score for candidate in before.candidates], abs=1e-12
    )
    assert after.null_score == pytest.approx(before.null_score, abs=1e-12)
    assert sum(candidate.score for candidate in after.candidates[count:]) < 1e-12


@pytest.mark.parametrize(
    "readings", [[], [(Passage(DOCUMENTS[0], 0, 5), reading())]], ids=["no passage", "no span"]
)
def test_without_spans_only_the_null_is_left(readings):
    ranking = rank(readings, top_k=3)
    assert ranking.candidates == ()
    assert ranking.null_score == 1.0


def test_the_rest_alone_lowers_the_null():
    ranking = rank([(Passage(DOCUMENTS[0], 0, 5), reading(rest=0.0))], top_k=3)
    assert ranking.candidates == ()
    assert ranking.null_score == pytest.approx(0.5)


def test_odds_beyond_all_bounds_do_not_overflow():
    passage = Passage(DOCUMENTS[0], 0, 20)
    sure = rank([(passage, reading((0, 3, 1000.0), (5, 8, -1000.0), rest=-1000.0))], top_k=3)
    assert [candidate.score for candidate in sure.candidates] == [1.0, 0.0]
    assert sure.null_score == 0.0
    unsure = rank([(passage, reading((0, 3, -1000.0), (5, 8, -1000.0), rest=-1000.0))], top_k=3)
    assert [candidate.score for candidate in unsure.candidates] == [0.0, 0.0]
    assert unsure.null_score == 1.0
    two = rank([(passage, reading((0, 3, 1000.0), (5, 8, 1000.0), rest=1000.0))], top_k=3)
    assert [candidate.score for candidate in two.candidates] == pytest.approx([1 / 3, 1 / 3])


@settings(max_examples=60)
@given(passages_read(log_odds=st.sampled_from([-1000.0, -700.0, 0.0, 700.0, 1000.0])))
def test_extreme_odds_agree_with_the_plain_sums(readings):
    ranking = rank(readings, top_k=EVERYTHING)
    shares, null, rest = naive_ranking(readings)
    scores = [candidate.score for candidate in ranking.candidates]
    assert sorted(scores) == pytest.approx(sorted(share for _, share in shares), abs=1e-9)
    assert ranking.null_score == pytest.approx(null, abs=1e-9)
    assert math.fsum([*scores, ranking.null_score, rest]) == pytest.approx(1, abs=1e-9)
