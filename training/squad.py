"""Read SQuAD-format files (1.1 or 2.0) into questions."""

import gzip
import random
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from boundaries import mend

from index.errors import InputError
from index.sentences import Span
from qa.accepted import Accepted, answers_of, paragraph_of
from qa.published import as_squad
from qa.records import Turn
from qa.squad import articles_in, conversations_in, name_of

# single: every question stands alone. sentence: the same, but each paragraph is one sentence
# and is put back among its neighbours. conversation: a paragraph's questions are turns.
Layout = Literal["single", "sentence", "conversation"]

# Why a question is left out.
EMPTY_PARAGRAPH = "empty paragraph"
EMPTY_QUESTION = "empty question"
MISPLACED = "answer is not where the file says"
# Where its words stand several times nobody knows which are meant, and which of them is learned.
UNPLACED = "answer has no place, and does not stand there once"
ONLY_PUNCTUATION = "answer is only punctuation"
# What a damaged file or row raises where it is taken apart.
DAMAGED = (ValueError, KeyError, IndexError, TypeError, AttributeError, InputError)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as people asked it.

    Args:
        question: what is asked.
        context: the paragraph it was asked about.
        article: the number of its article in the file.
        answers: every accepted answer, as marked; none where the paragraph does not say.
        spans: the answer or answers to learn, mended, in order and apart.
        history: the turns before it, oldest first.
    """

    question: str
    context: str
    article: int
    answers: tuple[str, ...]
    spans: tuple[Span, ...]
    history: tuple[Turn, ...]

    @property
    def wordings(self) -> tuple[str, ...]:
        """What a passage must not say to say no answer: each accepted one, and each of several."""
        parts = (self.context[start:end] for start, end in self.spans)
        return tuple(dict.fromkeys([*self.answers, *parts]))


def check_layout(name: str, layout: str) -> None:
    """Refuse a layout that there is not: it would be read as ``single``, and nobody told.

    Args:
        name: of the set.
        layout: what its recipe says.

    Raises:
        ValueError: there is no such layout.
    """
    if layout not in get_args(Layout):
        raise ValueError(f"The set {name} has layout {layout!r}. Give one of {get_args(Layout)}.")


def find_set(folder: Path, name: str, part: str) -> Path:
    """The file of a set, packed or not.

    Args:
        folder: where the sets are.
        name: which set.
        part: "train" or "dev".

    Raises:
        FileNotFoundError: there is no such file.
    """
    for ending in ("json.gz", "json"):
        file = folder / f"{name}.{part}.{ending}"
        if file.is_file():
            return file
    raise FileNotFoundError(f"There is no {name}.{part}.json or {name}.{part}.json.gz in {folder}.")


def read_articles(file: Path) -> list[dict[str, Any]]:
    """The articles of a file with their paragraphs, as they stand there.

    Rows with a context each are put together as ``pullquote evaluate`` does, those of one title
    as an article.

    Args:
        file: JSON or JSON lines, packed if its name ends in ".gz".

    Raises:
        ValueError: it is something else.
    """
    try:
        data = file.read_bytes()
        articles = articles_in(gzip.decompress(data) if file.suffix == ".gz" else data)
        if all("paragraphs" in article for article in articles):
            return list(articles)
        grouped: dict[str, list[dict[str, Any]]] = {}
        for title, context, rows in conversations_in(articles):
            grouped.setdefault(title, []).append({"context": context, "qas": rows})
    except (*DAMAGED, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{file} cannot be read as SQuAD questions ({type(error).__name__}: {error})."
            " Give a file in SQuAD's format, or with a context, a question and answers in each row."
        ) from error
    return [{"title": title, "paragraphs": paragraphs} for title, paragraphs in grouped.items()]


def read_questions(
    file: Path,
    *,
    layout: Layout,
    rng: random.Random,
    skipped: Counter[str],
    held_out: Collection[str] = (),
) -> list[Asked]:
    """All questions of a file.

    Args:
        file: JSON, packed if its name ends in ".gz".
        layout: what its paragraphs are.
        rng: chooses between answers that as many people gave.
        skipped: counts, for each reason, the questions left out.
        held_out: titles of articles that are left out.

    Raises:
        ValueError: one of these is not in the file, or the file is damaged.
    """
    articles = read_articles(file)
    unknown = set(held_out) - {article.get("title") for article in articles}
    if unknown:
        raise ValueError(f"{file} has no articles {', '.join(sorted(unknown))} to hold out.")
    try:
        return [
            asked
            for number, article in enumerate(articles)
            if article.get("title") not in held_out
            for paragraph in (
                _joined(article["paragraphs"]) if layout == "sentence" else article["paragraphs"]
            )
            for asked in _questions_of(
                as_squad(paragraph), number, rng, skipped, turns=layout == "conversation"
            )
        ]
    except DAMAGED as error:
        told = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else f"{error}"
        raise ValueError(f"{file} cannot be read as SQuAD questions: {told}") from error


def _questions_of(
    paragraph: Mapping[str, Any],
    article: int,
    rng: random.Random,
    skipped: Counter[str],
    *,
    turns: bool,
) -> Iterator[Asked]:
    context = paragraph_of(paragraph["context"])
    if not context.strip():  # there is nothing to cut a passage of
        skipped.update([EMPTY_PARAGRAPH] * len(paragraph["qas"]))
        return
    history: list[Turn] = []
    for row in paragraph["qas"]:
        asked, marked, several = _taken_apart(row)
        question = " ".join(asked.split())
        spans = _chosen(context, marked, several or (), rng)
        if not question:
            skipped[EMPTY_QUESTION] += 1
        elif marked and not spans:
            skipped[_lost(context, [*marked, *(several or ())])] += 1
        else:
            answers = tuple(dict.fromkeys(answer.text for answer in marked))
            yield Asked(question, context, article, answers, spans, tuple(history))
            if turns:
                quote = context[slice(*spans[0])] if spans else None
                history.append(Turn(question, quote))


def _taken_apart(
    row: Mapping[str, Any],
) -> tuple[str, tuple[Accepted, ...], tuple[Accepted, ...] | None]:
    """A question, its accepted answers and its items.

    Raises:
        ValueError: something of it is missing, or of another kind.
    """
    try:
        asked: str = row["question"].strip()
        marked, several = answers_of(row)
    except DAMAGED as error:
        raise ValueError(
            f"question {name_of(row)}: {type(error).__name__}: {error}."
            " Give each a question, and answers or is_impossible."
        ) from error
    return asked, marked, several


def _lost(context: str, marked: Sequence[Accepted]) -> str:
    """Why none of a question's answers can be learned."""
    if any(_found(context, one) is not None for one in marked):
        return ONLY_PUNCTUATION
    return UNPLACED if all(one.start is None for one in marked) else MISPLACED


def _chosen(
    context: str, marked: Sequence[Accepted], several: Sequence[Accepted], rng: random.Random
) -> tuple[Span, ...]:
    """All of ``all_spans`` where there are several, else the answer that most people gave."""
    if len(several) > 1:
        spans = sorted({span for one in several if (span := _span_of(context, one)) is not None})
        return tuple(
            span for place, span in enumerate(spans) if place == 0 or span[0] >= spans[place - 1][1]
        )
    counts = Counter(span for one in marked if (span := _span_of(context, one)) is not None)
    if not counts:
        return ()
    most = max(counts.values())
    return (rng.choice([span for span, count in counts.items() if count == most]),)


def _span_of(context: str, answer: Accepted) -> Span | None:
    found = _found(context, answer)
    return None if found is None else mend(context, *found)


def _found(context: str, answer: Accepted) -> Span | None:
    """Where an answer stands as it was marked.

    One that has a place and is not there is not looked for: whoever counts otherwise may mean
    other words that read alike.
    """
    start = answer.start
    if start is None:  # it must be plain which is meant
        start = context.find(answer.text)
        if context.find(answer.text, start + 1) >= 0:
            return None
    end = start + len(answer.text)
    if start < 0 or context[start:end] != answer.text:
        return None
    return start, end


def _joined(paragraphs: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sentences of one place as one paragraph; ids such as ``wiki:1164:73:2-0`` say which.

    Raises:
        ValueError: an id does not.
    """
    places: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for paragraph in paragraphs:
        if not paragraph["qas"]:  # nothing says where it stood
            continue
        first = paragraph["qas"][0]
        place, _, number = str(first.get("id")).rsplit("-", 1)[0].rpartition(":")
        if not number.isdecimal():
            raise ValueError(
                f"question {name_of(first)} has no id that says which sentence it is asked of,"
                " such as wiki:1164:73:2-0. Give the set the layout single."
            )
        places.setdefault(place, []).append((int(number), paragraph))
    for numbered in places.values():
        context, rows = "", []
        for _, sentence in sorted(numbered, key=lambda item: item[0]):
            context += " " if context else ""
            rows += [_moved(row, len(context)) for row in sentence["qas"]]
            context += paragraph_of(sentence["context"])
        yield {"context": context, "qas": rows}


def _moved(row: Mapping[str, Any], by_chars: int) -> dict[str, Any]:
    """A question whose paragraph has so many characters more before it."""
    _, answers, items = _taken_apart(row)

    def moved(found: Sequence[Accepted]) -> list[dict[str, Any]]:
        return [
            {"text": one.text}
            if one.start is None
            else {"text": one.text, "answer_start": one.start + by_chars}
            for one in found
        ]

    return {
        **row,
        "answers": moved(answers),
        "all_spans": None if items is None else moved(items),
    }
