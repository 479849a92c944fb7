"""Even out the numbers behind activations, so that they bear multiplication in eight bits.

A few channels are far larger than the others, and on the scale of those the others are lost
(Bondarenko et al. 2021, Understanding and Overcoming the Challenges of Efficient Transformer
Quantization).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.fast_model import FastModel, Inputs

ACTIVATIONS = frozenset({"BiasGelu", "FastGelu", "Gelu", "Relu"})
# What part of a channel's size, as a power, goes over to the weights. With 0 the large channels
# drown the small ones, with 1 their weights do; of 0.25 to 0.75, this and 0.5 kept the shipped
# embedder's vectors nearest to the original's.
SHARE = 0.4
# The least size of a channel, as a part of the usual one: what the samples leave silent may speak.
SMALLEST = 0.1
SCALED = "/scaled"  # ending of the name of a product's input, and SCALE of what it is times
SCALE = "/scale"
EVEN = "/even"  # of its weights


def smooth(model: Any, samples: Sequence[Inputs], scratch: Path) -> None:
    """Divide what activations give by the size of each channel, and multiply its weights by it.

    The products stay what they were (Xiao et al. 2023, SmoothQuant).

    Args:
        model: an ONNX model of fused operators, changed in place.
        samples: inputs that show how large its numbers get.
        scratch: a folder for a file.
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    weights = {one.name: one for one in graph.initializer}
    products = [one for one in behind_activations(graph) if one.input[1] in weights]
    sizes = _sizes(model, sorted({one.input[0] for one in products}), samples, scratch)
    for node in products:
        name, held = node.input[0], weights[node.input[1]]
        usual = float(np.median(sizes[name])) or 1.0
        scale = np.maximum(sizes[name], SMALLEST * usual) ** np.float32(SHARE)
        even = numpy_helper.to_array(held) * scale[:, None]
        # Its own: other products may have the same weights.
        graph.initializer.append(numpy_helper.from_array(even, node.name + EVEN))
        graph.initializer.append(numpy_helper.from_array(1 / scale, node.name + SCALE))
        node.input[0], node.input[1] = node.name + SCALED, node.name + EVEN
        divided = helper.make_node("Mul", [name, node.name + SCALE], [node.input[0]])
        graph.node.insert(list(graph.node).index(node), divided)
    taken = {name for node in graph.node for name in node.input}
    for place in reversed(range(len(graph.initializer))):
        if graph.initializer[place].name not in taken:
            del graph.initializer[place]


def behind_activations(graph: Any) -> list[Any]:
    """The products that take an activation's output.

    Args:
        graph: of an ONNX model of fused operators.
    """
    active = {output for one in graph.node if one.op_type in ACTIVATIONS for output in one.output}
    return [one for one in graph.node if one.op_type == "MatMul" and one.input[0] in active]


def _sizes(
    model: Any, names: Sequence[str], samples: Sequence[Inputs], scratch: Path
) -> dict[str, npt.NDArray[np.float32]]:
    """The largest number that each channel of some tensors has, over all tokens of the samples."""
    import onnx
    from onnx import helper

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    before = len(watched.graph.output)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    file = scratch / "watched.onnx"
    onnx.save(watched, file)
    shown = FastModel(file)
    runs = [shown.run(sample)[before:] for sample in samples]
    return {
        name: np.max([np.abs(run[place]).max(axis=(0, 1)) for run in runs], axis=0)
        for place, name in enumerate(names)
    }
