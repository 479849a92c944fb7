"""A visitor's browser: a real Chromium, watched for errors and for requests to other hosts."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as LateError

SCREENSHOTS = ROOT / "build" / "screenshots"
REQUIRE_BROWSER = "PULLQUOTE_REQUIRE_BROWSER"  # set in CI, where a skip would hide a fault
# Without these, Chromium calls its maker at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WAIT_MS = 30_000
LOOK_MS = 500  # between two looks at what has come of an act
# What is dropped on a page.
TWO_FILES = """() => {
  const data = new DataTransfer();
  for (const name of ["ash", "oak"])
    data.items.add(new File([`The ${name} was felled by Bo Ek.`], `${name}.txt`));
  return data;
}"""
# Make a page believe that an answer is being read, or a file, or that none is.
BUSY, READING = (
    f'busy => document.querySelector("{part}").setAttribute("aria-busy", busy)'
    for part in (".pq-conversation", ".pq-library")
)
PHONE = 390
# Heights by widths: of a phone, a laptop whose page is shown at 200 %, a laptop, a wide screen.
HEIGHTS = {PHONE: 844, 683: 430, 1366: 860, 1920: 1080}
# Gradio's client stops its own stream where a page is left, and does not catch what comes of that.
STREAM_STOPPED = "AbortError: BodyStreamBuffer was aborted"
LEFT = (STREAM_STOPPED, "Unexpected error Connection errored out.")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str:
    """Where Chromium is; without one the test is skipped, or fails in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    reason = "No Chromium here: install one (Debian: apt install chromium) to test the chat in it."
    if os.environ.get(REQUIRE_BROWSER):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, until the end of the block."""
    path = chromium()
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Visit:
    """A visitor's page, once what ``enter`` does has led to the chat."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        width: int = 1366,
        dark: bool = False,
        enter: Callable[["Visit"], None] | None = None,
    ) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.url = url
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme="dark" if dark else "light",
            has_touch=width == PHONE,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._note)
        self.page.on("pageerror", self._note_error)
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.goto(url)
        if enter is not None:
            enter(self)
        self.page.wait_for_selector(".pq-library[data-arrived]", state="attached")

    def _note(self, message: object) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_error(self, error: object) -> None:
        if not str(error).startswith(STREAM_STOPPED):
            self.complaints.append(str(error))

    def ask(self, question: str) -> None:
        turns = self.page.locator(".pq-turn").count()
        self.page.get_by_placeholder("Ask a question").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".pq-turn")).to_have_count(turns + 1)
        self.wait()

    def come_back(self) -> None:
        """Load the page anew."""
        before = len(self.complaints)
        self.page.reload()
        self.page.wait_for_selector(".pq-library[data-arrived]", state="attached")
        since = self.complaints[before:]
        self.complaints[before:] = [one for one in since if not one.startswith(LEFT)]

    def wait(self) -> None:
        """Until nothing is being read any more."""
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def act(self, act: str, number: int = 0) -> None:
        """Click what does something, in the order of the page."""
        self.page.locator(f"button[data-act={act}]").nth(number).click()

    def click_until(self, button: Locator, seen: Locator, count: int) -> None:
        """Click, and again where that was lost: nothing is heard while an answer comes in."""
        for _ in range(WAIT_MS // LOOK_MS):
            if seen.count() == count:
                return
            if not self.page.locator("[aria-busy=true]").count():
                with suppress(LateError):  # what the first click did may have come just now
                    button.click(timeout=LOOK_MS)
            self.page.wait_for_timeout(LOOK_MS)
        expect(seen).to_have_count(count)

    def press(self, button: Locator) -> None:
        """Click what is drawn anew meanwhile, once it is there, until it is gone."""
        expect(button).to_have_count(1)
        while button.count():
            with suppress(LateError):  # it was just taken away
                button.dispatch_event("click", timeout=LOOK_MS)
            self.page.wait_for_timeout(LOOK_MS)

    def draw(self, opened: bool = True) -> None:
        """Open the library, where it is a drawer."""
        drawer = self.page.locator(".pq-drawer")
        shown = self.page.locator(".pq-shelves")
        if drawer.is_visible() and shown.is_visible() is not opened:
            drawer.click()
            expect(shown).to_be_visible(visible=opened)

    def open(self, title: str) -> None:
        """Open an article of the library."""
        self.draw()
        self.page.locator(".pq-choice").filter(has_text=title).click()
        current = self.page.locator(".pq-choice[data-article][aria-current]")
        expect(current).to_contain_text(title)

    def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(500)  # until scrolling has come to rest
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA and its own best practice."""
        options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
        ]

    def leave(self, *others: str) -> None:
        """Close the page; there was no error, and only it and these were asked for anything."""
        self.context.close()
        assert not self.complaints, self.complaints
        assert self.hosts - {""} == {urlsplit(one).netloc for one in (self.url, *others)}


def saved(folder: Path, name: str, data: bytes) -> Path:
    """A file to bring."""
    file = folder / name
    file.write_bytes(data)
    return file
