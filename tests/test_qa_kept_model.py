"""Whatever two visitors do, and in whatever order, each finds what a plain dictionary holds."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from keepers import answer

from index.records import Document
from qa.feedback import Feedback, Verdict
from qa.kept import Kept
from qa.kept_folder import new_visitor

WHO = st.sampled_from([0, 1])
NUMBERS = st.integers(0, 9)
VERDICTS = st.none() | st.sampled_from(list(Verdict)).map(Feedback)


@dataclass
class Expected:
    """What one visitor should find."""

    names: dict[str, str] = field(default_factory=dict)
    turns: dict[str, dict[int, tuple]] = field(default_factory=dict)
    articles: dict[str, Document] = field(default_factory=dict)


class Keeping(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.kept = Kept(self.folder)
        self.visitors = [new_visitor(), new_visitor()]
        self.expected = [Expected(), Expected()]
        self.known = []  # ids of conversations, of either visitor, deleted or not

    def teardown(self):
        shutil.rmtree(self.folder)

    @rule(who=WHO, number=NUMBERS)
    def start(self, who, number):
        one = self.kept.conversations.start(
            self.visitors[who], name=f"Talk {number}", articles=["d"]
        )
        assert one.id not in self.known
        self.known.append(one.id)
        self.expected[who].names[one.id] = f"Talk {number}"
        self.expected[who].turns[one.id] = {}

    @precondition(lambda self: self.known)
    @rule(who=WHO, data=st.data(), number=NUMBERS, in_place_of=st.none() | st.integers(0, 4))
    def add(self, who, data, number, in_place_of):
        one = data.draw(st.sampled_from(self.known))
        added = self.kept.conversations.add(
            self.visitors[who], one, answer(number), in_place_of=in_place_of
        )
        turns = self.expected[who].turns.get(one)
        assert (added is None) == (turns is None)
        if turns is not None:
            if in_place_of in turns:
                assert added.number == in_place_of
            else:
                assert added.number > max(turns, default=-1)
            turns[added.number] = (answer(number), None)

    @precondition(lambda self: self.known)
    @rule(who=WHO, data=st.data(), turn=st.integers(0, 4))
    def take_back(self, who, data, turn):
        one = data.draw(st.sampled_from(self.known))
        turns = self.expected[who].turns.get(one, {})
        assert self.kept.conversations.take_back(self.visitors[who], one, turn) == (turn in turns)
        turns.pop(turn, None)

    @precondition(lambda self: self.known)
    @rule(who=WHO, data=st.data(), turn=st.integers(0, 4), feedback=VERDICTS)
    def judge(self, who, data, turn, feedback):
        one = data.draw(st.sampled_from(self.known))
        turns = self.expected[who].turns.get(one, {})
        assert self.kept.feedback.judge(self.visitors[who], one, turn, feedback) == (turn in turns)
        if turn in turns:
            turns[turn] = (turns[turn][0], feedback)

    @precondition(lambda self: self.known)
    @rule(who=WHO, data=st.data(), number=NUMBERS)
    def rename(self, who, data, number):
        one = data.draw(st.sampled_from(self.known))
        names = self.expected[who].names
        assert self.kept.conversations.rename(self.visitors[who], one, f"New {number}") == (
            one in names
        )
        if one in names:
            names[one] = f"New {number}"

    @precondition(lambda self: self.known)
    @rule(who=WHO, data=st.data())
    def delete(self, who, data):
        one = data.draw(st.sampled_from(self.known))
        mine = self.expected[who]
        assert self.kept.conversations.delete(self.visitors[who], one) == (one in mine.names)
        mine.names.pop(one, None)
        mine.turns.pop(one, None)

    @rule(who=WHO, number=NUMBERS)
    def bring(self, who, number):
        document = Document(f"d{number % 3}", f"Title {number}", f"It was {number}.")
        self.kept.articles.bring(self.visitors[who], [document])
        self.expected[who].articles[document.id] = document

    @rule(who=WHO, number=NUMBERS)
    def remove(self, who, number):
        name, articles = f"d{number % 3}", self.expected[who].articles
        assert self.kept.articles.remove(self.visitors[who], name) == (name in articles)
        articles.pop(name, None)

    @rule(who=WHO)
    def forget(self, who):
        self.kept.forget(self.visitors[who])
        self.expected[who] = Expected()

    @rule()
    def restart(self):
        self.kept = Kept(self.folder)

    @invariant()
    def each_finds_their_own(self):
        if not hasattr(self, "kept"):
            return
        for visitor, mine in zip(self.visitors, self.expected, strict=True):
            listed = self.kept.conversations.search(visitor, "")
            assert {one.id: one.name for one in listed} == mine.names
            for one in listed:
                found = {
                    turn.number: (turn.answer, turn.feedback)
                    for turn in self.kept.conversations.turns(visitor, one.id)
                }
                assert found == mine.turns[one.id]
            brought = {
                one.id: self.kept.articles.documents(visitor, one.id)
                for one in self.kept.articles.all_of(visitor)
            }
            assert brought == {name: (document,) for name, document in mine.articles.items()}
        judged = [
            said
            for mine in self.expected
            for turns in mine.turns.values()
            for said in turns.values()
            if said[1] is not None
        ]
        assert len(self.kept.feedback.judged()) == len(judged)


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)
