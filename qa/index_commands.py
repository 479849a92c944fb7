"""``pullquote index``: make an index, keep it up to date, look after it."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.exchange_commands import add_exchange
from qa.options import add_embedder, folder
from qa.sources import add_articles, limits_of, named_sources
from qa.terminal import (
    FAILED,
    OK,
    add_command,
    complain,
    say,
    say_line,
    skipped_files_named,
)

# As in qa.cli: what needs a library is imported in the command that uses it.
if TYPE_CHECKING:
    from index.records import Document

MISSING_NAMED = 10  # articles, in a complaint that is read at a glance

Command = Callable[[argparse.Namespace], int]


def add_index(commands: Any) -> None:
    """Add ``index`` and its actions to the commands."""
    index = commands.add_parser("index", help="make an index to ask later, and maintain it")
    actions = index.add_subparsers(metavar="ACTION", required=True)
    build = add_command(
        actions,
        "build",
        "read articles and save their index",
        "  pullquote index build articles/ --output shelf\n"
        '  pullquote ask "who was released?" shelf\n'
        "An existing index is updated: what is unchanged is not embedded again, and what is no\n"
        "longer named is removed, unless some file cannot be read (exit code 1). A stopped\n"
        "build resumes when run again.",
    )
    add_articles(build)
    build.add_argument(
        "--output", metavar="DIR", type=folder, required=True, help="folder for the index"
    )
    add_embedder(build)
    build.add_argument(
        "--kind",
        metavar="FACTORY",
        help="FAISS's factory string for a new index, such as HNSW32 (what fits its size)",
    )
    _add_collection(build)
    build.set_defaults(run=_build)

    add = _action(
        actions,
        "add",
        "add articles to an index; one with the same id is replaced",
        "  pullquote index add shelf new-story.txt notes/\n"
        "  pullquote index add shelf minutes/ --collection minutes",
        _add,
    )
    add_articles(add)
    add_embedder(add)
    _add_collection(add)

    remove = _action(
        actions,
        "remove",
        "remove articles from an index by their ids",
        "  pullquote index remove shelf old-story.txt",
        _remove,
    )
    remove.add_argument("ids", metavar="ID", nargs="+", help="id of an article, as listed")

    listed = _action(
        actions, "list", "list the articles of an index", "  pullquote index list shelf", _list
    )
    _add_json(listed)
    collections = _action(
        actions,
        "collections",
        "list the collections of an index, and how many articles each has",
        "  pullquote index collections shelf",
        _collections,
    )
    _add_json(collections)
    rename = _action(
        actions,
        "rename",
        "give a collection of an index another name",
        "  pullquote index rename shelf minutes archive",
        _rename,
    )
    rename.add_argument("old", metavar="OLD", help='its name; "" for the articles that are in none')
    rename.add_argument("new", metavar="NEW", help='its new name; "" for none')
    info = _action(
        actions,
        "info",
        "say what an index holds and how large it is",
        "  pullquote index info shelf",
        _info,
    )
    _add_json(info)
    verify = _action(
        actions,
        "verify",
        "look for damage in an index; exit code 1 if there is any",
        "  pullquote index verify shelf",
        _verify,
    )
    _add_json(verify)
    repair = _action(
        actions,
        "repair",
        "repair a damaged index, where its texts are intact",
        "  pullquote index repair shelf",
        _repair,
    )
    add_embedder(repair)
    _action(
        actions,
        "compact",
        "free the space of removed articles, rebuild an outgrown FAISS index",
        "  pullquote index compact shelf",
        _compact,
    )
    add_exchange(actions)


def _action(
    actions: Any, name: str, summary: str, examples: str, run: Command
) -> argparse.ArgumentParser:
    action = add_command(actions, name, summary, examples)
    action.add_argument("folder", metavar="DIR", type=folder, help="folder of the index")
    action.set_defaults(run=run)
    return action


def _add_collection(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--collection",
        metavar="NAME",
        help='put the articles into this collection, "" for none (the one that their table row'
        " names; otherwise, articles already in the index stay in theirs)",
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print it as JSON")


def _read(options: argparse.Namespace) -> "tuple[list[Document], bool]":
    """The articles of the sources, and whether some file could not be read."""
    from index.read import read_sources

    with skipped_files_named() as skipped:
        documents = read_sources(
            named_sources(options),
            limits=limits_of(options),
            allow_private=options.allow_private,
            progress=sys.stderr.isatty(),
        )
    return documents, bool(skipped)


def _collected(
    documents: "list[Document]",
    known: "Callable[[str], Document | None]",
    collection: str | None,
) -> "list[Document]":
    """The documents in the collection that was named.

    Without a name, each is in that which its own file gives it, or else in that which it is in
    by now: that of the known one with its id.
    """
    if collection is not None:
        return [replace(document, collection=collection) for document in documents]
    there = [known(document.id) for document in documents]
    return [
        replace(document, collection=document.collection or one.collection) if one else document
        for document, one in zip(documents, there, strict=True)
    ]


def _stored(folder: Path) -> "dict[str, Document]":
    """The articles of an index that cannot be gone on from, by id, as far as they can be read.

    All can where only the embedder is another.
    """
    from index.errors import DamagedIndexError, IncompatibleIndexError
    from index.store import open_articles

    found = {}
    # What is damaged, or of another format, is made anew all the same.
    with suppress(DamagedIndexError, IncompatibleIndexError):
        facts, articles = open_articles(folder)
        for place in range(facts.documents):
            with suppress(DamagedIndexError):
                document = articles.document(place)
                found[document.id] = document
    return found


def _build(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.engine import PassageIndex
    from index.errors import DamagedIndexError, IncompatibleIndexError

    documents, are_some_skipped = _read(options)
    ids = {document.id for document in documents}
    embedder = load_embedder(options.embedder)
    progress = sys.stderr.isatty()
    try:
        index = PassageIndex.open(options.output, embedder=embedder, create=True, kind=options.kind)
    except (DamagedIndexError, IncompatibleIndexError):
        # Nothing to go on from: it is made whole, and then takes the place of the other.
        stored = _stored(options.output)
        whole = _collected(documents, stored.get, options.collection)
        missing = [name for name in stored if name not in ids]
        if are_some_skipped:
            whole += [stored[name] for name in missing]
        index = PassageIndex.from_documents(whole, embedder=embedder, progress=progress)
        index.save(options.output, kind=options.kind)
    else:
        index.add(_collected(documents, index.document, options.collection), progress=progress)
        missing = [document.id for document in index.documents if document.id not in ids]
        if not are_some_skipped:
            index.remove(missing)
        index.settle()  # which a thread would not do any more when this process has ended
    say_line(f"{options.output}: {index}")
    if not are_some_skipped:
        return OK
    if missing:
        _name_staying(missing, options.output)
    return FAILED


def _name_staying(missing: Sequence[str], folder: str) -> None:
    """Say which articles stay in an index that were not among what was read."""
    more = f" and {len(missing) - MISSING_NAMED:,} more" if len(missing) > MISSING_NAMED else ""
    complain(
        f"Nothing was removed, since some files could not be read and these articles may be"
        f" theirs: {', '.join(missing[:MISSING_NAMED])}{more}. Fix the files and build again, or"
        f" remove what is gone with: pullquote index remove {folder} ID"
    )


def _add(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.engine import PassageIndex

    documents, are_some_skipped = _read(options)
    index = PassageIndex.open(options.folder, embedder=load_embedder(options.embedder))
    documents = _collected(documents, index.document, options.collection)
    changes = index.add(documents, progress=sys.stderr.isatty())
    index.settle()
    say_line(f"{options.folder}: {changes}")
    return FAILED if are_some_skipped else OK


def _remove(options: argparse.Namespace) -> int:
    from index.writer import changing

    with changing(options.folder) as writer:
        writer.remove(options.ids)
    say_line(f"{options.folder}: {len(set(options.ids))} removed")
    return OK


def _list(options: argparse.Namespace) -> int:
    from index.store import open_articles

    facts, articles = open_articles(options.folder)
    listed = map(articles.article, range(facts.documents))
    if options.json:
        rows = [
            {
                field.name: getattr(document, field.name)
                for field in fields(document)
                if field.name != "text"
            }
            | {"characters": len(document.text), "passages": len(spans)}
            for document, spans in listed
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return OK
    for document, spans in listed:
        say_line(
            f"{document.id}  {document.title}"
            f" ({len(document.text):,} characters, {len(spans)} passages)"
            + (f" in {document.collection}" if document.collection else "")
        )
    return OK


def _collections(options: argparse.Namespace) -> int:
    from index.store import read

    counts = read(options.folder).choices.labels.collections
    if options.json:
        rows = [{"collection": name, "documents": count} for name, count in counts.items()]
        print(json.dumps(rows, ensure_ascii=False))
        return OK
    for name, count in counts.items():
        say_line(f"{name or '(none)'}  {count:,} articles")
    return OK


def _rename(options: argparse.Namespace) -> int:
    from index.writer import changing

    with changing(options.folder) as writer:
        count = writer.rename_collection(options.old, options.new)
    say_line(f"{options.folder}: {count:,} articles in {options.new or 'no collection'}")
    return OK


def _info(options: argparse.Namespace) -> int:
    from index.info import info_of

    info = info_of(options.folder)
    if options.json:
        print(json.dumps(info.to_dict(), ensure_ascii=False))
    else:
        say(info)
    return OK


def _verify(options: argparse.Namespace) -> int:
    from index.verify import verify

    faults = verify(options.folder)
    if options.json:
        print(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False))
    elif not faults:
        say_line(f"{options.folder}: sound")
    for fault in faults if not options.json else ():
        complain(str(fault))
    return FAILED if faults else OK


def _repair(options: argparse.Namespace) -> int:
    from index.embedder import load_embedder
    from index.repair import repair

    done = repair(
        options.folder,
        embedder=lambda: load_embedder(options.embedder),
        progress=sys.stderr.isatty(),
    )
    for fault in done.faults:
        complain(str(fault))
    say_line(f"{options.folder}: {done}")
    return FAILED if done.lost_count else OK


def _compact(options: argparse.Namespace) -> int:
    from index.repair import compact

    say_line(f"{options.folder}: {compact(options.folder):,} bytes given back")
    return OK
