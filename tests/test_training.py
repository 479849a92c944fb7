"""Examples that a reader is trained on: spans, negatives, alterations, enumerations."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import alterations
import pytest
import regex
from boundaries import mend
from examples import Example, read_examples, write_examples
from hypothesis import assume, given
from hypothesis import strategies as st
from negatives import Searched
from other_words import OtherWords
from passages import around, nearest, says, without
from prepare import Recipe, SetMaker, make_examples, summary
from squad import Asked, Layout, read_questions
from strategies import articles, few, many, spans_in
from stub import StubEmbedder
from training_data import ASKED, BRIDGE, HALL, HALL_ASKED

from qa.conversation import with_history
from qa.enumerations import enumerated
from qa.records import Turn

pytestmark = pytest.mark.usefixtures("one_thread")


def test_spans_are_the_gold_texts_and_unanswerable_passages_lack_them(
    examples: list[Example],
) -> None:
    assert len(examples) > 300
    golds = {**ASKED, **HALL_ASKED}
    for example in examples:
        texts = [example.passage[start:end] for start, end in example.spans]
        question = next(
            (
                asked
                for asked in golds
                if example.question.rstrip("?").lower().endswith(asked.rstrip("?").lower())
            ),
            None,
        )
        if example.kind == "enumeration":
            assert texts == ["brushes", "turpentine", "rope"]
        elif example.kind in {"swap", "word", "negation", "antonym"}:
            assert question is None
            assert not texts
        elif question is not None:
            assert texts == [golds[question]] or not says(example.passage, [golds[question]])
            assert (texts == []) == (example.kind in {"removed", "retrieved"})
        else:
            assert "who paid" in example.question.lower()
            assert texts == []


def test_every_kind_is_made(examples: list[Example]) -> None:
    kinds = Counter(example.kind for example in examples)
    assert set(kinds) == {
        "people", "removed", "retrieved", "swap", "word", "negation", "antonym", "enumeration",
        "unrelated history",
    }  # fmt: skip
    shown = summary(examples, Counter({"one: empty question": 2}))
    assert "Warning: left out 2 of one: empty question" in shown
    assert f"{len(examples)}" in shown


def test_history_is_what_the_reader_sees_at_run_time(examples: list[Example]) -> None:
    turns = [Turn(question, answer) for question, answer in ASKED.items()]
    expected = {
        with_history(turn.question, turns[:number]).lower() for number, turn in enumerate(turns)
    }
    talk = {
        one.question.lower() for one in examples if one.set_name == "talk" and one.kind == "people"
    }
    assert len(expected & talk) > 3


def test_the_same_seed_makes_the_same_file(data: Path, recipes: Path, tmp_path: Path) -> None:
    recipe = Recipe.load(recipes / "prepare.toml")
    for name in ("one", "two"):
        made = make_examples(data, recipe, embedder=StubEmbedder(), skipped=Counter())
        write_examples(tmp_path / name, made)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert read_examples(tmp_path / "one") == made


def test_a_way_of_share_0_is_never_taken(data: Path, recipes: Path, tmp_path: Path) -> None:
    text = (recipes / "prepare.toml").read_text("utf-8")
    for way in ("retrieved", "swap", "negation", "antonym"):
        text = regex.sub(rf"(?m)^{way} = [\d.]+", f"{way} = 0", text)
    file = tmp_path / "prepare.toml"
    file.write_text(text.replace("unanswerable = 0.6", "unanswerable = 1.0"), "utf-8")
    recipe = Recipe.load(file)
    # Where the only sentence is taken out, nothing is left, and no other way is to be tried.
    short = [Asked("Where is Oldmere?", "In Kent.", 0, ("Kent",), ((3, 7),), ())] * 9
    maker = SetMaker(
        short, recipe=recipe, of_set=recipe.sets[0], embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert {made.kind for made in maker.examples()} <= {"people", "unrelated history"}
    made = make_examples(data, recipe, embedder=StubEmbedder(), skipped=Counter())
    assert "removed" in {one.kind for one in made}


def test_a_way_that_is_none_is_refused(recipes: Path, tmp_path: Path) -> None:
    text = (recipes / "prepare.toml").read_text("utf-8")
    file = tmp_path / "prepare.toml"
    file.write_text(regex.sub(r"(?m)^negation =", "negtion =", text), "utf-8")
    with pytest.raises(ValueError, match=r"prepare\.toml has unanswerable_ways negtion\."):
        Recipe.load(file)


def test_sets_are_read_as_people_marked_them(tmp_path: Path) -> None:
    context = "Ann Lee and Bob Roy met “old” Cy."
    rows = [
        {"question": "Who met?", "answers": [{"text": "Ann Lee", "answer_start": 0}],
         "all_spans": [{"text": "Bob Roy", "answer_start": 12},
                       {"text": "Ann Lee", "answer_start": 0}]},
        {"question": "Who was met?", "answers": [
            {"text": "Cy.", "answer_start": 30}, {"text": "Cy", "answer_start": 30},
            {"text": "“old", "answer_start": 24}]},
        {"question": "Where?", "answers": [{"text": "Oslo", "answer_start": 3}]},
        {"question": " ", "answers": [{"text": "Ann", "answer_start": 0}]},
    ]  # fmt: skip
    file = tmp_path / "x.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": [{"context": context, "qas": rows}]}]}))
    skipped: Counter[str] = Counter()
    read = read_questions(file, layout="single", rng=random.Random(0), skipped=skipped)
    assert [[context[slice(*span)] for span in one.spans] for one in read] == [
        ["Ann Lee", "Bob Roy"],
        ["Cy"],
    ]
    assert read[0].wordings == ("Ann Lee", "Bob Roy")
    assert read[1].answers == ("Cy.", "Cy", "“old")
    assert read[1].wordings == read[1].answers
    assert skipped == {"answer is not where the file says": 1, "empty question": 1}


def read_rows(
    folder: Path, paragraphs: Sequence[tuple[str, list[dict[str, Any]]]], layout: Layout = "single"
) -> tuple[list[Asked], Counter[str]]:
    """What is read of these paragraphs, and what is left out."""
    made = [{"context": context, "qas": rows} for context, rows in paragraphs]
    file = folder / "x.train.json"
    file.write_text(json.dumps({"data": [{"paragraphs": made}]}), "utf-8")
    skipped: Counter[str] = Counter()
    return read_questions(file, layout=layout, rng=random.Random(0), skipped=skipped), skipped


def spans_of(one: Asked) -> list[str]:
    return [one.context[slice(*span)] for span in one.spans]


@pytest.mark.parametrize(
    ("all_spans", "expected"),
    [
        (None, ["Ann Lee"]),
        ([], ["Ann Lee"]),
        (["Ann Lee"], ["Ann Lee"]),
        (["Bob Roy", "Ann Lee"], ["Ann Lee", "Bob Roy"]),
        ([["Ann Lee", 0], ["Bob Roy", 12]], ["Ann Lee", "Bob Roy"]),
        ([{"text": ["Ann Lee", "Bob Roy"]}], ["Ann Lee", "Bob Roy"]),
        ({"text": ["Ann Lee", "Bob Roy"], "answer_start": [0, 12]}, ["Ann Lee", "Bob Roy"]),
        (["Ann Lee", "Bob Roy", "Cy"], ["Ann Lee", "Bob Roy"]),  # which Cy is not plain
    ],
)
def test_all_spans_are_read_as_files_write_them(
    tmp_path: Path, all_spans: object, expected: list[str]
) -> None:
    row = {
        "question": "Who met?",
        "answers": [{"text": "Ann Lee", "answer_start": 0}],
        "all_spans": all_spans,
    }
    (one,), skipped = read_rows(tmp_path, [("Ann Lee and Bob Roy met Cy and Cy.", [row])])
    assert spans_of(one) == expected
    assert one.answers == ("Ann Lee",)
    assert not skipped


def test_what_has_no_place_is_learned_only_where_it_is_plain(tmp_path: Path) -> None:
    rows = [{"question": "Who?", "answers": ["Ann"]}, {"question": "Whom?", "answers": ["Cy"]}]
    (one,), skipped = read_rows(tmp_path, [("Ann met Cy, Cy and Cy.", rows)])
    assert spans_of(one) == ["Ann"]
    assert skipped == {"answer is not where the file says": 1}


def test_cannotanswer_is_no_answer_and_not_read(tmp_path: Path) -> None:
    refused = {"text": "CANNOTANSWER", "answer_start": 10}
    ann = {"text": "Ann", "answer_start": 0}
    rows = [
        {"question": "Why?", "answers": [refused]},
        {"question": "Whom?", "answers": [refused, ann]},
        {"question": "Who?", "answers": [ann, refused, ann]},
    ]
    read, skipped = read_rows(tmp_path, [("Ann came. CANNOTANSWER", rows)])
    assert {one.context for one in read} == {"Ann came."}
    assert [one.answers for one in read] == [(), (), ("Ann",)]
    assert [spans_of(one) for one in read] == [[], [], ["Ann"]]
    assert not skipped


def test_joined_sentences_move_all_spans_along(tmp_path: Path) -> None:
    first = {"id": "a:1:0-0", "question": "Who came?", "answers": [["Ann", 0]]}
    second = {
        "id": "a:1:1-0",
        "question": "Who met?",
        "answers": [{"text": "Bob", "answer_start": 0}],
        "all_spans": [{"text": "Bob", "answer_start": 0}, {"text": "Ann", "answer_start": 8}],
    }
    paragraphs = [("Bob and Ann met.", [second]), ("Ann came.", [first])]
    read, skipped = read_rows(tmp_path, paragraphs, "sentence")
    assert {one.context for one in read} == {"Ann came. Bob and Ann met."}
    assert [spans_of(one) for one in read] == [["Ann"], ["Bob", "Ann"]]
    assert read[1].spans == ((10, 13), (18, 21))
    assert not skipped


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("it was 3.5.", "3.5.", "3.5"),
        ("in the U.S. today", "U.S.", "U.S."),
        ("Tom's hat", "Tom", "Tom"),
        ("of geography now", "eograph", "geography"),
        ('said "wow" to', '"wow', "wow"),
        ('said "wow" to', '"wow"', '"wow"'),
        ("(see fig) now", "fig)", "fig"),
        ("f(x) is", "f(x)", "f(x)"),
        ("So. It rained. Then", " It rained.", "It rained"),
        ("a , b", ",", None),
    ],
)
def test_edges_are_mended(text: str, marked: str, expected: str | None) -> None:
    start = text.index(marked)
    span = mend(text, start, start + len(marked))
    assert (span and text[slice(*span)]) == expected


@many
@given(st.data())
def test_mending_keeps_or_drops_edges_and_is_done_once(drawn: st.DataObject) -> None:
    text = drawn.draw(articles())
    start, end = drawn.draw(spans_in(text))
    span = mend(text, start, end)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)
        assert text[slice(*span)] == text[slice(*span)].strip()
        assert mend(text, *span) == span


@many
@given(st.data(), st.integers(1, 400))
def test_a_passage_around_an_answer_holds_it(drawn: st.DataObject, size_chars: int) -> None:
    text = drawn.draw(articles())
    span = mend(text, *drawn.draw(spans_in(text)))
    assume(span is not None)
    assert span is not None
    piece = around(text, [span], size_chars, random.Random(0))
    assert piece.text in text
    assert [piece.text[slice(*one)] for one in piece.spans] == [text[slice(*span)]]


@many
@given(st.data(), st.integers(1, 400))
def test_a_passage_without_an_answer_lacks_it(drawn: st.DataObject, size_chars: int) -> None:
    text = drawn.draw(articles())
    span = drawn.draw(spans_in(text))
    answer = text[slice(*span)]
    piece = without(text, [span], [answer], size_chars, random.Random(0))
    assert piece is None or (piece.spans == () and not says(piece.text, [answer]))


def test_of_what_is_not_answered_the_sentence_that_looks_like_an_answer_is_kept() -> None:
    seeming = "In 1911 she painted the iron bridge green."
    filling = [f"{name} slept long that day." for name in ("Ada", "Bo", "Cy", "Dan", "Eve", "Flo")]
    text = " ".join([*filling, seeming, *filling])
    for seed in range(10):
        piece = nearest(text, "Who paints iron bridges red?", 90, random.Random(seed))
        assert seeming in piece.text
        assert piece.text in text
        assert len(piece.text) <= 90
        assert piece.spans == ()


def test_a_passage_lacks_an_answer_that_is_marked_within_a_word_or_a_line() -> None:
    text = "Ada came. It opened in the 1990s,\nand closed. Bo left. Cy slept. Dan sang."
    cut, broken = text.index("1990"), text.index("1990s,")
    for span in ((cut, cut + 4), (broken, broken + len("1990s,\nand closed"))):
        piece = without(text, [span], ["1990", "1990s, and closed"], 200, random.Random(0))
        assert piece is not None
        assert piece.text == "Ada came. Bo left. Cy slept. Dan sang."


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("snow, ice needles, ice pellets, hail, and graupel", "What falls?",
         ["snow", "ice needles", "ice pellets", "hail", "graupel"]),
        ("the king, Tom and a dog", "Who came?", ["the king", "Tom", "a dog"]),
        ("New York and Massachusetts", "Which states are near?", ["New York", "Massachusetts"]),
        ("Stockton and Darlington", "For what railroad was it?", []),
        ("an end which is aesthetic, functional and artistic", "What are they?", []),
        ("Lebanon, New Hampshire", "What are they?", []),
        ("there is rise and fall", "What are they?", []),
        ("40,000", "What are they?", []),
    ],
)  # fmt: skip
def test_enumerations_are_taken_apart(text: str, question: str, expected: list[str]) -> None:
    assert [text[slice(*item)] for item in enumerated(text, question)] == expected


@many
@given(
    st.lists(st.sampled_from(["ale", "red wine", "Tom Hall", "the cat"]), min_size=3, max_size=6)
)
def test_what_is_joined_is_taken_apart(items: list[str]) -> None:
    text = f"{', '.join(items[:-1])} and {items[-1]}"
    once = [*dict.fromkeys(items)]  # what is said again is one item
    found = [text[slice(*item)] for item in enumerated(text, "Which were they?")]
    assert found == (once if len(once) > 1 else [])


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("Who did Ada meet?", {"Who didn't Ada meet?"}),
        ("What is it?", {"What isn't it?", "What is not it?"}),
        ("who painted it?", {"who never painted it?"}),
        ("Is it red?", {None}),
        ("Who never came?", {None}),
        ("What is his name?", {None}),
    ],
)
def test_negation(question: str, negated: set[str | None]) -> None:
    found = {alterations.negate(question, "", random.Random(seed)) for seed in range(20)}
    assert found == negated


def test_antonyms() -> None:
    assert alterations.oppose("Who came First?", "", random.Random(0)) == "Who came Last?"
    assert alterations.oppose("What is his first name?", "", random.Random(0)) is None
    assert alterations.oppose("Who came first?", "Tom was last.", random.Random(0)) is None
    assert alterations.oppose("How old is it?", "", random.Random(0)) is None


@few
@given(st.integers())
def test_a_swap_takes_a_name_of_the_article_that_is_not_in_question(seed: int) -> None:
    names = alterations.Names([BRIDGE, HALL, "He fled in 1843 to Ireland in May."])
    for question in (
        "What happened in 1911 there?",
        "What did she buy in June?",
        "Who is in Oldmere?",
    ):
        swapped = alterations.swap(question, "It was 1790.", [names, names], random.Random(seed))
        assert swapped is not None
        assert swapped != question
        (new,) = set(regex.findall(r"\w+", swapped)) - set(regex.findall(r"\w+", question))
        assert new in f"{BRIDGE} {HALL} Ireland May"
        assert new != "1790"


@few
@given(st.integers())
def test_another_word_is_of_the_paragraph_and_not_of_the_answer(seed: int) -> None:
    words = OtherWords(StubEmbedder(), random.Random(seed))
    sentence = BRIDGE.split(". ")[1]  # She painted the iron bridge green in 1911
    text = f"{BRIDGE} Ada also admired the steel tower of Newport and its Ferry Inn."
    swapped = words.swap("Who painted the bridge?", sentence, text)
    assert swapped is not None
    # Of the shape of what it replaces, and neither a small word nor one of the sentence.
    assert swapped in {
        *(f"Who {word} the bridge?" for word in ("admired",)),
        *(f"Who painted the {word}?" for word in ("born", "work", "four", "brother", "ladder",
                                                  "ninety", "turpentine", "rope", "steel",
                                                  "tower")),
    }  # fmt: skip
    # A name for a name, and never the first word of a sentence for one.
    assert words.swap("Where was Fenn born?", BRIDGE.split(". ")[0], text) in {
        "Where was Newport born?", "Where was June born?", "Where was Ferry born?",
        *(f"Where was Fenn {word}?" for word in ("iron", "bridge", "green", "work", "four",
          "brother", "ladder", "ninety", "turpentine", "rope", "steel", "tower")),
    }  # fmt: skip
    # Contractions and owners stand in the place of nothing.
    owned = words.swap("Who painted the bridge?", sentence, f"{sentence} It isn't Tom's wood's.")
    assert owned is None
    # Nothing to take, or nothing that the sentence shares.
    assert words.swap("Who painted the bridge?", sentence, sentence) is None
    assert words.swap("Who fled?", sentence, text) is None


def test_a_word_that_means_the_same_is_no_other_word() -> None:
    class AllAlike(StubEmbedder):
        def embed(self, texts, *, batch_size=32, progress=False):
            return super().embed(["one"] * len(texts), batch_size=batch_size, progress=progress)

    words = OtherWords(AllAlike(), random.Random(0))
    assert words.swap("Who painted the bridge?", BRIDGE.split(". ")[1], BRIDGE) is None


def test_hard_negatives_are_other_paragraphs_of_the_article(examples: list[Example]) -> None:
    found = [one for one in examples if one.kind == "retrieved"]
    for one in found:
        of_hall = any(asked[-12:-1].lower() in one.question.lower()[-14:] for asked in HALL_ASKED)
        assert one.passage in (BRIDGE if of_hall else HALL)
    assert found


def test_where_no_other_paragraph_lacks_the_answer_there_is_no_negative() -> None:
    asked = Asked("Where?", "It is in Oldmere.", 0, ("Oldmere",), ((9, 16),), ())
    other = replace(asked, context="Oldmere is far.")
    searched = Searched(
        [asked, other], most_paragraphs=9, embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert searched.negative(asked, asked.question) is None


def test_a_passage_that_says_one_of_several_answers_is_no_negative() -> None:
    context = "Ann and Bob met. It rained. Later Ann left. The sun came out."
    asked = Asked("Who met?", context, 0, ("Bob",), ((0, 3), (8, 11)), ())
    other = replace(asked, context="Ann slept.")
    searched = Searched(
        [asked, other], most_paragraphs=9, embedder=StubEmbedder(), rng=random.Random(0)
    )
    assert searched.negative(asked, asked.question) is None
    piece = without(context, asked.spans, asked.wordings, 900, random.Random(0))
    assert piece is not None
    assert piece.text == "It rained. The sun came out."
