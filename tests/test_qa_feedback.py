"""What people say of answers becomes questions that a reader can learn from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import answers, documents, many

from index.errors import InputError
from index.records import Document
from qa.feedback import MAX_NOTE_CHARS, SAID, Feedback, Judged, Lessons, Verdict, verdicts_on
from qa.records import Answer, Excerpt
from qa.squad import SquadSet

TEXT = "Anna came home in May. Boris stayed."
STORY = Document("d", "Story", f"Before it. {TEXT} After it.")
PASSAGE = Excerpt.from_span(STORY, 11, 11 + len(TEXT))
RIGHT, WRONG, NOT_THERE = (
    Feedback(verdict) for verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.NOT_THERE)
)


def quoting(words, question="who came?", **more):
    start = STORY.text.index(words)
    return Answer(
        question, words, 0.9, 0.1, start, start + len(words), "d", "Story", PASSAGE, PASSAGE, **more
    )


def silent(question="why?", nearest=(PASSAGE,)):
    return Answer(question, None, 0.9, 0.9, nearest=nearest)


def rows(*judged):
    """The questions that come of judged answers, and the text that they are asked of."""
    lessons = Lessons.from_judged([Judged(*one) for one in judged])
    return [
        (paragraph["context"], row)
        for article in lessons.squad["data"]
        for paragraph in article["paragraphs"]
        for row in paragraph["qas"]
    ]


def test_right_answers_stand_at_their_places():
    (context, row), (_, other) = rows(
        (quoting("Anna"), RIGHT), (quoting("May", question=" when? "), RIGHT)
    )
    assert context == TEXT
    assert row["question"] == "who came?"
    assert row["answers"] == [{"text": "Anna", "answer_start": 0}]
    assert other["question"] == "when?"
    assert other["answers"] == [{"text": "May", "answer_start": 18}]
    assert row["is_impossible"] is other["is_impossible"] is False
    assert row["id"] != other["id"]


def test_what_should_have_been_silence_is_impossible_and_the_quote_plausible():
    ((_, row),) = rows((quoting("May"), NOT_THERE))
    assert (row["is_impossible"], row["answers"]) == (True, [])
    assert row["plausible_answers"] == [{"text": "May", "answer_start": 18}]


def test_right_silence_is_impossible_in_the_nearest_passage():
    ((context, row),) = rows((silent(), RIGHT))
    assert context == TEXT
    assert (row["is_impossible"], row["answers"], row["plausible_answers"]) == (True, [], [])


@pytest.mark.parametrize(
    ("answer", "feedback"),
    [
        *((quoting("May"), Feedback(one)) for one in (Verdict.WRONG, Verdict.INCOMPLETE)),
        (quoting("May"), Feedback(Verdict.OTHER, "hm")),
        (silent(), Feedback(Verdict.MISSED)),
        (silent(nearest=()), RIGHT),
        (quoting("May", resolved="who came? Anna when?"), RIGHT),
    ],
)
def test_what_teaches_nothing_is_left_out_and_counted(answer, feedback):
    lessons = Lessons.from_judged([Judged(answer, feedback), Judged(quoting("Anna"), RIGHT)])
    assert (lessons.questions, lessons.left_out) == (1, 1)
    assert str(lessons) == "1 questions; 1 judged answers left out"


def test_several_who_agree_make_one_question_and_who_contradict_none():
    ((_, row),) = rows(
        (quoting("Anna"), RIGHT), (quoting("Anna"), RIGHT), (quoting("Boris"), RIGHT)
    )
    assert [one["text"] for one in row["answers"]] == ["Anna", "Boris"]
    lessons = Lessons.from_judged(
        [Judged(quoting("Anna"), RIGHT), Judged(quoting("Anna"), NOT_THERE)]
    )
    assert (lessons.questions, lessons.left_out) == (0, 2)


def test_several_things_are_all_spans():
    items = (quoting("Anna"), quoting("Boris"))
    ((_, row),) = rows((quoting("Anna", items=items), RIGHT))
    assert [one["text"] for one in row["all_spans"]] == ["Anna", "Boris"]


def test_it_reads_back_as_squad(tmp_path):
    lessons = Lessons.from_judged(
        [Judged(quoting("Anna"), RIGHT), Judged(silent(), RIGHT), Judged(quoting("May"), WRONG)]
    )
    file = tmp_path / "feedback.json"
    file.write_text(json.dumps(lessons.squad), "utf-8")
    read = SquadSet.from_file(file)
    assert [one.text for one in read.paragraphs] == [TEXT]
    assert [(one.question, one.answers) for one in read.questions] == [
        ("who came?", ("Anna",)),
        ("why?", ()),
    ]


@many
@given(st.data(), documents())
def test_every_offset_holds_and_nothing_is_lost(data, document):
    judged = [
        Judged(answer, Feedback(data.draw(st.sampled_from(verdicts_on(answer)))))
        for answer in data.draw(st.lists(answers(document), max_size=5))
    ]
    lessons = Lessons.from_judged(judged)
    assert lessons.questions + lessons.left_out <= len(judged)
    assert bool(judged) == bool(lessons.questions + lessons.left_out)
    ids = []
    for article in lessons.squad["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            assert context in document.text
            for row in paragraph["qas"]:
                ids.append(row["id"])
                assert row["is_impossible"] == (not row["answers"])
                spans = ("answers", "plausible_answers", "all_spans")
                for span in (one for name in spans for one in row.get(name, ())):
                    start = span["answer_start"]
                    assert context[start : start + len(span["text"])] == span["text"]
    assert len(ids) == lessons.questions


def test_real_answers_teach_their_quotes(news_answers):
    judged = [Judged(answer, RIGHT) for answer in news_answers]
    told = {row["question"]: row for _, row in rows(*((one.answer, RIGHT) for one in judged))}
    for answer in news_answers:
        row = told[answer.question]
        assert row["is_impossible"] == (answer.text is None)
        if answer.text is not None:
            assert row["answers"][0]["text"] == answer.text


def test_verdicts_that_make_sense():
    assert set(SAID) == set(Verdict)
    quoted, nothing = verdicts_on(quoting("Anna")), verdicts_on(silent())
    assert quoted[0] is nothing[0] is Verdict.RIGHT
    assert Verdict.MISSED not in quoted
    assert Verdict.NOT_THERE not in nothing
    assert RIGHT.good
    assert not WRONG.good
    assert str(Feedback(Verdict.WRONG, "it's Boris")) == "Wrong: it's Boris"
    assert str(RIGHT) == "Right"


def test_feedback_is_refused_that_is_none():
    assert Feedback.from_words("not-there", "x") == Feedback(Verdict.NOT_THERE, "x")
    for verdict in ("", "RIGHT", "great", None, 5):
        with pytest.raises(InputError, match="is not a verdict"):
            Feedback.from_words(verdict)
    with pytest.raises(InputError, match="at most 1,000 fit"):
        Feedback(Verdict.WRONG, "x" * (MAX_NOTE_CHARS + 1))
    with pytest.raises(InputError, match="half a surrogate"):
        Feedback(Verdict.WRONG, "\ud800")
