"""A page whose session the server has dropped begins anew, for the visitor whose browser it is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import load
import pytest
from load_client import Page, Tally
from serving import LIMITLESS, drop_sessions, served_page

from qa.assistant import Assistant
from qa.kept import Kept
from qa.kept_file import FILE

WHO, MANY = "who was released?", "how many prisoners were pardoned?"


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "kept")


@pytest.fixture
def server(news: Assistant, kept: Kept) -> Iterator[gr.Blocks]:
    with served_page(news, kept=kept, **LIMITLESS) as page:
        yield page


def questions(kept: Kept, visitor: str) -> list[str]:
    """What is kept of a visitor, the last used first."""
    return [one.name for one in kept.conversations.search(visitor, "")]


def test_nothing_is_done_for_nobody_and_the_secret_stays(server: gr.Blocks, kept: Kept) -> None:
    async def visit() -> None:
        async with load.client_of(server.local_url) as client:
            page = await Page.open(client, Tally())
            noted = (await page.arrive("")).noted
            me = noted["visitor"]
            await page.ask(WHO)
            drop_sessions(server)
            for shown in (
                await page.ask(MANY),
                await page.work("ask", ask=MANY),
                await page.act("find", text="news"),
            ):
                assert "data-arrived" not in shown.shelf_html
                assert "session has expired" in shown.conversation_html
                assert "pq-turn" not in shown.conversation_html
            assert questions(kept, me) == [WHO]
            shown = await page.keep("arrive", noted)
            assert shown.noted == noted
            assert "data-arrived" in shown.shelf_html
            assert WHO in shown.shelf_html
            assert "started over" in shown.conversation_html
            await page.ask(MANY)
            assert questions(kept, me) == [MANY, WHO]
            drop_sessions(server)
            private = await page.keep("private", noted)
            assert private.noted == {"visitor": me, "private": True}
            drop_sessions(server)
            assert (await page.keep("arrive", private.noted)).noted == private.noted
            drop_sessions(server)
            assert (await page.keep("keep", private.noted)).noted == noted
            drop_sessions(server)
            assert (await page.keep("forget", noted)).noted == noted
            assert questions(kept, me) == []

    asyncio.run(visit())


@pytest.mark.parametrize("private", [False, True])
def test_a_browser_keeps_its_note_while_nothing_can_be_read(
    server: gr.Blocks, kept: Kept, private: bool
) -> None:
    async def visit() -> None:
        async with load.client_of(server.local_url) as client:
            page = await Page.open(client, Tally())
            me = (await page.arrive("")).noted["visitor"]
            file = (kept.folder / FILE).rename(kept.folder / "away")
            shown = await page.arrive(me, private=private)
            assert shown.noted == {"visitor": me, "private": private}
            assert "cannot be read" in shown.conversation_html
            file.rename(kept.folder / FILE)

    asyncio.run(visit())
