"""A small seeded embedder, which needs no model."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from index.numbers import Vectors
from index.sentences import Span


class StubEmbedder:
    """Vectors drawn from a generator seeded by each text; tokens are words."""

    identity = "stub@1"
    dimension = 16
    max_tokens = 64

    def token_spans(self, text: str) -> Sequence[Span]:
        spans, start = [], None
        for position, character in enumerate(text + " "):
            if character.isspace():
                if start is not None:
                    spans.append((start, position))
                start = None
            elif start is None:
                start = position
        return spans

    def embed(
        self,
        texts: Sequence[str],
        *,
        batch_size: int = 32,  # noqa: ARG002 - what an embedder takes
        progress: bool = False,  # noqa: ARG002
    ) -> Vectors:
        rows = [
            np.random.default_rng(
                int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            ).normal(size=self.dimension)
            for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class CountingEmbedder(StubEmbedder):
    """The same, and the texts that it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: bool = False
    ) -> Vectors:
        self.texts += texts
        return super().embed(texts, batch_size=batch_size, progress=progress)


class EmbedderMeanwhile(StubEmbedder):
    """The same; the first time that something asks about it, another process does something.

    Args:
        act: what that does.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def again(self, act: Callable[[], object]) -> None:
        """Do something else, the next time that something asks."""
        self._act = act

    @property
    def identity(self) -> str:
        self._meanwhile()
        return super().identity

    @property
    def dimension(self) -> int:
        self._meanwhile()
        return super().dimension

    def _meanwhile(self) -> None:
        if self._act is not None:
            act, self._act = self._act, None
            act()
