"""Alter a question so that its passage answers it no longer: swaps, negation, antonyms.

The kinds are those in which people wrote the unanswerable questions of SQuAD 2.0
(Rajpurkar et al. 2018, table 2).
"""

import random
from collections.abc import Iterable, Sequence

import regex

NAME_WORD = r"\p{Lu}\p{L}+(?:-\p{Lu}\p{L}+)*"
NAME = regex.compile(rf"(?<![\w-]){NAME_WORD}(?: {NAME_WORD})*(?![\w-])")
NUMBER = regex.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w%])")
SENTENCE_START = regex.compile(r"(?:^|[.?!:“\"]\s*|\n\s*)$")
WORD_BEFORE = regex.compile(r"(\w+)\s$")
MONTHS = frozenset(
    ("January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December")
)  # fmt: skip
DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
# Written with a capital, but no name of a thing.
NO_NAMES = frozenset(
    ("The", "This", "That", "These", "Those", "And", "But", "For", "What", "Which", "Who", "Whose",
     "When", "Where", "Why", "How", "Did", "Does", "Mr", "Mrs", "Ms", "Dr", "Sir", "He", "She",
     "They", "His", "Her", "Not", "Yes", "You", "Your", "If", "It", "Its", "In", "On", "At", "As",
     "So", "No")
)  # fmt: skip
STEM_CHARS = 4  # words that begin alike, such as Norman and Normans, name the same thing
WITHIN = 0.5  # share of swaps that take a name out of the passage's own paragraph: the hardest

NEGATED = regex.compile(r"\b(?:not|never|no|none|nor|without|except|cannot)\b|n['’]t\b", regex.I)
# Whatever else is named isn't the name: that would be answered.
NO_CONTRARY = regex.compile(r"\b(?:names?|else|others?|called|known)\b", regex.I)
QUESTION_WORD = r"(?:what|which|who|whom|whose|when|where|why|how)"
AUXILIARY = regex.compile(
    rf"\b{QUESTION_WORD}\b.*?\s(is|are|was|were|do|does|did|can|could|will|would|should)\s",
    regex.I,
)
CONTRACTED = {"can": "can't", "will": "won't"}
SUBJECT = regex.compile(r"\b(who) (?=[a-z]+(?:ed|s)\b)", regex.I)
PLAIN_NEGATION = 0.3  # share of "is not" beside "isn't", where either is English
MAY_STAND_APART = frozenset(("is", "are", "was", "were"))

ANTONYM_PAIRS = (
    ("first", "last"), ("before", "after"), ("oldest", "youngest"), ("older", "younger"),
    ("highest", "lowest"), ("higher", "lower"), ("high", "low"), ("increase", "decrease"),
    ("increased", "decreased"), ("increases", "decreases"), ("north", "south"), ("east", "west"),
    ("northern", "southern"), ("eastern", "western"), ("largest", "smallest"),
    ("larger", "smaller"), ("large", "small"), ("biggest", "tiniest"), ("big", "little"),
    ("longest", "shortest"), ("longer", "shorter"), ("most", "least"), ("more", "less"),
    ("best", "worst"), ("better", "worse"), ("good", "bad"), ("earliest", "latest"),
    ("earlier", "later"), ("early", "late"), ("always", "never"), ("male", "female"),
    ("men", "women"), ("man", "woman"), ("husband", "wife"), ("father", "mother"),
    ("brother", "sister"), ("son", "daughter"), ("king", "queen"), ("boy", "girl"),
    ("won", "lost"), ("win", "lose"), ("began", "ended"), ("start", "finish"),
    ("started", "stopped"), ("opened", "closed"), ("buy", "sell"),
    ("bought", "sold"), ("born", "buried"),
    ("positive", "negative"), ("strong", "weak"), ("strongest", "weakest"), ("easy", "difficult"),
    ("liked", "disliked"), ("likes", "dislikes"), ("love", "hate"),
    ("inside", "outside"), ("maximum", "minimum"), ("majority", "minority"),
    ("success", "failure"), ("successful", "unsuccessful"), ("supported", "opposed"),
    ("accepted", "rejected"), ("arrived", "departed"), ("public", "private"),
    ("cheap", "expensive"), ("hot", "cold"), ("rich", "poor"), ("old", "new"),
    ("major", "minor"), ("top", "bottom"), ("advantages", "disadvantages"), ("ancient", "modern"),
)  # fmt: skip
ANTONYMS = {one: other for pair in ANTONYM_PAIRS for one, other in (pair, pair[::-1])}
ANTONYM = regex.compile(
    # "how old", "first name" and "named after" have no such opposite.
    rf"(?<!\bhow )(?<!named )\b({'|'.join(ANTONYMS)})\b(?! names?\b)",
    regex.I,
)


class Names:
    """The names and numbers of a text, by kind, with the words that stand before them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._found: dict[str, dict[str, set[str]]] = {}
        for text in texts:
            for words, start, _ in mentions(text):
                before = WORD_BEFORE.search(text, max(0, start - 30), start)
                cues = self._found.setdefault(_kind(words), {}).setdefault(words, set())
                if before:
                    cues.add(before[1].lower())

    def like(self, words: str, cue: str) -> list[str]:
        """Others of the kind; of names, those that somewhere follow the same word."""
        others = self._found.get(_kind(words), {})
        return [name for name, cues in others.items() if cue in cues or name[0].isdigit()]


def mentions(text: str) -> Iterable[tuple[str, int, int]]:
    """The names and numbers of a text, each with where it starts and ends.

    Words that a sentence's start has put into capitals are none.

    Args:
        text: any.
    """
    for match in NAME.finditer(text):
        if SENTENCE_START.search(text, max(0, match.start() - 5), match.start()):
            continue
        if not NO_NAMES.intersection(match.group().split()):
            yield match.group(), match.start(), match.end()
    for match in NUMBER.finditer(text):
        yield match.group(), match.start(), match.end()


def swap(question: str, sentence: str, names: Sequence[Names], rng: random.Random) -> str | None:
    """Put another name or number of the article in the place of the question's.

    Args:
        question: what is asked.
        sentence: the sentences of the answer, whose names would not change it.
        names: those of the paragraph, then those of the whole article.
        rng: chooses.

    Returns:
        The altered question, or None where nothing fits.
    """
    found = list(mentions(question))
    rng.shuffle(found)
    pools = list(names)
    if rng.random() >= WITHIN:
        pools.reverse()
    stems = _stems(question) | _stems(sentence)
    for words, start, end in found:
        before = WORD_BEFORE.search(question, 0, start)
        for pool in pools:
            fitting = [
                name
                for name in pool.like(words, before[1].lower() if before else "")
                if not _stems(name) & stems
            ]
            if fitting:
                return question[:start] + rng.choice(fitting) + question[end:]
    return None


def negate(question: str, sentence: str, rng: random.Random) -> str | None:
    """Ask for the contrary: "Who did" becomes "Who didn't"; None where that is no question.

    A question for yes or no is left alone: its contrary has the same answer.

    Args:
        question: what is asked.
        sentence: the sentences of the answer; a negation there could be what is now asked.
        rng: chooses between "is not" and "isn't".
    """
    if NO_CONTRARY.search(question) or NEGATED.search(question) or NEGATED.search(sentence):
        return None
    found = AUXILIARY.search(question)
    if found is not None:
        word = found[1]
        apart = word.lower() in MAY_STAND_APART and rng.random() < PLAIN_NEGATION
        negated = f"{word} not" if apart else CONTRACTED.get(word.lower(), f"{word}n't")
        return question[: found.start(1)] + negated + question[found.end(1) :]
    found = SUBJECT.search(question)
    return None if found is None else f"{question[: found.end()]}never {question[found.end() :]}"


def oppose(question: str, sentence: str, rng: random.Random) -> str | None:
    """Put an antonym in the place of one word; None where there is none.

    Args:
        question: what is asked.
        sentence: the sentences of the answer; an antonym there could be what is now asked.
        rng: chooses the word.
    """
    found = [
        match
        for match in ANTONYM.finditer(question)
        if not regex.search(rf"\b{ANTONYMS[match[1].lower()]}\b", sentence, regex.I)
    ]
    if not found:
        return None
    match = rng.choice(found)
    antonym = ANTONYMS[match[1].lower()]
    if match[1][0].isupper():
        antonym = antonym.capitalize()
    return question[: match.start(1)] + antonym + question[match.end(1) :]


def _kind(words: str) -> str:
    """A number's shape, such as 9,999, or the sort of name: those of one length are alike."""
    if words[0].isdigit():
        return regex.sub(r"\d", "9", words)
    if words in MONTHS:
        return "month"
    return "day" if words in DAYS else f"name of {len(words.split())}"


def _stems(text: str) -> set[str]:
    return {
        word[:STEM_CHARS].lower() if word[0].isalpha() else word
        for word in regex.findall(r"[\p{L}]+|\d[\d,.]*\d|\d", text)
    }
