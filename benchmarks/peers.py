"""Read the same questions with the same weights as the others do: speed, and F1 beside it.

    make bench-peers DATA=FOLDER

FOLDER has new_wiki.dev.json.gz and reddit.dev.json.gz. Each reader runs in an environment of
its own, which is made in ``build/peers``; they take turns within every round. Then the embedders
do, as ``peer_embedders.py`` says. Writes ``benchmarks/results/peers.json``.
"""

import json
import random
import statistics
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from peer_embedders import measured as embedders
from peer_process import PeerProcess, made, version_in
from timing import RESULTS, machine, spread

from qa.metrics import best_against
from qa.reader import SHIPPED_READER
from qa.squad import SquadQuestion, SquadSet

SETS = ("new_wiki.dev.json.gz", "reddit.dev.json.gz")
QUESTIONS = 40  # of each set
ROUNDS = 3
TORCH = f"torch=={version('torch').split('+')[0]}"  # the same for everybody


class Peer(NamedTuple):
    """Whom we compare with: what their environment installs, and whose version is told."""

    environment: str
    packages: Sequence[str]
    told: str


PEERS: Mapping[str, Peer] = {
    "transformers4": Peer("transformers4", ("transformers==4.57.*",), "transformers"),
    "haystack": Peer("today", ("haystack-ai", "transformers-haystack", "txtai"), "haystack-ai"),
    "txtai": Peer("today", ("haystack-ai", "transformers-haystack", "txtai"), "txtai"),
}


def main() -> None:
    folder = Path(sys.argv[1])
    asked = [question for name in SETS for question in drawn(folder / name)]
    pairs = [(question.question, text) for question, text in asked]
    pythons = {"pullquote": Path(sys.executable)} | {
        name: made(peer.environment, (TORCH, *peer.packages)) for name, peer in PEERS.items()
    }
    measured: dict[str, dict[str, Any]] = {
        name: {"single": [], "batch": [], "bytes": 0} for name in pythons
    }
    workers = {
        name: PeerProcess(python, "peer_worker.py", name, SHIPPED_READER)
        for name, python in pythons.items()
    }
    for number in range(ROUNDS):
        alone, together = (made_new(pairs, 2 * number + mode) for mode in range(2))
        for name, worker in workers.items():
            one = worker.asked({"mode": "single", "items": alone})
            many = worker.asked({"mode": "batch", "items": together})
            measured[name]["single"].append(one["s"])
            measured[name]["batch"].append(sum(many["s"]))
            measured[name]["bytes"] = many["bytes"]
            measured[name]["answers"] = many["found"]
            print(f"round {number + 1}: {name} {sum(many['s']):.1f} s", file=sys.stderr)
    for worker in workers.values():
        worker.end()
    report = {
        "machine": machine() | {"peers": {n: version_in(pythons[n], PEERS[n].told) for n in PEERS}},
        "questions": len(pairs),
        "rounds": ROUNDS,
        "readers": {name: row_of(asked, found) for name, found in measured.items()},
        "embedders": embedders(),
    }
    (RESULTS / "peers.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report["readers"], indent=2))


def drawn(file: Path) -> list[tuple[SquadQuestion, str]]:
    """Questions and the paragraph of each."""
    squad = SquadSet.from_file(file)
    answerable = [question for question in squad.questions if question.answers]
    some = random.Random(0).sample(answerable, QUESTIONS)
    return [(question, squad.paragraphs[question.paragraph].text) for question in some]


def made_new(pairs: Sequence[tuple[str, str]], times: int) -> list[tuple[str, str]]:
    """The same texts as ones that nobody has read before: ours keeps the tokens of a text."""
    return [(question, text + " " * (times + 1)) for question, text in pairs]


def row_of(
    asked: Sequence[tuple[SquadQuestion, str]], found: Mapping[str, Any]
) -> Mapping[str, Any]:
    # Of each question its median over the rounds, so that one slow moment is no slow question.
    single = [statistics.median(times) for times in zip(*found["single"], strict=True)]
    cuts = statistics.quantiles(single, n=20)
    f1 = statistics.fmean(
        best_against(answer, question.answers)[1]
        for answer, (question, _) in zip(found["answers"], asked, strict=True)
    )
    return {
        "p50_ms": 1000 * statistics.median(single),
        "p95_ms": 1000 * cuts[18],
        "batch_s": spread(found["batch"]),
        "questions_per_second": len(asked) / statistics.median(found["batch"]),
        "f1": 100 * f1,
        "peak_megabytes": found["bytes"] / 1e6,
    }


if __name__ == "__main__":
    main()
