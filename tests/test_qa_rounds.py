"""Reading on only where no answer is sure."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import few

from index.records import Document, Hit, Passage
from qa.answering import make_answer
from qa.reader import Reading, ReadSpan
from qa.rounds import Rounds, Task
from qa.settings import ReaderSettings

WORDS = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo")
MOST_CHARS = 100  # of a question
NEVER = -20.0  # log-odds of what is no answer


@dataclass
class Planned:
    """Reads what it was told to, by passage, and notes what it was asked."""

    odds: dict[str, float]
    settings: ReaderSettings = field(default_factory=lambda: ReaderSettings(min_score=0.5))
    asked: list[str] = field(default_factory=list)

    def takes(self, question):
        return len(question) < MOST_CHARS

    def read(self, pairs, **_):
        self.asked += [text for _, text in pairs]
        return [
            Reading((ReadSpan(0, len(text) - 1, self.odds.get(text, NEVER)),), rest=NEVER)
            for _, text in pairs
        ]


def hits_of(words, scores=None):
    scores = scores or [1 - n / 100 for n in range(len(words))]
    return [
        Hit(Passage(Document(word, word, f"{word}."), 0, len(word) + 1), score, 0.5)
        for word, score in zip(words, scores, strict=True)
    ]


def rounds(**options):
    usual = {
        "steps": (2,), "rival_share": 1.0, "sure_score": 0.9, "least_share": 0.0,
        "top_k": 3, "min_score": None, "batch_size": 32,
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


@few
@given(
    st.lists(st.floats(-8, 8), min_size=1, max_size=len(WORDS), unique=True),
    st.integers(1, len(WORDS)),
    st.none() | st.floats(0, 1),
    st.integers(1, 5),
)
def test_without_a_fit_no_score_depends_on_how_much_was_read(odds, passages, min_score, top_k):
    """Each span has its own odds against "not here", however many others there are."""
    shelf = dict(zip([f"{word}." for word in WORDS], odds, strict=False))
    reader = Planned(shelf, settings=ReaderSettings())
    task = Task("who?", None, hits_of(WORDS[:passages]))
    (answer,) = rounds(sure_score=1.0, min_score=min_score, top_k=top_k).answer(reader, [task])
    read = {word: shelf.get(f"{word}.", NEVER) for word in WORDS[:passages]}
    best = max(read, key=read.get)
    chance = 1 / (1 + math.exp(-read[best]))
    least = 0.5 if min_score is None else min_score
    if abs(chance - least) > 1e-9:
        assert (answer.text is not None) == (chance > least)
    assert answer.null_score == pytest.approx(1 - chance, abs=1e-5)
    for quote in (answer, *answer.alternatives):
        if quote.text is not None:
            own = 1 / (1 + math.exp(-read[quote.text]))
            assert quote.score == pytest.approx(own, abs=1e-5)


def test_without_a_fit_an_answer_stays_one_where_others_are_read_too():
    for passages in (1, 5):
        reader = Planned({f"{word}.": 1.5 for word in WORDS}, settings=ReaderSettings())
        tasks = [Task("who?", None, hits_of(WORDS[:passages]))]
        (answer,) = rounds(min_score=0.7).answer(reader, tasks)
        assert answer.text == "Ada"
        assert answer.score == pytest.approx(0.8176, abs=1e-4)


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


def test_what_is_about_as_near_is_read_though_the_first_is_sure():
    reader = Planned({"Ada.": 9.0, "Bo.": 8.0})
    hits = hits_of(WORDS[:4], [2.0, 1.8, 1.8, 1.0])
    (answer,) = rounds(steps=(1, 2), rival_share=0.9, sure_score=0.6).answer(
        reader, [Task("who?", None, hits)]
    )
    assert reader.asked == ["Ada.", "Bo."], "no more than the last step"
    assert [answer.text, answer.alternatives[0].text] == ["Ada", "Bo"]
    reader.asked.clear()
    rounds(steps=(1, 2), rival_share=0.91).answer(reader, [Task("who?", None, hits)])
    assert reader.asked == ["Ada."]


def test_with_no_least_share_all_are_read():
    reader = Planned({})
    rounds(least_share=0.0, steps=()).answer(
        reader, [Task("who?", None, hits_of(WORDS[:3], [0.4, 0.0, -0.05]))]
    )
    assert reader.asked == [f"{word}." for word in WORDS[:3]]


def test_what_is_far_from_the_question_is_not_read():
    hits = hits_of(WORDS[:4], [2.0, 1.8, 1.4, 1.39])
    reader = Planned({"Di.": 9.0})
    (answer,) = rounds(least_share=0.7).answer(reader, [Task("who?", None, hits)])
    assert reader.asked == ["Ada.", "Bo.", "Cy."]
    assert answer.text is None
    assert [one.text for one in answer.nearest] == reader.asked, "read or not, these are nearest"
    reader.asked.clear()
    rounds(least_share=0.7).answer(reader, [Task("which people came?", None, hits)])
    assert len(reader.asked) == 4


@pytest.mark.parametrize(
    ("told", "scores"),
    [(None, [-0.1, -0.2, -0.3, -0.4]), (None, [0.0] * 4), ("Ada left. who?", [2, 1, 0.5, 0.4])],
)
def test_where_nothing_is_near_and_in_follow_ups_everything_is_read(told, scores):
    reader = Planned({})
    rounds(least_share=1.0).answer(reader, [Task("who?", told, hits_of(WORDS[:4], scores))])
    assert reader.asked == [f"{word}." for word in WORDS[:4]]


def test_an_absence_names_what_is_nearest_though_it_was_not_read():
    hits = hits_of(WORDS[:4], [2.0, 1.0, 0.5, 0.4])
    reader = Planned({})
    (answer,) = rounds(least_share=0.9).answer(reader, [Task("who?", None, hits)])
    assert reader.asked == ["Ada."]
    assert [one.text for one in answer.nearest] == ["Ada.", "Bo.", "Cy."]


def test_nothing_found_is_an_absence():
    (answer,) = rounds().answer(Planned({}), [Task("who?", None, [])])
    assert answer.text is None
    assert rounds().answer(Planned({}), []) == []


@given(
    st.dictionaries(st.sampled_from(WORDS), st.floats(-6, 6)),
    st.lists(st.integers(0, len(WORDS)), max_size=4),
    st.sets(st.integers(1, 5), max_size=3).map(sorted),
    st.sampled_from([0.0, 0.6, 0.9, 1.0]),
    st.lists(st.floats(-0.5, 2), min_size=len(WORDS), max_size=len(WORDS)),
    st.sampled_from([0.0, 0.3, 0.7, 1.0]),
    st.sampled_from([0.5, 0.9, 1.0]),
)
def test_every_answer_is_that_of_a_step_or_of_all(odds, sizes, steps, sure, scores, share, rival):
    reader = Planned({f"{word}.": value for word, value in odds.items()})
    scores = sorted(scores, reverse=True)
    tasks = [
        Task(f"who came {n}?", None, hits_of(WORDS[:size], scores[:size]))
        for n, size in enumerate(sizes)
    ]
    options = {"steps": steps, "sure_score": sure, "least_share": share, "rival_share": rival}
    answers = rounds(**options).answer(reader, tasks)

    def outcome(task, count):
        few = task.hits[:count]
        readings = reader.read([(task.question, hit.passage.text) for hit in few])
        return make_answer(
            task.question,
            [(hit.passage, reading) for hit, reading in zip(few, readings, strict=True)],
            settings=reader.settings,
            top_k=3,
            searched=True,
            nearest=[hit.passage for hit in task.hits],
        )

    assert len(answers) == len(tasks)
    for task, answer in zip(tasks, answers, strict=True):
        all_are = share == 0 or scores[0] <= 0
        near = sum(all_are or hit.score >= share * scores[0] for hit in task.hits)
        rivals = sum(hit.score >= rival * scores[0] for hit in task.hits[:near])
        first = min(rivals, max(steps, default=0))
        ways = [outcome(task, min(max(count, first), near)) for count in (*steps, near)]
        assert answer == next(
            (early for early in ways if early.text is not None and early.score > sure), ways[-1]
        )


@pytest.mark.parametrize("sure_score", [0.0, 1.0])
def test_from_never_to_always(sure_score):
    reader = Planned({"Ada.": 30.0})
    rounds(sure_score=sure_score).answer(reader, [Task("who?", None, hits_of(WORDS))])
    assert len(reader.asked) == (len(WORDS) if sure_score else 2)
