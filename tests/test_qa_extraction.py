"""``qa.extract``: the call, and the answers, of transformers' old pipeline."""

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
from tokenizers import Tokenizer

from index.errors import InputError, ModelError
from qa import extract
from qa.reader import SHIPPED_READER, Reading, ReadSpan

STORY = (
    "Belarusian President Alexander Lukashenko has pardoned 123 prisoners as part of a deal with"
    " his US counterpart, Donald Trump, Minsk has announced. The move was announced on Saturday"
    " after two days of negotiations. Viktor Babariko, a veteran opposition figure, was among"
    " the released."
)

pytestmark = pytest.mark.usefixtures("one_thread")
KETTLE = "The kettle holds 1.7 litres of water. Its guarantee lasts for two years."
PARDONED = "how many prisoners were pardoned?"
LITRES = "how many litres of water does the kettle hold?"
WHAT = "What holds water?"  # any quote may answer it


@pytest.fixture(scope="module")
def tokenizer():
    tokenizer = Tokenizer.from_file(str(SHIPPED_READER / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def assert_extracted(found, context):
    assert isinstance(found, dict)
    assert list(found) == ["score", "start", "end", "answer"]
    assert type(found["score"]) is float
    assert 0 <= found["score"] <= 1
    assert type(found["start"]) is type(found["end"]) is int
    assert context[found["start"] : found["end"]] == found["answer"]


def same(one, other):
    return (one["start"], one["end"], one["answer"]) == (
        other["start"],
        other["end"],
        other["answer"],
    ) and one["score"] == pytest.approx(other["score"], abs=1e-4)


def test_one_question_gives_one_dictionary():
    found = extract(question=PARDONED, context=STORY)
    assert_extracted(found, STORY)
    assert found["answer"] == "123"
    assert (found["start"], found["end"]) == (STORY.index("123"), STORY.index("123") + 3)
    assert found["score"] > 0.5


def test_a_question_in_capitals_is_read_as_its_context_writes_it():
    as_asked = extract(question="Who was among the released?", context=STORY)
    assert same(extract(question="who was among the released?".upper(), context=STORY), as_asked)


def test_several_answers_are_a_list_of_spans_apart():
    windows = {"max_seq_len": 48, "doc_stride": 16}  # each has its own best spans
    found = extract(question=PARDONED, context=STORY, top_k=4, **windows)
    assert isinstance(found, list)
    assert 1 < len(found) <= 4
    for answer in found:
        assert_extracted(answer, STORY)
    assert same(found[0], extract(question=PARDONED, context=STORY, **windows))
    places = sorted((answer["start"], answer["end"]) for answer in found)
    assert all(left[1] <= right[0] for left, right in pairwise(places))
    assert sum(answer["score"] for answer in found) <= 1 + 1e-9


def test_more_answers_than_there_are():
    found = extract(question="who?", context="Anna", top_k=5)
    assert found == [{"score": pytest.approx(1.0), "start": 0, "end": 4, "answer": "Anna"}]


@pytest.mark.parametrize(("odds", "rest"), [(-32.0, -60.0), (-900.0, -950.0), (2.0, -40.0)])
def test_scores_without_a_null_make_one_however_unlikely_all_are(monkeypatch, odds, rest):
    spans = ReadSpan(0, 3, odds), ReadSpan(4, 10, odds - 1), ReadSpan(0, 10, odds - 2)
    only = SimpleNamespace(read=lambda pairs, **_: [Reading(spans[:1], rest) for _ in pairs])
    monkeypatch.setattr("qa.extraction._reader", lambda *_: only)
    found = extract(question=WHAT, context=KETTLE)
    assert (found["answer"], found["score"]) == ("The", pytest.approx(1.0))
    only.read = lambda pairs, **_: [Reading(spans, rest) for _ in pairs]
    shares = [1 + math.exp(-2), math.exp(-1)]
    for top_k in (2, 3):
        several = extract(question=WHAT, context=KETTLE, top_k=top_k)
        assert [one["score"] for one in several] == [
            pytest.approx(share / sum(shares)) for share in shares
        ]
    best = extract(question=WHAT, context=KETTLE, handle_impossible_answer=True)
    assert best["answer"] == ("The" if odds > 0 else "")


def test_several_questions_share_one_context():
    found = extract(question=[PARDONED, "who pardoned prisoners?"], context=STORY)
    assert isinstance(found, list)
    assert len(found) == 2
    for answer in found:
        assert_extracted(answer, STORY)
    assert found[0]["answer"] == "123"
    assert found[1]["answer"] != "123"


def test_one_question_is_asked_of_several_contexts():
    contexts = [STORY, KETTLE, "He pardoned 45 prisoners."]
    found = extract(question=PARDONED, context=contexts)
    assert len(found) == 3
    for answer, context in zip(found, contexts, strict=True):
        assert_extracted(answer, context)
    assert (found[0]["answer"], found[2]["answer"]) == ("123", "45")


def test_lists_of_one_stay_lists():
    for arguments in (
        {"question": [PARDONED], "context": STORY},
        {"question": PARDONED, "context": [STORY]},
        {"question": [PARDONED], "context": [STORY]},
    ):
        found = extract(**arguments)
        assert isinstance(found, list)
        assert [answer["answer"] for answer in found] == ["123"]


def test_several_answers_for_several_questions_are_lists_in_a_list():
    found = extract(question=(PARDONED, LITRES), context=(STORY, KETTLE), top_k=2)
    assert [type(answers) for answers in found] == [list, list]
    for answers, context in zip(found, (STORY, KETTLE), strict=True):
        assert 1 <= len(answers) <= 2
        for answer in answers:
            assert_extracted(answer, context)


def test_an_example_is_a_question_with_its_context():
    found = extract({"question": PARDONED, "context": STORY})
    assert same(found, extract(question=PARDONED, context=STORY))
    several = extract({"question": LITRES, "context": KETTLE}, top_k=2)
    assert several == extract(question=LITRES, context=KETTLE, top_k=2)
    assert len(several) == 2


@pytest.mark.parametrize("kind", [list, tuple, iter])
def test_several_examples(kind):
    rows = [
        {"question": PARDONED, "context": STORY},
        {"id": 7, "question": LITRES, "context": KETTLE, "answers": []},
    ]
    found = extract(kind(rows))
    assert [answer["answer"] for answer in found[:1]] == ["123"]
    expected = extract(question=[PARDONED, LITRES], context=[STORY, KETTLE])
    for one, other in zip(found, expected, strict=True):
        assert same(one, other)
    assert [type(one) for one in extract(kind(rows), top_k=2)] == [list, list]


def test_a_list_of_one_example_stays_a_list():
    (found,) = extract([{"question": PARDONED, "context": STORY}])
    assert found["answer"] == "123"
    assert extract([]) == []


def test_any_iterable_of_texts():
    expected = extract(question=[PARDONED, LITRES], context=[STORY, KETTLE])
    found = extract(question=iter([PARDONED, LITRES]), context=(text for text in (STORY, KETTLE)))
    for one, other in zip(found, expected, strict=True):
        assert same(one, other)
    for one in extract(question=(PARDONED for _ in range(2)), context=STORY):
        assert same(one, expected[0])


def test_words_are_kept_whole_as_the_pipeline_was_asked_to():
    found = extract(question=PARDONED, context=STORY, align_to_words=True)
    assert same(found, extract(question=PARDONED, context=STORY))
    with pytest.raises(InputError, match=r"align_to_words is False\..*whole words"):
        extract(question=PARDONED, context=STORY, align_to_words=False)


def test_no_questions_give_no_answers():
    assert extract(question=[], context=[]) == []


@pytest.mark.parametrize("batch_size", [1, 4, 32])
def test_batch_gives_the_same_as_one_by_one(batch_size):
    pairs = [
        (PARDONED, STORY),
        (LITRES, KETTLE),
        ("who was released?", STORY * 3),
        ("how long does the guarantee last?", KETTLE),
        ("who?", "Anna"),
    ]
    batch = extract(
        question=[question for question, _ in pairs],
        context=[context for _, context in pairs],
        batch_size=batch_size,
    )
    alone = [extract(question=question, context=context) for question, context in pairs]
    for one, other in zip(batch, alone, strict=True):
        assert same(one, other)


# Whether there is an answer at all

UNANSWERABLE = "what is the recipe for onion soup?"


def test_no_answer_may_be_the_answer():
    text = "The train to Oslo leaves at noon."
    found = extract(question=UNANSWERABLE, context=text, handle_impossible_answer=True)
    assert found["answer"] == ""
    assert (found["start"], found["end"]) == (0, 0)
    assert found["score"] > 0.5
    forced = extract(question=UNANSWERABLE, context=text)
    assert_extracted(forced, text)
    assert forced["answer"] != "", "unless it must answer"


def test_no_answer_does_not_push_out_a_good_one():
    found = extract(question=PARDONED, context=STORY, handle_impossible_answer=True)
    assert found["answer"] == "123"


def test_no_answer_is_one_of_several():
    found = extract(question=PARDONED, context=STORY, handle_impossible_answer=True, top_k=40)
    assert [answer["answer"] for answer in found].count("") == 1
    scores = [answer["score"] for answer in found]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1 + 1e-9


def test_without_no_answer_the_spans_share_all_there_is():
    spans = extract(question=PARDONED, context=KETTLE, top_k=100)
    with_null = extract(question=PARDONED, context=KETTLE, top_k=101, handle_impossible_answer=True)
    null = next(answer["score"] for answer in with_null if not answer["answer"])
    by_place = {(answer["start"], answer["end"]): answer["score"] for answer in with_null}
    for answer in spans:
        assert answer["score"] == pytest.approx(
            by_place[answer["start"], answer["end"]] / (1 - null), rel=1e-3
        )


def test_context_without_a_word_has_no_answer():
    assert extract(question="who?", context="\u200b") == {
        "score": 1.0,
        "start": 0,
        "end": 0,
        "answer": "",
    }


# Options that count tokens


@pytest.mark.parametrize("max_answer_len", [1, 2, 4])
def test_answers_keep_to_the_longest_allowed(tokenizer, max_answer_len):
    question = "what has the president of Belarus done?"
    found = extract(question=question, context=STORY, max_answer_len=max_answer_len, top_k=10)
    for answer in found:
        tokens = tokenizer.encode(answer["answer"], add_special_tokens=False).tokens
        assert 1 <= len(tokens) <= max_answer_len


def test_answer_near_the_end_of_a_long_context():
    filler = "The weather was mild and the harbour lay quiet. " * 20
    context = filler + STORY + " The harbour lay quiet."
    found = extract(question=PARDONED, context=context, max_seq_len=96, doc_stride=32)
    assert_extracted(found, context)
    assert found["start"] == len(filler) + STORY.index("123")
    assert found["answer"] == "123"


def test_windows_longer_than_the_model_takes_are_cut_to_it():
    context = "The weather was mild and the harbour lay quiet. " * 60 + STORY
    found = extract(question=PARDONED, context=context, max_seq_len=5_000)
    assert_extracted(found, context)
    assert found["answer"] == "123"


@pytest.mark.parametrize(
    ("max_seq_len", "doc_stride"), [(64, 32), (128, 64), (200, 100), (384, 128), (512, 128)]
)
def test_without_a_stride_windows_share_half_of_them_or_128_tokens(max_seq_len, doc_stride):
    context = "The weather was mild and the harbour lay quiet. " * 60 + STORY
    options = {"question": PARDONED, "context": context, "max_seq_len": max_seq_len, "top_k": 3}
    for one, other in zip(
        extract(**options), extract(**options, doc_stride=doc_stride), strict=True
    ):
        assert same(one, other)


def test_the_stride_fits_a_model_of_short_windows(tiny_bert):
    context = "Anna was released in Minsk on Monday. " * 20
    found = extract(question="who?", context=context, model=str(tiny_bert))
    assert_extracted(found, context)


def test_question_is_cut_if_asked_for():
    # What is left of the long question is the short one.
    short = "how many prisoners were pardoned"
    long = f"{short} and how much water is in the kettle of the harbour town"
    cut = extract(question=long, context=STORY, max_question_len=6)  # pardon, ##ed
    assert same(cut, extract(question=short, context=STORY))
    longer = f"{short} {'and how much water is in the kettle ' * 100}"
    assert same(extract(question=longer, context=STORY, max_question_len=6), cut)
    whole = extract(question=long, context=STORY, max_question_len=500)
    assert same(whole, extract(question=long, context=STORY))


# Bad input


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (PARDONED, "An example is a str"),
        (7, "An example is a int"),
        ([PARDONED, STORY], "An example is a str"),
        ([[PARDONED, STORY]], "An example is a list"),
        ({"question": PARDONED}, "An example has no “context”"),
        ([{"question": PARDONED, "context": STORY}, {"context": STORY}], "has no “question”"),
        ({"question": [PARDONED], "context": STORY}, "The question is a list, not text"),
        ({"question": PARDONED, "context": None}, "A context is a NoneType, not text"),
        ({"question": PARDONED, "context": " "}, "A context is empty"),
        ({"question": " ", "context": STORY}, "The question is empty"),
    ],
)
def test_what_is_no_example(examples, message):
    with pytest.raises(InputError, match=message) as raised:
        extract(examples)
    assert raised.value.remedy


@pytest.mark.parametrize("beside", [{"question": PARDONED}, {"context": STORY}])
def test_examples_and_texts_beside_them(beside):
    with pytest.raises(InputError, match="examples, and a question or a context beside"):
        extract({"question": PARDONED, "context": STORY}, **beside)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({}, "There is no question"),
        ({"context": STORY}, "There is no question"),
        ({"question": PARDONED}, "There is no context"),
        ({"question": PARDONED, "context": None}, "There is no context"),
        ({"question": {"question": PARDONED}, "context": STORY}, "The question is a dict"),
        ({"question": PARDONED, "context": {"context": STORY}}, "The context is a dict"),
        ({"question": {PARDONED, LITRES}, "context": STORY}, "The question is a set"),
        ({"question": PARDONED, "context": STORY.encode()}, "The context is a bytes"),
        ({"question": 7, "context": STORY}, "The question is a int"),
        ({"question": [PARDONED, None], "context": STORY}, "The question is a NoneType"),
        ({"question": PARDONED, "context": [STORY, 7]}, "A context is a int"),
    ],
)
def test_what_is_no_text(texts, message):
    with pytest.raises(InputError, match=message) as raised:
        extract(**texts)
    assert raised.value.remedy


@pytest.mark.parametrize("context", ["", "  \n", ["", STORY], [STORY, " "]])
def test_empty_context(context):
    with pytest.raises(InputError, match="context is empty"):
        extract(question=PARDONED, context=context)


@pytest.mark.parametrize("question", ["", "  ", [PARDONED, ""], "x" * 1001])
def test_bad_question(question):
    with pytest.raises(InputError, match="question"):
        extract(question=question, context=STORY)


@pytest.mark.parametrize(
    ("question", "context", "message"),
    [
        ([PARDONED] * 2, [STORY] * 3, "2 questions and 3 contexts"),
        ([PARDONED] * 3, [STORY], "3 questions and 1 contexts"),
        ([PARDONED], [STORY] * 2, "1 questions and 2 contexts"),
        (PARDONED, [], "1 questions and 0 contexts"),
        ([], STORY, "0 questions and 1 contexts"),
    ],
)
def test_numbers_that_do_not_match(question, context, message):
    with pytest.raises(InputError, match=message):
        extract(question=question, context=context)


@pytest.mark.parametrize(
    "options",
    [
        {"top_k": 0},
        {"top_k": 2.0},
        {"top_k": True},
        {"batch_size": 0},
        {"batch_size": "8"},
        {"max_answer_len": 0},
        {"max_question_len": 0},
        {"max_seq_len": 0},
        {"max_seq_len": "384"},
        {"doc_stride": -1},
        {"doc_stride": 64.0},
    ],
)
def test_option_out_of_range(options):
    ((name, value),) = options.items()
    with pytest.raises(InputError, match=f"{name} is {value!r}"):
        extract(question=PARDONED, context=STORY, **options)


@pytest.mark.parametrize(
    "options", [{"max_seq_len": 10}, {"doc_stride": 384}, {"doc_stride": 5_000}]
)
def test_windows_without_room(options):
    with pytest.raises(InputError, match=r"no room|the reader takes 1"):
        extract(question=PARDONED, context=STORY, **options)


def test_question_longer_than_a_window():
    with pytest.raises(InputError, match="fewer words"):
        extract(question="why " * 100, context=STORY, max_seq_len=100, doc_stride=20)


def test_context_with_half_a_surrogate_pair():
    with pytest.raises(InputError, match="surrogate"):
        extract(question=PARDONED, context="He pardoned 123 \ud83d prisoners.")


def test_model_that_is_not_there(tmp_path):
    with pytest.raises(ModelError):
        extract(question=PARDONED, context=STORY, model=str(tmp_path))


def test_model_may_be_named():
    named = extract(question=PARDONED, context=STORY, model=str(SHIPPED_READER))
    assert same(named, extract(question=PARDONED, context=STORY))
