"""The F1 of an evaluation by kind of question, of answer and of passage."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from qa.evaluate import Outcome
from qa.kind_words import NUMBER_WORDS, UNCAPITALISED
from qa.metrics import best_against

QUESTION_WORD = regex.compile(
    r"\b(how (?:many|much)|who(?:m|se)?|what|when|where|which|why|how)\b", regex.IGNORECASE
)
HOW_MANY = "how many/much"
QUESTION_WORDS = ("who", "what", "when", "where", "which", "why", "how", HOW_MANY, "other")

ANSWER_TYPES = ("number", "date", "name", "other short", "clause")
CLAUSE_WORDS = 7  # from here on an answer rarely is a name or a number alone
CALENDAR = regex.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|centuries)\b"
)
# A year alone or behind two small words, as in “in the 1990s”; “1,500 people” is none.
YEAR = regex.compile(r"(?:[a-z]+ ){0,2}(?:1\d|20)\d\ds?(?:[-–]\d{2,4})?", regex.IGNORECASE)

# Most accepted answers have 1 to 6 words, most paragraphs of SQuAD 50 to 200.
ANSWER_EDGES_WORDS = (1, 3, 6, 12)
PASSAGE_EDGES_WORDS = (50, 100, 200, 400)


@dataclass(frozen=True, slots=True)
class Group:
    """The answerable questions of a kind.

    Args:
        name: of the kind.
        count: how many they are.
        f1: their mean F1 as in the official figures, in percent.
    """

    name: str
    count: int
    f1: float


def question_word(question: str) -> str:
    """The first question word of a question; one of ``QUESTION_WORDS``."""
    found = QUESTION_WORD.search(" ".join(question.split()))
    if not found:
        return "other"
    word = found[0].lower().replace("i\N{COMBINING DOT ABOVE}", "i")  # of a Turkish "WHİCH"
    if word.startswith("how "):
        return HOW_MANY
    return "who" if word.startswith("who") else word


def answer_type(answer: str) -> str:
    """The type of an accepted answer, told by its letters alone.

    The first that fits: a *clause* has seven words or more; a *date* has the name of a month
    or weekday, or is a year; a *number* has a digit or a word for one; in a *name* each word
    but the smallest begins with a capital; anything else is *other short*.

    Returns:
        One of ``ANSWER_TYPES``.
    """
    words = answer.split()
    if len(words) >= CLAUSE_WORDS:
        return "clause"
    if CALENDAR.search(answer) or YEAR.fullmatch(answer):
        return "date"
    if regex.search(r"\d", answer) or not NUMBER_WORDS.isdisjoint(
        regex.findall(r"\w+", answer.lower())
    ):
        return "number"
    initials = [
        next(filter(str.isalnum, word), "") for word in words if word.lower() not in UNCAPITALISED
    ]
    initials = [initial for initial in initials if initial]
    return "name" if initials and all(map(str.isupper, initials)) else "other short"


def by_question_word(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the first question word."""
    return _groups(outcomes, QUESTION_WORDS, lambda one: question_word(one.question.question))


def by_answer_type(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the type of the first accepted answer."""
    return _groups(outcomes, ANSWER_TYPES, lambda one: answer_type(one.question.answers[0]))


def by_answer_length(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the words of the first accepted answer."""
    names = _length_names(ANSWER_EDGES_WORDS)
    return _groups(
        outcomes,
        names,
        lambda one: names[_length_bin(one.question.answers[0], ANSWER_EDGES_WORDS)],
    )


def by_passage_length(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """F1 by the words of the paragraph that was asked of."""
    names = _length_names(PASSAGE_EDGES_WORDS)
    return _groups(
        outcomes, names, lambda one: names[_length_bin(one.paragraph.text, PASSAGE_EDGES_WORDS)]
    )


def _groups(
    outcomes: Sequence[Outcome], names: Sequence[str], name_of: Callable[[Outcome], str]
) -> tuple[Group, ...]:
    """The answerable questions by name, in the order of the names; empty groups left out."""
    # As the official script has it, a set without unanswerable questions is scored by the
    # best quote, whether or not it was given.
    abstains = not all(one.is_answerable for one in outcomes)
    f1s: dict[str, list[float]] = {name: [] for name in names}
    for one in outcomes:
        if one.is_answerable:
            withheld = abstains and one.answer.text is None
            said = "" if withheld else one.best_text
            f1s[name_of(one)].append(best_against(said, one.question.answers)[1])
    return tuple(
        Group(name, len(scores), 100 * sum(scores) / len(scores))
        for name, scores in f1s.items()
        if scores
    )


def _length_bin(text: str, edges_words: Sequence[int]) -> int:
    """The first edge that a text does not exceed; an empty text is with the shortest."""
    return bisect_left(edges_words, len(text.split()))


def _length_names(edges_words: Sequence[int]) -> tuple[str, ...]:
    starts = [1, *(edge + 1 for edge in edges_words)]
    bounded = [
        f"{start}–{edge}" if start < edge else f"{edge}"
        for start, edge in zip(starts, edges_words, strict=False)
    ]
    return (*bounded, f"{starts[-1]} or more")
