"""The cases that a reader's probabilities are fitted on: questions, and passages to read for them.

Each question of a development set is asked of its own paragraph, of another that does not answer
it, of its article, of its article without what answers it, and of another article; of conversations
follow-ups are asked too, of their own paragraph and of others.
"""

import random
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from squad import find_set
from tqdm import tqdm

from index.embed import SentenceEmbedder
from index.engine import PassageIndex
from index.records import Hit
from qa.conversation import expand
from qa.records import Question, Turn
from qa.retrieval import retrieve
from qa.squad import SquadQuestion, SquadSet


@dataclass(frozen=True, slots=True)
class Case:
    """A question and passages to read.

    Args:
        name: of the question's set.
        number: of the question, the same in all its cases.
        kind: where it is asked: own, beside, article, lacking or wrong; or told, a follow-up
            that is asked of its own paragraph, or told wrong, of others.
        question: what is asked.
        hits: where to look.
        searched: whether the hits come of a search, so that their scores mean something.
        answers: accepted answers; none where the passages do not say.
        told: the question behind the earlier turns it leans on; None where it stands alone.
    """

    name: str
    number: int
    kind: str
    question: str
    hits: tuple[Hit, ...]
    searched: bool
    answers: tuple[str, ...]
    told: str | None = None


def check_sets(config: Mapping[str, Any]) -> None:
    """Refuse conversations that no case would be made of.

    Args:
        config: the entries of calibrate.toml.

    Raises:
        ValueError: one of ``conversations`` is not in ``sets``.
    """
    unknown = [name for name in config["conversations"] if name not in config["sets"]]
    if unknown:
        raise ValueError(
            f"conversations names {', '.join(unknown)}, which sets does not:"
            f" it has {', '.join(config['sets'])}. Add it there, or take it out."
        )


def make_cases(folder: Path, config: Mapping[str, Any]) -> list[Case]:
    """The cases of all development sets that a recipe names.

    Args:
        folder: holds NAME.dev.json or NAME.dev.json.gz of each.
        config: the entries of calibrate.toml.

    Raises:
        ValueError: one of its conversations is not among its sets.
    """
    check_sets(config)
    embedder = SentenceEmbedder.shipped()
    rng = random.Random(config["seed"])
    cases: list[Case] = []
    for name in config["sets"]:
        squad = SquadSet.from_file(find_set(folder, name, "dev"))
        cases += _cases_of(name, squad, embedder, config, rng)
    return cases


def _cases_of(
    name: str,
    squad: SquadSet,
    embedder: SentenceEmbedder,
    config: Mapping[str, Any],
    rng: random.Random,
) -> Iterator[Case]:
    asked_of = list(squad.questions)
    if name in config["conversations"]:
        asked_of = [conversation[0] for conversation in squad.conversations]
    drawn = rng.sample(asked_of, min(config["questions_of_a_set"], len(asked_of)))
    of_article = _articles(squad)
    whole = PassageIndex.from_documents(squad.paragraphs, embedder=embedder)
    for number, asked in enumerate(tqdm(drawn, desc=name, disable=None)):
        own = squad.paragraphs[asked.paragraph]
        hits = whole.search([asked.question], top_k=len(whole.passages))[0]
        same = of_article[own.id]
        kinds = {
            "own": [hit for hit in hits if hit.passage.document.id == own.id],
            "beside": [
                hit for hit in hits if hit.passage.document.id != own.id and not _says(hit, asked)
            ][:1],
            "article": [hit for hit in hits if hit.passage.document.id in same],
            "lacking": [
                hit
                for hit in hits
                if hit.passage.document.id in same - {own.id} and not _says(hit, asked)
            ],
            "wrong": _elsewhere(hits, same, asked),
        }
        for kind, found in kinds.items():
            if rng.random() >= config["places"][kind]:
                continue
            alone = kind in ("own", "beside")  # read without a search
            taken = tuple(found if alone else found[: config["passages"]])
            answers = asked.answers if kind in ("own", "article") else ()
            if kind == "article":  # its own paragraph may be cut, and what answers it not taken
                answers = tuple(text for text in answers if any(_has(hit, text) for hit in taken))
            if taken:
                case = Case(name, number, kind, asked.question, taken, not alone, answers)
                yield case
    if name in config["conversations"]:
        told = _follow_ups(squad)
        drawing = random.Random(config["seed"])  # of its own: the others are drawn as before
        drawing.shuffle(told)
        for number, (asked, behind) in enumerate(told[: config["follow_ups_of_a_set"]]):
            found = retrieve(whole, [asked.question], [behind], top_k=len(whole.passages))[0]
            own = squad.paragraphs[asked.paragraph]
            hits = [hit for hit in found if hit.passage.document.id == own.id]
            yield from _told_cases(name, number, asked, behind, hits, config["passages"])
            others = _elsewhere(found, of_article[own.id], asked)
            if others and drawing.random() < config["follow_ups_elsewhere"]:
                taken = tuple(others[: config["passages"]])
                yield Case(name, number, "told wrong", asked.question, taken, True, (), behind)


def _articles(squad: SquadSet) -> dict[str, set[str]]:
    """By paragraph, those of its article; where all have one title, it is the set's."""
    alone = len({paragraph.title for paragraph in squad.paragraphs}) == 1
    articles: dict[str, set[str]] = {}
    for paragraph in squad.paragraphs:
        name = paragraph.id if alone else paragraph.title
        articles.setdefault(name, set()).add(paragraph.id)
    return {one: article for article in articles.values() for one in article}


def _told_cases(
    name: str, number: int, asked: SquadQuestion, behind: str, hits: Sequence[Hit], passages: int
) -> Iterator[Case]:
    """A follow-up asked of all of its paragraph, and of what a search finds of it."""
    for searched in (False, True):
        taken = tuple(hits[:passages] if searched else hits)
        answers = tuple(text for text in asked.answers if any(_has(hit, text) for hit in taken))
        yield Case(name, number, "told", asked.question, taken, searched, answers, behind)


def _follow_ups(squad: SquadSet) -> list[tuple[SquadQuestion, str]]:
    """The turns that lean on earlier ones, each behind those and people's answers to them."""
    found = []
    for conversation in squad.conversations:
        said: tuple[Turn, ...] = ()
        for asked in conversation:
            behind = expand(Question(asked.question, said))
            if behind is not None:
                found.append((asked, behind))
            said = (*said, Turn(asked.question, next(iter(asked.answers), None)))
    return found


def _elsewhere(hits: Sequence[Hit], article: Set[str], asked: SquadQuestion) -> list[Hit]:
    """Those of other articles that do not say what is asked."""
    return [hit for hit in hits if hit.passage.document.id not in article and not _says(hit, asked)]


def _says(hit: Hit, asked: SquadQuestion) -> bool:
    return any(_has(hit, text) for text in asked.answers)


def _has(hit: Hit, text: str) -> bool:
    return text.lower() in hit.passage.text.lower()
