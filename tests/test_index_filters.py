"""Filters: what they hold for, and that a filtered search finds what a search of the rest does."""

import sqlite3
import sys
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_indexes import DATABASE, load_index, opened
from strategies import few, many
from stub import StubEmbedder

from index import lexical
from index.choices import Choices
from index.engine import PassageIndex
from index.errors import DamagedIndexError, InputError
from index.filters import Filter
from index.fusion import BM25_WEIGHT
from index.labels import Label, Labels
from index.lexical import LexicalIndex
from index.nearest import NearestVectors
from index.numbers import Choice
from index.records import Document
from index.verify import verify

COLLECTIONS = ("", "news", "notes", "Größe")
LANGUAGES = (None, "en", "en-GB", "EN_us", "de", "end")
DATES = (None, "2023", "2024", "2024-02", "2024-02-29", "2024-03-05T09:00", "spring 2024")
words = st.sampled_from(["cats", "dogs", "run", "bark", "home", "Größe", "東京"])


@st.composite
def shelves(draw):
    texts = draw(st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=12))
    return [
        Document(
            f"d{number}",
            "T",
            ". ".join(text),
            collection=draw(st.sampled_from(COLLECTIONS)),
            language=draw(st.sampled_from(LANGUAGES)),
            date=draw(st.sampled_from(DATES)),
        )
        for number, text in enumerate(texts)
    ]


@st.composite
def filters_for(draw, shelf):
    def some(values):
        return draw(st.none() | st.lists(st.sampled_from(sorted(set(values))), max_size=3))

    since, until = sorted(draw(st.tuples(*2 * [st.sampled_from(["2023", "2024-01", "2024-03"])])))
    return Filter(
        documents=some([one.id for one in shelf]),
        collections=some([one.collection for one in shelf]),
        languages=draw(
            st.none() | st.lists(st.sampled_from(["en", "EN-gb", "de", "fr"]), max_size=2)
        ),
        since=draw(st.sampled_from([None, since])),
        until=draw(st.sampled_from([None, until])),
    )


# Written out, not worked out: the days of the dates above.
DAYS = {
    "2023": (date(2023, 1, 1), date(2023, 12, 31)),
    "2024": (date(2024, 1, 1), date(2024, 12, 31)),
    "2024-01": (date(2024, 1, 1), date(2024, 1, 31)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "2024-02-29": (date(2024, 2, 29), date(2024, 2, 29)),
    "2024-03": (date(2024, 3, 1), date(2024, 3, 31)),
    "2024-03-05T09:00": (date(2024, 3, 5), date(2024, 3, 5)),
}
SPOKEN = {"en": {"en", "en-GB", "EN_us"}, "EN-gb": {"en-GB"}, "de": {"de"}, "fr": set()}


def holds(where, document):
    """Whether a filter holds for a document, asked one by one."""
    days = DAYS.get(document.date)
    return (
        (where.documents is None or document.id in where.documents)
        and (where.collections is None or document.collection in where.collections)
        and (
            where.languages is None
            or any(document.language in SPOKEN[one] for one in where.languages)
        )
        and (where.since is None or bool(days and days[0] >= DAYS[where.since][0]))
        and (where.until is None or bool(days and days[1] <= DAYS[where.until][1]))
    )


def brute_force(index, query, where):
    """Every passage of the articles that are asked for, with its score, best first."""
    (vector,) = index.embedder.embed([query])
    passages = index.passages
    own = index.embedder.embed([passage.text for passage in passages])
    by_words = LexicalIndex(passage.text for passage in passages)
    counts = by_words.scores(query, range(len(passages)))
    scored = [
        (float(own[n] @ vector) + BM25_WEIGHT * counts.get(n, 0.0), passage)
        for n, passage in enumerate(passages)
        if holds(where, passage.document)
    ]
    return sorted(scored, key=lambda one: -one[0])


@few
@given(st.data())
def test_a_filtered_search_finds_what_comparing_all_that_match_does(tmp_path_factory, data):
    shelf = data.draw(shelves())
    where = data.draw(filters_for(shelf))
    folder = tmp_path_factory.mktemp("filters") / "index"
    made = PassageIndex.from_documents(shelf, embedder=StubEmbedder(), budget_tokens=4)
    opened(folder).add(shelf)
    for index in (made, load_index(folder)):
        for query in ("cats run", "Größe", "bark"):
            expected = brute_force(index, query, where)
            for top_k in (1, 4, 1000):
                (hits,) = index.search([query], top_k=top_k, where=where)
                assert [hit.score for hit in hits] == pytest.approx(
                    [score for score, _ in expected[:top_k]], abs=1e-5
                )
                of_score = {(round(score, 4), passage) for score, passage in expected}
                assert {(round(hit.score, 4), hit.passage) for hit in hits} <= of_score
                assert len({hit.passage for hit in hits}) == len(hits)


@pytest.mark.parametrize("share", [0.9, 0.3, 0.01, 0.0])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("kind", ["Flat", "IVF20,Flat", "HNSW16", "SQ8", "IVF20,PQ4x4fs"])
def test_the_nearest_of_a_choice(kind, apart, share, monkeypatch):
    lot = np.random.default_rng(0)
    vectors = lot.normal(size=(3000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    numbers = np.arange(0, 6000, 2)
    index = NearestVectors.from_vectors(numbers[:2900], vectors[:2900], kind=kind)
    there = np.arange(3000)
    if apart:  # some in no FAISS index, some gone from it
        monkeypatch.setattr("index.nearest.SMALL", 0)
        there = there[100:]
        index = index.brought_up(numbers[100:], lambda asked: vectors[asked // 2])
    else:
        there = there[:2900]
    chosen = there[lot.random(len(there)) < share]
    queries = vectors[lot.choice(3000, 20)]
    found = index.search(queries, top_k=10, among=Choice(numbers[chosen]))
    true = np.sort(queries @ vectors[chosen].T, axis=1)[:, ::-1][:, :10]
    shares = []
    for got, best in zip(found, true, strict=True):
        assert set(got) <= set(numbers[chosen].tolist())
        if kind in ("Flat", "HNSW16"):  # the latter compares so few one by one
            assert list(got.values()) == pytest.approx(best.tolist(), abs=1e-5)
        shares.append(len(got) / max(len(best), 1) if len(best) else 1)
    assert np.mean(shares) > 0.95


@many
@given(
    st.lists(st.lists(words, min_size=1, max_size=9), min_size=1, max_size=12),
    st.lists(words, min_size=1, max_size=4),
    st.sets(st.integers(0, 11)),
    st.sampled_from([1, 3, 20_000]),
)
def test_the_words_of_a_choice(texts, query, wanted, bound):
    """However few postings may be read: what is found is of the choice, with its own score."""
    index = LexicalIndex(" ".join(text) for text in texts)
    chosen = np.array(sorted(n for n in wanted if n < len(texts)), dtype=np.int64)
    asked = " ".join(query)
    expected = index.scores(asked, chosen.tolist())
    before = lexical.MOST_POSTINGS
    try:
        lexical.MOST_POSTINGS = bound
        found = index.search(asked, top_k=5, among=Choice(chosen))
    finally:
        lexical.MOST_POSTINGS = before
    assert all(found[number] == pytest.approx(expected[number]) for number in found)
    if len(chosen) <= bound:
        best = sorted(expected.values(), reverse=True)[:5]
        assert list(found.values()) == pytest.approx(best)


def calls_of(act):
    """How many functions are called."""
    count = 0

    def one_more(*_):
        nonlocal count
        count += 1

    sys.setprofile(one_more)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_a_choice_costs_no_python_for_each_passage():
    calls = []
    for count in (100, 20_000):
        labels = Labels(Label(f"c{n % 7}", "en", f"20{n % 24:02}") for n in range(count))
        choices = Choices(
            lambda labels=labels: labels,
            place_of=lambda _: None,
            starts=np.arange(0, 10 * count + 1, 10),
            numbers=np.arange(10 * count),
        )
        where = Filter(collections=["c1"], languages=["en"], since="2010")
        calls.append(calls_of(lambda choices=choices, where=where: choices.choice(where)))
        assert len(choices.choice(where)) > 0
        assert choices.choice(where) is choices.choice(where)  # worked out once
    assert calls[1] <= calls[0] + 50


def test_an_open_filter_is_none_and_an_empty_list_matches_nothing():
    index = PassageIndex.from_documents(
        [Document("a", "A", "Cats run."), Document("b", "B", "Dogs bark.")],
        embedder=StubEmbedder(),
    )
    assert index.search(["cats"], where=Filter()) == index.search(["cats"])
    for nothing in ({"documents": []}, {"collections": []}, {"collections": [], "since": "2024"}):
        assert index.search(["cats", "dogs"], where=Filter(**nothing)) == [[], []]
    assert index.search(["cats"], where=Filter(languages=["fr"])) == [[]]
    assert len(index.search(["cats"], where=Filter(collections=[""]))[0]) == 2


@few
@given(st.data())
def test_a_filter_holds_for_indexes_beside_each_other(data):
    shelf = data.draw(shelves())
    where = data.draw(filters_for(shelf))
    cut = data.draw(st.integers(1, len(shelf)))
    first, *others = (
        PassageIndex.from_documents(part, embedder=StubEmbedder(), budget_tokens=4)
        for part in (shelf[:cut], shelf[cut:])
        if part
    )
    whole = PassageIndex.from_documents(shelf, embedder=StubEmbedder(), budget_tokens=4)
    joined = first.beside(others)
    assert joined.collections() == whole.collections()
    (found,), (expected,) = (
        one.search(["cats run"], top_k=1000, where=where) for one in (joined, whole)
    )
    assert {(hit.passage, round(hit.score, 4)) for hit in found} == {
        (hit.passage, round(hit.score, 4)) for hit in expected
    }


def test_what_is_not_there_is_named():
    index = PassageIndex.from_documents(
        [Document("a", "A", "Cats run.", collection="news")], embedder=StubEmbedder()
    )
    with pytest.raises(InputError, match=r"no collection 'notes'\. Choose .*: news\."):
        index.search(["cats"], where=Filter(collections=["notes"]))
    with pytest.raises(InputError, match="no article b"):
        index.search(["cats"], where=Filter(documents=["a", "b"]))
    assert index.search(["cats"], where=Filter(collections=["", "news"]))[0]
    none = PassageIndex.from_documents([Document("a", "A", "Cats.")], embedder=StubEmbedder())
    with pytest.raises(InputError, match="No article of the index is in one"):
        none.search(["cats"], where=Filter(collections=["news"]))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"documents": "a"}, "documents is not a list"),
        ({"collections": [None]}, "collections is not a list"),
        ({"documents": 5}, "documents is not a list"),
        ({"documents": ["a\ud800"]}, "half a surrogate pair at character 1"),
        ({"languages": ["en", " "]}, "language is blank"),
        ({"since": "yesterday"}, "since is 'yesterday'"),
        ({"until": "2024-02-30"}, "until is '2024-02-30'"),
        ({"since": "2024-01-01T00:00"}, "which is not a date"),
        ({"since": ""}, "which is not a date"),
        ({"since": 2024}, r"since is 2024 \(int\), which is not a date"),
        ({"until": np.datetime64("2024-03-05")}, r"\(datetime64\), which is not a date"),
        (
            {"since": "2024-02", "until": "2024-01-31"},
            r"since \(2024-02\) is after until \(2024-01-31\)",
        ),
    ],
)
def test_what_is_no_filter(given, problem):
    with pytest.raises(InputError, match=problem):
        Filter(**given)


def test_a_day_may_be_given_as_a_date():
    day = date(2024, 3, 5)
    assert Filter(since=day, until=day) == Filter(since="2024-03-05", until="2024-03-05")
    assert Filter(since=datetime(2024, 3, 5, 23, 59, tzinfo=UTC)) == Filter(since="2024-03-05")
    assert Filter(since=date(987, 6, 5)).since == "0987-06-05"
    with pytest.raises(InputError, match=r"since \(2024-03-05\) is after until \(2024-03-04\)"):
        Filter(since=day, until=date(2024, 3, 4))


@pytest.mark.parametrize("where", [{"documents": ["a"]}, "a", ()])
def test_where_takes_filters_alone(where):
    index = PassageIndex.from_documents([Document("a", "A", "Cats.")], embedder=StubEmbedder())
    for act in (lambda: index.search(["cats"], where=where), lambda: index.has_any(where)):
        with pytest.raises(InputError, match=f"where is a {type(where).__name__}, not a Filter"):
            act()


def test_filters_are_values():
    one = Filter(documents=["b", "a", "b"], since="2024")
    assert one == Filter(documents=("a", "b"), since="2024")
    assert len({one, Filter(documents={"a", "b"}, since="2024"), Filter()}) == 2
    assert str(one) == "documents 'a', 'b'; since 2024"
    assert str(Filter()) == "all articles"
    assert str(Filter(collections=[], languages=["en"])) == "collections none; languages 'en'"
    assert Filter(since="2024", until="2024-01").days[1] == date(2024, 1, 31).toordinal()


def test_labels_follow_every_change(tmp_path):
    folder = tmp_path / "index"
    index = opened(folder)
    index.add(
        [Document("a", "A", "Cats run.", collection="news"), Document("b", "B", "Dogs bark.")]
    )
    reader = load_index(folder)
    index.add([Document("a", "A", "Cats run.", collection="notes", date="2024")])
    assert dict(index.collections()) == {"": 1, "notes": 1}
    assert dict(reader.collections()) == {"": 1, "news": 1}
    index.add([Document("c", "C", "Birds sing.", collection="notes")])
    index.remove(["b"])
    for current in (index, load_index(folder)):
        assert dict(current.collections()) == {"notes": 2}
        (hits,) = current.search(["cats"], where=Filter(since="2024", collections=["notes"]))
        assert [hit.passage.document.id for hit in hits] == ["a"]
    assert verify(folder) == []
    index.remove(["a", "c"])
    assert dict(load_index(folder).collections()) == {}
    assert load_index(folder).search(["cats"], where=Filter(languages=["en"])) == [[]]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE labels SET collection = 'notes'",
        "UPDATE labels SET date = 7",
        "UPDATE labels SET collection = x'ff'",
        "UPDATE labels SET number = 1",
        "DELETE FROM labels",
        "DROP TABLE labels",
    ],
)
def test_altered_labels_are_noticed(tmp_path, statement):
    index = opened(tmp_path / "index")
    index.add([Document("a", "A", "Cats.", collection="news"), Document("b", "B", "Dogs.")])
    with sqlite3.connect(tmp_path / "index" / DATABASE) as database:
        database.execute(statement)
    database.close()
    with pytest.raises(DamagedIndexError, match=r"index\.sqlite is damaged"):
        load_index(tmp_path / "index").search(["cats"], where=Filter(collections=["news"]))
    assert load_index(tmp_path / "index").search(["cats"])[0]
