"""How the C library keeps the memory of a server that runs for long."""

import ctypes
import os
import sys

# By default each thread takes from a heap of its own, eight for each core, and every one keeps
# the most that was ever needed of it. Python's threads run in turns, so few are enough.
HEAPS = 2
# A page's HTML is longer with every turn and fits no gap that was left before. Blocks from here on
# are the system's, and go back to it one by one. It is where glibc begins, before it learns more.
MAPPED_FROM_BYTES = 128 * 1024
TRIMMED_FROM_BYTES = 128 * 1024  # at a heap's end, where glibc begins too

# By glibc's numbers for mallopt, which are part of its interface; what sets the same from outside.
_OPTIONS = (
    (-8, "MALLOC_ARENA_MAX", HEAPS),
    (-3, "MALLOC_MMAP_THRESHOLD_", MAPPED_FROM_BYTES),
    (-1, "MALLOC_TRIM_THRESHOLD_", TRIMMED_FROM_BYTES),
)


def give_memory_back() -> None:
    """Let the process give memory back to the system, rather than keep it for later.

    To be called before there are threads. It does nothing without glibc, and leaves alone what
    the environment sets.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):  # others have other numbers, or no mallopt
        return
    for number, variable, value in _OPTIONS:
        if variable not in os.environ:
            library.mallopt(number, value)
