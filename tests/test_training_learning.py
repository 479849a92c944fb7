"""What training learns from: features, losses and labels."""

import random
import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import steps
import torch
from align import Label, LabelIndex, align, read_labels, write_index, write_shard
from boundaries import mend
from distil import Distilling, distil, distilling_loss, teacher_logits
from examples import Example, digest_of, write_examples
from features import NULL_TOKEN, collate, cut_batches, encode
from finetune import learn
from hypothesis import given
from hypothesis import strategies as st
from label import label
from loss import gold_loss, span_loss, teacher_loss
from models import load_model, load_tokenizer
from strategies import articles, few, many, spans_in
from teacher import people_loss
from training_data import BRIDGE, HALL

pytestmark = pytest.mark.usefixtures("one_thread")


def questions_about(passage: str, spans: list[tuple[int, int]], number: int = 0) -> Example:
    return Example("Who was it?", passage, tuple(sorted(spans)), "set", "people", number)


def test_an_answer_may_end_in_a_mark_that_is_in_no_token(tiny: dict[str, str]) -> None:
    text = "It was a\u0323\u0301\u0300bc. It rained."
    for end in range(7, text.index("bc") + 2):
        (feature,) = encode(
            [questions_about(text, [(0, end)])], load_tokenizer(tiny["bert"]), max_tokens=64
        )
        ((first, last),) = zip(feature.starts, feature.ends, strict=True)
        assert feature.offsets[first - feature.first].tolist() == [0, 2]
        assert feature.offsets[last - feature.first, 0] < end


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
        # The first and the last of the tokens that have a character of it.
        tokens = [(left, right) for left, right in feature.offsets.tolist() if left < right]
        past = tokens[-1][1] if tokens else 0
        firsts, lasts = set(), set()
        for span in spans:
            inside = [
                number
                for number, (left, right) in enumerate(feature.offsets.tolist())
                if left < right and max(left, span[0]) < min(right, span[1])
            ]
            if inside and span[1] <= past:
                firsts.add(feature.first + inside[0])
                lasts.add(feature.first + inside[-1])
        assert firsts <= set(feature.starts)
        assert lasts <= set(feature.ends)
        if all(end <= past for _, end in spans):
            assert firsts == set(feature.starts) - {NULL_TOKEN}
            assert lasts == set(feature.ends) - {NULL_TOKEN}


def test_an_answers_tokens_are_its_first_and_its_last(tiny: dict[str, str]) -> None:
    tokenizer = load_tokenizer(tiny["bert"])
    start = BRIDGE.index("four months")
    asked = questions_about(BRIDGE, [(start, start + len("four months"))])
    (feature,) = encode([asked], tokenizer, max_tokens=120)
    words = tokenizer.convert_ids_to_tokens(feature.token_ids)
    ((begin,), (end,)) = feature.starts, feature.ends
    assert words[begin : end + 1] == ["four", "months"]


@pytest.mark.parametrize("name", ["bert", "mpnet", "deberta"])
def test_of_questions_only_those_that_are_too_long_are_left_out(
    tiny: dict[str, str], name: str
) -> None:
    tokenizer = load_tokenizer(tiny[name])
    asked = [questions_about(BRIDGE, [(0, 3)], number) for number in range(4)]
    long = "Who was it, and was it green, or was it in Oldmere, and who held the ladder?"
    asked[1] = replace(asked[1], question=long)  # longer than what is left of the passage
    asked[2] = replace(asked[2], question=f"{long} " * 9)
    asked[3] = replace(asked[3], spans=((len(BRIDGE) - 5, len(BRIDGE)),))
    size = len(tokenizer(long)["input_ids"])
    skipped: Counter[str] = Counter()
    encoded = encode(asked, tokenizer, max_tokens=size + 9, skipped=skipped)
    assert [(one.example, one.group) for one in encoded] == [(0, 0), (1, 1)]
    assert encoded[1].token_ids[:size].tolist() == tokenizer(long)["input_ids"]
    assert skipped == {
        "question leaves no room for a passage": 1,
        "answer lies beyond the tokens": 1,
    }
    assert encode(asked[2:3], tokenizer, max_tokens=size + 9) == []


def test_of_nothing_nothing_is_learned(tiny: dict[str, str], recipes: Path, tmp_path: Path) -> None:
    training = steps.Training(
        **tomllib.loads((recipes / "distil.toml").read_text("utf-8"))["training"]
    )
    asked = [replace(questions_about(BRIDGE, [(0, 3)]), question="Who was it? " * 300)]
    with pytest.raises(
        ValueError, match=r"nothing to learn from: 1 examples .* 1 left out: question"
    ):
        learn(asked, tiny["bert"], tmp_path, training=training, loss_of=people_loss, made_of="")


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
@given(logits_like((3, 5)), st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_where_an_answer_lies_and_whether_there_is_one_make_the_whole_loss(
    logits: torch.Tensor, places: list[int]
) -> None:
    targets = torch.nn.functional.one_hot(torch.tensor(places), 5).float()
    allowed = torch.ones(3, 5, dtype=torch.bool)
    answered = -torch.log1p(-logits.double().softmax(dim=1)[:, 0]).float()
    whole = gold_loss(logits, targets, allowed=allowed, groups=torch.arange(3))
    found = span_loss(logits, targets, allowed=allowed)
    torch.testing.assert_close(found + answered, whole, atol=1e-3, rtol=1e-3)
    nothing = torch.nn.functional.one_hot(torch.zeros(3, dtype=torch.long), 5).float()
    assert span_loss(logits, nothing, allowed=allowed).tolist() == [0, 0, 0]


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
    held = Label(theirs.offsets, *rng.normal(size=(2, size)).astype(np.float16))
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
    few = tmp_path / "few.toml"
    whole = (recipes / "teacher.toml").read_text("utf-8")
    labelled = whole.index("[label]")
    few.write_text(
        whole[:labelled] + whole[labelled:].replace("most_examples = 0", "most_examples = 17"),
        "utf-8",
    )
    label(file, Path(tiny["mpnet"]), folder, recipe=few)
    assert sorted(read_labels(folder, examples_digest=digest_of(file))) == list(range(17))
    first = (folder / "labels-0000.npz").stat().st_mtime_ns
    label(file, Path(tiny["mpnet"]), folder, recipe=recipes / "teacher.toml")
    assert (folder / "labels-0000.npz").stat().st_mtime_ns == first
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
    known = batch.allowed[0].clone()
    known[NULL_TOKEN] = False
    torch.testing.assert_close(
        starts[0, known], scores.start_logits[0, known], atol=2e-3, rtol=2e-3
    )
    torch.testing.assert_close(ends[0, known], scores.end_logits[0, known], atol=2e-3, rtol=2e-3)
    assert starts[0, ~known].isnan().all()


@pytest.mark.parametrize("answered", [True, False])
def test_a_teacher_says_where_an_answer_lies_and_not_whether_there_is_one(
    tiny: dict[str, str], answered: bool
) -> None:
    tokenizer = load_tokenizer(tiny["bert"])
    asked = [questions_about(BRIDGE, [(0, 3)] if answered else [])]
    batch = collate(encode(asked, tokenizer, max_tokens=200), pad_id=0, uses_type_ids=True)
    size = batch.allowed.shape[1]
    starts, ends = torch.randn(2, 1, size, generator=torch.Generator().manual_seed(3))
    (feature,) = batch.features
    inside = slice(feature.first, feature.first + len(feature.offsets))
    label = Label(
        feature.offsets,
        *(side[0, inside].numpy().astype(np.float16) for side in (starts, ends)),
    )
    distilling = Distilling(weight=0.7, temperature=2.0)
    loss_of = distilling_loss({0: label}, distilling)
    people = people_loss(starts, ends, batch)
    torch.testing.assert_close(distilling_loss({}, distilling)(starts, ends, batch), people)
    taught = loss_of(starts, ends, batch)
    if not answered:
        torch.testing.assert_close(taught, people)
        return
    # The student says what the teacher does: of where the answer lies, people's share is left.
    expected = torch.zeros(())
    for side, (place,) in ((starts, feature.starts), (ends, feature.ends)):
        passage = side[0, inside]
        there = torch.cat([side[0, :1], passage]).softmax(0)[1:].sum()
        expected -= there.log() + 0.3 * passage.log_softmax(0)[place - feature.first]
    torch.testing.assert_close(taught, expected / 2, atol=1e-3, rtol=1e-3)
    # A null of any weight changes how sure the student is, and not what the teacher adds.
    surer = starts.clone(), ends.clone()
    for side in surer:
        side[0, NULL_TOKEN] += 2
    added = loss_of(*surer, batch) - people_loss(*surer, batch)
    torch.testing.assert_close(added, taught - people, atol=1e-4, rtol=1e-4)


def test_a_teacher_does_not_teach_passages_together(
    tiny: dict[str, str], recipes: Path, tmp_path: Path
) -> None:
    together = (recipes / "distil.toml").read_text("utf-8")
    together = together.replace("passages_together = false", "passages_together = true")
    recipe = tmp_path / "distil.toml"
    recipe.write_text(together, "utf-8")
    with pytest.raises(ValueError, match="leave it out with labels"):
        distil(tmp_path / "none", tiny["bert"], tmp_path, recipe=recipe, labels=tmp_path / "labels")


def test_labels_of_another_teacher_or_other_bits_are_made_anew(
    tiny: dict[str, str], examples: list[Example], recipes: Path, tmp_path: Path
) -> None:
    file, folder, teacher = (tmp_path / name for name in ("examples.gz", "labels", "teacher"))
    write_examples(file, examples[:20])
    shutil.copytree(tiny["mpnet"], teacher)
    label(file, teacher, folder, recipe=recipes / "teacher.toml")
    before = read_labels(folder, examples_digest=digest_of(file))

    half = tmp_path / "half.toml"
    whole = (recipes / "teacher.toml").read_text("utf-8")
    labelled = whole.index("[label]")
    half.write_text(whole[:labelled] + whole[labelled:].replace('"fp32"', '"bf16"', 1), "utf-8")
    label(file, teacher, folder, recipe=half)
    rounded = read_labels(folder, examples_digest=digest_of(file))
    differences = np.concatenate([rounded[n].starts - before[n].starts for n in before])
    assert 0 < np.abs(differences).max() < 0.1

    model = load_model(str(teacher), attention="eager", dropout=0.0, frozen_layers=0)
    with torch.no_grad():
        model.qa_outputs.bias += 1.0
    model.save_pretrained(teacher)
    label(file, teacher, folder, recipe=recipes / "teacher.toml")
    after = read_labels(folder, examples_digest=digest_of(file))
    for number, one in before.items():
        np.testing.assert_allclose(after[number].starts, one.starts + 1, atol=0.01)


@pytest.mark.parametrize("held", [1, 3])
def test_fewer_or_more_labels_than_were_counted_are_refused(tmp_path: Path, held: int) -> None:
    one = Label(np.zeros((1, 2), np.int32), *np.zeros((2, 1), np.float16))
    index = LabelIndex("these examples", "these", shards=1, labelled=2)
    write_shard(tmp_path, 0, {0: one, 1: one}, made_of="these")
    write_index(tmp_path, index)
    assert sorted(read_labels(tmp_path, examples_digest="these examples")) == [0, 1]
    write_shard(tmp_path, 0, dict.fromkeys(range(held), one), made_of="these")
    write_index(tmp_path, index)
    with pytest.raises(ValueError, match=rf"has {held} labels, not 2\. Delete it"):
        read_labels(tmp_path, examples_digest="these examples")


def test_labels_of_two_teachers_are_not_taken_for_complete(
    tiny: dict[str, str], examples: list[Example], recipes: Path, tmp_path: Path
) -> None:
    file, folder = tmp_path / "examples.gz", tmp_path / "labels"
    write_examples(file, examples[:20])
    label(file, Path(tiny["mpnet"]), folder, recipe=recipes / "teacher.toml")
    second = folder / "labels-0001.npz"
    second.unlink()
    second.mkdir()  # stops the labelling there
    with pytest.raises(OSError, match=r"labels-0001"):
        label(file, Path(tiny["bert"]), folder, recipe=recipes / "teacher.toml")
    with pytest.raises(FileNotFoundError):
        read_labels(folder, examples_digest=digest_of(file))


def test_there_are_two_precisions() -> None:
    with pytest.raises(ValueError, match="'fp16'"):
        steps.multiplied_in("fp16")  # type: ignore[arg-type]
