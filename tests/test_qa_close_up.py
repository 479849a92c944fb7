"""The sentences around a best span, read once more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.close_up import LEAST_LOG_ODDS, read_closer
from qa.hearing import ToRead, read_all
from qa.reader import ExtractiveReader, Reading, ReadSpan
from qa.settings import ReaderSettings

SENTENCES = (
    "It rained. ",
    "Ann met Bob in Minsk! ",
    "They spoke. ",
    "Then she left. ",
    "It was May.",
)
TEXT = "".join(SENTENCES)


class Letters:
    """Reads one word wherever it stands, surer where less stands around it."""

    def __init__(self, word: str, *, reads_closer: bool = True, most: float = 99.0) -> None:
        self.settings = ReaderSettings(reads_closer=reads_closer)
        self.texts: list[str] = []
        self._word = word
        self._most = most

    def takes(self, question: str) -> bool:
        return bool(question)

    def read(
        self,
        pairs: list[tuple[str, str]],
        *,
        batch_size: int = 32,  # noqa: ARG002 - what a reader takes
        max_answer_tokens: int = 30,  # noqa: ARG002
    ) -> list[Reading]:
        self.texts += [text for _, text in pairs]
        return [self._reading(text) for _, text in pairs]

    def _reading(self, text: str) -> Reading:
        start = text.find(self._word)
        odds = self._most - len(text)
        return Reading((ReadSpan(start, start + len(self._word), odds),), rest=-9.0)


def close_up(word: str, text: str = TEXT, *, most: float = 99.0) -> tuple[list[str], Reading]:
    """What was read a second time, and what came of both."""
    reader = Letters(word, most=most)
    pairs = [("who?", text)]
    (reading,) = reader.read(pairs)
    (read,) = read_closer(reader, pairs, [reading], [reading.spans[0]], batch_size=1)
    return reader.texts[1:], read


@pytest.mark.parametrize(
    ("word", "sentences"),
    [("rained", (0, 2)), ("Bob", (0, 3)), ("spoke", (1, 4)), ("she", (2, 5)), ("May", (3, 5))],
)
def test_the_sentence_is_read_with_its_neighbours(word: str, sentences: tuple[int, int]) -> None:
    (again,), read = close_up(word)
    assert again.strip() == "".join(SENTENCES[slice(*sentences)]).strip()
    (span,) = read.spans
    assert TEXT[span.start : span.end] == word
    both = [99.0 - len(TEXT), 99.0 - len(again)]
    assert span.log_odds == pytest.approx(math.log(sum(map(math.exp, both)) / 2))


def test_what_no_answer_is_is_not_read_again() -> None:
    again, read = close_up("Bob", most=len(TEXT) + LEAST_LOG_ODDS - 0.1)
    assert again == []
    assert read.spans[0].log_odds == pytest.approx(LEAST_LOG_ODDS - 0.1)
    assert len(close_up("Bob", most=len(TEXT) + LEAST_LOG_ODDS)[0]) == 1


def test_a_passage_without_spans_is_not_read_again() -> None:
    reader, empty = Letters("Bob"), Reading((), rest=-math.inf)
    assert read_closer(reader, [("who?", TEXT)], [empty], [None], batch_size=1) == [empty]
    assert reader.texts == []


def test_what_stands_outside_keeps_its_odds() -> None:
    reader, pairs = Letters("rained"), [("who?", TEXT)]
    (reading,) = reader.read(pairs)
    places = [(TEXT.index(word), TEXT.index(word) + len(word)) for word in ("left", "Ann")]
    others = [ReadSpan(*place, -1.0) for place in places]
    reading = Reading((*reading.spans, *others), reading.rest)
    (read,) = read_closer(reader, pairs, [reading], [reading.spans[0]], batch_size=1)
    odds = {TEXT[one.start : one.end]: one.log_odds for one in read.spans}
    assert [TEXT[one.start : one.end] for one in read.spans] == ["rained", "left", "Ann"]
    assert odds["left"] == -1.0
    assert odds["Ann"] == pytest.approx(-1.0 - math.log(2))


def test_the_sentences_are_those_of_the_best_span_of_the_asked_kind() -> None:
    class Both(Letters):
        def _reading(self, text: str) -> Reading:
            found = [
                ReadSpan(text.find(word), text.find(word) + len(word), odds)
                for word, odds in (("Ann", 2.0), ("May", 1.0))
                if word in text
            ]
            return Reading(tuple(found), rest=-9.0)

    reader = Both("")
    (read,) = read_all(reader, [ToRead("When was it?", None, TEXT)], batch_size=1)
    assert reader.texts[1:] == ["Then she left. It was May."]
    assert TEXT[read.spans[0].start : read.spans[0].end] == "May"


@pytest.mark.parametrize("text", ["Bob.", "Bob came. He left.", "It rained. Bob came. He left."])
def test_all_of_a_short_passage_is_read_but_once(text: str) -> None:
    again, _ = close_up("Bob", text)
    assert again == []


def test_only_readers_that_read_closer_do() -> None:
    for reads_closer, times in ((False, 1), (True, 2)):
        reader = Letters("Bob", reads_closer=reads_closer)
        read_all(reader, [ToRead("who?", None, TEXT)], batch_size=1)
        assert len(reader.texts) == times


def test_the_shipped_reader_reads_closer(reader: ExtractiveReader) -> None:
    assert reader.settings.reads_closer


@given(st.lists(st.sampled_from([*SENTENCES, "\n\n", "Bob\n", "Él vio. "]), min_size=1, max_size=9))
def test_a_span_stays_in_its_place(sentences: list[str]) -> None:
    text = "".join(sentences)
    for word in ("Bob", "Minsk", "left"):
        if word in text:
            _, read = close_up(word, text, most=len(text) + 1.0)
            assert {text[one.start : one.end] for one in read.spans} == {word}
