"""The fast form of models: made once, kept whole, and as good as the original."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from index import threads
from index.embed import SentenceEmbedder
from index.embedder import load_embedder, shipped_embedder
from index.errors import ModelError
from index.fast_embed import FACTS_FILE, LEAST_COSINE, FastEmbedder
from index.fast_export import FUSED_ATTENTION, by_position, write_fast
from index.fast_kept import (
    SlowModelWarning,
    fast_form_kept,
    fast_form_of,
    is_fast_form,
    kept_at,
    key_of,
    make_once,
)
from index.fast_model import MODEL_FILE, FastModel
from index.read import read_sources
from qa.seeds import seed_articles

FACTS = "facts.json"


def write_model(folder: Path, text: str = "model") -> None:
    (folder / MODEL_FILE).write_text(text)
    (folder / FACTS).write_text("{}")


# Made once


def test_what_is_there_is_not_made_again(tmp_path):
    made = []
    for number in range(2):
        make_once(
            tmp_path / "x",
            FACTS,
            lambda folder, n=number: (made.append(n), write_model(folder)),
            name="x",
        )
    assert len(made) == 1
    assert is_fast_form(tmp_path / "x", FACTS)


def test_versions_of_one_name_have_locks_of_their_own(tmp_path, monkeypatch):
    for folder in (tmp_path / "v1.2", tmp_path / "v1.3"):
        make_once(folder, FACTS, write_model, name="x")
    assert (tmp_path / "v1.2.lock").exists()
    assert (tmp_path / "v1.3.lock").exists()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    make_once(Path(), FACTS, write_model, name="x")
    assert is_fast_form(tmp_path / "here", FACTS)


def test_an_onnx_model_alone_is_no_fast_form(tmp_path):
    (tmp_path / MODEL_FILE).write_text("another program's export")
    assert not is_fast_form(tmp_path, FACTS)
    assert fast_form_of(tmp_path, FACTS) is None
    write_model(tmp_path)
    assert fast_form_of(tmp_path, FACTS) == tmp_path
    assert fast_form_of(tmp_path, "other.json") is None


def test_several_at_once_make_one(tmp_path):
    made = []

    def make(folder):
        made.append(folder)
        time.sleep(0.2)
        write_model(folder)

    workers = [
        threading.Thread(target=make_once, args=(tmp_path / "x", FACTS, make), kwargs={"name": "x"})
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 1
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_dir()) == ["x"]


def test_what_fails_leaves_nothing(tmp_path):
    def fail(folder):
        write_model(folder)
        raise ModelError("It disagrees.", "Use the original.")

    with pytest.raises(ModelError):
        make_once(tmp_path / "x", FACTS, fail, name="x")
    assert not (tmp_path / "x").exists()
    assert [file for file in tmp_path.iterdir() if file.is_dir()] == []


def test_where_nothing_can_be_written_a_warning_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    folder = tmp_path / "file" / "x"
    with pytest.warns(SlowModelWarning, match="PULLQUOTE_CACHE"):
        assert not fast_form_kept(
            folder, FACTS, lambda: make_once(folder, FACTS, write_model, name="x"), name="the model"
        )


def test_shipped_embedder_works_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PULLQUOTE_CACHE", str(tmp_path / "file"))
    with pytest.warns(SlowModelWarning):
        assert isinstance(shipped_embedder(), SentenceEmbedder)


def test_cache_is_where_the_user_says(tmp_path, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_CACHE", str(tmp_path))
    assert kept_at("key").is_relative_to(tmp_path)
    monkeypatch.delenv("PULLQUOTE_CACHE")
    assert "pullquote" in kept_at("key").parts


TOLD_APART = (
    "model.safetensors",
    "config.json",
    "tokenizer.json",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
)


@pytest.mark.parametrize("file", TOLD_APART)
def test_another_model_has_another_key(tmp_path, file):
    (tmp_path / "1_Pooling").mkdir()
    for name in TOLD_APART:
        (tmp_path / name).write_text("one")
    before = key_of(tmp_path)
    (tmp_path / "reader_settings.json").write_text("fitted anew: the same weights")
    assert key_of(tmp_path) == before
    (tmp_path / file).write_text("other")
    assert key_of(tmp_path) != before


def test_model_that_is_no_onnx(tmp_path):
    write_model(tmp_path)
    with pytest.raises(ModelError, match="cannot be loaded"):
        FastModel(tmp_path / MODEL_FILE)


# The embedder


@pytest.fixture(scope="module")
def texts():
    documents = read_sources(seed_articles())
    passages = [
        line for document in documents for line in document.text.split("\n") if line.strip()
    ]
    return ["x", "Who was released?", *passages]


def test_vectors_agree_with_sentence_transformers(embedder, texts):
    assert isinstance(embedder, FastEmbedder)
    plain = SentenceEmbedder.shipped()
    fast = embedder.embed(texts)
    assert fast.dtype == np.float32
    assert fast.shape == (len(texts), plain.dimension)
    np.testing.assert_allclose(np.linalg.norm(fast, axis=1), 1, atol=1e-5)
    cosines = (fast * plain.embed(texts)).sum(axis=1)
    assert cosines.mean() >= LEAST_COSINE
    assert cosines.min() > 0.95
    assert (embedder.identity, embedder.max_tokens) == (plain.identity, plain.max_tokens)
    for text in texts:
        assert list(embedder.token_spans(text)) == list(plain.token_spans(text))


def test_the_products_behind_activations_can_be_spared(tmp_path):
    plain = SentenceEmbedder.shipped()
    auto = plain.model[0].model
    auto.set_attn_implementation(FUSED_ATTENTION)
    ids = torch.tensor([[101, 2040, 2001, 2207, 1029, 102]])
    inputs = {"input_ids": ids, "attention_mask": ids.clamp(max=1), "token_type_ids": ids * 0}
    samples = [{name: one.numpy() for name, one in inputs.items()}]
    left = {}
    for spared in (False, True):
        folder = tmp_path / str(spared)
        folder.mkdir()
        write_fast(
            by_position(auto, list(inputs), outputs=["last_hidden_state"]),
            inputs,
            folder,
            outputs=["vectors"],
            heads=auto.config.num_attention_heads,
            hidden_size=auto.config.hidden_size,
            samples=samples,
            spared=spared,
        )
        nodes = onnx.load(folder / MODEL_FILE).graph.node
        left[spared] = sum(node.op_type == "MatMul" for node in nodes)
    assert left == {False: 0, True: auto.config.num_hidden_layers}


def test_the_nearest_passages_are_the_same(embedder, texts):
    plain = SentenceEmbedder.shipped()
    queries = [text[:60] for text in texts]
    fast_order = embedder.embed(queries) @ embedder.embed(texts).T
    plain_order = plain.embed(queries) @ plain.embed(texts).T
    assert (fast_order.argmax(axis=1) == plain_order.argmax(axis=1)).mean() > 0.95


@pytest.mark.parametrize("batch_size", [1, 7])
def test_vectors_stand_in_the_order_of_the_texts(embedder, texts, batch_size):
    few = texts[:12]
    alone = np.concatenate([embedder.embed([text]) for text in few])
    np.testing.assert_array_equal(embedder.embed(few, batch_size=batch_size), alone)


def test_texts_beyond_what_the_model_reads_are_cut(embedder):
    long = "harbour " * 1000
    (vector,) = embedder.embed([long])
    (cut,) = embedder.embed(["harbour " * embedder.max_tokens])
    assert vector @ cut == pytest.approx(1.0, abs=1e-5)


def test_no_texts_have_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_kept_fast_form_is_loaded_by_its_folder(embedder):
    (kept,) = kept_at("x").parent.glob("all-MiniLM*/" + MODEL_FILE)
    loaded = load_embedder(kept.parent)
    assert isinstance(loaded, FastEmbedder)
    assert loaded.identity == embedder.identity


def test_damaged_fast_form(tmp_path):
    write_model(tmp_path)
    (tmp_path / FACTS_FILE).write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        FastEmbedder.load(tmp_path)


# Threads


def test_threads_are_as_many_as_wanted(monkeypatch):
    monkeypatch.setenv(threads.VARIABLE, "3")
    assert threads.usable_cores() == 3
    for nonsense in ("", "0", "-1", "many"):
        monkeypatch.setenv(threads.VARIABLE, nonsense)
        assert 1 <= threads.usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("50000 100000", 1), ("100000 100000", 1), ("max 100000", None), ("?", None)],
)
def test_a_container_s_quota_is_kept_to(tmp_path, monkeypatch, quota, expected):
    monkeypatch.delenv(threads.VARIABLE, raising=False)
    monkeypatch.setattr(threads, "CGROUP_QUOTA", tmp_path / "absent")
    cores = threads.usable_cores()
    (tmp_path / "cpu.max").write_text(f"{quota}\n")
    monkeypatch.setattr(threads, "CGROUP_QUOTA", tmp_path / "cpu.max")
    assert threads.usable_cores() == (expected or cores)


# What a user gains


def test_the_shipped_models_are_run_without_torch(shelf):
    """Whose fast forms are made by now: importing torch takes longer than answering."""
    assert shelf.documents
    script = (
        "import sys, qa\n"
        "print(qa.load().ask('who was released?').text)\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    answer, loaded = done.stdout.splitlines()
    assert answer != "None"
    assert loaded == "[]"
    assert done.stderr == ""
