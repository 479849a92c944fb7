"""What the server holds of an open page does not grow with what the page was sent."""

import asyncio
import gc
import sys
import types

import load
from asked import QUESTIONS
from load_client import Page, Shown, Tally
from serving import LIMITLESS, free_port

from qa.assistant import Assistant
from qa.dialogue import TURNS_KEPT
from qa.serve import serve

# What everybody shares, and leads to everything.
SHARED = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)
MOST_TURN_BYTES = 20_000  # of an answer's record; its HTML would be more
NOTED_BYTES = 1_000  # numbers that become longer, not pages


def bytes_of(root: object) -> int:
    """All that can be reached from an object, each once."""
    seen: set[int] = set()
    left, held = [root], 0
    while left:
        one = left.pop()
        if id(one) not in seen and not isinstance(one, SHARED):
            seen.add(id(one))
            held += sys.getsizeof(one)
            left += gc.get_referents(one)
    return held


def test_a_page_holds_the_records_of_its_last_turns_and_no_html(news: Assistant) -> None:
    port = free_port()
    served = serve(news, examples={}, host="127.0.0.1", port=port, block=False, **LIMITLESS)

    def held() -> tuple[int, int]:
        (session,) = served.state_holder.session_data.values()
        assert session.blocks_config.blocks == served.default_config.blocks
        return bytes_of(session.state_data), bytes_of(session.config_values)

    async def ask(page: Page, turns: int) -> Shown:
        for number in range(turns):
            shown = await page.ask(QUESTIONS[number % len(QUESTIONS)])
        return shown

    async def visit() -> None:
        async with load.client_of(f"http://127.0.0.1:{port}") as client:
            page = await Page.open(client, Tally())
            await page.arrive("")
            _, noted_first = held()
            await ask(page, TURNS_KEPT)
            said, noted = held()
            shown = await ask(page, len(QUESTIONS))
            said_later, noted_later = held()
        assert shown.conversation_html.count('class="pq-turn"') == TURNS_KEPT
        assert len(shown.conversation_html) > 10 * NOTED_BYTES
        assert said <= TURNS_KEPT * MOST_TURN_BYTES
        assert said_later <= said + MOST_TURN_BYTES
        assert max(noted, noted_later) <= noted_first + NOTED_BYTES

    try:
        asyncio.run(visit())
    finally:
        served.close()
