"""Find an embedding model: its fast form where there is one, else the model itself."""

from pathlib import Path

from index.embed import SHIPPED_NAME, SHIPPED_SHA256, Embedder, SentenceEmbedder
from index.fast_embed import FACTS_FILE, FastEmbedder, make_fast_embedder
from index.fast_kept import fast_form_kept, fast_form_of, kept_at, make_once
from index.hub import local_folder


def shipped_embedder() -> Embedder:
    """The model that Pullquote installs, in its fast form.

    That is made when it is first asked for.

    Raises:
        ModelError: its package is missing, or its weights are not the official ones.
    """
    # The weights are checked when the fast form is made, and need not be read again.
    folder = kept_at(f"{SHIPPED_NAME}-{SHIPPED_SHA256[:12]}")
    if not fast_form_kept(
        folder,
        FACTS_FILE,
        lambda: export_embedder(SentenceEmbedder.shipped(), folder),
        name=SHIPPED_NAME,
    ):
        return SentenceEmbedder.shipped()
    return FastEmbedder.load(folder)


def load_embedder(name: str | Path | None) -> Embedder:
    """Load a model in its fast form if that is kept, else with sentence-transformers.

    Args:
        name: folder or hub id; or a folder that ``export_embedder`` wrote; None for the one that
            is shipped.

    Raises:
        ModelError: there is no such model.
    """
    if name is None:
        return shipped_embedder()
    folder = local_folder(name)
    found = None if folder is None else fast_form_of(folder, FACTS_FILE)
    return FastEmbedder.load(found) if found else SentenceEmbedder.from_pretrained(name)


def export_embedder(original: SentenceEmbedder, folder: Path) -> None:
    """Make the fast form of an embedder, unless it is there.

    Args:
        original: the model.
        folder: where the fast form goes.

    Raises:
        ModelError: it has no fast form that agrees with it.
        OSError: the folder cannot be written.
    """
    make_once(
        folder,
        FACTS_FILE,
        lambda fresh: make_fast_embedder(original, fresh),
        name=f"the embedder {original.identity}",
    )
