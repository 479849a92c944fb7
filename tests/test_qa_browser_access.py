"""The chat for everyone: phones, wide screens, the dark, keyboards, screen readers, paper."""

import pytest
from browsing import BUSY, LOOK_MS, PHONE, SCREENSHOTS, Visit
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

WHO = "who was released?"
LEAST_TARGET_PX = 24  # of what is clicked, by WCAG 2.2 (2.5.8)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 1366, 1920])
def test_the_whole_way_at_every_width_and_in_both_themes(
    browser: Browser, url: str, width: int, dark: bool
) -> None:
    visit = Visit(browser, url, width=width, dark=dark)
    page = visit.page
    name = f"{width}-{'dark' if dark else 'light'}"

    def is_sound() -> None:
        assert visit.violations() == []
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0

    is_sound()
    visit.picture(f"empty-{name}")
    visit.ask(WHO)
    is_sound()
    visit.picture(f"answer-{name}")
    page.locator(".pq-source .pq-link").first.click()
    expect(page.locator("mark.pq-focus").first).to_be_in_viewport()
    visit.picture(f"article-{name}")
    page.locator(".pq-others summary").first.click()
    page.locator(".pq-copy summary").first.click()
    is_sound()
    visit.ask("what is the price of potassium?")
    is_sound()
    visit.picture(f"none-{name}")
    visit.draw()
    page.get_by_text("Paste a text").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".pq-library").get_by_role("alert")).to_be_visible()
    is_sound()
    visit.picture(f"library-{name}")
    visit.open("All articles")
    is_sound()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(23, 21, 18)") is dark
    visit.leave()


def test_on_a_phone_a_quote_leads_to_the_article_and_back(browser: Browser, url: str) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    expect(page.locator(".pq-shelves")).to_be_hidden()
    visit.draw()
    expect(page.locator(".pq-drawer")).to_have_attribute("aria-expanded", "true")
    visit.open("Pell Smart Kettle")
    expect(page.locator(".pq-shelves")).to_be_hidden()
    page.locator(".pq-example").first.click()
    expect(page.locator(".pq-quote").first).to_be_visible()
    page.locator(".pq-source .pq-link").first.click()
    expect(page.locator("mark.pq-focus").first).to_be_in_viewport()
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator(".pq-quote").first).to_be_in_viewport()
    visit.leave()


def test_on_a_phone_a_new_answer_comes_into_sight(browser: Browser, url: str) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    question = page.get_by_placeholder("Ask a question")
    for asked in (WHO, "which countries are the released citizens from?", "who is John Cole?"):
        visit.ask(asked)
        expect(page.locator(".pq-question").last).to_be_in_viewport()
        expect(question).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    expect(question).to_be_in_viewport()  # it sticks to the edge
    visit.leave()


def test_on_a_phone_an_answer_in_the_place_of_another_comes_into_sight(
    browser: Browser, url: str
) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    for asked in (WHO, "which countries are the released citizens from?", "who is John Cole?"):
        visit.ask(asked)
    visit.act("edit")
    page.get_by_placeholder("Ask a question").fill("what is the price of potassium?")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-none")).to_be_in_viewport()
    expect(page.locator(".pq-turn")).to_have_count(3)
    visit.leave()


def test_on_a_phone_a_tap_while_something_is_read_leads_nowhere_later(
    browser: Browser, url: str
) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    visit.ask(WHO)
    page.locator(".pq-others summary").click()
    page.evaluate(BUSY, "true")
    page.locator(".pq-others .pq-link").first.click()
    page.evaluate(BUSY, "false")
    visit.ask("who is John Cole?")
    page.wait_for_timeout(LOOK_MS)  # by then it would have jumped to the article
    expect(page.locator(".pq-question").last).to_be_in_viewport()
    visit.leave()


def test_on_a_phone_the_library_stays_open_until_something_is_opened(
    browser: Browser, url: str
) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    shelves = page.locator(".pq-shelves")
    visit.draw()
    page.get_by_label("Search the titles").fill("kettle")
    expect(page.locator(".pq-choice")).to_have_count(1)
    page.get_by_label("Search the titles").fill("")
    expect(page.locator(".pq-choice")).to_have_count(6)
    expect(shelves).to_be_visible()
    page.get_by_label("Search the titles").fill("kettle")
    expect(page.locator(".pq-choice")).to_have_count(1)
    page.locator(".pq-choice").filter(has_text="Kettle").click()
    expect(page.locator(".pq-article h2")).to_contain_text("Kettle")
    expect(shelves).to_be_hidden()
    visit.ask("how much does it cost?")
    expect(shelves).to_be_hidden()
    visit.leave()


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    question = page.get_by_placeholder("Ask a question")
    page.locator(".pq-choice").first.focus()
    page.keyboard.press("/")
    expect(question).to_be_focused()
    page.keyboard.type("j/k")
    expect(question).to_have_value("j/k")
    question.fill("")
    page.locator(".pq-example").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pq-quote")).to_have_count(1)
    page.locator(".pq-source .pq-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark.pq-focus").first).to_be_in_viewport()
    # Who speaks to the page turns the keys off: WCAG 2.1.4.
    page.locator(".pq-keys summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator(".pq-article").focus()
    page.keyboard.press("/")
    expect(page.locator(".pq-article")).to_be_focused()
    page.locator(".pq-copy summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()


def test_the_keys_can_be_turned_off_where_the_page_is_shown_at_200_percent(
    browser: Browser, url: str
) -> None:
    visit = Visit(browser, url, width=683)
    page = visit.page
    question = page.get_by_placeholder("Ask a question")
    page.locator(".pq-keys summary").click()
    visit.picture("keys-683")
    assert visit.violations() == []
    page.locator(".pq-keys summary").press("/")
    expect(question).to_be_focused()
    page.get_by_label("Use these keys").uncheck()
    page.locator(".pq-keys summary").press("/")
    expect(page.locator(".pq-keys summary")).to_be_focused()
    visit.leave()


def test_on_a_phone_there_are_no_keys_to_turn_off(browser: Browser, url: str) -> None:
    visit = Visit(browser, url, width=PHONE)
    page = visit.page
    expect(page.locator(".pq-keys")).to_be_hidden()
    page.locator(".pq-drawer").press("/")
    expect(page.locator(".pq-drawer")).to_be_focused()
    visit.leave()


def test_the_first_answer_comes_to_the_log_that_was_there(visit: Visit) -> None:
    talk = visit.page.get_by_role("log")
    before = talk.element_handle()
    visit.ask(WHO)
    expect(talk.locator(".pq-quote")).to_have_count(1)
    assert talk.evaluate("(now, before) => now === before", before), "another one is not read out"


def test_what_has_the_focus_is_seen_and_in_order(visit: Visit) -> None:
    page = visit.page
    visit.ask(WHO)
    page.locator(".pq-sought").focus()
    parts = ["pq-left"]
    for _ in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
              const one = document.activeElement;
              if (one === document.body) return null;
              const seen = one.matches(".pq-files") ? one.closest("label") : one;
              const style = getComputedStyle(seen);
              const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
              const lined = style.boxShadow !== "none" || one.matches("#pq-question textarea");
              const part = one.closest("#pq-left, #pq-middle, #pq-right, footer");
              return {part: part ? part.id || "footer" : "beside", seen: ringed || lined,
                      html: one.outerHTML.slice(0, 120)};
            }"""
        )
        if told is None:
            break
        assert told["seen"], told["html"]
        parts.append(told["part"])
    order = ["pq-left", "pq-middle", "pq-right", "footer"]
    assert parts == sorted(parts, key=order.index)
    assert {"pq-left", "pq-middle", "pq-right"} <= set(parts)


@pytest.mark.parametrize("width", [PHONE, 1366])
def test_what_is_clicked_is_large_enough(browser: Browser, url: str, width: int) -> None:
    visit = Visit(browser, url, width=width)
    visit.ask(WHO)
    small = visit.page.evaluate(
        """(least) => [...document.querySelectorAll("#pq-columns button, #pq-columns summary")]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 100)])
          .filter(([box]) => box.height < least || box.width < least)
          .map(([box, html]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)""",
        LEAST_TARGET_PX,
    )
    assert small == []
    visit.leave()


def test_motion_stops_for_who_asks_for_it(browser: Browser, url: str) -> None:
    visit = Visit(browser, url)
    visit.page.emulate_media(reduced_motion="reduce")
    article = visit.page.locator(".pq-article")
    assert article.evaluate("(one) => getComputedStyle(one).scrollBehavior") == "auto"
    visit.leave()


def test_on_paper_there_is_the_conversation_and_nothing_to_click(visit: Visit) -> None:
    page = visit.page
    visit.ask(WHO)
    visit.ask("what is the price of potassium?")
    page.emulate_media(media="print")
    for shown in (".pq-quote", ".pq-source", ".pq-sentence", ".pq-none"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in ("#pq-library", "#pq-source", "#pq-ask", "footer", ".pq-actions", ".pq-copy"):
        expect(page.locator(hidden).first).to_be_hidden()
    sheets = page.pdf(format="A4")
    assert sheets.startswith(b"%PDF")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "print.png", full_page=True)
