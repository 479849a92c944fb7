"""The example articles' index, kept from one start to the next."""

import os

import pytest

from index.fast_kept import cache_folder
from qa.shelf import seed_shelf


class CountingEmbedder:
    """Another embedder, and how many texts it was given."""

    def __init__(self, inner, identity="counted@1"):
        self._inner, self.identity = inner, identity
        self.dimension, self.max_tokens = inner.dimension, inner.max_tokens
        self.token_spans = inner.token_spans
        self.texts = 0

    def embed(self, texts, *, batch_size=32, progress=False):
        self.texts += len(texts)
        return self._inner.embed(texts, batch_size=batch_size, progress=progress)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def counting(stub_embedder):
    return CountingEmbedder(stub_embedder)


def test_articles_are_embedded_once(cache, counting):
    first = seed_shelf(counting)
    assert counting.texts == len(first.passages) > 0
    counting.texts = 0
    second = seed_shelf(counting)
    assert counting.texts == 0
    assert second.passages == first.passages
    assert second.documents == first.documents
    assert cache_folder() == cache
    asked = ["who was released?", first.passages[2].text]
    assert second.search(asked, top_k=5) == first.search(asked, top_k=5)


def test_another_model_embeds_anew(cache, counting, stub_embedder):
    seed_shelf(counting)
    other = CountingEmbedder(stub_embedder, identity="counted@2")
    seed_shelf(other)
    assert other.texts > 0
    assert len(list((cache / "shelves").iterdir())) == 2


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_shelf_is_made_again(cache, counting, damage):
    first = seed_shelf(counting)
    (database,) = cache.rglob("index.sqlite")
    if damage == "cut":
        database.write_bytes(database.read_bytes()[:-5000])
    else:
        database.unlink()
    counting.texts = 0
    assert seed_shelf(counting).passages == first.passages
    assert counting.texts > 0
    counting.texts = 0
    seed_shelf(counting)
    assert counting.texts == 0, "it was not mended"


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path, monkeypatch, counting):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PULLQUOTE_CACHE", os.fspath(tmp_path / "file"))
    assert seed_shelf(counting).documents
    before = counting.texts
    assert seed_shelf(counting).documents
    assert counting.texts == 2 * before
