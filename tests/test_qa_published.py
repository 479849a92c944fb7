"""Conversations as CoQA, QuAC and DoQA are published, and as the hub has them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from squad_files import KETTLE, MARSH, write

from index.errors import SourceError
from qa.accepted import answers_of
from qa.published import as_squad
from qa.squad import SquadSet

QUESTIONS = ("What were counted?", "How many?", "By whom?", "Why?")
ANSWERS = (
    ("Herons", "herons", "the birds", "herons"),
    ("42", "forty-two", "42", "unknown"),
    ("unknown", "Unknown.", "the researchers", "unknown"),
    ("unknown", "for fun", "to know", "unknown"),  # as many as not: no majority
)
GOLDS = [ANSWERS[0], ("42", "forty-two", "42"), (), ("for fun", "to know")]


def coqa(questions=QUESTIONS, answers=ANSWERS):
    """A story of coqa-dev-v1.0.json."""
    people = [
        [
            {"input_text": text, "span_text": text, "span_start": 0, "turn_id": turn}
            for turn, text in enumerate(said, start=1)
        ]
        for said in zip(*answers, strict=True)
    ]
    return {
        "source": "wikipedia",
        "id": "3dr23u6we5exclen4th8uq9rb42tel",
        "filename": "marsh.txt",
        "story": MARSH,
        "questions": [
            {"input_text": text, "turn_id": turn} for turn, text in enumerate(questions, start=1)
        ],
        "answers": people[0],
        "additional_answers": {str(number): said for number, said in enumerate(people[1:])},
        "name": "marsh.txt",
    }


def golds_of(read):
    return [question.answers for question in read.questions]


def test_coqa_as_it_is_published(tmp_path):
    data = {
        "version": "1.0",
        "data": [coqa(), coqa() | {"story": KETTLE, "additional_answers": {}}],
    }
    read = SquadSet.from_file(write(tmp_path, "coqa-dev-v1.0.json", data))
    assert [paragraph.text for paragraph in read.paragraphs] == [MARSH, KETTLE]
    assert [question.question for question in read.questions] == [*QUESTIONS, *QUESTIONS]
    assert golds_of(read) == [*GOLDS, ("Herons",), ("42",), (), ()]
    assert [len(turns) for turns in read.conversations] == [4, 4]


@given(st.lists(st.sampled_from(["unknown", "Unknown", "42", "yes", "no"]), min_size=1, max_size=5))
def test_the_answers_of_coqa_are_those_of_its_official_script(said):
    (row,) = as_squad(coqa(["How many?"], [said]))["qas"]
    golds, items = answers_of(row)
    known = [text for text in said if text.lower() != "unknown"]
    lacking = len(said) - len(known)
    assert [one.text for one in golds] == ([] if lacking > len(said) / 2 else known)
    assert items is None


@pytest.mark.parametrize("name", ["coqa.json", "coqa.jsonl", "one.json"])
def test_the_rows_of_coqa_on_the_hub(tmp_path, name):
    said = [of_all[0] for of_all in ANSWERS]
    columns = {"input_text": said, "answer_start": [20, 20, -1, -1], "answer_end": [9, 9, -1, -1]}
    line = {"source": "wikipedia", "story": MARSH, "questions": list(QUESTIONS), "answers": columns}
    data = {
        "coqa.json": [line, line | {"story": KETTLE}],
        "coqa.jsonl": "\n".join(map(json.dumps, [line, line | {"story": KETTLE}])).encode(),
        "one.json": line,
    }[name]
    read = SquadSet.from_file(write(tmp_path, name, data))
    many = 1 if name == "one.json" else 2
    assert golds_of(read) == [("Herons",), ("42",), (), ()] * many
    assert [len(turns) for turns in read.conversations] == [4] * many


def test_the_rows_of_quac_on_the_hub(tmp_path):
    texts = [["herons", "42 herons"], ["CANNOTANSWER"], ["42", "CANNOTANSWER", "42"]]
    line = {
        "dialogue_id": "C_1",
        "wikipedia_page_title": "Marsh",
        "background": "A marsh.",
        "context": f"{MARSH} CANNOTANSWER",
        "turn_ids": ["C_1_q#0", "C_1_q#1", "C_1_q#2"],
        "questions": list(QUESTIONS[:3]),
        "yesnos": [2, 2, 2],
        "answers": {"texts": texts, "answer_starts": [[20, 17], [82], [17, 82, 17]]},
        "orig_answers": {"texts": ["herons", "CANNOTANSWER", "42"], "answer_starts": [20, 82, 17]},
    }
    read = SquadSet.from_file(write(tmp_path, "quac.jsonl", json.dumps(line).encode()))
    assert golds_of(read) == [("herons", "42 herons"), (), ("42", "42")]
    assert [(one.title, one.text) for one in read.paragraphs] == [("Marsh", MARSH)]
    assert [len(turns) for turns in read.conversations] == [3]


def test_the_turns_of_doqa_stand_in_its_ids(tmp_path):
    def line(named, question, text=MARSH):
        answers = {"text": ["42"], "answer_start": [20]}
        return {"context": text, "question": question, "answers": answers, "id": named}

    rows = [
        line("C_a_q#0", "one?"),
        line("C_a_q#10", "three?"),
        line("C_a_q#9", "two?"),  # an earlier turn begins another
        line("C_b_q#10", "one?"),  # of another conversation, though later
        line("C_b_q#11", "two?"),
        line("C_b_q#12", "one?", KETTLE),
        line("C_b_q#x", "one?", KETTLE),
        line(7, "one?", KETTLE),
    ]
    read = SquadSet.from_file(write(tmp_path, "doqa.json", rows))
    asked = [[turn.question for turn in turns] for turns in read.conversations]
    assert asked == [["one?", "three?"], ["two?"], ["one?", "two?"], ["one?"], ["one?"], ["one?"]]
    paragraph = {"context": MARSH, "qas": rows[:3]}
    read = SquadSet.from_file(write(tmp_path, "whole.json", [paragraph]))
    assert [question.question for question in read.questions] == ["one?", "two?", "three?"]
    for row in rows[:2]:
        row["turn"] = 5 - rows.index(row)  # what the file says of the turn goes before its id
    read = SquadSet.from_file(write(tmp_path, "said.json", rows[:2]))
    assert len(read.conversations) == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"answers": [{"input_text": "42"}]}, "3dr23u6.* has 4 questions and 1 answers"),
        ({"additional_answers": {"0": []}}, "3dr23u6.* has 4 questions and 0 answers"),
        ({"id": None, "answers": []}, "Researchers counted.*has 4 questions and 0 answers"),
        ({"answers": [5, 6, 7, 8], "additional_answers": None}, "3dr23u6.*#0': TypeError: 5 is no"),
        ({"questions": [{"turn_id": 1}]}, "3dr23u6.*input_text"),
        ({"answers": {"text": []}}, "3dr23u6.*texts"),
        ({"story": 5}, "AttributeError"),
    ],
)
def test_a_conversation_that_cannot_be_read_is_named(tmp_path, fields, told):
    with pytest.raises(SourceError, match=told):
        SquadSet.from_file(write(tmp_path, "broken.json", [coqa() | fields]))
