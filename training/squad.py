"""Read SQuAD-format files (1.1 or 2.0) into questions."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from boundaries import mend

from index.sentences import Span
from qa.accepted import Accepted, answers_of, paragraph_of
from qa.records import Turn

# single: every question stands alone. sentence: the same, but each paragraph is one sentence
# and is put back among its neighbours. conversation: a paragraph's questions are turns.
Layout = Literal["single", "sentence", "conversation"]


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
    """The articles of a file, as they stand there.

    Args:
        file: JSON, packed if its name ends in ".gz".
    """
    packed = gzip.open if file.suffix == ".gz" else open
    with packed(file, "rt", encoding="utf-8") as opened:
        articles: list[dict[str, Any]] = json.load(opened)["data"]
    return articles


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
        ValueError: one of these is not in the file.
    """
    articles = read_articles(file)
    unknown = set(held_out) - {article.get("title") for article in articles}
    if unknown:
        raise ValueError(f"{file} has no articles {', '.join(sorted(unknown))} to hold out.")
    return [
        asked
        for number, article in enumerate(articles)
        if article.get("title") not in held_out
        for paragraph in (
            _joined(article["paragraphs"]) if layout == "sentence" else article["paragraphs"]
        )
        for asked in _questions_of(paragraph, number, rng, skipped, turns=layout == "conversation")
    ]


def _questions_of(
    paragraph: Mapping[str, Any],
    article: int,
    rng: random.Random,
    skipped: Counter[str],
    *,
    turns: bool,
) -> Iterator[Asked]:
    context = paragraph_of(paragraph["context"])
    history: list[Turn] = []
    for row in paragraph["qas"]:
        question = " ".join(row["question"].split())
        marked, several = answers_of(row)
        spans = _chosen(context, marked, several or (), rng)
        if not question:
            skipped["empty question"] += 1
        elif marked and not spans:
            skipped["answer is not where the file says"] += 1
        else:
            answers = tuple(dict.fromkeys(answer.text for answer in marked))
            yield Asked(question, context, article, answers, spans, tuple(history))
            if turns:
                quote = context[slice(*spans[0])] if spans else None
                history.append(Turn(question, quote))


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
    start = answer.start
    if start is None:  # it must be plain which is meant
        start = context.find(answer.text)
        if context.find(answer.text, start + 1) >= 0:
            return None
    end = start + len(answer.text)
    if start < 0 or context[start:end] != answer.text:
        return None
    return mend(context, start, end)


def _joined(paragraphs: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sentences of one place as one paragraph; ids such as ``wiki:1164:73:2-0`` say which."""
    places: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for paragraph in paragraphs:
        place, _, number = paragraph["qas"][0]["id"].rsplit("-", 1)[0].rpartition(":")
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
    answers, items = answers_of(row)

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
