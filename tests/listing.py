"""Quotes of a text as candidates, and the items that come of them."""

import math

from index.records import Document, Passage
from qa.rank import Candidate
from qa.several import items_of


def candidates(text: str, *quotes: str | tuple[str, float]) -> list[Candidate]:
    """Candidates for these parts of a text, each said once, best first."""
    passage = Passage(Document("d", "D", text), 0, len(text))
    found = []
    for quote in quotes:
        words, score = (quote, 0.5) if isinstance(quote, str) else quote
        assert text.count(words) == 1
        start = text.index(words)
        found.append(Candidate((passage,), start, start + len(words), 0.0, score, math.log(score)))
    return found


def texts(question: str, text: str, *quotes: str | tuple[str, float], share: float = 0.2):
    items = items_of(question, candidates(text, *quotes), item_share=share)
    return [text[item.start : item.end] for item in items]
