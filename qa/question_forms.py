"""Sentences turned round into questions, each with the place of its answer.

A sentence of a plain form ("The Pell costs £119") becomes a question about one part of it ("How
much does the Pell cost?"). What is of no such form becomes none. A heading that is a question
already is answered by what stands below it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from index.sentences import sentence_spans
from qa.form_words import (
    ARTICLES,
    BARE,
    COUNT,
    DATE,
    DEEDS,
    DURATION,
    HAPPENING,
    HAPPENS,
    HOLDING,
    LASTING,
    MONEY,
    NAME,
    NAMED,
    NO_BEGINNING,
    NO_SUBJECT,
    OFFICE,
    PARTICIPLE,
    PERSON,
    ROLES,
    ROUGHLY,
    SAID,
    SUBJECT,
    SUMS,
    WORD,
)

OWN = "own"  # the kind of what the article asks itself
# What is answered by yes or no is answered dully.
ASKING = regex.compile(r"(?:Who|What|When|Where|Which|Why|How)\b")
ABOUT = ("name", "owner", "role", "what", "noun", "rest")  # groups beside the subject
START = rf"^{SAID}{SUBJECT}"
# By kind each question, and the form of the sentence whose group "answer" answers it. Beside the
# groups a question names {subject}, {bare} (the verb behind "do") and {does} (or "do", or "did").
PATTERNS = {
    "when": {
        "When {was} {subject} {verb}?": (
            rf"{START} (?P<was>was|were) (?P<verb>{PARTICIPLE}) (?:in|on) (?P<answer>{DATE})"
        ),
        "When will {subject} be {verb}?": (
            rf"{START} will be (?P<verb>{PARTICIPLE}) (?:in|on) (?P<answer>{DATE})"
        ),
        "When did {subject} {bare}?": (
            rf"{START} (?P<verb>{'|'.join(HAPPENING)}) (?:in|on) (?P<answer>{DATE})"
        ),
        "When does {subject} {bare}?": (
            rf"{START} (?P<verb>{'|'.join(HAPPENS)}) (?:in|on) (?P<answer>{DATE})"
        ),
    },
    "who is": {
        "Who is the {role}?": (
            rf"(?:^|[.;,] |\p{{Ll}} )[Tt]he (?P<role>(?:\p{{Ll}}+ ){{0,3}}(?:{ROLES})),"
            rf" (?P<answer>{PERSON})[,;.]"
        ),
        "Who is {owner} {role}?": (
            rf"(?P<owner>\p{{Lu}}[\p{{L}}-]+(?: \p{{Lu}}[\p{{L}}-]+)*[’']s)"
            rf" (?P<role>(?:\p{{Ll}}+ ){{0,2}}(?:{ROLES})),? (?P<answer>{PERSON})"
        ),
        "Who is {name}?": (
            rf"(?<!\p{{Lu}}[\p{{L}}’'.-]* )(?:^|(?<= ))(?P<name>{NAME}),"
            rf" (?P<answer>(?:the |an? )?(?:[\p{{L}}-]+ ){{0,4}}(?:{ROLES}))(?![\p{{L}}-])"
        ),
    },
    "who did": {
        "Who {verb} {rest}?": (
            rf"^(?P<answer>{PERSON}) (?P<verb>{DEEDS}) "
            r"(?P<rest>(?:(?! and )[^,;:.()“”\"]|[.,](?=\d)){15,80}?)(?=[,;.](?!\d)|$| and | but )"
        ),
        "Who {verb} {subject}?": (
            rf"{START} (?:was|were) (?P<verb>\p{{Ll}}{{3,}}ed) by (?P<answer>{PERSON}|{OFFICE})"
        ),
    },
    "how much": {
        "How much {does} {subject} cost?": (
            rf"(?:{START}|,? and (?P<subject>the {WORD}(?: {WORD})?)) (?P<verb>costs?)"
            rf" (?P<answer>{MONEY})"
        ),
        "How much {is} {subject}?": (
            rf"(?:{START}|,? and (?P<subject>\p{{Ll}}+)) (?P<is>is|was) (?P<answer>{MONEY})"
        ),
        "How much {has} {subject} {verb}{rest}?": (
            rf"{START} (?P<has>has|have|had) (?P<verb>{PARTICIPLE}) {ROUGHLY}(?P<answer>{MONEY})"
            r"(?P<rest> (?:for|in|on) [\p{L} ]+)?(?=[,;.]|$)"
        ),
        "How much was the {what}?": (
            rf" (?:an?|the) (?P<what>(?:\p{{Ll}}+ ){{0,2}}(?:{SUMS})) of (?P<answer>{MONEY})"
        ),
    },
    "how many": {
        "How many {noun} {has} {subject} {verb}{rest}?": (
            rf"{START} (?P<has>has|have|had) (?P<verb>{PARTICIPLE}) {ROUGHLY}(?P<answer>{COUNT})"
            r" (?P<noun>\p{Ll}{2,}s|people|men|women|children)(?P<rest> in [\p{L}\p{N} ]+)?"
            r"(?=[ ,;.]|$)"
        ),
        "How many {noun} does {subject} {bare}?": (
            rf"{START} (?P<verb>{'|'.join(HOLDING)}) {ROUGHLY}(?P<answer>{COUNT})"
            r" (?P<noun>\p{Ll}{2,}s|people|men|women|children|hectares)(?![\p{L}-])"
        ),
        "How many {noun} {rest}?": (
            r"^(?:About |Some |Around |Nearly |Almost |Over |More than |At least )?"
            rf"(?P<answer>{COUNT}) (?P<noun>(?:\p{{Ll}}+ )?(?:\p{{Ll}}{{2,}}s|people|men|women))"
            r" (?P<rest>(?:were|are|have|live|lived|work|worked|attended|took part|died)"
            r" [\p{L}\p{N} ]{6,60}?)(?=[,;.]|$)"
        ),
    },
    "how long": {
        "How long {does} {subject} {bare}?": (
            rf"(?!An? ){START} (?P<verb>{'|'.join(LASTING)}) {ROUGHLY}(?P<answer>{DURATION})"
        ),
    },
    "where": {
        "Where {was} {subject} {verb}?": (
            rf"{START} (?P<was>was|were|is|are)"
            r" (?P<verb>born|held|based|located|situated|built|buried)"
            rf" (?:in|at|on) (?P<answer>(?:the )?(?!{DATE}){NAMED})"
        ),
    },
}
FORMS = [
    (kind, question, regex.compile(pattern))
    for kind, of_kind in PATTERNS.items()
    for question, pattern in of_kind.items()
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be offered.

    Args:
        question: the question.
        start: first character of what it asks for, in the document.
        end: one past the last.
        kind: what kind of question it is.
        about: the words that it is about; empty if the article asks it itself.
    """

    question: str
    start: int
    end: int
    kind: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.question} ({self.start}–{self.end})"


def own_questions(text: str) -> Iterator[Candidate]:
    """Headings that are questions, each with the place of what stands below it.

    Args:
        text: of an article, in Markdown.
    """
    heads = list(regex.finditer(r"^#{1,6} +(\S.*)$", text, regex.MULTILINE))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        question = head[1].rstrip()
        asks = ASKING.match(question) and question.count("?") == 1 and question.endswith("?")
        if asks and text[head.end() : end].strip():
            yield Candidate(question, head.end(), end, OWN)


def turned_round(text: str, names: frozenset[str]) -> Iterator[Candidate]:
    """Sentences of a plain form as questions, each with the place of its answer.

    Args:
        text: of an article.
        names: words of it that keep their capital within a sentence.
    """
    for line in regex.finditer(r"[^\r\n]+", text):
        if line[0].startswith(("#", ">", "|")):
            continue
        for begin, end in sentence_spans(line[0]):
            sentence = line[0][begin:end]
            for kind, question, pattern in FORMS:
                for match in pattern.finditer(sentence):
                    groups = {name: word or "" for name, word in match.groupdict().items()}
                    subject = _subject(groups.get("subject", ""), names)
                    if subject is None:
                        continue
                    verb = groups.get("verb", "")
                    words = {"does": _does(subject, verb), "bare": BARE.get(verb, verb)}
                    asked = question.format_map({**groups, **words, "subject": subject})
                    start, stop = (line.start() + begin + at for at in match.span("answer"))
                    about = subject or " ".join(groups.get(name, "") for name in ABOUT)
                    yield Candidate(asked, start, stop, kind, about)


def _subject(words: str, names: frozenset[str]) -> str | None:
    """A subject as it stands within a sentence; None where it is none."""
    if not words:
        return ""
    first, *others = words.split(" ")
    if NO_SUBJECT & {word.lower() for word in (first, *others)} or first.lower() in NO_BEGINNING:
        return None
    if any(word.endswith("ly") and word.islower() for word in (first.lower(), *others)):
        return None
    if first in ("A", "An") and len(others) < 2:  # "a double": of what?
        return None
    # A name keeps its capital; that of another word is the sentence's.
    named = first in names or (others and others[0][0].isupper() and first not in ARTICLES)
    return " ".join([first if named else first[0].lower() + first[1:], *others])


def _does(subject: str, verb: str) -> str:
    """Whether something does, many do, or something did."""
    if verb.endswith("s"):
        return "does"
    head = regex.split(r" (?:of|at|in|on|for|from|to|with) ", subject)[0]
    # Only a verb that is its own bare form may stand in the present.
    return "do" if verb == BARE.get(verb) and head.endswith("s") else "did"
