"""The sections of PERFORMANCE.md about many callers at once."""

from collections.abc import Callable, Mapping
from typing import Any

from performance_markdown import markdown, told


def load_section(reports: Mapping[str, Mapping[str, Any]]) -> str:
    rows: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "minutes": lambda one: f"{one['minutes']:g}",
        "calls": lambda one: f"{sum(one['calls'].values()):,}",
        "questions": lambda one: f"{one['questions']:,}",
        "questions a second": lambda one: f"{one['questions_per_second']:.1f}",
        "p50 s, waiting included": lambda one: f"{one['p50_ms'] / 1000:.1f}",
        "p95 s": lambda one: f"{one['p95_ms'] / 1000:.1f}",
        "refused as busy": lambda one: str(one["refused"]),
        "cut off by the kill": lambda one: str(one["cut_off"]),
        "articles found again": lambda one: f"{one['found_again'].get('articles', 0):,}",
        "conversations found again": lambda one: f"{one['found_again'].get('conversations', 0):,}",
        "their turns": lambda one: f"{one['found_again'].get('turns', 0):,}",
        "faults": lambda one: str(len(one["faults"])),
        "memory at first, at last, MB": lambda one: (
            f"{one['memory_first_mb']}, {one['memory_last_mb']}"
        ),
        "its growth once warm, MB a minute": lambda one: f"{one['memory_slope_mb_per_minute']:.1f}",
    }
    users = next(iter(reports.values()))["users"]
    where = "; ".join(
        f"{name}: {told(one)}, load before {one['load_before'][0]:.1f}"
        for name, one in reports.items()
    )
    differ = ""
    if len({one["machine"]["commit"] for one in reports.values()}) > 1:
        differ = " They are of different versions: their speed and memory are not to be compared."
    return (
        f"## {users} visitors at once\n\n"
        f"`python benchmarks/load.py --users {users} --minutes 10`, and the same with `--kill`,"
        " which ends the server half way as a power cut would and starts it again. Each visitor"
        " brings an article that no other has, asks two questions of it and one of the examples and"
        " takes it away, all by the endpoints; on the page the same visitor brings two more and"
        " asks of them. Whoever comes back, after the kill and at the end, must find these articles"
        " and conversations as they were, in order. A fault is an error, something lost, a name of"
        " one visitor's article in what another gets, or a quote that leaves the visitor's own"
        " name out, though the article is the right one. Two cores answer the one after the other,"
        f" so what each waits is above all the others' turns; {where}.{differ}\n\n"
        + markdown(
            ["the server", *reports],
            [[name, *(show(one) for one in reports.values())] for name, show in rows.items()],
        )
        + _faults(reports)
    )


def _faults(reports: Mapping[str, Any]) -> str:
    told = [f"{name}: {fault}." for name, one in reports.items() for fault in one["faults"]]
    return "\n\nThe faults:\n\n" + "\n".join(f"- {one}" for one in told) if told else ""


def together_section(report: Mapping[str, Any]) -> str:
    rows = [
        [
            name,
            f"{row['questions_per_second']:.1f}",
            f"{row['least_per_second']:.1f}–{row['most_per_second']:.1f}",
            f"{row['p50_ms'] / 1000:.2f}",
            f"{row['p95_ms'] / 1000:.2f}",
        ]
        for name, row in report["rows"].items()
    ]
    return (
        "## Questions that come together\n\n"
        "`python benchmarks/together.py`: callers that ask without a pause, one after the other as"
        " the server lets them, side by side, and read together, where what came while the reader"
        f" was busy goes through it in one call; {report['questions']} questions in each of"
        f" {report['rounds']} rounds, in turns; {told(report)}, load {report['load']:.0f}.\n\n"
        + markdown(["", "questions /s", "least–most", "p50 s", "p95 s"], rows)
    )
