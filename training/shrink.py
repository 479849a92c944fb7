"""Make an encoder smaller: fewer layers, and a vocabulary of the words that texts have.

    python training/shrink.py --encoder FOLDER --examples examples.jsonl.gz --output FOLDER

Of an encoder of this width two thirds are vocabulary. Without its rare words, which are then read
in pieces, there is room for more layers in the same bytes; depth is worth more to a reader (Wang
et al. 2020, MiniLM, of six and twelve layers of one width).
"""

import argparse
import json
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
import torch
from examples import read_examples
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoTokenizer
from whole_file import whole_folder

RECIPE = Path(__file__).with_suffix(".toml")
TOKENIZER_FILE = "tokenizer.json"
SHRINKABLE = "deberta-v2"  # the model type; its names of layers and embeddings are used below
WORD_BEGINS = "▁"  # before a piece that begins a word
BYTE = regex.compile(r"<0x[0-9A-F]{2}>")  # of no use, as what is unknown is not told in bytes
# What words are spelled with that the vocabulary lacks: these letters and digits, and of signs
# all but pictures. A word with any other is unknown.
SPELLED = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")  # how their names in Unicode begin
SIGNS, PICTURE = ("P", "S"), "So"  # in Unicode's general categories
FIRST_PICTURE = "\u2190"  # an arrow; before it are signs such as © and °


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinking:
    """What is left of an encoder.

    Args:
        layers: how many of the lowest layers.
        vocabulary: how many tokens.
        general_share: of the tokens, those that come first in the encoder's vocabulary, which
            begins with the most frequent; the others are the most frequent of the examples.
    """

    layers: int
    vocabulary: int
    general_share: float


def shrink(encoder: str, examples: Path, output: Path, *, recipe: Path) -> None:
    """Write an encoder of fewer layers and tokens.

    Args:
        encoder: folder or hub id of a DeBERTa encoder with a unigram vocabulary.
        examples: file that prepare.py made, whose words are counted.
        output: folder to write.
        recipe: TOML file such as shrink.toml.

    Raises:
        ValueError: the encoder is no DeBERTa-v3, or has less than is to be left.
    """
    shrinking = Shrinking(**tomllib.loads(recipe.read_text("utf-8")))
    config = AutoConfig.from_pretrained(encoder)
    if config.model_type != SHRINKABLE:
        raise ValueError(f"{encoder} is a model of type {config.model_type}. Give a DeBERTa-v3.")
    if config.num_hidden_layers < shrinking.layers:
        raise ValueError(f"{encoder} has {config.num_hidden_layers} layers only.")
    model = AutoModel.from_pretrained(encoder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    whole = tokenizer.backend_tokenizer
    texts = [text for held in read_examples(examples) for text in (held.question, held.passage)]
    kept = chosen_tokens(whole, count_tokens(whole, texts), shrinking)
    words = model.embeddings.word_embeddings
    words.weight = torch.nn.Parameter(words.weight[torch.tensor(kept)].clone())
    words.num_embeddings = model.config.vocab_size = len(kept)
    words.padding_idx = model.config.pad_token_id = kept.index(tokenizer.pad_token_id)
    model.encoder.layer = model.encoder.layer[: shrinking.layers]
    model.config.num_hidden_layers = shrinking.layers
    with whole_folder(output) as unfinished:
        tokenizer.save_pretrained(unfinished)
        (unfinished / TOKENIZER_FILE).write_text(
            json.dumps(smaller_tokenizer(whole, kept), ensure_ascii=False, indent=2), "utf-8"
        )
        model.save_pretrained(unfinished)


def count_tokens(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each token is in some texts, by its id."""
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch_fast([*texts], add_special_tokens=False):
        counts.update(encoding.ids)
    return counts


def chosen_tokens(
    tokenizer: Tokenizer, counts: Mapping[int, int], shrinking: Shrinking
) -> list[int]:
    """The ids of the tokens that are left, in their order.

    The special tokens and the letters that words are spelled with are always among them.

    Args:
        tokenizer: with a unigram vocabulary, the most frequent pieces first.
        counts: how often each token is in the examples.
        shrinking: how many to leave.

    Raises:
        ValueError: the vocabulary has fewer.
    """
    vocabulary = tokenizer.get_vocab()
    if len(vocabulary) < shrinking.vocabulary:
        raise ValueError(f"The vocabulary has {len(vocabulary):,} tokens only.")
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    spelled = {
        number for token, number in vocabulary.items() if token in special or _is_spelling(token)
    }
    general = sorted(number for token, number in vocabulary.items() if _is_latin(token))
    general_count = max(0, round(shrinking.vocabulary * shrinking.general_share) - len(spelled))
    frequent = sorted(counts, key=lambda number: (-counts[number], number))
    wanted = dict.fromkeys([*sorted(spelled), *general[:general_count], *frequent, *general])
    return sorted([*wanted][: shrinking.vocabulary])


def smaller_tokenizer(tokenizer: Tokenizer, kept: Sequence[int]) -> dict[str, Any]:
    """What tokenizer.json says of a tokenizer with some of the tokens, numbered anew.

    Args:
        tokenizer: with a unigram vocabulary.
        kept: ids of the tokens that are left; their places are their new ids.
    """
    told: dict[str, Any] = json.loads(tokenizer.to_str())
    numbers = {tokenizer.id_to_token(old): new for new, old in enumerate(kept)}
    told["model"]["unk_id"] = numbers[told["model"]["vocab"][told["model"]["unk_id"]][0]]
    told["model"]["vocab"] = [row for row in told["model"]["vocab"] if row[0] in numbers]
    for token in told["added_tokens"]:
        token["id"] = numbers[token["content"]]
    for token in told["post_processor"]["special_tokens"].values():
        token["ids"] = [numbers[content] for content in token["tokens"]]
    told["truncation"] = told["padding"] = None
    return told


def _is_latin(piece: str) -> bool:
    """Whether a piece is of Latin letters, digits or signs that English texts have."""
    return BYTE.fullmatch(piece) is None and all(
        not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN") for letter in piece
    )


def _is_spelling(piece: str) -> bool:
    """Whether a piece is one letter, digit or sign of those that words are spelled with."""
    letter = piece.removeprefix(WORD_BEGINS)
    if len(letter) != 1:
        return not letter
    kind = unicodedata.category(letter)
    is_sign = kind.startswith(SIGNS) and (kind != PICTURE or letter < FIRST_PICTURE)
    return is_sign or unicodedata.name(letter, "").startswith(SPELLED)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make an encoder smaller.")
    parser.add_argument("--encoder", required=True, help="folder or hub id of a DeBERTa-v3")
    parser.add_argument("--examples", type=Path, required=True, help="file of prepare.py")
    parser.add_argument("--output", type=Path, required=True, help="folder for the encoder")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (shrink.toml)")
    options = parser.parse_args()
    shrink(options.encoder, options.examples, options.output, recipe=options.recipe)


if __name__ == "__main__":
    main()
