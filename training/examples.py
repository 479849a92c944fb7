"""Make training examples of SQuAD-format files: passages of the size that the index cuts."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.sentences import Span, sentence_spans

FEWEST_SENTENCES = 2  # of a passage whose answer was taken out: one alone is too easy


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage, and where the answer is.

    Args:
        question: what is asked, behind the earlier turns of its conversation.
        passage: the text to read.
        answer: half-open span in the passage, or None where it does not say.
    """

    question: str
    passage: str
    answer: Span | None


def make_examples(folder: Path, config: Mapping[str, Any], rng: random.Random) -> list[Example]:
    """Make the examples of all sets of a recipe, shuffled.

    Args:
        folder: holds ``NAME.train.json.gz`` for each set.
        config: the recipe (``finetune.toml``).
        rng: where every random choice comes from.
    """
    kinds = {"single": _single, "sentence": _sentence, "conversation": _conversation}
    examples = [
        example
        for recipe in config["sets"]
        for example in kinds[recipe["kind"]](_articles(folder, recipe["name"]), recipe, config, rng)
    ]
    rng.shuffle(examples)
    return examples


def _articles(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{name}.train.json.gz", "rt", encoding="utf-8") as file:
        articles: list[dict[str, Any]] = json.load(file)["data"]
    return articles


def _single(
    articles: Sequence[dict[str, Any]],
    recipe: Mapping[str, Any],
    config: Mapping[str, Any],
    rng: random.Random,
) -> Iterator[Example]:
    items = [
        (paragraph["context"], row)
        for article in articles
        for paragraph in article["paragraphs"]
        for row in paragraph["qas"]
    ]
    rng.shuffle(items)
    for context, row in items[: recipe.get("questions")]:
        if _is_impossible(row):
            yield Example(row["question"], _any_part(context, config, rng), None)
        elif rng.random() < recipe.get("unanswerable", 0.0):
            yield from _answer_taken_out(row, context, config, rng)
        else:
            yield from _around_answer(row["question"], context, _choose(row, rng), config, rng)


def _sentence(
    articles: Sequence[dict[str, Any]],
    recipe: Mapping[str, Any],
    config: Mapping[str, Any],
    rng: random.Random,
) -> Iterator[Example]:
    """Each sentence is a paragraph of its own; ids such as ``wiki:1164:73:2-0`` give its place."""
    items = []
    for article in articles:
        passages: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        for paragraph in article["paragraphs"]:
            place, _, number = paragraph["qas"][0]["id"].rsplit("-", 1)[0].rpartition(":")
            passages.setdefault(place, []).append((int(number), paragraph))
        for numbered in passages.values():
            numbered.sort(key=lambda item: item[0])
            sentences = [paragraph for _, paragraph in numbered]
            items += [
                (sentences, place, row)
                for place, paragraph in enumerate(sentences)
                for row in paragraph["qas"]
            ]
    rng.shuffle(items)
    for sentences, place, row in items[: recipe.get("questions")]:
        texts = [sentence["context"] for sentence in sentences]
        if rng.random() < recipe.get("unanswerable", 0.0):
            yield from _answer_taken_out(row, " ".join(texts), config, rng)
            continue
        first = max(0, place - rng.randint(0, 3))
        passage = " ".join(texts[first : place + 1 + rng.randint(0, 3)])
        before = sum(len(text) + 1 for text in texts[first:place])
        start, end = _choose(row, rng)
        yield from _around_answer(
            row["question"], passage, (start + before, end + before), config, rng
        )


def _conversation(
    articles: Sequence[dict[str, Any]],
    recipe: Mapping[str, Any],
    config: Mapping[str, Any],
    rng: random.Random,
) -> Iterator[Example]:
    items = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            said: list[str] = []
            for row in paragraph["qas"]:
                items.append((context, row, list(said)))
                if not _is_impossible(row):
                    start, end = _choose(row, rng)
                    words = context[start:end].split()[: config["answer_words"]]
                    said.append(" ".join([row["question"], *words]))
    rng.shuffle(items)
    for context, row, said in items[: recipe.get("questions")]:
        heard = said[-config["turns"] :] if rng.random() < config["history"] else []
        question = " ".join([*heard, row["question"]])
        if _is_impossible(row):
            yield Example(question, _any_part(context, config, rng), None)
        else:
            yield from _around_answer(question, context, _choose(row, rng), config, rng)


def _is_impossible(row: Mapping[str, Any]) -> bool:
    return bool(row.get("is_impossible")) or not row["answers"]


def _choose(row: Mapping[str, Any], rng: random.Random) -> Span:
    """The answer that most people gave; one of them where several were given as often."""
    counts = Counter(
        (answer["answer_start"], answer["answer_start"] + len(answer["text"]))
        for answer in row["answers"]
    )
    most = max(counts.values())
    return rng.choice([span for span, count in counts.items() if count == most])


def _any_part(context: str, config: Mapping[str, Any], rng: random.Random) -> str:
    size = config["max_passage_chars"]
    start = rng.randint(0, max(0, len(context) - size))
    return context[start : start + size]


def _around_answer(
    question: str, context: str, answer: Span, config: Mapping[str, Any], rng: random.Random
) -> Iterator[Example]:
    """The answer's sentences and as many neighbours as a passage of random size holds."""
    sentences = sentence_spans(context)
    touched = [
        number
        for number, (start, end) in enumerate(sentences)
        if start < answer[1] and answer[0] < end
    ]
    if not touched:
        return
    first, last = touched[0], touched[-1]
    size = rng.randint(config["min_passage_chars"], config["max_passage_chars"])
    while True:
        sides = []
        if first > 0 and sentences[last][1] - sentences[first - 1][0] <= size:
            sides.append("before")
        if last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= size:
            sides.append("behind")
        if not sides:
            break
        if rng.choice(sides) == "before":
            first -= 1
        else:
            last += 1
    start, end = min(sentences[first][0], answer[0]), max(sentences[last][1], answer[1])
    yield Example(question, context[start:end], (answer[0] - start, answer[1] - start))


def _answer_taken_out(
    row: Mapping[str, Any], context: str, config: Mapping[str, Any], rng: random.Random
) -> Iterator[Example]:
    """The passage without any sentence in which an accepted answer stands."""
    answers = {answer["text"].lower() for answer in row["answers"]}
    kept = [
        context[start:end]
        for start, end in sentence_spans(context)
        if not any(answer in context[start:end].lower() for answer in answers)
    ]
    if len(kept) >= FEWEST_SENTENCES:
        yield Example(row["question"], _any_part(" ".join(kept), config, rng), None)
