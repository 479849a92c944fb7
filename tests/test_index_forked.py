"""A forked process searches too, though its parent's threads are not its own."""

import multiprocessing
import os
import time

import numpy as np
import pytest

from index.nearest import NearestVectors

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks")
SECONDS = 60  # to wait for what takes milliseconds
COUNT, QUERIES = 2_000, 64
KINDS = ["Flat", "IVF16,Flat", "IVF16,SQ8"]


def made(kind):
    vectors = np.random.default_rng(0).normal(size=(COUNT, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return NearestVectors.from_vectors(np.arange(COUNT), vectors, kind=kind), vectors


def ended(child):
    """The exit status of a forked process; one that hangs is killed."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_searched_is_searched_in_a_fork(kind):
    index, vectors = made(kind)
    expected = index.search(vectors[:QUERIES], top_k=3)  # which starts the threads
    child = os.fork()
    if child == 0:
        try:
            same = index.search(vectors[:QUERIES], top_k=3) == expected
        except BaseException:  # noqa: BLE001 - pytest must not go on in the fork
            os._exit(2)
        os._exit(0 if same else 1)
    assert ended(child) == 0
    assert index.search(vectors[:QUERIES], top_k=3) == expected


def searched(sent, kind):
    """Make an index in this process, and send what it finds."""
    index, vectors = made(kind)
    sent.send(index.search(vectors[:1], top_k=3))


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_of_a_pool_makes_one_of_its_own(kind):
    index, vectors = made(kind)
    index.search(vectors[:QUERIES], top_k=3)
    ways = multiprocessing.get_context("fork")
    got, sent = ways.Pipe(duplex=False)
    process = ways.Process(target=searched, args=(sent, kind))
    process.start()
    arrived = got.poll(SECONDS)
    found = got.recv() if arrived else None
    process.kill()
    process.join()
    got.close()
    sent.close()
    assert found == index.search(vectors[:1], top_k=3)
