"""``pullquote index export``, ``import`` and ``reembed``: an index carried or made anew."""

import argparse
import sys
from pathlib import Path
from typing import Any

from qa.options import add_embedder, folder, model
from qa.sources import add_limits, limits_of
from qa.terminal import OK, add_command, say_line


def add_exchange(actions: Any) -> None:
    """Add the commands to the actions of ``pullquote index``.

    Args:
        actions: what argparse adds them to.
    """
    export = add_command(
        actions,
        "export",
        "write the articles of an index, with all their metadata, to one file",
        "  pullquote index export shelf shelf.jsonl.gz\n"
        "  pullquote index export shelf shelf.jsonl.gz --vectors",
    )
    _add_places(export, "what is written")
    export.add_argument(
        "--vectors", action="store_true", help="passages and vectors too, so none is re-embedded"
    )
    export.set_defaults(run=_export)

    taken = add_command(
        actions,
        "import",
        "add exported articles to an index, which is made if needed",
        "  pullquote index import shelf shelf.jsonl.gz",
    )
    _add_places(taken, "what was exported")
    add_embedder(taken)
    add_limits(taken)
    taken.set_defaults(run=_import)

    reembed = add_command(
        actions,
        "reembed",
        "rebuild the passages and vectors of an index with another embedder",
        "  pullquote index reembed shelf --model BAAI/bge-small-en-v1.5\n"
        '  pullquote ask "who was released?" shelf --embedder BAAI/bge-small-en-v1.5\n'
        "The old ones are searched until the new ones are all there. Stopped, it goes on where\n"
        "it was.",
    )
    reembed.add_argument("folder", metavar="DIR", type=folder, help="folder of the index")
    reembed.add_argument(
        "--model",
        metavar="MODEL",
        type=model,
        help="folder or hub id of an embedder (the one we ship)",
    )
    reembed.set_defaults(run=_reembed)


def _add_places(command: argparse.ArgumentParser, file: str) -> None:
    command.add_argument("folder", metavar="DIR", type=folder, help="folder of the index")
    command.add_argument("file", metavar="FILE", type=Path, help=file)


def _export(options: argparse.Namespace) -> int:
    from index.exchange import export_index

    count = export_index(
        options.folder, options.file, vectors=options.vectors, progress=sys.stderr.isatty()
    )
    say_line(f"{options.file}: {count:,} articles")
    return OK


def _import(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.exchange import import_index

    changes = import_index(
        options.folder,
        options.file,
        embedder=load_embedder(options.embedder),
        limits=limits_of(options),
        progress=sys.stderr.isatty(),
    )
    say_line(f"{options.folder}: {changes}")
    return OK


def _reembed(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.reembed import reembed

    count = reembed(
        options.folder, embedder=load_embedder(options.model), progress=sys.stderr.isatty()
    )
    say_line(f"{options.folder}: {count:,} articles embedded anew")
    return OK
