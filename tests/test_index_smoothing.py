"""Numbers made even before they are multiplied in eight bits, held to numpy."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from index.fast_model import FastModel
from index.smoothing import smooth

WORDS, WIDE, NARROW = 50, 64, 8
LARGE = 300.0  # times the others: one channel, as in real encoders
Matrix = npt.NDArray[np.float32]


@pytest.fixture
def weights() -> tuple[Matrix, Matrix]:
    """Of a look-up of words, whose first channel is large, and of the product behind it."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(WORDS, WIDE)).astype(np.float32)
    table[:, 0] *= LARGE
    behind = rng.normal(size=(WIDE, NARROW)).astype(np.float32)
    behind[0] /= LARGE
    return table, behind


@pytest.fixture
def model(weights: tuple[Matrix, Matrix]) -> onnx.ModelProto:
    """Words, looked up, kept where positive, and multiplied."""
    table, behind = weights
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["found"], name="look up"),
            helper.make_node("Relu", ["found"], ["positive"], name="positive"),
            helper.make_node("MatMul", ["positive", "behind"], ["output"], name="product"),
        ],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, "length", NARROW])],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(behind, "behind")],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)


def output_of(file: Path, words: npt.NDArray[np.int64]) -> Matrix:
    (output,) = FastModel(file).run({"input_ids": words})
    return np.asarray(output)


def test_products_stay_what_they_were(
    model: onnx.ModelProto, weights: tuple[Matrix, Matrix], tmp_path: Path
) -> None:
    words = np.arange(WORDS, dtype=np.int64)[None]
    smooth(model, [{"input_ids": words[:, :20]}, {"input_ids": words[:, 20:23]}], tmp_path)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, tmp_path / "smooth.onnx")
    table, behind = weights
    expected = np.maximum(table, 0)[words] @ behind
    np.testing.assert_allclose(output_of(tmp_path / "smooth.onnx", words), expected, atol=1e-3)


def test_eight_bits_lose_less(
    model: onnx.ModelProto, weights: tuple[Matrix, Matrix], tmp_path: Path
) -> None:
    words = np.arange(WORDS, dtype=np.int64)[None]
    table, behind = weights
    expected = np.maximum(table, 0)[words] @ behind

    def lost(name: str) -> float:
        whole, eight = tmp_path / f"{name}.onnx", tmp_path / f"{name}-eight.onnx"
        onnx.save(model, whole)
        quantize_dynamic(
            whole,
            eight,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            reduce_range=True,  # as processors without VNNI need it
            weight_type=QuantType.QInt8,
        )
        return float(np.abs(output_of(eight, words) - expected).mean())

    before = lost("before")
    smooth(model, [{"input_ids": words[:, :20]}], tmp_path)
    assert lost("smooth") < before / 3


def test_a_channel_that_the_samples_leave_silent_is_no_division_by_nothing(
    model: onnx.ModelProto, weights: tuple[Matrix, Matrix], tmp_path: Path
) -> None:
    table, behind = weights
    table[:, 5] = -1.0
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(table, "table"))
    words = np.arange(WORDS, dtype=np.int64)[None]
    smooth(model, [{"input_ids": words}], tmp_path)
    onnx.save(model, tmp_path / "smooth.onnx")
    expected = np.maximum(table, 0)[words] @ behind
    np.testing.assert_allclose(output_of(tmp_path / "smooth.onnx", words), expected, atol=1e-3)


def test_what_stands_behind_no_activation_is_left_alone(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["found"]),
            helper.make_node("MatMul", ["found", "behind"], ["output"]),
        ],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, "length", NARROW])],
        [
            numpy_helper.from_array(np.ones((WORDS, WIDE), np.float32), "table"),
            numpy_helper.from_array(np.ones((WIDE, NARROW), np.float32), "behind"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    before = model.SerializeToString()
    smooth(model, [{"input_ids": np.ones((1, 3), np.int64)}], tmp_path)
    assert model.SerializeToString() == before
