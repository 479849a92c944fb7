"""How many threads a model may use: as many as there are cores, or as a container allows."""

import os
from pathlib import Path

VARIABLE = "PULLQUOTE_THREADS"
CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # Linux, cgroup v2: "200000 100000" is two cores


def usable_cores() -> int:
    """The cores of this process: ``PULLQUOTE_THREADS`` if that is set, and never below 1."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, _quota(cores)))


def _quota(cores: int) -> int:
    try:
        quota, period = CGROUP_QUOTA.read_text("ascii").split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else round(int(quota) / int(period))
