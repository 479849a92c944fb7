"""The fast form of a reader: how it is made, checked against the original, and loaded."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from index.errors import ModelError
from index.fast_export import FUSED_ATTENTION, by_position, write_fast
from index.fast_model import MODEL_FILE, FastModel, read_facts, write_facts
from index.hub import file_beside
from index.threads import usable_cores
from qa.scorer import Floats, Ints, ReaderModel, SpanScorer
from qa.seeds import seed_folder, seed_questions
from qa.settings import SETTINGS_FILE
from qa.torch_scorer import TorchScorer, load_torch_reader
from qa.windows import Windower

FACTS_FILE = "reader.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits")
# Mean correlation with the original's scores: nothing but the order of sums may differ.
LEAST_AGREEMENT = 0.9999
# Windows from which on they are read side by side: a question of the chat reads fewer, and does
# without the second copy of the weights that it takes.
SIDE_BY_SIDE = 16
SAMPLE_CHARS, SAMPLE_TOKENS = 1500, 128  # of each example article, and in a window


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What stands beside the fast form of a reader."""

    cls_token_id: int | None
    pad_token_id: int
    longest_input: int


class FastScorer:
    """A reader's fast form, which reads windows one by one, or several side by side.

    On a few cores they take no less time in one pass, and nothing is wasted on padding. Few
    windows are read by all cores each, which gives the first soonest; many are read by one
    core each, which loses no time between cores and gives the same scores.

    Args:
        load: the model, with the inputs and outputs of a reader, to be run by so many
            threads; None for all cores.

    Raises:
        ModelError: it cannot be loaded.
    """

    def __init__(self, load: Callable[[int | None], FastModel]) -> None:
        self._load = load
        self._by_all_cores = load(None)
        self._lock = Lock()
        self._by_one_core: FastModel | None = None

    def score(self, token_ids: Ints, type_ids: Ints, attended: Ints) -> tuple[Floats, Floats]:
        """Start and end logits, (W, L) float32 each; see ``qa.scorer.SpanScorer``."""
        start_logits = np.zeros(token_ids.shape, np.float32)
        end_logits = np.zeros(token_ids.shape, np.float32)

        def read(model: FastModel, row: int, size: int) -> None:
            inside = (slice(row, row + 1), slice(size))
            start_logits[inside], end_logits[inside] = model.run(
                {
                    "input_ids": token_ids[inside],
                    "attention_mask": attended[inside],
                    "token_type_ids": type_ids[inside],
                }
            )

        rows = list(enumerate(attended.sum(axis=1).tolist()))
        cores = usable_cores()
        if cores == 1 or len(rows) < SIDE_BY_SIDE:
            for row, size in rows:
                read(self._by_all_cores, row, size)
        else:
            model = self._one_core()
            with ThreadPoolExecutor(cores) as threads:
                list(threads.map(lambda each: read(model, *each), rows))
        return start_logits, end_logits

    def _one_core(self) -> FastModel:
        """The model for many windows, loaded when there are many for the first time.

        Where its file is gone by then, the one at hand serves.
        """
        with self._lock:
            if self._by_one_core is None:
                try:
                    self._by_one_core = self._load(1)
                except ModelError:
                    self._by_one_core = self._by_all_cores
            return self._by_one_core


def load_fast_reader(folder: Path) -> ReaderModel:
    """Load the fast form of a reader, without torch.

    Args:
        folder: one that ``make_fast_reader`` wrote.

    Raises:
        ModelError: a file is missing or damaged.
    """
    facts, tokenizer_json = read_facts(folder, FACTS_FILE, _Facts)
    return ReaderModel(
        scorer=FastScorer(lambda threads: FastModel(folder / MODEL_FILE, threads=threads)),
        tokenizer_json=tokenizer_json,
        **asdict(facts),
    )


def make_fast_reader(name: str | Path, folder: Path) -> None:
    """Write the fast form of a reader, if it agrees with the original.

    Args:
        name: folder or hub id of the original.
        folder: an empty folder for the fast form.

    Raises:
        ModelError: there is no such reader, or its fast form is missing or too different.
    """
    import torch

    original = load_torch_reader(name)
    if not isinstance(original.scorer, TorchScorer):
        raise TypeError("load_torch_reader gives a TorchScorer")
    model = original.scorer.model
    model.set_attn_implementation(FUSED_ATTENTION)
    names = INPUTS if original.scorer.uses_type_ids else INPUTS[:2]
    example = torch.tensor([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 0, 0]])
    masks = {"attention_mask": (example > 0).long(), "token_type_ids": (example > 2).long()}
    write_fast(
        by_position(model, names, outputs=OUTPUTS),
        {one: masks.get(one, example) for one in names},
        folder,
        outputs=OUTPUTS,
        heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        # No samples: in eight bits a reader is three quarters faster, but borderline answers become
        # others: to "who was released?" of the example articles a worse one.
    )
    facts = _Facts(
        cls_token_id=original.cls_token_id,
        pad_token_id=original.pad_token_id,
        longest_input=original.longest_input,
    )
    write_facts(folder, FACTS_FILE, facts, tokenizer_json=original.tokenizer_json)
    settings = file_beside(name, SETTINGS_FILE)
    if settings is not None:  # what was fitted holds for this form too
        shutil.copyfile(settings, folder / SETTINGS_FILE)
    fast = load_fast_reader(folder)
    agreement = agreement_of(original.scorer, fast.scorer, original)
    if not agreement >= LEAST_AGREEMENT:  # it may be no number
        raise ModelError(
            f"The fast form of “{name}” scores unlike the original: their correlation"
            f" is {agreement:.3f}, and {LEAST_AGREEMENT} is required.",
            "Use the original.",
        )


def agreement_of(one: SpanScorer, other: SpanScorer, model: ReaderModel) -> float:
    """Mean correlation of two scorers' logits, over windows of the example articles.

    Args:
        one: a scorer.
        other: another.
        model: whose tokenizer cuts the windows.
    """
    seeds = [(found, seed_folder() / found.article) for found in seed_questions()]
    pairs = [(found.examples[0], file.read_text("utf-8")[:SAMPLE_CHARS]) for found, file in seeds]
    windower = Windower(
        model.tokenizer_json,
        window_tokens=min(SAMPLE_TOKENS, model.longest_input),
        stride_tokens=0,
    )
    correlations = []
    for window in windower.cut(pairs):
        token_ids = np.array([window.token_ids])
        inputs = token_ids, np.array([window.type_ids]), np.ones_like(token_ids)
        correlations += [
            np.corrcoef(logits[0], others[0])[0, 1]
            for logits, others in zip(one.score(*inputs), other.score(*inputs), strict=True)
        ]
    return float(np.mean(correlations))
