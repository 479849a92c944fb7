"""How near the reader comes to what the processor can do, and where the rest goes.

    python benchmarks/limit.py

The peak is the best rate at which this machine multiplied large matrices in the same run, in
floats and in eight-bit integers. The reader's operations are counted, so that its share of the
peak is a number; the profile says what takes the time, outside the model and in it. Writes
``benchmarks/results/limit.json``.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from timing import RESULTS, in_turns, machine, spread

import qa
from index.fast_kept import kept_at, key_of
from index.fast_model import LEFT_APART, MODEL_FILE
from index.threads import usable_cores
from qa.defaults import BATCH_SIZE
from qa.reader import SHIPPED_READER, STRIDE_TOKENS, WINDOW_TOKENS, ExtractiveReader
from qa.reader_model import load_reader
from qa.seeds import seed_questions
from qa.windows import Window, Windower, batches

ROUNDS = 7
SIDE = 2048  # of the matrices: far larger than the caches
QUESTIONS = 12  # from all seeds, each with two of their passages
PASSAGES = 2


def main() -> None:
    reader = ExtractiveReader.shipped()
    model = load_reader(SHIPPED_READER, make_fast=True)
    windower = Windower(
        model.tokenizer_json, window_tokens=WINDOW_TOKENS, stride_tokens=STRIDE_TOKENS
    )
    shelf = qa.load().index
    asked = [one.question for seed in seed_questions() for one in seed.questions]
    asked = asked[:: -(-len(asked) // QUESTIONS)]
    pairs = [
        (question, hit.passage.text)
        for question, hits in zip(asked, shelf.search(asked, top_k=PASSAGES), strict=True)
        for hit in hits
    ]
    windows = sorted(windower.cut(pairs), key=lambda one: len(one.token_ids), reverse=True)
    # As the reader goes through them.
    read = list(batches(windows, budget_tokens=BATCH_SIZE * WINDOW_TOKENS))
    calls: dict[str, Callable[[], Any]] = {
        "peak_fp32": multiplication(TensorProto.FLOAT, "MatMul"),
        "peak_int8": multiplication(TensorProto.INT8, "MatMulInteger"),
        "windows": lambda: windower.cut(pairs),
        "windows_anew": lambda: Windower(
            model.tokenizer_json, window_tokens=WINDOW_TOKENS, stride_tokens=STRIDE_TOKENS
        ).cut(pairs),
        "model": lambda: [model.scorer.score(*inputs_of(batch)) for batch in read],
        "reading": lambda: reader.read(pairs),
        "question_vectors": lambda: shelf.embedder.embed(asked),
        "search": lambda: shelf.search(asked, top_k=PASSAGES),
    }
    times = {name: spread(values) for name, values in in_turns(calls, rounds=ROUNDS).items()}
    operations = sum(operations_of(len(window.token_ids)) for window in windows)
    peaks = {
        name: 2 * SIDE**3 / times[f"peak_{name}"]["min"] for name in ("fp32", "int8")
    }  # the best round: a peak is what is possible
    rate = operations / times["model"]["median"]
    report = {
        "machine": machine(),
        "windows": len(windows),
        "tokens": sum(len(window.token_ids) for window in windows),
        "operations": operations,
        "gigaflops": {
            "peak fp32": peaks["fp32"] / 1e9,
            "peak int8": peaks["int8"] / 1e9,
            "reader": rate / 1e9,
        },
        "share_of_peak": {name: rate / peak for name, peak in peaks.items()},
        "seconds": times,
        "operators": operators(read),
    }
    (RESULTS / "limit.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report, indent=2))


def inputs_of(batch: Sequence[Window]) -> tuple[Any, Any, Any]:
    shape = (len(batch), max(len(window.token_ids) for window in batch))
    token_ids, type_ids, attended = (np.zeros(shape, np.int64) for _ in range(3))
    for row, window in enumerate(batch):
        size = len(window.token_ids)
        token_ids[row, :size] = window.token_ids
        type_ids[row, :size] = window.type_ids
        attended[row, :size] = 1
    return token_ids, type_ids, attended


def operations_of(tokens: int) -> int:
    """Multiplications and additions of one window, two a weight and token.

    The products with weights, and in every layer's attention those of all tokens with all.
    """
    config = json.loads((SHIPPED_READER / "config.json").read_text("utf-8"))
    hidden, inner, layers = (
        config["hidden_size"],
        config["intermediate_size"],
        config["num_hidden_layers"],
    )
    weights = layers * (4 * hidden * hidden + 2 * hidden * inner) + 2 * hidden
    return int(2 * tokens * weights + layers * 4 * tokens * tokens * hidden)


def multiplication(kind: int, operator: str) -> Callable[[], Any]:
    """A product of two large matrices in ONNX Runtime."""
    of_floats = kind == TensorProto.FLOAT
    left = TensorProto.FLOAT if of_floats else TensorProto.UINT8
    weights = np.ones((SIDE, SIDE), np.float32 if of_floats else np.int8)
    graph = helper.make_graph(
        [helper.make_node(operator, ["left", "right"], ["product"])],
        "product",
        [helper.make_tensor_value_info("left", left, [SIDE, SIDE])],
        [
            helper.make_tensor_value_info(
                "product", TensorProto.FLOAT if of_floats else TensorProto.INT32, [SIDE, SIDE]
            )
        ],
        [onnx.numpy_helper.from_array(weights, "right")],
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    session = onnxruntime.InferenceSession(
        helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
        ).SerializeToString(),
        options,
        providers=["CPUExecutionProvider"],
    )
    matrix = np.ones((SIDE, SIDE), np.float32 if of_floats else np.uint8)
    return lambda: session.run(None, {"left": matrix})


def operators(read: Sequence[Sequence[Window]]) -> Mapping[str, float]:
    """The share of the model's time that each kind of operator takes, by ONNX Runtime's profile."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as scratch:
        options.profile_file_prefix = str(Path(scratch) / "profile")
        session = onnxruntime.InferenceSession(
            str(kept_at(key_of(SHIPPED_READER)) / MODEL_FILE),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=LEFT_APART,  # as it ships
        )
        for batch in read:
            token_ids, type_ids, attended = inputs_of(batch)
            session.run(
                None,
                {"input_ids": token_ids, "attention_mask": attended, "token_type_ids": type_ids},
            )
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    spent: dict[str, float] = defaultdict(float)
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            spent[event["args"]["op_name"]] += event["dur"]
    total = sum(spent.values())
    return {
        name: round(value / total, 4)
        for name, value in sorted(spent.items(), key=lambda item: -item[1])
    }


if __name__ == "__main__":
    main()
