"""The batched reader against transformers, one pair at a time and span by span."""

import json
import math
import shutil
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import regex
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertTokenizerFast,
    PreTrainedTokenizerFast,
)

from index.errors import InputError, ModelError
from index.sentences import sentence_spans
from qa.reader import (
    SHIPPED_READER,
    STRIDE_TOKENS,
    WINDOW_TOKENS,
    ExtractiveReader,
    Reading,
)
from qa.reader_model import export_reader
from qa.seeds import seed_articles
from qa.settings import ReaderSettings
from qa.spans import CROSSING_COST

pytestmark = pytest.mark.usefixtures("one_thread")

TOLERANCE = 1e-3
WORD_EDGE = regex.compile(r"\b", flags=regex.WORD)  # UAX #29
OWNER = regex.compile(r"(?<=\p{L})['’]s\b", flags=regex.WORD)
TINY_TOKENS = 64
TINY_STRIDE = 12


class PlainReader:
    """transformers alone: each window by itself, in float32, and a loop over its spans."""

    def __init__(
        self, folder: Path, *, window_tokens: int, stride_tokens: int, temperature: float = 1.0
    ) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForQuestionAnswering.from_pretrained(
            folder, dtype=torch.float32
        ).eval()
        self._window_tokens = window_tokens
        self._stride_tokens = stride_tokens
        self._temperature = temperature

    def windows(self, question: str, text: str, *, max_answer_tokens: int = 30):
        """For each window every span that is allowed, with its log-odds."""
        encoded = self._tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=self._window_tokens,
            stride=self._stride_tokens,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        edges = {match.start() for match in WORD_EDGE.finditer(text)}
        return [
            self._spans(encoded, number, text, edges, max_answer_tokens)
            for number in range(len(encoded["input_ids"]))
        ]

    def _spans(self, encoded, number, text, edges, max_answer_tokens):
        names = self._tokenizer.model_input_names
        inputs = {name: torch.tensor([encoded[name][number]]) for name in names}
        with torch.no_grad():
            output = self._model(**inputs)
        starts, ends = output.start_logits[0].tolist(), output.end_logits[0].tolist()
        null_at = encoded["input_ids"][number].index(self._tokenizer.cls_token_id)
        null = starts[null_at] + ends[null_at]
        tokens = []
        for token, part in enumerate(encoded.sequence_ids(number)):
            if part != 1:
                continue
            start, end = encoded["offset_mapping"][number][token]
            while start < end and text[start].isspace():
                start += 1
            if start < end:
                tokens.append((token, start, end))
        return [
            (
                (start, end),
                (
                    starts[first]
                    + ends[last]
                    - null
                    - CROSSING_COST * (sentence_of(text, start) != sentence_of(text, end - 1))
                )
                / self._temperature,
            )
            for first, start, _ in tokens
            for last, _, end in tokens
            if first <= last < first + max_answer_tokens
            and start in edges
            and (end in edges or OWNER.match(text, end))
        ]


@cache
def sentence_of(text, position):
    """The number of the sentence that a character is in."""
    return sum(end <= position for _, end in sentence_spans(text))


def logsumexp(values):
    highest = max(values)
    return highest + math.log(math.fsum(math.exp(value - highest) for value in values))


def assert_agrees(reading: Reading, windows) -> None:
    """Whether a reading has the spans, and the log-odds, that the plain reader found."""
    odds: dict[tuple[int, int], list[float]] = defaultdict(list)
    for window in windows:
        for place, log_odds in window:
            odds[place].append(log_odds)
    if not odds:
        assert reading.spans == ()
        return
    found = {(span.start, span.end): span.log_odds for span in reading.spans}
    assert len(found) == len(reading.spans), "a span is given twice"
    for place, log_odds in found.items():
        # In which window it was among the best is left open.
        assert min(abs(log_odds - other) for other in odds[place]) < TOLERANCE
    given = [span.log_odds for span in reading.spans]
    assert given == sorted(given, reverse=True)
    best = {place: max(others) for place, others in odds.items()}
    ranked = sorted(best.values(), reverse=True)
    assert given[0] == pytest.approx(ranked[0], abs=TOLERANCE)
    if len(ranked) == 1 or ranked[0] - ranked[1] > 2 * TOLERANCE:
        assert (reading.spans[0].start, reading.spans[0].end) == max(best, key=best.__getitem__)
    if len(windows) == 1 and len(best) == len(windows[0]):
        # Nothing is lost of the probability: what is not listed is in the rest.
        everything = logsumexp([*given, reading.rest])
        assert everything == pytest.approx(logsumexp([odds for _, odds in windows[0]]), abs=1e-3)


# The shipped reader

STORY = seed_articles()[0].read_text("utf-8")
PARAGRAPHS = STORY.split("\n")
PAIRS = [
    ("how many prisoners were pardoned?", PARAGRAPHS[0]),
    ("who?", "Yes."),
    ("Which airline is no longer under restrictions, and which country does it belong to?", STORY),
    ("who was barred from the elections?", PARAGRAPHS[6]),
    ("what did Cole confirm?", PARAGRAPHS[1] + "\n\n  " + PARAGRAPHS[2]),
    ("首都是哪里？", "北京是中国的首都。It cost 3.50 dollars, didn’t it? 🙂"),
    ("who is the colour of Tuesday?", PARAGRAPHS[3]),
    ("what?", "x"),
]


@pytest.fixture(scope="module")
def plain_shipped(reader: ExtractiveReader):
    return PlainReader(
        SHIPPED_READER,
        window_tokens=WINDOW_TOKENS,
        stride_tokens=STRIDE_TOKENS,
        temperature=reader.settings.temperature,
    )


@pytest.fixture(scope="module")
def plain_windows(plain_shipped: PlainReader):
    return [plain_shipped.windows(*pair) for pair in PAIRS]


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_shipped_reader_agrees_with_plain_transformers(plain_reader, plain_windows, batch_size):
    readings = plain_reader.read(PAIRS, batch_size=batch_size)
    assert len(readings) == len(PAIRS)
    assert max(map(len, plain_windows)) > 1, "one of the passages has several windows"
    for reading, windows in zip(readings, plain_windows, strict=True):
        assert_agrees(reading, windows)


def test_shipped_reader_finds_what_is_easy(reader):
    text = PARAGRAPHS[0]
    (reading,) = reader.read([("how many prisoners were pardoned?", text)])
    best = reading.spans[0]
    assert text[best.start : best.end] == "123"
    assert best.log_odds > 0


def test_answer_in_a_later_window_keeps_its_place(reader):
    filler = "The weather was mild and the harbour lay quiet. " * 12
    text = f"{filler}The president has pardoned 123 prisoners. {filler}"
    narrow = reader.with_windows(window_tokens=64, stride_tokens=16)
    (reading,) = narrow.read([("how many prisoners were pardoned?", text)])
    best = reading.spans[0]
    assert (best.start, best.end) == (text.index("123"), text.index("123") + 3)


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_the_fast_form_agrees_with_plain_transformers(reader, plain_windows, batch_size):
    for reading, windows in zip(
        reader.read(PAIRS, batch_size=batch_size), plain_windows, strict=True
    ):
        assert_agrees(reading, windows)


# Small models of every architecture, with weights drawn at random

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
    sizes = (
        {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32}
        if architecture == "DistilBert"
        else {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
        }
    )
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


@pytest.fixture(scope="module", params=TOKENIZERS)
def tiny(request, tmp_path_factory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"), request.param)


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"), "bert")


def load_tiny(folder: Path, **options) -> ExtractiveReader:
    return ExtractiveReader.from_pretrained(
        folder, **{"window_tokens": 48, "stride_tokens": TINY_STRIDE} | options
    )


def alter_config(folder: Path, **values) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | values), "utf-8")


def test_any_architecture_agrees_with_plain_transformers(tiny):
    reader = load_tiny(tiny)
    plain = PlainReader(tiny, window_tokens=48, stride_tokens=TINY_STRIDE)
    expected = [plain.windows(*pair) for pair in TINY_PAIRS]
    counts = [len(windows) for windows in expected]
    assert min(counts) == 1
    assert max(counts) > 3
    for batch_size in (1, 3, 32):
        readings = reader.read(TINY_PAIRS, batch_size=batch_size)
        for reading, windows in zip(readings, expected, strict=True):
            assert_agrees(reading, windows)


@pytest.mark.parametrize(
    "kind", ["bert", "bert, without type ids", "electra", "distilbert", "mpnet", "roberta"]
)
def test_fast_form_of_any_architecture(tmp_path, kind):
    folder = save_tiny(tmp_path / "plain", kind)
    export_reader(folder, tmp_path / "fast")
    fast, plain = load_tiny(tmp_path / "fast"), load_tiny(folder)
    for one, other in zip(fast.read(TINY_PAIRS), plain.read(TINY_PAIRS), strict=True):
        assert one.rest == pytest.approx(other.rest, abs=TOLERANCE)
        assert [span.log_odds for span in one.spans] == pytest.approx(
            [span.log_odds for span in other.spans], abs=TOLERANCE
        )


def test_fast_form_that_disagrees_is_refused(tiny_bert, tmp_path, monkeypatch):
    monkeypatch.setattr("qa.fast_scorer.LEAST_AGREEMENT", 1.1)
    with pytest.raises(ModelError, match="scores otherwise"):
        export_reader(tiny_bert, tmp_path / "fast")
    assert not (tmp_path / "fast").exists()


def test_type_ids_are_given_to_models_that_take_them(tmp_path):
    # The same weights: only the tokenizer says whether segments are told apart.
    readings = []
    for kind in ("bert, generic tokenizer", "bert, without type ids"):
        folder = save_tiny(tmp_path / kind, kind)
        readings.append(load_tiny(folder).read(TINY_PAIRS[:1])[0])
    assert abs(readings[0].spans[0].log_odds - readings[1].spans[0].log_odds) > 0.01


@pytest.mark.parametrize("max_answer_tokens", [1, 2, 5])
def test_longest_answer_is_kept_to(tiny_bert, max_answer_tokens):
    reader = load_tiny(tiny_bert)
    plain = PlainReader(tiny_bert, window_tokens=48, stride_tokens=TINY_STRIDE)
    readings = reader.read(TINY_PAIRS, max_answer_tokens=max_answer_tokens)
    for pair, reading in zip(TINY_PAIRS, readings, strict=True):
        assert_agrees(reading, plain.windows(*pair, max_answer_tokens=max_answer_tokens))


def test_results_stand_in_the_order_of_the_pairs(tiny_bert):
    reader = load_tiny(tiny_bert)
    forwards = reader.read(TINY_PAIRS, batch_size=2)
    backwards = reader.read(TINY_PAIRS[::-1], batch_size=2)[::-1]
    alone = [reader.read([pair])[0] for pair in TINY_PAIRS]
    for others in (backwards, alone):
        for reading, other in zip(forwards, others, strict=True):
            assert [(span.start, span.end) for span in reading.spans[:1]] == [
                (span.start, span.end) for span in other.spans[:1]
            ]
            assert reading.rest == pytest.approx(other.rest, abs=TOLERANCE)
            assert [span.log_odds for span in reading.spans] == pytest.approx(
                [span.log_odds for span in other.spans], abs=TOLERANCE
            )


def test_no_pairs_give_no_readings(tiny_bert):
    assert load_tiny(tiny_bert).read([]) == []


def test_passage_without_any_token_has_no_spans(tiny_bert):
    pairs = [("who?", "\u200b"), ("who?", "Anna"), ("", "\u200b\u200b")]
    blank, anna, empty = load_tiny(tiny_bert).read(pairs)
    assert blank == empty == Reading((), -math.inf)
    assert [(span.start, span.end) for span in anna.spans] == [(0, 4)]


def test_windows_are_never_longer_than_the_model_takes(tiny):
    pairs = [("who?", "Anna was released in Minsk. " * 40)]
    longest = ExtractiveReader.from_pretrained(
        tiny, window_tokens=10_000, stride_tokens=TINY_STRIDE
    )
    narrow = load_tiny(tiny, window_tokens=32)
    wider = narrow.with_windows(window_tokens=10_000, stride_tokens=TINY_STRIDE)
    assert wider.read(pairs) == longest.read(pairs) != narrow.read(pairs)


def test_settings_are_read_from_beside_the_model(tiny_bert, tmp_path):
    folder = tmp_path / "fitted"
    shutil.copytree(tiny_bert, folder)
    (folder / "reader_settings.json").write_text('{"temperature": 2.0, "min_score": 0.5}')
    plain, fitted = load_tiny(tiny_bert), load_tiny(folder)
    assert plain.settings == ReaderSettings(temperature=1.0, min_score=None)
    assert fitted.settings == ReaderSettings(temperature=2.0, min_score=0.5)
    narrow = fitted.with_windows(window_tokens=40, stride_tokens=8)
    assert narrow.settings == fitted.settings
    (one,), (other,) = plain.read(TINY_PAIRS[:1]), fitted.read(TINY_PAIRS[:1])
    assert [span.log_odds for span in other.spans] == pytest.approx(
        [span.log_odds / 2 for span in one.spans], abs=1e-4
    )


# What cannot be read


@pytest.fixture
def offline(monkeypatch):
    """No tries at the hub, which would take a minute to fail; here is no network anyway."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def assert_one_line(error: ModelError) -> None:
    assert "\n" not in str(error)
    assert error.problem.endswith(".")
    assert error.remedy


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "name", ["nobody/no-such-reader", "no-such-reader", "/no/such/folder", "a b c", "", "../.."]
)
def test_reader_that_is_nowhere(name):
    with pytest.raises(ModelError) as caught:
        ExtractiveReader.from_pretrained(name)
    assert_one_line(caught.value)


@pytest.mark.usefixtures("offline")
def test_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match="no extractive reader") as caught:
        ExtractiveReader.from_pretrained(tmp_path)
    assert_one_line(caught.value)


def test_model_without_a_span_head(tmp_path):
    folder = save_tiny(tmp_path / "plain", "bert", head="Model")
    with pytest.raises(ModelError, match="no span head") as caught:
        load_tiny(folder)
    assert_one_line(caught.value)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: truncate(folder / "model.safetensors"),
        lambda folder: (folder / "model.safetensors").write_bytes(b"weights" * 100),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: truncate(folder / "config.json"),
        lambda folder: alter_config(folder, hidden_size=32),
        lambda folder: alter_config(folder, model_type="nonesuch"),
        lambda folder: truncate(folder / "tokenizer.json"),
        lambda folder: (folder / "reader_settings.json").write_text("{"),
        lambda folder: (folder / "reader_settings.json").write_text('{"warmth": 1}'),
        lambda folder: (folder / "reader_settings.json").write_text("[1, 0]"),
    ],
    ids=[
        "torn weights",
        "no weights in the file",
        "weights missing",
        "torn configuration",
        "weights of another shape",
        "unknown architecture",
        "torn tokenizer",
        "torn settings",
        "unknown setting",
        "settings of another form",
    ],
)
def test_damaged_reader(tiny_bert, tmp_path, damage):
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_bert, folder)
    damage(folder)
    with pytest.raises(ModelError) as caught:
        load_tiny(folder)
    assert_one_line(caught.value)
    assert str(folder) in caught.value.problem


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("spoiled", ["start", "end", "all"])
def test_scores_that_are_no_numbers(tiny_bert, tmp_path, spoiled, value):
    model = AutoModelForQuestionAnswering.from_pretrained(tiny_bert)
    with torch.no_grad():
        if spoiled == "all":
            model.bert.embeddings.word_embeddings.weight[:] = value
        else:
            model.qa_outputs.bias[["start", "end"].index(spoiled)] = value
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_bert).save_pretrained(tmp_path)
    reader = load_tiny(tmp_path)
    with pytest.raises(ModelError, match="not finite") as caught:
        reader.read(TINY_PAIRS[:1])
    assert_one_line(caught.value)


@pytest.mark.parametrize("pairs", [[], TINY_PAIRS[:1]])
@pytest.mark.parametrize("option", ["batch_size", "max_answer_tokens"])
@pytest.mark.parametrize("value", [0, -1])
def test_option_out_of_range(tiny_bert, pairs, option, value):
    with pytest.raises(InputError, match=f"{option} is {value}"):
        load_tiny(tiny_bert).read(pairs, **{option: value})


def test_question_that_leaves_no_room(tiny_bert):
    reader = load_tiny(tiny_bert)
    with pytest.raises(InputError, match="Ask it in fewer words"):
        reader.read([TINY_PAIRS[0], ("who " * 40, "Anna was released.")])


def test_windows_without_room_for_a_question(tiny_bert):
    with pytest.raises(InputError, match="no room"):
        ExtractiveReader.from_pretrained(tiny_bert)  # 62 tokens, of which 96 would be shared
    with pytest.raises(InputError, match="no room"):
        load_tiny(tiny_bert).with_windows(window_tokens=20, stride_tokens=20)
