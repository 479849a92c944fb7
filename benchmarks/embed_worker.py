"""One way to embed, ours or another's, in a process and an environment of its own.

    python benchmarks/embed_worker.py NAME MODEL

MODEL is a folder with the weights; fastembed's has them as ONNX. The items of ``worker.py`` are
texts; found are vectors.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from worker import work

DIMENSION = 384
Embed = Callable[[Sequence[str]], Any]


def main() -> None:
    name, model = sys.argv[1:]
    work(LOADERS[name](model), ["Ada came."], told=lambda vector: [float(one) for one in vector])


def load_pullquote(_model: str) -> Embed:
    from index.embedder import shipped_embedder

    return shipped_embedder().embed


def load_sentence_transformers(model: str) -> Embed:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, device="cpu", local_files_only=True).encode


def load_fastembed(model: str) -> Embed:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    # Its own ONNX file of this model lies on a hub; this one is as it takes any other.
    TextEmbedding.add_custom_model(
        model="pullquote/exported",
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf="pullquote/exported"),
        dim=DIMENSION,
        model_file="model.onnx",
    )
    embedding = TextEmbedding("pullquote/exported", specific_model_path=model)
    return lambda texts: list(embedding.embed(list(texts)))


LOADERS: dict[str, Callable[[str], Embed]] = {
    "pullquote": load_pullquote,
    "sentence-transformers": load_sentence_transformers,
    "fastembed": load_fastembed,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
