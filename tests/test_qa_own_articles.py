"""Visitors' articles are kept for a while, within limits, and found by their tokens alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub import StubEmbedder

from index.engine import PassageIndex
from index.errors import InputError
from index.records import Document
from qa.assistant import Assistant
from qa.own_articles import TOKEN_BYTES, OwnArticles
from qa.reader import ExtractiveReader


class Clock:
    """Seconds that go forward when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def assistants(reader: ExtractiveReader) -> list[Assistant]:
    """One for each length of an article, from 1 to 9 characters."""
    documents = [Document.from_text("x" * length) for length in range(1, 10)]
    embedder = StubEmbedder()
    return [
        Assistant(index=PassageIndex.from_documents([one], embedder=embedder), reader=reader)
        for one in documents
    ]


def test_an_article_is_found_until_it_was_unused_for_too_long(assistants):
    clock = Clock()
    own = OwnArticles(kept_s=60, clock=clock)
    token = own.add(assistants[0])
    clock.now_s += 59
    assert own.get(token) is assistants[0]
    clock.now_s += 59  # since its last use
    assert own.get(token) is assistants[0]
    clock.now_s += 60
    assert own.get(token) is None
    assert not own.remove(token)


def test_a_removed_article_is_gone(assistants):
    own = OwnArticles()
    token, other = own.add(assistants[0]), own.add(assistants[0])
    assert own.remove(token)
    assert own.get(token) is None
    assert not own.remove(token)
    assert own.get(other) is assistants[0]


def test_tokens_are_long_and_never_the_same(assistants):
    own = OwnArticles(most_articles=1000)
    tokens = {own.add(assistants[0]) for _ in range(500)}
    assert len(tokens) == 500
    # Six bits a character, and no two characters alike at every place.
    assert {len(token) for token in tokens} == {TOKEN_BYTES * 8 // 6}
    assert all(len(set(place)) > 30 for place in zip(*tokens, strict=True))


def test_what_is_longer_than_everything_kept_is_refused_and_drops_nothing(assistants):
    own = OwnArticles(most_chars=5)
    token = own.add(assistants[2])
    with pytest.raises(InputError, match="at most 5 are kept"):
        own.add(assistants[5])
    assert own.get(token) is assistants[2]


@given(
    actions=st.lists(
        st.tuples(st.sampled_from("add get remove wait".split()), st.integers(0, 8)), max_size=40
    ),
    most_articles=st.integers(1, 5),
    most_chars=st.integers(9, 20),
)
def test_the_store_is_what_a_plain_list_would_be(assistants, actions, most_articles, most_chars):
    clock = Clock()
    own = OwnArticles(most_articles=most_articles, most_chars=most_chars, kept_s=10, clock=clock)
    tokens: list[str] = []
    kept: list[tuple[str, Assistant, float]] = []  # the longest unused first
    for action, number in actions:
        if action == "wait":
            clock.now_s += number
        kept = [one for one in kept if clock.now_s - one[2] < 10]
        token = tokens[number % len(tokens)] if tokens else "none"
        known = [one for one in kept if one[0] == token]
        if action == "add":
            tokens.append(own.add(assistants[number]))
            kept.append((tokens[-1], assistants[number], clock.now_s))
            while len(kept) > most_articles or chars_of(kept) > most_chars:
                kept.pop(0)
        elif action == "get":
            assert own.get(token) is (known[0][1] if known else None)
            kept = [one for one in kept if one[0] != token]
            kept += [(token, assistant, clock.now_s) for _, assistant, _ in known]
        elif action == "remove":
            assert own.remove(token) is bool(known)
            kept = [one for one in kept if one[0] != token]
    for token in tokens:
        held = own.get(token)
        assert held is next((assistant for name, assistant, _ in kept if name == token), None)


def chars_of(kept: list[tuple[str, Assistant, float]]) -> int:
    return sum(len(assistant.documents[0].text) for _, assistant, _ in kept)
