"""Time Pullquote against the plainest use of the same models, in one run, as ratios.

    make bench

Both sides have the same models, texts, questions and cores, and take turns; a ratio is the
median over the rounds of plain time over ours. Writes ``benchmarks/results/speed.json``.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from plain import Plain
from timing import RESULTS, ROOT, in_turns, machine, spread

import qa
from index.engine import PassageIndex
from index.read import read_sources
from qa.metrics import best_against
from qa.seeds import seed_articles, seed_questions

ROUNDS = 3
COLD_ROUNDS = 2  # each starts two processes and loads every library
QUESTIONS = 24  # drawn evenly from all seeds: some 240 pairs to read
COPIES = 2  # of the seed articles, for a text of some length to embed
RIGHT_F1 = 0.6


def main() -> None:
    loaded = qa.load()
    # Without those, a question's second round would be a look-up.
    assistant = qa.Assistant(index=loaded.index, reader=loaded.reader, answers_kept=0)
    passages = [passage.text for passage in assistant.index.passages]
    plain = Plain(passages)
    everything = [question for seed in seed_questions() for question in seed.questions]
    asked = everything[:: -(-len(everything) // QUESTIONS)]
    texts = [question.question for question in asked]
    documents = [
        qa.Document(f"{copy} {document.id}", document.title, document.text)
        for copy in range(COPIES)
        for document in read_sources(seed_articles())
    ]
    to_embed = passages * COPIES
    news = seed_articles()[0]

    ours, theirs = assistant.ask_many(texts), [plain.ask(text) for text in texts]
    rows = {
        "questions": compare(
            lambda: assistant.ask_many(texts),
            lambda: [plain.ask(text) for text in texts],
            items=len(texts),
            rounds=ROUNDS,
        ),
        "one question": compare(
            lambda: assistant.ask(texts[0]), lambda: plain.ask(texts[0]), items=1, rounds=2 * ROUNDS
        ),
        "passages embedded": compare(
            lambda: assistant.index.embedder.embed(to_embed),
            lambda: plain.embedder.encode(to_embed),
            items=len(to_embed),
            rounds=ROUNDS,
        ),
        "passages indexed": compare(
            lambda: PassageIndex.from_documents(documents, embedder=assistant.index.embedder),
            lambda: plain.embedder.encode(to_embed),
            items=len(to_embed),
            rounds=ROUNDS,
        ),
        "cold process": compare(
            lambda: run([sys.executable, "-m", "qa.cli", "ask", texts[0], str(news)]),
            lambda: run([sys.executable, "benchmarks/plain.py", texts[0], str(news)]),
            items=1,
            rounds=COLD_ROUNDS,
        ),
    }
    quality = {
        "ours": right(asked, [answer.text or "" for answer in ours]),
        "plain": right(asked, theirs),
    }
    report = {
        "machine": machine(),
        "rows": rows,
        "right": quality,
        "one_article": of_one_article(plain),
    }
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "speed.json"
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(table(report))
    print(f"\nWritten to {file.relative_to(ROOT)}")


def compare(
    ours: Callable[[], Any], plain: Callable[[], Any], *, items: int, rounds: int
) -> dict[str, Any]:
    """Time two callables in turn, after one call of each that does not count.

    Args:
        ours: what to measure.
        plain: what to measure it by.
        items: how many things each call does, for the rates.
        rounds: how often.
    """
    times = in_turns({"ours": ours, "plain": plain}, rounds=rounds)
    return {
        "items": items,
        "rounds": rounds,
        "ours_s": spread(times["ours"]),
        "plain_s": spread(times["plain"]),
        "ratio": spread([b / a for a, b in zip(times["ours"], times["plain"], strict=True)]),
    }


def of_one_article(plain: Plain) -> dict[str, float]:
    """The middle question of the news story, beside one fp32 pass over the whole story."""
    file = seed_articles()[0]
    loaded = qa.load(file)
    assistant = qa.Assistant(index=loaded.index, reader=loaded.reader, answers_kept=0)
    text = file.read_text("utf-8")
    ours_s, pass_s = [], []
    for seed in seed_questions()[0].questions:
        times = in_turns(
            {
                "ours": partial(assistant.ask, seed.question),
                "pass": partial(plain.read_whole, seed.question, text),
            },
            rounds=ROUNDS,
        )
        ours_s.append(statistics.median(times["ours"]))
        pass_s.append(statistics.median(times["pass"]))
    return {
        "questions": len(ours_s),
        "ours_p50_ms": round(1000 * statistics.median(ours_s), 1),
        "whole_pass_p50_ms": round(1000 * statistics.median(pass_s), 1),
    }


def run(command: Sequence[str]) -> None:
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def right(asked: Sequence[Any], answers: Sequence[str]) -> str:
    marks = [
        best_against(answer, question.answers)[1] >= RIGHT_F1
        for question, answer in zip(asked, answers, strict=True)
    ]
    return f"{sum(marks)} of {len(marks)}"


def table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['machine']['cpu']}, commit {report['machine']['commit']}",
        f"{'':18}{'ours':>14}{'plain':>14}{'ratio':>8}  (min–max)",
    ]
    for name, row in report["rows"].items():
        ours, plain, items = row["ours_s"]["median"], row["plain_s"]["median"], row["items"]
        shown = (
            (f"{items / ours:.1f} /s", f"{items / plain:.1f} /s")
            if items > 1
            else (f"{1000 * ours:.0f} ms", f"{1000 * plain:.0f} ms")
        )
        ratio = row["ratio"]
        lines.append(
            f"{name:18}{shown[0]:>14}{shown[1]:>14}{ratio['median']:>8.2f}"
            f"  ({ratio['min']:.2f}–{ratio['max']:.2f})"
        )
    one = report["one_article"]
    lines.append(
        f"a question of the news story: {one['ours_p50_ms']} ms at p50,"
        f" one fp32 pass over it {one['whole_pass_p50_ms']} ms"
    )
    quality = report["right"]
    lines.append(f"right of these questions: ours {quality['ours']}, plain {quality['plain']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
