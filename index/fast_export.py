"""Write a torch model as ONNX, its operators fused, its products in eight bits if wanted."""

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    import torch
from index.fast_model import MODEL_FILE

# Attention written out step by step, which is how the optimiser knows it and makes it one step.
FUSED_ATTENTION = "eager"
OPSET = 17  # has LayerNormalization; every ONNX Runtime since 1.14 runs it
ACTIVATIONS = frozenset({"BiasGelu", "FastGelu", "Gelu", "Relu"})
# What ONNX Runtime's own preparation marks a model with; the optimiser has done as much.
PREPARED = {"onnx.quant.pre_process": "onnxruntime.quant"}


def write_fast(
    module: "torch.nn.Module",
    inputs: Mapping[str, "torch.Tensor"],
    folder: Path,
    *,
    outputs: Sequence[str],
    heads: int,
    hidden_size: int,
    eight_bits: bool,
) -> None:
    """Write a torch model as ONNX with its operators fused.

    Args:
        module: takes the inputs by position, and gives the outputs.
        inputs: an example of each, (B, L) int64; both may vary.
        folder: where ``MODEL_FILE`` goes.
        outputs: their names.
        heads: attention heads.
        hidden_size: of a token's vector.
        eight_bits: whether its products are of eight-bit integers.

    Raises:
        ModelError: the model has no such form.
    """
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model

    with tempfile.TemporaryDirectory(dir=folder) as scratch, warnings.catch_warnings():
        # The exporter that went before is the one whose graphs the optimiser knows; it and
        # the tracing of shapes warn of what is meant here.
        warnings.simplefilter("ignore")
        whole, joined = Path(scratch) / "whole.onnx", Path(scratch) / "joined.onnx"
        try:
            torch.onnx.export(
                module.eval(),
                tuple(inputs.values()),
                str(whole),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes={name: {0: "batch", 1: "length"} for name in [*inputs, *outputs]},
                opset_version=OPSET,
                dynamo=False,
            )
            optimised = optimize_model(
                str(whole), model_type="bert", num_heads=heads, hidden_size=hidden_size, opt_level=0
            )
            onnx.helper.set_model_props(optimised.model, PREPARED)
            target = joined if eight_bits else folder / MODEL_FILE
            optimised.save_model_to_file(str(target))
            if not eight_bits:
                return
            quantize_dynamic(
                joined,
                folder / MODEL_FILE,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Attention", "Gemm"],
                nodes_to_exclude=_behind_activations(optimised.model.graph),
                # Seven bits: two products of eight overflow the sum that processors without
                # VNNI make of them.
                reduce_range=True,
                weight_type=QuantType.QInt8,
                extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
            )
        except Exception as error:  # of three libraries, without a common base
            raise ModelError(
                f"The model has no fast form ({str(error).strip().splitlines()[0]}).",
                "Use it as it is.",
            ) from error


def _behind_activations(graph: Any) -> list[str]:
    """The names of the products that take an activation's output.

    A few of its numbers are far larger than the others, and on the scale of those the others
    are lost (Bondarenko et al. 2021, Understanding and Overcoming the Challenges of Efficient
    Transformer Quantization).
    """
    active = {
        output for node in graph.node if node.op_type in ACTIVATIONS for output in node.output
    }
    return [node.name for node in graph.node if active.intersection(node.input)]
