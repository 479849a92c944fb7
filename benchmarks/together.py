"""Questions of many callers at once: one after the other, side by side, and read together.

    python benchmarks/together.py [--callers 1 8 50] [--questions 150] [--rounds 3]

Read together means: what has come while the reader was busy goes through it in one call, so that a
lone question never waits. Every caller asks again and again, with no pause. Writes
``benchmarks/results/together.json``.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from timing import RESULTS, machine

import qa
from qa.assistant import Assistant
from qa.reader import MAX_ANSWER_TOKENS, Reader, Reading
from qa.seeds import seed_questions
from qa.settings import ReaderSettings

MOST_PAIRS = 64  # of question and passage, in one call of the reader

Pairs = Sequence[tuple[str, str]]


class TogetherReader:
    """A reader that reads what several callers ask in one call, as soon as it is free.

    Args:
        inner: what reads.
    """

    def __init__(self, inner: Reader) -> None:
        self._inner = inner
        self._waiting: list[tuple[Pairs, int, int, Future[list[Reading]]]] = []
        self._lock = threading.Lock()  # of the list
        self._turn = threading.Lock()  # of the reader

    @property
    def settings(self) -> ReaderSettings:
        """Those of the inner one."""
        return self._inner.settings

    def takes(self, question: str) -> bool:
        """Whether it reads a question of this length."""
        return self._inner.takes(question)

    def read(
        self, pairs: Pairs, *, batch_size: int = 32, max_answer_tokens: int = MAX_ANSWER_TOKENS
    ) -> list[Reading]:
        """The readings of the inner one."""
        mine: Future[list[Reading]] = Future()
        with self._lock:
            self._waiting.append((pairs, batch_size, max_answer_tokens, mine))
        with self._turn:
            while not mine.done():  # unless whoever had the turn before has read it
                self._read_waiting()
        return mine.result()

    def _read_waiting(self) -> None:
        with self._lock:
            _, batch_size, longest, _ = self._waiting[0]
            some: list[tuple[Pairs, Future[list[Reading]]]] = []
            left, count = [], 0
            for one in self._waiting:
                fits = one[1:3] == (batch_size, longest) and count < MOST_PAIRS
                if fits:
                    some.append((one[0], one[3]))
                    count += len(one[0])
                else:
                    left.append(one)
            self._waiting = left
        try:
            every = [pair for pairs, _ in some for pair in pairs]
            found = iter(self._inner.read(every, batch_size=batch_size, max_answer_tokens=longest))
            for pairs, asked in some:
                asked.set_result([next(found) for _ in pairs])
        except Exception as error:  # noqa: BLE001 - of any kind; raised again for each who waits
            for _, asked in some:
                asked.set_exception(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 8, 50])
    parser.add_argument("--questions", type=int, default=150, help="in a round, of all callers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    shelf = qa.load()
    questions = [one.question for seed in seed_questions() for one in seed.questions]
    alone = Assistant(index=shelf.index, reader=shelf.reader, answers_kept=0)
    joined = Assistant(index=shelf.index, reader=TogetherReader(shelf.reader), answers_kept=0)
    turn = threading.Lock()
    ways: dict[str, tuple[Assistant, Any]] = {
        "one after the other": (alone, turn),  # as the server does it
        "side by side": (alone, nullcontext()),
        "read together": (joined, nullcontext()),
    }
    expected = {question: alone.ask(question) for question in questions}
    rows: dict[str, dict[str, Any]] = {}
    for callers in options.callers:
        measured: dict[str, list[tuple[float, list[float]]]] = {way: [] for way in ways}
        for number in range(options.rounds + 1):
            for way, (assistant, around) in ways.items():

                def ask(question: str, who: Assistant = assistant, held: Any = around) -> None:
                    with held:
                        answer = who.ask(question)
                    assert answer.text == expected[question].text, (question, answer)

                found = at_once(ask, questions, callers=callers, count=options.questions)
                if number:  # the first does not count
                    measured[way].append(found)
        for way, rounds in measured.items():
            seconds = [one for _, some in rounds for one in some]
            rates = [len(some) / lasted for lasted, some in rounds]
            rows[f"{callers} callers, {way}"] = {
                "callers": callers,
                "way": way,
                "questions_per_second": round(float(np.median(rates)), 2),
                "least_per_second": round(min(rates), 2),
                "most_per_second": round(max(rates), 2),
                "p50_ms": round(1000 * float(np.percentile(seconds, 50))),
                "p95_ms": round(1000 * float(np.percentile(seconds, 95))),
            }
            print(json.dumps(rows[f"{callers} callers, {way}"]), flush=True)
    before = round(os.getloadavg()[0], 1)
    where = {"machine": machine(), "load": before}
    report = where | {"rounds": options.rounds, "questions": options.questions, "rows": rows}
    file: Path = RESULTS / "together.json"
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def at_once(
    ask: Callable[[str], None], questions: Sequence[str], *, callers: int, count: int
) -> tuple[float, list[float]]:
    """Seconds that all callers took together, and each question by itself."""
    seconds: list[float] = []
    left = iter([questions[number % len(questions)] for number in range(count)])
    faults: list[BaseException] = []
    lock = threading.Lock()

    def caller() -> None:
        while True:
            with lock:
                question = next(left, None)
            if question is None:
                return
            began = time.perf_counter()
            try:
                ask(question)
            except Exception as error:  # noqa: BLE001 - raised below, where it is seen
                faults.append(error)
                return
            seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - began
    if faults:
        raise faults[0]
    return lasted, seconds


if __name__ == "__main__":
    main()
