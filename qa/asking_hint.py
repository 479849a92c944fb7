"""How a question might be asked that the article does not answer: what can honestly be said."""

from qa.overlap import missing_words
from qa.records import Answer

WORDS_NAMED = 3  # of those that are missing; more are a sentence nobody reads


def asking_hint(answer: Answer) -> str:
    """What may help, in a sentence or two.

    Args:
        answer: one without a quote.
    """
    read = " ".join(f"{near.document_title} {near.text}" for near in answer.nearest)
    missing = missing_words(answer.question, read)[:WORDS_NAMED]
    told = []
    if missing:
        named = " or ".join(f"“{word}”" for word in missing)
        told.append(f"The nearest passages do not contain {named}: try other words.")
    if answer.resolved is not None:
        told.append("It was read as a follow-up: ask it by itself, or name what it is about.")
    return " ".join(told) or "Ask for one thing at a time, in words that the article might use."
