"""The command line: ``pullquote``.

Exit codes: 0, all went well; 1, something could not be done; 2, wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from index.errors import InputError, ModelError, PullquoteError, SourceError
from qa import __version__
from qa.accounts import AUTH_FILE, account_line, accounts_named, check_name
from qa.feedback_command import add_feedback
from qa.index_commands import add_index
from qa.rates import QUESTIONS_PER_MINUTE
from qa.terminal import (
    FAILED,
    OK,
    STDIN,
    add_command,
    complain,
    named_sources,
    shown,
    skipped_files_named,
)

# What needs a model's libraries is imported in the command that uses it, so that
# --help and usage errors come at once.
if TYPE_CHECKING:
    from index.embed import Embedder
    from qa.assistant import Assistant
    from qa.evaluate import Outcome
    from qa.reader import ExtractiveReader
    from qa.squad import SquadSet

TOP_K = 3
PASSAGES_FOUND = 10
DEFAULT_PORT = 7860  # Gradio's, and the one Hugging Face Spaces expects


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what stands behind ``pullquote``; without it, the process's own.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except PullquoteError as error:
        complain(str(error))
        return FAILED
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        sys.stderr.close()
        return OK
    except OSError as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        complain("Stopped.")
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pullquote",
        description="Ask an article, get its own words back.",
        epilog="Exit codes: 0 all went well, 1 something could not be done, 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"pullquote {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_chat(commands)
    _add_password(commands)
    _add_ask(commands)
    _add_search(commands)
    _add_batch(commands)
    add_index(commands)
    add_feedback(commands)
    _add_evaluate(commands)
    _add_export(commands)
    return parser


def _add_sources(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="article (text, HTML, PDF, Word, EPUB), table (.csv, .jsonl) or .zip of articles,"
        " folder of them, address of a web page, or folder of a saved index;"
        " - reads standard input; without any, the example articles",
    )


def _add_models(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reader", metavar="MODEL", help="folder or hub id of a reader")
    command.add_argument("--embedder", metavar="MODEL", help="folder or hub id of an embedder")


def _add_min_score(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--min-score",
        type=_probability,
        metavar="P",
        help="least score of an answer, from 0 to 1; below it the article does not say"
        " (what was fitted for the reader)",
    )


def _probability(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return number


def _port(text: str) -> int:
    number = _positive(text)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is above 65535")
    return number


def _add_chat(commands: Any) -> None:
    command = add_command(
        commands,
        "chat",
        "open a chat about articles in the browser",
        "  pullquote chat\n  pullquote chat report.pdf notes/ --port 8000",
    )
    _add_sources(command)
    _add_models(command)
    command.add_argument("--host", default="127.0.0.1", help="address to serve on (127.0.0.1)")
    command.add_argument(
        "--port", type=_port, help=f"port to serve on (the first free one from {DEFAULT_PORT})"
    )
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.add_argument(
        "--allow-embedding",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="let pages of this origin, such as https://intranet.example, show the chat in a"
        " frame; may be given several times",
    )
    command.add_argument(
        "--questions-per-minute",
        type=_positive,
        metavar="N",
        help=f"how many each visitor may ask ({QUESTIONS_PER_MINUTE})",
    )
    keep = command.add_mutually_exclusive_group()
    keep.add_argument(
        "--keep",
        metavar="FOLDER",
        type=Path,
        help="where visitors' conversations are kept, each found by its own browser alone"
        " (the user's data folder)",
    )
    keep.add_argument("--keep-nothing", action="store_true", help="keep no conversations")
    command.add_argument(
        "--auth",
        metavar="FILE",
        type=Path,
        help="let only those in whose names are in this file, which `pullquote password` writes"
        f" (the file that {AUTH_FILE} names, if it is set)",
    )
    command.add_argument(
        "--log-json",
        action="store_true",
        help="log every call on standard error as a line of JSON, without what was asked",
    )
    command.set_defaults(run=_chat)


def _add_password(commands: Any) -> None:
    command = add_command(
        commands,
        "password",
        "make a line for the file that chat --auth reads",
        "  pullquote password ada >> accounts\n  pullquote chat --auth accounts",
    )
    command.add_argument("name", metavar="NAME", help="who logs in")
    command.set_defaults(run=_password)


def _password(options: argparse.Namespace) -> int:
    check_name(options.name)
    password = getpass("Password: ", stream=sys.stderr)
    if getpass("The same again: ", stream=sys.stderr) != password:
        raise InputError("The two passwords are not the same.", "Type them again.")
    print(account_line(options.name, password))
    return OK


def _add_ask(commands: Any) -> None:
    command = add_command(
        commands,
        "ask",
        "ask one question",
        '  pullquote ask "who was released?"\n'
        '  pullquote ask "how much was it?" minutes.docx --json\n'
        '  pullquote ask "when was it founded?" https://example.org/history\n'
        '  cat story.txt | pullquote ask "who?" -',
    )
    command.add_argument("question", metavar="QUESTION")
    _add_sources(command)
    _add_models(command)
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
    command.add_argument("--top-k", type=_positive, default=TOP_K, help=f"quotes ({TOP_K})")
    _add_min_score(command)
    command.set_defaults(run=_ask)


def _add_search(commands: Any) -> None:
    command = add_command(
        commands,
        "search",
        "find the passages nearest to a query, without reading them",
        '  pullquote search "prisoners released"\n'
        '  pullquote search "opening hours" notes/ --top-k 3 --json',
    )
    command.add_argument("query", metavar="QUERY")
    _add_sources(command)
    _add_models(command)
    command.add_argument("--json", action="store_true", help="print the passages as JSON")
    command.add_argument(
        "--top-k", type=_positive, default=PASSAGES_FOUND, help=f"passages ({PASSAGES_FOUND})"
    )
    command.set_defaults(run=_search)


def _add_batch(commands: Any) -> None:
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
        help=".txt, a question a line; .jsonl with question, id, history; .csv with question, id",
    )
    _add_sources(command)
    _add_models(command)
    command.add_argument(
        "--output", metavar="FILE", required=True, help="where the answers go; - prints them"
    )
    command.add_argument(
        "--resume", action="store_true", help="keep the answers that FILE has, and add the others"
    )
    command.add_argument("--top-k", type=_positive, default=TOP_K, help=f"quotes ({TOP_K})")
    command.add_argument("--batch-size", type=_positive, default=32, help="pairs at a time (32)")
    _add_min_score(command)
    command.set_defaults(run=_batch)


def _add_export(commands: Any) -> None:
    command = add_command(
        commands,
        "export",
        "make the fast form of a reader or an embedder",
        "  pullquote export deepset/tinyroberta-squad2\n"
        "  pullquote export my-embedder/ --output my-embedder-fast",
    )
    command.add_argument("model", metavar="MODEL", help="folder or hub id")
    command.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        help="a new folder for it (the cache, where it is found when MODEL is asked for)",
    )
    command.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from index.embed import SentenceEmbedder
    from index.embedder import export_embedder
    from index.fast_kept import is_fast_form, kept_at, key_of
    from index.hub import has_file, local_folder
    from qa.reader_model import export_reader
    from qa.torch_scorer import load_torch_reader

    if options.output and options.output.exists() and any(options.output.iterdir()):
        raise InputError(f"{options.output} is not empty.", "Name a new folder.")
    embedder = None
    if has_file(options.model, "modules.json"):  # as sentence-transformers' models have
        embedder = SentenceEmbedder.from_pretrained(options.model)
    elif local_folder(options.model) is None:
        load_torch_reader(options.model)  # from the hub, whose files are then on this machine
    local = local_folder(options.model)
    if local is None:
        raise ModelError(
            f"The files of “{options.model}” are not kept on this machine.",
            "Let the hub's library keep its cache, or give a folder.",
        )
    folder = options.output or kept_at(key_of(local))
    if not is_fast_form(folder):
        if embedder is not None:
            export_embedder(embedder, folder)
        else:
            export_reader(options.model, folder)
    print(folder)
    return OK


def _add_evaluate(commands: Any) -> None:
    command = add_command(
        commands,
        "evaluate",
        "measure answers on a SQuAD-format file, with the official metrics",
        "  pullquote evaluate dev-v2.0.json --report report/\n"
        "  pullquote evaluate dev-v1.1.json.gz --mode open --limit 500 --json\n"
        "  pullquote evaluate coqa.json --history",
    )
    command.add_argument("files", metavar="SQUAD.json[.gz]", nargs="+")
    command.add_argument(
        "--mode",
        choices=("reader", "open"),
        default="reader",
        help="reader: each question with its paragraph (default);"
        " open: over an index of all the file's paragraphs",
    )
    command.add_argument(
        "--history",
        action="store_true",
        help="the questions of a paragraph are a conversation: each sees the earlier ones"
        " and what was answered to them",
    )
    _add_min_score(command)
    command.add_argument(
        "--report", metavar="DIR", type=Path, help="write a report there, as HTML with plots"
    )
    command.add_argument("--limit", type=_positive, metavar="N", help="questions, drawn at random")
    command.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (0)")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
    command.add_argument("--batch-size", type=_positive, default=32, help="windows at a time (32)")
    _add_models(command)
    command.set_defaults(run=_evaluate)


def _chat(options: argparse.Namespace) -> int:
    from qa.kept import kept_in
    from qa.kept_folder import default_folder
    from qa.logs import log_json
    from qa.seeds import seed_examples
    from qa.serve import serve

    # Before the models load:
    accounts = accounts_named(options.auth)
    kept = kept_in(None if options.keep_nothing else options.keep or default_folder())
    if options.log_json:
        log_json()
    serve(
        _load(options),
        examples={} if options.sources else seed_examples(),
        host=options.host,
        port=options.port,
        open_browser=not options.no_browser,
        embedding=options.allow_embedding,
        questions_per_minute=options.questions_per_minute or QUESTIONS_PER_MINUTE,
        accounts=accounts,
        kept=kept,
    )
    return OK


def _ask(options: argparse.Namespace) -> int:
    from qa.questions import check_question

    question = check_question(options.question)  # before the models load
    answer = _load(options).ask(question, top_k=options.top_k, min_score=options.min_score)
    if options.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False))
        return OK
    print(shown(str(answer)))
    if answer.sentence is not None:
        print(f"\n  {shown(' '.join(answer.sentence.text.split()))}")
    if answer.text is not None and answer.alternatives:
        print("\nOther answers:")
        for other in answer.alternatives:
            print(f"  {shown(str(other))}")
    for excerpt in answer.nearest[:1]:
        print(f"\nNearest passage: {shown(' '.join(str(excerpt).split()))}")
    return OK


def _search(options: argparse.Namespace) -> int:
    from qa.questions import check_question

    query = check_question(options.query, name="query")  # before the models load
    found = _load(options).search(query, top_k=options.top_k)
    if options.json:
        print(json.dumps([one.to_dict() for one in found], ensure_ascii=False))
        return OK
    for one in found:
        print(shown(" ".join(str(one).split())))
    return OK


def _batch(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from qa.answer_file import answered_before
    from qa.questions import BadLine, read_questions
    from qa.records import Question

    rows = list(read_questions(Path(options.questions)))
    bad = [row for row in rows if isinstance(row, BadLine)]
    asked = [row for row in rows if not isinstance(row, BadLine)]
    for line in bad:
        complain(f"{options.questions}, {line}")
    if not asked:
        raise SourceError(f"{options.questions} has no question in it.", "Put one on each line.")
    if options.output != STDIN and not Path(options.output).parent.is_dir():
        raise InputError(f"There is no folder for {options.output}.", "Make it first.")
    if options.resume and options.output == STDIN:
        raise InputError("What was printed cannot be resumed.", "Name a file as --output.")
    assistant = _load(options)  # before the output is opened, so that a fault leaves it alone
    done = answered_before(Path(options.output), asked) if options.resume else 0
    asked = asked[done:]
    with _output(options.output, resume=options.resume) as out:
        answers = assistant.ask_stream(
            (Question(row.question, row.history) for row in asked),
            top_k=options.top_k,
            batch_size=options.batch_size,
            min_score=options.min_score,
        )
        shown = tqdm(
            answers, total=done + len(asked), initial=done, unit=" questions", disable=None
        )
        for row, answer in zip(asked, shown, strict=True):
            found = {"id": row.id, **answer.to_dict()}
            print(json.dumps(found, ensure_ascii=False), file=out, flush=True)
    return FAILED if bad else OK


def _evaluate(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder, shipped_embedder
    from qa.evaluate import figures
    from qa.reader import ExtractiveReader
    from qa.squad import SquadSet

    squads = {file: SquadSet.from_file(Path(file)) for file in options.files}
    name = options.reader
    reader = ExtractiveReader.from_pretrained(name) if name else ExtractiveReader.shipped()
    embedder = None
    if options.mode == "open":
        name = options.embedder
        embedder = load_embedder(name) if name else shipped_embedder()
    results: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for file, squad in squads.items():
        drawn = (squad.sample_conversations if options.history else squad.sample)(
            options.limit, seed=options.seed
        )
        outcomes[file], recalls = _outcomes(drawn, reader, embedder, options)
        results[file] = figures(outcomes[file]) | recalls
    if options.report is not None:
        from qa.report import write_report

        written = write_report(outcomes, results, folder=options.report, command=sys.argv[1:])
        complain(f"The report is in {written}")
    if options.json:
        print(json.dumps(results if len(results) > 1 else next(iter(results.values()))))
        return OK
    for file, found in results.items():
        if len(results) > 1:
            print(file)
        for key, value in found.items():
            shown = str(value) if isinstance(value, int) else f"{value:.{2 if value > 1 else 4}f}"
            print(f"{key:>20}  {shown}")
    return OK


def _outcomes(
    squad: "SquadSet",
    reader: "ExtractiveReader",
    embedder: "Embedder | None",
    options: argparse.Namespace,
) -> "tuple[list[Outcome], dict[str, float]]":
    """What comes of a file's questions, and how often their paragraphs are found."""
    from index.engine import PassageIndex
    from qa.assistant import Assistant
    from qa.evaluate import read_squad, recall_figures, search_squad

    progress = sys.stderr.isatty()
    if embedder is None:
        return read_squad(
            squad,
            reader=reader,
            history=options.history,
            min_score=options.min_score,
            batch_size=options.batch_size,
            progress=progress,
        ), {}
    index = PassageIndex.from_documents(squad.paragraphs, embedder=embedder, progress=progress)
    return search_squad(
        squad,
        assistant=Assistant(index=index, reader=reader),
        history=options.history,
        min_score=options.min_score,
        batch_size=options.batch_size,
        progress=progress,
    ), recall_figures(squad, index)


def _load(options: argparse.Namespace) -> "Assistant":
    from qa import load

    with skipped_files_named():
        return load(
            named_sources(options) or None,
            reader=options.reader,
            embedder=options.embedder,
            progress=sys.stderr.isatty(),
        )


@contextmanager
def _output(name: str, *, resume: bool) -> Iterator[TextIO]:
    if name == STDIN:
        yield sys.stdout
        return
    with Path(name).open("a" if resume else "w", encoding="utf-8") as file:
        yield file


if __name__ == "__main__":
    sys.exit(main())
