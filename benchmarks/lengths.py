"""How long passages should be, and whether neighbours share a sentence: F1 against tokens read.

    python benchmarks/lengths.py FILE...
    python benchmarks/lengths.py --time

The paragraphs of a title are put together to one article again, and the articles of a file are
one index; the news story of the example articles is another. Of every length about as much text
may be read as of the others. With passages as they are usually cut it is also tried to read
neighbours as one, and fewer of one article. Prints a table and writes ``benchmarks/results/
lengths.json``; ``--time`` measures only what a question of the news story takes.
"""

import argparse
import json
import random
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from plain import Plain
from reading import SHIPPED, Case, Recorded, Way, outcome
from timing import RESULTS, in_turns, machine
from tqdm import tqdm

from index.embed import Embedder
from index.embedder import shipped_embedder
from index.engine import PassageIndex
from index.prepare import BUDGET_TOKENS, OVERLAP_SENTENCES
from index.read import read_sources
from index.records import Document, Hit, Passage
from qa.assistant import Assistant
from qa.pipeline import PASSAGES_READ
from qa.reader import ExtractiveReader
from qa.seeds import SeedQuestion, seed_articles, seed_questions
from qa.squad import SquadQuestion, SquadSet

FILE = RESULTS / "lengths.json"
SIZES = (64, 96, 128, 160, 192, 256)  # tokens of the embedder
OVERLAPS = (0, 1)  # sentences
QUESTIONS = 100  # of a file, drawn at random
READ_TOKENS = 768  # of a question's passages together, but no fewer than five of them
CUTOFFS = (1, 5)
FOUND = 20  # passages, of which five are chosen
BETWEEN = "\n\n"  # paragraphs
READ_AT_ONCE = 300  # tokens that fit the reader's window beside a question
OF_ONE_ARTICLE = 2  # passages, beyond which others come first
ROUNDS = 3


class Place(NamedTuple):
    """Where a paragraph stands in an article."""

    document_id: str
    start: int
    end: int


class Cut(NamedTuple):
    """A way to cut articles into passages."""

    size: int
    overlap: int

    def shelf(self, documents: Sequence[Document], embedder: Embedder) -> PassageIndex:
        """The articles, cut so."""
        return PassageIndex.from_documents(
            documents,
            embedder=embedder,
            budget_tokens=self.size,
            overlap_sentences=self.overlap,
        )

    @property
    def most(self) -> int:
        """How many of its passages are read at most."""
        return max(PASSAGES_READ, READ_TOKENS // self.size)

    def __str__(self) -> str:
        return f"{self.size} tokens, {'a sentence' if self.overlap else 'nothing'} shared"


CUTS = [Cut(size, overlap) for size in SIZES for overlap in OVERLAPS]
USUAL = Cut(BUDGET_TOKENS, OVERLAP_SENTENCES)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare lengths of passages.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="development sets")
    parser.add_argument("--time", action="store_true", help="time the news story's questions")
    options = parser.parse_args()
    report = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    embedder = shipped_embedder()
    if options.files:
        reader = Recorded(ExtractiveReader.shipped(), embedder)
        sets = {file.name: of_file(reader, embedder, file) for file in options.files}
        report |= {"machine": machine(), "sets": sets, "news": of_news(reader, embedder)}
    if options.time:
        report["times"] = times(embedder)
    FILE.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, rows in (*report["sets"].items(), ("the news story", report["news"])):
        print(name)
        for way, row in rows.items():
            shown = (f"{key} {value:.2f}" for key, value in row.items() if key != "curve")
            print(f"  {way:32}", *shown)
    for way, row in report.get("times", {}).get("rows", {}).items():
        print(f"  {way:32} {row['p50_ms']} ms, {row['ratio']:.2f} of one pass")
    print(f"\nWritten to {FILE.name}")


def of_file(reader: Recorded, embedder: Embedder, file: Path) -> dict[str, Any]:
    """What comes of a file's questions by how its articles are cut."""
    squad = SquadSet.from_file(file)
    documents, places = articles_of(squad)
    asked = [question for question in squad.questions if question.answers]
    asked = random.Random(0).sample(asked, min(QUESTIONS, len(asked)))

    def found(cases: Sequence[Case]) -> dict[str, Any]:
        """The share of questions that are answered in their first k passages."""
        return {
            f"recall@{k}": statistics.fmean(
                any(says(hit, places[one.paragraph], one) for hit in case.hits[:k])
                for one, case in zip(asked, cases, strict=True)
            )
            for k in CUTOFFS
        }

    rows = {}
    for cut in tqdm(CUTS, desc=file.name):
        index = cut.shelf(documents, embedder)
        hits = index.search([one.question for one in asked], top_k=FOUND)
        cases = cases_of(asked, hits)
        rows[str(cut)] = found(cases) | as_read(reader, cases, cut)
        if cut == USUAL:
            usual = cases
    for name, other in REARRANGED.items():
        cases = [case._replace(hits=other(case.hits, embedder)) for case in usual]
        rows[name] = found(cases) | outcome(reader, cases, SHIPPED)
    return rows


def of_news(reader: Recorded, embedder: Embedder) -> dict[str, Any]:
    """What comes of the questions of the news story, those that it does not answer included."""
    rows: dict[str, Any] = {}
    asked = seed_questions()[0].questions
    for cut in tqdm(CUTS, desc="the news story"):
        index = cut.shelf(read_sources(seed_articles()[0]), embedder)
        hits = index.search([one.question for one in asked], top_k=cut.most)
        row = outcome(reader, cases_of(asked, hits), SHIPPED._replace(most=cut.most))
        rows[str(cut)] = {
            "questions": len(asked),
            **{key: row[key] for key in ("right", "tokens", "tokens_p50")},
        }
    return rows


def articles_of(squad: SquadSet) -> tuple[list[Document], list[Place]]:
    """The paragraphs of each title as one article, and where each of them stands."""
    texts: dict[str, str] = {}
    places = []
    for paragraph in squad.paragraphs:
        before = texts.get(paragraph.title)
        text = paragraph.text if before is None else before + BETWEEN + paragraph.text
        texts[paragraph.title] = text
        places.append(Place(paragraph.title, len(text) - len(paragraph.text), len(text)))
    return [Document(title, title, text) for title, text in texts.items()], places


def cases_of(
    asked: Sequence[SquadQuestion | SeedQuestion], hits: Sequence[Sequence[Hit]]
) -> list[Case]:
    return [Case(one.question, one.answers, found) for one, found in zip(asked, hits, strict=True)]


def says(hit: Hit, place: Place, asked: SquadQuestion) -> bool:
    """Whether a passage holds an accepted answer where the question was asked."""
    passage = hit.passage
    if passage.document.id != place.document_id:
        return False
    shared = passage.document.text[max(passage.start, place.start) : min(passage.end, place.end)]
    return any(answer in shared for answer in asked.answers)


def as_read(reader: Recorded, cases: Sequence[Case], cut: Cut) -> dict[str, Any]:
    """What comes of reading as the assistant does, and of the first k passages."""
    curve = [outcome(reader, cases, Way(k)) for k in range(1, cut.most + 1)]
    found: dict[str, Any] = dict(outcome(reader, cases, SHIPPED._replace(most=cut.most)))
    return found | {"curve": [[row["tokens"], row["best_f1"]] for row in curve]}


def neighbours_as_one(hits: Sequence[Hit], embedder: Embedder) -> Sequence[Hit]:
    """The first five, those that touch as one passage where that fits the reader's window."""
    together: list[Hit] = []
    for hit in hits[:PASSAGES_READ]:
        for number, other in enumerate(together):
            one = merged(other, hit)
            if one is not None and len(embedder.token_spans(one.passage.text)) <= READ_AT_ONCE:
                together[number] = one
                break
        else:
            together.append(hit)
    return together


def merged(one: Hit, other: Hit) -> Hit | None:
    """Two passages that overlap, or have nothing but white space between them, as one."""
    first, second = sorted((one.passage, other.passage), key=lambda passage: passage.start)
    document = first.document
    if document.id != second.document.id or document.text[first.end : second.start].strip():
        return None
    passage = Passage(document, first.start, max(first.end, second.end))
    return replace(one, passage=passage)


def fewer_of_one_article(hits: Sequence[Hit], _: Embedder) -> Sequence[Hit]:
    """In their order, but those beyond two of an article behind those of others."""
    held: Counter[str] = Counter()
    chosen: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        held[hit.passage.document.id] += 1
        many = held[hit.passage.document.id] > OF_ONE_ARTICLE
        (others if many else chosen).append(hit)
    return chosen + others


REARRANGED = {
    "neighbours read as one": neighbours_as_one,
    "two of an article, then others": fewer_of_one_article,
}


def times(embedder: Embedder) -> Mapping[str, Any]:
    """The middle question of the news story, beside one fp32 pass over the whole story."""
    (document,) = read_sources(seed_articles()[0])
    plain = Plain([document.text])
    reader = ExtractiveReader.shipped()
    ways = {
        str(cut): Assistant(
            index=cut.shelf([document], embedder),
            reader=reader,
            passages_read=cut.most,
            answers_kept=0,
        )
        for cut in CUTS
    }
    taken: dict[str, list[float]] = {name: [] for name in (*ways, "pass")}
    for asked in tqdm(seed_questions()[0].questions, desc="the news story"):
        calls: dict[str, Callable[[], object]] = {
            name: partial(way.ask, asked.question) for name, way in ways.items()
        }
        calls["pass"] = partial(plain.read_whole, asked.question, document.text)
        for name, seconds in in_turns(calls, rounds=ROUNDS).items():
            taken[name].append(1000 * statistics.median(seconds))
    middle = {name: statistics.median(found) for name, found in taken.items()}
    return {
        "machine": machine(),
        "whole_pass_p50_ms": round(middle["pass"], 1),
        "rows": {
            name: {"p50_ms": round(middle[name], 1), "ratio": middle[name] / middle["pass"]}
            for name in ways
        },
    }


if __name__ == "__main__":
    main()
