"""A reader's fast form: windows side by side and one by one."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tiny_readers import save_tiny

from index.errors import ModelError
from index.fast_model import MODEL_FILE, FastModel
from index.threads import VARIABLE
from qa.fast_scorer import SIDE_BY_SIDE, FastScorer, load_fast_reader
from qa.reader_model import export_reader

LONGEST = 24


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fast")
    export_reader(save_tiny(folder / "plain", "bert"), folder / "form")
    return folder / "form"


@pytest.mark.parametrize("cores", ["1", "2", "3"])
def test_many_windows_have_the_scores_that_each_has_alone(
    fast: Path, cores: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, cores)
    count = SIDE_BY_SIDE + 7  # side by side, unless there is one core
    rng = np.random.default_rng(5)
    sizes = rng.integers(4, LONGEST + 1, count)
    attended = (np.arange(LONGEST) < sizes[:, None]).astype(np.int64)
    inputs = (
        rng.integers(1, 9, (count, LONGEST)) * attended,
        (np.arange(LONGEST) > 3) * attended,
        attended,
    )
    loaded: list[int | None] = []

    def load(threads: int | None) -> FastModel:
        loaded.append(threads)
        return FastModel(fast / MODEL_FILE, threads=threads)

    scorer = FastScorer(load)
    few = [each[: SIDE_BY_SIDE - 1] for each in inputs]
    scorer.score(*few)
    assert loaded == [None]
    alone = [
        scorer.score(*(each[row : row + 1, :size] for each in inputs))
        for row, size in enumerate(sizes.tolist())
    ]
    with ThreadPoolExecutor(3) as callers:  # who all come while the model is loaded
        answers = list(callers.map(lambda _: scorer.score(*inputs), range(3)))
    assert loaded == ([None] if cores == "1" else [None, 1])
    for both in answers:
        for row, size in enumerate(sizes.tolist()):
            for side, expected in zip(both, alone[row], strict=True):
                np.testing.assert_allclose(side[row, :size], expected[0], atol=1e-5)
                assert not side[row, size:].any()


def test_a_fault_in_one_window_is_no_silence(fast: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2")
    scorer = load_fast_reader(fast).scorer
    token_ids = np.full((SIDE_BY_SIDE, 8), 5)
    token_ids[3, 2] = 10**6  # no such token
    with pytest.raises(Exception, match="out of range"):
        scorer.score(token_ids, np.zeros_like(token_ids), np.ones_like(token_ids))


def test_a_model_whose_file_is_gone_by_then_still_reads(
    fast: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2")
    folder = tmp_path / "form"
    shutil.copytree(fast, folder)
    scorer = load_fast_reader(folder).scorer
    token_ids = np.full((SIDE_BY_SIDE, 8), 5)
    inputs = token_ids, np.zeros_like(token_ids), np.ones_like(token_ids)
    shutil.rmtree(folder)
    alone = [each[0] for each in scorer.score(*(each[:1] for each in inputs))]
    for side, expected in zip(scorer.score(*inputs), alone, strict=True):
        np.testing.assert_allclose(side, np.tile(expected, (SIDE_BY_SIDE, 1)), atol=1e-5)


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        FastScorer(lambda _: FastModel(tmp_path / MODEL_FILE))
