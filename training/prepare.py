"""Make training examples of SQuAD-format files.

    python training/prepare.py --data FOLDER --output examples.jsonl.gz

The folder holds NAME.train.json or NAME.train.json.gz for each set of the recipe.
"""

import argparse
import random
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from alterations import Names, negate, oppose, swap
from examples import Example, write_examples
from negatives import Searched
from other_kinds import ask_otherwise
from other_words import OtherWords
from passages import Piece, around, nearest, without
from squad import MISPLACED, Asked, Layout, check_layout, find_set, read_questions

from index.embed import Embedder, SentenceEmbedder
from index.sentences import sentence_spans
from qa.conversation import with_history
from qa.enumerations import enumerated
from qa.records import Turn

RECIPE = Path(__file__).parent / "prepare.toml"
PEOPLE = "people"
# To make a question unanswerable.
WAYS = ("removed", "retrieved", "swap", "word", "negation", "antonym", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRecipe:
    """How the examples of one set are made.

    Args:
        name: of NAME.train.json.
        layout: what a paragraph of it is.
        questions: at most so many are taken; None for all.
        unanswerable: share of the answerable questions made unanswerable.
        min_passage_chars: shortest passage, None for that of the whole recipe.
        max_passage_chars: longest passage, likewise.
        held_out: titles of articles that nothing is learned from (held_out.py).

    Raises:
        ValueError: there is no such layout.
    """

    name: str
    layout: Layout
    questions: int | None = None
    unanswerable: float = 0.0
    min_passage_chars: int | None = None
    max_passage_chars: int | None = None
    held_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_layout(self.name, self.layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the examples are made; prepare.toml says what each entry is for."""

    seed: int
    min_passage_chars: int
    max_passage_chars: int
    longest_answer_words: int
    lower_first_letter: float
    drop_question_mark: float
    history: float
    unrelated_history: float
    enumerations: float
    keep_twin: float
    searched_paragraphs: int
    unanswerable_ways: dict[str, float]
    sets: tuple[SetRecipe, ...]

    @classmethod
    def load(cls, file: Path) -> "Recipe":
        """Read a recipe; ways of share 0 are left out of it.

        Raises:
            TypeError: an entry is missing, or one is there that no recipe has.
            ValueError: there is no such way to make a question unanswerable, or no such layout.
        """
        entries = tomllib.loads(file.read_text("utf-8"))
        sets = tuple(
            SetRecipe(**one | {"held_out": tuple(one.get("held_out", ()))})
            for one in entries.pop("sets")
        )
        recipe = cls(**entries, sets=sets)
        unknown = ", ".join(way for way in recipe.unanswerable_ways if way not in WAYS)
        if unknown:
            raise ValueError(f"{file} has unanswerable_ways {unknown}. Give any of {WAYS}.")
        ways = {way: share for way, share in recipe.unanswerable_ways.items() if share}
        return replace(recipe, unanswerable_ways=ways)


class SetMaker:
    """Makes the examples of one set.

    Args:
        asked: its questions.
        recipe: how to make examples.
        of_set: what is particular to the set.
        embedder: searches for hard negatives.
        rng: where every random choice comes from.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        *,
        recipe: Recipe,
        of_set: SetRecipe,
        embedder: Embedder,
        rng: random.Random,
    ) -> None:
        self._asked = asked
        self._recipe = recipe
        self._set = of_set
        self._embedder = embedder
        self._rng = rng
        self._names: dict[tuple[int, str], Names] = {}
        self._other_words = OtherWords(embedder, rng)

    @cached_property
    def _searched(self) -> Searched:
        return Searched(
            self._asked,
            most_paragraphs=self._recipe.searched_paragraphs,
            embedder=self._embedder,
            rng=self._rng,
        )

    @cached_property
    def _contexts(self) -> dict[int, list[str]]:
        contexts: dict[int, dict[str, None]] = {}
        for one in self._asked:
            contexts.setdefault(one.article, {})[one.context] = None
        return {article: list(texts) for article, texts in contexts.items()}

    def examples(self) -> Iterator[Example]:
        """The examples of the set, in random order, each question's numbered as one group."""
        order = list(range(len(self._asked)))
        self._rng.shuffle(order)
        for group in order[: self._set.questions]:
            yield from self._of_question(self._asked[group], group)

    def _of_question(self, asked: Asked, group: int) -> Iterator[Example]:
        # Before the earlier turns come in front of it, which were typed by themselves.
        asked = replace(asked, question=self._typed(asked.question))
        question, kind = self._spoken(asked)
        if not asked.spans:
            piece = nearest(asked.context, asked.question, self._size(), self._rng)
            yield self._example(question, piece, kind, group)
            return
        if self._rng.random() < self._set.unanswerable:
            made = self._unanswerable(asked, question, group)
            if made is not None:
                yield made
                if self._rng.random() >= self._recipe.keep_twin:
                    return
        piece = around(asked.context, asked.spans, self._size(), self._rng)
        yield self._example(question, piece, kind, group)
        if len(piece.spans) == 1 and self._rng.random() < self._recipe.enumerations:
            start, end = piece.spans[0]
            items = enumerated(piece.text[start:end], asked.question)
            if items:
                spans = tuple((start + left, start + right) for left, right in items)
                yield self._example(question, Piece(piece.text, spans), "enumeration", group)

    def _spoken(self, asked: Asked) -> tuple[str, str]:
        """The question as the reader gets it, and what kind that makes it."""
        if self._set.layout == "conversation":
            heard = asked.history if self._rng.random() < self._recipe.history else ()
            return with_history(asked.question, heard), PEOPLE
        if self._rng.random() >= self._recipe.unrelated_history:
            return asked.question, PEOPLE
        others = [one for one in self._rng.choices(self._asked, k=20) if one.spans]
        near = [one for one in others if one.article == asked.article]
        turns = [
            Turn(one.question, one.context[slice(*one.spans[0])])
            for one in (near or others)[: self._rng.choice((1, 2))]
            if one.context != asked.context
        ]
        return with_history(asked.question, turns), "unrelated history" if turns else PEOPLE

    def _unanswerable(self, asked: Asked, question: str, group: int) -> Example | None:
        """The question with something it does not answer, in the first way that is possible."""
        ways = dict(self._recipe.unanswerable_ways)
        while ways:
            (way,) = self._rng.choices(list(ways), weights=list(ways.values()))
            del ways[way]
            if way == "removed":
                piece = without(asked.context, asked.spans, asked.wordings, self._size(), self._rng)
            elif way == "retrieved":
                piece = self._searched.negative(asked, question)
            else:
                altered = self._altered(asked, way)
                if altered is None:
                    continue
                question = question.removesuffix(asked.question) + altered
                whole = around(asked.context, asked.spans, self._size(), self._rng)
                piece = Piece(whole.text)
                group = -1 - group  # another question than its twin
            if piece is not None:
                return self._example(question, piece, way, group)
        return None

    def _altered(self, asked: Asked, way: str) -> str | None:
        sentence = " ".join(
            asked.context[start:end]
            for start, end in sentence_spans(asked.context)
            if any(start < right and left < end for left, right in asked.spans)
        )
        if way == "negation":
            return negate(asked.question, sentence, self._rng)
        if way == "antonym":
            return oppose(asked.question, sentence, self._rng)
        if way == "kind":
            return ask_otherwise(asked.question, asked.context, self._rng)
        if way == "word":
            return self._other_words.swap(asked.question, sentence, asked.context)
        names = [
            self._names_of(asked.article, asked.context),
            self._names_of(asked.article, ""),
        ]
        return swap(asked.question, sentence, names, self._rng)

    def _names_of(self, article: int, context: str) -> Names:
        """Those of a paragraph, or of the whole article where none is given."""
        if (article, context) not in self._names:
            texts = [context] if context else self._contexts[article]
            self._names[article, context] = Names(texts)
        return self._names[article, context]

    def _size(self) -> int:
        shortest = self._set.min_passage_chars or self._recipe.min_passage_chars
        longest = self._set.max_passage_chars or self._recipe.max_passage_chars
        return self._rng.randint(shortest, longest)

    def _typed(self, question: str) -> str:
        """The question as a person in a hurry may type it."""
        if self._rng.random() < self._recipe.lower_first_letter:
            question = question[:1].lower() + question[1:]
        if self._rng.random() < self._recipe.drop_question_mark:
            question = question.rstrip("? ") or question
        return question

    def _example(self, question: str, piece: Piece, kind: str, group: int) -> Example:
        return Example(question, piece.text, piece.spans, self._set.name, kind, group)


def make_examples(
    data: Path, recipe: Recipe, *, embedder: Embedder, skipped: Counter[str]
) -> list[Example]:
    """Make the examples of all sets of a recipe, shuffled.

    Each set has a generator of its own, so that one more set changes no other's examples.

    Args:
        data: folder of the sets.
        recipe: how to make them.
        embedder: searches for hard negatives.
        skipped: counts, for each set and reason, the questions left out.

    Raises:
        FileNotFoundError: a set of the recipe is not in the folder.
        ValueError: one cannot be read, gives no examples, or counts its answers otherwise.
    """
    examples: list[Example] = []
    for of_set in recipe.sets:
        rng = random.Random(f"{recipe.seed} {of_set.name}")
        reasons: Counter[str] = Counter()
        file = find_set(data, of_set.name, "train")
        asked = []
        read = read_questions(
            file, layout=of_set.layout, rng=rng, skipped=reasons, held_out=of_set.held_out
        )
        _check_places(file, answered=sum(bool(one.spans) for one in read), reasons=reasons)
        for one in read:
            words = max(
                (len(one.context[start:end].split()) for start, end in one.spans), default=0
            )
            if words > recipe.longest_answer_words:
                reasons[f"answer has more than {recipe.longest_answer_words} words"] += 1
            else:
                asked.append(one)
        maker = SetMaker(asked, recipe=recipe, of_set=of_set, embedder=embedder, rng=rng)
        before = len(examples)
        examples += maker.examples()
        if len(examples) == before:
            told = ", ".join(f"{count} left out: {why}" for why, count in reasons.items())
            raise ValueError(
                f"{file} gives no examples ({told or 'it has no questions'})."
                " Mend it, or take the set out of the recipe."
            )
        print(
            f"{of_set.name}: {len(asked)} questions, {len(examples) - before} examples", flush=True
        )
        skipped.update({f"{of_set.name}: {reason}": count for reason, count in reasons.items()})
    groups: dict[tuple[str, int], int] = {}
    for place, made in enumerate(examples):
        group = groups.setdefault((made.set_name, made.group), len(groups))
        examples[place] = replace(made, group=group)
    random.Random(recipe.seed).shuffle(examples)
    return examples


def _check_places(file: Path, *, answered: int, reasons: Counter[str]) -> None:
    """Refuse a set whose answers are elsewhere than it says.

    Raises:
        ValueError: more than half of them are: it counts otherwise, and what is left is chance.
    """
    lost = reasons[MISPLACED]
    if lost > answered:
        raise ValueError(
            f"{file} has {lost} of {lost + answered} answerable questions whose answer is not at"
            " its answer_start. Count it in characters (not bytes, words or tokens) of the context,"
            " from 0."
        )


def summary(examples: Sequence[Example], skipped: Counter[str]) -> str:
    """Counts by set and kind, the share of unanswerable ones, and what was left out."""
    sets = list(dict.fromkeys(sorted(one.set_name for one in examples)))
    kinds = list(dict.fromkeys(sorted(one.kind for one in examples)))
    counts = Counter((one.set_name, one.kind) for one in examples)
    empty = Counter(one.set_name for one in examples if not one.spans)
    lines = ["set".ljust(18) + "".join(kind.rjust(18) for kind in [*kinds, "all", "unanswerable"])]
    for name in sets:
        row = [counts[name, kind] for kind in kinds]
        share = f"{empty[name] / sum(row):.0%}"
        lines.append(name.ljust(18) + "".join(f"{cell:>18}" for cell in [*row, sum(row), share]))
    total = [sum(counts[name, kind] for name in sets) for kind in kinds]
    share = f"{empty.total() / max(len(examples), 1):.0%}"
    lines.append(
        "all".ljust(18) + "".join(f"{cell:>18}" for cell in [*total, len(examples), share])
    )
    lines += [f"Warning: left out {count} of {reason}" for reason, count in sorted(skipped.items())]
    return "\n".join(lines)


def prepare(data: Path, output: Path, *, recipe: Recipe, embedder: Embedder) -> None:
    """Make the examples of a recipe, write them, and print what they are.

    Args:
        data: folder of the sets.
        output: file to write, gzipped JSON lines.
        recipe: how to make them.
        embedder: searches for hard negatives.
    """
    skipped: Counter[str] = Counter()
    examples = make_examples(data, recipe, embedder=embedder, skipped=skipped)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_examples(output, examples)
    print(summary(examples, skipped), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make training examples of SQuAD-format files.")
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.train.json[.gz]")
    parser.add_argument("--output", type=Path, required=True, help="examples.jsonl.gz")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="TOML file (prepare.toml)")
    options = parser.parse_args()
    prepare(
        options.data,
        options.output,
        recipe=Recipe.load(options.recipe),
        embedder=SentenceEmbedder.shipped(),
    )


if __name__ == "__main__":
    main()
