"""Memory goes back to the system: as the C library itself tells it, in processes of their own."""

import json
import os
import platform
import subprocess
import sys

import pytest
from conftest import ROOT

from qa.heap import HEAPS

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is about glibc")

THREADS = 6
PROBE = """
import ctypes, json, sys, tempfile, threading
from qa.heap import give_memory_back

if sys.argv[1] == "give back":
    give_memory_back()
c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p

def told():
    with tempfile.NamedTemporaryFile() as file:
        stream = ctypes.c_void_p(c.fopen(file.name.encode(), b"w"))
        c.malloc_info(0, stream)
        c.fclose(stream)
        return file.read().decode()

def mapped():
    return int(told().split('type="mmap" count="')[-1].split('"')[0])

everyone = threading.Barrier(int(sys.argv[2]) + 1)

def take():
    taken = bytearray(10_000)
    everyone.wait()
    everyone.wait()

threads = [threading.Thread(target=take) for _ in range(int(sys.argv[2]))]
for one in threads:
    one.start()
everyone.wait()
heaps = told().count("<heap nr=")
everyone.wait()
bytearray(4_000_000)  # from then on glibc keeps what is smaller
before = mapped()
kept = [bytearray(300_000) for _ in range(20)]  # a few may fit where others were
print(json.dumps({"heaps": heaps, "mapped": mapped() - before}))
"""


def told(*, give_back, **environment):
    run = subprocess.run(
        [sys.executable, "-c", PROBE, "give back" if give_back else "", str(THREADS)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
        check=True,
    )
    return json.loads(run.stdout)


def test_without_it_every_thread_has_a_heap_and_large_blocks_are_kept():
    alone = told(give_back=False)
    assert alone["heaps"] > THREADS
    assert alone["mapped"] == 0


def test_heaps_are_few_and_large_blocks_are_the_systems():
    some = told(give_back=True)
    assert some["heaps"] == HEAPS
    assert some["mapped"] > 10


def test_what_the_environment_sets_stays():
    some = told(give_back=True, MALLOC_ARENA_MAX="4", MALLOC_MMAP_THRESHOLD_="1000000")
    assert some == {"heaps": 4, "mapped": 0}
