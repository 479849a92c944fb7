"""The JSON of an answer, and its schema."""

import copy
import json

import pytest
from asked import (
    PARDONED,
)
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from strategies import answers, documents, many

import qa
from index.errors import InputError
from qa.records import Answer

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def validator():
    schema = qa.answer_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_answer_keeps_to_the_schema(validator, news_answers, shelf_answers, sure, timid):
    more = [assistant.ask("who?", top_k=1) for assistant in (sure, timid)]
    answers = [*news_answers, *shelf_answers, *more]
    assert {answer.text is None for answer in answers} == {True, False}
    for answer in answers:
        plain = answer.to_dict()
        validator.validate(plain)
        assert json.loads(json.dumps(plain)) == plain
        for alternative in answer.alternatives:
            validator.validate(alternative.to_dict())
        validator.validate({"id": 7, **plain})
        validator.validate({"id": "q-7", **plain})


@pytest.fixture(scope="module")
def quoting(sure):
    answer = sure.ask(PARDONED, top_k=4)
    assert answer.alternatives
    return answer.to_dict()


@pytest.fixture(scope="module")
def abstaining(timid):
    return timid.ask(PARDONED).to_dict()


def without(key):
    return lambda answer: answer.pop(key)


def put(**values):
    return lambda answer: answer.update(values)


def put_in(key, **values):
    return lambda answer: answer[key].update(values)


def nest(answer):
    answer["alternatives"][0]["alternatives"] = [copy.deepcopy(answer["alternatives"][0])]


@pytest.mark.parametrize(
    "spoil",
    [
        *(without(key) for key in Answer("q", "t", 1.0, 0.0).to_dict()),
        put(text=None),  # though it has a place
        put(text=""),
        put(text=5),
        put(question=""),
        put(start=None),
        put(start=-1),
        put(start=1.5),
        put(document_id=None),
        put(page=0),
        put(page="2"),
        put_in("passage", page=0),
        put(passage=None),
        put(sentence=None),
        put(score=1.5),
        put(score="0.5"),
        put(null_score=-0.1),
        put(other=1),
        put(id=1.5),
        put(id=True),
        put(alternatives=None),
        put(timings={}),
        put_in("timings", read_ms=-1),
        put_in("passage", start=None),
        put_in("sentence", more=1),
        nest,
        lambda answer: answer["alternatives"][0].update(timings=answer["timings"]),
        lambda answer: answer["alternatives"][0].update(text=None),
        lambda answer: answer.update(nearest=[answer["passage"]]),
    ],
)
def test_schema_refuses_what_is_no_answer(validator, quoting, spoil):
    answer = copy.deepcopy(quoting)
    validator.validate(answer)
    spoil(answer)
    with pytest.raises(ValidationError):
        validator.validate(answer)


@pytest.mark.parametrize(
    "spoil",
    [
        put(start=3),
        put(end=3),
        put(document_id="a"),
        put(page=1),
        put(text="Anna"),
        lambda answer: answer.update(passage=answer["nearest"][0]),
    ],
)
def test_schema_refuses_what_is_no_abstention(validator, abstaining, spoil):
    answer = copy.deepcopy(abstaining)
    validator.validate(answer)
    spoil(answer)
    with pytest.raises(ValidationError):
        validator.validate(answer)


# The way back


def test_every_real_answer_comes_back_from_its_json(news_answers, shelf_answers):
    for answer in [*news_answers, *shelf_answers]:
        plain = answer.to_dict()
        back = Answer.from_dict(json.loads(json.dumps(plain)))
        assert back.to_dict() == plain
        assert [one.quote for one in back.quotes] == [one.quote for one in answer.quotes]
        assert (back.quote, back.count, str(back)) == (answer.quote, answer.count, str(answer))


@many
@given(st.data(), documents())
def test_any_answer_comes_back_from_its_json(data, document):
    answer = data.draw(answers(document))
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


@pytest.mark.parametrize(
    "spoil",
    [
        *(without(key) for key in Answer("q", "t", 1.0, 0.0).to_dict() if key != "count"),
        put(text=5),
        put(question=None),
        put(start=True),
        put(start=1.5),
        put(score="0.5"),
        put(passage=[]),
        put(alternatives=None),
        put(alternatives={}),
        put(alternatives=[5]),
        put(alternatives=["Anna"]),
        put(timings={}),
        put_in("passage", start=None),
        lambda answer: answer["alternatives"][0].update(text=5),
    ],
)
def test_what_is_no_answer_does_not_come_back(quoting, spoil):
    answer = copy.deepcopy(quoting)
    assert Answer.from_dict({"id": 7, **answer}).to_dict() == quoting
    spoil(answer)
    with pytest.raises(InputError, match="An answer's JSON has"):
        Answer.from_dict(answer)
