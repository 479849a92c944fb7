"""Processes that write an index, for the tests that end them or read beside them."""

import hashlib
import json
import os
import random
import sys
import time
from functools import partial

from stub import StubEmbedder
from telling import say

from index.engine import PassageIndex
from index.records import Document


def document(name, number):
    words = random.Random(f"{name}{number}").choices(
        ["cats", "dogs", "run", "bark", "Größe", "東京", "home"], k=40
    )
    return Document(name, f"Title {number}", f"{number}. " + " ".join(words) + ".\0\r\nMore.")


def opened(folder):
    return PassageIndex.open(folder, embedder=StubEmbedder(), create=True, budget_tokens=6)


def load(folder):
    return PassageIndex.load(folder, embedder=StubEmbedder())


def told(document):
    """What tells a document from every other, in few words."""
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    return [document.id, document.title, digest[:12]]


def state_of(index):
    return [told(one) for one in index.documents]


def change_for_ever(folder, seed):
    """Add, replace and remove documents, or save another index in the place of this one.

    Says before each change what comes of it.
    """
    lot = random.Random(seed)
    index = opened(folder)
    for number in range(1_000_000):
        there = state_of(index)
        new = [document(f"d{name}", seed * 1000 + number) for name in lot.sample(range(9), 2)]
        choice = lot.random()
        if there and (len(there) > 6 or choice < 0.3):
            gone = lot.choice(there)[0]
            expected = [one for one in there if one[0] != gone]
            act = partial(index.remove, [gone])
        elif choice < 0.45:
            expected = [told(one) for one in new]
            act = partial(save_over, index, new, folder)
        else:
            ids = {one.id for one in new}
            expected = [one for one in there if one[0] not in ids] + [told(one) for one in new]
            act = partial(index.add, new)
        say(before=there, after=expected)
        act()
        say(done=True)


def save_over(index, new, folder):
    PassageIndex.from_documents(new, embedder=StubEmbedder(), budget_tokens=6).save(folder)
    index.refresh()


def fork_writers():
    """For each line, a folder and a seed, fork a writer; say who it is, and when it has ended.

    They are forked because imports take longer than all that they do.
    """
    for line in sys.stdin:
        folder, seed = json.loads(line)
        child = os.fork()
        if child == 0:
            change_for_ever(folder, seed)
        say(pid=child)
        os.waitpid(child, 0)
        say(ended=child)


def add_pairs(folder):
    """Add pairs; after some of them, wait for a line that says they were seen."""
    index = opened(folder)
    for number in range(30):
        index.add([document(f"{side}{number}", number) for side in "lr"])
        time.sleep(0.005)
        if number % 4 == 3:
            sys.stdin.readline()


class OtherEmbedder(StubEmbedder):
    """Another model: other vectors, and fewer tokens."""

    identity = "other@2"
    dimension = 8
    max_tokens = 3

    def embed(self, texts, *, batch_size=32, progress=False):
        return super().embed(
            [f"other {text}" for text in texts], batch_size=batch_size, progress=progress
        )


def fork_reembedders():
    """For each line, a folder, fork a process that embeds it anew, little by little."""
    from index import reembed  # noqa: F401 - before forking, since it takes long

    for line in sys.stdin:
        folder = json.loads(line)
        child = os.fork()
        if child == 0:
            sys.modules["index.reembed"].BLOCK_CHARS = 1
            sys.modules["index.reembed"].reembed(folder, embedder=OtherEmbedder())
            os._exit(0)
        say(pid=child)
        os.waitpid(child, 0)
        say(ended=child)


if __name__ == "__main__":
    if sys.argv[1:] == ["--reembed"]:
        fork_reembedders()
    elif len(sys.argv) > 1:
        add_pairs(sys.argv[1])
    else:
        fork_writers()
