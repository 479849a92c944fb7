"""What a visitor does while the chat is busy with something else, in a real Chromium."""

import pytest
from browsing import BUSY, LOOK_MS, READING, TWO_FILES, Visit
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
WHO = "who was released?"


def asked_and_held(page: Page) -> list[Route]:
    """Ask, and hold the question on its way to the server."""
    held: list[Route] = []
    page.route("**/queue/join*", lambda route: held.append(route), times=1)
    page.get_by_placeholder("Ask a question").fill(WHO)
    page.keyboard.press("Enter")
    return held


def test_files_that_are_dropped_while_something_is_read_wait_for_it(visit: Visit) -> None:
    page = visit.page
    page.evaluate(BUSY, "true")
    dropped = page.evaluate_handle(TWO_FILES)
    page.dispatch_event(".pq-article", "drop", {"dataTransfer": dropped})
    page.wait_for_timeout(LOOK_MS)
    expect(page.locator(".pq-remove")).to_have_count(0)
    page.evaluate(BUSY, "false")
    expect(page.locator(".pq-remove")).to_have_count(2)


def test_a_question_that_is_typed_while_files_are_read_stays_in_its_box(visit: Visit) -> None:
    page = visit.page
    box = page.get_by_placeholder("Ask a question")
    page.evaluate(READING, "true")
    box.fill(WHO)
    box.press("Enter")
    unsent = page.locator(".pq-unsent")
    expect(unsent).to_have_text("Not sent yet: something is still being read.")
    page.wait_for_timeout(3 * LOOK_MS)  # it would be asked by now
    expect(page.locator(".pq-turn")).to_have_count(0)
    expect(page.locator(".pq-waiting")).to_have_text("")
    expect(box).to_have_value(WHO)
    expect(unsent).to_be_visible()
    page.evaluate(READING, "false")
    expect(unsent).to_have_text("")
    box.press("Enter")
    expect(page.locator(".pq-question")).to_have_text(WHO)
    expect(page.locator(".pq-quote")).to_have_count(1)


def test_what_one_types_meanwhile_stays_in_the_box(visit: Visit) -> None:
    page = visit.page
    box = page.get_by_placeholder("Ask a question")
    box.fill("how long")
    page.locator(".pq-example").first.click()
    expect(page.locator(".pq-quote").first).to_be_visible()
    visit.wait()
    expect(box).to_have_value("how long")
    box.fill("how many prisoners were pardoned?")
    box.press("Enter")
    expect(box).to_have_value("")
    box.fill("and then")
    expect(page.locator(".pq-turn")).to_have_count(2)
    visit.wait()
    expect(box).to_have_value("and then")


def test_what_one_types_outlives_the_page(visit: Visit) -> None:
    page = visit.page
    box, pasted = page.get_by_placeholder("Ask a question"), page.get_by_label("The text")
    box.fill("and then")
    page.get_by_text("Paste a text").click()
    pasted.fill("Lamps burn.")
    page.get_by_label("Title (optional)").fill("Lamps")
    visit.come_back()
    expect(box).to_have_value("and then")
    expect(page.get_by_label("Title (optional)")).to_have_value("Lamps")
    expect(pasted).to_have_value("Lamps burn.")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".pq-article h2")).to_have_text("Lamps")
    visit.wait()
    visit.ask("what burns?")
    visit.come_back()  # what was answered and taken does not come back
    page.wait_for_timeout(LOOK_MS)
    expect(box).to_have_value("")
    expect(pasted).to_have_value("")
    expect(pasted).to_be_hidden()
    asked_and_held(page)
    visit.come_back()
    expect(box).to_have_value(WHO)


def test_the_library_shows_what_was_typed_last(visit: Visit) -> None:
    page = visit.page
    held: list[Route] = []
    page.route("**/run/predict*", lambda route: held.append(route), times=1)
    sought = page.get_by_label("Search the titles")
    with page.expect_request("**/run/predict*"):
        sought.fill("kettle")
    sought.fill("nothing of the kind")
    page.wait_for_timeout(LOOK_MS)  # it has been asked for by now
    held[0].continue_()
    expect(page.get_by_text("No title has these words.")).to_be_visible()
    expect(page.locator(".pq-choice")).to_have_count(0)


def test_a_question_that_waits_is_asked_of_the_article_that_was_open(visit: Visit) -> None:
    page = visit.page
    held = asked_and_held(page)
    kettle = page.locator(".pq-choice").filter(has_text="Kettle")
    kettle.click()  # at once, and while the page says that it waits
    expect(page.locator(".pq-waiting")).to_have_text("Waiting for its turn …")
    kettle.click()
    expect(page.locator(".pq-unsent")).to_be_visible()
    page.wait_for_timeout(LOOK_MS)
    held[0].continue_()
    expect(page.locator(".pq-quote")).to_have_count(1)
    expect(page.locator(".pq-article h2")).to_have_text("Belarus pardons")
    visit.open("Kettle")


def test_an_enter_that_ends_what_an_input_method_composes_sends_nothing(visit: Visit) -> None:
    page = visit.page
    box = page.get_by_placeholder("Ask a question")
    box.fill(WHO)
    box.evaluate(
        """box => box.dispatchEvent(new KeyboardEvent(
          "keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_timeout(3 * LOOK_MS)  # after less than that a question says that it waits
    expect(page.locator(".pq-waiting")).to_have_text("")
    box.press("Enter")
    expect(page.locator(".pq-quote")).to_have_count(1)


def test_what_is_refused_does_not_wait_for_its_turn(visit: Visit) -> None:
    page = visit.page
    held = asked_and_held(page)
    expect(page.locator(".pq-waiting")).to_have_text("Waiting for its turn …")
    held[0].fulfill(status=503, json={"detail": "The queue is full."})
    expect(page.locator(".toast-body.error")).to_contain_text("currently busy")
    expect(page.locator(".pq-waiting")).to_have_text("")
    visit.complaints.clear()  # Chromium notes the 503
