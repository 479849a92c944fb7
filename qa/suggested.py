"""Questions to begin with, made of an article's own sentences, each with a quote that answers it.

No model writes them. A sentence of a plain form ("The Pell costs £119") is turned round ("How
much does the Pell cost?"), and the question is offered only if the assistant answers it with the
very words that were asked about. What is of no such form gives no question.
"""

from collections.abc import Sequence
from itertools import chain, zip_longest

import regex

from index.records import Document
from qa.assistant import Assistant
from qa.form_words import ARTICLES, NO_BEGINNING, NO_SUBJECT, WORD
from qa.question_forms import OWN, Candidate, own_questions, turned_round

SUGGESTED = 5
TRIES = 12  # questions read before it is enough: a second or two on an ordinary computer
SURE_SCORE = 0.5  # who sees a suggestion expects a good answer
OF_ONE_KIND = 2
CHARS_LOOKED_AT = 60_000  # of a longer article the beginning says what it is about
FEW_WORDS, MANY_WORDS = 4, 16  # of a question
# Words that most English sentences have some of, and other languages hardly any.
ENGLISH = frozenset("the of and to that for with from by was were is are this which".split())
ENGLISH_SHARE = 0.12
# They point to something that a question by itself does not say.
POINTING = frozenset(
    """it its he him his she her hers they them their theirs this that these those here there we us
    our i me my you your such both former latter same other another one ones who which""".split()
)
# What stands for something named before it, in a heading as well.
BACKWARD = frozenset(
    "it its they them their theirs this that these those he him his she her".split()
)
EMPTY = NO_SUBJECT | NO_BEGINNING | {"the", "a", "an"}
# Nouns that say too little when they stand alone behind an article.
VAGUE = frozenset(
    """move report release deal plan change result motion amendment discussion work rule money
    first second third rest others time thing case point part process event number item decision
    measure talks statement announcement story article text""".split()
)


def answered(
    assistant: Assistant, document: Document, candidates: Sequence[Candidate]
) -> list[str]:
    """Those of some questions that are answered by what they were made of, in its order.

    At most ``SUGGESTED`` are given.

    Args:
        assistant: answers about the document.
        document: the article.
        candidates: questions made of it, each of which is put to the assistant.
    """
    if not candidates:
        return []
    answers = assistant.ask_many(
        [candidate.question for candidate in candidates], top_k=1, progress=False
    )
    good = [
        candidate
        for candidate, answer in zip(candidates, answers, strict=True)
        if answer.text is not None
        and answer.start is not None
        and answer.end is not None
        and answer.document_id == document.id
        and answer.score >= SURE_SCORE
        and max(answer.start, candidate.start) < min(answer.end, candidate.end)
    ]
    return [one.question for one in sorted(_mixed(good)[:SUGGESTED], key=lambda one: one.start)]


def candidates_in(document: Document) -> list[Candidate]:
    """Questions that an article's sentences answer, by their form; kinds take turns.

    Args:
        document: the article. One that is not English gives none.
    """
    text = document.text[:CHARS_LOOKED_AT]
    if not _is_english(document, text):
        return []
    named = frozenset(regex.findall(WORD, document.title.lower()))
    # What has a capital behind a small word is a name.
    names = frozenset(regex.findall(r"(?<=\p{Ll}[,;]? )\p{Lu}[\p{L}’'-]*", text)) - set(ARTICLES)
    made = chain(own_questions(text), turned_round(text, names))
    by_kind: dict[str, dict[str, Candidate]] = {}
    for candidate in made:
        if _is_clear(candidate, text, named):
            by_kind.setdefault(candidate.kind, {}).setdefault(candidate.question, candidate)
    turns = zip_longest(*(_spread(list(of_kind.values())) for of_kind in by_kind.values()))
    return [candidate for turn in turns for candidate in turn if candidate is not None]


def _mixed(good: Sequence[Candidate]) -> list[Candidate]:
    """The same with what is of a kind that came often already at the end, none about one place."""
    first: list[Candidate] = []
    later: list[Candidate] = []
    taken: dict[str, int] = {}
    places: set[int] = set()
    for candidate in good:
        if candidate.start in places:
            continue
        places.add(candidate.start)
        taken[candidate.kind] = taken.get(candidate.kind, 0) + 1
        # What the article asks itself is no form that tires.
        often = taken[candidate.kind] > OF_ONE_KIND and candidate.kind != OWN
        (later if often else first).append(candidate)
    return [*first, *later]


def _spread(candidates: list[Candidate]) -> list[Candidate]:
    """Those with names first, since they say what they are about."""
    return sorted(candidates, key=lambda one: not regex.search(r" \p{Lu}", one.question))


def _is_english(document: Document, text: str) -> bool:
    if document.language and not document.language.lower().startswith("en"):
        return False
    words = regex.findall(r"\p{L}+", text.lower())
    return sum(word in ENGLISH for word in words) >= ENGLISH_SHARE * len(words) > 0


def _is_clear(candidate: Candidate, text: str, named: frozenset[str]) -> bool:
    """Whether a question says by itself what it is about, and not its answer."""
    question = candidate.question
    words = regex.findall(WORD, question)
    if not FEW_WORDS <= len(words) <= MANY_WORDS:
        return False
    answer = text[candidate.start : candidate.end]
    if candidate.kind == OWN:
        return len(words) > FEW_WORDS and not BACKWARD & {word.lower() for word in words}
    if not regex.fullmatch(r"[\p{L}\p{N} ’'&,.$£€%-]+\?", question) or answer in question:
        return False
    if POINTING & {word.lower() for word in words[1:]}:
        return False
    about = [word for word in regex.findall(WORD, candidate.about) if word not in EMPTY]
    specific = [word.lower() for word in about if word.lower() not in VAGUE]
    names = any(word[0].isupper() for word in about)
    return names or len(specific) > 1 or bool(named.intersection(specific))
