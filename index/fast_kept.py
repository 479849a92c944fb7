"""Where fast forms are kept, and how each is made once."""

import hashlib
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from index.errors import first_line
from index.fast_model import MODEL_FILE

CACHE_VARIABLE = "PULLQUOTE_CACHE"
# Of how a fast form is made: another number, and all are made anew.
RECIPE_VERSION = 3
# The files that a model is told apart by; weights in several files are all of them.
TOLD_BY = (
    "*.safetensors",
    "pytorch_model*.bin",
    "config.json",
    "tokenizer.json",
    # What sentence-transformers' models do with their tokens, and how many they take.
    "modules.json",
    "sentence_bert_config.json",
    "*_Pooling/config.json",
)
KEY_CHARS = 24  # of a SHA-256: 96 bits


class SlowModelWarning(UserWarning):
    """A model could not get its fast form."""


def cache_folder() -> Path:
    """Where fast forms are kept: ``PULLQUOTE_CACHE``, or the user's cache folder."""
    from platformdirs import user_cache_path

    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("pullquote", appauthor=False)


def key_of(folder: Path) -> str:
    """A key that changes when a model's weights, configuration, tokenizer or pooling do."""
    digest = hashlib.sha256()
    for file in sorted({file for pattern in TOLD_BY for file in folder.glob(pattern)}):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        digest.update(file.relative_to(folder).as_posix().encode() + content)
    return digest.hexdigest()[:KEY_CHARS]


def kept_at(key: str) -> Path:
    """The folder of the fast form with this key, whether or not it has been made."""
    return cache_folder() / f"models-{RECIPE_VERSION}" / key


def is_fast_form(folder: Path, facts_file: str) -> bool:
    """Whether a folder holds a fast form; an ONNX model alone, as others export it, is none.

    Args:
        folder: any.
        facts_file: name of the file that stands beside such fast forms.
    """
    return (folder / MODEL_FILE).is_file() and (folder / facts_file).is_file()


def fast_form_of(folder: Path, facts_file: str) -> Path | None:
    """The folder of a model's fast form, if it is kept: this one, if it is one itself.

    Args:
        folder: of the model.
        facts_file: name of the file that stands beside such fast forms.
    """
    if is_fast_form(folder, facts_file):
        return folder
    kept = kept_at(key_of(folder))
    return kept if is_fast_form(kept, facts_file) else None


def fast_form_kept(folder: Path, facts_file: str, make: Callable[[], None], *, name: str) -> bool:
    """Whether a fast form is kept, after an attempt to make it.

    Args:
        folder: where it belongs.
        facts_file: name of the file that stands beside such fast forms.
        make: makes it there. Where that folder cannot be written, a warning says so.
        name: of the model, for the warning.
    """
    if not is_fast_form(folder, facts_file):
        try:
            make()
        except OSError as error:
            warnings.warn(
                f"The fast form of {name} cannot be kept in {folder.parent}"
                f" ({error.strerror or first_line(error)}),"
                f" so that everything takes longer. Set {CACHE_VARIABLE} to a folder that can"
                " be written.",
                SlowModelWarning,
                stacklevel=3,
            )
    return is_fast_form(folder, facts_file)


def make_once(folder: Path, facts_file: str, make: Callable[[Path], None], *, name: str) -> None:
    """Make a fast form if it is not there yet; two processes at once make one.

    Args:
        folder: where it belongs.
        facts_file: name of the file that stands beside such fast forms.
        make: writes it into an empty folder; only what it finishes is kept.
        name: of the model, for the line on standard error that says why this takes a while.

    Raises:
        OSError: the folder cannot be written.
    """
    from filelock import FileLock

    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not is_fast_form(folder, facts_file):  # unless another process was faster
            shown = repr(name)[1:-1]  # no control character of a name reaches a terminal
            print(f"Making the fast form of {shown}, once …", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as scratch:
                fresh = Path(scratch) / "fresh"
                fresh.mkdir()
                make(fresh)
                shutil.rmtree(folder, ignore_errors=True)
                fresh.rename(folder)
