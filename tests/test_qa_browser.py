"""The chat in a real Chromium, as a visitor uses it."""

import re
import time
from pathlib import Path

import pytest
from browsing import TWO_FILES, Visit, saved
from made_files import docx_of, pdf_of_paragraphs
from playwright.sync_api import Browser, Page, expect
from serving import served

from qa.assistant import Assistant
from qa.seeds import seed_examples

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.hacked=1"> ${window.hacked=2} {{window.hacked}} <b>bold</b>'
WHO = "who was released?"
ACTIVATION_MS = 6_000  # after which Chromium no longer counts a click or a key
SOON_S = 60  # within which a stranger has an answer from a file of their own


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


def test_a_person_asks_a_pdf_of_their_own(visit: Visit, tmp_path: Path) -> None:
    filler = "The committee met again and heard reports on roads, lamps, and the harbour wall."
    pages = [
        ["# The bridge at Oldmere", *[filler] * 12],
        ["The bridge was painted green by Ada Fenn in 1911.", *[filler] * 8],
        [filler] * 6,
    ]
    file = saved(tmp_path, "oldmere.pdf", pdf_of_paragraphs(pages))
    began = time.monotonic()
    visit.page.locator(".pq-files").set_input_files(file)
    expect(visit.page.locator(".pq-choice[aria-current]")).to_contain_text("bridge")
    visit.wait()
    visit.ask("who painted the bridge?")
    expect(visit.page.locator(".pq-quote")).to_have_text("“Ada Fenn”")
    took_s = time.monotonic() - began
    expect(visit.page.locator(".pq-source .pq-link")).to_contain_text("page 2")
    expect(visit.page.locator("mark.pq-focus")).to_have_text("Ada Fenn")
    expect(visit.page.locator("mark.pq-focus")).to_be_in_viewport()
    expect(visit.page.get_by_role("separator", name="Page 2")).to_be_visible()
    visit.picture("own-pdf")
    assert took_s < SOON_S


def test_several_files_some_refused(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    files = [
        saved(tmp_path, "boats.docx", docx_of("Bo Ek built the boat.", title="Boats")),
        saved(tmp_path, "photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0"),
        saved(tmp_path, "run.exe", b"MZ"),
        saved(tmp_path, "large.txt", b"A sentence of an article. " * 40_000),
        saved(tmp_path, "huge.txt", b"x" * 20_000_001),
    ]
    page.locator(".pq-files").set_input_files(files)
    expect(page.get_by_text("Close this list")).to_be_visible()
    visit.picture("files")
    for name, reason in {
        "boats.docx": "is in the library",
        "photo.txt": "is a picture",
        "run.exe": "not a file type the chat reads",
        "large.txt": "the chat reads at most 1,000,000",
        "huge.txt": "more than 20 MB",
    }.items():
        expect(page.locator(".pq-notes li").filter(has_text=name)).to_contain_text(reason)
    assert str(tmp_path) not in page.locator(".pq-notes").text_content()
    visit.act("dismiss")
    expect(page.locator(".pq-notes li")).to_have_count(0)
    visit.ask("who built the boat?")
    expect(page.locator(".pq-quote")).to_have_text("“Bo Ek”")
    page.get_by_role("button", name="Remove Boats").click()
    expect(page.locator(".pq-choice[aria-current]")).to_have_text("Belarus pardons")
    expect(page.get_by_text("Boats")).to_have_count(0)


def read_a_long_file(page: Page, tmp_path: Path) -> None:
    """Have the chat read a file that it can't, and one nearly as long as it may be."""
    long = " ".join(f"Lamp {n} of the harbour was lit by Ada Fenn in May." for n in range(18_000))
    files = [saved(tmp_path, "bad.pdf", b"no"), saved(tmp_path, "lamps.txt", long.encode())]
    page.locator(".pq-files").set_input_files(files)
    expect(page.locator(".pq-file-reading")).to_contain_text(
        re.compile(r"[1-9][\d,]* of [\d,]+ passages indexed")
    )


def test_a_long_file_tells_how_far_it_has_come(visit: Visit, tmp_path: Path) -> None:
    read_a_long_file(visit.page, tmp_path)
    expect(visit.page.locator(".pq-notes")).to_contain_text("File 2 of 2")
    expect(visit.page.get_by_role("progressbar", name="lamps.txt")).to_be_visible()
    visit.picture("progress")
    assert visit.violations() == []


def test_a_long_file_is_read_no_further_after_stop(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    read_a_long_file(page, tmp_path)
    visit.press(page.locator(".pq-notes").get_by_role("button", name="Stop"))
    expect(page.locator(".pq-file-refused")).to_have_count(2)
    expect(page.locator(".pq-remove")).to_have_count(0)


def test_drop_files_anywhere(visit: Visit) -> None:
    page = visit.page
    dropped = page.evaluate_handle(TWO_FILES)
    page.dispatch_event(".pq-article", "dragover", {"dataTransfer": dropped})
    expect(page.locator("body.pq-dragging")).to_have_count(1)
    page.dispatch_event(".pq-article", "drop", {"dataTransfer": dropped})
    expect(page.locator(".pq-remove")).to_have_count(2)
    expect(page.locator(".pq-choice[aria-current]")).to_have_text("Ash")


def test_paste_a_hostile_article(visit: Visit) -> None:
    page = visit.page
    page.get_by_text("Paste a text").click()
    page.get_by_label("The text").fill(f"The bridge was painted by {HOSTILE}.\nIt is green.")
    page.get_by_label("Title (optional)").fill(f"Bridge {HOSTILE}")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".pq-article h2")).to_have_text(f"Bridge {HOSTILE}")
    expect(page.locator(".pq-body p").first).to_have_text(f"The bridge was painted by {HOSTILE}.")
    expect(page.locator(".pq-pasted")).to_have_value("")
    visit.picture("pasted")
    page.get_by_placeholder("Ask a question").fill(f"who painted it? {HOSTILE}")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-question")).to_have_text(f"who painted it? {HOSTILE}")
    visit.wait()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".pq-article img, .pq-conversation img, .pq-library img").count() == 0


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


def test_stop_and_ask_again(visit: Visit) -> None:
    page = visit.page
    # Reading a long article takes long enough for anyone to stop it.
    page.get_by_text("Paste a text").click()
    page.get_by_label("The text").fill("The bridge over the river was painted. " * 20_000)
    page.get_by_role("button", name="Add it").click()
    visit.press(page.locator(".pq-notes").get_by_role("button", name="Stop"))
    expect(page.locator(".pq-notes")).to_contain_text("It was stopped.")
    expect(page.locator(".pq-remove")).to_have_count(0)
    assert page.locator(".pq-pasted").input_value() != ""
    # At once, while the server is still about to stop.
    visit.click_until(page.locator("button[data-act=dismiss]"), page.locator(".pq-notes li"), 0)
    expect(page.locator(".pq-pasted")).to_be_visible()
    page.get_by_label("The text").fill("The bridge was painted by Ada Fenn.")
    read = page.get_by_role("button", name="Add it")
    visit.click_until(read, page.locator(".pq-remove"), 1)


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
        expect(visit.page.get_by_role("button", name="Try again")).to_be_visible()
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
