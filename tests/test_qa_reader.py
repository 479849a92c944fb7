"""The batched reader against transformers, one pair at a time and span by span."""

import math
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import regex
import torch
from tiny_readers import TINY_PAIRS, TINY_STRIDE, TOKENIZERS, load_tiny, save_tiny
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
)

from index.errors import ModelError
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


@pytest.fixture(scope="module", params=TOKENIZERS)
def tiny(request, tmp_path_factory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"), request.param)


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
    with pytest.raises(ModelError, match="scores unlike"):
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
