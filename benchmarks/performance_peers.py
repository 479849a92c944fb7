"""The sections of PERFORMANCE.md about others that do the same."""

from collections.abc import Mapping
from typing import Any

from performance_markdown import markdown, told

NAMES = {
    "pullquote": "Pullquote",
    "transformers4": "transformers 4, question-answering",
    "haystack": "Haystack, TransformersExtractiveReader",
    "txtai": "txtai, Questions",
}

WHY_F1_DIFFERS = (
    "All of these questions are answered by their paragraph. The F1 of Haystack and txtai is lower"
    " by what they make of these weights; it says nothing of the models that they are used with."
    " Haystack gives a BERT, as these were, no segment ids, which tell question and text apart, and"
    " sets no longest answer. txtai takes the best start and the best end apart, of all tokens: it"
    " stops with an error, counted here as no answer, where one of them is not in the text (this"
    " reader's first token stands for “not here”), and gives nothing where the end comes first or"
    " where their score is below 0.05."
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
        " Pullquote is, one question at a time and in one call. The others read those of one call"
        " one by one: Haystack takes one a call, txtai goes through its list, and transformers"
        " was left at its default, batches of one.\n\n"
        + markdown(
            ["reader", "p50 ms", "p95 ms", "in one call, /s", "× one", "× many", "peak MB", "F1"],
            table,
        )
        + "\n\n"
        + WHY_F1_DIFFERS
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
