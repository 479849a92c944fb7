"""Put another word of the passage in the place of one that the question has from its answer.

"What limits the Rankine cycle?" becomes "What limits the Corliss cycle?": of the questions that
people wrote to look answerable, most are such (entity swap, mutual exclusion and others of SQuAD
2.0, Rajpurkar et al. 2018, table 2), since the passage says nearly that of something else.
"""

import random
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import regex
import Stemmer

from index.embed import Embedder
from qa.overlap import FUNCTION_WORDS

# No contraction, and no owner: "don't" and "bridge's" stand in the place of nothing.
WORD = regex.compile(r"(?<![\p{L}\p{M}'’-])\p{L}[\p{L}\p{M}-]*\p{L}(?![\p{L}\p{M}'’-])")
LEAST_CHARS = 4  # shorter words are names of nothing, mostly
# Words that end alike are of one part of speech, mostly; one without any of these goes with such.
ENDINGS = ("ing", "ed", "ly", "tion", "ment", "s")
AMONG = 3  # the words most like it, of which one is taken
TOO_LIKE = 0.8  # cosine: a word that means the same asks the same
SENTENCE_END = frozenset('.?!"“”‘(\n')


class OtherWords:
    """The words of a set's paragraphs, by how like they are.

    Args:
        embedder: tells how like words are.
        rng: chooses.
    """

    def __init__(self, embedder: Embedder, rng: random.Random) -> None:
        self._embedder = embedder
        self._rng = rng
        self._stemmer = Stemmer.Stemmer("english")
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def swap(self, question: str, sentence: str, context: str) -> str | None:
        """The question with another word, or None where none fits.

        Args:
            question: what is asked.
            sentence: the sentences of the answer, which the other word is not in.
            context: the paragraph that it is taken from.
        """
        said, asked = self._stems(WORD.findall(sentence)), self._stems(WORD.findall(question))
        shared = [
            found
            for found in WORD.finditer(question)
            if found.start() and _counts(found[0]) and self._stem(found[0]) in said
        ]
        self._rng.shuffle(shared)
        for found in shared:
            others = [
                word
                for word in _words_within(context)
                if _shape(word) == _shape(found[0]) and self._stem(word) not in said | asked
            ]
            near = self._nearest(found[0], others)
            if near:
                other = self._rng.choice(near)
                return question[: found.start()] + other + question[found.end() :]
        return None

    def _nearest(self, word: str, others: Sequence[str]) -> list[str]:
        """Those most like a word, but for those that mean the same."""
        new = [one for one in (word, *others) if one not in self._known]
        if new:
            self._known |= zip(new, self._embedder.embed(new), strict=True)
        alike = {one: float(self._known[word] @ self._known[one]) for one in others}
        ranked = sorted(others, key=lambda one: (-alike[one], one))
        return [one for one in ranked if alike[one] < TOO_LIKE][:AMONG]

    def _stem(self, word: str) -> str:
        stem: str = self._stemmer.stemWord(word.lower())
        return stem

    def _stems(self, words: Iterable[str]) -> set[str]:
        return {self._stem(word) for word in words}


def _words_within(text: str) -> list[str]:
    """The words of a text that count, each once, but for those that begin a sentence."""
    return [
        *dict.fromkeys(
            found[0]
            for found in WORD.finditer(text)
            if _counts(found[0])
            and (before := text[: found.start()].rstrip(" "))
            and before[-1] not in SENTENCE_END
        )
    ]


def _counts(word: str) -> bool:
    """Whether a question could be about a word."""
    return len(word) >= LEAST_CHARS and word.lower() not in FUNCTION_WORDS


def _shape(word: str) -> tuple[bool, str]:
    """Whether a word is a name, and how it ends."""
    ending = next((one for one in ENDINGS if word.lower().endswith(one)), "")
    return word[0].isupper(), ending
