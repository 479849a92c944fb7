"""Find a reader's model: its fast form where there is one, else the model itself."""

from pathlib import Path

from index.fast_kept import fast_form_kept, fast_form_of, kept_at, key_of, make_once
from index.hub import local_folder
from qa.fast_scorer import FACTS_FILE, load_fast_reader, make_fast_reader
from qa.scorer import ReaderModel
from qa.torch_scorer import load_torch_reader


def load_reader(name: str | Path, *, make_fast: bool) -> ReaderModel:
    """Load a reader in its fast form, or with torch where it has none.

    Args:
        name: folder or hub id; or a folder that ``export_reader`` wrote.
        make_fast: make its fast form if it is not kept yet. Where it cannot be kept, a
            warning says why, and the model itself is loaded.

    Raises:
        ModelError: there is no such reader.
    """
    folder = local_folder(name)
    if folder is None:
        return load_torch_reader(name)
    found = fast_form_of(folder, FACTS_FILE)
    if found is None and make_fast:
        kept = kept_at(key_of(folder))
        made = fast_form_kept(kept, FACTS_FILE, lambda: export_reader(name, kept), name=folder.name)
        found = kept if made else None
    return load_fast_reader(found) if found else load_torch_reader(name)


def export_reader(name: str | Path, folder: Path) -> None:
    """Make the fast form of a reader, unless it is there.

    Args:
        name: folder or hub id of the original.
        folder: where the fast form goes.

    Raises:
        ModelError: there is no such reader, or it has no fast form that agrees with it.
        OSError: the folder cannot be written.
    """
    make_once(
        folder,
        FACTS_FILE,
        lambda fresh: make_fast_reader(name, fresh),
        name=f"the reader {Path(name).name}",
    )
