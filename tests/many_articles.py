"""A saved index of very many articles, made in seconds: their vectors are drawn, not embedded."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.embed import Embedder
from index.making import create_index
from index.prepare import new_facts
from index.records import Document
from index.storing import Prepared

NAMES = ("Ada Fenn", "Bo Ek", "Clara Lund", "Dev Rao")


def document_of(number: int) -> Document:
    name = NAMES[number % len(NAMES)]
    title = f"The harbour lamp of Port {number}, and how it came to stand where it does"
    text = f"{title}\n\nThe lamp of Port {number} was lit by {name} in {1500 + number % 500}."
    return Document(f"lamp-{number}.txt", title, text)


def many_saved(folder: Path, embedder: Embedder, *, count: int) -> Path:
    """The folder of an index of so many articles."""
    facts = new_facts(embedder)
    create_index(folder, facts, _prepared(range(count), facts.dimension))
    return folder


def _prepared(numbers: Sequence[int], dimension: int) -> Iterator[Prepared]:
    lot = np.random.default_rng(0)
    for number in numbers:
        document = document_of(number)
        vector = lot.normal(size=(1, dimension)).astype(np.float32)
        yield Prepared(document, [(0, len(document.text))], vector / np.linalg.norm(vector))
