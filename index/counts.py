"""Whole numbers that callers give: how many of something are wanted."""

import operator
from typing import Any

from index.errors import InputError


def check_count(name: str, given: Any, *, least: int = 1) -> int:
    """The number that an option says, as Python's own: numpy's whole numbers are taken too.

    Args:
        name: the option, as the caller wrote it.
        given: what was given for it.
        least: below which it makes no sense.

    Raises:
        InputError: it is below that, or no whole number.
    """
    try:
        count = None if isinstance(given, bool) else operator.index(given)
    except TypeError:
        count = None
    if count is None or count < least:
        raise InputError(f"{name} is {given!r}.", f"Give a whole number, {least} or more.")
    return count
