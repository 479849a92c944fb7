"""Articles of a visitor's own, brought to the chat in a real Chromium: files and pasted texts."""

import re
import time
from pathlib import Path

import pytest
from browsing import TWO_FILES, Visit, saved
from made_files import docx_of, pdf_of_paragraphs, zip_of
from playwright.sync_api import Dialog, Page, expect

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.hacked=1"> ${window.hacked=2} {{window.hacked}} <b>bold</b>'
SOON_S = 60  # within which a stranger has an answer from a file of their own


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
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove Boats").click()
    expect(page.locator(".pq-choice[aria-current]")).to_have_text("Belarus pardons")
    expect(page.get_by_text("Boats")).to_have_count(0)


def bring_a_long_file(page: Page, tmp_path: Path) -> None:
    """Bring a file that the chat can't read, and one nearly as long as it may be."""
    long = " ".join(f"Lamp {n} of the harbour was lit by Ada Fenn in May." for n in range(18_000))
    files = [saved(tmp_path, "bad.pdf", b"no"), saved(tmp_path, "lamps.txt", long.encode())]
    page.locator(".pq-files").set_input_files(files)


def read_a_long_file(page: Page, tmp_path: Path) -> None:
    """Bring it, and see it being read."""
    bring_a_long_file(page, tmp_path)
    sees_progress(page)


def sees_progress(page: Page) -> None:
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


def test_a_press_on_stop_counts_whatever_is_told_meanwhile(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    bring_a_long_file(page, tmp_path)
    page.locator(".pq-notes").get_by_role("button", name="Stop").hover()
    page.mouse.down()
    sees_progress(page)
    page.mouse.up()
    expect(page.locator(".pq-file-refused")).to_have_count(2)


def test_the_articles_of_an_archive_are_opened_to_read(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    archive = zip_of({"a.txt": "Lamps burn.", "b.md": "# Boats\n\nAda Fenn built it."})
    page.locator(".pq-files").set_input_files(saved(tmp_path, "pack.zip", archive))
    heading = page.locator(".pq-article h2")
    expect(heading).to_have_text("A and 1 more")
    visit.wait()
    visit.picture("own-archive")
    page.locator(".pq-shelf .pq-link").filter(has_text="Boats").click()
    expect(heading).to_have_text("Boats")
    expect(page.locator(".pq-body")).to_have_text("Ada Fenn built it.")
    visit.open("A and 1 more")
    expect(heading).to_have_text("A and 1 more")


def test_drop_files_anywhere(visit: Visit) -> None:
    page = visit.page
    dropped = page.evaluate_handle(TWO_FILES)
    page.dispatch_event(".pq-article", "dragover", {"dataTransfer": dropped})
    expect(page.locator("body.pq-dragging")).to_have_count(1)
    page.dispatch_event(".pq-article", "drop", {"dataTransfer": dropped})
    expect(page.locator(".pq-remove")).to_have_count(2)
    expect(page.locator(".pq-choice[aria-current]")).to_have_text("Ash")


def test_one_article_is_removed_at_a_time_by_who_is_sure(visit: Visit) -> None:
    page = visit.page
    dropped = page.evaluate_handle(TWO_FILES)
    page.dispatch_event(".pq-article", "drop", {"dataTransfer": dropped})
    expect(page.locator(".pq-remove")).to_have_count(2)
    visit.wait()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("button", name="Remove Ash").press("Enter")
    page.get_by_role("button", name="Remove Ash").press("Enter")
    expect(page.locator(".pq-remove")).to_have_count(1)
    expect(page.locator(".pq-choice:focus")).to_have_text("Oak")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-choice[aria-current]")).to_have_text("Oak")
    assert asked == ["Remove Ash?", "Remove Ash?"]


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
