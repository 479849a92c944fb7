"""Cut pairs of a question and a passage into windows that a reader can take."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex
from tokenizers import Encoding, Tokenizer

from index.errors import InputError
from index.sentences import sentence_spans

Span = tuple[int, int]

# Unicode's default word boundaries (UAX #29): they keep 3.50 and can't whole, and set every
# ideograph apart, so that scripts without spaces can still be quoted by the character.
WORD_BOUNDARY = regex.compile(r"\b", flags=regex.WORD)
# Of "Trump's envoy" a quote may be "Trump", though the word goes on.
POSSESSIVE = regex.compile(r"(?<=\p{L})(?=['’]s\b)", flags=regex.WORD)


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


class _Edges(NamedTuple):
    """Where in a text an answer may start, where it may end, and where its sentences end."""

    starts: set[int]
    ends: set[int]
    sentence_ends: list[int]


class Windower:
    """Makes windows with one tokenizer; safe to share between threads.

    Args:
        tokenizer_json: a fast tokenizer, serialised.
        window_tokens: most tokens in a window, question and special tokens included.
        stride_tokens: how many passage tokens neighbouring windows share.
    """

    def __init__(self, tokenizer_json: str, *, window_tokens: int, stride_tokens: int) -> None:
        # Copies of our own, since truncation is a tokenizer's mutable state.
        self._single = Tokenizer.from_str(tokenizer_json)
        self._single.no_padding()
        self._single.no_truncation()
        special = self._single.num_special_tokens_to_add(is_pair=True)
        # Each window must move on by at least one passage token.
        self._max_question_tokens = window_tokens - special - stride_tokens - 1
        if stride_tokens < 0 or self._max_question_tokens < 1:
            raise InputError(
                f"A window of {window_tokens} tokens with a stride of {stride_tokens}"
                " has no room for a question.",
                "Choose a longer window or a shorter stride.",
            )
        self._pairs = Tokenizer.from_str(tokenizer_json)
        self._pairs.no_padding()
        self._pairs.enable_truncation(window_tokens, stride=stride_tokens, strategy="only_second")

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[Window]:
        """Tokenise pairs and cut the passages that are too long for one window.

        Args:
            pairs: a question and the text of a passage each.

        Returns:
            The windows in the order of the pairs; every pair has at least one.

        Raises:
            InputError: a question leaves no room for the passage. It is never cut.
        """
        self._check_questions({question for question, _ in pairs})
        windows: list[Window] = []
        edges: dict[str, _Edges] = {}
        for pair, encoding in enumerate(self._pairs.encode_batch(list(pairs))):
            text = pairs[pair][1]
            if text not in edges:
                edges[text] = _edges(text)
            parts = (encoding, *encoding.overflowing)
            windows.extend(_window(pair, part, text, edges[text]) for part in parts)
        return windows

    def shorten(self, question: str, *, max_tokens: int) -> str:
        """The question's beginning, as many tokens as asked for."""
        offsets = self._single.encode(question, add_special_tokens=False).offsets
        return question if len(offsets) <= max_tokens else question[: offsets[max_tokens - 1][1]]

    def _check_questions(self, questions: set[str]) -> None:
        ordered = list(questions)
        encodings = self._single.encode_batch(ordered, add_special_tokens=False)
        for question, encoding in zip(ordered, encodings, strict=True):
            if len(encoding.ids) > self._max_question_tokens:
                raise InputError(
                    f"The question “{question[:60]}…” has {len(encoding.ids)} tokens;"
                    f" the reader takes {self._max_question_tokens}.",
                    "Ask it in fewer words.",
                )


def _edges(text: str) -> _Edges:
    boundaries = {match.start() for match in WORD_BOUNDARY.finditer(text)}
    return _Edges(
        boundaries,
        boundaries | {match.start() for match in POSSESSIVE.finditer(text)},
        [end for _, end in sentence_spans(text)],
    )


def _window(pair: int, encoding: Encoding, text: str, edges: _Edges) -> Window:
    sequence = encoding.sequence_ids
    first = sequence.index(1) if 1 in sequence else len(sequence)
    offsets = []
    for token in range(first, len(sequence)):
        start, end = encoding.offsets[token] if sequence[token] == 1 else (0, 0)
        while start < end and text[start].isspace():  # some tokenizers count the space before
            start += 1
        offsets.append((start, end))
    starts = [start < end and start in edges.starts for start, end in offsets]
    ends = [start < end and end in edges.ends for start, end in offsets]
    sentences = [bisect_right(edges.sentence_ends, start) for start, _ in offsets]
    return Window(pair, encoding.ids, encoding.type_ids, first, offsets, starts, ends, sentences)
