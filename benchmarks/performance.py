"""Write PERFORMANCE.md and its plots from the results that are kept.

    python benchmarks/performance.py

A number in the page is one of ``benchmarks/results/*.json``; a test holds the page to them.
"""

import json
from collections.abc import Mapping
from typing import Any

from performance_index import (
    growth_section,
    projection_section,
    retrieval_section,
    scale_section,
)
from performance_markdown import markdown, told
from performance_peers import embedders_section, peers_section
from performance_plots import (
    LENGTHS_PLOT,
    READING_PLOT,
    SCALE_PLOT,
    plot_growth,
    plot_lengths,
    plot_reading,
)
from performance_reading import lengths_section, reading_section
from performance_server import load_section, together_section
from timing import RESULTS, ROOT

PAGE = ROOT / "PERFORMANCE.md"
LEAST_SHARE = 0.01  # of a time; what takes less of the model's is summed up


def main() -> None:
    plot_reading(load("reading"), RESULTS / READING_PLOT)
    plot_lengths(load("lengths"), RESULTS / LENGTHS_PLOT)
    plot_growth(load("scale"), RESULTS / SCALE_PLOT)
    PAGE.write_text(page(), "utf-8")
    print(f"Written to {PAGE.name}")


def load(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def page() -> str:
    """The whole page."""
    report = load("peers")
    return (
        "\n\n".join(
            (
                "# How fast it is, and what limits it",
                (
                    "Everything here was measured by the command beside it and is kept in"
                    " `benchmarks/results/`; this page is written from there by"
                    " `python benchmarks/performance.py`. The reader's weights were made anew in"
                    " commit 224b256, of the architecture of DeBERTa in place of BERT's: what was"
                    " measured before is of weights that answer otherwise and read faster. All"
                    " of it was measured before best spans were read once more with their sentences"
                    " (`qa.close_up`), which takes longer where whole paragraphs are read."
                ),
                peers_section(report),
                embedders_section(report["embedders"]),
                speed_section(load("speed")),
                runtimes_section(load("runtimes")),
                reading_section(load("reading")),
                lengths_section(load("lengths")),
                retrieval_section(load("retrieval")),
                scale_section(load("scale")),
                projection_section(load("scale"), load("speed")),
                growth_section(load("growth")),
                limit_section(load("limit")),
                load_section(load("load")),
                together_section(load("together")),
            )
        )
        + "\n"
    )


def speed_section(report: Mapping[str, Any]) -> str:
    rows = []
    for name, row in report["rows"].items():
        ours, plain, items = row["ours_s"]["median"], row["plain_s"]["median"], row["items"]
        per_second = items > 1
        rows.append(
            [
                name,
                f"{items / ours:.1f} /s" if per_second else f"{1000 * ours:.0f} ms",
                f"{items / plain:.1f} /s" if per_second else f"{1000 * plain:.0f} ms",
                f"{row['ratio']['median']:.2f}",
                f"{row['ratio']['min']:.2f}–{row['ratio']['max']:.2f}",
            ]
        )
    right, one = report["right"], report["one_article"]
    return (
        "## From question to answer\n\n"
        "`make bench`: Pullquote over the example articles, in turns with the plainest use of the"
        " same models (`benchmarks/plain.py`: one question and one passage at a time, in fp32);"
        f" {told(report)}.\n\n"
        + markdown(["", "ours", "plain", "ratio", "least–most"], rows)
        + f"\n\nThe {report['rows']['questions']['items']} questions are taken at even steps from"
        " those about all five articles, unanswerable ones among them; one question is the first"
        " of them by itself. Right are:"
        f" ours {right['ours']}, plain {right['plain']}."
        f" A question of the news story alone takes {one['ours_p50_ms']:.0f} ms at p50, over"
        f" {one['questions']} questions, where one fp32 pass over the whole story takes"
        f" {one['whole_pass_p50_ms']:.0f}."
    )


def runtimes_section(report: Mapping[str, Any]) -> str:
    told_versions = ", ".join(f"{n} {v}" for n, v in report["machine"]["runtimes"].items())
    parts = []
    for subject in ("reader", "embedder"):
        found = report[subject]
        rows = [
            [
                name,
                f"{found['items'] / row['seconds']['median']:.1f}",
                f"{row['ratio']['median']:.2f}",
                f"{row['ratio']['min']:.2f}–{row['ratio']['max']:.2f}",
                f"{row['agreement']:.4f}",
            ]
            for name, row in found["forms"].items()
        ]
        parts.append(markdown([f"the {subject} on", "/s", "×", "least–most", "agreement"], rows))
        parts += [f"{name} was not timed: {why}." for name, why in found["not_timed"].items()]
    return (
        "## On other runtimes\n\n"
        "`make bench-runtimes`: windows of the reader and passages of the embedder, one after"
        " another in each runtime, in turns. Agreement with torch in fp32 is the correlation of"
        f" the logits, and the cosine of the vectors; {told(report)}, {told_versions}. What ships"
        " is the fused fp32 form for the reader, whose borderline answers eight bits change, and"
        " the dynamic int8 form for the embedder: they run on any processor. OpenVINO chooses bf16"
        " where the processor multiplies in it, and is the faster there; on one that does not it"
        " was no faster than what ships (`git show b8f897c:benchmarks/results/runtimes.json`).\n\n"
        + "\n\n".join(parts)
    )


def limit_section(report: Mapping[str, Any]) -> str:
    flops, share, seconds = report["gigaflops"], report["share_of_peak"], report["seconds"]
    reading = seconds["reading"]["median"]
    outside = [
        ["tokenising and cutting windows, passages known", seconds["windows"]["median"]],
        ["the model", seconds["model"]["median"]],
    ]
    outside.append(["choosing spans, and the rest", reading - sum(row[1] for row in outside)])
    operators = {n: part for n, part in report["operators"].items() if part >= LEAST_SHARE}
    operators["others"] = 1 - sum(operators.values())
    return (
        "## What the processor allows\n\n"
        f"`python benchmarks/limit.py`: {report['windows']} windows of {report['tokens']:,} tokens"
        f" together, {report['operations'] / 1e9:.0f} billion operations; {told(report)}. Large"
        f" matrices are multiplied here at {flops['peak fp32']:.0f} GFLOP/s in fp32 and"
        f" {flops['peak int8']:.0f} in eight bits; the reader reaches {flops['reader']:.0f}:"
        f" {share['fp32']:.0%} of the one and {share['int8']:.0%} of the other.\n\n"
        + markdown(
            ["reading", "share"], [[str(name), _share(part / reading)] for name, part in outside]
        )
        + "\n\n"
        + markdown(
            ["in the model", "share"],
            [
                [f"`{name}`" if name != "others" else name, f"{part:.1%}"]
                for name, part in operators.items()
            ],
        )
    )


def _share(part: float) -> str:
    """A share that is the difference of two measured times: what is small is chance."""
    return f"{part:.0%}" if part >= LEAST_SHARE else f"under {LEAST_SHARE:.0%}"


if __name__ == "__main__":
    main()
