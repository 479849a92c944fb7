"""The chat in a page of another origin, in a real Chromium: as an element and in a frame."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from browsing import WAIT_MS
from conftest import ROOT
from playwright.sync_api import Browser, expect
from serving import free_port, served

from qa.assistant import Assistant

pytestmark = pytest.mark.browser
EASY = "how many prisoners were pardoned?"


@contextmanager
def another_site(body: str) -> Iterator[str]:
    """A page of another origin; its address."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Ours</title><h1>Ours</h1>{body}".encode())

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asks(place: object) -> None:
    """Ask in a page or a frame, and see the quote."""
    place.get_by_placeholder("Ask a question").fill(EASY)
    place.get_by_placeholder("Ask a question").press("Enter")
    expect(place.locator(".pq-quote").first).to_have_text("“123”")


def test_as_an_element_from_the_servers_own_files(browser: Browser, url: str) -> None:
    script = f'<script type="module" src="{url}/gradio.js"></script>'
    with another_site(f'{script}<gradio-app src="{url}/"></gradio-app>') as site:
        page = browser.new_page()
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(request.url))
        page.goto(site)
        asks(page)
        expect(page.locator("h1").first).to_have_text("Ours")
        local = ("http://127.0.0.1:", "data:", "blob:")
        assert [one for one in asked if not one.startswith(local)] == []
        page.close()


def test_the_element_leaves_the_page_around_it_alone(browser: Browser, url: str) -> None:
    script = f'<script type="module" src="{url}/gradio.js"></script>'
    with another_site(f'{script}<gradio-app src="{url}/"></gradio-app>') as site:
        page = browser.new_page()
        page.goto(f"{site}?article=42&q=who")
        page.wait_for_selector(".pq-library[data-arrived]", state="attached")
        expect(page.locator(".pq-choice").first).to_be_visible()
        page.locator("h1").first.click()
        page.keyboard.press("/")
        dropped = page.evaluate_handle(
            """() => {
              const data = new DataTransfer();
              data.items.add(new File(["The ash was felled."], "ash.txt"));
              return data;
            }"""
        )
        page.dispatch_event("h1", "drop", {"dataTransfer": dropped})
        page.wait_for_timeout(2_000)  # by then it would be in the library
        expect(page.locator(".pq-remove, [role=alert], .pq-turn")).to_have_count(0)
        expect(page.get_by_placeholder("Ask a question")).not_to_be_focused()
        page.dispatch_event(".pq-article", "drop", {"dataTransfer": dropped})
        expect(page.locator(".pq-remove")).to_have_count(1)
        page.close()


def test_a_link_from_the_element_leads_to_the_chat_itself(browser: Browser, url: str) -> None:
    script = f'<script type="module" src="{url}/gradio.js"></script>'
    with another_site(f'{script}<gradio-app src="{url}/"></gradio-app>') as site:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(site)
        asks(page)
        page.get_by_role("link", name="Link to this place").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        assert page.url == f"{site}/"
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(f"{url}/?article=belarus-pardons.txt&q=how+many")
        context.close()


def test_in_a_frame_where_it_is_allowed(browser: Browser, news: Assistant) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    frame = f'<iframe src="{address}" width=1200 height=800></iframe>'
    with another_site(frame) as site, served(news, port=port, embedding=[site]):
        tab = browser.new_page()
        tab.goto(site)
        asks(tab.frame_locator("iframe"))
        tab.close()


@pytest.mark.parametrize("let", [True, False], ids=["as the README says", "not let to it"])
def test_a_quote_is_copied_in_a_frame(browser: Browser, news: Assistant, let: bool) -> None:
    (frame,) = re.findall("<iframe .*</iframe>", (ROOT / "README.md").read_text("utf-8"))
    if not let:
        frame = frame.replace(' allow="clipboard-write"', "")
    port = free_port()
    frame = frame.replace("127.0.0.1:7860", f"127.0.0.1:{port}")
    frame = frame.replace("<iframe", "<iframe width=1200 height=800")
    with another_site(frame) as site, served(news, port=port, embedding=[site]):
        context = browser.new_context()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
        tab = context.new_page()
        tab.goto(site)
        inside = tab.frame_locator("iframe")
        asks(inside)
        writes = """() => navigator.clipboard.writeText("").then(() => true, () => false)"""
        assert tab.frames[1].evaluate(writes) is let
        inside.locator(".pq-copy summary").click()
        inside.get_by_role("button", name="As Markdown").click()
        expect(inside.get_by_role("button", name="Copied")).to_be_visible()
        tab.locator("h1").click()  # who has not the focus may not read it
        assert tab.evaluate("navigator.clipboard.readText()").startswith("> 123")
        context.close()


def test_nor_in_a_frame_where_it_is_not(browser: Browser, url: str) -> None:
    with another_site(f'<iframe src="{url}"></iframe>') as site:
        tab = browser.new_page()
        with tab.expect_console_message(
            lambda message: "frame-ancestors" in message.text, timeout=WAIT_MS
        ):
            tab.goto(site)
        assert tab.frame_locator("iframe").get_by_placeholder("Ask a question").count() == 0
        tab.close()


def test_the_elements_script_is_served_as_the_readme_says(url: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert '<script type="module" src="http://127.0.0.1:7860/gradio.js"></script>' in readme
    assert "/gradio_api/openapi.json" in readme
    got = httpx.get(f"{url}/gradio.js", timeout=60)
    assert got.status_code == 200
    assert got.headers["Content-Type"].startswith("text/javascript")
    assert "./assets/" in got.text
