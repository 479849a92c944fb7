"""What the visitors of a load do, and what they must find.

Each has articles with a name in them that nobody else's has, so that whatever comes from
another's can be told.
"""

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from load_client import Page, RefusedError, Shown, Tally, call
from load_server import POLL_S, Server

from qa.dialogue import TURNS_KEPT

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "ra")
NAME_SYLLABLES = 7
NAME_STEP = 47_251  # prime to their number, so that neighbours are little alike and all are met
FIRST = ("Ada", "Bo", "Cleo", "Dov", "Edna", "Finn")
OWN_QUESTIONS = ("who painted the bridge?", "Who is said to have painted it green?")
PAGE_QUESTIONS = (
    "who painted the bridge?",
    "who built the ferry?",
    "who owns the mill?",
    "who burnt down the inn?",
)
PAGE_ARTICLES = 2  # that each visitor keeps
FILE = re.compile(r'data-text="([^"]*)"')
CONVERSATION = re.compile(r'data-act="recall" data-id="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


class Names:
    """Names that nobody else has, as many as are wanted.

    Each visitor's are the same in every run, in whatever order visitors ask for them.

    Args:
        visitors: how many there are.
    """

    def __init__(self, visitors: int) -> None:
        self.given: set[str] = set()
        self._visitors = visitors
        self._given_to: Counter[int] = Counter()

    def new(self, visitor: int) -> str:
        """A new one for a visitor, told by a number below ``visitors``."""
        every: int = len(SYLLABLES) ** NAME_SYLLABLES
        turn, place = divmod(self._given_to[visitor] * self._visitors + visitor, every)
        self._given_to[visitor] += 1
        place = place * NAME_STEP % every
        name = ""
        for _ in range(NAME_SYLLABLES):
            place, digit = divmod(place, len(SYLLABLES))
            name += SYLLABLES[digit]
        name = (name + "na" * turn).capitalize()
        self.given.add(name)
        return name

    def others_in(self, text: str, own: Collection[str]) -> set[str]:
        """The names of others that a text holds."""
        return (set(re.findall(r"[A-Z][a-z]+", text)) & self.given) - set(own)


@dataclass
class Brought:
    """An article on the page that a visitor was told is there, and the talk about it.

    Args:
        secret: the name in it.
        text: the article.
        asked: the questions whose answers were seen, in order.
        doubtful: one whose answer a kill cut off: it may be kept or not.
    """

    secret: str
    text: str
    asked: list[str] = field(default_factory=list)
    doubtful: str | None = None


@dataclass
class Visitor:
    """One of those who come at once."""

    client: httpx.AsyncClient
    server: Server
    tally: Tally
    names: Names
    number: int
    secret: str = ""  # by which the server keeps things
    page: Page | None = None  # that is open
    opened: int = 0  # how often the server had been killed by then: it knows no page of before
    served_by: int | None = None  # how often it had been when a whole round was last done
    about: Brought | None = None  # the article that it shows
    brought: list[Brought] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)  # names of articles whose bringing was cut off

    @property
    def own(self) -> set[str]:
        """The names that may be on the visitor's page."""
        return {one.secret for one in self.brought} | self.unsure


async def visit(visitor: Visitor, examples: Sequence[str], is_over: Callable[[], bool]) -> None:
    """Come, bring articles and ask, again and again; at last come back to see what is kept.

    Args:
        visitor: who.
        examples: questions about the articles that are there for all.
        is_over: whether to end, once the server that runs now has served a whole round.
    """
    chance = random.Random(visitor.number)
    while not is_over() or visitor.served_by != visitor.server.kills:
        if await _unless_killed(visitor, _round(visitor, chance, examples)):
            visitor.served_by = visitor.server.kills
    back = False
    while not back:
        visitor.page = None
        back = await _unless_killed(visitor, _on_page(visitor))


async def _unless_killed(visitor: Visitor, doing: Any) -> bool:
    """Do something, and note what goes wrong; whether it need not be done again."""
    server, tally = visitor.server, visitor.tally
    while not server.runs:
        await asyncio.sleep(POLL_S)
    kills = server.kills
    try:
        await doing
    except (httpx.TransportError, httpx.HTTPStatusError, TimeoutError) as error:
        if server.kills != kills:
            tally.cut_off += 1
            visitor.page = None
            return False
        tally.faults.append(f"a call got no response: {type(error).__name__} {error}")
    except RefusedError as refused:
        if "There is no article" in str(refused) and server.kills != kills:
            tally.forgotten += 1  # it was in memory alone, as the server says
        else:
            tally.faults.append(f"a call failed: {refused.told}")
    return True


async def _round(visitor: Visitor, chance: random.Random, examples: Sequence[str]) -> None:
    """What a visitor does once: by the endpoints, and on the page."""
    await _by_endpoints(visitor, chance, examples)
    page = await _on_page(visitor)
    if len(visitor.brought) < PAGE_ARTICLES:
        await _bring(visitor, page, chance)
    await _ask(visitor, page, chance.choice(PAGE_QUESTIONS))


async def _by_endpoints(visitor: Visitor, chance: random.Random, examples: Sequence[str]) -> None:
    """Bring an article, ask, take it away."""
    client, tally = visitor.client, visitor.tally
    secret = visitor.names.new(visitor.number)
    text = (
        f"The bridge at Oldmere was painted green by {chance.choice(FIRST)} {secret}."
        " It took two summers, and nobody was paid. The ferry still runs on Sundays."
    )
    added = await call(client, "add_document", {"text": text, "title": "The bridge"}, tally)
    for question in chance.sample(OWN_QUESTIONS, len(OWN_QUESTIONS)):
        asked = {"question": question, "article": added["id"]}
        answer = await call(client, "ask", asked, tally)
        tally.abstained += answer["text"] is None
        fault = fault_of(answer, text, secret)
        others = visitor.names.others_in(json.dumps(answer), {secret})
        if fault or others:
            tally.faults.append(fault or f"the answer to {secret} has {sorted(others)} in it")
    example = await call(client, "ask", {"question": chance.choice(examples)}, tally)
    if visitor.names.others_in(json.dumps(example), ()):
        tally.faults.append("an answer about the examples has a visitor's name in it")
    removed = await call(client, "remove_document", {"id": added["id"]}, tally)
    if removed != {"id": added["id"], "removed": True}:
        tally.faults.append(f"the article was not removed: {removed}")


async def _on_page(visitor: Visitor) -> Page:
    """The page as the visitor has it open; opened anew, all that was kept must be there."""
    if visitor.page is None or visitor.opened != visitor.server.kills:
        visitor.about = None
        visitor.opened = visitor.server.kills
        page = await Page.open(visitor.client, visitor.tally)
        shown = await page.arrive(visitor.secret)
        visitor.secret = shown.noted["visitor"]
        alone(visitor, shown)
        held_library(visitor, shown)
        for conversation in conversations_in(shown.shelf_html):
            await _talk_held(visitor, page, conversation)
        for one in visitor.brought:
            one.doubtful = None  # by now it is known
        visitor.page = page
    return visitor.page


async def _bring(visitor: Visitor, page: Page, chance: random.Random) -> None:
    secret = visitor.names.new(visitor.number)
    first = chance.sample(FIRST, 4)
    text = (
        f"The bridge was painted green by {first[0]} {secret}. The ferry was built by {first[1]}"
        f" {secret} in two summers. The mill is owned by {first[2]} {secret}, who never sold"
        f" any flour. The inn was burnt down by {first[3]} {secret} in a cold winter."
    )
    visitor.unsure.add(secret)  # if the server is killed now, it may be there or not
    shown = await page.work("paste", text=text, title=f"The village of {secret}")
    alone(visitor, shown)
    if f"The village of {secret}" not in shown.shelf_html:
        visitor.tally.faults.append(f"the article of {secret} was not taken: {words_of(shown)}")
        return
    visitor.unsure.discard(secret)
    visitor.about = Brought(secret, text)
    visitor.brought.append(visitor.about)


async def _ask(visitor: Visitor, page: Page, question: str) -> None:
    about = visitor.about
    if about is None:  # a kill came before the first question, and the page shows an example
        return
    about.doubtful = question
    shown = await page.ask(question)
    about.doubtful = None
    alone(visitor, shown)
    if question not in words_of(shown):
        visitor.tally.faults.append(f"{question!r} of {about.secret} is not on the page")
        return
    about.asked.append(question)


def alone(visitor: Visitor, shown: Shown) -> None:
    """Note the names of others on a visitor's page."""
    others = visitor.names.others_in(str(shown), visitor.own)
    if others:
        visitor.tally.faults.append(f"visitor {visitor.number} sees {sorted(others)}")


def held_library(visitor: Visitor, shown: Shown) -> None:
    """Note which of a visitor's articles and conversations are not there any more."""
    for one in visitor.brought:
        if f"The village of {one.secret}" in shown.shelf_html:
            visitor.tally.found_again["articles"] += 1
        else:
            visitor.tally.faults.append(f"the article of {one.secret} is lost")
    listed = len(conversations_in(shown.shelf_html))
    asked = sum(bool(one.asked) for one in visitor.brought)
    most = sum(bool(one.asked or one.doubtful) for one in visitor.brought)
    if not asked <= listed <= most:
        visitor.tally.faults.append(
            f"visitor {visitor.number} has {listed} conversations, not {asked} to {most}"
        )


async def _talk_held(visitor: Visitor, page: Page, conversation: str) -> None:
    """Open a conversation that was kept, and compare it with what was seen of it before."""
    shown = await page.work("recall", id=conversation)
    alone(visitor, shown)
    article = words_of(shown)
    about = next((one for one in visitor.brought if one.text in article), None)
    if about is None:
        visitor.tally.faults.append(f"the article of a conversation is not there: {article[:200]}")
        return
    file = FILE.search((await page.act("export", id=conversation, style="json")).shelf_html)
    answers = json.loads(unescape(file[1]))["answers"] if file else []
    fault = talk_fault([one["question"] for one in answers], about.asked, about.doubtful)
    faults = [fault, *(fault_of(answer, about.text, about.secret) for answer in answers)]
    visitor.tally.faults += [one for one in faults if one is not None]
    visitor.tally.found_again["conversations"] += 1
    visitor.tally.found_again["turns"] += len(answers)
    about.asked, visitor.about = [one["question"] for one in answers], about


def talk_fault(kept: Sequence[str], seen: Sequence[str], doubtful: str | None) -> str | None:
    """What is wrong with the questions that are kept of a talk, if anything is.

    Of a long one its last ``TURNS_KEPT`` are.

    Args:
        kept: in the order in which the server has them.
        seen: those whose answers were seen, in order.
        doubtful: one more that may be kept, since a kill cut its answer off.
    """
    possible = (seen, [*seen, *([doubtful] if doubtful else [])])
    if any(list(kept) == list(one[-TURNS_KEPT:]) for one in possible):
        return None
    return f"kept are {list(kept)}, seen were {list(seen)} and perhaps {doubtful}"


def conversations_in(library: str) -> list[str]:
    """The ids of the conversations that a page lists."""
    return CONVERSATION.findall(library)


def words_of(shown: Shown) -> str:
    """What a page says, without its marks; whitespace as one blank."""
    return " ".join(unescape(TAG.sub("", f"{shown.conversation_html} {shown.source_html}")).split())


def fault_of(answer: dict[str, Any], text: str, secret: str) -> str | None:
    """What is wrong with an answer about a visitor's article, if anything is.

    Args:
        answer: its JSON.
        text: the article.
        secret: the name that is in it alone.
    """
    if answer["text"] is None:  # counted apart: a fault of the reader's, not of the server's
        return None
    if text[answer["start"] : answer["end"]] != answer["text"]:
        return f"a quote about {secret} is not at its place"
    if secret not in answer["text"]:
        return f"an answer about {secret} is {answer['text']!r}"
    return None
