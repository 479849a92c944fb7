"""``pullquote ask`` and ``pullquote search``: one question, its answer or the nearest passages."""

import argparse
import json
from typing import Any

from qa.defaults import PASSAGES_FOUND, TOP_K
from qa.options import (
    add_embedder,
    add_filter,
    add_min_score,
    add_models,
    filter_of,
    load_assistant,
    positive,
)
from qa.sources import add_sources
from qa.terminal import OK, add_command, complain, say


def add_ask(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "ask",
        "ask one question",
        '  pullquote ask "who was released?"\n'
        '  pullquote ask "how much was it?" minutes.docx --json\n'
        '  pullquote ask "when was it founded?" https://example.org/history\n'
        '  pullquote ask "what was decided?" shelf --collection minutes --since 2024-03\n'
        '  cat story.txt | pullquote ask "who?" -',
    )
    command.add_argument("question", metavar="QUESTION")
    add_sources(command)
    add_models(command)
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
    command.add_argument("--top-k", type=positive, default=TOP_K, help=f"quotes ({TOP_K})")
    add_min_score(command)
    add_filter(command)
    command.set_defaults(run=_ask)


def add_search(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "search",
        "find the passages nearest to a query, without reading them",
        '  pullquote search "prisoners released"\n'
        '  pullquote search "opening hours" notes/ --top-k 3 --json',
    )
    command.add_argument("query", metavar="QUERY")
    add_sources(command)
    add_embedder(command)
    command.add_argument("--json", action="store_true", help="print the passages as JSON")
    command.add_argument(
        "--top-k", type=positive, default=PASSAGES_FOUND, help=f"passages ({PASSAGES_FOUND})"
    )
    add_filter(command)
    command.set_defaults(run=_search, reader=None)


def _ask(options: argparse.Namespace) -> int:
    from qa.questions import check_question

    question = check_question(options.question)  # before the models load
    where = filter_of(options)
    answer = load_assistant(options).ask(
        question, top_k=options.top_k, min_score=options.min_score, where=where
    )
    if options.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False))
        return OK
    say(answer)
    if answer.sentence is not None:
        say(f"\n  {' '.join(answer.sentence.text.split())}")
    if answer.text is not None and answer.alternatives:
        say("\nOther answers:")
        for other in answer.alternatives:
            say(f"  {other}")
    for excerpt in answer.nearest[:1]:
        say(f"\nNearest passage: {' '.join(str(excerpt).split())}")
    return OK


def _search(options: argparse.Namespace) -> int:
    from qa.questions import check_question

    query = check_question(options.query, name="query")  # before the models load
    where = filter_of(options)
    found = load_assistant(options).search(query, top_k=options.top_k, where=where)
    if options.json:
        print(json.dumps([one.to_dict() for one in found], ensure_ascii=False))
        return OK
    if not found:
        complain("No passages: there is no article, or the filter leaves none.")
    for one in found:
        say(" ".join(str(one).split()))
    return OK
