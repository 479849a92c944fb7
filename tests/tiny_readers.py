"""Readers of every architecture, tiny and with weights drawn at random."""

from collections.abc import Callable
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertTokenizerFast,
    PreTrainedTokenizerFast,
)
from unigrams import unigram_tokenizer

from qa.reader import (
    ExtractiveReader,
)

TINY_TOKENS = 64
TINY_STRIDE = 12


WORDS = [
    *("who", "was", "released", "in", "minsk", "?", "anna", "bab", "##ari", "##ko", "123"),
    *("on", "monday", ",", "the", "and", ".", "3", "50"),
]


TINY_PAIRS = [
    ("who was released?", "Anna Babariko was released in Minsk on Monday."),
    ("who?", "Anna"),
    ("who was in Minsk on Monday?", "The 123 and Anna, Babariko, 3.50 and who? " * 9),
    ("was Anna released", "北京 and   Minsk,\n\nAnna 🙂 on 3.50. "),
    ("", "Anna was released."),
    ("who was released, Anna, Babariko, and the 123?", "Monday. " * 80 + "Anna was released."),
]


def word_pieces(*, cls: str, sep: str, pad: str, doubled: bool) -> Tokenizer:
    """A WordPiece tokenizer; ``doubled`` sets pairs as RoBERTa does, with no segments."""
    vocabulary = {token: number for number, token in enumerate([cls, pad, sep, "[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pair = f"{cls} $A {sep} {sep} $B {sep}" if doubled else f"{cls} $A {sep} $B:1 {sep}:1"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=pair,
        special_tokens=[(cls, vocabulary[cls]), (sep, vocabulary[sep])],
    )
    return tokenizer


def byte_pairs(*, trim_offsets: bool) -> Tokenizer:
    """A byte-level BPE trained on the spot; without trimming, tokens own the space before."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text for pair in TINY_PAIRS for text in pair], trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=trim_offsets, add_prefix_space=False
    )
    return tokenizer


def wrapped(tokenizer: Tokenizer, *, type_ids: bool, cls: str, sep: str, pad: str, unk: str):
    names = ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token=cls,
        sep_token=sep,
        pad_token=pad,
        unk_token=unk,
        model_input_names=names if type_ids else [name for name in names if "type" not in name],
    )


def bert_style(*, type_ids: bool):
    tokens = {"cls": "[CLS]", "sep": "[SEP]", "pad": "[PAD]"}
    return wrapped(word_pieces(**tokens, doubled=False), type_ids=type_ids, unk="[UNK]", **tokens)


def mpnet_style():
    tokens = {"cls": "<s>", "sep": "</s>", "pad": "<pad>"}
    return wrapped(word_pieces(**tokens, doubled=True), type_ids=False, unk="[UNK]", **tokens)


def roberta_style(*, trim_offsets: bool):
    return wrapped(
        byte_pairs(trim_offsets=trim_offsets),
        type_ids=False,
        cls="<s>",
        sep="</s>",
        pad="<pad>",
        unk="<unk>",
    )


def genuine_bert():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {token: number for number, token in enumerate([*special, *WORDS])}
    return BertTokenizerFast(vocab=vocabulary, model_max_length=TINY_TOKENS)


TOKENIZERS: dict[str, tuple[str, Callable]] = {
    "bert": ("Bert", genuine_bert),
    "bert, generic tokenizer": ("Bert", lambda: bert_style(type_ids=True)),
    "bert, without type ids": ("Bert", lambda: bert_style(type_ids=False)),
    "electra": ("Electra", lambda: bert_style(type_ids=True)),
    "deberta": ("Deberta", lambda: roberta_style(trim_offsets=True)),
    "deberta 2": ("DebertaV2", lambda: bert_style(type_ids=True)),
    "deberta 3": (
        "DebertaV2",
        lambda: unigram_tokenizer(text for pair in TINY_PAIRS for text in pair),
    ),
    "distilbert": ("DistilBert", lambda: bert_style(type_ids=False)),
    "mpnet": ("MPNet", mpnet_style),
    "roberta": ("Roberta", lambda: roberta_style(trim_offsets=True)),
    "roberta, spaces in tokens": ("Roberta", lambda: roberta_style(trim_offsets=False)),
}


def save_tiny(folder: Path, kind: str, *, head: str = "ForQuestionAnswering") -> Path:
    """A model of an architecture, of 16 dimensions, with its tokenizer."""
    architecture, make_tokenizer = TOKENIZERS[kind]
    tokenizer = make_tokenizer()
    torch.manual_seed(7)
    sizes: dict[str, object] = (
        {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32}
        if architecture == "DistilBert"
        else {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
        }
    )
    if kind == "deberta 3":  # as in its paper (He et al. 2023)
        sizes |= {
            "relative_attention": True,
            "position_buckets": 8,
            "share_att_key": True,
            "pos_att_type": ["p2c", "c2p"],
            "norm_rel_ebd": "layer_norm",
            "position_biased_input": False,
            "type_vocab_size": 0,
        }
    # RoBERTa and MPNet count positions from behind the padding index.
    spare = 2 if architecture in ("Roberta", "MPNet") else 0
    config = getattr(transformers, f"{architecture}Config")(
        vocab_size=len(tokenizer),
        max_position_embeddings=TINY_TOKENS + spare,
        pad_token_id=tokenizer.pad_token_id,
        initializer_range=0.4,
        **sizes,
    )
    getattr(transformers, f"{architecture}{head}")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def load_tiny(folder: Path, **options) -> ExtractiveReader:
    return ExtractiveReader.from_pretrained(
        folder, **{"window_tokens": 48, "stride_tokens": TINY_STRIDE} | options
    )
