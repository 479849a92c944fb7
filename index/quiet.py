"""Load and prepare models without what libraries tell of it, which would clutter a terminal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Hide the progress bars of transformers inside the block, then put them back."""
    from transformers.utils import logging as bars  # a second to import: only when a model loads

    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()


@contextmanager
def only_errors(name: str) -> Iterator[None]:
    """Let a logger tell of errors alone inside the block.

    Args:
        name: of the logger.
    """
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
