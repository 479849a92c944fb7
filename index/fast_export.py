"""Write a torch model as ONNX, its operators fused, its products in eight bits if wanted."""

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError, first_line
from index.fast_model import MODEL_FILE, Inputs
from index.quiet import only_errors
from index.smoothing import behind_activations, smooth

if TYPE_CHECKING:
    import torch

# Attention written out step by step, which is how the optimiser knows it and makes it one step.
FUSED_ATTENTION = "eager"
OPSET = 17  # has LayerNormalization; every ONNX Runtime since 1.14 runs it
# What ONNX Runtime's own preparation marks a model with; the optimiser has done as much.
PREPARED = {"onnx.quant.pre_process": "onnxruntime.quant"}
# It takes sizes for equal where it cannot tell, as in DeBERTa's attention, and says so each time.
SHAPES = "symbolic_shape_infer"


def by_position(model: Any, names: Sequence[str], *, outputs: Sequence[str]) -> "torch.nn.Module":
    """A model of transformers as a module that takes its inputs by position, for ``write_fast``.

    Args:
        model: the model.
        names: of its inputs, in their order.
        outputs: which of its outputs are given, by their names.
    """
    import torch

    class ByPosition(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
            given = self.model(**dict(zip(names, inputs, strict=True)))
            return tuple(getattr(given, name) for name in outputs)

    return ByPosition()


def write_fast(
    module: "torch.nn.Module",
    inputs: Mapping[str, "torch.Tensor"],
    folder: Path,
    *,
    outputs: Sequence[str],
    heads: int,
    hidden_size: int,
    samples: Sequence[Inputs] = (),
    spared: bool = False,
) -> None:
    """Write a torch model as ONNX with its operators fused.

    Args:
        module: takes the inputs by position, and gives the outputs.
        inputs: an example of each, (B, L) int64; both may vary.
        folder: where ``MODEL_FILE`` goes.
        outputs: their names.
        heads: attention heads.
        hidden_size: of a token's vector.
        samples: inputs that show how large its numbers get, for products of eight-bit
            integers; without any, its products are of floats.
        spared: whether the products behind activations are of floats all the same: some
            models do not bear it otherwise.

    Raises:
        ModelError: the model has no such form.
    """
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    with (
        tempfile.TemporaryDirectory(dir=folder) as scratch,
        warnings.catch_warnings(),
        only_errors(SHAPES),
    ):
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
            joining = FusionOptions("bert")
            joining.enable_skip_layer_norm = joining.enable_bias_skip_layer_norm = False
            optimised = optimize_model(
                str(whole),
                model_type="bert",
                num_heads=heads,
                hidden_size=hidden_size,
                optimization_options=joining,
                opt_level=0,
            )
            onnx.helper.set_model_props(optimised.model, PREPARED)
            if not samples:
                optimised.save_model_to_file(str(folder / MODEL_FILE))
                return
            left = behind_activations(optimised.model.graph) if spared else []
            if not spared:
                smooth(optimised.model, samples, Path(scratch))
            optimised.save_model_to_file(str(joined))
            quantize_dynamic(
                joined,
                folder / MODEL_FILE,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Attention", "Gemm"],
                nodes_to_exclude=[node.name for node in left],
                # Seven bits: two products of eight overflow the sum that processors without
                # VNNI make of them.
                reduce_range=True,
                weight_type=QuantType.QInt8,
                extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
            )
        except OSError:  # a full disk says nothing of the model
            raise
        except Exception as error:  # of three libraries, without a common base
            raise ModelError(
                f"The model has no fast form ({first_line(error)}).",
                "Use it as it is.",
            ) from error
