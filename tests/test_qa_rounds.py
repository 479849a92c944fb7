"""Reading on only where no answer is sure."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Document, Hit, Passage
from qa.answering import ReadPassage, make_answer
from qa.reader import Reading, ReadSpan
from qa.rounds import Rounds, Task
from qa.settings import ReaderSettings

WORDS = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo")
NEVER = -20.0  # log-odds of what is no answer


@dataclass
class Planned:
    """Reads what it was told to, by passage, and notes what it was asked."""

    odds: dict[str, float]
    settings: ReaderSettings = field(default_factory=lambda: ReaderSettings(min_score=0.5))
    asked: list[str] = field(default_factory=list)

    def read(self, pairs, **_):
        self.asked += [text for _, text in pairs]
        return [
            Reading((ReadSpan(0, len(text) - 1, self.odds.get(text, NEVER)),), rest=NEVER)
            for _, text in pairs
        ]


def hits_of(words):
    return [
        Hit(Passage(Document(word, word, f"{word}."), 0, len(word) + 1), 1 - n / 100, 0.5)
        for n, word in enumerate(words)
    ]


def rounds(**options):
    usual = {
        "first_passages": 2, "sure_score": 0.9, "top_k": 3, "min_score": None, "batch_size": 32,
    }  # fmt: skip
    return Rounds(**(usual | options))


def test_a_sure_answer_ends_it():
    reader = Planned({"Bo.": 8.0, "Flo.": 9.0})
    (answer,) = rounds().answer(reader, [Task("who?", None, hits_of(WORDS))])
    assert answer.text == "Bo"
    assert reader.asked == ["Ada.", "Bo."]


def test_an_answer_that_is_not_sure_is_looked_for_on():
    reader = Planned({"Bo.": 1.0, "Flo.": 9.0})
    (answer,) = rounds().answer(reader, [Task("who?", None, hits_of(WORDS))])
    assert answer.text == "Flo"
    assert reader.asked == [f"{word}." for word in WORDS]


def test_what_is_not_there_is_looked_for_everywhere():
    reader = Planned({})
    (answer,) = rounds().answer(reader, [Task("who?", None, hits_of(WORDS))])
    assert answer.text is None
    assert reader.asked == [f"{word}." for word in WORDS]


def test_a_question_for_several_things_is_read_to_the_end():
    reader = Planned({"Bo.": 8.0})
    (answer,) = rounds().answer(reader, [Task("which people came?", None, hits_of(WORDS))])
    assert answer.text == "Bo"
    assert len(reader.asked) == len(WORDS)


def test_nothing_found_is_an_absence():
    (answer,) = rounds().answer(Planned({}), [Task("who?", None, [])])
    assert answer.text is None
    assert rounds().answer(Planned({}), []) == []


@given(
    st.dictionaries(st.sampled_from(WORDS), st.floats(-6, 6)),
    st.lists(st.integers(0, len(WORDS)), max_size=4),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.6, 0.9, 1.0]),
)
def test_every_answer_is_that_of_the_first_passages_or_of_all(odds, sizes, first, sure):
    reader = Planned({f"{word}.": value for word, value in odds.items()})
    tasks = [Task(f"who came {n}?", None, hits_of(WORDS[:size])) for n, size in enumerate(sizes)]
    answers = rounds(first_passages=first, sure_score=sure).answer(reader, tasks)

    def outcome(task, count):
        few = task.hits[:count]
        readings = reader.read([(task.question, hit.passage.text) for hit in few])
        found = [
            ReadPassage(hit.passage, reading, hit.similarity)
            for hit, reading in zip(few, readings, strict=True)
        ]
        return make_answer(task.question, found, settings=reader.settings, top_k=3)

    assert len(answers) == len(tasks)
    for task, answer in zip(tasks, answers, strict=True):
        early = outcome(task, first)
        sure_early = early.text is not None and early.score > sure
        assert answer == (early if sure_early else outcome(task, len(task.hits)))


@pytest.mark.parametrize("sure_score", [0.0, 1.0])
def test_from_never_to_always(sure_score):
    reader = Planned({"Ada.": 30.0})
    rounds(sure_score=sure_score).answer(reader, [Task("who?", None, hits_of(WORDS))])
    assert len(reader.asked) == (len(WORDS) if sure_score else 2)
