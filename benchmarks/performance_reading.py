"""The sections of PERFORMANCE.md about how much is read."""

from collections.abc import Mapping
from typing import Any

from performance_markdown import markdown, told
from performance_plots import LENGTHS_PLOT, READING_PLOT
from reading import SHIPPED

LENGTHS_SAID = (
    "No other way to cut gives better quotes of both sets than what is shipped, 160 tokens with a"
    " sentence shared, to which the reader's settings were fitted. Passages of 128 tokens that"
    " share nothing give nearly as good ones for fewer tokens."
)


def reading_section(report: Mapping[str, Any]) -> str:
    sets = report["sets"]
    first = next(iter(sets.values()))
    table = [
        [
            way,
            *(
                f"{rows[way][what]:.2f}"
                for rows in sets.values()
                for what in ("passages", "f1", "best_f1")
            ),
        ]
        for way in first
        if way.startswith(("the first", "2, then", "1, 2, then"))
    ]
    head = [f"{name.split('.')[0]}: {what}" for name in sets for what in ("read", "F1", "best F1")]
    return (
        "## How many passages are read\n\n"
        "`python benchmarks/reading.py FILE...`: every question is asked of all the paragraphs of"
        " its file. Reading is what costs: so the nearest passage is read first, then a second,"
        " then what is left of five, each only where no answer is sure enough yet. Passages whose"
        " score is below a share of the nearest's are passed over, but where a question leans on"
        " others or asks for several things; a second that scores nine tenths of it is read with"
        f" it. What is shipped is “{SHIPPED}”. F1 is that of what is given, with its abstentions,"
        f" and that of the best quote in any case; {told(report)}.\n\n"
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
        " Dotted lines share nothing; a star is what comes of reading as above;"
        f" {told(report)}.\n\n"
        f"![F1 against tokens read](benchmarks/results/{LENGTHS_PLOT})\n\n"
        + "\n\n".join(parts)
        + "\n\nOf the news story's questions, those that it does not answer included, so many come"
        f" right.{times} {LENGTHS_SAID}\n\n" + markdown(head, rows)
    )
