"""Read a file in a process of its own: ``python -m index.apart MODULE LIMITS``.

A few kilobytes of a PDF can ask for hours and gigabytes, or bring down the library that reads
it; a process can be held to limits and be stopped. The file comes on standard input, and what
was read of it goes as JSON to standard output.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from index.errors import PullquoteError, SourceError
from index.extract import Extract
from index.limits import ReadLimits


def read_apart(module: str, data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Call a module's ``read_here`` in another process, for as long as it may take.

    Args:
        module: its name; its ``read_here`` takes what this takes and gives what this gives.
        data: the file.
        name: what to call it in an error.
        limits: how much is read, how long it may take, and in how much memory.

    Raises:
        SourceError: ``read_here`` raised it, or came to no end.
    """
    # It finds what we find, and imports nothing from the working folder (-P) that we would not.
    places = [*filter(None, sys.path), str(Path(__file__).parent.parent)]
    here = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    call = json.dumps({"name": name, "limits": asdict(limits)})
    try:
        done = subprocess.run(  # noqa: S603 - this very module, and no shell
            [sys.executable, "-P", "-m", __name__, module, call],
            input=data,
            capture_output=True,
            check=False,
            env=here,
            timeout=limits.seconds,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"{name} takes longer than {limits.seconds:g} s to read.",
            "Split it into several files, or allow more seconds.",
        ) from None
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read: no process can be started ({error.strerror}).",
            "Free some memory, and try again.",
        ) from error
    if done.returncode != 0:
        raise SourceError(
            f"{name} is damaged, or takes too much memory to read.",
            "Split it into several files, or print it to a new PDF and read that.",
        )
    found: dict[str, Any] = json.loads(done.stdout)
    if "problem" in found:
        raise SourceError(found["problem"], found["remedy"])
    return Extract(**found | {"page_starts": tuple(found["page_starts"])})


def main() -> int:
    """Read standard input by the module and within the limits that the arguments name."""
    module, call = sys.argv[1:]
    how = json.loads(call)
    limits = ReadLimits(**how["limits"])
    _hold_to(limits.memory_bytes)
    read_here = import_module(module).read_here
    try:
        found = asdict(read_here(sys.stdin.buffer.read(), name=how["name"], limits=limits))
    except PullquoteError as error:
        found = {"problem": error.problem, "remedy": error.remedy}
    sys.stdout.write(json.dumps(found))
    return 0


def _hold_to(memory_bytes: int) -> None:
    """Ask the system to give this process no more memory, where it can be asked."""
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    sys.exit(main())
