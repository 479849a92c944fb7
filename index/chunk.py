"""Cut a document into passages: whole sentences packed to a budget of tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from index.counts import check_count
from index.records import Document, Passage
from index.sentences import Span, sentence_spans, trim

TokenSpans = Callable[[str], Sequence[Span]]

# In a sentence that is too long: the lines of a table or a poem go on without a full stop, but
# each belongs together.
LINE_ENDS = frozenset("\n\r\u2028")


def cut(
    document: Document,
    *,
    token_spans: TokenSpans,
    budget_tokens: int,
    overlap_sentences: int,
) -> list[Passage]:
    """Cut a document into passages that overlap by whole sentences.

    Every character that is not white space is in at least one passage. A sentence longer
    than the budget becomes several passages, cut between lines or words where there are any.

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
    check_count("budget_tokens", budget_tokens)
    check_count("overlap_sentences", overlap_sentences, least=0)
    text = document.text
    tokens = _Tokens(token_spans(text))
    pieces: list[Span] = []
    for sentence in sentence_spans(text):
        pieces.extend(_split_long(text, sentence, tokens, budget_tokens))

    def fits(first: int, last: int) -> bool:
        return tokens.count(pieces[first][0], pieces[last][1]) <= budget_tokens

    passages = []
    first = 0
    while first < len(pieces):
        past = first + 1
        while past < len(pieces) and fits(first, past):
            past += 1
        passages.append(Passage(document, pieces[first][0], pieces[past - 1][1]))
        if past == len(pieces):
            break
        start = past
        while start - 1 > first and past - start < overlap_sentences and fits(start - 1, past):
            start -= 1
        first = start
    return passages


class _Tokens:
    """Where a text's tokens are. Some hold the space before a word, several part of a character."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The first token with a part in a span, and one past the last."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def count(self, start: int, end: int) -> int:
        """How many tokens have a part in a span."""
        first, past = self.within(start, end)
        return past - first


def _split_long(text: str, sentence: Span, tokens: _Tokens, budget_tokens: int) -> list[Span]:
    """The sentence itself, or its pieces if it holds more tokens than the budget."""
    pieces = []
    start, end = sentence
    token, past = tokens.within(start, end)
    while past - token > budget_tokens:
        cut_at = _last_boundary(text, start, tokens.starts[token : token + budget_tokens + 1])
        if cut_at <= start:  # one character, such as a Hangul syllable, exceeds the budget
            after = bisect_right(tokens.starts, start, token, past)
            cut_at = tokens.starts[after] if after < past else end
        piece = trim(text, start, cut_at)
        if piece is not None:
            pieces.append(piece)
        start = cut_at
        token, _ = tokens.within(start, end)
    rest = trim(text, start, end)
    if rest is not None:
        pieces.append(rest)
    return pieces


def _last_boundary(text: str, start: int, token_starts: Sequence[int]) -> int:
    """The last of some tokens' starts that is between lines, or between words, or the last."""
    between_words = None
    for before, boundary in reversed(list(pairwise([start, *token_starts]))):
        if boundary <= start:
            break
        token = text[before:boundary]
        gap = token[len(token.rstrip()) :] + text[boundary]  # where tokens hold the space before
        if LINE_ENDS.intersection(gap):
            return boundary
        if between_words is None and any(map(str.isspace, gap)):
            between_words = boundary
    return between_words or token_starts[-1]
