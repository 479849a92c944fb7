"""Cut pairs of a question and a passage into windows that a reader can take."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import regex
from tokenizers import Encoding, Tokenizer

from index.errors import InputError
from index.sentences import sentence_spans
from qa.spacing import ReadText, closed_up

Span = tuple[int, int]

MOST_PADDING = 0.1  # share of a batch's tokens that are none; what is padded is computed too
TOKENS_KEPT = 160_000  # of passages, some 40 MB: a thousand of those of an index
LONGEST_KEPT = 4_000  # tokens of a text; a longer one is a whole article, and seldom asked twice
CHARS_A_TOKEN = 100  # a text of fewer tokens than this has is kept for its characters

# Unicode's default word boundaries (UAX #29): they keep 3.50 and can't whole, and set every
# ideograph apart, so that scripts without spaces can still be quoted by the character. They join
# what is written without a space behind a sentence or a label, "camping.Overall", "Director:Ann",
# where a quote may begin and end all the same, but not within "Ph.D."
WORD_BOUNDARY = regex.compile(
    r"\b|(?<=\p{Ll})(?=[.:]\p{Lu}(?!\.))|(?<=\p{Ll}[.:])(?=\p{Lu}(?!\.))", flags=regex.WORD
)
# Of "Trump's envoy" a quote may be "Trump", though the word goes on.
POSSESSIVE = regex.compile(r"(?<=\p{L}[\p{M}\p{Cf}]*)(?=['’]s\b)", flags=regex.WORD)
# Accents of their own, soft hyphens, marks of direction: they belong to the word before them, and
# some tokenizers drop them.
MARK = regex.compile(r"[\p{M}\p{Cf}]")
# Several by themselves are nothing that can be seen: no quote begins with them.
MARKS = regex.compile(rf"{MARK.pattern}+")


@dataclass(frozen=True, slots=True)
class Window:
    """What one row of a batch holds.

    Args:
        pair: which pair it is a part of.
        token_ids: the tokens of question and passage, with the special ones.
        type_ids: the segment of each token.
        first: the first token of the passage.
        offsets: for each token from ``first`` on, its half-open span in the passage.
        starts: for each of these, whether an answer may start with it.
        ends: whether an answer may end with it.
        sentences: the number of its sentence in the passage.
    """

    pair: int
    token_ids: list[int]
    type_ids: list[int]
    first: int
    offsets: list[Span]
    starts: list[bool]
    ends: list[bool]
    sentences: list[int]


class _Tokenised(NamedTuple):
    """A passage as tokens, with the same for each of them as a window holds."""

    encoding: Encoding
    offsets: list[Span]
    starts: list[bool]
    ends: list[bool]
    sentences: list[int]


class Windower:
    """Makes windows with one tokenizer; safe to share between threads.

    The last passages are kept as tokens, so that the next question about them is the only
    thing to tokenise.

    Args:
        tokenizer_json: a fast tokenizer, serialised.
        window_tokens: most tokens in a window, question and special tokens included.
        stride_tokens: how many passage tokens neighbouring windows share.
        tokens_kept: of passages, at most.
    """

    def __init__(
        self,
        tokenizer_json: str,
        *,
        window_tokens: int,
        stride_tokens: int,
        tokens_kept: int = TOKENS_KEPT,
    ) -> None:
        # A copy of our own, since truncation is a tokenizer's mutable state.
        self._tokenizer = Tokenizer.from_str(tokenizer_json)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        special = self._tokenizer.num_special_tokens_to_add(is_pair=True)
        # Each window must move on by at least one passage token.
        self._max_question_tokens = window_tokens - special - stride_tokens - 1
        if stride_tokens < 0 or self._max_question_tokens < 1:
            raise InputError(
                f"A window of {window_tokens} tokens with a stride of {stride_tokens}"
                " has no room for a question.",
                "Choose a longer window or a shorter stride.",
            )
        self._window_tokens = window_tokens
        self._stride_tokens = stride_tokens
        self._lock = Lock()
        self._tokens_kept = tokens_kept
        self._kept: dict[str, _Tokenised] = {}
        self._kept_size = 0  # the sum of theirs

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[Window]:
        """Tokenise pairs and cut the passages that are too long for one window.

        Args:
            pairs: a question and the text of a passage each.

        Returns:
            The windows in the order of the pairs; every pair has at least one.

        Raises:
            InputError: a question leaves no room for the passage. It is never cut.
        """
        questions = self._questions(list(dict.fromkeys(question for question, _ in pairs)))
        texts = self._passages(list(dict.fromkeys(text for _, text in pairs)))
        windows: list[Window] = []
        for pair, (question, text) in enumerate(pairs):
            windows += self._windows(pair, questions[question], texts[text])
        return windows

    def _windows(self, pair: int, question: Encoding, passage: _Tokenised) -> Iterator[Window]:
        whole = self._tokenizer.post_process(question, passage.encoding)
        sequence = whole.sequence_ids
        size = sequence.count(1)
        first = sequence.index(1) if size else len(sequence)
        ids, type_ids = whole.ids, whole.type_ids
        behind = len(ids) - first - size  # special tokens, which are no answer
        room = self._window_tokens - first - behind
        begin = 0
        while True:
            past = min(begin + room, size)
            inside = slice(first + begin, first + past)
            yield Window(
                pair,
                ids[:first] + ids[inside] + ids[first + size :],
                type_ids[:first] + type_ids[inside] + type_ids[first + size :],
                first,
                offsets=passage.offsets[begin:past] + [(0, 0)] * behind,
                starts=passage.starts[begin:past] + [False] * behind,
                ends=passage.ends[begin:past] + [False] * behind,
                sentences=passage.sentences[begin:past] + [0] * behind,
            )
            if past == size:
                return
            begin = past - self._stride_tokens

    def fits(self, question: str) -> bool:
        """Whether a question leaves room for a passage."""
        tokens = self._tokenizer.encode(question, add_special_tokens=False)
        return len(tokens.ids) <= self._max_question_tokens

    def shorten(self, question: str, *, max_tokens: int) -> str:
        """The question's beginning, as many tokens as asked for."""
        offsets = self._tokenizer.encode(question, add_special_tokens=False).offsets
        return question if len(offsets) <= max_tokens else question[: offsets[max_tokens - 1][1]]

    def _questions(self, questions: Sequence[str]) -> dict[str, Encoding]:
        encodings = self._tokenizer.encode_batch(questions, add_special_tokens=False)
        for question, encoding in zip(questions, encodings, strict=True):
            if len(encoding.ids) > self._max_question_tokens:
                raise InputError(
                    f"The question “{question[:60]}…” has {len(encoding.ids)} tokens;"
                    f" the reader takes {self._max_question_tokens}.",
                    "Ask it in fewer words.",
                )
        return dict(zip(questions, encodings, strict=True))

    def _passages(self, texts: Sequence[str]) -> dict[str, _Tokenised]:
        with self._lock:
            found = {text: self._kept.pop(text) for text in texts if text in self._kept}
            self._kept |= found  # the last asked for go last
        new = [text for text in texts if text not in found]
        closed = [closed_up(text) for text in new]
        encodings = self._tokenizer.encode_batch(
            [read.text for read in closed], add_special_tokens=False
        )
        made = {
            text: _tokenised(text, encoding, read)
            for text, encoding, read in zip(new, encodings, closed, strict=True)
        }
        with self._lock:
            for text, passage in made.items():
                size = _size(text, passage)
                if size <= LONGEST_KEPT and text not in self._kept:
                    self._kept[text] = passage
                    self._kept_size += size
            while self._kept_size > self._tokens_kept:
                first = next(iter(self._kept))
                self._kept_size -= _size(first, self._kept.pop(first))
        return found | made


def _size(text: str, passage: _Tokenised) -> int:
    """How much is kept of a passage, in tokens; never nothing."""
    return max(len(passage.offsets), len(text) // CHARS_A_TOKEN, 1)


def _tokenised(text: str, encoding: Encoding, read: ReadText) -> _Tokenised:
    """Where each token of a passage is, and what may start or end with it.

    Args:
        text: of the passage.
        encoding: of what is read of it.
        read: that.
    """
    shown = read.text
    boundaries = {match.start() for match in WORD_BOUNDARY.finditer(shown)}
    # With nothing before them, such as a byte order mark has, no boundary parts them from a word.
    openings = boundaries | ({leading.end()} if (leading := MARKS.match(shown)) else set())
    closings = boundaries | {match.start() for match in POSSESSIVE.finditer(shown)}
    sentence_ends = [end for _, end in sentence_spans(text)]
    offsets = []
    for (start, end), (following, _) in pairwise([*encoding.offsets, (len(shown), len(shown))]):
        while start < end and shown[start].isspace():  # some tokenizers count the space before
            start += 1
        if marks := MARKS.match(shown, start, end):  # or such marks, which may be all it has
            start = marks.end() if marks.end() < end else start
        past = end
        while past < following and past not in closings and MARK.match(shown, past):
            past += 1  # over marks that are in no token
        offsets.append((start, past if start < end and past in closings else end))
    places = [read.place(start, end) for start, end in offsets]
    return _Tokenised(
        encoding,
        places,
        starts=[
            start < end and start in openings and not MARKS.fullmatch(shown, start, end)
            for start, end in offsets
        ],
        ends=[start < end and end in closings for start, end in offsets],
        sentences=[bisect_right(sentence_ends, start) for start, _ in places],
    )


def batches(windows: Sequence[Window], *, budget_tokens: int) -> Iterator[list[Window]]:
    """Cut a stream of windows into batches of little padding.

    Args:
        windows: the longest first.
        budget_tokens: most tokens in a batch, its padding included; a window that has more
            is a batch by itself.

    Returns:
        The batches; of each at most ``MOST_PADDING`` is padding.
    """
    batch: list[Window] = []
    held_tokens = 0
    for window in windows:
        size = len(window.token_ids)
        padded_tokens = (len(batch) + 1) * len((batch or [window])[0].token_ids)
        wasted_tokens = padded_tokens - held_tokens - size
        if batch and (
            padded_tokens > budget_tokens or wasted_tokens > MOST_PADDING * padded_tokens
        ):
            yield batch
            batch, held_tokens = [], 0
        batch.append(window)
        held_tokens += size
    if batch:
        yield batch
