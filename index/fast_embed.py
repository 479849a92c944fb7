"""The fast form of an embedding model: how it is made, checked against the original, and used."""

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from tokenizers import Encoding, Tokenizer
from tqdm import tqdm

from index.embed import BATCH_SIZE, SentenceEmbedder
from index.errors import ModelError
from index.fast_export import FUSED_ATTENTION, by_position, write_fast
from index.fast_model import MODEL_FILE, FastModel, Inputs, read_facts, write_facts
from index.numbers import Vectors
from index.sentences import Span
from index.threads import usable_cores

FACTS_FILE = "embedder.json"
OUTPUT = "last_hidden_state"
LEAST_COSINE = 0.99  # mean, of the vectors of both forms
# Texts that show how large the model's numbers get.
MEASURED = (
    "When does the ferry leave?",
    "price of a return ticket under 26",
    "Dr. Amara Osei (1931-2004) led the survey; her notes fill 14 boxes in Kumasi's archive.",
    (
        "The committee, which had met in private since March, published its report on Friday. It"
        " blames a worn valve, two missed inspections and a manual that nobody had translated."
    ),
    (
        "Whisk three eggs with 120 g of sugar until pale, fold in the flour, and bake at 180 °C for"
        " half an hour. Let it cool before you cut it, or it will crumble."
    ),
    (
        "“I never wanted the job,” she told the paper on her last day, “but somebody had to answer"
        " the telephone.” The players gave her a signed ball; the stadium, 40,000 people, sang."
    ),
    (
        "A function that returns a generator does nothing until it is iterated. To read a file line"
        " by line without keeping it in memory, loop over the open file and yield each match."
    ),
    (
        "During the Miocene, about 12 million years ago, the basin was closed off from the sea and"
        " dried out. It left layers of salt up to 300 metres thick, mined since Roman times."
    ),
)
# Others of several lengths, on which the two forms are compared.
SAMPLE = (
    "Who was released?",
    "harbour opening hours",
    "The council met on Tuesday and voted nine to four for the new bridge.",
    "Salt marshes store carbon. At low tide the creeks run dry, and redshanks feed on the mud.",
    (
        "If the kettle does not switch on, check first that it sits squarely on its base and that"
        " the water is above the lower mark; then hold the button until it blinks."
    ),
    (
        "In 1998 the two countries signed an agreement on fishing rights, which lapsed ten years"
        " later; talks about another were broken off twice, in 2009 and in 2014."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What stands beside the fast form of an embedder."""

    identity: str
    dimension: int
    max_tokens: int


class FastEmbedder:
    """An embedder in its fast form; it agrees with the original to 0.99 in cosine.

    Make one with ``load``.
    """

    def __init__(self, model: FastModel, *, tokenizer_json: str, facts: _Facts) -> None:
        self._model = model
        self._facts = facts
        self._whole = Tokenizer.from_str(tokenizer_json)
        self._cut = Tokenizer.from_str(tokenizer_json)
        for tokenizer in (self._whole, self._cut):
            tokenizer.no_truncation()
            tokenizer.no_padding()
        special = self._cut.num_special_tokens_to_add(is_pair=False)
        self._cut.enable_truncation(facts.max_tokens + special)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a fast form.

        Args:
            folder: one that ``make_fast_embedder`` wrote.

        Raises:
            ModelError: a file is missing or damaged.
        """
        facts, tokenizer_json = read_facts(folder, FACTS_FILE, _Facts)
        # Texts side by side use the cores better than the parts of one text do.
        model = FastModel(folder / MODEL_FILE, threads=1)
        return cls(model, tokenizer_json=tokenizer_json, facts=facts)

    @property
    def identity(self) -> str:
        """That of the original: their vectors can be mixed."""
        return self._facts.identity

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._facts.dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its special tokens not counted."""
        return self._facts.max_tokens

    def token_spans(self, text: str) -> Sequence[Span]:
        """The half-open character span of each token of a text, special tokens left out."""
        return list(self._whole.encode(text, add_special_tokens=False).offsets)

    def embed(
        self,
        texts: Sequence[str],
        *,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
    ) -> Vectors:
        """One vector of length 1 for each text: float32, shape (texts, dimension).

        Args:
            texts: what to embed; beyond ``max_tokens`` a text's tokens are not read.
            batch_size: texts that wait at a time. The model takes them one by one: together
                they would share the scale of their eight-bit numbers, so that a vector would
                depend on its neighbours.
            progress: show a progress bar on standard error.
        """
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        bar = tqdm(total=len(texts), unit=" passages", disable=not progress, file=sys.stderr)
        with bar:
            for row, vector in self._side_by_side(texts, most_waiting=batch_size):
                vectors[row] = vector
                bar.update()
        return vectors

    def _side_by_side(
        self, texts: Sequence[str], *, most_waiting: int
    ) -> Iterator[tuple[int, Vectors]]:
        """The place of each text and its vector."""
        # The longest first, so that no core is left alone with one at the end.
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        waiting: deque[tuple[int, Future[Vectors]]] = deque()
        with ThreadPoolExecutor(usable_cores()) as threads:
            for row in order:
                waiting.append((row, threads.submit(self._vector, texts[row])))
                if len(waiting) > most_waiting:
                    first, vector = waiting.popleft()
                    yield first, vector.result()
            for row, vector in waiting:
                yield row, vector.result()

    def _vector(self, text: str) -> Vectors:
        (tokens,) = self._model.run(_inputs_of(self._cut.encode(text)))  # (1, L, dimension)
        # The mean of the tokens (Reimers and Gurevych 2019, Sentence-BERT), of length 1.
        mean: Vectors = tokens[0].mean(axis=0)
        return mean / np.linalg.norm(mean)


def _inputs_of(encoding: Encoding) -> Inputs:
    """What the model takes of a text's tokens."""
    token_ids = np.array([encoding.ids], np.int64)
    return {
        "input_ids": token_ids,
        "attention_mask": np.ones_like(token_ids),
        "token_type_ids": np.zeros_like(token_ids),
    }


def make_fast_embedder(original: SentenceEmbedder, folder: Path) -> None:
    """Write the fast form of an embedder, if it agrees with the original.

    Args:
        original: it takes the mean of its tokens' vectors.
        folder: an empty folder for the fast form.

    Raises:
        ModelError: it does something else with its tokens, has no fast form, or one that is
            too different.
    """
    import torch

    model = original.model
    transformer: Any = model[0]
    pooling = getattr(model[1], "pooling_mode", None) if len(model) > 1 else None
    others = {type(module).__name__ for module in list(model)[2:]}
    if pooling not in ("mean", ("mean",)) or not others <= {"Normalize"}:
        raise ModelError(
            f"The embedder {original.identity} does not take the mean of its tokens' vectors, and"
            " only such have a fast form.",
            "Use it as it is.",
        )
    auto = transformer.model
    auto.set_attn_implementation(FUSED_ATTENTION)
    tokenizer = model.tokenizer
    tokenizer_json = tokenizer.backend_tokenizer.to_str()
    as_read = Tokenizer.from_str(tokenizer_json)
    as_read.no_padding()
    special = as_read.num_special_tokens_to_add(is_pair=False)
    as_read.enable_truncation(original.max_tokens + special)
    uses_type_ids = "token_type_ids" in tokenizer.model_input_names
    example = torch.tensor([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 0, 0]])
    inputs = {"input_ids": example, "attention_mask": (example > 0).long()}
    if uses_type_ids:
        inputs["token_type_ids"] = torch.zeros_like(example)
    facts = _Facts(
        identity=original.identity,
        dimension=original.dimension,
        max_tokens=original.max_tokens,
    )
    write_facts(folder, FACTS_FILE, facts, tokenizer_json=tokenizer_json)
    plain = original.embed(SAMPLE)
    samples = [_inputs_of(as_read.encode(text)) for text in MEASURED]
    for spared in (False, True):  # the first is faster, where a model bears it
        write_fast(
            by_position(auto, list(inputs), outputs=[OUTPUT]),
            inputs,
            folder,
            outputs=[OUTPUT],
            heads=auto.config.num_attention_heads,
            hidden_size=auto.config.hidden_size,
            samples=samples,
            spared=spared,
        )
        fast = FastEmbedder.load(folder).embed(SAMPLE)
        cosine = float((fast * plain).sum(axis=1).mean())
        if cosine >= LEAST_COSINE:
            return
    raise ModelError(
        f"The fast form of {original.identity} makes other vectors than the original: their cosine"
        f" is {cosine:.3f}, and {LEAST_COSINE} is asked for.",
        "Use the original.",
    )
