"""Load models without their progress bars, which last a blink and clutter a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Hide the progress bars of transformers inside the block, then put them back."""
    from transformers.utils import logging  # a second to import: only when a model loads

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
