"""The fast form of a model: ONNX, made once and kept in a cache.

ONNX Runtime starts in a fraction of the time that torch takes to import, computes what
belongs together at once, and multiplies eight-bit integers faster than floats, where a
model bears them.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.threads import usable_cores

if TYPE_CHECKING:
    import torch
    from _typeshed import DataclassInstance

Facts = TypeVar("Facts")

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CACHE_VARIABLE = "PULLQUOTE_CACHE"
# Of how a fast form is made: another number, and all are made anew.
RECIPE_VERSION = 2
# What a model is told apart by; weights in several files are all of them.
WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "config.json", "tokenizer.json")
KEY_CHARS = 24  # of a SHA-256: 96 bits
# Attention written out step by step, which is how the optimiser knows it and makes it one step.
FUSED_ATTENTION = "eager"
OPSET = 17  # has LayerNormalization; every ONNX Runtime since 1.14 runs it
ACTIVATIONS = frozenset({"BiasGelu", "FastGelu", "Gelu", "Relu"})
# What ONNX Runtime's own preparation marks a model with; the optimiser has done as much.
PREPARED = {"onnx.quant.pre_process": "onnxruntime.quant"}

Inputs = Mapping[str, npt.NDArray[np.int64]]


class SlowModelWarning(UserWarning):
    """A model could not get its fast form."""


class FastModel:
    """An ONNX model, run by ONNX Runtime; safe to share between threads.

    Args:
        file: the model.
        threads: in one pass; without it, as many as there are cores.

    Raises:
        ModelError: it cannot be loaded.
    """

    def __init__(self, file: Path, *, threads: int | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.log_severity_level = 3  # errors only
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its errors share no base
            raise ModelError(
                f"The fast form {file} cannot be loaded ({str(error).splitlines()[0]}).",
                "Delete its folder: it is made again.",
            ) from error
        self._names = [one.name for one in self._session.get_inputs()]

    def run(self, inputs: Inputs) -> list[Any]:
        """The model's outputs.

        Args:
            inputs: (B, L) int64 each; those it does not take are left out.
        """
        outputs: list[Any] = self._session.run(None, {name: inputs[name] for name in self._names})
        return outputs


def cache_folder() -> Path:
    """Where fast forms are kept: ``PULLQUOTE_CACHE``, or the user's cache folder."""
    from platformdirs import user_cache_path

    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("pullquote", appauthor=False)


def key_of(folder: Path) -> str:
    """A key that changes when a model's weights, configuration or tokenizer do."""
    digest = hashlib.sha256()
    for file in sorted({file for pattern in WEIGHTS for file in folder.glob(pattern)}):
        with file.open("rb") as stream:
            digest.update(file.name.encode() + hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:KEY_CHARS]


def kept_at(key: str) -> Path:
    """The folder of the fast form with this key, whether or not it has been made."""
    return cache_folder() / f"models-{RECIPE_VERSION}" / key


def is_fast_form(folder: Path) -> bool:
    """Whether a folder holds a fast form."""
    return (folder / MODEL_FILE).is_file()


def fast_form_of(folder: Path) -> Path | None:
    """The folder of a model's fast form, if it is kept: this one, if it is one itself.

    Args:
        folder: of the model.
    """
    if is_fast_form(folder):
        return folder
    kept = kept_at(key_of(folder))
    return kept if is_fast_form(kept) else None


def read_facts(folder: Path, file: str, kind: type[Facts]) -> tuple[Facts, str]:
    """What stands beside a fast form: the facts of its kind, and its tokenizer.

    Args:
        folder: of the fast form.
        file: name of the facts' file.
        kind: a dataclass of the facts.

    Raises:
        ModelError: a file is missing or damaged.
    """
    try:
        facts = kind(**json.loads((folder / file).read_text("utf-8")))
        return facts, (folder / TOKENIZER_FILE).read_text("utf-8")
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The fast form in {folder} is damaged.", "Delete the folder: it is made again."
        ) from error


def write_facts(
    folder: Path, file: str, facts: "DataclassInstance", *, tokenizer_json: str
) -> None:
    """Write what ``read_facts`` reads.

    Args:
        folder: of the fast form.
        file: name of the facts' file.
        facts: a dataclass.
        tokenizer_json: the tokenizer, serialised.
    """
    (folder / TOKENIZER_FILE).write_text(tokenizer_json, "utf-8")
    (folder / file).write_text(json.dumps(asdict(facts)) + "\n", "utf-8")


def fast_form_kept(folder: Path, make: Callable[[], None], *, name: str) -> bool:
    """Whether a fast form is kept, after an attempt to make it.

    Args:
        folder: where it belongs.
        make: makes it there. Where that folder cannot be written, a warning says so.
        name: of the model, for the warning.
    """
    if not is_fast_form(folder):
        try:
            make()
        except OSError as error:
            warnings.warn(
                f"The fast form of {name} cannot be kept in {folder.parent} ({error.strerror}),"
                f" so that everything takes longer. Set {CACHE_VARIABLE} to a folder that can"
                " be written.",
                SlowModelWarning,
                stacklevel=3,
            )
    return is_fast_form(folder)


def make_once(folder: Path, make: Callable[[Path], None], *, name: str) -> None:
    """Make a fast form if it is not there yet; two processes at once make one.

    Args:
        folder: where it belongs.
        make: writes it into an empty folder; only what it finishes is kept.
        name: of the model, for the line on standard error that says why this takes a while.

    Raises:
        OSError: the folder cannot be written.
    """
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not is_fast_form(folder):  # unless another process was faster
            print(f"Making the fast form of {name}, once …", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as scratch:
                fresh = Path(scratch) / "fresh"
                fresh.mkdir()
                make(fresh)
                shutil.rmtree(folder, ignore_errors=True)
                fresh.rename(folder)


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
