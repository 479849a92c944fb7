"""Put layers of an encoder on a reader that was made of its lower ones, in the same bytes.

    python training/grow.py --reader READER --encoder ENCODER --examples FILE --output FOLDER

What a reader has learned in its layers stays; the encoder's next ones come on top, below the span
head, and words that are rarer than others make room for them. It reads poorly until it has been
trained again, but with the first hundred steps as well as before.
"""

import argparse
from pathlib import Path

import torch
from shrink import RECIPE, SHRINKABLE, Shrinking, save_with_fewer_tokens
from transformers import AutoModel, AutoModelForQuestionAnswering, AutoTokenizer


def grow(reader: str, encoder: str, examples: Path, output: Path, *, recipe: Path) -> None:
    """Write a reader of more layers and fewer tokens.

    Args:
        reader: folder or hub id of a reader whose layers are the lowest of the encoder.
        encoder: folder or hub id of the DeBERTa encoder that it began with, before shrink.py.
        examples: file that prepare.py made, whose words are counted.
        output: folder to write.
        recipe: TOML file such as shrink.toml, which says how many layers and tokens are left.

    Raises:
        ValueError: one of them is no DeBERTa-v3, the two are of different widths, or the reader
            has no fewer layers, or the encoder fewer, than there shall be.
    """
    shrinking = Shrinking.load(recipe)
    model = AutoModelForQuestionAnswering.from_pretrained(reader, dtype=torch.float32)
    whole = AutoModel.from_pretrained(encoder, dtype=torch.float32)
    for name, config in ((reader, model.config), (encoder, whole.config)):
        if config.model_type != SHRINKABLE:
            raise ValueError(f"{name} is a model of type {config.model_type}. Give a DeBERTa-v3.")
    if model.config.hidden_size != whole.config.hidden_size:
        raise ValueError(
            f"{reader} is {model.config.hidden_size} wide and {encoder} {whole.config.hidden_size}."
            " Give the encoder that the reader began with."
        )
    lower, layers = model.config.num_hidden_layers, shrinking.layers
    if not lower < layers <= whole.config.num_hidden_layers:
        raise ValueError(
            f"{reader} has {lower} layers and {encoder} {whole.config.num_hidden_layers}: there"
            f" cannot be {layers}. Set layers in {recipe}."
        )
    model.base_model.encoder.layer.extend(whole.encoder.layer[lower:layers])
    model.config.num_hidden_layers = layers
    tokenizer = AutoTokenizer.from_pretrained(reader)
    save_with_fewer_tokens(model, tokenizer, output, examples=examples, shrinking=shrinking)


def main() -> None:
    parser = argparse.ArgumentParser(description="Put layers of an encoder on a reader.")
    parser.add_argument("--reader", required=True, help="folder or hub id of a reader")
    parser.add_argument("--encoder", required=True, help="folder or hub id of what it began with")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--output", type=Path, required=True, help="folder for the reader")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (shrink.toml)")
    options = parser.parse_args()
    grow(options.reader, options.encoder, options.examples, options.output, recipe=options.recipe)


if __name__ == "__main__":
    main()
