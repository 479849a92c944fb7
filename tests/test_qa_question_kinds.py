"""An evaluation by kinds of questions: the groups add up, and kinds are told by their words."""

import pytest
from hypothesis import given
from made_outcomes import make, some_outcomes
from strategies import few

from qa import question_kinds
from qa.evaluate import figures


@few
@given(some_outcomes)
def test_groups_add_up_to_the_whole(outcomes):
    answerable = [one for one in outcomes if one.is_answerable]
    official = figures(outcomes)
    for split in (
        question_kinds.by_question_word,
        question_kinds.by_answer_type,
        question_kinds.by_answer_length,
        question_kinds.by_passage_length,
    ):
        groups = split(outcomes)
        assert all(group.count for group in groups)
        assert len({group.name for group in groups}) == len(groups)
        assert sum(group.count for group in groups) == len(answerable)
        if answerable:
            whole = sum(group.count * group.f1 for group in groups) / len(answerable)
            assert whole == pytest.approx(official.get("HasAns_f1", official["f1"]))


def test_groups_keep_the_order_of_their_names():
    asked = [("How many?", "42"), ("Why?", "May"), ("Who is it?", "grey herons"), ("Is it?", "a b")]
    outcomes = [make([gold, "May"], question=question) for question, gold in asked]
    found = [group.name for group in question_kinds.by_question_word(outcomes)]
    assert found == ["who", "why", "how many/much", "other"]
    found = [
        (group.name, group.count, group.f1) for group in question_kinds.by_answer_type(outcomes)
    ]
    assert found == [("number", 1, 0), ("date", 1, 0), ("other short", 2, 50)]
    found = [(group.name, group.count) for group in question_kinds.by_answer_length(outcomes)]
    assert found == [("1", 2), ("2–3", 2)]
    found = [(group.name, group.count) for group in question_kinds.by_passage_length(outcomes)]
    assert found == [("1–50", 4)]


@pytest.mark.parametrize(
    ("words", "name"),
    [(1, "1"), (2, "2–3"), (3, "2–3"), (4, "4–6"), (12, "7–12"), (13, "13 or more")],
)
def test_answer_lengths(words, name):
    (group,) = question_kinds.by_answer_length([make(["x " * words, "x"])])
    assert group.name == name


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Who’s there?", "who"),
        ("Of WHOM is it said?", "who"),
        ("whose is it?", "who"),
        ("In what year was it, and where?", "what"),
        ("What's up?", "what"),
        ("How\u00a0\n many are there?", "how many/much"),
        ("how much", "how many/much"),
        ("How did many come?", "how"),
        ("However it was, why?", "why"),
        ("Is it somewhere?", "other"),
        ("WHİCH MONTH?", "which"),
        ("whıch month?", "other"),
        ("为什么？", "other"),
        ("", "other"),
    ],
)
def test_question_words(question, word):
    assert question_kinds.question_word(question) == word
    assert word in question_kinds.QUESTION_WORDS


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("1,832 metres", "number"),
        ("twenty-one", "number"),
        ("half of it", "number"),
        ("1500 people", "number"),
        ("١٢", "number"),
        ("1832", "date"),
        ("in the 1990s", "date"),
        ("1914–18", "date"),
        ("5 May 1832", "date"),
        ("last Tuesday", "date"),
        ("the 19th century", "date"),
        ("Ada Lovelace", "name"),
        ("the University of Port Ellen", "name"),
        ("“Élan”", "name"),
        ("a steel kettle", "other short"),
        ("the", "other short"),
        ("北京", "other short"),
        ("", "other short"),
        ("because it rained on 5 May, and nobody came", "clause"),
    ],
)
def test_answer_types(answer, kind):
    assert question_kinds.answer_type(answer) == kind
    assert kind in question_kinds.ANSWER_TYPES
