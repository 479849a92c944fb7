"""Cut a document into passages: whole sentences packed to a budget of tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from index.errors import InputError
from index.records import Document, Passage
from index.sentences import Span, sentence_spans, trim

TokenSpans = Callable[[str], Sequence[Span]]


def cut(
    document: Document,
    *,
    token_spans: TokenSpans,
    budget_tokens: int,
    overlap_sentences: int,
) -> list[Passage]:
    """Cut a document into passages that overlap by whole sentences.

    Every character that is not white space is in at least one passage. A sentence longer
    than the budget becomes several passages, cut between words where there are any.

    Args:
        document: what to cut.
        token_spans: gives the half-open character span of each token of a text, in order.
        budget_tokens: most tokens a passage holds.
        overlap_sentences: how many sentences a passage repeats of the one before it, where
            they leave room for a new one.

    Returns:
        The passages in the order of the document.

    Raises:
        InputError: the budget is below 1 or the overlap below 0.
    """
    if budget_tokens < 1:
        raise InputError(f"budget_tokens is {budget_tokens}.", "Give 1 or more.")
    if overlap_sentences < 0:
        raise InputError(f"overlap_sentences is {overlap_sentences}.", "Give 0 or more.")
    text = document.text
    token_starts = [start for start, _ in token_spans(text)]

    def count(start: int, end: int) -> int:
        return bisect_left(token_starts, end) - bisect_left(token_starts, start)

    pieces: list[Span] = []
    for sentence in sentence_spans(text):
        pieces.extend(_split_long(text, sentence, token_starts, budget_tokens))
    sizes = [count(*piece) for piece in pieces]

    passages = []
    first = 0
    while first < len(pieces):
        past = first + 1
        size = sizes[first]
        while past < len(pieces) and size + sizes[past] <= budget_tokens:
            size += sizes[past]
            past += 1
        passages.append(Passage(document, pieces[first][0], pieces[past - 1][1]))
        if past == len(pieces):
            break
        first = _overlap_start(sizes, first, past, budget_tokens, overlap_sentences)
    return passages


def _overlap_start(
    sizes: Sequence[int], first: int, past: int, budget_tokens: int, overlap_sentences: int
) -> int:
    """The piece that the next passage begins with, after one of the pieces first to past."""
    start = past
    size = sizes[past]
    while (
        start - 1 > first
        and past - start < overlap_sentences
        and size + sizes[start - 1] <= budget_tokens
    ):
        start -= 1
        size += sizes[start]
    return start


def _split_long(
    text: str, sentence: Span, token_starts: Sequence[int], budget_tokens: int
) -> list[Span]:
    """The sentence itself, or its pieces if it holds more tokens than the budget."""
    pieces = []
    start, end = sentence
    token = bisect_left(token_starts, start)
    past = bisect_left(token_starts, end)
    while past - token > budget_tokens:
        first, limit = token_starts[token], token_starts[token + budget_tokens]
        cut_at = limit  # where the last word that fits ends, or here if there is no such word
        for boundary in reversed(token_starts[token : token + budget_tokens + 1]):
            if boundary > first and text[boundary - 1].isspace():
                cut_at = boundary
                break
        if cut_at == first:  # one character, such as a Hangul syllable, exceeds the budget
            after = bisect_right(token_starts, first, token, past)
            cut_at = token_starts[after] if after < past else end
        piece = trim(text, start, cut_at)
        if piece is not None:
            pieces.append(piece)
        start, token = cut_at, bisect_left(token_starts, cut_at)
    rest = trim(text, start, end)
    if rest is not None:
        pieces.append(rest)
    return pieces
