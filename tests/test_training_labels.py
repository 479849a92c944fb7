"""What a teacher says of examples, and how a student takes it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from align import Label, LabelIndex, align, read_labels, write_index, write_shard
from distil import Distilling, distil, distilling_loss, load_recipe, teacher_logits
from examples import Example, digest_of, write_examples
from features import NULL_TOKEN, collate, encode
from hypothesis import given
from hypothesis import strategies as st
from label import label
from models import load_model, load_tokenizer
from strategies import few
from teacher import people_loss
from training_data import BRIDGE, HALL, questions_about

pytestmark = pytest.mark.usefixtures("one_thread")


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
    recipe = load_recipe(recipes / "distil.toml", from_encoder=False)
    recipe["training"]["passages_together"] = True
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
