"""The chat in a real Chromium, as a visitor uses it."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.assistant import Assistant
from qa.seeds import seed_examples
from qa.serve import serve

pytestmark = pytest.mark.browser

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
HOSTILE = '<img src=x onerror="window.hacked=1"> ${window.hacked=2} {{window.hacked}} <b>bold</b>'


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


class Visit:
    """A visitor's page, watched for errors and for requests that leave the machine."""

    def __init__(
        self, browser: Browser, url: str, *, width: int = 1366, dark: bool = False
    ) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.context = browser.new_context(
            viewport={"width": width, "height": 860}, color_scheme="dark" if dark else "light"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.goto(url)
        self.page.wait_for_selector(".pq-example")

    def _note(self, message: object) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def ask(self, question: str) -> None:
        turns = self.page.locator(".pq-turn").count()
        self.page.get_by_placeholder("Ask a question").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".pq-turn")).to_have_count(turns + 1, timeout=WAIT_MS)
        expect(self.page.locator(".pq-pending")).to_have_count(0, timeout=WAIT_MS)

    def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(400)  # until scrolling has come to rest
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    visitor = Visit(browser, url)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
    assert visitor.hosts - {""} == {urlsplit(url).netloc}


def test_an_answer_reads_like_a_page(visit: Visit, news: Assistant) -> None:
    visit.picture("empty-light")
    visit.ask("who was released?")
    answer = news.ask("who was released?")
    page = visit.page
    expect(page.locator(".pq-quote")).to_have_text(f"“{answer.text}”")
    expect(page.locator(".pq-sentence b")).to_have_text(answer.text)
    focus = page.locator("mark.pq-focus")
    expect(focus).to_have_text(answer.text)
    expect(focus).to_be_in_viewport()
    expect(page.locator(".pq-confidence")).to_have_text(re.compile(r"\w+, \d+ %"))
    visit.picture("answer-light")


def test_other_answers_can_be_shown_in_the_article(visit: Visit, news: Assistant) -> None:
    visit.ask("who was released?")
    other = news.ask("who was released?").alternatives[0]
    visit.page.locator(".pq-others summary").click()
    visit.page.locator(".pq-others .pq-link").first.click()
    expect(visit.page.locator("mark.pq-focus").first).to_contain_text(other.text.split("\n")[0])
    expect(visit.page.locator("[aria-current]")).to_have_text(f"“{other.text}”")


def test_what_the_article_does_not_say(visit: Visit) -> None:
    visit.ask("what is the price of potassium?")
    expect(visit.page.locator(".pq-none")).to_have_text("The article does not say.")
    nearest = visit.page.locator(".pq-others .pq-link")
    assert nearest.count() >= 1
    visit.picture("does-not-say")
    nearest.first.click()
    expect(visit.page.locator("mark.pq-focus").first).to_be_in_viewport()


def test_switch_article_and_back(visit: Visit) -> None:
    visit.ask("who was released?")
    choice = visit.page.get_by_label("Article", exact=True)
    choice.click()
    visit.page.get_by_role("option", name="Pell Smart Kettle").click()
    expect(visit.page.locator(".pq-article h2")).to_contain_text("Pell Smart Kettle")
    expect(visit.page.locator(".pq-turn")).to_have_count(0)
    visit.page.locator(".pq-example").first.click()
    expect(visit.page.locator(".pq-turn")).to_have_count(1)
    expect(visit.page.locator(".pq-pending")).to_have_count(0, timeout=WAIT_MS)
    visit.picture("another-article")
    choice.click()
    visit.page.get_by_role("option", name="Belarus pardons").click()
    expect(visit.page.locator(".pq-question")).to_have_text("who was released?")


def test_all_articles_at_once(visit: Visit) -> None:
    visit.page.get_by_label("Article", exact=True).click()
    visit.page.get_by_role("option", name="All articles").click()
    expect(visit.page.locator(".pq-shelf li")).to_have_count(5)
    visit.picture("all-articles")
    visit.ask("how many prisoners were pardoned?")
    expect(visit.page.locator(".pq-article h2")).to_have_text("Belarus pardons")
    expect(visit.page.locator("mark.pq-focus").first).to_have_text("123")


def test_paste_a_hostile_article(visit: Visit) -> None:
    page = visit.page
    page.get_by_text("Ask about something else").click()
    page.get_by_label("Paste an article").fill(
        f"The bridge was painted by {HOSTILE}.\nIt is green."
    )
    page.get_by_label("Its title, if you like").fill(f"Bridge {HOSTILE}")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".pq-article h2")).to_have_text(f"Bridge {HOSTILE}")
    expect(page.locator(".pq-body p").first).to_have_text(f"The bridge was painted by {HOSTILE}.")
    visit.picture("pasted")
    visit.page.get_by_placeholder("Ask a question").fill(f"who painted it? {HOSTILE}")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-question")).to_have_text(f"who painted it? {HOSTILE}")
    expect(page.locator(".pq-pending")).to_have_count(0, timeout=WAIT_MS)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".pq-article img, .pq-conversation img").count() == 0


def test_upload_a_file(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "green-bridge.md"
    file.write_text("# The green bridge\n\nThe bridge was painted by Ada Fenn in 1911.\n", "utf-8")
    visit.page.get_by_text("Ask about something else").click()
    visit.page.locator("input[type=file]").set_input_files(file)
    expect(visit.page.locator(".pq-article h2")).to_have_text("The green bridge")
    visit.ask("who painted the bridge?")
    expect(visit.page.locator(".pq-quote")).to_have_text("“Ada Fenn”")


def test_bad_input_is_explained_and_nothing_lost(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    notice = page.get_by_role("alert")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(notice).to_contain_text("The question is empty.")
    question = page.get_by_placeholder("Ask a question")
    question.fill("why " * 2_500)
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("9,999 characters")
    expect(question).to_have_value("why " * 2_500)
    visit.picture("too-long")
    page.get_by_text("Ask about something else").click()
    page.get_by_role("button", name="Read it").click()
    expect(notice).to_contain_text("no text to read")
    binary = tmp_path / "photo.txt"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    page.locator("input[type=file]").set_input_files(binary)
    expect(notice).to_contain_text("photo.txt is a picture")
    assert str(tmp_path) not in notice.text_content()
    large = tmp_path / "large.txt"
    large.write_text("A sentence of an article. " * 200_000, "utf-8")
    page.locator("input[type=file]").set_input_files(large)
    expect(notice).to_contain_text("the chat reads at most 1,000,000", timeout=WAIT_MS)


def test_start_over(visit: Visit) -> None:
    visit.ask("who was released?")
    visit.page.get_by_role("button", name="Start over").click()
    expect(visit.page.locator(".pq-turn")).to_have_count(0)
    expect(visit.page.locator("mark")).to_have_count(0)
    expect(visit.page.locator(".pq-example")).to_have_count(4)


def test_by_keyboard_alone(visit: Visit) -> None:
    visit.page.locator(".pq-example").first.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".pq-quote")).to_have_count(1, timeout=WAIT_MS)
    visit.page.locator(".pq-source .pq-link").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("mark.pq-focus").first).to_be_in_viewport()


@pytest.mark.parametrize(("name", "width", "dark"), [("phone", 390, False), ("dark", 1366, True)])
def test_on_a_phone_and_in_the_dark(
    browser: Browser, url: str, name: str, width: int, dark: bool
) -> None:
    visit = Visit(browser, url, width=width, dark=dark)
    visit.ask("who was released?")
    wider = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    visit.picture(f"answer-{name}")
    visit.page.locator(".pq-source .pq-link").click()
    expect(visit.page.locator("mark.pq-focus").first).to_be_in_viewport()
    visit.picture(f"article-{name}")
    background = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(23, 21, 18)") is dark
    visit.context.close()
    assert visit.complaints == []


def test_the_page_says_how_to_call_it(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Use via API").click()
    expect(page.get_by_role("heading", name="MCP documentation")).to_be_visible()
    visit.picture("api-mcp")
    page.get_by_role("listitem").filter(has_text="cURL").click()
    for name in ("/ask", "/ask_stream", "/search", "/add_document"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    visit.picture("api-curl")


def test_a_visitor_who_asks_too_much_keeps_the_question(browser: Browser, news: Assistant) -> None:
    page = serve(
        news,
        examples=seed_examples(),
        host="127.0.0.1",
        block=False,
        questions_per_minute=1,
        burst_questions=1,
    )
    visit = Visit(browser, page.local_url)
    visit.ask("who was released?")
    question = visit.page.get_by_placeholder("Ask a question")
    question.fill("how long did the talks last?")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("alert")).to_contain_text("Try again in")
    expect(question).to_have_value("how long did the talks last?")
    visit.context.close()
    page.close()
    assert visit.complaints == []
