"""Write PERFORMANCE.md and its plots from the results that are kept.

    python benchmarks/performance.py

A number in the page is one of ``benchmarks/results/*.json``; a test holds the page to them.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from performance_markdown import markdown, told
from performance_plots import plot_growth, plot_lengths, plot_reading
from performance_server import load_section, together_section
from projection import MEMORY_GB, WORKED_OUT, Growth, rows_of
from reading import SHIPPED
from timing import RESULTS, ROOT

PAGE = ROOT / "PERFORMANCE.md"
READING_PLOT, LENGTHS_PLOT, SCALE_PLOT = "reading.svg", "lengths.svg", "scale.svg"
NAMES = {
    "pullquote": "Pullquote",
    "transformers4": "transformers 4, question-answering",
    "haystack": "Haystack, TransformersExtractiveReader",
    "txtai": "txtai, Questions",
}
LEAST_SHARE = 0.01  # of the model's time; what takes less is summed up
LENGTHS_SAID = (
    "Passages of 96 or 128 tokens give better quotes of both sets for fewer tokens, but of the news"
    " story too few answers for its test: 160, with a sentence shared, are what is shipped, and"
    " what the reader's settings were fitted to. They give better quotes of both sets than 192 do,"
    " and of the example articles' questions more come right (`tests/test_qa_seeds.py`)."
)


def main() -> None:
    plot_reading(load("reading"), RESULTS / READING_PLOT)
    plot_lengths(load("lengths"), RESULTS / LENGTHS_PLOT)
    plot_growth(load("scale"), RESULTS / SCALE_PLOT)
    PAGE.write_text(page(), "utf-8")
    print(f"Written to {PAGE.name}")


def load(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def has(name: str) -> bool:
    return (RESULTS / f"{name}.json").exists()


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
                    " `python benchmarks/performance.py`."
                ),
                peers_section(report),
                *([embedders_section(report["embedders"])] if "embedders" in report else []),
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
                *([together_section(load("together"))] if has("together") else []),
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


def embedders_section(report: Mapping[str, Any]) -> str:
    rows = report["rows"]
    ours = rows["pullquote"]
    versions = report["machine"]["versions"] | report["machine"]["peers"]
    table = [
        [
            "Pullquote" if name == "pullquote" else f"{name} {versions[name]}",
            f"{row['passages_per_second']:.1f}",
            f"{row['question_p50_ms']:.0f}",
            f"{row['question_p95_ms']:.0f}",
            f"{ours['passages_per_second'] / row['passages_per_second']:.2f}",
            f"{row['question_p50_ms'] / ours['question_p50_ms']:.2f}",
            f"{row['mean_cosine']:.4f}",
            f"{row['peak_megabytes']:.0f}",
        ]
        for name, row in rows.items()
    ]
    return (
        "## Beside other embedders\n\n"
        f"Part of `make bench-peers`: all-MiniLM-L6-v2 over the {report['passages']} passages of"
        f" the example articles in one call, and {report['questions']} questions one by one, in"
        f" turns, over {report['rounds']} rounds; {told(report)}. Ours is the form that ships,"
        " in eight bits; SentenceTransformer.encode is as it is by default; fastembed runs"
        " our fp32 export as a custom model, since its own file lies on a hub. The cosine is that"
        " with fp32."
        "\n\n"
        + markdown(
            ["embedder", "passages /s", "p50 ms", "p95 ms", "× many", "× one", "cosine", "peak MB"],
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
        " the dynamic int8 form for the embedder: they run on any processor. OpenVINO chooses bf16"
        " where the processor multiplies in it, and is the faster there; on one that does not it"
        " was no faster than what ships (`git show b8f897c:benchmarks/results/runtimes.json`).\n\n"
        + "\n\n".join(parts)
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


if __name__ == "__main__":
    main()
