"""The chat in a real Chromium, as a visitor uses it."""

import re

import pytest
from browsing import LOOK_MS, Visit
from playwright.sync_api import Browser, expect
from serving import served

from qa.assistant import Assistant
from qa.seeds import seed_examples

pytestmark = pytest.mark.browser

WHO = "who was released?"
ACTIVATION_MS = 6_000  # after which Chromium no longer counts a click or a key


# Asking


def test_an_answer_reads_like_a_page(visit: Visit, news: Assistant) -> None:
    visit.picture("empty-light")
    question = "What was Babariko found guilty of?"  # the README's picture
    visit.ask(question)
    answer = news.ask(question)
    page = visit.page
    expect(page.locator(".pq-quote")).to_have_text(f"“{answer.text}”")
    expect(page.locator(".pq-sentence b")).to_have_text(answer.text)
    focus = page.locator("mark.pq-focus")
    expect(focus).to_have_text(answer.text)
    expect(focus).to_be_in_viewport()
    sure = page.locator(".pq-source .pq-confidence").first
    expect(sure).to_have_text(re.compile(r"\w+, \d+ %"))
    expect(sure).to_have_attribute("title", re.compile(r"\d+ %"))
    visit.picture("answer-light")


def test_other_answers_can_be_shown_in_the_article(visit: Visit, news: Assistant) -> None:
    visit.ask(WHO)
    other = news.ask(WHO).alternatives[0]
    visit.page.locator(".pq-others summary").click()
    visit.page.locator(".pq-others .pq-link").first.click()
    expect(visit.page.locator("mark.pq-focus").first).to_contain_text(other.text.split("\n")[0])
    current = visit.page.locator(".pq-conversation [aria-current]")
    expect(current).to_have_text(f"“{other.text}”")
    expect(current).to_be_visible()


def test_what_the_article_does_not_say(visit: Visit) -> None:
    visit.ask("what is the price of potassium?")
    expect(visit.page.locator(".pq-none")).to_have_text("The article does not say.")
    expect(visit.page.locator(".pq-hint")).to_contain_text("do not contain “price”")
    nearest = visit.page.locator(".pq-others .pq-link")
    assert nearest.count() >= 1
    visit.picture("does-not-say")
    nearest.first.click()
    expect(visit.page.locator("mark.pq-focus").first).to_be_in_viewport()


def test_a_list_where_several_things_are_asked_for(visit: Visit, news: Assistant) -> None:
    question = "which countries are the released citizens from?"
    answer = news.ask(question)
    assert len(answer.items) > 1
    visit.ask(question)
    expect(visit.page.locator(".pq-items > li")).to_have_count(len(answer.items))
    expect(visit.page.locator(".pq-at")).to_contain_text("of")
    visit.picture("list")


def test_a_follow_up_shows_how_it_was_understood_and_can_be_asked_alone(visit: Visit) -> None:
    visit.ask("who is Viktor Babariko?")
    visit.ask("how long was he jailed?")
    understood = visit.page.locator(".pq-resolved")
    expect(understood).to_contain_text("Follow-up to: who is Viktor Babariko?")
    visit.picture("follow-up")
    visit.act("alone")
    expect(understood).to_have_count(0)
    expect(visit.page.locator(".pq-turn")).to_have_count(2)


def test_edit_undo_and_start_over(visit: Visit) -> None:
    visit.ask("how many prisoners were freed?")
    visit.ask(WHO)
    visit.act("edit")
    question = visit.page.get_by_placeholder("Ask a question")
    expect(question).to_have_value("how many prisoners were freed?")
    expect(question).to_be_focused()
    question.fill("how many prisoners were pardoned?")
    visit.page.keyboard.press("Enter")
    first = visit.page.locator(".pq-question").first
    expect(first).to_have_text("how many prisoners were pardoned?")
    visit.wait()
    expect(visit.page.locator(".pq-turn")).to_have_count(2)
    visit.act("undo")
    expect(visit.page.locator(".pq-turn")).to_have_count(1)
    expect(visit.page.locator(".pq-question")).to_have_text("how many prisoners were pardoned?")
    visit.act("clear")
    expect(visit.page.locator(".pq-turn")).to_have_count(0)
    expect(visit.page.locator("mark")).to_have_count(0)
    expect(visit.page.locator(".pq-example")).to_have_count(4)


def test_what_was_in_the_box_comes_back_when_editing_is_cancelled(visit: Visit) -> None:
    visit.ask(WHO)
    question = visit.page.get_by_placeholder("Ask a question")
    question.fill("and then")
    visit.act("edit")
    expect(question).to_have_value(WHO)
    visit.act("unedit")
    expect(question).to_have_value("and then")


def test_a_quote_is_copied_with_its_source(visit: Visit, news: Assistant) -> None:
    visit.ask(WHO)
    visit.page.locator(".pq-copy summary").click()
    visit.picture("copy")
    visit.page.get_by_role("button", name="As Markdown").click()
    expect(visit.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"> {news.ask(WHO).text}")
    assert "Belarus pardons" in copied


def test_a_quote_that_cannot_be_copied_is_said_to_be_so(visit: Visit) -> None:
    visit.ask(WHO)
    visit.page.locator(".pq-copy summary").click()
    visit.context.clear_permissions()
    # Chromium lets a page copy only for a moment after it was clicked or typed into.
    told = visit.page.evaluate(
        """async (past) => {
          const later = (wait_ms) => new Promise((done) => setTimeout(done, wait_ms));
          const copying = document.querySelector("button[data-act=copy]");
          const told = [copying.textContent];
          const changed = async () => {
            while (copying.textContent === told.at(-1)) await later(20);
            told.push(copying.textContent);
          };
          await later(past);
          copying.click();
          await changed();
          copying.click();
          await changed();
          return told;
        }""",
        ACTIVATION_MS,
    )
    assert told == ["As text", "Could not copy", "As text"]


# Reading


def test_hits_are_stepped_through_and_linked_to(visit: Visit, browser: Browser, url: str) -> None:
    page = visit.page
    visit.ask(WHO)
    at = page.locator(".pq-at")
    hits = int((at.text_content() or "").split()[-1])
    assert hits > 1
    last, before = f"{hits} of {hits}", f"{hits - 1} of {hits}"
    expect(at).to_have_text(last)  # in the article's order, the answer is the last
    page.get_by_role("button", name="Previous hit").click()
    expect(at).to_have_text(before)
    page.get_by_role("button", name="Next hit").click()
    expect(at).to_have_text(last)
    page.keyboard.press("Escape")
    page.locator(".pq-article").focus()
    page.keyboard.press("k")
    expect(at).to_have_text(before)
    page.keyboard.press("j")
    expect(at).to_have_text(last)
    expect(page.locator("mark.pq-focus").first).to_be_in_viewport()
    focus = page.locator("mark.pq-focus").first.text_content()
    page.get_by_role("link", name="Link to this place").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == page.url
    assert address.startswith(f"{url}/?article=belarus-pardons.txt&q=who+was+released")
    other = Visit(browser, address)
    expect(other.page.locator(".pq-turn")).to_have_count(1)
    expect(other.page.locator(".pq-question")).to_have_text(WHO)
    expect(other.page.locator("mark.pq-focus").first).to_have_text(focus)
    expect(other.page.locator(".pq-at")).to_have_text(last)
    other.leave()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?article=kettle-faq.md&start=2&end=19", "Pell Smart Kettle"),
        ("?article=nowhere&q=who%3F", "not here"),
        ("?article=%3Cimg%20src%3Dx%20onerror%3D%22window.hacked%3D1%22%3E", "not here"),
        ("?article=kettle-faq.md&start=5&end=99999999", "Pell Smart Kettle"),
    ],
)
def test_whatever_an_address_says(browser: Browser, url: str, query: str, shown: str) -> None:
    visit = Visit(browser, url + query)
    expect(visit.page.locator("#pq-columns")).to_contain_text(shown)
    expect(visit.page.locator(".pq-choice[aria-current]")).to_have_count(1)
    assert visit.page.evaluate("window.hacked") is None
    visit.leave()


def test_switch_article_and_back(visit: Visit) -> None:
    visit.ask(WHO)
    visit.open("Pell Smart Kettle")
    expect(visit.page.locator(".pq-article h2")).to_contain_text("Pell Smart Kettle")
    expect(visit.page.locator(".pq-turn")).to_have_count(0)
    visit.page.locator(".pq-example").first.click()
    expect(visit.page.locator(".pq-turn")).to_have_count(1)
    visit.wait()
    visit.picture("another-article")
    visit.open("Belarus pardons")
    expect(visit.page.locator(".pq-question")).to_have_text(WHO)


def test_all_articles_at_once(visit: Visit) -> None:
    visit.open("All articles")
    expect(visit.page.locator(".pq-shelf li")).to_have_count(5)
    visit.picture("all-articles")
    visit.ask("how many prisoners were pardoned?")
    expect(visit.page.locator(".pq-article h2")).to_have_text("Belarus pardons")
    expect(visit.page.locator("mark.pq-focus").first).to_have_text("123")
    visit.picture("all-articles-answer")


# The library


def test_look_for_a_title(visit: Visit) -> None:
    visit.page.get_by_label("Search the titles").fill("kettle smart")
    expect(visit.page.locator(".pq-choice")).to_have_count(1)
    expect(visit.page.locator(".pq-choice")).to_contain_text("Pell Smart Kettle")
    visit.page.get_by_label("Search the titles").fill("nothing of the kind")
    expect(visit.page.get_by_text("No title has these words.")).to_be_visible()
    visit.page.get_by_label("Search the titles").fill("")
    expect(visit.page.locator(".pq-choice")).to_have_count(6)


def test_bad_input_is_explained_and_nothing_lost(visit: Visit) -> None:
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
    page.get_by_text("Paste a text").click()
    page.get_by_role("button", name="Add it").click()
    expect(notice).to_contain_text("no text to read")


def test_a_visitor_who_asks_too_much_keeps_the_question(browser: Browser, news: Assistant) -> None:
    once = {"questions_per_minute": 1, "burst_questions": 1}
    with served(news, examples=seed_examples(), **once) as address:
        visit = Visit(browser, address)
        visit.ask(WHO)
        question = visit.page.get_by_placeholder("Ask a question")
        question.fill("how long did the talks last?")
        visit.page.keyboard.press("Enter")
        expect(visit.page.get_by_role("alert")).to_contain_text("Try again in")
        expect(question).to_have_value("how long did the talks last?")
        again = visit.page.get_by_role("button", name="Try again")
        for typed in ("how long did the talks last?", "and then"):  # the second stays as it is
            question.fill(typed)
            with visit.page.expect_response("**/queue/join*"):
                again.click()
            visit.page.wait_for_timeout(LOOK_MS)
            visit.wait()
            expect(question).to_have_value(typed)
            expect(again).to_have_count(1)
        visit.leave()


def test_the_page_says_how_to_call_it(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Use via API").click()
    expect(page.get_by_role("heading", name="MCP documentation")).to_be_visible()
    visit.picture("api-mcp")
    page.get_by_role("listitem").filter(has_text="cURL").click()
    for name in ("/ask", "/ask_stream", "/search", "/add_document"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    visit.picture("api-curl")
