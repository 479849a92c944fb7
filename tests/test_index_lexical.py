"""Passages found by their words, held to the formula."""

import math
import re
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from strategies import articles, many

from index.lexical import QUERY_WORDS, LexicalIndex
from index.postings import Postings, merged
from index.terms import TOKENIZER, UNSPACED, Terms

TERMS = Terms()
LATER_SIGN = regex.compile(r"[^\p{L}\p{N}\p{M}\p{Z}\u0000-\u02ff]")
K1, B = 1.2, 0.75  # SQLite's
words = st.sampled_from(["ab", "cd", "ef", "gh", "xy"])  # too short for the stemmer
texts = st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=8)


def bm25(query, passages):
    """Robertson and Zaragoza 2009, equation 3.15; as SQLite says, no weight falls below 0."""
    mean = sum(map(len, passages)) / len(passages)
    scores = {}
    for row, passage in enumerate(passages):
        if not set(query) & set(passage):
            continue
        scores[row] = 0.0
        for word in set(query):
            having = sum(word in other for other in passages)
            weight = math.log((len(passages) - having + 0.5) / (having + 0.5))
            tf = passage.count(word)
            spread = tf + K1 * (1 - B + B * len(passage) / mean)
            scores[row] += max(weight, 1e-6) * tf * (K1 + 1) / spread
    return scores


@many
@given(texts, st.lists(words, max_size=4))
def test_scores_are_bm25(passages, query):
    index = LexicalIndex([" ".join(passage) for passage in passages])
    found = index.search(" ".join(query), top_k=len(passages))
    assert found == pytest.approx(bm25(query, passages), rel=1e-6, abs=1e-9)
    assert list(found.values()) == sorted(found.values(), reverse=True)


@many
@given(texts, st.lists(words, max_size=4), st.integers(1, 4), st.data())
def test_scores_of_given_rows_are_those_of_the_search(passages, query, top_k, data):
    index = LexicalIndex([" ".join(passage) for passage in passages])
    every = index.search(" ".join(query), top_k=len(passages))
    assert list(index.search(" ".join(query), top_k=top_k)) == list(every)[:top_k]
    rows = data.draw(st.lists(st.integers(0, len(passages) - 1), unique=True))
    wanted = {row: score for row, score in every.items() if row in rows}
    assert index.scores(" ".join(query), rows) == pytest.approx(wanted)


@many
@given(texts, st.lists(words, max_size=4), st.integers(1, 6), st.integers(1, 5))
def test_long_lists_are_not_walked_but_count(passages, query, postings, top_k):
    """What is found among few postings has its whole score, and what a rare word has is found."""
    index = LexicalIndex([" ".join(passage) for passage in passages])
    every = bm25(query, passages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.lexical.MOST_POSTINGS", postings)
        found = index.search(" ".join(query), top_k=top_k)
    assert bool(found) == bool(every)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    for row, score in found.items():
        assert score == pytest.approx(every[row], rel=1e-6, abs=1e-9)
    having = {word: {row for row, one in enumerate(passages) if word in one} for word in query}
    rarest = min((rows for rows in having.values() if rows), key=len, default=set())
    if len(rarest) <= postings and len(having) == 1:
        assert set(found) == set(sorted(rarest, key=lambda row: -every[row])[:top_k]) or any(
            every[one] == pytest.approx(every[other]) for one in rarest for other in rarest - {one}
        )


@many
@given(st.text() | st.text(st.characters(max_codepoint=0x2BFF)) | articles())
def test_texts_are_cut_fast_as_they_are_cut_with_care(text):
    """The fast way to find words is taken only where it gives the same."""
    counted = Counter(TERMS.of_texts([text])[0].tolist())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.terms.NOT_EASY", re.compile(""))
        assert Counter(TERMS.of_texts([text])[0].tolist()) == counted


@many
@given(
    st.lists(
        articles() | st.text(st.characters(categories=["L", "N", "P", "Z"], max_codepoint=0x2BFF)),
        max_size=4,
    )
)
def test_terms_are_those_of_sqlite(shelf):
    """The oracle is a table of SQLite that indexes whole texts."""
    # Signs that are newer than SQLite's tables, emoji among them, are words for it and none for us.
    shelf = [LATER_SIGN.sub(" ", text) for text in shelf]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE VIRTUAL TABLE t USING fts5(body, tokenize='{TOKENIZER}')")
        database.executemany(
            "INSERT INTO t (rowid, body) VALUES (?, ?)",
            enumerate(UNSPACED.sub(r" \g<0> ", text).casefold() for text in shelf),
        )
        database.commit()
        database.execute("CREATE VIRTUAL TABLE v USING fts5vocab('t', 'instance')")
        rows = database.execute("SELECT doc, term FROM v").fetchall()
    keys, places = TERMS.of_texts(shelf)
    assert Counter(places.tolist()) == Counter(place for place, _ in rows)
    assert len(set(keys.tolist())) == len({term for _, term in rows})


@many
@given(texts, st.lists(words, min_size=1, max_size=4), st.data())
def test_parts_and_what_went_make_no_difference(passages, query, data):
    """An index of several parts, some of whose passages are gone, is one of the others alone."""
    kept = data.draw(st.sets(st.integers(0, len(passages) - 1)).map(sorted))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(passages)))) | {0, len(passages)})
    numbers = [10 + 3 * row for row in range(len(passages))]
    parts = [
        Postings.from_texts(
            numbers[start:end], [" ".join(one) for one in passages[start:end]], terms=TERMS
        )
        for start, end in pairwise(cuts)
    ]
    living = np.array([numbers[row] for row in kept], dtype=np.int64)
    expected = LexicalIndex([" ".join(passages[row]) for row in kept])
    whole = merged([part.only(living) for part in parts])
    assert whole == Postings.from_texts(
        living.tolist(), [" ".join(passages[row]) for row in kept], terms=TERMS
    )
    assert Postings.from_bytes(whole.to_bytes()) == whole
    for index in (
        LexicalIndex.of_parts(parts, living=living),
        LexicalIndex.of_parts([whole], living=living),
    ):
        assert index.count == len(kept)
        found = index.search(" ".join(query), top_k=100)
        wanted = {
            numbers[kept[row]]: score
            for row, score in expected.search(" ".join(query), top_k=100).items()
        }
        assert found == pytest.approx(wanted)
        assert index.scores(" ".join(query), living.tolist()) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The prisoners were pardoned.", "Which prisoner?"),
        ("It cost 3.50 euros.", "3.50"),
        ("São Tomé lies on the equator.", "sao tome"),
        ("東京は日本の首都です。", "首都はどこ"),
        ("เมืองหลวงคือกรุงเทพ", "กรุงเทพ"),
        ("The Straße is closed.", "STRASSE straße"),
        ('He said "no" (twice) * AND NOT NEAR(1)', 'said "no" AND NOT NEAR('),
    ],
)
def test_words_are_found_in_other_forms(text, query):
    index = LexicalIndex([text, "nothing of the kind", "something else"])
    assert list(index.search(query, top_k=1)) == [0]


@pytest.mark.parametrize("query", ["", "?!", '"', "*", "\0", "' OR 1=1 --", "words:x", "-x", "^"])
def test_no_query_is_a_command(query):
    index = LexicalIndex(["One passage."])
    assert index.search(query, top_k=1) == {}
    assert index.scores(query, [0]) == {}


@many
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_asked_for_and_indexed(text, query):
    index = LexicalIndex([text])
    assert index.search(query, top_k=1).keys() <= {0}


def test_only_the_first_words_of_a_long_query_count():
    many = [f"w{number}" for number in range(10 * QUERY_WORDS)]
    index = LexicalIndex(["other", many[0], many[QUERY_WORDS], "another", "more"])
    assert list(index.search(" ".join(many), top_k=5)) == [1]


def test_threads_may_share_it():
    index = LexicalIndex([f"passage {number} of a shelf" for number in range(200)])
    expected = index.search("passage 7", top_k=3)
    found = []
    workers = [
        threading.Thread(
            target=lambda: found.extend(index.search("passage 7", top_k=3) for _ in range(50))
        )
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 200
