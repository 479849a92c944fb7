"""Write PERFORMANCE.md and its plots from the results that are kept.

    python benchmarks/performance.py

A number in the page is one of ``benchmarks/results/*.json``; a test holds the page to them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from performance_plots import plot_lengths, plot_reading
from reading import SHIPPED
from timing import RESULTS, ROOT

PAGE = ROOT / "PERFORMANCE.md"
READING_PLOT, LENGTHS_PLOT = "reading.svg", "lengths.svg"
NAMES = {
    "pullquote": "Pullquote",
    "transformers4": "transformers 4, question-answering",
    "haystack": "Haystack, TransformersExtractiveReader",
    "txtai": "txtai, Questions",
}
LEAST_SHARE = 0.01  # of the model's time; what takes less is summed up
LENGTHS_SAID = (
    "Passages of 96 or 128 tokens give better quotes of both sets for fewer tokens, but of the news"
    " story too few answers for its test, with the reader's settings as they were fitted to"
    " passages of 192 tokens: these, with a sentence shared, are what is shipped until the settings"
    " are fitted anew."
)


def main() -> None:
    plot_reading(load("reading"), RESULTS / READING_PLOT)
    plot_lengths(load("lengths"), RESULTS / LENGTHS_PLOT)
    PAGE.write_text(page(), "utf-8")
    print(f"Written to {PAGE.name}")


def load(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def page() -> str:
    """The whole page."""
    return (
        "\n\n".join(
            (
                "# How fast it is, and what limits it",
                (
                    "Everything here was measured by the command beside it and is kept in"
                    " `benchmarks/results/`; this page is written from there by"
                    " `python benchmarks/performance.py`."
                ),
                peers_section(load("peers")),
                speed_section(load("speed")),
                runtimes_section(load("runtimes")),
                reading_section(load("reading")),
                lengths_section(load("lengths")),
                retrieval_section(load("retrieval")),
                scale_section(load("scale")),
                growth_section(load("growth")),
                limit_section(load("limit")),
                load_section(load("load")),
            )
        )
        + "\n"
    )


def peers_section(report: Mapping[str, Any]) -> str:
    rows = report["readers"]
    ours = rows["pullquote"]
    versions = report["machine"]["peers"]
    table = [
        [
            NAMES[name] + (f" {versions[name]}" if name in versions else ""),
            f"{row['p50_ms']:.0f}",
            f"{row['p95_ms']:.0f}",
            f"{row['questions_per_second']:.1f}",
            f"{row['p50_ms'] / ours['p50_ms']:.2f}",
            f"{ours['questions_per_second'] / row['questions_per_second']:.2f}",
            f"{row['peak_megabytes']:.0f}",
            f"{row['f1']:.1f}",
        ]
        for name, row in rows.items()
    ]
    return (
        "## Beside other readers\n\n"
        f"`make bench-peers DATA=FOLDER`: the same weights read the same {report['questions']}"
        " questions of new_wiki and reddit, each with its paragraph, in turns, over"
        f" {report['rounds']} rounds; {told(report)}. The ratios say how many times faster"
        " Pullquote is, one question at a time and in one call.\n\n"
        + markdown(
            ["reader", "p50 ms", "p95 ms", "in one call, /s", "× one", "× many", "peak MB", "F1"],
            table,
        )
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
        + f"\n\nRight of these questions: ours {right['ours']}, plain {right['plain']}."
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
        " the dynamic int8 form for the embedder.\n\n" + "\n\n".join(parts)
    )


def reading_section(report: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    first = next(iter(report.values()))
    table = [
        [
            way,
            *(
                f"{rows[way][what]:.2f}"
                for rows in report.values()
                for what in ("passages", "f1", "best_f1")
            ),
        ]
        for way in first
        if way.startswith(("the first", "2, then", "1, 2, then"))
    ]
    head = [
        f"{name.split('.')[0]}: {what}" for name in report for what in ("read", "F1", "best F1")
    ]
    return (
        "## How many passages are read\n\n"
        "`python benchmarks/reading.py FILE...`: every question is asked of all the paragraphs of"
        " its file. Reading is what costs: so the nearest passage is read first, then a second,"
        " then what is left of five, each only where no answer is sure enough yet. Passages whose"
        " score is below a share of the nearest's are passed over, but where a question leans on"
        " others or asks for several things; a second that scores nine tenths of it is read with"
        f" it. What is shipped is “{SHIPPED}”. F1 is that of what is given, with its abstentions,"
        " and that of the best quote in any case.\n\n"
        f"![F1 against passages read](benchmarks/results/{READING_PLOT})\n\n"
        + markdown(["", *head], table)
    )


def lengths_section(report: Mapping[str, Any]) -> str:
    parts = []
    for name, ways in report["sets"].items():
        columns = ("recall@1", "recall@5", "tokens", "f1", "best_f1")
        rows = [
            [way, *(f"{row[key]:.{3 if key in columns[:2] else 1}f}" for key in columns)]
            for way, row in ways.items()
        ]
        head = [name.split(".")[0], *columns[:2], "tokens read", "F1", "best F1"]
        parts.append(markdown(head, rows))
    news = report["news"]
    timed = report.get("times", {}).get("rows", {})
    rows = [
        [
            way,
            f"{row['right']} of {row['questions']}",
            f"{row['tokens_p50']:.0f}",
            *([f"{timed[way]['p50_ms']:.0f}", f"{timed[way]['ratio']:.2f}"] if timed else []),
        ]
        for way, row in news.items()
    ]
    head = ["the news story", "right", "tokens read, p50"]
    times = ""
    if timed:
        head += ["p50 ms", "of one pass"]
        times = (
            " The times are of `--time`, beside one fp32 pass over the whole story, which took"
            f" {report['times']['whole_pass_p50_ms']:.0f} ms; {told(report['times'])}."
        )
    return (
        "## How long passages are\n\n"
        "`python benchmarks/lengths.py FILE...`: the paragraphs of a title are one article, all"
        " articles one index, and passages are read as above, so many that about as much text may"
        " be read of every length. A question is found where a passage holds its answer. Of"
        " passages as they are usually cut, neighbours were also read as one where that fits the"
        " reader's window, and of an article two before any of others: neither is shipped."
        " Dotted lines share nothing; a star is what comes of reading as above.\n\n"
        f"![F1 against tokens read](benchmarks/results/{LENGTHS_PLOT})\n\n"
        + "\n\n".join(parts)
        + "\n\nOf the news story's questions, those that it does not answer included, so many come"
        f" right.{times} {LENGTHS_SAID}\n\n" + markdown(head, rows)
    )


def retrieval_section(report: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    parts = []
    for name, ways in report.items():
        cutoffs = list(next(iter(ways.values())))
        rows = [[way, *(f"{value:.3f}" for value in found.values())] for way, found in ways.items()]
        parts.append(markdown([name.split(".")[0], *cutoffs], rows))
    return (
        "## How passages are found\n\n"
        "`python benchmarks/retrieval.py FILE...`: the share of questions whose own paragraph is"
        " among the first k, by meaning, by words, and by both in several ways. The last ways"
        " have the title of its document before each passage, which does not pay.\n\n"
        + "\n\n".join(parts)
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
            ["reading", "share"], [[str(name), f"{part / reading:.1%}"] for name, part in outside]
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
    return (
        f"## {users} visitors at once\n\n"
        f"`python benchmarks/load.py --users {users} --minutes 10`, and the same with `--kill`,"
        " which ends the server half way as a power cut would and starts it again. Each visitor"
        " brings an article that no other has, asks two questions of it and one of the examples and"
        " takes it away, all by the endpoints; on the page the same visitor brings two more and"
        " asks of them. Whoever comes back, after the kill and at the end, must find these articles"
        " and conversations as they were, in order. A fault is an error, something lost, or a name"
        " of one visitor's article in what another gets. Two cores answer the one after the other,"
        f" so what each waits is above all the others' turns; {where}.\n\n"
        + markdown(
            ["the server", *reports],
            [[name, *(show(one) for one in reports.values())] for name, show in rows.items()],
        )
    )


def told(report: Mapping[str, Any]) -> str:
    machine = report["machine"]
    return f"{machine['cpu']}, {machine['date']}, commit {machine['commit']}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
