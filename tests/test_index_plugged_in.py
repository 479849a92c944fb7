"""An embedder of the user's own, which may give something else than it promises."""

import numpy as np
import pytest
from small_indexes import build, opened
from stub import StubEmbedder

from index.engine import PassageIndex
from index.errors import ModelError
from index.records import Document
from index.verify import verify

SHELF = [Document("a", "A", "Cats run. Dogs bark."), Document("b", "B", "Birds sing.")]


class Wrong(StubEmbedder):
    """The stub, but what it gives is changed once more."""

    def __init__(self, change):
        self._change = change

    def embed(self, texts, *, batch_size=32, progress=False):
        return self._change(super().embed(texts, batch_size=batch_size, progress=progress))


@pytest.fixture(
    params=[
        pytest.param(lambda found: found[:-1], id="one too few"),
        pytest.param(lambda found: np.concatenate([found, found[:1]]), id="one too many"),
        pytest.param(lambda found: found[:, :-1], id="too short a row"),
        pytest.param(lambda found: found[:1].ravel(), id="one row, bare"),
        pytest.param(lambda found: found * 1.01, id="too long"),
        pytest.param(lambda found: found * 0, id="nothing"),
        pytest.param(lambda found: found * np.nan, id="no numbers"),
    ]
)
def wrong(request):
    return Wrong(request.param)


def by_steps(steps):
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


def test_it_is_named_when_an_index_is_made(wrong):
    with pytest.raises(ModelError, match="embedder stub@1 gave vectors"):
        PassageIndex.from_documents(SHELF, embedder=wrong)
    with pytest.raises(ModelError, match="embedder stub@1 gave vectors"):
        by_steps(PassageIndex.in_steps(SHELF, embedder=wrong))


def test_it_is_named_when_documents_are_added_and_none_of_them_is(tmp_path, wrong):
    index = opened(tmp_path / "index", wrong)
    with pytest.raises(ModelError, match="embedder stub@1 gave vectors"):
        index.add(SHELF)
    assert len(opened(tmp_path / "index").documents) == 0
    assert verify(tmp_path / "index") == []


def test_it_is_named_when_something_is_looked_for(tmp_path, wrong):
    build("Cats run. Dogs bark.").save(tmp_path / "index")
    index = opened(tmp_path / "index", wrong)
    with pytest.raises(ModelError, match="embedder stub@1 gave vectors"):
        index.search(["cats"])


@pytest.mark.parametrize("change", [np.float64, lambda found: found.tolist()], ids=["f64", "list"])
def test_the_same_numbers_of_another_type_will_do(change):
    made = PassageIndex.from_documents(SHELF, embedder=Wrong(change))
    plain = PassageIndex.from_documents(SHELF, embedder=StubEmbedder())
    assert made.search(["cats"]) == plain.search(["cats"])
