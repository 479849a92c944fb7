"""What the tests keep conversations with: a clock, short ways to begin, and whole processes."""

import json
import random
import sys
from pathlib import Path

from telling import say

from index.records import Document
from qa.kept import Kept
from qa.records import Answer


class Clock:
    """Seconds that go forward by one at each look, and further when told to."""

    def __init__(self):
        self.now_s = 1_700_000_000.0

    def __call__(self):
        self.now_s += 1
        return self.now_s


def answer(number):
    text = f"It was number {number}."
    return Answer(f"What was number {number}?", text, 0.5, 0.5, 0, len(text), "d", "Title")


def begun(kept, visitor, name="Story", turns=0, articles=("d",)):
    """The id of a new conversation with so many turns."""
    one = kept.conversations.start(visitor, name=name, articles=articles)
    for number in range(turns):
        kept.conversations.add(visitor, one.id, answer(number))
    return one.id


def names(conversations):
    return [one.name for one in conversations]


def keep_for_ever(folder, visitor, seed):
    """Begin conversations, add turns and articles, delete; say before and after what is done."""
    lot = random.Random(seed)
    kept = Kept(Path(folder))
    known = {one.id for one in kept.conversations.search(visitor, "")}
    for number in range(1_000_000):
        choice = lot.random()
        if not known or choice < 0.2:
            say(starting=True)
            one = kept.conversations.start(visitor, name=f"Number {number}", articles=["d"])
            known.add(one.id)
            say(started=one.id)
        elif choice < 0.8:
            one = lot.choice(sorted(known))
            said = answer(seed * 1000 + number)
            say(adding=one, question=said.question)
            kept.conversations.add(visitor, one, said)
            say(added=one, question=said.question)
        elif choice < 0.9:
            say(bringing=True)
            kept.articles.bring(
                visitor, [Document("d", "Title", f"It was number {number}. " * 500)]
            )
            say(brought=True)
        else:
            one = lot.choice(sorted(known))
            say(deleting=one)
            kept.conversations.delete(visitor, one)
            known.discard(one)
            say(deleted=one)


def add_turns(folder, visitor, conversation, turns):
    kept = Kept(Path(folder))
    for number in range(turns):
        kept.conversations.add(visitor, conversation, answer(number))


if __name__ == "__main__":
    command, *given = json.loads(sys.argv[1])
    {"keep": keep_for_ever, "add": add_turns}[command](*given)
