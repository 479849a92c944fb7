"""``pullquote chat``: the chat served, with what surrounds it."""

import argparse
from typing import Any

from qa.accounts import AUTH_FILE
from qa.hosts import ALLOWED_HOSTS, chosen_hosts
from qa.login_choice import AUTH, HUB, chosen_login
from qa.logins import LOGIN_DAYS
from qa.options import add_models, folder, load_assistant, port, positive
from qa.rates import BURST_QUESTIONS, QUESTIONS_PER_MINUTE
from qa.sources import add_sources
from qa.terminal import OK, add_command

DEFAULT_PORT = 7860  # Gradio's, and the one Hugging Face Spaces expects


def add_chat(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "chat",
        "open a chat about articles in the browser",
        "  pullquote chat\n  pullquote chat report.pdf notes/ --port 8000",
    )
    add_sources(command)
    add_models(command)
    command.add_argument("--host", default="127.0.0.1", help="address to serve on (127.0.0.1)")
    command.add_argument(
        "--port", type=port, help=f"port to serve on (the first free one from {DEFAULT_PORT})"
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
        "--allow-host",
        metavar="HOST",
        action="append",
        default=[],
        help="answer to this host too, such as chat.example, where a proxy on this machine passes"
        " it on; on a non-loopback address, to these hosts only. May be given several"
        f" times (those that {ALLOWED_HOSTS} names)",
    )
    command.add_argument(
        "--questions-per-minute",
        type=positive,
        metavar="N",
        help=f"how many each visitor may ask ({QUESTIONS_PER_MINUTE})",
    )
    keep = command.add_mutually_exclusive_group()
    keep.add_argument(
        "--keep",
        metavar="FOLDER",
        type=folder,
        help="folder for visitors' conversations, each found only by its own visitor"
        " (the user's data folder)",
    )
    keep.add_argument("--keep-nothing", action="store_true", help="keep no conversations")
    command.add_argument(
        "--auth",
        metavar="FILE",
        help="let in only the people named in this file, which `pullquote password` writes"
        f" (the file that {AUTH_FILE} names, if it is set); on a Space, {HUB} (or {AUTH}={HUB})"
        " lets people log in with their account of Hugging Face",
    )
    command.add_argument(
        "--login-days",
        type=positive,
        metavar="N",
        default=LOGIN_DAYS,
        help=f"days until an unused login ends ({LOGIN_DAYS})",
    )
    command.add_argument(
        "--log-json",
        action="store_true",
        help="log every call on standard error as a line of JSON, without what was asked",
    )
    command.set_defaults(run=_chat)


def _chat(options: argparse.Namespace) -> int:
    from qa.heap import give_memory_back
    from qa.kept import kept_in
    from qa.kept_folder import default_folder
    from qa.logs import log_json
    from qa.seeds import seed_examples
    from qa.serve import serve

    # Before the models load:
    give_memory_back()
    accounts = chosen_login(options.auth)
    kept = kept_in(None if options.keep_nothing else options.keep or default_folder())
    if options.log_json:
        log_json()
    per_minute = options.questions_per_minute or QUESTIONS_PER_MINUTE
    serve(
        load_assistant(options),
        examples={} if options.sources else seed_examples(),
        host=options.host,
        port=options.port,
        open_browser=not options.no_browser,
        embedding=options.allow_embedding,
        hosts=chosen_hosts(options.allow_host),
        questions_per_minute=per_minute,
        burst_questions=min(BURST_QUESTIONS, per_minute),
        accounts=accounts,
        login_days=options.login_days,
        kept=kept,
    )
    return OK
