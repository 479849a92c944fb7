"""One way to embed, ours or another's, in a process and an environment of its own.

    python benchmarks/embed_worker.py NAME MODEL

MODEL is a folder with the weights; fastembed's has them as ONNX. Does what each line of standard
input says, a JSON object with ``mode`` ("single" or "batch") and ``texts``, and prints a line for
it: the seconds each took, the vectors, and the most memory used so far. ``peer_embedders.py``
starts it.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DIMENSION = 384
Embed = Callable[[Sequence[str]], Any]


def main() -> None:
    name, model = sys.argv[1:]
    embed = LOADERS[name](model)
    embed(["Ada came."])  # what is loaded late is loaded now
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        texts = task["texts"]
        seconds, vectors = [], []
        for some in [texts] if task["mode"] == "batch" else [[text] for text in texts]:
            began = time.perf_counter()
            found = embed(some)
            seconds.append(time.perf_counter() - began)
            vectors += [[float(value) for value in vector] for vector in found]
        told = {"s": seconds, "vectors": vectors, "bytes": most_bytes()}
        print(json.dumps(told), flush=True)


def most_bytes() -> int:
    """The most memory that this process had; Linux only.

    What getrusage tells is at least that of the process that started this one, before it did.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


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
