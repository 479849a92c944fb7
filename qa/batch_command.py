"""``pullquote batch``: a file of questions answered, a line of JSON each."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any, TextIO

from index.errors import InputError, SourceError
from qa.defaults import TOP_K
from qa.options import (
    add_batch_size,
    add_filter,
    add_min_score,
    add_models,
    filter_of,
    load_named,
    positive,
)
from qa.sources import add_sources
from qa.terminal import FAILED, OK, STDIN, add_command, complain, skipped_files_named


def add_batch(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "batch",
        "answer a file of questions, as JSON lines",
        "  pullquote batch questions.txt story.txt --output answers.jsonl\n"
        "  pullquote batch questions.jsonl folder/ --output -\n"
        "  pullquote batch questions.txt story.txt --output answers.jsonl --resume",
    )
    command.add_argument(
        "questions",
        metavar="QUESTIONS",
        help=".txt, one question per line; .jsonl with question, id, history; .csv with"
        " question, id; - reads .txt or .jsonl from standard input",
    )
    add_sources(command)
    add_models(command)
    command.add_argument(
        "--output", metavar="FILE", required=True, help="where the answers go; - prints them"
    )
    command.add_argument(
        "--resume", action="store_true", help="keep the answers that FILE has, and add the others"
    )
    command.add_argument("--top-k", type=positive, default=TOP_K, help=f"quotes ({TOP_K})")
    add_batch_size(command)
    add_min_score(command)
    add_filter(command)
    command.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from qa.answer_file import answered_before
    from qa.pipeline import check_asked
    from qa.question_file import BadLine, read_piped_questions, read_questions
    from qa.records import Question

    _leave_alone_what_is_read(options)
    if options.questions == STDIN:
        if STDIN in options.sources:
            raise InputError("Standard input is one thing only.", "Put the other into a file.")
        rows = list(read_piped_questions(sys.stdin.buffer.read()))
    else:
        rows = list(read_questions(Path(options.questions)))
    bad = [row for row in rows if isinstance(row, BadLine)]
    asked = [row for row in rows if not isinstance(row, BadLine)]
    for line in bad:
        complain(f"{options.questions}, {line}")
    if not asked:
        raise SourceError(f"{options.questions} has no question in it.", "Put one on each line.")
    _check_output(options.output)
    if options.resume and options.output == STDIN:
        raise InputError("Printed output cannot be resumed.", "Name a file as --output.")
    where = filter_of(options)
    # Before the output is opened, so that a fault leaves it alone:
    with skipped_files_named() as skipped:
        assistant = load_named(options)
    check_asked(assistant.index, where)
    fits = [assistant.reader.takes(row.question) for row in asked]
    long = list(compress(asked, map(not_, fits)))
    for row in long:
        problem = BadLine(row.line, "the question is longer than the reader takes")
        complain(f"{options.questions}, {problem}")
    asked = list(compress(asked, fits))
    done = answered_before(Path(options.output), asked) if options.resume else 0
    asked = asked[done:]
    with _output(options.output, resume=options.resume) as out:
        answers = assistant.ask_stream(
            (Question(row.question, row.history) for row in asked),
            top_k=options.top_k,
            batch_size=options.batch_size,
            min_score=options.min_score,
            where=where,
        )
        shown = tqdm(
            answers, total=done + len(asked), initial=done, unit=" questions", disable=None
        )
        for row, answer in zip(asked, shown, strict=True):
            found = {"id": row.id, **answer.to_dict()}
            print(json.dumps(found, ensure_ascii=False), file=out, flush=True)
    return FAILED if bad or long or skipped else OK


def _check_output(name: str) -> None:
    """Refuse what cannot be written, before the articles are read."""
    output = Path(name)
    if name == STDIN:
        return
    if not name.strip() or output.is_dir():
        raise InputError(f"The output {name!r} is not a file.", "Name a file, or - to print.")
    if not output.parent.is_dir():
        raise InputError(f"There is no folder for {name}.", "Make it first.")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise InputError(f"{name} may not be written.", "Name another file as --output.")


def _leave_alone_what_is_read(options: argparse.Namespace) -> None:
    """Refuse an output that would take the place of the questions or of an article.

    One inside a folder of articles would be an article itself from then on.
    """
    from index.pattern import is_pattern, matching
    from index.web import is_url

    output = Path(options.output)
    if options.output == STDIN or output.is_char_device():  # a terminal may be both
        return
    read = [Path(options.questions)]
    for name in options.sources:
        if is_pattern(name) and not Path(name).exists() and not is_url(name):
            read += [path for path, _ in matching(name)]
        else:
            read.append(Path(name))
    if any(_is_read(path, output) for path in read):
        raise InputError(
            f"{options.output} is, or would become, an input.",
            "Name another file as --output.",
        )


def _is_read(path: Path, output: Path) -> bool:
    from index.articles import READABLE_SUFFIXES
    from index.folder import is_stored_index

    if path.is_dir():
        folder, target = path.resolve(), output.resolve()
        if not target.is_relative_to(folder):
            return False
        parts = target.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)  # such files of a folder are not read
        is_article = not hidden and output.suffix.lower() in READABLE_SUFFIXES
        return is_article or is_stored_index(path)
    return path.is_file() and output.is_file() and path.samefile(output)


@contextmanager
def _output(name: str, *, resume: bool) -> Iterator[TextIO]:
    if name == STDIN:
        yield sys.stdout
        return
    with Path(name).open("a" if resume else "w", encoding="utf-8") as file:
        yield file
