"""``pullquote export``: the fast form of a model, made ahead of its first use."""

import argparse
from typing import Any

from index.errors import InputError, ModelError
from qa.options import folder, model
from qa.terminal import OK, add_command, say


def add_export(commands: Any) -> None:
    """Add the command to those of ``pullquote``.

    Args:
        commands: what argparse adds commands to.
    """
    command = add_command(
        commands,
        "export",
        "make the fast form of a reader or an embedder",
        "  pullquote export deepset/tinyroberta-squad2\n"
        "  pullquote export my-embedder/ --output my-embedder-fast",
    )
    command.add_argument("model", metavar="MODEL", type=model, help="folder or hub id")
    command.add_argument(
        "--output",
        metavar="DIR",
        type=folder,
        help="a new folder for it (the cache, where it is found when MODEL is asked for)",
    )
    command.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from index.embed import SentenceEmbedder
    from index.embedder import export_embedder
    from index.fast_kept import kept_at, key_of
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
    if embedder is not None:
        export_embedder(embedder, folder)
    else:
        export_reader(options.model, folder)
    say(folder)
    return OK
