"""Load a model to train, freeze its lower layers, and write it out."""

from pathlib import Path
from typing import Any

import regex
import torch
from examples import digest_of
from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

from qa.disentangled import shift_distances

WEIGHTS = "model.safetensors"  # of a saved model
SPAN_HEADED = "ForQuestionAnswering"  # how transformers' names of such models end
LAYER = regex.compile(r"\.layers?\.(\d+)\.")
# MPNet and DeBERTa compute these once for all layers: while they learn, no layer is really frozen.
SHARED_BY_LAYERS = ("relative_attention_bias", ".rel_embeddings.", ".encoder.LayerNorm.")


def load_model(start: str, *, attention: str, dropout: float, frozen_layers: int) -> Any:
    """A model with a span head, ready to train; the head is new where the model had none.

    Args:
        start: folder or hub id.
        attention: "sdpa", or "eager" for models without it.
        dropout: probability, everywhere in the model.
        frozen_layers: how many of the lowest layers, with the embeddings, stay as they
            are; 0 freezes nothing. Autograd keeps nothing of what is frozen.

    Raises:
        ValueError: the model has not so many layers.
    """
    config = AutoConfig.from_pretrained(start)
    for name, value in list(vars(config).items()):
        if "dropout" in name and isinstance(value, float):
            setattr(config, name, dropout)
    model = AutoModelForQuestionAnswering.from_pretrained(
        start, config=config, dtype=torch.float32, attn_implementation=attention
    )
    shift_distances(model)
    if frozen_layers:
        _freeze(model, frozen_layers)
    return model.train()


def has_span_head(start: str) -> bool:
    """Whether a model was saved with a span head, as a reader is.

    Args:
        start: folder or hub id.

    Raises:
        OSError: there is no such model, or its hub cannot be reached.
    """
    architectures = AutoConfig.from_pretrained(start).architectures or ()
    return any(name.endswith(SPAN_HEADED) for name in architectures)


def told_apart(start: str) -> str:
    """A name for a model that changes when its weights do.

    Args:
        start: folder or hub id; of the latter the name is all there is to tell by.
    """
    weights = Path(start) / WEIGHTS
    return f"{start} {digest_of(weights)}" if weights.is_file() else start


def load_tokenizer(start: str) -> Any:
    """The fast tokenizer of a model.

    Args:
        start: folder or hub id.
    """
    return AutoTokenizer.from_pretrained(start)


def save_model(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write a model and its tokenizer into a folder that any reader can be loaded from."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def parameter_groups(model: Any, weight_decay: float) -> list[dict[str, Any]]:
    """What learns, with no decay for biases and layer norms (as in BERT, Devlin et al. 2019)."""
    decayed: list[torch.nn.Parameter] = []
    free: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (free if name.endswith("bias") or "norm" in name.lower() else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def _freeze(model: Any, layers: int) -> None:
    numbers = set()
    for name, parameter in model.named_parameters():
        layer = LAYER.search(name)
        number = int(layer[1]) if layer else None
        numbers.add(number)
        embeds = ".embeddings." in name or any(part in name for part in SHARED_BY_LAYERS)
        if embeds or (number is not None and number < layers):
            parameter.requires_grad_(requires_grad=False)
    if layers - 1 not in numbers:
        raise ValueError(f"The model has fewer than {layers} layers to freeze.")
