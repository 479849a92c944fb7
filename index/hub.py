"""Ask the hub for a model that the user named, but wait for no network that is not there."""

import warnings
from pathlib import Path

from index.errors import first_line
from index.quiet import quiet_loading

HUB_TIMEOUT_S = 10


class UnfittedModelWarning(UserWarning):
    """A model runs without what was fitted for it, since the hub did not give it."""


def local_folder(name: str | Path) -> Path | None:
    """The folder of a model on this machine, or None if it has none.

    Args:
        name: a folder, or a hub id, whose folder is in the hub's cache once it was loaded.
    """
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        file = try_to_load_from_cache(str(name), "config.json")
    except HFValidationError:
        return None
    return Path(file).parent if isinstance(file, str) else None


def has_file(name: str | Path, file: str) -> bool:
    """Whether a model has a file, in its folder or, where that can be asked, on the hub.

    Args:
        name: a folder or a hub id.
        file: such as ``modules.json``.
    """
    folder = local_folder(name)
    if folder is not None and (folder / file).is_file():
        return True
    if is_local(name):
        return False
    from huggingface_hub import file_exists
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return file_exists(str(name), file)
    except (HfHubHTTPError, HFValidationError):  # no such model: let loading say so
        return False


def file_beside(name: str | Path, file: str) -> Path | None:
    """A file beside a model on this machine, fetched where it is on the hub only; None for none.

    A loaded model's library fetches the files that it knows, and no others. The file is that of
    the version which was loaded, and the hub is asked until it has once said whether there is one.
    Where it is reached and does not say so, a warning tells.

    Args:
        name: a folder, or the hub id of a model that was loaded.
        file: such as ``reader_settings.json``.
    """
    folder = local_folder(name)
    if folder is None:
        return None
    if (folder / file).is_file():
        return folder / file
    if Path(name).is_dir():
        return None
    from httpx import HTTPError
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import RemoteEntryNotFoundError

    version = folder.name
    if try_to_load_from_cache(str(name), file, revision=version) is not None:  # known to be none
        return None
    if is_local(name):
        return None
    try:
        with quiet_loading():
            return Path(hf_hub_download(str(name), file, revision=version))
    except RemoteEntryNotFoundError:
        return None
    # Too many questions, a fault of the hub, a connection that ends midway, a full disk.
    except (OSError, HTTPError) as error:
        warnings.warn(
            f"{name} may have a {file}, which could not be fetched ({first_line(error)}):"
            " its scores are not what was fitted for it. Load it again later.",
            UnfittedModelWarning,
            stacklevel=2,
        )
        return None


def is_local(name: str | Path) -> bool:
    """Whether a model can only come from this machine: a folder, or the hub's cache.

    Without this one question, the hub's library tries for a minute to reach a network
    that is not there.

    Args:
        name: a folder or a hub id.
    """
    if Path(name).is_dir():
        return True
    from huggingface_hub import model_info  # slow to import, and seldom needed
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        model_info(str(name), timeout=HUB_TIMEOUT_S)
    except (HfHubHTTPError, HFValidationError):  # it answers, or would not: let loading say so
        return False
    except Exception:  # noqa: BLE001 - nothing answers; the hub's library has changed its client twice
        return True
    return False
