"""The sections of PERFORMANCE.md about what is found, and how it grows."""

from collections.abc import Callable, Mapping
from typing import Any

from performance_markdown import markdown, told
from performance_plots import SCALE_PLOT
from projection import MEMORY_GB, WORKED_OUT, Growth, rows_of


def retrieval_section(report: Mapping[str, Any]) -> str:
    parts = []
    for name, ways in report["sets"].items():
        cutoffs = list(next(iter(ways.values())))
        rows = [[way, *(f"{value:.3f}" for value in found.values())] for way, found in ways.items()]
        parts.append(markdown([name.split(".")[0], *cutoffs], rows))
    return (
        "## How passages are found\n\n"
        "`python benchmarks/retrieval.py FILE...`: the share of questions whose own paragraph is"
        " among the first k, by meaning, by words, and by both in several ways. The last ways"
        " have the title of its document before each passage, which does not pay;"
        f" {told(report)}.\n\n" + "\n\n".join(parts)
    )


def scale_section(report: Mapping[str, Mapping[str, Any]]) -> str:
    columns: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "passages": lambda row: f"{row['passages']:,}",
        "kind": lambda row: str(row["kind"]),
        "recall@10": lambda row: f"{row['recall_at_10']:.3f}",
        "search p50 ms": lambda row: f"{row['search_p50_ms']:.0f}",
        "p95 ms": lambda row: f"{row['search_p95_ms']:.0f}",
        "add one, s": lambda row: f"{row['add_one_s']:.2f}",
        "open, s": lambda row: f"{row['open_s']:.1f}",
        "memory MB": lambda row: f"{row['memory_mb']:.0f}",
        "disk kB a passage": lambda row: f"{row['bytes_per_passage'] / 1000:.1f}",
    }
    return (
        "## How an index grows\n\n"
        "`python benchmarks/scale.py SIZE...`: passages made of those of the example articles,"
        " their words shuffled and noise on their vectors, so that they lie in some hundred"
        " clusters, which makes finding them easier. The articles that are added are embedded in"
        f" the time that is told, the questions are not; {told(list(report.values())[-1])}.\n\n"
        + markdown(
            list(columns), [[show(row) for show in columns.values()] for row in report.values()]
        )
        + f"\n\n![How each of these grows](benchmarks/results/{SCALE_PLOT})"
    )


def projection_section(report: Mapping[str, Mapping[str, Any]], speed: Mapping[str, Any]) -> str:
    growth = Growth.from_report(report)
    embedded = speed["rows"]["passages embedded"]
    per_second = embedded["items"] / embedded["ours_s"]["median"]
    sizes = (growth.small["passages"], growth.large["passages"])
    table = [[name, *row] for name, row in rows_of(growth, embedded_per_second=per_second).items()]
    return (
        "### What more would need\n\n"
        f"Not measured: worked out from what grew between {sizes[0]:,} and {sizes[1]:,} passages."
        " Memory, opening, adding and making the FAISS index are taken to grow by as much with"
        " every passage, storing by the power it grew by, and a search with the square root of the"
        " passages, since the lists of the FAISS index do. Embedding is that of this machine"
        f" ({per_second:.0f} passages a second).\n\n"
        + markdown(["passages", *(f"{size:,}" for size in WORKED_OUT)], table)
        + "\n\nThe present design stops at memory: the list, the words and the FAISS index of an"
        f" open index are all in it, so that {MEMORY_GB} GB hold some"
        f" {growth.most_within(MEMORY_GB) / 1e6:.0f} million passages. Before that, one machine"
        " embeds for days. Beyond it an index has to be split, each part with a machine of its own,"
        " or the FAISS index and the words have to be read from disk; Pullquote does neither."
    )


def growth_section(report: Mapping[str, Any]) -> str:
    rows = [
        [
            f"{row['passages']:,}",
            *(f"{row[key]:.0f}" for key in ("search_p50_ms", "p50_ms", "p95_ms")),
        ]
        for row in report["sizes"].values()
    ]
    return (
        "## How a question's cost grows\n\n"
        "`python benchmarks/growth.py`: questions about the news story of the example articles,"
        " asked one at a time of so many passages; what the search takes of it, with the"
        f" question's vector, and the whole way to the answer; {told(report)}.\n\n"
        + markdown(["passages", "search p50 ms", "answer p50 ms", "p95 ms"], rows)
    )
