"""Put a follow-up question beside what was said before it."""

from collections.abc import Sequence

import regex

from qa.records import Question, Turn

TURNS_TAKEN = 2  # what a follow-up leans on is seldom further back
ANSWER_WORDS = 15  # of an earlier quote: enough to name what it is about
# Of an earlier question or quote, whatever it calls a word: so that "Why?" is heard behind it.
EARLIER_CHARS = 200
# A question this short has left something out: "What for?", "How long?", "In which year?"
FEW_WORDS = 3
# Words that stand for something said before.
POINTING = frozenset(
    """he she it they him her them his hers its their theirs himself herself itself themselves
    this that these those there then else other others also both neither latter former""".split()
)
# Where they don't: "are there", "is it true", "how long does it take to", "the man that was", "each
# other", "the law that bans".
EMPTY = regex.compile(
    r"\b(?:is|was|are|were) there\b|\bis it (?:true|possible)\b"
    r"|\b(?:do|did|will|would)(?:es)? it (?:take|cost)\b(?=.*\bto\b)"
    r"|\b(?:the|an?) \w+ that(?= \w)(?! (?:day|night|morning|evening|week|month|year|summer|winter"
    r"|spring|autumn|fall|season|decade|century|time)\b)"
    r"|\bthat (?:was|were|is|are|has|have|had|the)\b"
    r"|\beach other\b|\bother than\b|\bon the other hand\b",
    regex.IGNORECASE,
)
# Nor behind what they stand for: "When did Ann Lee lose her job?", "How old was Ann Lee when she
# left?", "Does the bank own its towers?" Two words with capitals are taken for a name, but for
# the first of a question, which has one whatever it is. Behind a preposition, and in a main clause,
# it may be somebody else: "What did Ann Lee say about her mother?"
OWN_NAME = regex.compile(
    r"(?<=\w\W+)(?<!\b(?:in|on|at|of|from|to|which|what|the) )\p{Lu}\p{Ll}[\w’'\-]* \p{Lu}\p{Ll}"
)
OWN_THING = regex.compile(r"\b(?i:do|does|did|has|have|had) (?:the|an?) \w+")
NOT_BEHIND = r"(?<!\b(?:about|against|at|by|for|from|in|of|on|to|with) )"
OF_NAME = regex.compile(
    rf"{NOT_BEHIND}\b(?:his|her|its|their)\b(?= \w)|\b(?:him|her|it|them)sel(?:f|ves)\b"
    r"|(?<=\b(?:when|while|before|after|since|because|if|where|as|that) )(?:he|she|it|they)\b"
)
OF_THING = regex.compile(rf"{NOT_BEHIND}\bits\b(?= \w)|\bitself\b")
# These name nothing, for all their words.
NAMELESS = regex.compile(r"how (?:many|much) (?:is|was|are|were) there\W*", regex.IGNORECASE)
OPENINGS = regex.compile(r"^(?:and|but|or|so|then|what about|how about)\b", regex.IGNORECASE)
WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’]*|\p{N}+")


def with_history(question: str, history: Sequence[Turn]) -> str:
    """The question behind the last turns that were answered.

    Turns that the article did not answer are left out: what they asked about is not in it,
    so it would only lead the search astray.

    Args:
        question: what is asked now.
        history: earlier turns, oldest first.
    """
    answered = [turn for turn in history if turn.answer][-TURNS_TAKEN:]
    spoken = [
        f"{turn.question[:EARLIER_CHARS]} {_beginning(turn.answer or '')}" for turn in answered
    ]
    return " ".join([*spoken, question])


def expand(question: Question) -> str | None:
    """A question behind the earlier turns it leans on, or None where it stands alone."""
    if not question.history or not leans_on_history(question.text):
        return None
    text = with_history(question.text, question.history)
    return text if text != question.text else None


def leans_on_history(question: str) -> bool:
    """Whether a question looks as if it were understood only after what was said before.

    One that names all it asks about stands alone: the subject has changed, or it never
    needed the turns before it.
    """
    if OPENINGS.search(question):
        return True
    if len(WORD.findall(question)) <= FEW_WORDS or NAMELESS.fullmatch(question):
        return True
    words = EMPTY.sub(" ", question)
    for named, pronoun in ((OWN_NAME, OF_NAME), (OWN_THING, OF_THING)):
        if found := named.search(words):
            words = words[: found.end()] + pronoun.sub(" ", words[found.end() :])
    pointing = WORD.findall(words.lower())
    return any(word.partition("'")[0].partition("’")[0] in POINTING for word in pointing)


def _beginning(answer: str) -> str:
    return " ".join(answer.split()[:ANSWER_WORDS])[:EARLIER_CHARS]
