"""Ask the hub for a model that the user named, but wait for no network that is not there."""

from pathlib import Path

HUB_TIMEOUT_S = 10


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
    except Exception:  # noqa: BLE001 - whatever its HTTP client raises where nothing answers
        return True
    return False
