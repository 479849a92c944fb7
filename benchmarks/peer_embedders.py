"""Embed the same texts with the same weights as the others do: speed, and closeness beside it.

    python benchmarks/peer_embedders.py

Part of ``make bench-peers``, and writes its part of ``benchmarks/results/peers.json``. Ours is the
form that ships, in eight bits; SentenceTransformers as it is by default, in fp32, which is
what closeness is measured against; fastembed with our fp32 export, since the ONNX file that it has
of this model lies on a hub.
"""

import importlib.util
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from peer_process import PeerProcess, made, version_in
from timing import RESULTS, machine, spread

import qa
from index.embed import SHIPPED_PACKAGE, SentenceEmbedder
from index.threads import usable_cores
from qa.seeds import seed_questions

ROUNDS = 5
FASTEMBED = ("fastembed",)
NAMES = ("pullquote", "sentence-transformers", "fastembed")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def main() -> None:
    file = RESULTS / "peers.json"
    report = json.loads(file.read_text("utf-8"))
    report["embedders"] = measured()
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report["embedders"], indent=2))


def measured() -> dict[str, Any]:
    """What all ways of embedding took, in turns, and how close they are to fp32."""
    texts = [passage.text for passage in qa.load().index.passages]
    questions = [one.question for seed in seed_questions() for one in seed.questions]
    weights = weights_folder()
    pythons = dict.fromkeys(NAMES, Path(sys.executable))
    pythons["fastembed"] = made("fastembed", FASTEMBED)
    found: dict[str, dict[str, Any]] = {name: {"batch": [], "single": []} for name in NAMES}
    with tempfile.TemporaryDirectory() as scratch:
        exported(weights, Path(scratch))
        models = dict.fromkeys(NAMES, weights) | {"fastembed": Path(scratch)}
        workers = {
            name: PeerProcess(python, "embed_worker.py", name, models[name])
            for name, python in pythons.items()
        }
        for number in range(ROUNDS):
            for name, worker in workers.items():
                many = worker.asked({"mode": "batch", "items": texts})
                one = worker.asked({"mode": "single", "items": questions})
                found[name]["batch"].append(sum(many["s"]))
                found[name]["single"].append(one["s"])
                found[name]["vectors"] = np.array(many["found"])
                found[name]["bytes"] = one["bytes"]
                print(f"round {number + 1}: {name} {sum(many['s']):.1f} s", file=sys.stderr)
        for worker in workers.values():
            worker.end()
    plain = found["sentence-transformers"]["vectors"]
    versions = {"fastembed": version_in(pythons["fastembed"], "fastembed")}
    return {
        "machine": machine() | {"peers": versions, "threads": usable_cores()},
        "passages": len(texts),
        "questions": len(questions),
        "rounds": ROUNDS,
        "rows": {name: row_of(one, plain, len(texts)) for name, one in found.items()},
    }


def row_of(found: Mapping[str, Any], plain: Any, passages: int) -> dict[str, Any]:
    """The figures of one way of embedding."""
    # Of each question its median over the rounds, so that one slow moment is no slow question.
    single = [statistics.median(times) for times in zip(*found["single"], strict=True)]
    return {
        "batch_s": spread(found["batch"]),
        "passages_per_second": passages / statistics.median(found["batch"]),
        "question_p50_ms": 1000 * statistics.median(single),
        "question_p95_ms": 1000 * statistics.quantiles(single, n=20)[18],
        "mean_cosine": mean_cosine(found["vectors"], plain),
        "peak_megabytes": found["bytes"] / 1e6,
    }


def mean_cosine(vectors: Any, others: Any) -> float:
    """How alike two ways of embedding make the same texts' vectors."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(others, axis=1)
    return float(np.mean((vectors * others).sum(axis=1) / lengths))


def weights_folder() -> Path:
    """Where the embedder's original weights are."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def exported(weights: Path, folder: Path) -> None:
    """Write the embedder for fastembed: our export in fp32, and the tokenizer's files.

    Its tokenizer reads as many tokens as the model does by default, so that all cut alike.
    """
    from runtimes import embedder as subject_of_embedder
    from runtimes import written

    shutil.copy(written(subject_of_embedder(), folder, eight_bits=False), folder / "model.onnx")
    for name in TOKENIZER_FILES:
        shutil.copy(weights / name, folder / name)
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    config["model_max_length"] = SentenceEmbedder.shipped().model.max_seq_length
    (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")


if __name__ == "__main__":
    main()
