"""Conversations that a browser's visitor finds again, in a real Chromium."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from browsing import BUSY, LOOK_MS, PHONE, Visit
from playwright.sync_api import Browser, Route, expect
from serving import LIMITLESS, drop_sessions, free_port, served, served_page

from qa.assistant import Assistant
from qa.feedback import Verdict
from qa.kept import Kept
from qa.seeds import seed_examples

pytestmark = pytest.mark.browser

WHO, MANY = "who was released?", "how many prisoners were pardoned?"
BRIDGE = (
    "The bridge at Oldmere was painted green by Ada Fenn in 1911. The bridge cost £4,000."
    " Bo Ek is the mayor of Oldmere."
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def keeping(shelf: Assistant, kept: Kept) -> Iterator[str]:
    """Where a server keeps conversations."""
    with served(shelf, examples=seed_examples(), kept=kept, **LIMITLESS) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, keeping: str) -> Iterator[Visit]:
    visitor = Visit(browser, keeping)
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    yield visitor
    visitor.leave()


def paste(visit: Visit) -> None:
    visit.page.get_by_text("Paste a text").click()
    visit.page.get_by_label("The text").fill(BRIDGE)
    visit.page.get_by_label("Title (optional)").fill("The bridge")
    visit.page.get_by_role("button", name="Add it").click()
    expect(visit.page.locator(".pq-article h2")).to_have_text("The bridge")
    visit.wait()


def test_a_conversation_is_found_again(visit: Visit) -> None:
    page = visit.page
    expect(page.get_by_text("kept on this server for this browser alone")).to_be_visible()
    visit.ask(WHO)
    paste(visit)
    suggested = page.locator(".pq-example")
    expect(suggested.first).to_contain_text("the bridge")
    visit.picture("suggested")
    suggested.first.click()
    expect(page.locator(".pq-quote")).to_have_count(1)
    visit.ask("who painted the bridge?")
    visit.come_back()
    talks = page.locator(".pq-talk .pq-choice")
    expect(talks).to_have_count(2)
    page.get_by_label("Search the conversations").fill("babariko")
    expect(talks).to_have_count(1)
    expect(talks).to_have_text(WHO)
    page.get_by_label("Search the conversations").fill("")
    expect(talks).to_have_count(2)
    talks.first.click()
    expect(page.locator(".pq-turn")).to_have_count(2)
    expect(page.locator("mark.pq-focus")).to_have_text("Ada Fenn")
    visit.picture("recalled")
    assert visit.violations() == []


def test_a_question_sent_before_the_visitor_is_known_is_kept(visit: Visit) -> None:
    page = visit.page
    held: list[Route] = []  # Playwright marks its handler, which no built-in one bears
    page.route("**/run/predict*", lambda route: held.append(route), times=1)
    with page.expect_request("**/run/predict*"):
        page.reload()
    page.locator("#pq-question textarea").fill(WHO)
    page.locator("#pq-question textarea").press("Enter")
    page.wait_for_timeout(2_000)  # the answer would be there by now, and be nobody's
    (arrival,) = held
    arrival.continue_()
    expect(page.locator(".pq-quote")).to_have_count(1)
    visit.wait()
    visit.come_back()
    expect(page.locator(".pq-talk .pq-choice")).to_have_count(1)


def test_a_conversation_is_named_saved_and_deleted(visit: Visit) -> None:
    page = visit.page
    visit.ask(WHO)
    page.get_by_label(f"More for {WHO}").click()
    visit.picture("kept")
    assert visit.violations() == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "conversation.md"
    assert "Viktor Babariko" in saved
    page.get_by_label(f"More for {WHO}").click()
    page.get_by_label("Its name").fill("The pardons")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(".pq-talk .pq-choice")).to_have_text("The pardons")
    page.get_by_label("More for The pardons").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".pq-talk")).to_have_count(0)
    expect(page.locator(".pq-turn")).to_have_count(0)


def test_in_private_nothing_is_kept(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Keep nothing from now on").click()
    expect(page.get_by_text("From now on nothing you ask or add is kept")).to_be_visible()
    visit.ask(WHO)
    visit.come_back()
    expect(page.get_by_text("From now on nothing you ask or add is kept")).to_be_visible()
    expect(page.locator(".pq-talk")).to_have_count(0)
    visit.ask(WHO)
    asked: list[str] = []
    page.once("dialog", lambda dialog: asked.append(dialog.message))
    page.get_by_role("button", name="Resume keeping").click()
    expect(page.get_by_text("kept on this server for this browser alone")).to_be_visible()
    assert [one.partition("?")[0] for one in asked] == ["Resume keeping"]
    expect(page.locator(".pq-turn")).to_have_count(0)
    visit.ask(WHO)
    expect(page.locator(".pq-talk")).to_have_count(1)
    page.get_by_placeholder("Ask a question").fill("and then")
    page.get_by_role("button", name="Delete all of it").click()
    expect(page.locator(".pq-talk")).to_have_count(0)
    visit.come_back()
    page.wait_for_timeout(LOOK_MS)  # what the tab had noted would be there by now
    expect(page.get_by_placeholder("Ask a question")).to_have_value("")


def test_whether_anything_is_kept_holds_for_all_pages_of_a_browser(visit: Visit) -> None:
    other = visit.context.new_page()
    other.goto(visit.url)
    for said, told in (
        ("Keep nothing from now on", "From now on nothing you ask or add is kept"),
        ("Resume keeping", "kept on this server for this browser alone"),
    ):
        visit.page.get_by_role("button", name=said).click()
        for page in (visit.page, other):
            expect(page.get_by_text(told)).to_be_visible()


def test_what_is_said_last_holds_for_a_page_that_was_busy_meanwhile(visit: Visit) -> None:
    other = visit.context.new_page()
    other.goto(visit.url)
    keep, keep_nothing = "Resume keeping", "Keep nothing from now on"
    visit.page.get_by_role("button", name=keep_nothing).click()
    expect(other.get_by_role("button", name=keep)).to_be_visible()
    other.evaluate(BUSY, "true")
    visit.page.get_by_role("button", name=keep).click()
    visit.page.get_by_role("button", name=keep_nothing).click()
    expect(visit.page.get_by_role("button", name=keep)).to_be_visible()
    other.evaluate(BUSY, "false")
    other.wait_for_timeout(LOOK_MS)  # what it heard first would be done by now
    expect(other.get_by_role("button", name=keep)).to_be_visible()
    visit.come_back()
    expect(visit.page.get_by_role("button", name=keep)).to_be_visible()


def test_what_is_deleted_while_something_is_read_is_deleted_after_it(visit: Visit) -> None:
    visit.ask(WHO)
    visit.page.evaluate(BUSY, "true")
    visit.page.get_by_role("button", name="Delete all of it").click()
    visit.page.wait_for_timeout(LOOK_MS)
    expect(visit.page.locator(".pq-talk")).to_have_count(1)
    visit.page.evaluate(BUSY, "false")
    expect(visit.page.locator(".pq-talk")).to_have_count(0)


def test_an_answer_is_judged(visit: Visit, kept: Kept) -> None:
    page = visit.page
    visit.ask(WHO)
    right = page.get_by_role("button", name="Right", exact=True)
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Not right").click()
    page.get_by_label("What is wrong? (optional)").fill("There were <b>many</b> more.")
    visit.picture("judging")
    assert visit.violations() == []
    page.get_by_role("button", name="Incomplete").click()
    expect(page.locator(".pq-said")).to_have_text("Incomplete")
    # Of this visit the last: who shares the server may have judged before.
    said = [one.feedback for one in kept.feedback.judged()]
    assert (Verdict.INCOMPLETE, "There were <b>many</b> more.") in [
        (one.verdict, one.note) for one in said
    ]


def test_an_answer_is_judged_where_it_is_read(visit: Visit) -> None:
    for asked in (WHO, MANY, "what is the price of potassium?"):
        visit.ask(asked)
    talk = visit.page.locator(".pq-conversation")
    talk.evaluate("talk => { talk.scrollTop = 0; }")
    right = visit.page.get_by_role("button", name="Right", exact=True).first
    right.scroll_into_view_if_needed()
    place = talk.evaluate("talk => talk.scrollTop")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    visit.page.wait_for_timeout(LOOK_MS)  # by then it would have scrolled
    assert talk.evaluate("talk => talk.scrollTop") == place


def test_a_menu_stays_as_it_was_left_while_the_page_changes(visit: Visit) -> None:
    page = visit.page
    visit.ask(WHO)
    visit.ask(MANY)
    page.locator(".pq-others summary").first.click()
    page.get_by_text("Not right").last.click()
    note = page.locator(".pq-note").last
    note.press_sequentially("There were")
    # As from elsewhere: a click would take the focus.
    page.get_by_role("button", name="Right", exact=True).first.dispatch_event("click")
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    expect(note).to_be_focused()
    page.keyboard.type(" many.")
    expect(note).to_have_value("There were many.")
    visit.ask("what is the price of potassium?")  # which makes the menus of the last turn anew
    note = page.locator(".pq-note").nth(1)
    expect(note).to_be_visible()
    expect(note).to_have_value("There were many.")
    expect(page.locator(".pq-others").first).to_have_attribute("open", "")
    page.get_by_role("button", name="Incomplete").click()
    expect(page.locator(".pq-said").nth(1)).to_have_text("Incomplete")
    expect(note).to_be_hidden()


def test_the_name_of_a_conversation_is_typed_while_another_begins(visit: Visit) -> None:
    page = visit.page
    visit.ask(WHO)
    visit.act("clear")
    expect(page.locator(".pq-turn")).to_have_count(0)
    page.get_by_label(f"More for {WHO}").click()
    page.locator(".pq-name").fill("The")
    page.locator(".pq-example").first.dispatch_event("click")
    expect(page.locator(".pq-talk")).to_have_count(2)
    visit.wait()
    page.keyboard.type(" pardons")
    expect(page.locator(".pq-name:visible")).to_have_value("The pardons")
    page.get_by_role("button", name="Rename").click()
    renamed = page.locator(".pq-talk .pq-choice").first  # the last used
    expect(renamed).to_have_text("The pardons")


def test_a_link_to_ones_own_article_opens_in_this_browser_alone(
    browser: Browser, shelf: Assistant, tmp_path: Path
) -> None:
    port = free_port()

    def started() -> AbstractContextManager[str]:
        return served(shelf, port=port, kept=Kept(tmp_path / "kept"), **LIMITLESS)

    with started() as address:
        visit = Visit(browser, address)
        paste(visit)
        visit.ask("who painted the bridge?")
        visit.page.get_by_role("link", name="Link to this place").click()
        expect(visit.page.get_by_text("Copied")).to_be_visible()
        link = visit.page.evaluate("navigator.clipboard.readText()")
        assert link == visit.page.url
        assert link.startswith(f"{address}/?article=own-")
        visit.come_back()
        is_as_it_was(visit)
        other = Visit(browser, link)
        expect(other.page.get_by_role("alert")).to_contain_text("not here, or not yours")
        shown = other.page.locator("#pq-columns").text_content()
        assert "Fenn" not in shown
        assert "The bridge" not in shown
        other.leave()
    with started():  # anew, over the same folder
        visit.come_back()
        is_as_it_was(visit)
        visit.leave()


def is_as_it_was(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("mark.pq-focus")).to_have_text("Ada Fenn")
    visit.wait()
    expect(page.locator(".pq-question")).to_have_text("who painted the bridge?")
    expect(page.locator(".pq-article h2")).to_have_text("The bridge")
    expect(page.locator(".pq-talk")).to_have_count(1)


def test_a_browser_is_known_again_after_another_folder_was_served_there(
    browser: Browser, shelf: Assistant, tmp_path: Path
) -> None:
    port = free_port()

    def started(kept: Kept | None) -> AbstractContextManager[str]:
        return served(shelf, port=port, kept=kept, **LIMITLESS)

    with started(Kept(tmp_path / "kept")) as address:
        visit = Visit(browser, address)
        visit.ask(WHO)
        expect(visit.page.locator(".pq-talk")).to_have_count(1)
    for kept in (None, Kept(tmp_path / "other")):
        with started(kept):
            visit.come_back()
            expect(visit.page.locator(".pq-talk")).to_have_count(0)
    with started(Kept(tmp_path / "kept")):
        visit.come_back()
        expect(visit.page.locator(".pq-talk")).to_have_count(1)
        visit.leave()


def test_a_page_that_the_server_has_dropped_begins_anew(
    browser: Browser, news: Assistant, kept: Kept
) -> None:
    with served_page(news, kept=kept, **LIMITLESS) as server:
        visit = Visit(browser, server.local_url)
        page = visit.page
        page.on("dialog", lambda dialog: dialog.accept())
        visit.ask(WHO)
        drop_sessions(server)
        box = page.get_by_placeholder("Ask a question")
        box.fill(MANY)
        box.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("started over")
        expect(box).to_have_value(MANY)
        expect(page.locator(".pq-turn")).to_have_count(0)
        talks = page.locator(".pq-talk .pq-choice")
        expect(talks).to_have_text([WHO])
        box.press("Enter")
        expect(talks).to_have_text([MANY, WHO])
        visit.wait()
        drop_sessions(server)
        page.get_by_label("Search the conversations").fill("pardoned")
        expect(page.get_by_role("alert")).to_contain_text("started over")
        drop_sessions(server)
        page.get_by_role("button", name="Delete all of it").click()
        expect(talks).to_have_count(0)
        calls: list[str] = []
        page.on("request", lambda one: calls.append(one.url) if "/predict" in one.url else None)
        visit.come_back()
        expect(talks).to_have_count(0)
        assert len(calls) == 1, "who has just come says so once"
        visit.leave()


def test_all_articles_have_ones_own_among_them(
    visit: Visit, browser: Browser, keeping: str
) -> None:
    paste(visit)
    visit.open("All articles")
    expect(visit.page.locator(".pq-shelf li").first).to_contain_text("The bridge")
    visit.ask("who painted the bridge at Oldmere?")
    expect(visit.page.locator(".pq-quote").first).to_have_text("“Ada Fenn”")
    expect(visit.page.locator(".pq-article h2")).to_have_text("The bridge")
    assert visit.violations() == []
    other = Visit(browser, keeping)
    other.open("All articles")
    expect(other.page.locator(".pq-shelf li")).to_have_count(5)
    other.ask("who painted the bridge at Oldmere?")
    assert "Fenn" not in other.page.locator("#pq-columns").text_content()
    other.leave()


def test_another_browser_sees_nothing(visit: Visit, browser: Browser, keeping: str) -> None:
    visit.ask(WHO)
    expect(visit.page.locator(".pq-talk")).to_have_count(1)
    other = Visit(browser, keeping, width=PHONE)
    expect(other.page.locator(".pq-talk")).to_have_count(0)
    other.draw()
    assert other.violations() == []
    other.picture("library-kept-390")
    other.leave()
