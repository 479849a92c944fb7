"""A tokenizer such as DeBERTa-v3 has: unigrams that count the space before a word to it."""

from collections import Counter
from collections.abc import Iterable

import regex
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)
from transformers import PreTrainedTokenizerFast

SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[UNK]")
LETTERS = [*(chr(code) for code in range(0x21, 0x100) if chr(code).isprintable()), *"яλ☀"]
PAIRS = [first + second for first in "aeioudlnrstw" for second in "abcdefghijklmnopqrstuvwxyz"]
FOREIGN = ["мир", "世", "界", "▁世界"]


def unigrams(texts: Iterable[str]) -> Tokenizer:
    """One of the words of some texts, the most frequent first, and of single letters."""
    words = Counter(word for text in texts for word in regex.findall(r"\w+", text))
    pieces = [(token, 0.0) for token in (*SPECIAL, "<0x00>", "<0x41>")]
    pieces += [("▁", -3.0)]
    pieces += [
        (f"▁{word}", -4 - place / 100) for place, (word, _) in enumerate(words.most_common())
    ]
    pieces += [(pair, -12 - place / 100) for place, pair in enumerate(PAIRS)]
    pieces += [(piece, -16.0) for piece in (*FOREIGN, *LETTERS)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL.index("[UNK]")))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, SPECIAL.index(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False) for token in (*SPECIAL, "[MASK]")]
    )
    return tokenizer


def unigram_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """The same as a tokenizer of transformers."""
    return PreTrainedTokenizerFast(
        tokenizer_object=unigrams(texts),
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
